//! Reports as text, Markdown, JSON, CSV and HTML: these modules render, they compute nothing.

mod check;
mod comparison;
mod errors;
#[cfg(feature = "html")]
pub mod html;
mod json;
mod markdown;
#[cfg(feature = "html")]
mod plots;
mod predictions;
mod table;
mod text;
mod trials;

use std::path::Path;

use crate::error::Result;

pub use check::{check_to_json, check_to_text};
pub use comparison::{comparison_to_json, comparison_to_text, flips_csv, verdict_line};
pub use errors::errors_csv;
#[cfg(feature = "html")]
pub use html::to_html;
pub use json::{classification_report, to_json};
pub use markdown::to_markdown;
pub use predictions::predictions_jsonl;
pub use text::{to_table, to_text};
pub use trials::trials_to_csv;

/// Writes a report to a file: whole, or not at all.
///
/// Errors: the folder or the file cannot be written to.
pub fn save(path: impl AsRef<Path>, report: impl AsRef<[u8]>) -> Result<()> {
    crate::atomic::write(path.as_ref(), &[report.as_ref()])
}
