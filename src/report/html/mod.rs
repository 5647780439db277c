//! Reports as HTML pages: one self-contained file each, for a browser or for paper.

mod explanation;
mod marks;
mod page;
mod report;

pub use explanation::{ExplainedArticle, explanations};
pub(crate) use marks::{LEAST_MARKED, Mark, marked};
pub(crate) use page::frame;
pub use report::to_html;
