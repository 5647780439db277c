//! The fitted logistic model.

use linfa::dataset::Records;
use linfa::traits::PredictInplace;
use ndarray::Array2;

use super::newton::Convergence;
use super::targets::Task;
use crate::matrix::TfidfMatrix;
use crate::packed::Packed;

/// Coefficients and intercepts of a fitted model of m features and L labels.
///
/// ```
/// use linfa::prelude::*;
/// use linfa::traits::PredictInplace;
/// use ndarray::arr2;
/// use newstopics::matrix::TfidfMatrix;
/// use newstopics::model::{LogisticParams, Targets};
///
/// let mut matrix = TfidfMatrix::new(4);
/// matrix.push_column(vec![(0, 1.0), (1, 1.0)]);
/// matrix.push_column(vec![(2, 1.0), (3, 1.0)]);
/// let targets = Targets::MultiLabel(arr2(&[[true], [true], [false], [false]]));
/// let model = LogisticParams::default().fit(&DatasetBase::new(matrix.clone(), targets))?;
/// let mut decision = model.default_target(&matrix);
/// model.predict_inplace(&matrix, &mut decision);
/// assert!(decision[[0, 0]] > 0.0 && decision[[3, 0]] < 0.0);
/// # Ok::<(), newstopics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LogisticModel {
    task: Task,
    /// Feature by feature, all labels together; in the form of a model file, as they are by far
    /// the largest part of one.
    coefficients: Packed<f32>,
    intercepts: Vec<f64>,
    convergence: Vec<Convergence>,
}

impl LogisticModel {
    pub(super) fn new(
        task: Task,
        coefficients: Packed<f32>,
        mut intercepts: Vec<f64>,
        convergence: Vec<Convergence>,
    ) -> Self {
        if task == Task::MultiClass {
            // Softmax does not change when all intercepts move together: fix their mean.
            let mean = intercepts.iter().sum::<f64>() / intercepts.len() as f64;
            intercepts.iter_mut().for_each(|b| *b -= mean);
        }
        Self {
            task,
            coefficients,
            intercepts,
            convergence,
        }
    }

    /// How the labels relate.
    pub fn task(&self) -> Task {
        self.task
    }

    /// Number of labels.
    pub fn n_labels(&self) -> usize {
        self.intercepts.len()
    }

    /// The coefficients, m * L values, all labels of a feature together.
    pub fn coefficients(&self) -> impl Iterator<Item = f32> + '_ {
        self.coefficients.iter()
    }

    pub(crate) fn packed_coefficients(&self) -> &Packed<f32> {
        &self.coefficients
    }

    /// The intercepts, one a label.
    pub fn intercepts(&self) -> &[f64] {
        &self.intercepts
    }

    /// How the fit of each label ended (of a softmax model: the same for all).
    pub fn convergence(&self) -> &[Convergence] {
        &self.convergence
    }
}

/// A model of all documents, and what models that had not seen a document said of it.
pub(crate) struct CrossFit {
    pub(crate) model: LogisticModel,
    /// Decision values, documents by labels; each document's come from the model that was
    /// fitted without its fold.
    pub(crate) out_of_fold: Option<Array2<f64>>,
    /// How many of the fits without a fold did not converge, as far as the solver says.
    pub(crate) unfinished: usize,
    /// What the models without a fold are made from; empty without folds.
    pub(crate) without_fold: WithoutFold,
}

impl CrossFit {
    /// Whether all its numbers are finite.
    pub(super) fn is_finite(&self) -> bool {
        let model = &self.model;
        let ends = model.convergence.iter();
        model.coefficients.iter().all(f32::is_finite)
            && model.intercepts.iter().all(|b| b.is_finite())
            && ends
                .clone()
                .all(|end| end.gradient_norm.is_finite() && end.objective.is_finite())
            && self
                .out_of_fold
                .iter()
                .flatten()
                .all(|value| value.is_finite())
    }

    /// What the user should know of the fits of some labels.
    pub(crate) fn warnings(&self, labels: &[String]) -> Vec<String> {
        let mut warnings: Vec<String> = labels
            .iter()
            .zip(&self.model.convergence)
            .filter(|(_, end)| !end.converged)
            .map(|(label, end)| {
                format!(
                    "the fit of `{label}` did not converge: gradient norm {:.2e} after {} iterations (a smaller --c converges faster)",
                    end.gradient_norm, end.iterations
                )
            })
            .collect();
        if self.unfinished > 0 {
            warnings.push(format!(
                "{} of the fits without a fold did not converge: the out-of-fold scores are rough (a smaller --c converges faster)",
                self.unfinished
            ));
        }
        warnings
    }
}

/// A fit by the documents, w = V X'a: of one label or of all classes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dual {
    /// By document and class.
    pub(crate) coefficients: Vec<f32>,
    pub(crate) intercepts: Vec<f64>,
}

/// Fits without a fold, kept small: a model of each would take the memory of a whole one.
pub(crate) enum WithoutFold {
    /// Fold by fold, label by label.
    Sparse(Vec<Vec<Dual>>),
    /// The models themselves, as the dense solver is for small problems.
    Dense(Vec<LogisticModel>),
}

impl PredictInplace<TfidfMatrix, Array2<f64>> for LogisticModel {
    /// Writes the decision values of n documents, n by L.
    fn predict_inplace(&self, x: &TfidfMatrix, y: &mut Array2<f64>) {
        for mut row in y.rows_mut() {
            row.iter_mut()
                .zip(&self.intercepts)
                .for_each(|(y, &b)| *y = b);
        }
        for column in 0..x.n_columns() {
            for &(row, value) in x.column(column) {
                let coefficients = self.coefficients.row(column, self.n_labels());
                for (y, w) in y.row_mut(row as usize).iter_mut().zip(coefficients) {
                    *y += f64::from(value) * f64::from(w);
                }
            }
        }
    }

    fn default_target(&self, x: &TfidfMatrix) -> Array2<f64> {
        Array2::zeros((x.nsamples(), self.n_labels()))
    }
}
