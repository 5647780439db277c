//! What a model is and where it comes from: everything of it but its large arrays.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::corpus::DataFile;
use crate::error::{Error, Result};
use crate::features::TfidfParams;
use crate::metrics::LabelScore;
use crate::model::{Calibration, ClassWeight, Convergence, PrecisionPoint, Solver, Task};

/// Labels that a model has at most.
pub(crate) const MAX_LABELS: usize = 100_000;
/// Largest size of an intercept. No fit comes near it, and below it no sum of a decision value
/// overflows.
const LARGEST: f64 = 1e30;

/// How a model was trained and where it comes from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Version of the program that trained it.
    pub program_version: String,
    /// The training files.
    pub files: Vec<DataFile>,
    /// Number of training articles.
    pub articles: usize,
    /// Training articles of each label, in the model's label order.
    #[serde(deserialize_with = "bounded")]
    pub label_counts: Vec<usize>,
    /// Training articles without a label.
    pub unlabelled: usize,
    /// Training articles of each language, the most frequent first.
    #[serde(deserialize_with = "bounded")]
    pub languages: Vec<(String, usize)>,
    /// Seed of the folds.
    pub seed: u64,
    /// The F-beta that the thresholds maximise.
    pub beta: f64,
    /// Inverse strength of the regularisation.
    pub c: f64,
    /// Weighting of the classes.
    pub class_weight: ClassWeight,
    /// Exponent of the log-count ratios in the features' priors.
    pub log_ratio_exponent: f64,
    /// The solver.
    pub solver: Solver,
    /// Number of folds of the cross-validation, 0 for none.
    pub folds: usize,
    /// Groups of articles that were kept in one fold.
    pub groups: usize,
    /// How the fits ended, in the model's label order.
    #[serde(deserialize_with = "bounded")]
    pub convergence: Vec<Convergence>,
    /// Out-of-fold expected calibration errors of the probabilities, in the model's label order.
    #[serde(deserialize_with = "bounded")]
    pub calibration_errors: Vec<f64>,
    /// Out-of-fold scores, in the model's label order; thresholds and calibration of each fold
    /// were chosen on the others.
    #[serde(deserialize_with = "bounded")]
    pub out_of_fold: Vec<LabelScore>,
}

/// Everything of a model but its large arrays; the header of a model file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelInfo {
    /// The labels in the model's order.
    #[serde(deserialize_with = "bounded")]
    pub labels: Vec<String>,
    /// How the labels relate.
    pub task: Task,
    /// Settings of the vectoriser.
    pub features: TfidfParams,
    /// Decision values without any feature.
    #[serde(deserialize_with = "bounded")]
    pub intercepts: Vec<f64>,
    /// From decision values to probabilities.
    pub calibration: Calibration,
    /// Probability from which a label is given, one a label.
    #[serde(deserialize_with = "bounded")]
    pub thresholds: Vec<f64>,
    /// Thresholds for chosen precisions, for each label; empty without cross-validation.
    #[serde(deserialize_with = "bounded")]
    pub precision_points: Vec<Vec<PrecisionPoint>>,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl ModelInfo {
    /// Checks what a prediction relies on: numbers in their ranges, and one of each for every
    /// label. Errors: what is wrong.
    pub(crate) fn check(&self) -> Result<()> {
        let provenance = &self.provenance;
        let n = self.labels.len();
        let articles = provenance.articles;
        let within = |low: f64, high: f64| move |x: &f64| (low..=high).contains(x);
        let faults = [
            (n == 0, "it has no labels"),
            (
                self.labels.iter().any(String::is_empty),
                "a label has no name",
            ),
            (has_repeated(&self.labels), "a label is there twice"),
            (
                self.intercepts.len() != n
                    || !self.intercepts.iter().all(within(-LARGEST, LARGEST)),
                "it has not one intercept a label, of ordinary size",
            ),
            (
                self.calibration.n_labels() != n || !self.calibration.is_valid(LARGEST),
                "it has not one calibration a label, of ordinary size and no negative slope",
            ),
            (
                self.thresholds.len() != n || !self.thresholds.iter().all(within(0.0, 1.0)),
                "it has not one threshold from 0 to 1 a label",
            ),
            (
                !none_or_each(&self.precision_points, n, |points| {
                    PrecisionPoint::are_valid(points)
                }),
                "it has not the thresholds of every precision from 0.80 to 0.99 for each label",
            ),
            (
                articles == 0 || u32::try_from(articles).is_err(),
                "it was trained on no articles, or on 2^32 and more",
            ),
            (
                provenance.label_counts.len() != n
                    || provenance
                        .label_counts
                        .iter()
                        .any(|&count| count > articles)
                    || provenance.unlabelled > articles
                    || provenance
                        .languages
                        .iter()
                        .any(|&(_, count)| count > articles),
                "it has not one count of articles a label, none above the number of articles",
            ),
            (
                !none_or_each(&provenance.convergence, n, |_| true),
                "it has not one end of a fit a label",
            ),
            (
                !none_or_each(&provenance.calibration_errors, n, within(0.0, 1.0)),
                "it has not one calibration error from 0 to 1 a label",
            ),
            (
                !none_or_each(&provenance.out_of_fold, n, |score| {
                    [score.precision, score.recall, score.f1]
                        .iter()
                        .all(within(0.0, 1.0))
                }),
                "it has not one out-of-fold score from 0 to 1 a label",
            ),
        ];
        let fault = |what: &str| {
            Err(Error::model(format!(
                "the description is inconsistent: {what}"
            )))
        };
        if let Some((_, what)) = faults.iter().find(|(there, _)| *there) {
            return fault(what);
        }
        self.features.validate().or_else(|e| fault(e.message()))
    }
}

fn has_repeated(labels: &[String]) -> bool {
    let mut sorted: Vec<&String> = labels.iter().collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}

/// Whether a list is empty, or has an entry for each of n labels, all in order.
fn none_or_each<T>(list: &[T], n: usize, in_order: impl Fn(&T) -> bool) -> bool {
    list.is_empty() || list.len() == n && list.iter().all(in_order)
}

/// Reads a list of at most [`MAX_LABELS`] entries: a few bytes of JSON each would else become
/// ten times as much memory.
fn bounded<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<Vec<T>, D::Error> {
    struct List<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a list of at most {MAX_LABELS} entries")
        }

        fn visit_seq<A: SeqAccess<'de>>(
            self,
            mut sequence: A,
        ) -> std::result::Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(entry) = sequence.next_element()? {
                if list.len() == MAX_LABELS {
                    return Err(A::Error::invalid_length(MAX_LABELS + 1, &self));
                }
                list.push(entry);
            }
            Ok(list)
        }
    }

    deserializer.deserialize_seq(List(PhantomData))
}
