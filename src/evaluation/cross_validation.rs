//! Cross-validated evaluation of a way of training.

use crate::metrics::ClassificationReport;

/// How a cross-validated evaluation goes about it.
#[derive(Debug, Clone)]
pub struct CrossValidation {
    /// Number of bootstrap resamples, 0 for no intervals.
    pub resamples: usize,
    /// Whether to train once more with a split that ignores near-duplicates and groups.
    pub random_split: bool,
    /// Shares of the training articles to train with, for the learning curve; above 0, at most 1.
    pub learning_curve: Vec<f64>,
    /// Whether to look for the words behind all mistakes, not the worst only.
    pub explain_all: bool,
}

/// How articles were dealt to folds.
#[derive(Debug, Clone)]
pub struct Splits {
    /// Number of folds.
    pub folds: usize,
    /// Number of groups that were each kept in one fold; an article alone is one.
    pub groups: usize,
    /// Number of groups of two or more near-duplicates.
    pub near_duplicate_groups: usize,
    /// Number of articles in those.
    pub near_duplicate_rows: usize,
    /// Number of different values of the column that keeps articles together; `None` without.
    pub declared_groups: Option<usize>,
    /// The figures of a random split, stratified like ours but with near-duplicates and groups
    /// torn apart; `None` when it was not asked for.
    pub random: Option<ClassificationReport>,
}

/// What training with fewer articles gives.
#[derive(Debug, Clone)]
pub struct LearningPoint {
    /// The share of each fold's training articles that was used.
    pub share: f64,
    /// Number of articles a model was trained on, on average.
    pub articles: usize,
    /// Figures on all articles, each from the model that was trained without its fold.
    pub report: ClassificationReport,
}
