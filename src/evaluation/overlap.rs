//! Evaluated articles that the model was trained on, or nearly so.

use crate::classifier::TopicClassifier;
use crate::corpus::Dataset;
use crate::metrics::{ClassificationReport, Evaluated};

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

impl Overlap {
    /// `None` when the model has no fingerprints of its training articles.
    pub(super) fn find(
        model: &TopicClassifier,
        data: &Dataset,
        evaluated: &[Evaluated],
    ) -> Option<Self> {
        if model.fingerprints().is_empty() {
            return None;
        }
        let rows = model.fingerprints().near_duplicates(&data.documents);
        let others: Vec<Evaluated> = (0..evaluated.len())
            .filter(|row| rows.binary_search(row).is_err())
            .map(|row| evaluated[row].clone())
            .collect();
        let without = (!rows.is_empty() && !others.is_empty())
            .then(|| ClassificationReport::new(model.info().task, model.labels(), &others));
        Some(Self { rows, without })
    }
}
