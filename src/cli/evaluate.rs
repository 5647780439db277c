//! `newstopics evaluate`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use newstopics::corpus::Dataset;
use newstopics::model::Task;
use newstopics::{Result, report};

use super::args::{DecisionArgs, LabelArgs, ReportFormat};
use super::output::{self, write_error};

pub const EXAMPLES: &str = "\
Examples:
  newstopics evaluate labelled.csv
  newstopics evaluate test.csv --model news.model --format json";

#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// Labelled files (.csv, .tsv, .jsonl), or - for standard input
    #[arg(value_name = "DATA", required = true)]
    pub data: Vec<PathBuf>,
    /// Model file [default: the model inside the program]
    #[arg(long, short, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Format of the report
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
    /// Leave out labels of the data that the model does not know
    #[arg(long)]
    pub ignore_unknown_labels: bool,
    /// Number of threads, 0 for all processors
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    #[command(flatten)]
    pub decision: DecisionArgs,
    #[command(flatten)]
    pub labels: LabelArgs,
}

pub fn run(args: EvaluateArgs) -> Result<()> {
    super::use_threads(args.threads)?;
    let classifier = super::load(args.model.as_deref())?;
    let single = classifier.info().task == Task::MultiClass;
    let data = Dataset::read(
        &args.data,
        args.labels.input.format(),
        &args.labels.columns(),
        single,
    )?;
    output::notes(&data.notes);
    let (figures, _) =
        classifier.evaluate(&data, &args.decision.decision(), args.ignore_unknown_labels)?;
    let mut out = output::stdout();
    match args.format {
        ReportFormat::Text => write!(out, "{}", report::to_text(&figures)),
        ReportFormat::Json => writeln!(out, "{:#}", report::to_json(&figures)),
    }
    .and_then(|()| out.flush())
    .map_err(write_error)
}
