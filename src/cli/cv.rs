//! `newstopics cv`.

use std::path::PathBuf;

use clap::Args;
use newstopics::Result;
use newstopics::corpus::Dataset;
use newstopics::evaluation::{CrossValidation, Evaluation};
use newstopics::model::Task;

use super::output;
use super::reporting::ReportArgs;
use super::settings::SettingsArgs;

pub const EXAMPLES: &str = "\
Every article is judged by a model, a calibration and thresholds that were made
without its fold. Folds are stratified by label combination; near-duplicates
stay together, and so do articles that share the column `source` or the one
named with --group-by. No model is kept.

Examples:
  newstopics cv news.csv
  newstopics cv news.csv --folds 10 --group-by event --report cv.md
  newstopics cv news.csv --learning-curve
  newstopics cv news.csv --errors mistakes.csv --no-random-split";

#[derive(Debug, Args)]
pub struct CvArgs {
    /// Labelled files (CSV, JSON lines, fastText, Prodigy, Annif; .gz and .zst of them), or - for
    /// standard input
    #[arg(value_name = "DATA", required = true)]
    pub data: Vec<PathBuf>,
    /// Do not train once more with a split that tears near-duplicates and groups apart
    #[arg(long)]
    pub no_random_split: bool,
    /// Also train with these shares of the training articles, in twentieths
    #[arg(
        long,
        value_name = "SHARES",
        num_args = 0..=1,
        require_equals = true,
        value_delimiter = ',',
        default_missing_value = "0.1,0.25,0.5,0.75,1"
    )]
    pub learning_curve: Option<Vec<f64>>,
    #[command(flatten)]
    pub reports: ReportArgs,
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// Number of threads, 0 for all processors; the figures do not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
}

pub fn run(args: CvArgs) -> Result<()> {
    super::use_threads(args.threads)?;
    args.reports.check(&[&args.data])?;
    let single = args.settings.task() == Some(Task::MultiClass);
    let data = Dataset::read(
        &args.data,
        args.settings.labels.input.format(),
        &args.reports.columns(args.settings.columns()),
        single,
    )?;
    output::notes(&data.notes);
    args.reports.check_columns(&data)?;
    let labels: Vec<String> = data.label_counts().into_keys().collect();
    args.reports.check_labels(&labels)?;
    let options = CrossValidation {
        resamples: args.reports.resamples,
        random_split: !args.no_random_split,
        learning_curve: args.learning_curve.unwrap_or_default(),
        explain_all: args.reports.explain_all(),
    };
    let evaluation = Evaluation::cross_validate(&args.settings.trainer(), &data, &options)?;
    args.reports.write(&evaluation)
}
