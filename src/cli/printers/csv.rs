//! A row an article: the columns of the input, the labels, and a column a score.

use std::io::{self, BufRead, BufReader, Seek, Write};

use newstopics::corpus::readers::Record;
use newstopics::{Error, ErrorKind, Result, TopicClassifier};
use tempfile::SpooledTempFile;

use super::{Answer, Printer, no_place, one_line, rounded};
use crate::cli::output::write_error;
use crate::cli::predict::{OnError, PredictArgs};

/// Bytes of errors from before the first article that are kept in memory; more go to a file.
const EARLY_BYTES: usize = 1 << 20;

pub struct Csv<'c> {
    classifier: &'c TopicClassifier,
    include_text: bool,
    /// Whether there is a column for the errors of skipped records.
    errors: bool,
    /// The input's columns, once the header is written.
    columns: Option<Vec<String>>,
    /// Errors from before the first article, which tells the columns; one a line.
    early_errors: SpooledTempFile,
}

impl<'c> Csv<'c> {
    pub fn new(classifier: &'c TopicClassifier, args: &PredictArgs) -> Self {
        Self {
            classifier,
            include_text: args.include_text,
            errors: args.on_error == OnError::Skip,
            columns: None,
            early_errors: SpooledTempFile::new(EARLY_BYTES),
        }
    }

    /// Name and content of the input's columns; an input without columns has the id, and title
    /// and text when they are asked for.
    fn cells<'r>(&self, record: &'r Record) -> Vec<(&'r str, &'r str)> {
        let fields = &record.fields;
        if !fields.names.is_empty() {
            let names = fields.names.iter().map(String::as_str);
            return names
                .zip(fields.values.iter().map(String::as_str))
                .collect();
        }
        let document = &record.document;
        let mut cells = vec![("id", document.id.as_str())];
        if self.include_text {
            cells.push(("title", document.title()));
            cells.push(("text", &document.text));
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

    /// Writes the header, and the errors that came before it.
    fn header(&mut self, out: &mut dyn Write, columns: Vec<String>) -> Result<()> {
        let added = self.added(&columns);
        write_row(out, columns.iter().chain(&added))?;
        self.columns = Some(columns);
        self.early_errors.rewind().map_err(early_error)?;
        let early_errors = std::mem::replace(&mut self.early_errors, SpooledTempFile::new(0));
        for error in BufReader::new(early_errors).lines() {
            self.error_row(out, &error.map_err(early_error)?)?;
        }
        Ok(())
    }

    /// A row of empty cells but for the error.
    fn error_row(&self, out: &mut dyn Write, error: &str) -> Result<()> {
        let columns = self.columns.as_ref().map_or(0, Vec::len);
        let mut row = vec![""; columns + 1 + self.classifier.labels().len()];
        row.push(error);
        write_row(out, row)
    }

    /// The cells in the order of the header; a column that a record does not have is empty.
    fn in_order<'r>(&self, cells: &[(&'r str, &'r str)]) -> Result<Vec<&'r str>> {
        let columns = self.columns.as_deref().unwrap_or_default();
        let mut row = vec![""; columns.len()];
        for (at, &(name, cell)) in cells.iter().enumerate() {
            // Nearly always the columns stand where they stood before.
            let place = match columns.get(at).is_some_and(|column| column == name) {
                true => Some(at),
                false => columns.iter().position(|column| column == name),
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
        if self.columns.is_none() {
            let names = cells.iter().map(|&(name, _)| name.to_owned());
            self.header(out, names.collect())?;
        }
        let position = &answer.record.position;
        let row = self.in_order(&cells).map_err(|mut error| {
            if let Some(file) = &position.file {
                error = error.in_file(file);
            }
            error.at_record(position.record.unwrap_or(1), position.line)
        })?;
        let prediction = &answer.prediction;
        let mut added = vec![self.classifier.label_names(prediction).join(";")];
        added.extend(prediction.scores.iter().map(|s| rounded(*s).to_string()));
        added.extend(self.errors.then(String::new));
        write_row(out, row.into_iter().chain(added.iter().map(String::as_str)))
    }

    fn failure(&mut self, out: &mut dyn Write, error: &Error) -> Result<()> {
        let error = one_line(&error.to_string());
        match self.columns {
            Some(_) => self.error_row(out, &error),
            None => writeln!(self.early_errors, "{error}").map_err(early_error),
        }
    }

    /// Without any article there is still a header.
    fn end(&mut self, out: &mut dyn Write) -> Result<()> {
        match self.columns {
            Some(_) => Ok(()),
            None => self.header(out, vec!["id".to_owned()]),
        }
    }
}

fn early_error(error: io::Error) -> Error {
    Error::new(
        ErrorKind::Failed,
        format!("cannot keep the errors of the first records in a temporary file: {error}"),
    )
}

fn write_row<C: AsRef<[u8]>>(
    out: &mut dyn Write,
    cells: impl IntoIterator<Item = C>,
) -> Result<()> {
    let mut writer = csv::Writer::from_writer(Unflushed(out));
    writer
        .write_record(cells)
        .map_err(|e| write_error(e.into()))?;
    writer.flush().map_err(write_error)
}

/// Takes the rows that a writer flushes, without flushing what they are written to.
struct Unflushed<'o>(&'o mut dyn Write);

impl Write for Unflushed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
