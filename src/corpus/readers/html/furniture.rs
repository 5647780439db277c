//! What stands around an article and within it: menus, lists of other stories, cookie banners,
//! comments, offers, the next article of an endless page.

use std::collections::HashSet;

use dom_query::{Document as Page, NodeId, NodeRef};

use super::article::{MIN_HEADLINE, words};
use super::measure::Measures;

/// Elements that are never part of an article.
const NEVER: &str = "nav, aside, dialog, button, [role=navigation], [role=banner], [role=dialog], \
    [role=contentinfo], [role=complementary], [role=search], amp-sidebar, amp-ad, amp-list, \
    amp-social-share, amp-consent, amp-user-notification, amp-embed";

/// Beginnings of words in element names, classes and ids that name what stands around an
/// article, where Readability does not know them.
const NAMES: [&str; 15] = [
    "anzeige",
    "breadcrumb",
    "copyright",
    "newsletter",
    "outbrain",
    "paywall",
    "promo",
    "recommend",
    "sponsor",
    "taboola",
    "teaserlist",
    "umfrage",
    "urheber",
    "weiterlesen",
    "werbung",
];
/// Those of what may be longer than the article itself.
const LONG_NAMES: [&str; 12] = [
    "cmp",
    "comments",
    "consent",
    "cookie",
    "didomi",
    "discussion",
    "diskussion",
    "disqus",
    "gdpr",
    "kommentare",
    "onetrust",
    "usercentrics",
];
/// Words that do so only when they stand alone: there are shareholders and social policy.
const WHOLE_NAMES: [&str; 14] = [
    "ad",
    "ads",
    "advert",
    "bio",
    "credit",
    "credits",
    "disclaimer",
    "poll",
    "related",
    "share",
    "sharing",
    "social",
    "subscribe",
    "subscriptions",
];
/// Beginnings of words that an offer of a subscription has in it.
const OFFERS: [&str; 6] = ["abo", "anmelden", "log in", "login", "sign in", "subscri"];

/// Beginnings of lines that point to other articles, ask for something, or name who took a
/// picture.
const POINTERS: [&str; 36] = [
    "lesen sie auch",
    "lesen sie hier",
    "lesen sie mehr",
    "lesen sie dazu",
    "mehr zum thema",
    "mehr nachrichten finden sie",
    "weitere bildergalerien",
    "auch interessant",
    "das könnte sie auch interessieren",
    "abonnieren sie",
    "jetzt abonnieren",
    "folgen sie uns",
    "unterstützen sie unabhängigen",
    "unterstützen sie unsere",
    "ihre meinung ist gefragt",
    "read also",
    "also read",
    "read more",
    "see also",
    "related:",
    "more on this",
    "sign up for",
    "sign up to",
    "subscribe to",
    "click here",
    "log in to",
    "follow us",
    "support independent",
    "foto:",
    "fotos:",
    "bild:",
    "photo:",
    "image:",
    "all rights reserved",
    "copyright",
    "©",
];
/// Lines that are nothing but the label of an advertisement, or of a box that is none of the
/// article.
const LABELS: [&str; 15] = [
    "about the author",
    "ad",
    "advertisement",
    "anzeige",
    "comments",
    "der autor",
    "die autorin",
    "kommentare",
    "leserkommentare",
    "most popular",
    "sponsored",
    "themen folgen",
    "werbung",
    "über den autor",
    "über die autorin",
];
/// A longer line is text, however it begins.
const POINTER_LENGTH: usize = 160;
/// A longer box is not taken out for its first line.
const BOX_LENGTH: usize = 500;
/// An offer of a subscription is not longer.
const OFFER_LENGTH: usize = 1500;
/// The least text, in bytes, that must be left for an article when something large is taken out.
const REMAINDER: usize = 150;

/// Takes out what is no part of the article. An element with the headline in it is left,
/// whatever it is called.
pub(super) fn remove(page: &Page, measures: &Measures) {
    let headline = headline(page);
    let rules = Rules {
        measures,
        all: measures.of_node(&page.html_root()).text,
        headed: headed(page, headline.as_ref()),
        has_headline: headline.is_some(),
    };
    page.select(NEVER).remove();
    if let Some(headline) = &headline {
        remove_before(page, headline, &rules);
        remove_next_articles(headline, &rules);
    }
    for node in page.select("*").nodes() {
        if rules.is_furniture(node) {
            node.remove_from_parent();
        }
    }
    for node in page.select("input[type=email]").nodes() {
        remove_sign_up(node, &rules);
    }
    remove_pointers(page, &rules);
}

/// The heading that the page's title names.
fn headline(page: &Page) -> Option<NodeRef<'_>> {
    let mut titles = words(&page.select("title").text());
    if let Some(title) = page.select("meta[property='og:title']").attr("content") {
        titles = format!("{titles}\n{}", words(&title));
    }
    let headings = page.select("h1, [itemprop=headline]");
    headings.nodes().iter().take(16).copied().find(|heading| {
        let text = words(&heading.text());
        text.chars().count() >= MIN_HEADLINE && titles.contains(&text)
    })
}

/// The elements that have the headline in them; without one, those with a first heading.
fn headed(page: &Page, headline: Option<&NodeRef<'_>>) -> HashSet<NodeId> {
    let headings: Vec<NodeId> = match headline {
        Some(headline) => vec![headline.id],
        None => page
            .select("h1")
            .nodes()
            .iter()
            .take(16)
            .map(|h| h.id)
            .collect(),
    };
    headings
        .into_iter()
        .flat_map(|id| page.tree.ancestor_ids_of(&id, None).into_iter().chain([id]))
        .collect()
}

/// What an element must be to be taken out.
struct Rules<'m> {
    measures: &'m Measures,
    /// Bytes of text in the page.
    all: usize,
    headed: HashSet<NodeId>,
    has_headline: bool,
}

impl Rules<'_> {
    fn size(&self, node: &NodeRef<'_>) -> usize {
        self.measures.of_node(node).text
    }

    /// Neither the headline nor much of the page's text is in it.
    fn is_small(&self, node: &NodeRef<'_>) -> bool {
        !self.headed.contains(&node.id) && self.size(node) * 3 < self.all
    }

    /// The headline is not in it, and it is not the whole page.
    fn is_aside(&self, node: &NodeRef<'_>) -> bool {
        self.has_headline
            && !self.headed.contains(&node.id)
            && self.size(node) + REMAINDER <= self.all
    }

    fn is_furniture(&self, node: &NodeRef<'_>) -> bool {
        let is = |names: &[&str]| names.iter().any(|name| node.has_name(name));
        if is(&["html", "head", "body", "main"]) {
            return false;
        }
        if is(&["footer", "form"]) && self.is_small(node) {
            return true;
        }
        if is(&["ul", "ol", "div", "section", "td", "p"]) && self.is_link_list(node) {
            return true;
        }
        if is(&["article"]) {
            return self.is_teaser(node);
        }
        let names = names(node);
        let begins = |beginnings: &[&str]| {
            names
                .iter()
                .any(|word| beginnings.iter().any(|begin| word.starts_with(begin)))
        };
        if begins(&LONG_NAMES) {
            return self.is_small(node) || self.is_aside(node);
        }
        let whole = |word: &String| WHOLE_NAMES.contains(&word.as_str());
        if begins(&NAMES) || names.iter().any(whole) {
            return self.is_small(node) || (self.is_aside(node) && self.is_offer(node));
        }
        false
    }

    /// Two links or more, or a list or paragraph that is one, with nothing else beside headings.
    fn is_link_list(&self, node: &NodeRef<'_>) -> bool {
        let measure = self.measures.of_node(node);
        let is_list = ["ul", "ol", "p"].iter().any(|name| node.has_name(name));
        let enough = measure.links > 1 || (is_list && measure.text <= POINTER_LENGTH);
        enough && measure.is_links() && !self.headed.contains(&node.id)
    }

    /// An article whose heading is a link, or one within that of the headline.
    fn is_teaser(&self, node: &NodeRef<'_>) -> bool {
        self.measures.of_node(node).linked_headings > 0 && self.is_small(node)
    }

    /// An offer of a subscription: it may be longer than the beginning of an article above it.
    fn is_offer(&self, node: &NodeRef<'_>) -> bool {
        self.size(node) <= OFFER_LENGTH && {
            let text = node.text().to_lowercase();
            OFFERS.iter().any(|offer| text.contains(offer))
        }
    }
}

/// The words of an element's name, classes and id. Custom elements have telling names.
fn names(node: &NodeRef<'_>) -> Vec<String> {
    let custom = node.node_name().filter(|name| name.contains('-'));
    ["class", "id"]
        .into_iter()
        .filter_map(|attribute| node.attr(attribute))
        .chain(custom)
        .flat_map(|names| {
            names
                .to_lowercase()
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// What stands before the headline is none of the article: banners, menus, dialogs of whatever
/// name. An element marked up as the article is left whole.
fn remove_before(page: &Page, headline: &NodeRef<'_>, rules: &Rules<'_>) {
    let ancestors: Vec<NodeRef<'_>> = headline.ancestors(None);
    let is_article = |node: &NodeRef<'_>| node.has_name("article");
    let from = ancestors.iter().position(is_article);
    let path = from.map_or_else(
        || {
            std::iter::once(*headline)
                .chain(ancestors.iter().copied())
                .collect()
        },
        |from| ancestors[from..].to_vec(),
    );
    let mut before = Vec::new();
    for node in path {
        if node.has_name("body") || node.has_name("html") {
            break;
        }
        let mut sibling = node.prev_element_sibling();
        while let Some(element) = sibling {
            before.push(element);
            sibling = element.prev_element_sibling();
        }
    }
    let size: usize = before.iter().map(|node| rules.size(node)).sum();
    if size + rules.size(headline) + REMAINDER <= rules.measures.of_node(&page.html_root()).text {
        for element in before {
            element.remove_from_parent();
        }
    }
}

/// Endless pages put the next articles into elements like that of the first; pages with the
/// article marked up mark up teasers of others in the same way. Both go, if an article is left.
fn remove_next_articles(headline: &NodeRef<'_>, rules: &Rules<'_>) {
    for own in headline.ancestors(None) {
        if own.has_name("body") {
            return;
        }
        let is_article = own.has_name("article");
        if rules.size(&own) < rules.size(headline) + REMAINDER {
            continue;
        }
        let like = |node: &NodeRef<'_>| {
            node.node_name() == own.node_name()
                && node.attr("class") == own.attr("class")
                && rules.measures.of_node(node).h1 > 0
        };
        let mut sibling = own.next_element_sibling();
        while let Some(node) = sibling {
            sibling = node.next_element_sibling();
            let teasers = is_article
                && rules.size(&node) < rules.size(&own)
                && rules.measures.of_node(&node).articles > 0;
            if like(&node) || teasers {
                node.remove_from_parent();
            }
        }
    }
}

/// A form that asks for an address, with the words around it.
fn remove_sign_up(input: &NodeRef<'_>, rules: &Rules<'_>) {
    let form = input
        .ancestors(None)
        .into_iter()
        .find(|n| n.has_name("form"));
    let Some(form) = form.filter(|form| rules.is_small(form)) else {
        return;
    };
    let around = form
        .parent()
        .filter(|around| rules.size(around) <= BOX_LENGTH && rules.is_small(around));
    around.unwrap_or(form).remove_from_parent();
}

/// Headings such as "Mehr zum Thema", with the list or the box they are for.
fn remove_pointers(page: &Page, rules: &Rules<'_>) {
    for node in page.select("h2, h3, h4, h5, h6, strong, p").nodes() {
        if rules.size(node) > POINTER_LENGTH || !is_pointer(&node.text()) {
            continue;
        }
        let list = node
            .next_element_sibling()
            .filter(|next| (next.has_name("ul") || next.has_name("ol")) && rules.is_small(next));
        if let Some(list) = list {
            list.remove_from_parent();
        }
        let is_first = node.prev_element_sibling().is_none();
        let boxed = node.parent().filter(|around| {
            is_first
                && (around.has_name("div") || around.has_name("section"))
                && rules.size(around) <= BOX_LENGTH
                && rules.is_small(around)
        });
        boxed.unwrap_or(*node).remove_from_parent();
    }
}

/// The text without the lines that point to other articles or credit pictures.
pub(super) fn without_pointers(text: &str) -> String {
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
    let line = line.trim().to_lowercase();
    let label = line.trim_matches(|c: char| !c.is_alphabetic());
    LABELS.contains(&label) || POINTERS.iter().any(|pointer| line.starts_with(pointer))
}
