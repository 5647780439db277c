//! `newstopics train`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use newstopics::corpus::Dataset;
use newstopics::metrics::Figure;
use newstopics::model::Task;
use newstopics::{Result, Stage, Trained, report};

use super::files;
use super::interrupt;
use super::output::{self, write_error};
use super::progress::Progress;
use super::settings::SettingsArgs;

pub const EXAMPLES: &str = "\
The files have the columns or fields `text`, `labels` (or `label`) and, if there
is one, `title`. Several labels in a cell are separated by `;` or `|`; an empty
cell is an article without a topic.

Examples:
  newstopics train news.csv --model news.model
  newstopics train a.csv b.csv --model news.model --c 30 --char-ngrams none
  newstopics train desks.tsv --model desks.model --class-weight balanced";

#[derive(Debug, Args)]
pub struct TrainArgs {
    /// Labelled files (CSV, JSON lines, fastText, Prodigy, Annif; .gz and .zst of them), or - for
    /// standard input
    #[arg(value_name = "DATA", required = true)]
    pub data: Vec<PathBuf>,
    /// File to write the model to
    #[arg(long, short, value_name = "FILE")]
    pub model: PathBuf,
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// Number of threads, 0 for all processors; the model does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
}

pub fn run(args: TrainArgs) -> Result<()> {
    super::use_threads(args.threads)?;
    files::check_outputs([&args.model], &[&args.data])?;
    let single = args.settings.task() == Some(Task::MultiClass);
    let progress = Progress::working("train: reading");
    let data = Dataset::read(
        &args.data,
        args.settings.labels.input.format(),
        &args.settings.columns(),
        single,
    )?;
    output::notes(&data.notes);
    let watch = |stage| {
        progress.stage(match stage {
            Stage::Features => "train: making features",
            Stage::Fits => "train: fitting the model and its folds",
            _ => "train: scoring",
        });
    };
    let trained = args.settings.trainer().fit_watched(&data, watch)?;
    drop(progress);
    let info = trained.classifier.info();
    let task = match info.task {
        Task::MultiLabel => "multi-label (any number of labels an article)",
        Task::MultiClass => "multi-class (exactly one label an article)",
    };
    output::note(format_args!("task: {task}"));
    for warning in &trained.warnings {
        output::note(format_args!("warning: {warning}"));
    }
    let _whole = interrupt::whole();
    let bytes = trained.classifier.save(&args.model)?;
    let mut out = output::stdout();
    out.write_all(summary(&trained, bytes, &args).as_bytes())
        .and_then(|()| out.flush())
        .map_err(write_error)
}

fn summary(trained: &Trained, bytes: usize, args: &TrainArgs) -> String {
    let info = trained.classifier.info();
    let provenance = &info.provenance;
    let mut lines = Vec::new();
    for file in &provenance.files {
        lines.push(format!(
            "read     {} articles from {}",
            file.records, file.name
        ));
    }
    let languages: Vec<String> = provenance
        .languages
        .iter()
        .take(4)
        .map(|(language, count)| format!("{language} {count}"))
        .collect();
    lines.push(format!(
        "         {} without a label; languages: {}",
        provenance.unlabelled,
        languages.join(", ")
    ));
    let blocks: Vec<String> = trained
        .classifier
        .vectorizer()
        .blocks()
        .iter()
        .map(|block| {
            format!("{} {:?} n-grams", block.vocabulary().len(), block.family()).to_lowercase()
        })
        .collect();
    lines.push(format!(
        "learnt   {} labels from {}",
        info.labels.len(),
        blocks.join(" and ")
    ));
    if let Some(slowest) = provenance.convergence.iter().map(|c| c.iterations).max() {
        let norm = provenance
            .convergence
            .iter()
            .map(|c| c.gradient_norm)
            .fold(0.0, f64::max);
        lines.push(format!(
            "         {slowest} iterations at most, gradient norm {norm:.2e} at most"
        ));
    }
    let mut text = lines.join("\n");
    match &trained.out_of_fold {
        Some(report) => {
            text += &format!(
                "\nscores   out-of-fold, {} folds of {} groups (near-duplicates stay together)\n\n{}",
                provenance.folds,
                provenance.groups,
                report::to_table(report)
            );
            let worst = provenance
                .calibration_errors
                .iter()
                .copied()
                .fold(0.0, f64::max);
            if trained.by_language.len() > 1 {
                for (language, report) in &trained.by_language {
                    let figure = |figure: Figure| {
                        report
                            .figure(figure)
                            .map_or("n/a".to_owned(), |value| format!("{value:.3}"))
                    };
                    text += &format!(
                        "in {language}: micro F1 {}, macro F1 {}\n",
                        figure(Figure::MicroF1),
                        figure(Figure::MacroF1)
                    );
                }
            }
            text += &format!("expected calibration error {worst:.3} at most\n");
            text += "Calibration and thresholds of each fold come from the other folds; `newstopics cv`\nshows the same with intervals and mistakes.\n";
        }
        None => text += "\nscores   none (--folds 0): raw probabilities, thresholds 0.5\n",
    }
    text += &format!(
        "\nwrote    {} ({})\n",
        args.model.display(),
        output::size(bytes)
    );
    text
}
