//! Lines of bounded length.

use std::io::BufRead;

use super::source::{Source, record_too_long};
use super::{MAX_RECORD_BYTES, Record, RecordIter, utf8_str};
use crate::error::{Position, Result};

/// The records of a format with one a line, made by a function of the line. A record without an
/// id gets its number for one.
pub(super) fn records(
    source: Source,
    mut record: impl FnMut(&str) -> Result<Record> + Send + 'static,
) -> RecordIter {
    let path = source.path.clone();
    let mut lines = Lines::new(source);
    let mut number = 0;
    Box::new(std::iter::from_fn(move || {
        let read = lines.advance()?;
        number += 1;
        let line = Some(lines.number);
        let record = read.and_then(|()| record(lines.text()?));
        Some(
            record
                .map(|mut record| {
                    if record.document.id.is_empty() {
                        record.document.id = number.to_string();
                    }
                    record.position = Position {
                        file: Some(path.clone()),
                        record: Some(number),
                        line,
                        field: None,
                    };
                    record
                })
                .map_err(|error| error.at_record(number, line).in_file(&path)),
        )
    }))
}

/// Reads the lines of a source one after another into a buffer of its own, leaving out those that
/// are blank.
struct Lines {
    source: Source,
    line: Vec<u8>,
    /// Number of the line, counted from 1.
    number: u64,
    /// Whether the rest of a line that is too long is still to be left out.
    in_long_line: bool,
    failed: bool,
}

impl Lines {
    fn new(source: Source) -> Self {
        Self {
            source,
            line: Vec::new(),
            number: 0,
            in_long_line: false,
            failed: false,
        }
    }

    /// Goes to the next line that is not blank; `None` at the end of the source, an error for a
    /// line that is too long.
    fn advance(&mut self) -> Option<Result<()>> {
        while !self.failed {
            let read = self.read().transpose()?;
            self.number += 1;
            if read.is_err() || !self.line.iter().all(u8::is_ascii_whitespace) {
                return Some(read);
            }
        }
        None
    }

    /// The line; an error when it is not UTF-8.
    fn text(&self) -> Result<&str> {
        utf8_str(self.line.strip_suffix(b"\r").unwrap_or(&self.line))
    }

    /// Reads the next line without its end; `None` at the end of the source. A line that is too
    /// long is an error as soon as it is: its end may never come.
    fn read(&mut self) -> Result<Option<()>> {
        self.line.clear();
        let mut any = false;
        loop {
            let bytes = match self.source.bytes.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) => {
                    self.failed = true;
                    return Err(self.source.error(error));
                }
            };
            if bytes.is_empty() && (!any || self.in_long_line) {
                return Ok(None);
            }
            any = true;
            let end = bytes.iter().position(|&b| b == b'\n');
            let part = &bytes[..end.unwrap_or(bytes.len())];
            if !self.in_long_line && self.line.len() + part.len() > MAX_RECORD_BYTES {
                self.in_long_line = true;
                return Err(record_too_long());
            }
            if !self.in_long_line {
                self.line.extend_from_slice(part);
            }
            let done = end.is_some() || bytes.is_empty();
            let length = part.len() + usize::from(end.is_some());
            self.source.bytes.consume(length);
            if done && !std::mem::take(&mut self.in_long_line) {
                return Ok(Some(()));
            }
        }
    }
}
