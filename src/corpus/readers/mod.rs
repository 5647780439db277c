//! One small reader for each format, all giving the same [`Record`]s.
//!
//! The bytes of a file pass through the layers in this order: decompression (gzip and Zstandard,
//! recognised by their first bytes), the decoding of their characters to UTF-8, and the reader of
//! the format. All of them stream: no more than one record is held, and none may be longer than
//! [`MAX_RECORD_BYTES`]. A bad record is an `Err` with its place; the records after it follow.
//! What a person should know of a file, such as its encoding, are [`Note`]s.

mod annif;
mod compression;
mod csv;
mod delimiter;
mod encoding;
mod fasttext;
mod fields;
mod folder;
mod format;
#[cfg(feature = "html")]
mod html;
mod json;
mod jsonl;
mod lines;
mod note;
mod prodigy;
mod rows;
mod source;
mod text;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::str::Utf8Error;

pub use fields::Fields;
pub use folder::expand;
pub use format::Format;
pub use note::Note;

use super::{Document, Labels};
use crate::error::{Error, Position, Result};
use note::Notes;
use source::Source;

/// The most bytes a record may have, as UTF-8: a CSV row, a line of JSON or fastText, a text.
pub const MAX_RECORD_BYTES: usize = 16 << 20;

/// An article as it came from a file, with what else its record holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The article.
    pub document: Document,
    /// The labels as written; `None` when the input has no place for labels.
    pub labels: Option<Labels>,
    /// Language, where a column `lang` or the page says it.
    pub lang: Option<String>,
    /// Date of publication as written, where a column `date` or the page says it.
    pub date: Option<String>,
    /// What the record has in common with others that must not be told apart in
    /// cross-validation (the column named for it).
    pub group: Option<String>,
    /// The cells of the columns asked for by [`Columns::extra`], in that order; `None` where the
    /// record has no such column or field.
    pub extra: Vec<Option<String>>,
    /// All fields as they were read, when [`Columns::keep_fields`] asks for them.
    pub fields: Fields,
    /// Where the record is.
    pub position: Position,
}

/// Records of one input, in its order.
///
/// After an `Err` for a bad record the next records follow; after one for the input as a whole
/// (it cannot be read on, an archive is cut off) there are none.
pub struct Records {
    records: RecordIter,
    notes: Notes,
    /// Columns asked for by [`Columns::extra`].
    extra: usize,
}

type RecordIter = Box<dyn Iterator<Item = Result<Record>> + Send>;

impl Records {
    /// What has been noted since the last call. Some notes come only after some records: a file
    /// may be ASCII for a long while before its encoding shows.
    pub fn take_notes(&mut self) -> Vec<Note> {
        self.notes.take()
    }
}

impl Iterator for Records {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.records.next()?;
        Some(record.map(|mut record| {
            // Formats without columns have none of those that were asked for.
            record.extra.resize(self.extra, None);
            record
        }))
    }
}

/// How an input is laid out: the names of its columns or fields, and what else cannot be told
/// from the input itself. A name that was asked for must be there; the defaults other than the
/// text's may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// The article's text; default `text`.
    pub text: Option<String>,
    /// The headline; default `title`, if there.
    pub title: Option<String>,
    /// The id; default `id`, if there.
    pub id: Option<String>,
    /// The labels; default `labels` or `label`.
    pub labels: Option<String>,
    /// What records must not be told apart by in cross-validation; default `source`, if there.
    pub group: Option<String>,
    /// Further columns to keep, where they are there.
    pub extra: Vec<String>,
    /// Whether each record brings all its fields ([`Record::fields`]).
    pub keep_fields: bool,
    /// Names of the columns of separated values that have no header.
    pub header: Option<Vec<String>>,
    /// What separates the values; default found by itself.
    pub delimiter: Option<u8>,
    /// Encoding of the characters by its name in the WHATWG Encoding Standard (`windows-1252`);
    /// default found by itself.
    pub encoding: Option<String>,
}

impl Columns {
    fn text(&self) -> &str {
        self.text.as_deref().unwrap_or("text")
    }
}

/// Opens a file, or standard input for `-`, for reading records.
///
/// Without a format it is told by the file's name, for standard input by its first bytes.
/// Errors: a file that cannot be read, a name that tells no format, a header without the
/// needed columns, an encoding or delimiter that cannot be told.
pub fn open(path: &Path, format: Option<Format>, columns: &Columns) -> Result<Records> {
    open_through(path, format, columns, |bytes| bytes)
}

/// Like [`open`], with something around the file's bytes as they are stored, such as a counter
/// that shows how far the reading is.
pub fn open_through<R: Read + Send + 'static>(
    path: &Path,
    format: Option<Format>,
    columns: &Columns,
    around: impl FnOnce(Box<dyn Read + Send>) -> R,
) -> Result<Records> {
    let format = format_of(path, format)?;
    read(around(bytes_of(path)?), path, format, columns)
}

/// The format asked for, or that of the name; `None` for standard input.
fn format_of(path: &Path, format: Option<Format>) -> Result<Option<Format>> {
    match format.or_else(|| Format::of_path(path)) {
        None if path != Path::new("-") => Err(Error::usage(format!(
            "the name does not tell the format, expected {} (or say it with --input-format)",
            Format::extensions_in_words()
        ))
        .in_file(path)),
        format => Ok(format),
    }
}

/// The bytes of a file, or of standard input for `-`.
pub(super) fn bytes_of(path: &Path) -> Result<Box<dyn Read + Send>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    if path.is_dir() {
        return Err(Error::usage("is a folder, expected a file").in_file(path));
    }
    let file = File::open(path).map_err(|e| Error::io("open", path, e))?;
    Ok(Box::new(file))
}

/// Reads records from anything that gives bytes, as [`open`] does; `path` is what errors call it.
///
/// ```
/// use std::path::Path;
/// use newstopics::corpus::readers::{Columns, read};
///
/// let csv = "id;text\n7;Die EU erhebt Zölle\n";
/// let mut records = read(csv.as_bytes(), Path::new("news.csv"), None, &Columns::default())?;
/// let record = records.next().unwrap()?;
/// assert_eq!(record.document.id, "7");
/// assert_eq!(
///     records.take_notes()[0].to_string(),
///     "news.csv: the columns are separated by semicolons"
/// );
/// # Ok::<(), newstopics::Error>(())
/// ```
pub fn read(
    bytes: impl Read + Send + 'static,
    path: &Path,
    format: Option<Format>,
    columns: &Columns,
) -> Result<Records> {
    let named = format_of(path, format)?;
    let notes = Notes::default();
    let (source, format) = Source::open(bytes, path, named, columns, &notes)?;
    let records = format.reader().read(source, columns)?;
    Ok(Records {
        records,
        notes,
        extra: columns.extra.len(),
    })
}

/// The text of bytes, or an error that says where they stop being UTF-8.
fn utf8(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| no_utf8(error.as_bytes(), error.utf8_error()))
}

/// The same of bytes that stay where they are.
fn utf8_str(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|error| no_utf8(bytes, error))
}

fn no_utf8(bytes: &[u8], error: Utf8Error) -> Error {
    let at = error.valid_up_to();
    let line = 1 + bytes[..at].iter().filter(|&&b| b == b'\n').count();
    let line = if line > 1 {
        format!(" (line {line} of it)")
    } else {
        String::new()
    };
    Error::data(match bytes[at] {
        encoding::MALFORMED => format!(
            "found bytes after {at} bytes{line} that are no character of the input's encoding"
        ),
        byte => format!(
            "found the byte 0x{byte:02x} after {at} bytes{line}, which is not valid UTF-8; expected one encoding throughout (or say it with --encoding)"
        ),
    })
}
