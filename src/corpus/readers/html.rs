//! Web pages: one article a page.

mod article;
mod furniture;
mod measure;
mod parser;

use encoding_rs::Encoding;

use super::format::Reader;
use super::{Columns, Record, RecordIter, Source, utf8};
use crate::corpus::Document;
use crate::error::{Position, Result};

/// The most bytes a page may have.
const MAX_PAGE_BYTES: usize = 16 << 20;

/// One article a page.
pub(super) struct Html;

impl Reader for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["html", "htm", "xhtml"]
    }

    fn needs_head(&self) -> bool {
        true
    }

    fn recognises(&self, head: &[u8]) -> bool {
        let head = lower(head.trim_ascii_start());
        head.starts_with("<!doctype html")
            || head.starts_with("<html")
            || (head.starts_with("<?xml") && head.contains("<html"))
    }

    fn declared_encoding(&self, head: &[u8]) -> Option<&'static Encoding> {
        declared_encoding(&lower(head))
    }

    fn read(&self, source: Source, _columns: &Columns) -> Result<RecordIter> {
        Ok(Box::new(std::iter::once_with(move || article(source))))
    }
}

fn lower(head: &[u8]) -> String {
    String::from_utf8_lossy(head).to_ascii_lowercase()
}

/// The encoding in `<meta charset=...>`, `<meta ... content="...; charset=...">` or
/// `<?xml ... encoding="..."?>`.
fn declared_encoding(head: &str) -> Option<&'static Encoding> {
    let value_of = |tag: &str, name: &str| {
        let (_, value) = tag.split_once(name)?;
        let value = value.trim_start().strip_prefix('=')?.trim_start();
        let value = value.trim_start_matches(['"', '\'']);
        let end = value.find(['"', '\'', ';', ' ', '/', '?'])?;
        Encoding::for_label(value[..end].trim().as_bytes())
    };
    let tags = head.split('<').filter_map(|tag| tag.split_once('>'));
    let found = tags
        .filter_map(|(tag, _)| {
            if tag.starts_with("meta") {
                value_of(&format!("{tag} "), "charset")
            } else if tag.starts_with("?xml") {
                value_of(tag, "encoding")
            } else {
                None
            }
        })
        .next()?;
    // A page whose declaration can be read as ASCII is not in UTF-16 (WHATWG HTML, 13.2.3.2).
    if found == encoding_rs::UTF_16LE || found == encoding_rs::UTF_16BE {
        return Some(encoding_rs::UTF_8);
    }
    Some(found)
}

fn article(mut source: Source) -> Result<Record> {
    let bytes = source.read_all(MAX_PAGE_BYTES)?;
    let path = source.path;
    let article = utf8(bytes)
        .and_then(|text| parser::parse(&text))
        .and_then(article::extract)
        .map_err(|e| e.in_file(&path))?;
    Ok(Record {
        document: Document {
            id: path.display().to_string(),
            title: Some(article.title).filter(|title| !title.is_empty()),
            text: article.text,
        },
        lang: article.lang,
        date: article.date,
        position: Position {
            file: Some(path),
            ..Position::default()
        },
        ..Record::default()
    })
}
