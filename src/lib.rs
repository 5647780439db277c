//! Topics of news articles: TF-IDF, logistic regression, and the reasons for each label.
//!
//! The embedded model knows export controls, critical minerals, tariffs and defense in German and
//! English news:
//!
//! ```
//! use newstopics::TopicClassifier;
//!
//! let classifier = TopicClassifier::pretrained();
//! let prediction = classifier.predict("Zwei Fregatten der Marine liefen zum Nato-Manöver aus.");
//! assert_eq!(classifier.label_names(&prediction), ["defense"]);
//! ```
//!
//! [`Trainer`] learns other topics from a [`corpus::Dataset`]; [`TopicClassifier::predict_batch`]
//! and [`Predictor::predict_iter`] classify many articles on all threads;
//! [`TopicClassifier::explain`] gives reasons; [`TopicClassifier::passages`] judges each part of
//! a long text; [`evaluation`] measures. Data flow one way through the modules:
//!
//! [`corpus`] (articles and labels) → [`text`] (words) → [`features`] (TF-IDF) → [`matrix`] →
//! [`model`] (logistic regression, calibration, thresholds) → [`TopicClassifier`] →
//! [`Prediction`] / [`Explanation`] → [`metrics`] → [`evaluation`] → [`report`].
//!
//! Coming from scikit-learn: [`features::TfidfVectorizer`] is a `FeatureUnion` of two
//! `TfidfVectorizer`s, [`model::LogisticParams`] a `LogisticRegression`, calibration and
//! thresholds are `CalibratedClassifierCV` and `TunedThresholdClassifierCV` in one.
//!
//! The feature `cli` (default) adds the dependencies of the program `newstopics`; the library
//! itself does not need it.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod atomic;
mod batch;
mod builder;
pub mod check;
mod classifier;
pub mod comparison;
pub mod corpus;
mod decision_rule;
mod error;
pub mod evaluation;
mod explain;
pub mod features;
mod language;
pub mod matrix;
pub mod metrics;
pub mod model;
mod model_file;
mod model_info;
mod packed;
mod passages;
mod pretrained;
mod random;
pub mod report;
pub mod text;
mod training;
mod tuning;

pub use batch::{Article, Batches, PredictIter};
pub use classifier::{Decision, Prediction, Predictor, TopicClassifier, Warning};
pub use error::{Error, ErrorKind, Position, Result};
pub use explain::{Explanation, FeatureEvidence, Field, TermEvidence, WordEvidence};
pub use model_info::{ModelInfo, Provenance};
pub use passages::{LEAST_KNOWN_WORDS, Passage};
pub use training::{Stage, Trained, Trainer};
pub use tuning::{Outcome, Trial, TrialSettings, Tuned, Tuner};

// The README's Rust example is a test of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

// The programs in examples/ run as tests of the documentation too.
macro_rules! example {
    ($name:ident, $file:literal) => {
        #[cfg(doctest)]
        #[doc = concat!("```\n", include_str!($file), "\n```")]
        struct $name;
    };
}

example!(ClassifyExample, "../examples/classify.rs");
example!(TrainExample, "../examples/train.rs");
example!(ExplainExample, "../examples/explain.rs");
example!(BatchExample, "../examples/batch.rs");
