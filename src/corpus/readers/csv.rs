//! Separated values with a header.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Columns, Fields, Record, Records, utf8};
use crate::corpus::Document;
use crate::error::{Error, Position, Result};

/// Places of the columns in a record.
struct Layout {
    names: Arc<Vec<String>>,
    keep_fields: bool,
    text: usize,
    title: Option<usize>,
    id: Option<usize>,
    labels: Option<usize>,
    lang: Option<usize>,
    group: Option<usize>,
    extra: Vec<Option<usize>>,
}

pub(super) fn read(
    source: impl Read + Send + 'static,
    path: PathBuf,
    delimiter: u8,
    columns: &Columns,
) -> Result<Records> {
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(source);
    let header = reader
        .byte_headers()
        .map_err(|e| csv_error(e, &path))?
        .iter()
        .map(|name| utf8(name.to_vec()).map(|name| name.trim().to_owned()))
        .collect::<Result<Vec<String>>>()
        .map_err(|e| e.at_line(1).in_file(&path))?;
    let layout = Layout::find(header, columns).map_err(|e| e.in_file(&path))?;
    let mut number = 0;
    Ok(Box::new(reader.into_byte_records().map(move |record| {
        number += 1;
        let record = record.map_err(|e| csv_error(e, &path))?;
        layout
            .record(&record, number)
            .map_err(|e| e.in_file(&path))
            .map(|mut record| {
                record.position.file = Some(path.clone());
                record
            })
    })))
}

impl Layout {
    fn find(names: Vec<String>, columns: &Columns) -> Result<Self> {
        if names.iter().all(String::is_empty) {
            return Err(Error::data("found an empty file, expected a header line"));
        }
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
                Error::data(format!(
                    "found no column `{name}`, expected one; there are: {}",
                    names
                        .iter()
                        .map(|n| format!("`{n}`"))
                        .collect::<Vec<_>>()
                        .join(", ")
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
        Ok(Self {
            text: needed(columns.text())?,
            title: optional(&columns.title, "title")?,
            id: optional(&columns.id, "id")?,
            group: optional(&columns.group, "source")?,
            lang: place("lang")?,
            extra: columns
                .extra
                .iter()
                .map(|name| place(name))
                .collect::<Result<_>>()?,
            labels,
            keep_fields: columns.keep_fields,
            names: Arc::new(names),
        })
    }

    fn record(&self, record: &::csv::ByteRecord, number: u64) -> Result<Record> {
        let line = record.position().map(::csv::Position::line);
        let field = |column: usize| -> Result<String> {
            utf8(record[column].to_vec())
                .map_err(|e| e.at_record(number, line).in_field(&self.names[column]))
        };
        let optional = |column: Option<usize>| column.map(field).transpose();
        Ok(Record {
            document: Document {
                id: optional(self.id)?.unwrap_or_else(|| number.to_string()),
                title: optional(self.title)?,
                text: field(self.text)?,
            },
            labels: optional(self.labels)?,
            lang: optional(self.lang)?,
            extra: self
                .extra
                .iter()
                .map(|&column| optional(column))
                .collect::<Result<_>>()?,
            group: optional(self.group)?.filter(|group| !group.trim().is_empty()),
            fields: if self.keep_fields {
                Fields {
                    names: Arc::clone(&self.names),
                    values: (0..record.len()).map(field).collect::<Result<_>>()?,
                }
            } else {
                Fields::default()
            },
            position: Position {
                record: Some(number),
                line,
                ..Position::default()
            },
        })
    }
}

fn csv_error(error: ::csv::Error, path: &Path) -> Error {
    let position = error.position().cloned();
    let made = match error.into_kind() {
        ::csv::ErrorKind::Io(error) => return Error::io("read", path, error),
        ::csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => Error::data(format!(
            "found {len} fields, expected {expected_len} as in the header (is a quote missing or a delimiter unquoted?)"
        )),
        kind => Error::data(format!("cannot be read as separated values: {kind:?}")),
    };
    // The reader counts the header as record 0, so its numbers are ours.
    match position {
        Some(p) => made.at_record(p.record(), Some(p.line())),
        None => made,
    }
    .in_file(path)
}
