//! One article.

use crate::text::tokens;

/// An article to learn from or to classify.
///
/// ```
/// let article = newstopics::corpus::Document::new("1", "Neue Zölle", "Die EU erhebt Zölle.");
/// assert_eq!(article.title(), "Neue Zölle");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// What the article is called in output.
    pub id: String,
    /// The headline; `None` when the source has no place for one.
    pub title: Option<String>,
    /// The text without the headline.
    pub text: String,
}

impl Document {
    /// An article with a headline, which may be empty.
    pub fn new(id: impl Into<String>, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            title: Some(title.into()),
            text: text.into(),
        }
    }

    /// Whether there is no word in it.
    pub(crate) fn is_blank(&self) -> bool {
        tokens(self.title()).next().is_none() && tokens(&self.text).next().is_none()
    }

    /// The headline, empty when there is none.
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or_default()
    }
}
