//! The article of a page, without what stands around it.
//!
//! dom_smoothie (a port of Mozilla's Readability) finds the article. What it knows by English
//! names only, or leaves in because it stands within the article, is taken out before and after.

use std::collections::{HashMap, HashSet};

use dom_query::{Document as Page, NodeId, NodeRef};
use dom_smoothie::{Config, Readability, ReadabilityError, TextMode};

use crate::error::{Error, Result};

/// What a page is about.
pub(super) struct Article {
    pub title: String,
    /// As the page says it.
    pub date: Option<String>,
    /// The language, without the country.
    pub lang: Option<String>,
    pub text: String,
}

/// The most text of a page: the work of finding the article grows with it and with the depth of
/// the elements.
const MAX_TEXT_BYTES: usize = 2 << 20;
/// Words below which a page has no article.
const MIN_WORDS: usize = 20;
/// Characters from which on a paragraph is one of the article, as in Readability.
const LONG: usize = 80;

/// Elements that are never part of an article.
const NEVER: &str = "nav, aside, dialog, button, [role=navigation], [role=banner], [role=dialog], \
    [role=contentinfo], [role=complementary], [role=search], amp-sidebar, amp-ad, amp-list, \
    amp-social-share, amp-consent, amp-user-notification, amp-embed";

/// Beginnings of words in classes and ids that name what stands around an article, where
/// Readability does not know them.
const NAMES: [&str; 18] = [
    "anzeige",
    "breadcrumb",
    "comments",
    "consent",
    "cookie",
    "copyright",
    "disqus",
    "kommentare",
    "newsletter",
    "outbrain",
    "paywall",
    "promo",
    "recommend",
    "sponsor",
    "taboola",
    "urheber",
    "weiterlesen",
    "werbung",
];
/// Words that do so only when they stand alone: there are shareholders and social policy.
const WHOLE_NAMES: [&str; 6] = ["credit", "credits", "related", "share", "sharing", "social"];

/// Beginnings of lines that point to other articles or name who took a picture.
const POINTERS: [&str; 19] = [
    "lesen sie auch",
    "lesen sie hier",
    "lesen sie mehr",
    "lesen sie dazu",
    "mehr zum thema",
    "auch interessant",
    "das könnte sie auch interessieren",
    "read also",
    "also read",
    "read more",
    "see also",
    "related:",
    "more on this",
    "foto:",
    "fotos:",
    "bild:",
    "photo:",
    "image:",
    "©",
];
/// A longer line is text, however it begins.
const POINTER_LENGTH: usize = 160;

/// Finds the article. Errors: there is none.
pub(super) fn extract(page: Page) -> Result<Article> {
    let lang = language(&page);
    let date = date(&page);
    let sizes = text_sizes(&page);
    if sizes
        .get(&page.root().id)
        .is_some_and(|&size| size > MAX_TEXT_BYTES)
    {
        return Err(Error::data(format!(
            "found more than {} MiB of text in the page, which is the limit",
            MAX_TEXT_BYTES >> 20
        )));
    }
    remove_furniture(&page, &sizes);
    let marked = marked_paragraphs(&page);
    let headlines: Vec<String> = page
        .select("h1, h2, [itemprop=headline]")
        .iter()
        .map(|heading| words(&heading.text()))
        .collect();
    let config = Config {
        text_mode: TextMode::Formatted,
        ..Config::default()
    };
    let found = Readability::with_document(page, None, Some(config))
        .and_then(|mut readability| readability.parse());
    let found = match found {
        Ok(found) => found,
        Err(ReadabilityError::GrabFailed) => return Err(no_article()),
        Err(error) => return Err(Error::data(format!("cannot be read as a page: {error}"))),
    };
    let text = with_lead(&marked, &without_pointers(&found.text_content));
    if text.split_whitespace().count() < MIN_WORDS {
        return Err(no_article());
    }
    // The headline of the page is in its title, which mostly names the site too.
    let title = words(&found.title);
    let headline = headlines
        .into_iter()
        .find(|headline| !headline.is_empty() && title.contains(headline.as_str()));
    Ok(Article {
        title: headline.unwrap_or(title),
        date: date.or(found.published_time),
        lang,
        text,
    })
}

fn no_article() -> Error {
    Error::data("found no article text in the page")
}

/// The language the page says it is in.
fn language(page: &Page) -> Option<String> {
    let root = page.html_root();
    let language = root.attr("lang").or_else(|| root.attr("xml:lang"))?;
    let language = language
        .split(['-', '_'])
        .next()?
        .trim()
        .to_ascii_lowercase();
    (!language.is_empty()).then_some(language)
}

/// The date in one of the ways that dom_smoothie does not know.
fn date(page: &Page) -> Option<String> {
    const NAMES: [&str; 9] = [
        "date",
        "datepublished",
        "pubdate",
        "publish-date",
        "dc.date",
        "dc.date.issued",
        "dcterms.created",
        "dcterms.issued",
        "dcterms.date",
    ];
    let metas = page.select("meta[content]");
    let named = metas.iter().find_map(|meta| {
        let name = ["name", "property", "itemprop"]
            .into_iter()
            .find_map(|attribute| meta.attr(attribute))?;
        NAMES
            .contains(&name.to_ascii_lowercase().as_str())
            .then(|| meta.attr("content"))?
    });
    let published = || {
        let known = page.select("meta[property='article:published_time']");
        if known.exists() {
            return None;
        }
        page.select("article time[datetime], main time[datetime]")
            .iter()
            .find_map(|time| time.attr("datetime"))
    };
    named.or_else(published).map(|date| date.trim().to_owned())
}

/// Takes out what is no part of the article. An element with the headline in it, or with much
/// of the page's text, is left, whatever it is called.
fn remove_furniture(page: &Page, sizes: &HashMap<NodeId, usize>) {
    let size = |node: &NodeRef<'_>| sizes.get(&node.id).copied().unwrap_or(0);
    let all = size(&page.html_root());
    let headed: HashSet<NodeId> = page
        .select("h1")
        .nodes()
        .iter()
        .take(16)
        .flat_map(|h1| page.tree.ancestor_ids_of(&h1.id, None))
        .collect();
    let is_small = |node: &NodeRef<'_>| !headed.contains(&node.id) && size(node) * 3 < all;

    page.select(NEVER).remove();
    for node in page.select("footer, form, [class], [id]").nodes() {
        let named = node.has_name("footer") || node.has_name("form") || is_furniture(node);
        if named && is_small(node) {
            node.remove_from_parent();
        }
    }
    // A heading such as "Mehr zum Thema", with the list it is for.
    for node in page.select("h2, h3, h4, h5, h6, strong, p").nodes() {
        if size(node) > POINTER_LENGTH || !is_pointer(&node.text()) {
            continue;
        }
        let list = node
            .next_element_sibling()
            .filter(|next| (next.has_name("ul") || next.has_name("ol")) && is_small(next));
        if let Some(list) = list {
            list.remove_from_parent();
        }
        node.remove_from_parent();
    }
}

/// How many bytes of text, scripts and styles left aside, are in each element.
fn text_sizes(page: &Page) -> HashMap<NodeId, usize> {
    let nodes: Vec<NodeRef<'_>> = page.root().descendants();
    let mut sizes = HashMap::with_capacity(nodes.len());
    // Backwards every node comes before its parent.
    for node in nodes.iter().rev() {
        if node.is_text() {
            sizes.insert(node.id, node.text().trim().len());
        }
        let hidden = node.has_name("script") || node.has_name("style");
        let size = sizes.get(&node.id).copied().unwrap_or(0);
        if let Some(parent) = node.parent().filter(|_| !hidden) {
            *sizes.entry(parent.id).or_insert(0) += size;
        }
    }
    sizes
}

fn is_furniture(node: &NodeRef<'_>) -> bool {
    if ["html", "body", "main", "article"]
        .iter()
        .any(|name| node.has_name(name))
    {
        return false;
    }
    ["class", "id"]
        .into_iter()
        .filter_map(|attribute| node.attr(attribute))
        .any(|names| {
            names
                .to_lowercase()
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| {
                    WHOLE_NAMES.contains(&word) || NAMES.iter().any(|name| word.starts_with(name))
                })
        })
}

/// The long paragraphs of the one element that is marked up as the article, if there is one.
fn marked_paragraphs(page: &Page) -> Vec<String> {
    let article = page.select("article");
    if article.length() != 1 {
        return Vec::new();
    }
    article
        .select("p")
        .iter()
        .filter(|paragraph| {
            let linked: usize = paragraph.select("a").iter().map(|a| a.text().len()).sum();
            linked * 4 < paragraph.text().len()
        })
        .map(|paragraph| words(&paragraph.text()))
        .filter(|text| text.chars().count() > LONG)
        .collect()
}

/// Readability takes the densest part of an article and may leave the lead behind: puts the
/// paragraphs that stand before its first one back.
fn with_lead(marked: &[String], text: &str) -> String {
    let found: HashSet<String> = text.lines().map(words).collect();
    match marked
        .iter()
        .position(|paragraph| found.contains(paragraph))
    {
        Some(first) if first > 0 => format!("{}\n\n{text}", marked[..first].join("\n\n")),
        _ => text.to_owned(),
    }
}

/// The text without the lines that point to other articles or credit pictures.
fn without_pointers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        if line.len() > POINTER_LENGTH || !is_pointer(line) {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept.trim().to_owned()
}

fn is_pointer(line: &str) -> bool {
    let line = line.trim_start().to_lowercase();
    POINTERS.iter().any(|pointer| line.starts_with(pointer))
}

/// A text on one line.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
