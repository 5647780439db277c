//! `newstopics inspect`.

use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use newstopics::{Result, TopicClassifier};
use serde_json::{Map, Value, json};

use super::args::ReportFormat;
use super::layout::printable;
use super::output::{self, write_error};
use super::style;

pub const EXAMPLES: &str = "\
Examples:
  newstopics inspect
  newstopics inspect news.model --format json";

#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Model file [default: the model inside the program]
    #[arg(value_name = "MODEL")]
    pub model: Option<PathBuf>,
    /// Strongest terms to list for each label
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub top: usize,
    /// Format of the output
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
}

pub fn run(args: InspectArgs) -> Result<()> {
    let classifier = super::load(args.model.as_deref())?;
    let bytes = classifier.file_size()?;
    let name = args
        .model
        .as_ref()
        .map_or("the model inside the program".to_owned(), |path| {
            path.display().to_string()
        });
    let mut out = output::stdout();
    match args.format {
        ReportFormat::Text => {
            let mut text = String::new();
            // Writing to a string cannot fail.
            let _ = describe(&mut text, &classifier, &name, bytes, args.top);
            write!(out, "{text}")
        }
        ReportFormat::Json => writeln!(out, "{:#}", to_json(&classifier, &name, bytes, args.top)),
    }
    .and_then(|()| out.flush())
    .map_err(write_error)
}

/// The terms of the largest weights for a label; of a term of several families the largest.
fn strongest_terms(classifier: &TopicClassifier, label: usize, top: usize) -> Vec<(String, f32)> {
    let vectorizer = classifier.vectorizer();
    let mut ranked: Vec<(f32, usize)> = (0..vectorizer.n_features())
        .map(|feature| (classifier.weight(feature, label), feature))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked
        .into_iter()
        .take(top)
        .filter(|(weight, _)| *weight > 0.0)
        .map(|(weight, feature)| (vectorizer.feature(feature).1.replace(' ', "_"), weight))
        .collect()
}

fn to_json(classifier: &TopicClassifier, name: &str, bytes: usize, top: usize) -> Value {
    let info = classifier.info();
    let terms: Map<String, Value> = info
        .labels
        .iter()
        .enumerate()
        .map(|(label, name)| {
            let terms: Vec<Value> = strongest_terms(classifier, label, top)
                .into_iter()
                .map(|(term, weight)| json!({"term": term, "weight": weight}))
                .collect();
            (name.clone(), json!(terms))
        })
        .collect();
    let blocks: Vec<Value> = classifier
        .vectorizer()
        .blocks()
        .iter()
        .map(|b| json!({"family": b.family(), "features": b.vocabulary().len()}))
        .collect();
    let mut object =
        json!({"model": name, "bytes": bytes, "blocks": blocks, "strongest_terms": terms});
    if let (Value::Object(object), Ok(Value::Object(info))) =
        (&mut object, serde_json::to_value(info))
    {
        object.extend(info);
    }
    object
}

/// The name that a setting has in files and options.
fn name_of(setting: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(setting).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn describe(
    out: &mut String,
    classifier: &TopicClassifier,
    name: &str,
    bytes: usize,
    top: usize,
) -> std::fmt::Result {
    let info = classifier.info();
    let provenance = &info.provenance;
    writeln!(out, "{}", style::paint(style::heading(), name))?;
    writeln!(out, "size        {}", output::size(bytes))?;
    writeln!(out, "task        {}", name_of(&info.task))?;
    let features = &info.features;
    for block in classifier.vectorizer().blocks() {
        let family = name_of(&block.family());
        let range = match family.as_str() {
            "word" => features.word_ngrams,
            _ => features.char_ngrams,
        };
        let range = range.map(|r| r.to_string()).unwrap_or_default();
        writeln!(
            out,
            "features    {} {family} {range}-grams",
            block.vocabulary().len()
        )?;
    }
    writeln!(
        out,
        "settings    C {}, class weight {}, log-ratio exponent {}, F-beta {}, min_df {}, title weight {}, char weight {}",
        provenance.c,
        name_of(&provenance.class_weight),
        provenance.log_ratio_exponent,
        provenance.beta,
        features.min_df,
        features.title_weight,
        features.char_weight
    )?;
    writeln!(
        out,
        "trained     by newstopics {} with seed {}, {} folds of {} groups",
        printable(&provenance.program_version),
        provenance.seed,
        provenance.folds,
        provenance.groups
    )?;
    for file in &provenance.files {
        writeln!(
            out,
            "from        {} ({} articles, sha256 {})",
            printable(&file.name),
            file.records,
            printable(&file.sha256)
        )?;
    }
    let languages: Vec<String> = provenance
        .languages
        .iter()
        .take(6)
        .map(|(language, count)| format!("{} {count}", printable(language)))
        .collect();
    writeln!(
        out,
        "articles    {} ({} without a label); languages: {}",
        provenance.articles,
        provenance.unlabelled,
        languages.join(", ")
    )?;
    for (label, name) in info.labels.iter().enumerate() {
        writeln!(
            out,
            "\n{}",
            style::paint(style::label(label), &printable(name))
        )?;
        writeln!(
            out,
            "  articles  {}, threshold {:.3}",
            provenance.label_counts[label], info.thresholds[label]
        )?;
        if let Some(score) = provenance.out_of_fold.get(label) {
            writeln!(
                out,
                "  out-of-fold precision {:.3}, recall {:.3}, F1 {:.3}, calibration error {:.3}",
                score.precision,
                score.recall,
                score.f1,
                provenance
                    .calibration_errors
                    .get(label)
                    .copied()
                    .unwrap_or_default()
            )?;
        }
        let terms: Vec<String> = strongest_terms(classifier, label, top)
            .into_iter()
            .map(|(term, weight)| format!("{} {weight:.2}", printable(&term)))
            .collect();
        writeln!(out, "  terms     {}", terms.join(", "))?;
    }
    Ok(())
}
