//! True and false positives, and what follows from them.

use serde::{Deserialize, Serialize};

/// Decisions of one label counted against the truth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Given and right.
    pub true_positives: usize,
    /// Given and wrong.
    pub false_positives: usize,
    /// Right and not given.
    pub false_negatives: usize,
}

impl Counts {
    /// Counts one decision.
    pub fn add(&mut self, carries: bool, given: bool) {
        match (carries, given) {
            (true, true) => self.true_positives += 1,
            (false, true) => self.false_positives += 1,
            (true, false) => self.false_negatives += 1,
            (false, false) => {}
        }
    }

    /// The sum of two counts.
    pub fn plus(self, other: Self) -> Self {
        Self {
            true_positives: self.true_positives + other.true_positives,
            false_positives: self.false_positives + other.false_positives,
            false_negatives: self.false_negatives + other.false_negatives,
        }
    }

    /// Precision, recall, F1 and support.
    pub fn score(self) -> LabelScore {
        let selected = self.true_positives + self.false_positives;
        let support = self.true_positives + self.false_negatives;
        LabelScore {
            precision: ratio(self.true_positives, selected),
            recall: ratio(self.true_positives, support),
            f1: ratio(2 * self.true_positives, selected + support),
            support,
        }
    }
}

/// A quotient, 0 when there is nothing to divide by.
pub(super) fn ratio(numerator: usize, denominator: usize) -> f64 {
    if denominator == 0 {
        0.0
    } else {
        numerator as f64 / denominator as f64
    }
}

/// Precision, recall and F1 of a label or of an average, named as in scikit-learn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct LabelScore {
    /// Share of the given labels that are right.
    pub precision: f64,
    /// Share of the right labels that are given.
    pub recall: f64,
    /// Harmonic mean of the two.
    #[serde(rename = "f1-score")]
    pub f1: f64,
    /// Number of articles that carry the label.
    pub support: usize,
}
