//! Rows of separated values, of bounded length.
//!
//! On csv-core, the parser of the csv crate, and not on the crate itself: that would hold a
//! record of any length, and would take a quote that is never closed for one that is.

use std::io::BufRead;

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::source::{Source, record_too_long};
use super::{MAX_RECORD_BYTES, utf8};
use crate::error::{Error, Result};

/// The most columns a file may have.
pub(super) const MAX_COLUMNS: usize = 4096;

/// Reads rows one after another into a buffer of its own.
pub(super) struct Rows {
    source: Source,
    parser: csv_core::Reader,
    text: Vec<u8>,
    used: usize,
    ends: Vec<usize>,
    fields: usize,
    line: u64,
    /// Whether the rest of a row that is too long is still to be left out.
    in_long_row: bool,
    done: bool,
}

impl Rows {
    pub(super) fn new(source: Source, delimiter: u8) -> Self {
        Self {
            source,
            parser: ReaderBuilder::new().delimiter(delimiter).build(),
            text: vec![0; 1 << 12],
            used: 0,
            ends: vec![0; MAX_COLUMNS + 1],
            fields: 0,
            line: 0,
            in_long_row: false,
            done: false,
        }
    }

    /// Number of fields of the current row.
    pub(super) fn len(&self) -> usize {
        self.fields
    }

    /// The line on which the current row begins.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// A field of the current row.
    pub(super) fn field(&self, index: usize) -> Result<String> {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        utf8(self.text[start..self.ends[index]].to_vec())
    }

    /// Goes to the next row; false at the end. After an error in a row the next ones follow. A row
    /// that is too long is an error as soon as it is: its end may never come.
    pub(super) fn advance(&mut self) -> Result<bool> {
        (self.used, self.fields, self.line) = (0, 0, 0);
        while !self.done {
            if self.make_room() && !self.in_long_row {
                self.in_long_row = true;
                return Err(self.row_too_long());
            }
            let input = match self.source.bytes.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) => {
                    self.done = true;
                    return Err(self.source.error(error));
                }
            };
            let at_end = input.is_empty();
            // A line end is added to the last row. A quoted field that is still open takes it for
            // its own, which is how it is found out.
            let input = if at_end { b"\n" } else { input };
            let (result, read, written, ended) = self.parser.read_record(
                input,
                &mut self.text[self.used..],
                &mut self.ends[self.fields..],
            );
            let last = input[..read].last().copied();
            if !at_end {
                self.source.bytes.consume(read);
            }
            let new = &self.text[self.used..self.used + written];
            if self.line == 0 && written + ended > 0 {
                let behind = newlines(new)
                    + u64::from(result == ReadRecordResult::Record && last == Some(b'\n'));
                self.line = self.parser.line().saturating_sub(behind).max(1);
            }
            self.used += written;
            self.fields += ended;
            match result {
                ReadRecordResult::Record if self.in_long_row => {
                    self.in_long_row = false;
                    (self.used, self.fields, self.line) = (0, 0, 0);
                }
                ReadRecordResult::Record => return Ok(true),
                ReadRecordResult::InputEmpty if at_end => {
                    self.done = true;
                    if written > 0 && !self.in_long_row {
                        return Err(self.unclosed_quote());
                    }
                }
                ReadRecordResult::End => self.done = true,
                ReadRecordResult::InputEmpty
                | ReadRecordResult::OutputFull
                | ReadRecordResult::OutputEndsFull => {}
            }
        }
        Ok(false)
    }

    /// Makes room for more of the row; true when there is none and what was read is given up.
    fn make_room(&mut self) -> bool {
        let mut too_long = false;
        if self.fields == self.ends.len() {
            (self.fields, too_long) = (0, true);
        }
        if self.used == self.text.len() {
            if self.used < MAX_RECORD_BYTES {
                self.text.resize((self.used * 2).min(MAX_RECORD_BYTES), 0);
            } else {
                (self.used, too_long) = (0, true);
            }
        }
        too_long
    }

    fn row_too_long(&self) -> Error {
        let reason = record_too_long();
        Error::data(format!(
            "{}, or of more than {MAX_COLUMNS} columns (is a quote opened and not closed?)",
            reason.message()
        ))
        .at_line(self.line)
    }

    fn unclosed_quote(&self) -> Error {
        let start = self.fields.checked_sub(1).map_or(0, |last| self.ends[last]);
        let inside = newlines(&self.text[start..self.used]);
        let opened = self.parser.line().saturating_sub(inside).max(1);
        Error::data(format!(
            "found a quote opened on line {opened} and not closed before the end of the file, expected `\"` after the field (all from there on is unread)"
        ))
        .at_line(self.line)
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&b| b == b'\n').count() as u64
}
