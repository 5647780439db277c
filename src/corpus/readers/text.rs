//! A file that is one article.

use super::format::Reader;
use super::{Columns, MAX_RECORD_BYTES, Record, RecordIter, Source, utf8};
use crate::corpus::Document;
use crate::error::{Position, Result};

/// One article; the first line is the title when a blank line follows it.
pub(super) struct Text;

impl Reader for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["txt", "md"]
    }

    fn read(&self, source: Source, _columns: &Columns) -> Result<RecordIter> {
        Ok(Box::new(std::iter::once_with(move || article(source))))
    }
}

fn article(mut source: Source) -> Result<Record> {
    let bytes = source.read_all(MAX_RECORD_BYTES)?;
    let text = utf8(bytes).map_err(|e| e.in_file(&source.path))?;
    let (title, text) = split_title(&text);
    Ok(Record {
        document: Document {
            id: source.path.display().to_string(),
            title,
            text,
        },
        position: Position {
            file: Some(source.path),
            ..Position::default()
        },
        ..Record::default()
    })
}

/// The first line is the title when a blank line follows it.
fn split_title(text: &str) -> (Option<String>, String) {
    let text = text.trim_start();
    if let Some((first, rest)) = text.split_once('\n')
        && let Some((second, rest)) = rest.split_once('\n')
        && second.trim().is_empty()
        && !rest.trim().is_empty()
    {
        return (Some(first.trim().to_owned()), rest.trim_start().to_owned());
    }
    (None, text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_followed_by_a_blank_line() {
        assert_eq!(
            split_title("Titel\r\n\r\nText\nmehr"),
            (Some("Titel".to_owned()), "Text\nmehr".to_owned())
        );
        assert_eq!(split_title("Text\nmehr"), (None, "Text\nmehr".to_owned()));
        assert_eq!(split_title("Text\n\n"), (None, "Text\n\n".to_owned()));
        assert_eq!(split_title(""), (None, String::new()));
    }
}
