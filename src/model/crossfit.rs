//! The fit on all documents, and the same fit with each fold held out.

use std::ops::Range;

use linfa::dataset::{DatasetBase, Records};
use linfa::traits::Fit;
use ndarray::Array2;
use rayon::prelude::*;

use super::dense;
use super::kernel::{self, Kernel, Real};
use super::logistic::{CrossFit, Dual, LogisticModel, WithoutFold};
use super::loss::Link;
use super::newton::{Block, Convergence, Settings, solve};
use super::params::{Precision, Solver, ValidLogisticParams};
use super::prior;
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
                .hold_out(folds, held_out, values);
        }
        Precision::Double => {
            Fitter::<f64>::new(matrix, targets, Some(folds), None, params)
                .hold_out(folds, held_out, values);
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

/// Labels that share a sweep over the matrix: a cache line of `f32`.
const WIDE: usize = 16;
/// One column of a block: a label, fitted without one fold or with all documents.
#[derive(Debug, Clone, Copy)]
struct Column {
    label: usize,
    held_out: Option<usize>,
}

/// A column's part of a solution.
struct Fitted<T> {
    column: Column,
    coefficients: Vec<T>,
    margins: Vec<T>,
    /// Prior variances of the features, where they differ.
    variances: Option<Vec<T>>,
    intercept: f64,
    reference: f64,
    convergence: Convergence,
}

struct Fitter<'a, T> {
    kernel: Kernel<'a>,
    matrix: &'a TfidfMatrix,
    targets: &'a Targets,
    folds: Option<&'a Folds>,
    among: Option<&'a [bool]>,
    params: &'a ValidLogisticParams,
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
            matrix,
            targets,
            folds,
            among,
            params,
            full: Vec::new(),
        }
    }

    fn cross_fit(mut self) -> CrossFit {
        self.full = self.fit_all(&self.columns(&[None]));
        self.full.sort_by_key(|fitted| fitted.column.label);
        let (n_rows, n_labels) = (self.targets.n_rows(), self.targets.n_labels());
        let mut without_fold = Vec::new();
        let mut unfinished = 0;
        let out_of_fold = self.folds.map(|folds| {
            let mut values = Array2::zeros((n_rows, n_labels));
            without_fold = vec![vec![Dual::default(); n_labels]; folds.n_folds];
            for fitted in self.hold_out(folds, 0..folds.n_folds, &mut values) {
                unfinished += usize::from(!fitted.convergence.converged);
                if let Some(fold) = fitted.column.held_out {
                    without_fold[fold][fitted.column.label] = Dual {
                        coefficients: fitted
                            .coefficients
                            .iter()
                            .map(|a| a.wide() as f32)
                            .collect(),
                        intercept: fitted.intercept,
                    };
                }
            }
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
    ) -> Vec<Fitted<T>> {
        let held_out: Vec<Option<usize>> = held_out.map(Some).collect();
        let fits = self.fit_all(&self.columns(&held_out));
        for fitted in &fits {
            for (row, margin) in fitted.margins.iter().enumerate() {
                if fitted.column.held_out == Some(folds.of[row]) {
                    values[[row, fitted.column.label]] = margin.wide();
                }
            }
        }
        fits
    }

    /// The model of fits without a fold, whose prior variances are worked out again.
    fn model_without(&self, fold: usize, fits: &[Dual]) -> LogisticModel {
        let mut columns = self.columns(&[Some(fold)]);
        columns.sort_by_key(|column| column.label);
        let mut fitted = Vec::with_capacity(fits.len());
        for columns in columns.chunks(self.in_block()) {
            let stride = kernel::stride(columns.len());
            let variances = self.block(columns, stride, true).variances;
            for (j, &column) in columns.iter().enumerate() {
                let Dual {
                    coefficients,
                    intercept,
                } = &fits[column.label];
                fitted.push(Fitted {
                    column,
                    coefficients: coefficients.iter().map(|&a| T::from_f32(a)).collect(),
                    margins: Vec::new(),
                    variances: variances.as_deref().map(|v| strided(v, j, stride)),
                    intercept: *intercept,
                    reference: 0.0,
                    convergence: Convergence::default(),
                });
            }
        }
        self.model(&fitted)
    }

    /// Every label with every choice of documents; labels of like frequency side by side, as
    /// they need like numbers of iterations.
    fn columns(&self, held_out: &[Option<usize>]) -> Vec<Column> {
        let mut labels: Vec<(usize, usize)> = (0..self.targets.n_labels())
            .map(|label| (self.targets.count(label, |_| true), label))
            .collect();
        if self.targets.task() == Task::MultiLabel {
            labels.sort_unstable_by_key(|&(count, label)| (std::cmp::Reverse(count), label));
            return labels
                .iter()
                .flat_map(|&(_, label)| {
                    held_out
                        .iter()
                        .map(move |&held_out| Column { label, held_out })
                })
                .collect();
        }
        held_out
            .iter()
            .flat_map(|&held_out| {
                labels
                    .iter()
                    .map(move |&(_, label)| Column { label, held_out })
            })
            .collect()
    }

    fn fit_all(&self, columns: &[Column]) -> Vec<Fitted<T>> {
        columns
            .par_chunks(self.in_block())
            .flat_map_iter(|columns| self.fit_block(columns))
            .collect()
    }

    /// Number of columns that are solved together.
    fn in_block(&self) -> usize {
        match self.targets.task() {
            Task::MultiLabel => WIDE,
            Task::MultiClass => self.targets.n_labels(),
        }
    }

    /// Fits the columns of a block, with the fits on all documents as the start where there are
    /// some. That may be worse than none where next to nothing is penalised: what does not converge
    /// from there is fitted from zero.
    fn fit_block(&self, columns: &[Column]) -> Vec<Fitted<T>> {
        let warm = !self.full.is_empty();
        let fitted = self.fit_from(columns, warm);
        if !warm || fitted.iter().all(|fitted| fitted.convergence.converged) {
            return fitted;
        }
        let again = self.fit_from(columns, false);
        let better = |(old, new): (Fitted<T>, Fitted<T>)| {
            if !old.convergence.converged && new.convergence.converged {
                new
            } else {
                old
            }
        };
        fitted.into_iter().zip(again).map(better).collect()
    }

    fn fit_from(&self, columns: &[Column], warm: bool) -> Vec<Fitted<T>> {
        let stride = kernel::stride(columns.len());
        let block = self.block(columns, stride, warm);
        let variances = block.variances.clone().filter(|_| self.full.is_empty());
        let settings = Settings {
            lambda: 1.0 / self.params.c,
            tolerance: self.params.tolerance,
            max_iterations: self.params.max_iterations,
        };
        let solution = solve(&self.kernel, block, &settings);
        columns
            .iter()
            .enumerate()
            .map(|(j, &column)| Fitted {
                column,
                coefficients: strided(&solution.coefficients, j, stride),
                margins: strided(&solution.margins, j, stride),
                variances: variances.as_deref().map(|v| strided(v, j, stride)),
                intercept: solution.intercepts[j],
                reference: solution.reference[j],
                convergence: solution.convergence[j],
            })
            .collect()
    }

    fn block(&self, columns: &[Column], stride: usize, warm: bool) -> Block<T> {
        let n_rows = self.matrix.n_rows();
        let mut block = Block {
            link: match self.targets.task() {
                Task::MultiLabel => Link::Independent,
                Task::MultiClass => Link::Softmax(columns.len()),
            },
            stride,
            targets: vec![T::zero(); n_rows * stride],
            weights: vec![T::zero(); n_rows * stride],
            coefficients: vec![T::zero(); n_rows * stride],
            intercepts: vec![0.0; stride],
            variances: None,
            reference: None,
        };
        for (j, &column) in columns.iter().enumerate() {
            self.fill_column(&mut block, j, column, warm);
        }
        if self.targets.task() == Task::MultiClass {
            self.weigh_classes(&mut block, columns.len(), warm);
        }
        if !self.full.is_empty() {
            let mut reference = vec![0.0; stride];
            for (reference, column) in reference.iter_mut().zip(columns) {
                *reference = self.full[column.label].reference;
            }
            block.reference = Some(reference);
        }
        if self.params.log_ratio_exponent > 0.0 {
            block.variances = Some(prior::variances(
                self.matrix,
                &block,
                self.params.log_ratio_exponent,
            ));
        }
        block
    }

    /// Targets, weights and starting point of one column.
    fn fill_column(&self, block: &mut Block<T>, j: usize, column: Column, warm: bool) {
        let stride = block.stride;
        let seen: Vec<usize> = (0..self.matrix.n_rows())
            .filter(|&row| self.among.is_none_or(|among| among[row]))
            .filter(|&row| match (self.folds, column.held_out) {
                (Some(folds), Some(fold)) => folds.of[row] != fold,
                _ => true,
            })
            .collect();
        let total = seen.len();
        let count = seen
            .iter()
            .filter(|&&row| self.targets.carries(row, column.label))
            .count();
        if (count == 0 || count == total) && self.targets.task() == Task::MultiLabel {
            // Nothing to learn from: without weight the column stays at its base rate.
            block.intercepts[j] = libm::log((count as f64 + 0.5) / ((total - count) as f64 + 0.5));
            return;
        }
        let (positive, negative) = match self.targets.task() {
            Task::MultiLabel => (
                self.params.class_weight.weight(count, total, 2),
                self.params.class_weight.weight(total - count, total, 2),
            ),
            // Each document has the weight of its own class in every column: `weigh_classes`.
            Task::MultiClass => (1.0, 1.0),
        };
        for &row in &seen {
            let carries = self.targets.carries(row, column.label);
            block.targets[row * stride + j] = T::from_f32(f32::from(u8::from(carries)));
            block.weights[row * stride + j] =
                T::from_f64(if carries { positive } else { negative });
        }
        match self.full.get(column.label).filter(|_| warm) {
            Some(full) => {
                block.intercepts[j] = full.intercept;
                for &row in &seen {
                    block.coefficients[row * stride + j] = full.coefficients[row];
                }
            }
            None => {
                block.intercepts[j] = libm::log(count as f64 * positive)
                    - libm::log((total - count) as f64 * negative);
            }
        }
    }

    /// Gives every document the weight of its class in all columns of a softmax block.
    fn weigh_classes(&self, block: &mut Block<T>, classes: usize, warm: bool) {
        let stride = block.stride;
        let rows = || {
            block
                .targets
                .chunks_exact(stride)
                .zip(block.weights.chunks_exact(stride))
        };
        let mut counts = vec![0; classes];
        let mut total = 0;
        for (targets, weights) in rows() {
            if weights[0] == T::zero() {
                continue;
            }
            total += 1;
            for (count, &t) in counts.iter_mut().zip(targets) {
                *count += usize::from(t > T::zero());
            }
        }
        let weight = |class: usize| {
            self.params
                .class_weight
                .weight(counts[class], total, classes)
        };
        for (targets, weights) in block
            .targets
            .chunks_exact(stride)
            .zip(block.weights.chunks_exact_mut(stride))
        {
            if weights[0] == T::zero() {
                continue;
            }
            let own = targets.iter().position(|&t| t > T::zero()).unwrap_or(0);
            weights[..classes].fill(T::from_f64(weight(own)));
        }
        if self.full.is_empty() || !warm {
            for (class, intercept) in block.intercepts[..classes].iter_mut().enumerate() {
                *intercept = libm::log((counts[class] as f64 + 0.5) * weight(class));
            }
        }
    }

    /// The model of the fits of all labels, in their order: w = V X'a, feature by feature.
    fn model(&self, fits: &[Fitted<T>]) -> LogisticModel {
        let n_labels = fits.len();
        let mut by_row = vec![T::zero(); self.matrix.n_rows() * n_labels];
        for (label, fitted) in fits.iter().enumerate() {
            for (row, &a) in fitted.coefficients.iter().enumerate() {
                by_row[row * n_labels + label] = a;
            }
        }
        let mut coefficients = vec![0_u8; self.matrix.n_columns() * n_labels * size_of::<f32>()];
        coefficients
            .par_chunks_mut(n_labels * size_of::<f32>())
            .enumerate()
            .for_each(|(column, out)| {
                let mut sums = vec![0.0_f64; n_labels];
                for &(row, value) in self.matrix.column(column) {
                    let start = row as usize * n_labels;
                    for (sum, a) in sums.iter_mut().zip(&by_row[start..start + n_labels]) {
                        *sum += f64::from(value) * a.wide();
                    }
                }
                let out = out.chunks_exact_mut(size_of::<f32>());
                for ((out, sum), fitted) in out.zip(sums).zip(fits) {
                    let variance = fitted.variances.as_ref().map_or(1.0, |v| v[column].wide());
                    out.copy_from_slice(&((variance * sum) as f32).to_le_bytes());
                }
            });
        LogisticModel::new(
            self.targets.task(),
            Packed::from_bytes(coefficients),
            fits.iter().map(|f| f.intercept).collect(),
            fits.iter().map(|f| f.convergence).collect(),
        )
    }
}

/// Every `stride`-th value from the j-th on: one column of a block.
fn strided<T: Real>(values: &[T], j: usize, stride: usize) -> Vec<T> {
    values.iter().skip(j).step_by(stride).copied().collect()
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
