//! Separated values.

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::sync::Arc;

use super::delimiter::{self, Needed};
use super::format::Reader;
use super::note::Note;
use super::rows::{MAX_COLUMNS, Rows};
use super::source::read_error;
use super::{Columns, Fields, Record, RecordIter, Source, annif};
use crate::corpus::{Document, Labels};
use crate::error::{Error, Position, Result};

/// Separated values of one kind: with a header, in which the columns are named, unless
/// [`Columns::header`] names them.
pub(super) struct Separated {
    name: &'static str,
    extensions: &'static [&'static str],
    /// What separates the values unless something else is found.
    usual: u8,
}

/// Comma-separated values, or what is called so.
pub(super) static CSV: Separated = Separated {
    name: "csv",
    extensions: &["csv"],
    usual: b',',
};

/// Tab-separated values.
pub(super) static TSV: Separated = Separated {
    name: "tsv",
    extensions: &["tsv", "tab"],
    usual: b'\t',
};

impl Reader for Separated {
    fn name(&self) -> &'static str {
        self.name
    }

    fn extensions(&self) -> &'static [&'static str] {
        self.extensions
    }

    fn read(&self, mut source: Source, columns: &Columns) -> Result<RecordIter> {
        let path = source.path.clone();
        let delimiter = match columns.delimiter {
            Some(delimiter) => delimiter,
            None => self.delimiter(&mut source, columns)?,
        };
        let mut rows = Rows::new(source, delimiter);
        let names = match &columns.header {
            Some(names) => names.clone(),
            None => header(&mut rows).map_err(|e| e.in_file(&path))?,
        };
        let layout = Layout::find(names, columns).map_err(|e| e.in_file(&path))?;
        let mut number = 0;
        Ok(Box::new(std::iter::from_fn(move || {
            let row = rows.advance();
            number += 1;
            let record = match row {
                Ok(false) => return None,
                Ok(true) => layout.record(&rows),
                Err(error) => Err(error),
            };
            // A failure of the whole input has no line, and is none of a record.
            let place = |error: Error| match error.position().line {
                None if rows.line() == 0 => error,
                line => error.at_record(number, line.or(Some(rows.line()))),
            };
            Some(match record {
                Ok(mut record) => {
                    if record.document.id.is_empty() && layout.id.is_none() {
                        record.document.id = number.to_string();
                    }
                    record.position = Position {
                        file: Some(path.clone()),
                        record: Some(number),
                        line: Some(rows.line()),
                        field: None,
                    };
                    Ok(record)
                }
                Err(error) => Err(place(error).in_file(&path)),
            })
        })))
    }
}

impl Separated {
    /// The delimiter by the beginning of the file.
    fn delimiter(&self, source: &mut Source, columns: &Columns) -> Result<u8> {
        let needed = match &columns.header {
            Some(names) => Needed::Count(names.len()),
            None => Needed::Column(columns.text()),
        };
        // The first line mostly tells; what comes down a slow pipe is then not waited for.
        let mut sample = Vec::new();
        let mut head = (&mut source.bytes).take(delimiter::SAMPLE as u64);
        head.read_until(b'\n', &mut sample)
            .map_err(|e| read_error(&source.path, e))?;
        let mut found = delimiter::fits(&sample, self.usual, &needed).then_some(self.usual);
        let mut fault = None;
        if found.is_none() {
            fault = head.read_to_end(&mut sample).err();
            let ended = fault.is_none() && sample.len() < delimiter::SAMPLE;
            let told = delimiter::find(&sample, ended, self.usual, &needed);
            found = Some(told.map_err(|e| match fault.take() {
                Some(fault) => read_error(&source.path, fault),
                None => e.in_file(&source.path),
            })?);
        }
        let found = found.unwrap_or(self.usual);
        let bytes = std::mem::replace(&mut source.bytes, Box::new(std::io::empty()));
        let sample = Cursor::new(sample);
        source.bytes = match fault {
            None => Box::new(sample.chain(bytes)),
            // The rows before it can be read.
            Some(_) => Box::new(sample.chain(BufReader::new(Broken(fault)))),
        };
        if found != self.usual {
            source.notes.add(Note::Delimiter {
                file: source.path.clone(),
                name: delimiter::name(found),
            });
        }
        Ok(found)
    }
}

/// What cannot be read, for a reason that is told once.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// The names of the columns in the first row.
fn header(rows: &mut Rows) -> Result<Vec<String>> {
    let empty = || Error::data("found an empty file, expected a header line");
    if !rows.advance()? {
        return Err(empty());
    }
    if rows.len() > MAX_COLUMNS {
        return Err(Error::data(format!(
            "found more than {MAX_COLUMNS} columns, which is the limit"
        )));
    }
    let names = (0..rows.len())
        .map(|column| rows.field(column).map(|name| name.trim().to_owned()))
        .collect::<Result<Vec<_>>>()
        .map_err(|e| e.at_line(rows.line()))?;
    if names.iter().all(String::is_empty) {
        return Err(empty());
    }
    Ok(names)
}

/// Places of the columns in a row.
struct Layout {
    names: Arc<Vec<String>>,
    keep_fields: bool,
    text: usize,
    title: Option<usize>,
    id: Option<usize>,
    labels: Option<usize>,
    /// Annif's column of labels, where there is none of ours.
    subject_uris: Option<usize>,
    lang: Option<usize>,
    date: Option<usize>,
    group: Option<usize>,
    extra: Vec<Option<usize>>,
}

impl Layout {
    fn find(names: Vec<String>, columns: &Columns) -> Result<Self> {
        let place = |name: &str| -> Result<Option<usize>> {
            let mut places = (0..names.len()).filter(|&i| names[i] == name);
            let first = places.next();
            if places.next().is_some() {
                return Err(Error::data(format!(
                    "found the column `{name}` twice in the header, expected it once"
                ))
                .at_line(1));
            }
            Ok(first)
        };
        let needed = |name: &str| -> Result<usize> {
            place(name)?.ok_or_else(|| {
                let found: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
                Error::data(format!(
                    "found no column `{name}`, expected one; there are: {}",
                    found.join(", ")
                ))
                .at_line(1)
            })
        };
        let optional = |asked: &Option<String>, default: &str| -> Result<Option<usize>> {
            match asked {
                Some(name) => needed(name).map(Some),
                None => place(default),
            }
        };
        let labels = match &columns.labels {
            Some(name) => Some(needed(name)?),
            None => place("labels")?.or(place("label")?),
        };
        let subject_uris = match labels {
            None => place("subject_uris")?,
            Some(_) => None,
        };
        let id = match optional(&columns.id, "id")? {
            None => place("document_id")?,
            id => id,
        };
        Ok(Self {
            text: needed(columns.text())?,
            title: optional(&columns.title, "title")?,
            id,
            group: optional(&columns.group, "source")?,
            lang: place("lang")?,
            date: place("date")?,
            extra: columns
                .extra
                .iter()
                .map(|name| place(name))
                .collect::<Result<_>>()?,
            labels,
            subject_uris,
            keep_fields: columns.keep_fields,
            names: Arc::new(names),
        })
    }

    /// The record of a row, without its place.
    fn record(&self, row: &Rows) -> Result<Record> {
        if row.len() != self.names.len() {
            return Err(Error::data(format!(
                "found {} fields, expected {} as in the header (is a quote missing or a delimiter unquoted?)",
                row.len(),
                self.names.len()
            )));
        }
        let field = |column: usize| {
            row.field(column)
                .map_err(|e| e.in_field(&self.names[column]))
        };
        let optional = |column: Option<usize>| column.map(field).transpose();
        Ok(Record {
            document: Document {
                id: optional(self.id)?.unwrap_or_default(),
                title: optional(self.title)?,
                text: field(self.text)?,
            },
            labels: match optional(self.labels)? {
                Some(cell) => Some(Labels::Cell(cell)),
                None => optional(self.subject_uris)?.map(|uris| annif::of_uris(&uris)),
            },
            lang: optional(self.lang)?,
            date: optional(self.date)?,
            group: optional(self.group)?.filter(|group| !group.trim().is_empty()),
            extra: self
                .extra
                .iter()
                .map(|&column| optional(column))
                .collect::<Result<_>>()?,
            fields: if self.keep_fields {
                Fields {
                    names: Arc::clone(&self.names),
                    values: (0..row.len()).map(field).collect::<Result<_>>()?,
                }
            } else {
                Fields::default()
            },
            position: Position::default(),
        })
    }
}
