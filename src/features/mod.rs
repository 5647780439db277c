//! TF-IDF: which n-grams there are, how much each tells, and a document's vector of them.

mod count;
mod feature_set;
mod memo;
mod params;
mod tally;
mod tfidf;
mod transform;
mod vocabulary;
mod words;

pub use params::TfidfParams;
pub use tfidf::{Block, Family, TfidfVectorizer};
pub use transform::{Analysis, SparseVector, Transformer};
pub use vocabulary::Vocabulary;
