//! A model held against labelled articles.

use super::mistakes::Mistakes;
use super::overlap::Overlap;
use super::{Evaluation, EvaluationKind, ModelSummary, Parts, details};
use crate::classifier::{Decision, TopicClassifier};
use crate::corpus::Dataset;
use crate::error::Result;
use crate::metrics::Resamples;
use crate::model::Task;

/// How a model is held against labelled articles.
#[derive(Debug, Clone, Default)]
pub struct TestOptions {
    /// How labels are chosen.
    pub decision: Decision,
    /// Whether labels that the model does not know are left out instead of refused.
    pub ignore_unknown_labels: bool,
    /// Number of bootstrap resamples, at most 100,000; 0 for no intervals.
    pub resamples: usize,
    /// Seed of the resamples.
    pub seed: u64,
    /// What the report calls the model.
    pub model_name: String,
    /// Whether to look for the words behind all mistakes, not the worst only.
    pub explain_all: bool,
}

impl Evaluation {
    /// Holds a model against labelled articles.
    ///
    /// Errors: as [`TopicClassifier::evaluate`]; more than 100,000 resamples.
    pub fn test(model: &TopicClassifier, data: &Dataset, options: &TestOptions) -> Result<Self> {
        Resamples::check(options.resamples)?;
        let (_, evaluated) =
            model.evaluate(data, &options.decision, options.ignore_unknown_labels)?;
        let task = model.info().task;
        let thresholds = used_thresholds(model, &options.decision)?;
        let mut mistakes = Mistakes::find(data, task, &evaluated, |_| &thresholds);
        mistakes.explain(&mistakes.to_explain(options.explain_all), model, data);
        let overlap = Overlap::find(model, data, &evaluated);
        let evaluation = Self::of(
            data,
            Parts {
                kind: EvaluationKind::TestData,
                task,
                labels: model.labels().to_vec(),
                details: details::details(&evaluated, &thresholds, &model.info().precision_points),
                evaluated,
                mistakes,
                model: ModelSummary::of_model(model, &options.model_name),
                resamples: options.resamples,
                seed: options.seed,
            },
        );
        Ok(Self {
            warnings: overlap_warning(overlap.as_ref(), data.len()),
            overlap,
            ..evaluation
        })
    }
}

/// What is to be said of articles that the model was trained on.
fn overlap_warning(overlap: Option<&Overlap>, articles: usize) -> Vec<String> {
    let number = overlap.map_or(0, |overlap| overlap.rows.len());
    if number == 0 {
        return Vec::new();
    }
    vec![format!(
        "{number} of {articles} articles are near-duplicates of articles the model was trained on, which flatters the figures"
    )]
}

/// The thresholds that a decision goes by: none for a multi-class model or the k most probable
/// labels, unless one is asked for.
fn used_thresholds(model: &TopicClassifier, decision: &Decision) -> Result<Vec<Option<f64>>> {
    let asked = decision.threshold.is_some() || decision.target_precision.is_some();
    if !asked && (decision.top_k.is_some() || model.info().task == Task::MultiClass) {
        return Ok(vec![None; model.labels().len()]);
    }
    model.thresholds(decision)
}
