//! Reports as text and JSON: these modules render, they compute nothing.

mod json;
mod text;

pub use json::to_json;
pub use text::to_text;
