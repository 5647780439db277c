//! Logistic regression on sparse TF-IDF: numbers only, never strings.
//!
//! [`LogisticParams`] is checked into [`ValidLogisticParams`], which implements linfa's
//! [`Fit`](linfa::traits::Fit) on a [`linfa::DatasetBase`] of a
//! [`TfidfMatrix`](crate::matrix::TfidfMatrix) and [`Targets`] and gives a [`LogisticModel`],
//! which implements linfa's [`PredictInplace`](linfa::traits::PredictInplace).

mod calibration;
mod crossfit;
mod dense;
mod kernel;
mod line;
mod logistic;
mod loss;
mod newton;
mod params;
mod prior;
mod problems;
mod sweeps;
mod targets;
mod thresholds;
mod vectors;

pub use calibration::Calibration;
pub(crate) use crossfit::{cross_fit, hold_out, model_without};
pub use logistic::LogisticModel;
pub(crate) use logistic::{CrossFit, WithoutFold};
pub use newton::Convergence;
pub use params::{ClassWeight, LogisticParams, Precision, Solver, ValidLogisticParams};
pub use targets::{Targets, Task};
pub use thresholds::{PrecisionPoint, best_thresholds, precision_points};
