//! `newstopics check`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use newstopics::check::{CheckParams, Severity, check};
use newstopics::corpus::Dataset;
use newstopics::{Error, Result, report};

use super::args::{LabelArgs, ReportFormat};
use super::output::{self, write_error};

pub const EXAMPLES: &str = "\
Looks for near-duplicates within and across files, the same text with
different labels, texts in another language than the column `lang` says, empty
and very short articles, lines repeated over many articles, labels with few
examples and labels that look misspelt.

Examples:
  newstopics check news.csv
  newstopics check train.csv test.csv    # is the test set in the training set?
  newstopics check news.csv --all --format json
  newstopics check news.csv --strict     # exit code 3 when something is wrong";

/// Findings of a kind that are shown without `--all`.
const SHOWN: usize = 5;

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Labelled files (CSV, JSON lines, fastText, Prodigy, Annif; .gz and .zst of them), or - for
    /// standard input
    #[arg(value_name = "DATA", required = true)]
    pub data: Vec<PathBuf>,
    /// Show all findings instead of the first five of each kind
    #[arg(long)]
    pub all: bool,
    /// Exit with code 3 when there are warnings or errors
    #[arg(long)]
    pub strict: bool,
    /// Take a cell of labels as one label, whatever it contains
    #[arg(long)]
    pub single_label: bool,
    /// Words (title included) below which an article is very short
    #[arg(long, value_name = "N", default_value_t = CheckParams::default().min_words)]
    pub min_words: usize,
    /// Articles below which a label has few examples
    #[arg(long, value_name = "N", default_value_t = CheckParams::default().min_examples)]
    pub min_examples: usize,
    /// Articles from which on a repeated line is page furniture (and at least one in a thousand)
    #[arg(long, value_name = "N", default_value_t = CheckParams::default().min_furniture)]
    pub min_furniture: usize,
    /// Format of the report; JSON has all findings
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
    /// Number of threads, 0 for all processors
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    #[command(flatten)]
    pub labels: LabelArgs,
}

pub fn run(args: CheckArgs) -> Result<()> {
    super::use_threads(args.threads)?;
    for (place, file) in args.data.iter().enumerate() {
        if args.data[..place].contains(file) {
            return Err(
                Error::usage("is named twice: all of it would be found in itself").in_file(file),
            );
        }
    }
    let data = Dataset::read(
        &args.data,
        args.labels.input.format(),
        &args.labels.columns(),
        args.single_label,
    )?;
    let params = CheckParams {
        min_words: args.min_words,
        min_examples: args.min_examples,
        min_furniture: args.min_furniture,
    };
    let found = check(&data, &params);
    let limit = if args.all { usize::MAX } else { SHOWN };
    let mut out = output::stdout();
    match args.format {
        ReportFormat::Text => write!(out, "{}", report::check_to_text(&found, limit)),
        ReportFormat::Json => writeln!(out, "{:#}", report::check_to_json(&found)),
    }
    .and_then(|()| out.flush())
    .map_err(write_error)?;
    if args.strict && found.worst() >= Some(Severity::Warning) {
        return Err(Error::data(
            "the data have faults (--strict), expected none that is a warning or an error",
        ));
    }
    Ok(())
}
