//! The parser of pages, fed piece by piece and watched to bound its work.

use std::cell::Cell;

use dom_query::{Document as Page, NodeId};
use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::TreeSink;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{TokenizerResult, local_name};

use crate::error::{Error, Result};

/// The most elements, texts and attributes in a page.
const MAX_NODES: usize = 200_000;
/// How deep elements may be within each other: a few times as deep as on any real page. The work
/// for a page grows with its elements times their depth.
const MAX_DEPTH: usize = 256;
/// The most attributes of one tag. The parser compares each with all others of the tag; before
/// the tag has ended nothing is known of it but its length in words, as of a comment.
const MAX_WORDS: usize = 1 << 16;
/// The most attributes of `<html>` and `<body>`, however often they come: they are all put
/// together.
const MAX_ROOT_ATTRIBUTES: usize = 1024;
/// Bytes after which the limits are looked at. In so many an element can go deeper by a
/// thousand at most, so that the parser's work for one element is bounded.
const STEP: usize = 4096;

/// The tree of a page within the limits.
pub(super) fn parse(text: &str) -> Result<Page> {
    let options = TreeBuilderOpts {
        scripting_enabled: false,
        ..TreeBuilderOpts::default()
    };
    let builder = Watched {
        builder: TreeBuilder::new(Page::default(), options),
        tokens: Cell::new(0),
        attributes: Cell::new(0),
        root_attributes: Cell::new(0),
    };
    let tokenizer = Tokenizer::new(builder, TokenizerOpts::default());
    let input = BufferQueue::default();
    let mut rest = text;
    let mut words = 0;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(step(rest));
        rest = after;
        let before = tokenizer.sink.tokens.get();
        input.push_back(StrTendril::from(piece));
        // A script is no reason to stop.
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        if tokenizer.sink.tokens.get() > before {
            words = 0;
        }
        words += piece.bytes().filter(|&byte| ends_word(byte)).count();
        tokenizer.sink.check(words)?;
    }
    tokenizer.end();
    Ok(tokenizer.sink.builder.sink.finish())
}

/// Where the next piece ends: between two characters.
fn step(rest: &str) -> usize {
    let end = (0..=STEP.min(rest.len())).rev();
    end.into_iter()
        .find(|&end| rest.is_char_boundary(end))
        .unwrap_or(rest.len())
}

/// Whether an attribute may end here.
fn ends_word(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'"' | b'\'')
}

/// The builder of the tree, and what has gone through it.
struct Watched {
    builder: TreeBuilder<NodeId, Page>,
    tokens: Cell<usize>,
    attributes: Cell<usize>,
    root_attributes: Cell<usize>,
}

impl Watched {
    fn tag(&self, tag: &Tag) {
        let attributes = tag.attrs.len();
        self.attributes.set(self.attributes.get() + attributes);
        if matches!(tag.name, local_name!("html") | local_name!("body")) {
            // Without any it is work too.
            let all = self.root_attributes.get() + attributes.max(1);
            self.root_attributes.set(all);
        }
    }

    /// The limits, after a piece that ends in a tag or a comment of so many words.
    fn check(&self, words: usize) -> Result<()> {
        let page = &self.builder.sink;
        if page.tree.len() + self.attributes.get() > MAX_NODES {
            return Err(Error::data(format!(
                "found more than {MAX_NODES} elements, texts and attributes in the page, which is the limit"
            )));
        }
        if words > MAX_WORDS {
            return Err(Error::data(format!(
                "found a tag or comment of more than {MAX_WORDS} attributes or words, which is the limit"
            )));
        }
        if self.root_attributes.get() > MAX_ROOT_ATTRIBUTES {
            return Err(Error::data(format!(
                "found more than {MAX_ROOT_ATTRIBUTES} attributes of <html> and <body>, which is the limit"
            )));
        }
        // The elements still open are the last of their parents.
        let mut node = page.tree.root().id;
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
}

impl TokenSink for Watched {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        match &token {
            // Complaints come within tags too.
            Token::ParseError(_) => {}
            Token::TagToken(tag) => {
                self.tokens.set(self.tokens.get() + 1);
                self.tag(tag);
            }
            _ => self.tokens.set(self.tokens.get() + 1),
        }
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}
