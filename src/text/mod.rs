//! From text to words: tokens with their place in the original, and spelling-independent forms.

mod fold;
mod ngrams;
mod tokens;

pub use fold::fold_into;
pub use ngrams::{NgramRange, char_ngrams};
pub use tokens::{MAX_TOKEN_CHARS, Token, Tokens, tokens};
