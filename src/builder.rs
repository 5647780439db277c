//! The settings of a training, one after another.

use crate::features::TfidfParams;
use crate::model::{LogisticParams, Task};
use crate::training::Trainer;

/// Each method sets one field and leaves the others as they are; [`Trainer::fit`] checks them.
///
/// ```
/// use newstopics::Trainer;
/// use newstopics::features::TfidfParams;
///
/// let trainer = Trainer::default()
///     .with_labels(["tariffs", "defense"])
///     .with_features(TfidfParams { min_df: 3, ..TfidfParams::default() })
///     .with_c(10.0)
///     .with_folds(10)
///     .with_seed(7);
/// assert_eq!(trainer.folds, 10);
/// ```
impl Trainer {
    /// Settings of the vectoriser.
    pub fn with_features(self, features: TfidfParams) -> Self {
        Self { features, ..self }
    }

    /// Settings of the logistic model.
    pub fn with_model(self, model: LogisticParams) -> Self {
        Self { model, ..self }
    }

    /// Inverse strength of the model's regularisation, as scikit-learn's `C`.
    pub fn with_c(self, c: f64) -> Self {
        Self {
            model: self.model.c(c),
            ..self
        }
    }

    /// How the labels relate, where the data do not say it.
    pub fn with_task(self, task: Task) -> Self {
        Self {
            task: Some(task),
            ..self
        }
    }

    /// The labels, in the order of the scores.
    pub fn with_labels<L: Into<String>>(self, labels: impl IntoIterator<Item = L>) -> Self {
        Self {
            labels: Some(labels.into_iter().map(L::into).collect()),
            ..self
        }
    }

    /// Folds of the cross-validation, 0 for none.
    pub fn with_folds(self, folds: usize) -> Self {
        Self { folds, ..self }
    }

    /// Thresholds maximise the F-beta of this beta.
    pub fn with_beta(self, beta: f64) -> Self {
        Self { beta, ..self }
    }

    /// Seed of the folds.
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }
}
