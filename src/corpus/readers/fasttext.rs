//! Lines of fastText: `__label__tariffs __label__defense the text`.

use super::format::Reader;
use super::{Columns, Record, RecordIter, Source, lines};
use crate::corpus::{Document, Labels};
use crate::error::{Error, Result};

/// What a label begins with.
const PREFIX: &str = "__label__";

/// An article a line; as in fastText, a word that begins like a label is one wherever it stands.
pub(super) struct FastText;

impl Reader for FastText {
    fn name(&self) -> &'static str {
        "fasttext"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["ft", "fasttext"]
    }

    fn recognises(&self, head: &[u8]) -> bool {
        head.trim_ascii_start().starts_with(PREFIX.as_bytes())
    }

    fn read(&self, source: Source, _columns: &Columns) -> Result<RecordIter> {
        Ok(lines::records(source, |line| {
            let (text, labels) = split(line)?;
            Ok(Record {
                document: Document {
                    text,
                    ..Document::default()
                },
                labels: Some(Labels::List(labels)),
                ..Record::default()
            })
        }))
    }
}

/// The words of the text, and the labels.
fn split(line: &str) -> Result<(String, Vec<String>)> {
    let mut labels = Vec::new();
    let mut text = String::with_capacity(line.len());
    for word in line.split_whitespace() {
        match word.strip_prefix(PREFIX) {
            Some("") => {
                return Err(Error::data(
                    "found `__label__` without a name, expected one behind it",
                ));
            }
            Some(label) => labels.push(label.to_owned()),
            None => {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(word);
            }
        }
    }
    Ok((text, labels))
}
