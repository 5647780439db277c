//! linfa-logistic on a dense copy of the matrix: the reference solver for small problems.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::{LogisticRegression, MultiLogisticRegression};
use ndarray::{Array1, Array2, Axis};

use super::logistic::{CrossFit, LogisticModel, WithoutFold};
use super::newton::Convergence;
use super::params::ValidLogisticParams;
use super::targets::{Targets, Task};
use crate::corpus::Folds;
use crate::error::{Error, ErrorKind, Result};
use crate::matrix::TfidfMatrix;

/// A dense copy larger than this is refused.
const MAX_BYTES: u128 = 1 << 30;

pub(super) fn cross_fit(
    matrix: &TfidfMatrix,
    targets: &Targets,
    folds: Option<&Folds>,
    among: Option<&[bool]>,
    params: &ValidLogisticParams,
) -> Result<CrossFit> {
    let bytes = matrix.n_rows() as u128 * matrix.n_columns() as u128 * 8;
    if bytes > MAX_BYTES {
        return Err(Error::usage(format!(
            "linfa's solver needs a dense matrix of {} documents by {} features, {:.1} GiB; its limit here is 1 GiB: use --solver newton, or fewer features (--max-features, --min-df)",
            matrix.n_rows(),
            matrix.n_columns(),
            bytes as f64 / f64::from(1 << 30)
        )));
    }
    let x = matrix.to_dense();
    let all: Vec<usize> = (0..matrix.n_rows()).collect();
    let may_learn = |row: &usize| among.is_none_or(|among| among[*row]);
    let learnt: Vec<usize> = all.iter().copied().filter(may_learn).collect();
    let full = fit(&x, targets, &learnt, params)?;
    let mut without_fold = Vec::new();
    let out_of_fold = folds
        .map(|folds| {
            let mut values = Array2::zeros((targets.n_rows(), targets.n_labels()));
            for fold in 0..folds.n_folds {
                let (out, mut seen): (Vec<usize>, Vec<usize>) =
                    all.iter().partition(|&&row| folds.of[row] == fold);
                seen.retain(may_learn);
                let fitted = fit(&x, targets, &seen, params)?;
                let decision =
                    x.select(Axis(0), &out).dot(&fitted.coefficients) + &fitted.intercepts;
                for (&row, decision) in out.iter().zip(decision.rows()) {
                    values.row_mut(row).assign(&decision);
                }
                without_fold.push(fitted.model(targets.task(), Vec::new()));
            }
            Ok::<_, Error>(values)
        })
        .transpose()?;
    let convergence = convergence(&x, targets, &full, params);
    Ok(CrossFit {
        model: full.model(targets.task(), convergence),
        out_of_fold,
        unfinished: 0,
        without_fold: WithoutFold::Dense(without_fold),
    })
}

struct Dense {
    /// Features by labels.
    coefficients: Array2<f64>,
    intercepts: Array1<f64>,
}

impl Dense {
    fn model(&self, task: Task, convergence: Vec<Convergence>) -> LogisticModel {
        LogisticModel::new(
            task,
            self.coefficients.iter().map(|&w| w as f32).collect(),
            self.intercepts.to_vec(),
            convergence,
        )
    }
}

fn fit(
    x: &Array2<f64>,
    targets: &Targets,
    rows: &[usize],
    params: &ValidLogisticParams,
) -> Result<Dense> {
    let x = x.select(Axis(0), rows);
    let n_labels = targets.n_labels();
    let mut fitted = Dense {
        coefficients: Array2::zeros((x.ncols(), n_labels)),
        intercepts: Array1::zeros(n_labels),
    };
    match targets {
        Targets::MultiLabel(_) => {
            for label in 0..n_labels {
                let y: Array1<bool> = rows
                    .iter()
                    .map(|&row| targets.carries(row, label))
                    .collect();
                let count = y.iter().filter(|&&y| y).count();
                if count == 0 || count == rows.len() {
                    fitted.intercepts[label] =
                        libm::log((count as f64 + 0.5) / ((rows.len() - count) as f64 + 0.5));
                    continue;
                }
                let model = LogisticRegression::default()
                    .alpha(1.0 / params.c)
                    .max_iterations(10 * params.max_iterations as u64)
                    .gradient_tolerance(params.tolerance)
                    .fit(&DatasetBase::new(x.clone(), y))
                    .map_err(solver_error)?;
                // linfa takes the majority class as the positive one.
                let sign = if model.labels().pos.class { 1.0 } else { -1.0 };
                fitted
                    .coefficients
                    .column_mut(label)
                    .assign(&(model.params() * sign));
                fitted.intercepts[label] = model.intercept() * sign;
            }
        }
        Targets::MultiClass(classes, _) => {
            let y: Array1<usize> = rows.iter().map(|&row| classes[row]).collect();
            let model = MultiLogisticRegression::default()
                .alpha(1.0 / params.c)
                .max_iterations(10 * params.max_iterations as u64)
                .gradient_tolerance(params.tolerance)
                .fit(&DatasetBase::new(x, y))
                .map_err(solver_error)?;
            // A class that none of these rows has is as good as impossible.
            fitted.intercepts.fill(-30.0);
            for (column, &class) in model.classes().iter().enumerate() {
                fitted
                    .coefficients
                    .column_mut(class)
                    .assign(&model.params().column(column));
                fitted.intercepts[class] = model.intercept()[column];
            }
        }
    }
    Ok(fitted)
}

fn solver_error(error: linfa_logistic::error::Error) -> Error {
    Error::new(
        ErrorKind::Failed,
        format!("linfa's solver failed: {error} (--solver newton has no such limit)"),
    )
    .caused_by(error)
}

/// linfa does not say whether it converged: the gradient at its solution does.
fn convergence(
    x: &Array2<f64>,
    targets: &Targets,
    fitted: &Dense,
    params: &ValidLogisticParams,
) -> Vec<Convergence> {
    let lambda = 1.0 / params.c;
    let decision = x.dot(&fitted.coefficients) + &fitted.intercepts;
    let mut slopes = Array2::zeros(decision.raw_dim());
    let mut losses = vec![0.0; targets.n_labels()];
    for (row, decision) in decision.rows().into_iter().enumerate() {
        let probabilities = match targets.task() {
            Task::MultiLabel => decision.map(|&d| super::loss::sigmoid(d)).to_vec(),
            Task::MultiClass => super::calibration::softmax(&decision.to_vec()),
        };
        for (label, p) in probabilities.into_iter().enumerate() {
            let carries = targets.carries(row, label);
            slopes[[row, label]] = p - f64::from(u8::from(carries));
            losses[label] -= match (carries, targets.task()) {
                (true, _) => p.max(f64::MIN_POSITIVE).ln(),
                (false, Task::MultiLabel) => (1.0 - p).max(f64::MIN_POSITIVE).ln(),
                (false, Task::MultiClass) => 0.0,
            };
        }
    }
    let gradient = x.t().dot(&slopes) + lambda * &fitted.coefficients;
    let per_label: Vec<(f64, f64)> = (0..targets.n_labels())
        .map(|label| {
            let norm = gradient.column(label).dot(&gradient.column(label))
                + slopes.column(label).sum().powi(2);
            let w = fitted.coefficients.column(label);
            (norm, losses[label] + 0.5 * lambda * w.dot(&w))
        })
        .collect();
    let joint = per_label
        .iter()
        .fold((0.0, 0.0), |(a, b), (c, d)| (a + c, b + d));
    per_label
        .into_iter()
        .map(|own| {
            let (square, objective) = match targets.task() {
                Task::MultiLabel => own,
                Task::MultiClass => joint,
            };
            Convergence {
                iterations: 0,
                gradient_norm: square.sqrt(),
                objective,
                converged: square.sqrt() <= params.tolerance.max(1e-3) * x.nrows() as f64,
            }
        })
        .collect()
}
