//! Reports as HTML pages: one self-contained file each, for a browser or for paper.

mod marks;
mod page;

pub(crate) use marks::{Mark, marked};
pub(crate) use page::frame;
