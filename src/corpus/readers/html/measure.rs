//! How much text is in each element of a page, and how much of it leads elsewhere.

use std::collections::HashMap;

use dom_query::{Document as Page, NodeId, NodeRef};

/// Bytes of text in an element, scripts and styles left aside.
#[derive(Clone, Copy, Default)]
pub(super) struct Measure {
    pub text: usize,
    /// In links.
    pub linked: usize,
    /// In headings, and in no link.
    pub headings: usize,
    /// Number of links.
    pub links: usize,
    /// Number of headings that are links, or in them.
    pub linked_headings: usize,
    /// Number of first headings.
    pub h1: usize,
    /// Number of elements marked up as articles.
    pub articles: usize,
}

impl Measure {
    /// Whether there is next to nothing but links and headings.
    pub fn is_links(&self) -> bool {
        (self.text - self.linked - self.headings) * 10 <= self.linked && self.linked > 0
    }
}

/// The measures of all elements of a page, as it was when it was measured.
pub(super) struct Measures(HashMap<NodeId, Measure>);

impl Measures {
    /// Measures a page, in time proportional to its elements.
    pub fn of(page: &Page) -> Self {
        let nodes: Vec<NodeRef<'_>> = page.root().descendants();
        // Forwards every node comes after its parent: whether it is in a link or a heading.
        let mut measures: HashMap<NodeId, Measure> = HashMap::with_capacity(nodes.len());
        let mut inside: HashMap<NodeId, (bool, bool)> = HashMap::with_capacity(nodes.len());
        for node in &nodes {
            let parent = node.parent().and_then(|p| inside.get(&p.id).copied());
            let (link, heading) = parent.unwrap_or_default();
            let is_heading = HEADINGS.iter().any(|name| node.has_name(name));
            let is_link = node.has_name("a");
            inside.insert(node.id, (link || is_link, heading || is_heading));
            let own = Measure {
                links: usize::from(is_link),
                linked_headings: usize::from((is_link && heading) || (is_heading && link)),
                h1: usize::from(node.has_name("h1")),
                articles: usize::from(node.has_name("article")),
                ..Measure::default()
            };
            measures.insert(node.id, own);
        }
        // Backwards every node comes before its parent.
        for node in nodes.iter().rev() {
            let mut measure = measures.get(&node.id).copied().unwrap_or_default();
            if node.is_text() {
                let text = node.text().trim().len();
                let (link, heading) = inside.get(&node.id).copied().unwrap_or_default();
                measure = Measure {
                    text,
                    linked: if link { text } else { 0 },
                    headings: if heading && !link { text } else { 0 },
                    ..Measure::default()
                };
            }
            measures.insert(node.id, measure);
            let hidden = node.has_name("script") || node.has_name("style");
            if let Some(parent) = node.parent().filter(|_| !hidden) {
                let sum = measures.entry(parent.id).or_default();
                sum.text += measure.text;
                sum.linked += measure.linked;
                sum.headings += measure.headings;
                sum.links += measure.links;
                sum.linked_headings += measure.linked_headings;
                sum.h1 += measure.h1;
                sum.articles += measure.articles;
            }
        }
        Self(measures)
    }

    /// The measure of an element.
    pub fn of_node(&self, node: &NodeRef<'_>) -> Measure {
        self.0.get(&node.id).copied().unwrap_or_default()
    }
}

const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];
