//! How good labels and probabilities are: pure functions on numbers.
//!
//! Definitions and the treatment of zero divisions are scikit-learn's: a precision, recall or F1
//! with nothing in its denominator is 0 in averages, which run over all labels of the model. What
//! has no value at all (the average precision of a label that no article carries) is `None`. All
//! definitions, with their sources, are in `docs/metrics.md`.

mod bootstrap;
mod calibration;
mod confusion;
mod counts;
mod curves;
mod figure;
mod judged;
mod ranking;
mod report;

pub use bootstrap::{Interval, Intervals, LabelIntervals, Resamples};
pub use calibration::{
    ReliabilityBin, brier_score, expected_calibration_error, log_loss, reliability_bins,
};
pub use confusion::{co_occurrence, label_confusion};
pub use counts::{Counts, LabelScore, multi_class_matthews};
pub use curves::{
    CurvePoint, HistogramBin, ThresholdRow, precision_recall_curve, score_histogram, threshold_row,
    threshold_table,
};
pub use figure::Figure;
pub use judged::{Evaluated, Judged, LabelFigures, Measured};
pub use ranking::{average_precision, roc_auc};
pub use report::{Abstention, Averages, ClassificationReport, LabelReport};
