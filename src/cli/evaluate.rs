//! `newstopics evaluate`.

use std::io::Write;

use newstopics::corpus::Dataset;
use newstopics::model::Task;
use newstopics::{Result, report};

use super::args::{EvaluateArgs, ReportFormat};
use super::output::{self, write_error};

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
