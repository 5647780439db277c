//! Reports as text, JSON and HTML: these modules render, they compute nothing.

#[cfg(feature = "html")]
pub mod html;
mod json;
mod text;

use std::path::Path;

use crate::error::Result;

pub use json::to_json;
pub use text::to_text;

/// Writes a report to a file: whole, or not at all.
///
/// Errors: the folder or the file cannot be written to.
pub fn save(path: impl AsRef<Path>, report: &str) -> Result<()> {
    crate::atomic::write(path.as_ref(), report.as_bytes())
}
