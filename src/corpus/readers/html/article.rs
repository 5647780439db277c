//! The article of a page, without what stands around it.
//!
//! dom_smoothie (a port of Mozilla's Readability) finds the article. What it knows by English
//! names only, or leaves in because it stands within the article, is taken out before and after.

use std::collections::HashSet;

use dom_query::Document as Page;
use dom_smoothie::{Config, Readability, ReadabilityError, TextMode};

use super::furniture;
use super::measure::Measures;
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

/// Characters below which a heading is not taken for the headline.
pub(super) const MIN_HEADLINE: usize = 15;

/// Finds the article. Errors: there is none.
pub(super) fn extract(page: Page) -> Result<Article> {
    let lang = language(&page);
    let date = date(&page);
    let measures = Measures::of(&page);
    if measures.of_node(&page.root()).text > MAX_TEXT_BYTES {
        return Err(Error::data(format!(
            "found more than {} MiB of text in the page, which is the limit",
            MAX_TEXT_BYTES >> 20
        )));
    }
    furniture::remove(&page, &measures);
    let marked = marked_paragraphs(&page);
    let headlines: Vec<String> = page
        .select("h1, h2, [itemprop=headline]")
        .iter()
        // Pages without headings print their headline in bold.
        .chain(page.select("b, strong").iter())
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
    let text = with_lead(&marked, &furniture::without_pointers(&found.text_content));
    if text.split_whitespace().count() < MIN_WORDS {
        return Err(no_article());
    }
    // The headline of the page is in its title, which mostly names the site too.
    let title = words(&found.title);
    let headline = headlines.into_iter().find(|headline| {
        headline.chars().count() >= MIN_HEADLINE && title.contains(headline.as_str())
    });
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

/// A text on one line.
pub(super) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
