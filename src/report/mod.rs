//! Reports as text, JSON and HTML: these modules render, they compute nothing.

#[cfg(feature = "html")]
pub mod html;
mod json;
mod text;

pub use json::to_json;
pub use text::to_text;
