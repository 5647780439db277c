//! `newstopics evaluate`.

use std::path::PathBuf;

use clap::Args;
use newstopics::Result;
use newstopics::corpus::Dataset;
use newstopics::evaluation::{Evaluation, TestOptions};
use newstopics::model::Task;

use super::args::{DecisionArgs, LabelArgs};
use super::output;
use super::reporting::ReportArgs;

pub const EXAMPLES: &str = "\
Examples:
  newstopics evaluate labelled.csv
  newstopics evaluate test.csv -m news.model --report report.json
  newstopics evaluate test.csv --by source --errors mistakes.csv
  newstopics evaluate test.csv --fail-under micro-f1=0.9";

#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// Labelled files (CSV, JSON lines, fastText, Prodigy, Annif; .gz and .zst of them), or - for
    /// standard input
    #[arg(value_name = "DATA", required = true)]
    pub data: Vec<PathBuf>,
    /// Model file [default: the model inside the program]
    #[arg(long, short, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Leave out labels of the data that the model does not know
    #[arg(long)]
    pub ignore_unknown_labels: bool,
    /// Seed of the resamples
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Number of threads, 0 for all processors
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    #[command(flatten)]
    pub reports: ReportArgs,
    #[command(flatten)]
    pub decision: DecisionArgs,
    #[command(flatten)]
    pub labels: LabelArgs,
}

pub fn run(args: EvaluateArgs) -> Result<()> {
    super::use_threads(args.threads)?;
    args.reports.check(&[&args.data, args.model.as_slice()])?;
    let classifier = super::load(args.model.as_deref())?;
    args.reports.check_labels(classifier.labels())?;
    let single = classifier.info().task == Task::MultiClass;
    let data = Dataset::read(
        &args.data,
        args.labels.input.format(),
        &args.reports.columns(args.labels.columns()),
        single,
    )?;
    output::notes(&data.notes);
    args.reports.check_columns(&data)?;
    let options = TestOptions {
        decision: args.decision.decision(),
        ignore_unknown_labels: args.ignore_unknown_labels,
        resamples: args.reports.resamples,
        seed: args.seed,
        model_name: args.model.as_deref().map_or_else(
            || "the model inside the program".to_owned(),
            |path| {
                path.file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned()
            },
        ),
        explain_all: args.reports.explain_all(),
    };
    let evaluation = Evaluation::test(&classifier, &data, &options)?;
    args.reports.write(&evaluation)
}
