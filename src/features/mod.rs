//! TF-IDF: which n-grams there are, how much each tells, and a document's vector of them.

mod count;
mod feature_set;
mod memo;
mod params;
mod tfidf;
mod transform;
mod vocabulary;

pub use params::TfidfParams;
pub use tfidf::{Block, Family, TfidfVectorizer};
pub use transform::{Analysis, SparseVector, Transformer, WordFeatures};
pub use vocabulary::Vocabulary;
