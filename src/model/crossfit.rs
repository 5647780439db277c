//! The fit on all documents, and the same fit with each fold held out.

use std::ops::Range;

use linfa::dataset::{DatasetBase, Records};
use linfa::traits::Fit;
use ndarray::Array2;
use rayon::prelude::*;

use super::dense;
use super::kernel::{self, Kernel, Real};
use super::logistic::{CrossFit, Dual, LogisticModel, WithoutFold};
use super::newton::{Convergence, Settings};
use super::params::{Precision, Solver, ValidLogisticParams};
use super::problems::{Job, Problems, Start};
use super::sweeps;
use super::targets::{Targets, Task};
use crate::corpus::Folds;
use crate::error::{Error, ErrorKind, Result};
use crate::matrix::TfidfMatrix;
use crate::packed::Packed;

/// Fits a model, and with `folds` also one without each fold; with `among` only the documents
/// marked there are learnt from.
///
/// The vocabulary and idf are those of all documents in every fold: they know no labels.
pub(crate) fn cross_fit(
    matrix: &TfidfMatrix,
    targets: &Targets,
    folds: Option<&Folds>,
    among: Option<&[bool]>,
    params: &ValidLogisticParams,
) -> Result<CrossFit> {
    let fit = match (params.solver, params.precision) {
        (Solver::Linfa, _) => dense::cross_fit(matrix, targets, folds, among, params)?,
        (Solver::Newton, Precision::Single) => {
            Fitter::<f32>::new(matrix, targets, folds, among, params).cross_fit()
        }
        (Solver::Newton, Precision::Double) => {
            Fitter::<f64>::new(matrix, targets, folds, among, params).cross_fit()
        }
    };
    if !fit.is_finite() {
        return Err(Error::new(
            ErrorKind::Failed,
            "the fit ended in numbers that are too large: use a smaller --c",
        ));
    }
    Ok(fit)
}

/// The model without a fold of a [`cross_fit`] of all documents; nothing is fitted again.
pub(crate) fn model_without(
    fold: usize,
    fits: &WithoutFold,
    matrix: &TfidfMatrix,
    targets: &Targets,
    folds: &Folds,
    params: &ValidLogisticParams,
) -> LogisticModel {
    match fits {
        WithoutFold::Dense(models) => models[fold].clone(),
        // The coefficients are kept in single precision, whatever they were fitted in.
        WithoutFold::Sparse(fits) => Fitter::<f32>::new(matrix, targets, Some(folds), None, params)
            .model_without(fold, &fits[fold]),
    }
}

/// Fits without each of some folds only, and writes the decision values of the documents in them
/// (by the sparse solver).
pub(crate) fn hold_out(
    matrix: &TfidfMatrix,
    targets: &Targets,
    folds: &Folds,
    params: &ValidLogisticParams,
    held_out: Range<usize>,
    values: &mut Array2<f64>,
) {
    match params.precision {
        Precision::Single => {
            Fitter::<f32>::new(matrix, targets, Some(folds), None, params)
                .hold_out(folds, held_out, values, drop);
        }
        Precision::Double => {
            Fitter::<f64>::new(matrix, targets, Some(folds), None, params)
                .hold_out(folds, held_out, values, drop);
        }
    }
}

impl Fit<TfidfMatrix, Targets, Error> for ValidLogisticParams {
    type Object = LogisticModel;

    /// Fits a model to n documents.
    ///
    /// Errors: targets for another number of documents; fewer than two classes; with linfa's
    /// solver a matrix too large for its dense copy, or a failure of its line search.
    fn fit(&self, dataset: &DatasetBase<TfidfMatrix, Targets>) -> Result<LogisticModel> {
        let (matrix, targets) = (&dataset.records, &dataset.targets);
        if matrix.nsamples() != targets.n_rows() {
            return Err(Error::data(format!(
                "found labels of {} documents, expected {}",
                targets.n_rows(),
                matrix.nsamples()
            )));
        }
        let least = match targets.task() {
            Task::MultiLabel => 1,
            Task::MultiClass => 2,
        };
        if targets.n_labels() < least {
            return Err(Error::data(format!(
                "found {} labels, expected at least {least}",
                targets.n_labels()
            )));
        }
        cross_fit(matrix, targets, None, None, self).map(|fit| fit.model)
    }
}

/// The solution of a job.
struct Fitted<T> {
    job: Job,
    /// By document and class.
    coefficients: Vec<T>,
    intercepts: Vec<f64>,
    reference: f64,
    convergence: Convergence,
}

struct Fitter<'a, T> {
    kernel: Kernel<'a>,
    problems: Problems<'a>,
    /// The fits on all documents by label, once they are there.
    full: Vec<Fitted<T>>,
}

impl<'a, T: Real> Fitter<'a, T> {
    fn new(
        matrix: &'a TfidfMatrix,
        targets: &'a Targets,
        folds: Option<&'a Folds>,
        among: Option<&'a [bool]>,
        params: &'a ValidLogisticParams,
    ) -> Self {
        Self {
            kernel: Kernel::new(matrix),
            problems: Problems {
                matrix,
                targets,
                folds,
                among,
                params,
            },
            full: Vec::new(),
        }
    }

    fn cross_fit(mut self) -> CrossFit {
        let jobs = self.problems.jobs(&[None]);
        let mut full = Vec::with_capacity(jobs.len());
        self.solve(&jobs, |fitted, _| full.push(fitted));
        full.sort_by_key(|fitted| fitted.job.label);
        self.full = full;
        let targets = self.problems.targets;
        let mut without_fold = Vec::new();
        let mut unfinished = 0;
        let out_of_fold = self.problems.folds.map(|folds| {
            let mut values = Array2::zeros((targets.n_rows(), targets.n_labels()));
            without_fold = vec![vec![Dual::default(); self.problems.per_fit()]; folds.n_folds];
            self.hold_out(folds, 0..folds.n_folds, &mut values, |fitted| {
                unfinished += usize::from(!fitted.convergence.converged);
                if let Some(fold) = fitted.job.held_out {
                    let coefficients = fitted.coefficients.iter().map(|a| a.wide() as f32);
                    without_fold[fold][fitted.job.label] = Dual {
                        coefficients: coefficients.collect(),
                        intercepts: fitted.intercepts,
                    };
                }
            });
            values
        });
        CrossFit {
            model: self.model(&self.full),
            out_of_fold,
            unfinished,
            without_fold: WithoutFold::Sparse(without_fold),
        }
    }

    /// Fits without each of some folds, and writes the decision values of the documents in them.
    fn hold_out(
        &self,
        folds: &Folds,
        held_out: Range<usize>,
        values: &mut Array2<f64>,
        mut take: impl FnMut(Fitted<T>),
    ) {
        let held_out: Vec<Option<usize>> = held_out.map(Some).collect();
        let classes = self.problems.classes();
        self.solve(&self.problems.jobs(&held_out), |fitted, margins| {
            for (row, margins) in margins.chunks_exact(classes).enumerate() {
                if fitted.job.held_out == Some(folds.of[row]) {
                    for (class, margin) in margins.iter().enumerate() {
                        values[[row, fitted.job.label + class]] = margin.wide();
                    }
                }
            }
            take(fitted);
        });
    }

    /// Solves some jobs and calls `take` with the solution of each and its margins.
    ///
    /// The fits on all documents, where there are some, are the start. That may be worse than none
    /// where next to nothing is penalised: what does not converge from there is fitted from zero.
    fn solve(&self, jobs: &[Job], mut take: impl FnMut(Fitted<T>, Vec<T>)) {
        let mut failed = Vec::new();
        self.solve_from(jobs, true, |number, fitted, margins| {
            if fitted.convergence.converged || self.full.is_empty() {
                take(fitted, margins);
            } else {
                failed.push((number, fitted, margins));
            }
        });
        failed.sort_unstable_by_key(|(number, ..)| *number);
        let again: Vec<Job> = failed.iter().map(|(_, fitted, _)| fitted.job).collect();
        self.solve_from(&again, false, |number, fitted, margins| {
            if fitted.convergence.converged {
                let (_, old, old_margins) = &mut failed[number];
                (*old, *old_margins) = (fitted, margins);
            }
        });
        for (_, fitted, margins) in failed {
            take(fitted, margins);
        }
    }

    fn solve_from(&self, jobs: &[Job], warm: bool, mut take: impl FnMut(usize, Fitted<T>, Vec<T>)) {
        let params = self.problems.params;
        let settings = Settings {
            lambda: 1.0 / params.c,
            tolerance: params.tolerance,
            max_iterations: params.max_iterations,
        };
        let groups = jobs.chunks(self.problems.in_group()).map(|jobs| {
            self.problems.group(jobs, |job| {
                self.full.get(job.label).map(|full| Start {
                    from: warm.then_some((&full.coefficients, &full.intercepts)),
                    reference: full.reference,
                })
            })
        });
        sweeps::solve(&self.kernel, groups, settings, |number, solution| {
            let fitted = Fitted {
                job: jobs[number],
                coefficients: solution.coefficients,
                intercepts: solution.intercepts,
                reference: solution.reference,
                convergence: solution.convergence,
            };
            take(number, fitted, solution.margins);
        });
    }

    /// The model of fits without a fold.
    fn model_without(&self, fold: usize, fits: &[Dual]) -> LogisticModel {
        let fits: Vec<Fitted<T>> = fits
            .iter()
            .enumerate()
            .map(|(label, dual)| Fitted {
                job: Job {
                    label,
                    held_out: Some(fold),
                },
                coefficients: dual.coefficients.iter().map(|&a| T::from_f32(a)).collect(),
                intercepts: dual.intercepts.clone(),
                reference: 0.0,
                convergence: Convergence::default(),
            })
            .collect();
        self.model(&fits)
    }

    /// The model of the fits of all labels, in their order: w = V X'a, feature by feature.
    fn model(&self, fits: &[Fitted<T>]) -> LogisticModel {
        let matrix = self.problems.matrix;
        let n_labels = self.problems.targets.n_labels();
        let mut coefficients = vec![0_u8; matrix.n_columns() * n_labels * size_of::<f32>()];
        let classes = self.problems.classes();
        let in_group = self.problems.in_group();
        for (number, fits) in fits.chunks(in_group).enumerate() {
            // The prior variances are worked out again: kept from the fits, those of many labels
            // would take more memory than anything else.
            let jobs: Vec<Job> = fits.iter().map(|fitted| fitted.job).collect();
            let variances = self.problems.variances(&jobs);
            let first = number * in_group * classes;
            self.add_labels(fits, variances.as_deref(), first, &mut coefficients);
        }
        let intercepts = fits.iter().flat_map(|f| f.intercepts.iter().copied());
        let convergence = fits
            .iter()
            .flat_map(|f| std::iter::repeat_n(f.convergence, classes));
        LogisticModel::new(
            self.problems.targets.task(),
            Packed::from_bytes(coefficients),
            intercepts.collect(),
            convergence.collect(),
        )
    }

    /// Writes the coefficients of some labels, the first of which is `first`.
    fn add_labels(
        &self,
        fits: &[Fitted<T>],
        variances: Option<&[T]>,
        first: usize,
        coefficients: &mut [u8],
    ) {
        let matrix = self.problems.matrix;
        let n_labels = self.problems.targets.n_labels();
        let classes = self.problems.classes();
        let lanes = fits.len() * classes;
        let stride = kernel::stride(lanes);
        let mut by_row = vec![T::zero(); matrix.n_rows() * lanes];
        for (number, fitted) in fits.iter().enumerate() {
            let rows = by_row.chunks_exact_mut(lanes);
            for (row, a) in rows.zip(fitted.coefficients.chunks_exact(classes)) {
                row[number * classes..(number + 1) * classes].copy_from_slice(a);
            }
        }
        coefficients
            .par_chunks_mut(n_labels * size_of::<f32>())
            .enumerate()
            .for_each_init(
                || vec![0.0_f64; lanes],
                |sums, (column, out)| {
                    sums.fill(0.0);
                    for &(row, value) in matrix.column(column) {
                        let start = row as usize * lanes;
                        for (sum, a) in sums.iter_mut().zip(&by_row[start..start + lanes]) {
                            *sum += f64::from(value) * a.wide();
                        }
                    }
                    if let Some(variances) = variances {
                        for (sum, v) in sums.iter_mut().zip(&variances[column * stride..]) {
                            *sum *= v.wide();
                        }
                    }
                    let out = out.chunks_exact_mut(size_of::<f32>()).skip(first);
                    for (out, &sum) in out.zip(sums.iter()) {
                        out.copy_from_slice(&(sum as f32).to_le_bytes());
                    }
                },
            );
    }
}

#[cfg(test)]
mod tests {
    use linfa::ParamGuard;
    use linfa::traits::PredictInplace;

    use super::*;
    use crate::model::LogisticParams;

    /// Twelve documents of six features, and folds of three.
    fn example() -> (TfidfMatrix, Folds) {
        let mut matrix = TfidfMatrix::new(12);
        for column in 0..6 {
            let rows = (0..12).filter(|row| (row * (column + 2) + row / 3) % 4 < 2);
            matrix.push_column(rows.map(|row| (row, 0.3 + row as f32 / 20.0)).collect());
        }
        let folds = Folds {
            of: (0..12).map(|row| row % 4).collect(),
            n_folds: 4,
        };
        (matrix, folds)
    }

    #[test]
    fn models_without_a_fold_give_its_documents_their_values() {
        let (matrix, folds) = example();
        let carries = Array2::from_shape_fn((12, 2), |(row, label)| (row / 2 + label) % 3 == 0);
        let classes = (0..12).map(|row| row / 2 % 3).collect();
        let tasks = [
            Targets::MultiLabel(carries),
            Targets::MultiClass(classes, 3),
        ];
        for (targets, solver) in tasks
            .iter()
            .flat_map(|targets| [(targets, Solver::Newton), (targets, Solver::Linfa)])
        {
            let params = LogisticParams::default().solver(solver);
            let params = match solver {
                Solver::Newton => params.log_ratio_exponent(0.5),
                Solver::Linfa => params,
            };
            let params = params.check().unwrap();
            let fit = cross_fit(&matrix, targets, Some(&folds), None, &params).unwrap();
            let expected = fit.out_of_fold.unwrap();
            for fold in 0..folds.n_folds {
                let model =
                    model_without(fold, &fit.without_fold, &matrix, targets, &folds, &params);
                let mut values = model.default_target(&matrix);
                model.predict_inplace(&matrix, &mut values);
                for row in (0..12).filter(|&row| folds.of[row] == fold) {
                    // Values of classes may all be higher or lower together.
                    let first = |values: &Array2<f64>| match targets.task() {
                        Task::MultiLabel => 0.0,
                        Task::MultiClass => values[[row, 0]],
                    };
                    for label in 0..targets.n_labels() {
                        let found = values[[row, label]] - first(&values);
                        let expected = expected[[row, label]] - first(&expected);
                        assert!(
                            (found - expected).abs() < 1e-3,
                            "{solver:?} {row} {label}: {found} {expected}"
                        );
                    }
                }
            }
        }
    }
}
