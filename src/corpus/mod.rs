//! Articles and their labels: reading them from files, and splitting them honestly.

mod dataset;
mod document;
mod duplicates;
mod fingerprints;
mod folds;
mod groups;
mod labels;
pub mod readers;

pub use dataset::{DataFile, Dataset};
pub use document::Document;
pub use duplicates::near_duplicate_groups;
pub(crate) use duplicates::{SIMILAR, Shingles};
pub use fingerprints::Fingerprints;
pub use folds::{Folds, assign_folds};
pub use groups::Groups;
pub use labels::{Labels, split_labels};
