//! Reports as HTML pages: one self-contained file each, for a browser or for paper.

mod explanation;
mod marks;
mod page;

pub use explanation::{ExplainedArticle, explanations};
pub(crate) use marks::{Mark, marked};
pub(crate) use page::frame;
