//! One small reader for each format, all giving the same [`Record`]s.

mod csv;
mod jsonl;
mod text;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Document;
use crate::error::{Error, Position, Result};

/// An article as it came from a file, with what else its record holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The article.
    pub document: Document,
    /// The cell of labels as written; `None` when the input has no place for labels.
    pub labels: Option<String>,
    /// Language, where a column `lang` says it.
    pub lang: Option<String>,
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

/// The fields of a record in their order.
///
/// The names are shared by all records of a file with a header. A JSON value that is no string
/// is kept as JSON text. Formats without fields (a text, a web page) have none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// Names of the columns or fields.
    pub names: Arc<Vec<String>>,
    /// The values, one a name.
    pub values: Vec<String>,
}

/// Records of one input, in its order.
pub type Records = Box<dyn Iterator<Item = Result<Record>> + Send>;

/// The formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One article; the first line is the title when a blank line follows it.
    Text,
    /// Comma-separated values with a header.
    Csv,
    /// Tab-separated values with a header.
    Tsv,
    /// One JSON object a line.
    Jsonl,
}

impl Format {
    /// The format of a file by the end of its name.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "txt" | "md" => Self::Text,
            "csv" => Self::Csv,
            "tsv" => Self::Tsv,
            "jsonl" | "ndjson" => Self::Jsonl,
            _ => return None,
        })
    }
}

/// Names of columns or fields. A name that was asked for must be there; the defaults other than
/// the text's may be absent.
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
}

impl Columns {
    fn text(&self) -> &str {
        self.text.as_deref().unwrap_or("text")
    }
}

/// Opens a file, or standard input for `-`, for reading records.
///
/// Without a format it is told by the file's name; standard input is then one text.
/// Errors: a file that cannot be read, a name that tells no format, a header without the
/// needed columns.
pub fn open(path: &Path, format: Option<Format>, columns: &Columns) -> Result<Records> {
    let format = match format.or_else(|| Format::of_path(path)) {
        Some(format) => format,
        None if path == Path::new("-") => Format::Text,
        None => {
            return Err(Error::usage(
                "the name does not tell the format, expected .txt, .md, .csv, .tsv or .jsonl (or say it with --input-format)",
            )
            .in_file(path));
        }
    };
    if path.is_dir() {
        return Err(Error::usage("is a folder, expected a file").in_file(path));
    }
    read(source(path)?, path, format, columns)
}

/// The bytes of a file, or of standard input for `-`.
pub(super) fn source(path: &Path) -> Result<Box<dyn Read + Send>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path).map_err(|e| Error::io("open", path, e))?;
    Ok(Box::new(file))
}

/// Reads records from anything that gives bytes; `path` is what errors call it.
pub fn read(
    source: impl Read + Send + 'static,
    path: &Path,
    format: Format,
    columns: &Columns,
) -> Result<Records> {
    let mut source = BufReader::with_capacity(1 << 16, source);
    skip_byte_order_mark(&mut source).map_err(|e| Error::io("read", path, e))?;
    let path = path.to_path_buf();
    Ok(match format {
        Format::Text => text::read(source, path),
        Format::Csv => csv::read(source, path, b',', columns)?,
        Format::Tsv => csv::read(source, path, b'\t', columns)?,
        Format::Jsonl => jsonl::read(source, path, columns),
    })
}

/// The files that inputs stand for: files as they are, folders as all files in them and below
/// whose names tell a format, sorted, hidden ones left out.
pub fn expand(inputs: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for input in inputs {
        if input.is_dir() {
            let before = files.len();
            walk(input, &mut files)?;
            if files.len() == before {
                return Err(Error::data(
                    "found no article, expected files ending in .txt, .md, .csv, .tsv or .jsonl",
                )
                .in_file(input));
            }
        } else {
            files.push(input.clone());
        }
    }
    Ok(files)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries = std::fs::read_dir(folder)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(|e| Error::io("list", folder, e))?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        // The entry's own type: a link to a folder is not followed, so that no circle traps us.
        let kind = entry
            .file_type()
            .map_err(|e| Error::io("look at", &path, e))?;
        if kind.is_dir() {
            walk(&path, files)?;
        } else if Format::of_path(&path).is_some() && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

fn skip_byte_order_mark(source: &mut impl BufRead) -> io::Result<()> {
    if source.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        source.consume(3);
    }
    Ok(())
}

/// The text of bytes, or an error that says where they stop being UTF-8.
fn utf8(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::data(format!(
            "found the byte 0x{:02x} after {at} bytes, which is not valid UTF-8; expected UTF-8 text",
            error.as_bytes()[at]
        ))
    })
}
