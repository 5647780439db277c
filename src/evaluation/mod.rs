//! Everything that one evaluation shows, for the reports to render.
//!
//! [`Evaluation::test`] holds a model against labelled articles it has not seen;
//! [`Evaluation::cross_validate`] holds a way of training against the articles themselves.

mod cross_validation;
mod decisions;
mod details;
mod mistakes;
mod overlap;
mod slices;
mod summary;
mod test_data;

use crate::corpus::Dataset;
use crate::metrics::{
    ClassificationReport, Evaluated, Figure, Interval, Intervals, Judged, co_occurrence,
    label_confusion,
};
use crate::model::Task;

pub use cross_validation::{CrossValidation, LearningPoint, Splits};
pub use details::{LabelDetail, TargetRow};
pub use mistakes::{Mark, Mistake, MistakeKind, Mistakes};
pub use overlap::Overlap;
pub(crate) use slices::parts;
pub use slices::{LENGTH_BANDS, Slice, Slicing};
pub use summary::{DataSummary, ModelSummary};
pub use test_data::TestOptions;

/// What the evaluated decisions come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvaluationKind {
    /// A model and articles of their own.
    TestData,
    /// Models that were each trained without a fold, and the articles of that fold.
    CrossValidation,
}

/// Everything that one evaluation shows. Vectors over labels are in the model's order.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// What the decisions come from.
    pub kind: EvaluationKind,
    /// How the labels relate.
    pub task: Task,
    /// The labels.
    pub labels: Vec<String>,
    /// All figures.
    pub report: ClassificationReport,
    /// Their 95 % bootstrap intervals; `None` when no resamples were asked for.
    pub intervals: Option<Intervals>,
    /// Curves and tables of each label.
    pub details: Vec<LabelDetail>,
    /// The figures of parts of the articles, one entry for each way to part them.
    pub slicings: Vec<Slicing>,
    /// How many articles carry both labels, L by L.
    pub co_occurrence: Vec<Vec<usize>>,
    /// True labels (rows) against given ones (columns), L + 1 by L + 1, the last of both for
    /// none (see [`label_confusion`]).
    pub confusion: Vec<Vec<usize>>,
    /// False and missed labels.
    pub mistakes: Mistakes,
    /// Articles that are near-duplicates of the model's training articles (test data only);
    /// `None` when the model has no fingerprints.
    pub overlap: Option<Overlap>,
    /// How the articles were dealt to folds (cross-validation only).
    pub splits: Option<Splits>,
    /// Figures by the number of training articles, if asked for (cross-validation only).
    pub learning_curve: Vec<LearningPoint>,
    /// What should be known before the figures are trusted.
    pub warnings: Vec<String>,
    /// The articles.
    pub data: DataSummary,
    /// The model, or how the models were trained.
    pub model: ModelSummary,
    /// The id of every article, in the data's order.
    pub ids: Vec<String>,
    /// Truth, decision and probabilities of every article, in the data's order.
    pub evaluated: Vec<Evaluated>,
}

/// What a kind of evaluation adds to the figures that all have.
struct Parts {
    kind: EvaluationKind,
    task: Task,
    labels: Vec<String>,
    evaluated: Vec<Evaluated>,
    details: Vec<LabelDetail>,
    mistakes: Mistakes,
    model: ModelSummary,
    resamples: usize,
    seed: u64,
}

impl Evaluation {
    fn of(data: &Dataset, parts: Parts) -> Self {
        let Parts {
            task,
            labels,
            evaluated,
            ..
        } = parts;
        let judged = Judged::new(task, labels.len(), &evaluated);
        let languages = crate::language::of_articles(data);
        Self {
            kind: parts.kind,
            report: ClassificationReport::of(&judged, task, &labels, &evaluated),
            intervals: Intervals::new(&judged, parts.resamples, parts.seed),
            slicings: slices::slicings(
                data,
                &languages,
                task,
                &labels,
                &evaluated,
                (parts.resamples, parts.seed),
            ),
            details: parts.details,
            co_occurrence: co_occurrence(labels.len(), &evaluated),
            confusion: label_confusion(labels.len(), &evaluated),
            mistakes: parts.mistakes,
            overlap: None,
            splits: None,
            learning_curve: Vec::new(),
            warnings: Vec::new(),
            data: DataSummary::new(data, &languages),
            model: parts.model,
            task,
            labels,
            ids: data.documents.iter().map(|d| d.id.clone()).collect(),
            evaluated,
        }
    }

    /// A figure and its interval, as far as it has them.
    pub fn figure(&self, figure: Figure) -> Option<(f64, Option<Interval>)> {
        let interval = self.intervals.as_ref().and_then(|i| i.figure(figure));
        Some((self.report.figure(figure)?, interval))
    }
}
