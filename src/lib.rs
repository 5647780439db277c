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
//! # Many articles
//!
//! [`TopicClassifier::predict_batch`] takes a slice, [`Predictor::predict_iter`] a stream; both use
//! all threads and give the predictions in the order of the articles.
//!
//! ```
//! use newstopics::TopicClassifier;
//!
//! let classifier = TopicClassifier::pretrained();
//! let texts = ["Brussels imposes duties on steel from China.", "Rain is expected on Sunday."];
//! let predictions = classifier.predict_batch(&texts);
//! assert_eq!(classifier.label_names(&predictions[0]), ["tariffs"]);
//! assert!(predictions[1].labels.is_empty());
//! ```
//!
//! # Reasons
//!
//! A decision value is the intercept and the contributions of the words, which
//! [`TopicClassifier::explain`] lists with their places in the text.
//! [`TopicClassifier::passages`] judges each part of a long text.
//!
//! ```
//! use newstopics::TopicClassifier;
//!
//! let classifier = TopicClassifier::pretrained();
//! let explanation = classifier.explain("", "The navy took over its second frigate.");
//! let strongest = &explanation.strongest_terms(3, true, 1)[0]; // label 3 is defense
//! assert!(strongest.contribution > 0.0);
//! ```
//!
//! # Training and evaluation
//!
//! [`Trainer`] learns topics from a [`corpus::Dataset`], which is made in memory or read from
//! files; the model is saved and loaded with [`TopicClassifier::save`] and
//! [`TopicClassifier::load`]. [`evaluation`] measures on other articles or by cross-validation,
//! [`comparison`] says whether one model is better than another, [`check`] finds what is wrong with
//! the data, and [`Tuner`] searches settings.
//!
//! ```
//! use newstopics::corpus::{Dataset, readers::Columns};
//! use newstopics::evaluation::{Evaluation, TestOptions};
//! use newstopics::{Trainer, report};
//!
//! let files = ["tests/data/sample.csv".into()];
//! let data = Dataset::read(&files, None, &Columns::default(), false)?;
//! let trained = Trainer::default().with_folds(2).fit(&data)?;
//!
//! let evaluation = Evaluation::test(&trained.classifier, &data, &TestOptions::default())?;
//! println!("{}", report::to_text(&evaluation)); // or to_json, to_markdown
//! # Ok::<(), newstopics::Error>(())
//! ```
//!
//! # Modules
//!
//! Data flow one way: [`corpus`] (articles and labels) → [`text`] (words) → [`features`] (TF-IDF) →
//! [`matrix`] → [`model`] (logistic regression, calibration, thresholds) → [`TopicClassifier`] →
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

// The Rust examples of the README and of docs/ are tests of the documentation.
macro_rules! page {
    ($name:ident, $file:literal) => {
        #[cfg(doctest)]
        #[doc = include_str!($file)]
        struct $name;
    };
}

page!(Readme, "../README.md");
page!(FromScikitLearn, "../docs/from-scikit-learn.md");

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
