//! Lines of bounded length.

use std::io::BufRead;

use super::source::{Source, record_too_long};
use super::{MAX_RECORD_BYTES, Record, RecordIter, utf8};
use crate::error::{Position, Result};

/// The records of a format with one a line, made by a function of the line. A record without an
/// id gets its number for one.
pub(super) fn records(
    source: Source,
    mut record: impl FnMut(&str) -> Result<Record> + Send + 'static,
) -> RecordIter {
    let path = source.path.clone();
    let mut number = 0;
    Box::new(Lines::new(source).map(move |Line { number: line, text }| {
        number += 1;
        text.and_then(|text| record(&text))
            .map(|mut record| {
                if record.document.id.is_empty() {
                    record.document.id = number.to_string();
                }
                record.position = Position {
                    file: Some(path.clone()),
                    record: Some(number),
                    line: Some(line),
                    field: None,
                };
                record
            })
            .map_err(|error| error.at_record(number, Some(line)).in_file(&path))
    }))
}

/// A line with something on it, and its number.
struct Line {
    /// Counted from 1.
    number: u64,
    /// The line without its end; an error when it is too long or not UTF-8.
    text: Result<String>,
}

/// Reads the lines of a source, leaving out those that are blank.
struct Lines {
    source: Source,
    number: u64,
    failed: bool,
}

impl Lines {
    fn new(source: Source) -> Self {
        Self {
            source,
            number: 0,
            failed: false,
        }
    }

    /// The bytes of the next line without its end; `None` at the end of the source.
    fn read(&mut self) -> Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let (mut any, mut long) = (false, false);
        loop {
            let bytes = match self.source.bytes.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) => {
                    self.failed = true;
                    return Err(self.source.error(error));
                }
            };
            if bytes.is_empty() && !any {
                return Ok(None);
            }
            any = true;
            let end = bytes.iter().position(|&b| b == b'\n');
            let part = &bytes[..end.unwrap_or(bytes.len())];
            long |= line.len() + part.len() > MAX_RECORD_BYTES;
            if long {
                line = Vec::new();
            } else {
                line.extend_from_slice(part);
            }
            let done = end.is_some() || bytes.is_empty();
            let length = part.len() + usize::from(end.is_some());
            self.source.bytes.consume(length);
            if done {
                return if long {
                    Err(record_too_long())
                } else {
                    Ok(Some(line))
                };
            }
        }
    }
}

impl Iterator for Lines {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        while !self.failed {
            let line = self.read().transpose()?;
            self.number += 1;
            if matches!(&line, Ok(bytes) if bytes.iter().all(u8::is_ascii_whitespace)) {
                continue;
            }
            let text = line.and_then(|mut bytes| {
                if bytes.last() == Some(&b'\r') {
                    bytes.pop();
                }
                utf8(bytes)
            });
            return Some(Line {
                number: self.number,
                text,
            });
        }
        None
    }
}
