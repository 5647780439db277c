//! Web pages: the article, without what stands around it.
//!
//! dom_smoothie (a port of Mozilla's Readability) finds the article. What it knows by English
//! class names only, or leaves in because it stands within the article, is taken out before.

use std::sync::LazyLock;

use dom_query::{Document as Page, Matcher, NodeId};
use dom_smoothie::{Config, Readability, ReadabilityError, TextMode};
use encoding_rs::Encoding;
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{ParseOpts, parse_document};

use super::format::Reader;
use super::{Columns, Record, RecordIter, Source, utf8};
use crate::corpus::Document;
use crate::error::{Error, Position, Result};

/// The most bytes a page may have.
const MAX_PAGE_BYTES: usize = 16 << 20;
/// The most elements and texts in it.
const MAX_NODES: usize = 500_000;
/// How deep elements may be within each other; browsers stop at 512.
const MAX_DEPTH: usize = 512;
/// Bytes after which the limits are looked at. In so many an element can go deeper by a
/// thousand at most, so that the parser's work for one element is bounded.
const STEP: usize = 4096;

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
    let page = utf8(bytes)
        .and_then(|text| parse(&text))
        .map_err(|e| e.in_file(&path))?;
    let language = language(&page);
    let (title, date, text) = extract(page).map_err(|e| e.in_file(&path))?;
    Ok(Record {
        document: Document {
            id: path.display().to_string(),
            title: Some(title).filter(|title| !title.is_empty()),
            text,
        },
        lang: language,
        date,
        position: Position {
            file: Some(path),
            ..Position::default()
        },
        ..Record::default()
    })
}

/// The tree of a page within the limits.
fn parse(text: &str) -> Result<Page> {
    let options = ParseOpts {
        tree_builder: TreeBuilderOpts {
            scripting_enabled: false,
            ..TreeBuilderOpts::default()
        },
        ..ParseOpts::default()
    };
    let mut parser = parse_document(Page::default(), options);
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(STEP));
        parser.process(StrTendril::from(piece));
        rest = after;
        check_limits(&parser.tokenizer.sink.sink)?;
    }
    Ok(parser.finish())
}

fn check_limits(page: &Page) -> Result<()> {
    if page.tree.len() > MAX_NODES {
        return Err(Error::data(format!(
            "found more than {MAX_NODES} elements and texts in the page, which is the limit"
        )));
    }
    // The elements still open are the last of their parents.
    let mut node: NodeId = page.tree.root().id;
    for _ in 0..MAX_DEPTH {
        match page.tree.last_child_of(&node) {
            Some(child) => node = child.id,
            None => return Ok(()),
        }
    }
    Err(Error::data(format!(
        "found elements more than {MAX_DEPTH} deep within each other, which is the limit"
    )))
}

/// The language the page says it is in, without the country.
fn language(page: &Page) -> Option<String> {
    let language = page
        .html_root()
        .attr("lang")
        .or(page.html_root().attr("xml:lang"))?;
    let language = language
        .split(['-', '_'])
        .next()?
        .trim()
        .to_ascii_lowercase();
    (!language.is_empty()).then_some(language)
}

/// Title, date and text of the article in a page.
fn extract(page: Page) -> Result<(String, Option<String>, String)> {
    page.select_matcher(&FURNITURE).remove();
    let config = Config {
        text_mode: TextMode::Formatted,
        ..Config::default()
    };
    let found = Readability::with_document(page, None, Some(config))
        .and_then(|mut readability| readability.parse());
    let article = match found {
        Ok(article) => article,
        Err(ReadabilityError::GrabFailed) => return Err(no_article()),
        Err(error) => {
            return Err(Error::data(format!("cannot be read as a page: {error}")));
        }
    };
    let text = without_pointers(&article.text_content);
    if text.split_whitespace().count() < MIN_WORDS {
        return Err(no_article());
    }
    Ok((
        article.title.trim().to_owned(),
        article.published_time,
        text,
    ))
}

/// Words below which a page has no article.
const MIN_WORDS: usize = 20;

fn no_article() -> Error {
    Error::data("found no article text in the page")
}

/// What is no part of an article wherever it stands.
static FURNITURE: LazyLock<Matcher> = LazyLock::new(|| {
    let selectors = ["nav", "footer"].join(",");
    Matcher::new(&selectors).unwrap_or_else(|_| unreachable!("the selectors are constant"))
});

/// The text without the lines that point to other articles or credit pictures.
fn without_pointers(text: &str) -> String {
    text.to_owned()
}
