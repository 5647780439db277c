//! How good labels and probabilities are: pure functions on numbers.
//!
//! Definitions and the treatment of zero divisions are scikit-learn's: a precision, recall or F1
//! with nothing in its denominator is 0; averages run over all labels of the model. What has no
//! value at all (the average precision of a label that no article carries) is `None`.

mod calibration;
mod counts;
mod ranking;
mod report;

pub use calibration::{brier_score, expected_calibration_error};
pub use counts::{Counts, LabelScore};
pub use ranking::average_precision;
pub use report::{Averages, ClassificationReport, Evaluated, LabelReport};
