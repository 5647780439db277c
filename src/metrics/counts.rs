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
        self.add_times(carries, given, 1);
    }

    /// Counts one decision several times.
    pub(super) fn add_times(&mut self, carries: bool, given: bool, times: usize) {
        match (carries, given) {
            (true, true) => self.true_positives += times,
            (false, true) => self.false_positives += times,
            (true, false) => self.false_negatives += times,
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

    /// Number of articles that carry the label.
    pub fn support(self) -> usize {
        self.true_positives + self.false_negatives
    }

    /// Number of articles that are given the label.
    pub fn given(self) -> usize {
        self.true_positives + self.false_positives
    }

    /// Precision, recall, F1 and support.
    pub fn score(self) -> LabelScore {
        let (given, support) = (self.given(), self.support());
        LabelScore {
            precision: ratio(self.true_positives, given),
            recall: ratio(self.true_positives, support),
            f1: ratio(2 * self.true_positives, given + support),
            support,
        }
    }

    /// Jaccard similarity: the share of right labels among those given or carried.
    pub fn jaccard(self) -> f64 {
        ratio(
            self.true_positives,
            self.true_positives + self.false_positives + self.false_negatives,
        )
    }

    /// Matthews correlation of decisions and truth among `articles`, as scikit-learn's
    /// `matthews_corrcoef`: 0 when all or none are given the label. `None` when all or none
    /// carry it.
    pub fn matthews(self, articles: usize) -> Option<f64> {
        let (given, support) = (self.given() as f64, self.support() as f64);
        let n = articles as f64;
        if self.support() == 0 || self.support() == articles {
            return None;
        }
        let spread = (given * (n - given) * support * (n - support)).sqrt();
        let covariance = self.true_positives as f64 * n - given * support;
        Some(if spread > 0.0 {
            covariance / spread
        } else {
            0.0
        })
    }
}

/// Matthews correlation of a multi-class decision (Gorodkin 2004), as scikit-learn's
/// `matthews_corrcoef`: 0 when all articles are given one class. `None` when all are of one
/// class.
pub fn multi_class_matthews(counts: &[Counts]) -> Option<f64> {
    let sum = |f: &dyn Fn(&Counts) -> f64| counts.iter().map(f).sum::<f64>();
    let n = sum(&|c| c.support() as f64);
    let correct = sum(&|c| c.true_positives as f64);
    let both = sum(&|c| c.support() as f64 * c.given() as f64);
    let truth = n * n - sum(&|c| (c.support() as f64).powi(2));
    let given = n * n - sum(&|c| (c.given() as f64).powi(2));
    if truth <= 0.0 {
        return None;
    }
    Some(if given > 0.0 {
        (correct * n - both) / (truth * given).sqrt()
    } else {
        0.0
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matthews_by_hand() {
        let counts = Counts {
            true_positives: 6,
            false_positives: 1,
            false_negatives: 2,
        };
        let by_hand = (6.0 * 3.0 - 1.0 * 2.0) / (7.0_f64 * 8.0 * 4.0 * 5.0).sqrt();
        assert!((counts.matthews(12).unwrap() - by_hand).abs() < 1e-12);
        let none_given = Counts {
            false_negatives: 3,
            ..Counts::default()
        };
        assert_eq!(none_given.matthews(5), Some(0.0));
        assert_eq!(none_given.matthews(3), None);
    }
}
