//! Evaluated articles that the model was trained on, or nearly so.

use crate::metrics::ClassificationReport;

/// Evaluated articles that are near-duplicates of training articles, and the figures without
/// them.
#[derive(Debug, Clone)]
pub struct Overlap {
    /// Their numbers in the data, from 0, ascending.
    pub rows: Vec<usize>,
    /// The figures of the other articles; `None` when there are no others, or when no article
    /// is a near-duplicate.
    pub without: Option<ClassificationReport>,
}
