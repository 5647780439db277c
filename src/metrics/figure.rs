//! The figures that sum up an evaluation, by name.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

macro_rules! figures {
    ($($variant:ident $name:literal $better:ident $doc:literal,)*) => {
        /// A figure that sums up an evaluation. `docs/metrics.md` has the definitions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Figure {
            $(#[doc = $doc] $variant,)*
        }

        impl Figure {
            /// All figures, in the order of reports.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name as the command line and JSON write it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// Whether a higher value is a better one.
            pub fn higher_is_better(self) -> bool {
                match self {
                    $(Self::$variant => figures!($better),)*
                }
            }
        }
    };
    (higher) => { true };
    (lower) => { false };
}

figures! {
    MicroPrecision "micro-precision" higher "Precision over all decisions pooled.",
    MicroRecall "micro-recall" higher "Recall over all decisions pooled.",
    MicroF1 "micro-f1" higher "F1 over all decisions pooled.",
    MacroPrecision "macro-precision" higher "Mean precision of the labels.",
    MacroRecall "macro-recall" higher "Mean recall of the labels.",
    MacroF1 "macro-f1" higher "Mean F1 of the labels.",
    WeightedPrecision "weighted-precision" higher "Mean precision of the labels, weighted by support.",
    WeightedRecall "weighted-recall" higher "Mean recall of the labels, weighted by support.",
    WeightedF1 "weighted-f1" higher "Mean F1 of the labels, weighted by support.",
    SamplesPrecision "samples-precision" higher "Mean precision of the articles (multi-label only).",
    SamplesRecall "samples-recall" higher "Mean recall of the articles (multi-label only).",
    SamplesF1 "samples-f1" higher "Mean F1 of the articles (multi-label only).",
    Accuracy "accuracy" higher "Share of articles with exactly the right labels.",
    HammingLoss "hamming-loss" lower "Share of all single decisions that are wrong.",
    MicroJaccard "micro-jaccard" higher "Jaccard similarity over all decisions pooled.",
    MacroJaccard "macro-jaccard" higher "Mean Jaccard similarity of the labels.",
    SamplesJaccard "samples-jaccard" higher "Mean Jaccard similarity of the articles (multi-label only).",
    Matthews "matthews" higher "Matthews correlation; multi-label: the mean of the labels'.",
    MeanAveragePrecision "mean-average-precision" higher "Mean of the labels' average precisions.",
    MeanRocAuc "mean-roc-auc" higher "Mean of the labels' areas under the ROC curve.",
    BrierScore "brier-score" lower "Mean squared error of the probabilities.",
    LogLoss "log-loss" lower "Mean negative logarithm of the truth's probability.",
    CalibrationError "calibration-error" lower "Mean of the labels' expected calibration errors.",
    AbstentionCoverage "abstention-coverage" higher "Share of the articles without labels that are given none (multi-label only).",
    AbstentionPrecision "abstention-precision" higher "Share of the articles given no label that carry none (multi-label only).",
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Figure {
    type Err = Error;

    /// Errors: a name that no figure has.
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|figure| figure.name() == text)
            .ok_or_else(|| {
                let names: Vec<&str> = Self::ALL.iter().map(|figure| figure.name()).collect();
                Error::usage(format!(
                    "found the figure `{text}`, expected one of: {}",
                    names.join(", ")
                ))
            })
    }
}
