//! Curves and tables of one label.

use rayon::prelude::*;
use serde::Serialize;

use crate::metrics::{
    CurvePoint, Evaluated, HistogramBin, ReliabilityBin, ThresholdRow, precision_recall_curve,
    reliability_bins, score_histogram, threshold_row, threshold_table,
};
use crate::model::PrecisionPoint;

/// Curves and tables of one label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelDetail {
    /// The label is given from this probability on; `None` where the decision has no threshold
    /// (multi-class, or a precision that no threshold reached). In cross-validation, where each
    /// fold has its own: the one that `train` would store.
    pub threshold: Option<f64>,
    /// The precision-recall curve, the highest threshold first, at most about 200 points; empty
    /// unless some articles carry the label and some do not.
    pub precision_recall: Vec<CurvePoint>,
    /// The reliability diagram, ten bins.
    pub reliability: Vec<ReliabilityBin>,
    /// The histogram of probabilities, twenty bins.
    pub histogram: Vec<HistogramBin>,
    /// What the thresholds 0.05, 0.10 ... 0.95 and the label's own would give.
    pub thresholds: Vec<ThresholdRow>,
    /// What the model's thresholds for chosen precisions give; empty for a model without them.
    pub target_precisions: Vec<TargetRow>,
}

/// What a threshold that was chosen for a precision gives on the evaluated articles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TargetRow {
    /// The out-of-fold precision that the threshold was chosen for.
    pub target: f64,
    /// What it gives here.
    #[serde(flatten)]
    pub row: ThresholdRow,
}

/// The chosen precisions that reports show.
const TARGETS: [f64; 4] = [0.80, 0.90, 0.95, 0.99];

/// Curves and tables of every label.
pub(super) fn details(
    evaluated: &[Evaluated],
    thresholds: &[Option<f64>],
    precision_points: &[Vec<PrecisionPoint>],
) -> Vec<LabelDetail> {
    thresholds
        .par_iter()
        .enumerate()
        .map(|(label, &threshold)| {
            let scores: Vec<f64> = evaluated.iter().map(|a| a.scores[label]).collect();
            let carries: Vec<bool> = evaluated
                .iter()
                .map(|a| a.carries.contains(&label))
                .collect();
            let targets = precision_points.get(label).map_or(&[][..], Vec::as_slice);
            LabelDetail {
                threshold,
                precision_recall: precision_recall_curve(&scores, &carries),
                reliability: reliability_bins(&scores, &carries),
                histogram: score_histogram(&scores, &carries),
                thresholds: threshold_table(&scores, &carries, threshold),
                target_precisions: targets
                    .iter()
                    .filter(|p| TARGETS.iter().any(|t| (t - p.target).abs() < 1e-9))
                    .map(|point| TargetRow {
                        target: point.target,
                        row: threshold_row(&scores, &carries, point.threshold, false),
                    })
                    .collect(),
            }
        })
        .collect()
}
