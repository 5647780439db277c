//! `newstopics explain`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use newstopics::corpus::Document;
use newstopics::corpus::readers;
use newstopics::model::Task;
use newstopics::{Error, Explanation, Field, Result, TopicClassifier, WordEvidence};
use serde_json::{Map, Value, json};

use super::args::{InputArgs, ReportFormat};
use super::output::{self, Output, write_error};
use super::style;

pub const EXAMPLES: &str = "\
Examples:
  newstopics explain article.txt
  newstopics explain article.txt --label tariffs --format json";

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// File with one or more articles, or - for standard input [default: -]
    #[arg(value_name = "INPUT", default_value = "-", hide_default_value = true)]
    pub input: PathBuf,
    /// Model file [default: the model inside the program]
    #[arg(long, short, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Explain this label only
    #[arg(long, short, value_name = "LABEL")]
    pub label: Option<String>,
    /// Words to list for each label and direction
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub top: usize,
    /// Format of the output
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
    #[command(flatten)]
    pub columns: InputArgs,
}

pub fn run(args: ExplainArgs) -> Result<()> {
    let classifier = super::load(args.model.as_deref())?;
    let labels = chosen_labels(&classifier, args.label.as_deref())?;
    let mut out = output::stdout();
    let inputs = readers::expand(std::slice::from_ref(&args.input))?;
    for input in &inputs {
        let mut records = readers::open(input, args.columns.format(), &args.columns.columns())?;
        while let Some(record) = records.next() {
            output::notes(&records.take_notes());
            let document = record?.document;
            let explanation = classifier.explain(document.title(), &document.text);
            match args.format {
                ReportFormat::Text => print_text(
                    &mut out,
                    &classifier,
                    &document,
                    &explanation,
                    &labels,
                    args.top,
                ),
                ReportFormat::Json => writeln!(
                    out,
                    "{}",
                    to_json(&classifier, &document, &explanation, &labels)
                ),
            }
            .map_err(write_error)?;
        }
    }
    out.flush().map_err(write_error)
}

fn chosen_labels(classifier: &TopicClassifier, asked: Option<&str>) -> Result<Vec<usize>> {
    let Some(asked) = asked else {
        return Ok((0..classifier.labels().len()).collect());
    };
    match classifier.labels().iter().position(|label| label == asked) {
        Some(label) => Ok(vec![label]),
        None => Err(Error::usage(format!(
            "found the label `{asked}`, expected one of: {}",
            classifier.labels().join(", ")
        ))),
    }
}

fn to_json(
    classifier: &TopicClassifier,
    document: &Document,
    explanation: &Explanation,
    labels: &[usize],
) -> Value {
    let per_label = |values: &[f64]| -> Value {
        let map: Map<String, Value> = labels
            .iter()
            .map(|&l| (classifier.labels()[l].clone(), json!(values[l])))
            .collect();
        Value::Object(map)
    };
    let words: Vec<Value> = explanation
        .words
        .iter()
        .map(|word| {
            json!({
                "word": word.word,
                "field": word.field,
                "start": word.span.start,
                "end": word.span.end,
                "contributions": per_label(&word.contributions),
            })
        })
        .collect();
    let features: Vec<Value> = explanation
        .features
        .iter()
        .map(|feature| {
            json!({
                "family": feature.family,
                "term": feature.term,
                "value": feature.value,
                "contributions": per_label(&feature.contributions),
            })
        })
        .collect();
    json!({
        "id": document.id,
        "labels": classifier.label_names(&explanation.prediction),
        "scores": per_label(&explanation.prediction.scores),
        "decision_values": per_label(&explanation.decision),
        "intercepts": per_label(&explanation.intercepts),
        "words": words,
        "features": features,
    })
}

fn print_text(
    out: &mut Output,
    classifier: &TopicClassifier,
    document: &Document,
    explanation: &Explanation,
    labels: &[usize],
    top: usize,
) -> std::io::Result<()> {
    writeln!(out, "{}", style::paint(style::heading(), &document.id))?;
    let info = classifier.info();
    for &label in labels {
        let given = explanation.prediction.labels.contains(&label);
        let name = style::paint(style::label(label), &classifier.labels()[label]);
        let rule = match info.task {
            Task::MultiLabel => format!("threshold {:.2}", info.thresholds[label]),
            Task::MultiClass => "the most probable class is given".to_owned(),
        };
        writeln!(
            out,
            "\n{name}: {} (probability {:.2}, {rule}; decision value {:.2} = {:.2} intercept {:+.2} words)",
            if given { "given" } else { "not given" },
            explanation.prediction.scores[label],
            explanation.decision[label],
            explanation.intercepts[label],
            explanation.decision[label] - explanation.intercepts[label],
        )?;
        for (speak_for, direction) in [(true, "for"), (false, "against")] {
            let terms = explanation.strongest_terms(label, speak_for, top);
            let words: Vec<String> = terms
                .iter()
                .map(|t| {
                    let times = if t.count > 1 {
                        format!(" ({}x)", t.count)
                    } else {
                        String::new()
                    };
                    format!("{}{times} {:+.2}", t.term, t.contribution)
                })
                .collect();
            if !words.is_empty() {
                writeln!(out, "  {direction:<8} {}", words.join(", "))?;
            }
        }
    }
    print_marked(out, classifier, document, explanation, labels)
}

/// The text with its evidence marked: each word in the colour of the label it speaks for most,
/// underlined when it is among the strong ones.
fn print_marked(
    out: &mut Output,
    classifier: &TopicClassifier,
    document: &Document,
    explanation: &Explanation,
    labels: &[usize],
) -> std::io::Result<()> {
    let shown: Vec<usize> = if labels.len() == 1 {
        labels.to_vec()
    } else {
        explanation.prediction.labels.clone()
    };
    if shown.is_empty() {
        return writeln!(out);
    }
    let names: Vec<String> = shown
        .iter()
        .map(|&l| style::paint(style::label(l), &classifier.labels()[l]))
        .collect();
    writeln!(
        out,
        "\nevidence in the text for {}: [strong] and {{weaker}}\n",
        names.join(", ")
    )?;
    let strongest = explanation
        .words
        .iter()
        .flat_map(|word| shown.iter().map(|&l| word.contributions[l]))
        .fold(0.0, f64::max);
    for (field, text) in [
        (Field::Title, document.title()),
        (Field::Text, document.text.as_str()),
    ] {
        if text.is_empty() {
            continue;
        }
        let mut position = 0;
        for word in explanation.words.iter().filter(|w| w.field == field) {
            write!(out, "{}", &text[position..word.span.start])?;
            write!(out, "{}", marked(word, &shown, strongest))?;
            position = word.span.end;
        }
        let gap = if field == Field::Title { "\n" } else { "" };
        writeln!(out, "{}{gap}", &text[position..])?;
    }
    Ok(())
}

fn marked(word: &WordEvidence, labels: &[usize], strongest: f64) -> String {
    let best = labels
        .iter()
        .copied()
        .max_by(|&a, &b| word.contributions[a].total_cmp(&word.contributions[b]));
    let Some(label) = best.filter(|&l| word.contributions[l] > 0.15 * strongest) else {
        return word.word.clone();
    };
    let strong = word.contributions[label] > 0.5 * strongest;
    let (open, close) = if strong { ("[", "]") } else { ("{", "}") };
    style::paint(style::label(label), &format!("{open}{}{close}", word.word))
}
