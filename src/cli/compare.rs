//! `newstopics compare`.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use newstopics::comparison::{CompareOptions, Comparison, Verdict};
use newstopics::corpus::Dataset;
use newstopics::corpus::readers::Columns;
use newstopics::metrics::Figure;
use newstopics::model::Task;
use newstopics::{Error, ErrorKind, Result, TopicClassifier, report};

use super::args::{LabelArgs, ReportFormat};
use super::files;
use super::output::{self, write_error};

pub const EXAMPLES: &str = "\
Both models label the same articles, each at its own thresholds. B is worse (or
better) when the whole 95 % interval of the difference (paired bootstrap) is
below minus (or above) the margin; all else is no difference: ruled out when the
interval is within the margin, else only not shown. P-values of the labels are
those of McNemar's exact test, with Holm's correction for their number. The
model inside the program is called `embedded`.

Examples:
  newstopics compare test.csv --model old.model --model new.model
  newstopics compare test.csv -m embedded -m new.model --by lang --flips flips.csv
  newstopics compare test.csv -m old.model -m new.model --fail-if-worse";

/// What the model inside the program is called.
const EMBEDDED: &str = "embedded";

#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Labelled files (CSV, JSON lines, fastText, Prodigy, Annif; .gz and .zst of them), or - for
    /// standard input
    #[arg(value_name = "DATA", required = true)]
    pub data: Vec<PathBuf>,
    /// Model file, or `embedded`; given twice: first the old model A, then the new model B
    #[arg(long, short, value_name = "FILE", required = true)]
    pub model: Vec<PathBuf>,
    /// Figure that decides: macro-f1, micro-f1, accuracy or mean-average-precision [default:
    /// macro-f1; for multi-class models accuracy]
    #[arg(long, value_name = "FIGURE")]
    pub metric: Option<Figure>,
    /// Differences up to this do not matter: B is worse only when it is so by more. Training with
    /// another seed alone moves F1 by up to about 0.01
    #[arg(long, value_name = "D", default_value_t = CompareOptions::default().margin)]
    pub margin: f64,
    /// Exit with code 5 when B is worse than A
    #[arg(long)]
    pub fail_if_worse: bool,
    /// Compare the labels that both models know, and leave out the others
    #[arg(long)]
    pub common_labels: bool,
    /// Also compare the articles of each value of this column (repeatable)
    #[arg(long, value_name = "COLUMN")]
    pub by: Vec<String>,
    /// CSV file for all decisions that changed
    #[arg(long, value_name = "FILE")]
    pub flips: Option<PathBuf>,
    /// Bootstrap resamples for the 95 % intervals
    #[arg(long, value_name = "N", default_value_t = CompareOptions::default().resamples)]
    pub resamples: usize,
    /// Seed of the resamples
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Format of the report; JSON has all decisions that changed
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
    /// Number of threads, 0 for all processors
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    #[command(flatten)]
    pub labels: LabelArgs,
}

pub fn run(args: CompareArgs) -> Result<()> {
    super::use_threads(args.threads)?;
    let [a, b] = args.model.as_slice() else {
        return Err(Error::usage(format!(
            "found --model {} time{}, expected it twice: first the old model, then the new one",
            args.model.len(),
            if args.model.len() == 1 { "" } else { "s" }
        )));
    };
    files::check_outputs(&args.flips, &[&args.data, &args.model])?;
    let (first, second) = (load(a)?, load(b)?);
    let data = read(&args, first.info().task == Task::MultiClass)?;
    let options = CompareOptions {
        metric: args.metric,
        margin: args.margin,
        common_labels: args.common_labels,
        resamples: args.resamples,
        seed: args.seed,
    };
    let comparison = Comparison::new([&first, &second], &data, &options)?;
    if let Some(file) = &args.flips {
        report::save(file, report::flips_csv(&comparison)?)?;
    }
    let names = [a, b].map(|model| model.display().to_string());
    let names = [names[0].as_str(), names[1].as_str()];
    let mut out = output::stdout();
    match args.format {
        ReportFormat::Text => write!(out, "{}", report::comparison_to_text(&comparison, names)),
        ReportFormat::Json => {
            writeln!(out, "{:#}", report::comparison_to_json(&comparison, names))
        }
    }
    .and_then(|()| out.flush())
    .map_err(write_error)?;
    if args.fail_if_worse && comparison.verdict == Verdict::Worse {
        let verdict = report::verdict_line(&comparison);
        return Err(Error::new(
            ErrorKind::Gate,
            format!("{verdict} (--fail-if-worse)"),
        ));
    }
    Ok(())
}

fn load(model: &Path) -> Result<TopicClassifier> {
    super::load((model != Path::new(EMBEDDED)).then_some(model))
}

fn read(args: &CompareArgs, single: bool) -> Result<Dataset> {
    let columns = Columns {
        extra: args.by.clone(),
        ..args.labels.columns()
    };
    let data = Dataset::read(&args.data, args.labels.input.format(), &columns, single)?;
    for (column, name) in args.by.iter().enumerate() {
        if data.extra.iter().all(|cells| cells[column].is_none()) {
            return Err(Error::data(format!(
                "found no column or field `{name}` to compare by (--by)"
            )));
        }
    }
    Ok(data)
}
