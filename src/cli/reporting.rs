//! What `evaluate` and `cv` have in common: where reports go, and limits that figures must keep.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use newstopics::corpus::Dataset;
use newstopics::corpus::readers::Columns;
use newstopics::evaluation::Evaluation;
use newstopics::{Error, Result, report};

use super::args::ReportFormat;
use super::files;
use super::gates::{self, Gate};
use super::output::{self, write_error};

#[derive(Debug, Args)]
#[command(next_help_heading = "Report")]
pub struct ReportArgs {
    /// Format of the report on standard output
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
    /// Also write the whole report to a file: .html, .md or .json (repeatable)
    #[arg(long, value_name = "FILE")]
    report: Vec<PathBuf>,
    /// Write every false and missed label to a CSV file, likely errors of the data first
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Write truth, decision and probabilities of every article to a JSON Lines file
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
    /// Report the articles of each value of this column by themselves (repeatable); language,
    /// length and the column `register` always are
    #[arg(long, value_name = "COLUMN")]
    by: Vec<String>,
    /// Exit with code 5 when a figure is below a limit, as micro-f1=0.9 or tariffs:recall=0.8
    /// (repeatable)
    #[arg(long, value_name = "FIGURE=LIMIT")]
    fail_under: Vec<Gate>,
    /// Bootstrap resamples for the 95 % intervals, 0 for none
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub resamples: usize,
}

/// A form that a report file has.
#[derive(Debug, Clone, Copy)]
enum ReportKind {
    Html,
    Json,
    Markdown,
}

impl ReportKind {
    fn of(path: &Path) -> Result<Self> {
        match path.extension().and_then(|e| e.to_str()) {
            Some("html") => Ok(Self::Html),
            Some("json") => Ok(Self::Json),
            Some("md") => Ok(Self::Markdown),
            _ => Err(Error::usage(
                "the name does not tell the form of the report, expected .html, .md or .json",
            )
            .in_file(path)),
        }
    }

    fn render(self, evaluation: &Evaluation) -> Result<String> {
        match self {
            Self::Html => report::to_html(evaluation),
            Self::Json => Ok(format!("{:#}\n", report::to_json(evaluation))),
            Self::Markdown => Ok(report::to_markdown(evaluation)),
        }
    }
}

impl ReportArgs {
    /// Complains of what can be known to fail before the work.
    pub fn check(&self, inputs: &[&[PathBuf]]) -> Result<()> {
        let outputs = self.report.iter().chain(&self.errors);
        files::check_outputs(outputs.chain(&self.predictions), inputs)?;
        self.report
            .iter()
            .try_for_each(|p| ReportKind::of(p).map(|_| ()))
    }

    /// Whether the words behind all mistakes are wanted.
    pub fn explain_all(&self) -> bool {
        self.errors.is_some()
    }

    /// The columns that articles are parted by, kept beside the others.
    pub fn columns(&self, columns: Columns) -> Columns {
        let mut extra = self.by.clone();
        if !extra.iter().any(|name| name == "register") {
            extra.push("register".to_owned());
        }
        Columns { extra, ..columns }
    }

    /// Complains of a column to part by that no article has.
    pub fn check_columns(&self, data: &Dataset) -> Result<()> {
        for (column, name) in self.by.iter().enumerate() {
            if data.extra.iter().all(|cells| cells[column].is_none()) {
                return Err(Error::data(format!(
                    "found no column or field `{name}` to report by (--by)"
                )));
            }
        }
        Ok(())
    }

    /// Writes all reports; an error of kind `Gate` when a figure is below its limit.
    pub fn write(&self, evaluation: &Evaluation) -> Result<()> {
        for warning in &evaluation.warnings {
            output::note(format_args!("warning: {warning}"));
        }
        for path in &self.report {
            report::save(path, ReportKind::of(path)?.render(evaluation)?)?;
        }
        if let Some(path) = &self.errors {
            report::save(path, report::errors_csv(evaluation)?)?;
        }
        if let Some(path) = &self.predictions {
            report::save(path, report::predictions_jsonl(evaluation))?;
        }
        let mut out = output::stdout();
        match self.format {
            ReportFormat::Text => write!(out, "{}", report::to_text(evaluation)),
            ReportFormat::Json => writeln!(out, "{:#}", report::to_json(evaluation)),
        }
        .and_then(|()| out.flush())
        .map_err(write_error)?;
        gates::check(&self.fail_under, evaluation)
    }

    /// Complains of limits for labels that there are not.
    pub fn check_labels(&self, labels: &[String]) -> Result<()> {
        self.fail_under
            .iter()
            .try_for_each(|gate| gate.check_label(labels))
    }
}
