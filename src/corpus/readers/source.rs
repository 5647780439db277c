//! What a reader of a format reads from: an input as UTF-8, with its name and its notes.

use std::io::{self, BufRead, Cursor, Read};
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;

use super::encoding::ToUtf8;
use super::note::{Note, Notes};
use super::{Columns, Format, MAX_RECORD_BYTES, compression};
use crate::error::{Error, Result};

/// Bytes in which a page must declare its encoding, and by which a format is recognised.
const HEAD: u64 = 4096;

/// Bytes of an input after decompression and decoding.
pub(super) struct Source {
    pub bytes: Box<dyn BufRead + Send>,
    pub path: PathBuf,
    pub notes: Notes,
}

impl Source {
    /// Puts the layers upon each other. Without a format the first bytes tell it.
    pub(super) fn open(
        bytes: impl Read + Send + 'static,
        path: &Path,
        format: Option<Format>,
        columns: &Columns,
        notes: &Notes,
    ) -> Result<(Self, Format)> {
        let forced = columns
            .encoding
            .as_deref()
            .map(encoding_named)
            .transpose()?;
        let mut bytes = compression::decompress(bytes).map_err(|e| read_error(path, e))?;
        // Only what needs the first bytes waits for them: a pipe may be slow.
        let mut head = Vec::new();
        if format.is_none_or(|format| format.reader().needs_head()) {
            head = peek(&mut bytes, HEAD).map_err(|e| read_error(path, e))?;
            bytes = Box::new(Cursor::new(head.clone()).chain(bytes));
        }
        let format = format.unwrap_or_else(|| {
            let format = Format::recognised(&head);
            if format != Format::recognised(b"") {
                notes.add(Note::Format {
                    file: path.to_path_buf(),
                    name: format.name(),
                });
            }
            format
        });
        let declared = format.reader().declared_encoding(&head);
        let utf8 = ToUtf8::new(bytes, forced, declared, path, notes.clone());
        let source = Self {
            bytes: Box::new(utf8),
            path: path.to_path_buf(),
            notes: notes.clone(),
        };
        Ok((source, format))
    }

    /// A failed read as the crate's error.
    pub(super) fn error(&self, error: io::Error) -> Error {
        read_error(&self.path, error)
    }

    /// All of it, for the formats in which a file is one record.
    pub(super) fn read_all(&mut self, limit: usize) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        (&mut self.bytes)
            .take(limit as u64 + 1)
            .read_to_end(&mut all)
            .map_err(|e| read_error(&self.path, e))?;
        if all.len() > limit {
            return Err(too_long(limit).in_file(&self.path));
        }
        Ok(all)
    }
}

/// The first bytes of a source, which are then no longer in it.
pub(super) fn peek(source: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    source.take(length).read_to_end(&mut head)?;
    Ok(head)
}

/// A record longer than the limit.
pub(super) fn too_long(limit: usize) -> Error {
    Error::data(format!(
        "found a record of more than {} MiB, which is the limit",
        limit >> 20
    ))
}

/// A record longer than [`MAX_RECORD_BYTES`].
pub(super) fn record_too_long() -> Error {
    too_long(MAX_RECORD_BYTES)
}

/// A failed read; the layers below pass the crate's own errors through `io::Error`.
pub(super) fn read_error(path: &Path, error: io::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(own) => own.in_file(path),
        Err(error) => Error::io("read", path, error),
    }
}

fn encoding_named(name: &str) -> Result<&'static Encoding> {
    Encoding::for_label(name.as_bytes()).ok_or_else(|| {
        Error::usage(format!(
            "found the encoding `{name}`, expected one such as utf-8, utf-16le, windows-1252, iso-8859-15 or shift_jis"
        ))
    })
}
