//! The answers of `predict`: one printer for each format of output.

mod csv;
mod fasttext;
mod jsonl;
mod table;

use std::io::Write;

use newstopics::corpus::readers::Record;
use newstopics::{Error, Passage, Position, Prediction, Result, TermEvidence, TopicClassifier};

use super::output;
use super::predict::{PredictArgs, PredictFormat};

/// An article and what is said of it.
pub struct Answer {
    pub record: Record,
    pub prediction: Prediction,
    /// For each label given, the words that speak most for it, where that was asked for.
    pub evidence: Option<Vec<(usize, Vec<TermEvidence>)>>,
    /// The passages of its text, where they were asked for.
    pub passages: Option<Vec<Passage>>,
}

/// Writes answers in one format.
pub trait Printer {
    /// What is asked for and has no place in the format is an error, before any work.
    fn check(&self, args: &PredictArgs) -> Result<()>;

    /// Looks at the answers that come next, before the first of them is printed.
    fn prepare(&mut self, _answers: &[Result<Answer>]) {}

    /// Writes one answer.
    fn answer(&mut self, out: &mut dyn Write, answer: &Answer) -> Result<()>;

    /// Writes that a record was skipped.
    fn failure(&mut self, out: &mut dyn Write, error: &Error) -> Result<()>;

    /// Writes what the format needs after the last answer.
    fn end(&mut self, _out: &mut dyn Write) -> Result<()> {
        Ok(())
    }
}

/// The printer of a format.
pub fn printer<'c>(
    args: &PredictArgs,
    classifier: &'c TopicClassifier,
) -> Result<Box<dyn Printer + 'c>> {
    let printer: Box<dyn Printer + 'c> = match args.format {
        PredictFormat::Table => Box::new(table::Table::new(classifier, output::terminal_width())),
        PredictFormat::Jsonl => Box::new(jsonl::Jsonl::new(classifier, args.include_text)),
        PredictFormat::Csv => Box::new(csv::Csv::new(classifier, args)),
        PredictFormat::Fasttext => Box::new(fasttext::FastText::new(classifier)),
    };
    printer.check(args)?;
    Ok(printer)
}

/// An option that a format has no place for.
fn no_place(option: &str, format: &str, instead: &str) -> Error {
    Error::usage(format!(
        "{option} has no place in the format {format}, expected --format {instead}"
    ))
}

/// Scores are given to six decimals: the data tell less.
fn rounded(score: f64) -> f64 {
    (score * 1e6).round() / 1e6
}

/// A text on one line: line breaks and control characters become spaces.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// What stands for the id of a record that could not be read: file, record and line. It is also
/// what an article of its own file has as id.
fn place(error: &Error) -> String {
    let position = Position {
        field: None,
        ..error.position().clone()
    };
    position.to_string()
}
