//! A row an article: the columns of the input, the labels, and a column a score.

use std::io::Write;

use newstopics::corpus::readers::Record;
use newstopics::{Error, Result, TopicClassifier};

use super::{Answer, Printer, no_place, one_line, rounded};
use crate::cli::output::write_error;
use crate::cli::predict::{OnError, PredictArgs};

pub struct Csv<'c> {
    classifier: &'c TopicClassifier,
    include_text: bool,
    /// Whether there is a column for the errors of skipped records.
    errors: bool,
    /// The input's columns, once the header is written.
    columns: Option<Vec<String>>,
    /// Errors from before the first article, which tells the columns.
    early_errors: Vec<String>,
}

impl<'c> Csv<'c> {
    pub fn new(classifier: &'c TopicClassifier, args: &PredictArgs) -> Self {
        Self {
            classifier,
            include_text: args.include_text,
            errors: args.on_error == OnError::Skip,
            columns: None,
            early_errors: Vec::new(),
        }
    }

    /// Name and content of the input's columns; an input without columns has the id, and title
    /// and text when they are asked for.
    fn cells(&self, record: &Record) -> Vec<(String, String)> {
        let fields = &record.fields;
        if !fields.names.is_empty() {
            return fields
                .names
                .iter()
                .cloned()
                .zip(fields.values.iter().cloned())
                .collect();
        }
        let document = &record.document;
        let mut cells = vec![("id".to_owned(), document.id.clone())];
        if self.include_text {
            cells.push(("title".to_owned(), document.title().to_owned()));
            cells.push(("text".to_owned(), document.text.clone()));
        }
        cells
    }

    /// The names of the columns that are added; one that the input has already is called
    /// `predicted_...`.
    fn added(&self, columns: &[String]) -> Vec<String> {
        let scores = self.classifier.labels().iter();
        ["labels".to_owned()]
            .into_iter()
            .chain(scores.map(|label| format!("score_{label}")))
            .chain(self.errors.then(|| "error".to_owned()))
            .map(|name| match columns.contains(&name) {
                true => format!("predicted_{name}"),
                false => name,
            })
            .collect()
    }

    /// Writes the header, unless it is written.
    fn header(&mut self, out: &mut dyn Write, columns: Vec<String>) -> Result<()> {
        if self.columns.is_some() {
            return Ok(());
        }
        let added = self.added(&columns);
        write_row(out, columns.iter().chain(&added))?;
        self.columns = Some(columns);
        for error in std::mem::take(&mut self.early_errors) {
            self.error_row(out, error)?;
        }
        Ok(())
    }

    /// A row of empty cells but for the error.
    fn error_row(&self, out: &mut dyn Write, error: String) -> Result<()> {
        let columns = self.columns.as_ref().map_or(0, Vec::len);
        let mut row = vec![String::new(); columns + 1 + self.classifier.labels().len()];
        row.push(error);
        write_row(out, &row)
    }

    /// The cells in the order of the header; a column that a record does not have is empty.
    fn in_order(&self, cells: Vec<(String, String)>) -> Result<Vec<String>> {
        let columns = self.columns.as_deref().unwrap_or_default();
        let mut row = vec![String::new(); columns.len()];
        for (at, (name, cell)) in cells.into_iter().enumerate() {
            // Nearly always the columns stand where they stood before.
            let place = match columns.get(at) == Some(&name) {
                true => Some(at),
                false => columns.iter().position(|column| *column == name),
            };
            match place {
                Some(place) => row[place] = cell,
                None => {
                    return Err(Error::data(format!(
                        "found the column `{name}`, which the first record does not have; expected only {} (--format jsonl takes any)",
                        columns
                            .iter()
                            .map(|column| format!("`{column}`"))
                            .collect::<Vec<_>>()
                            .join(", ")
                    )));
                }
            }
        }
        Ok(row)
    }
}

impl Printer for Csv<'_> {
    fn check(&self, args: &PredictArgs) -> Result<()> {
        for (asked, option) in [(args.evidence, "--evidence"), (args.passages, "--passages")] {
            if asked {
                return Err(no_place(option, "csv", "table or jsonl"));
            }
        }
        Ok(())
    }

    fn answer(&mut self, out: &mut dyn Write, answer: &Answer) -> Result<()> {
        let cells = self.cells(&answer.record);
        let names = cells.iter().map(|(name, _)| name.clone()).collect();
        self.header(out, names)?;
        let position = &answer.record.position;
        let mut row = self.in_order(cells).map_err(|mut error| {
            if let Some(file) = &position.file {
                error = error.in_file(file);
            }
            error.at_record(position.record.unwrap_or(1), position.line)
        })?;
        let prediction = &answer.prediction;
        row.push(self.classifier.label_names(prediction).join(";"));
        row.extend(prediction.scores.iter().map(|s| rounded(*s).to_string()));
        row.extend(self.errors.then(String::new));
        write_row(out, &row)
    }

    fn failure(&mut self, out: &mut dyn Write, error: &Error) -> Result<()> {
        let error = one_line(&error.to_string());
        if self.columns.is_none() {
            self.early_errors.push(error);
            return Ok(());
        }
        self.error_row(out, error)
    }

    /// Without any article there is still a header.
    fn end(&mut self, out: &mut dyn Write) -> Result<()> {
        self.header(out, vec!["id".to_owned()])
    }
}

fn write_row<'s>(out: &mut dyn Write, cells: impl IntoIterator<Item = &'s String>) -> Result<()> {
    // In memory first, as the writer flushes what it writes to.
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(cells)
        .map_err(|e| write_error(e.into()))?;
    let row = writer
        .into_inner()
        .map_err(|e| write_error(e.into_error()))?;
    out.write_all(&row).map_err(write_error)
}
