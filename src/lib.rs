//! newstopics
#![forbid(unsafe_code)]

mod atomic;
mod classifier;
pub mod corpus;
mod error;
mod evaluation;
mod explain;
pub mod features;
mod language;
pub mod matrix;
pub mod metrics;
pub mod model;
mod model_file;
mod packed;
mod pretrained;
pub mod report;
pub mod text;
mod training;

pub use classifier::{Decision, ModelInfo, Prediction, Predictor, Provenance, TopicClassifier, Warning};
pub use error::{Error, ErrorKind, Position, Result};
pub use explain::{Explanation, FeatureEvidence, Field, TermEvidence, WordEvidence};
pub use training::{Trained, Trainer};
