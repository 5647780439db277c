//! What a model is and where it comes from: everything of it but its large arrays.

use serde::{Deserialize, Serialize};

use crate::corpus::DataFile;
use crate::features::TfidfParams;
use crate::metrics::LabelScore;
use crate::model::{Calibration, ClassWeight, Convergence, PrecisionPoint, Solver, Task};

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
    pub label_counts: Vec<usize>,
    /// Training articles without a label.
    pub unlabelled: usize,
    /// Training articles of each language, the most frequent first.
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
    pub convergence: Vec<Convergence>,
    /// Out-of-fold expected calibration errors of the probabilities, in the model's label order.
    pub calibration_errors: Vec<f64>,
    /// Out-of-fold scores, in the model's label order; thresholds and calibration of each fold
    /// were chosen on the others.
    pub out_of_fold: Vec<LabelScore>,
}

/// Everything of a model but its large arrays; the header of a model file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelInfo {
    /// The labels in the model's order.
    pub labels: Vec<String>,
    /// How the labels relate.
    pub task: Task,
    /// Settings of the vectoriser.
    pub features: TfidfParams,
    /// Decision values without any feature.
    pub intercepts: Vec<f64>,
    /// From decision values to probabilities.
    pub calibration: Calibration,
    /// Probability from which a label is given, one a label.
    pub thresholds: Vec<f64>,
    /// Thresholds for chosen precisions, for each label; empty without cross-validation.
    pub precision_points: Vec<Vec<PrecisionPoint>>,
    /// Where it comes from.
    pub provenance: Provenance,
}
