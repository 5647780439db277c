//! Prior variances of coefficients from naive Bayes log-count ratios (Wang and Manning 2012).

use rayon::prelude::*;

use super::kernel::Real;
use super::newton::Problem;
use super::vectors::sum_rows;
use crate::matrix::TfidfMatrix;

/// Added to every count, so that no ratio is infinite.
const SMOOTHING: f64 = 1.0;
/// A sum below this is one of ratios of 1: no feature says anything, and there is nothing to scale.
const LEAST_SUM: f64 = 1e-25;

/// The variances of all features for every class of some problems, side by side in rows of
/// `stride`: |r|^(2 exponent), scaled to a mean of 1. Only documents with weight are counted, so
/// that a fold held out does not tell its labels.
pub(super) fn variances<T: Real>(
    matrix: &TfidfMatrix,
    problems: &[Problem<T>],
    stride: usize,
    exponent: f64,
) -> Vec<T> {
    let marks = marks(problems, matrix.n_rows(), stride);
    let mut totals = vec![Counts(0); stride];
    for marks in marks.chunks_exact(stride) {
        add(&mut totals, marks);
    }
    let logarithms: Vec<f64> = (0..=matrix.n_rows())
        .map(|count| libm::log(count as f64 + SMOOTHING))
        .collect();
    let total_ratios: Vec<f64> = totals
        .iter()
        .map(|totals| {
            libm::log(totals.with() as f64 + 2.0 * SMOOTHING)
                - libm::log(totals.without() as f64 + 2.0 * SMOOTHING)
        })
        .collect();
    // The default needs no power, which would take most of the time.
    let power = |ratio: f64| match exponent {
        0.5 => ratio,
        _ => libm::pow(ratio, 2.0 * exponent),
    };
    let mut variances = vec![T::zero(); matrix.n_columns() * stride];
    variances.par_chunks_mut(stride).enumerate().for_each_init(
        || vec![Counts(0); stride],
        |counts, (column, out)| {
            counts.fill(Counts(0));
            for &(row, _) in matrix.column(column) {
                let row = row as usize * stride;
                add(counts, &marks[row..row + stride]);
            }
            for ((out, counts), total) in out.iter_mut().zip(counts).zip(&total_ratios) {
                let ratio = logarithms[counts.with()] - logarithms[counts.without()] - total;
                *out = T::from_f64(power(ratio.abs()));
            }
        },
    );
    let scales: Vec<T> = sum_rows(&variances, stride)
        .into_iter()
        .map(|sum| {
            T::from_f64(if sum > LEAST_SUM {
                matrix.n_columns() as f64 / sum
            } else {
                1.0
            })
        })
        .collect();
    variances.par_chunks_mut(stride).for_each(|row| {
        for (v, &scale) in row.iter_mut().zip(&scales) {
            *v *= scale;
        }
    });
    variances
}

/// How many documents have a label and how many have not, counted by one addition: the upper half
/// is the documents with the label, the lower half all of them.
#[derive(Debug, Clone, Copy)]
struct Counts(u64);

impl Counts {
    fn with(self) -> usize {
        (self.0 >> 32) as usize
    }

    fn without(self) -> usize {
        (self.0 & u64::from(u32::MAX)) as usize - self.with()
    }
}

#[inline]
fn add(counts: &mut [Counts], marks: &[Counts]) {
    for (count, mark) in counts.iter_mut().zip(marks) {
        count.0 += mark.0;
    }
}

/// What each document adds to the counts, rows of `stride`.
fn marks<T: Real>(problems: &[Problem<T>], n_rows: usize, stride: usize) -> Vec<Counts> {
    let mut marks = vec![Counts(0); n_rows * stride];
    let mut offset = 0;
    for problem in problems {
        let classes = problem.link.classes();
        let rows = problem
            .targets
            .chunks_exact(classes)
            .zip(problem.weights.chunks_exact(classes));
        for (marks, (targets, weights)) in marks.chunks_exact_mut(stride).zip(rows) {
            let marks = marks[offset..offset + classes].iter_mut();
            for (mark, (&target, &weight)) in marks.zip(targets.iter().zip(weights)) {
                let seen = u64::from(weight > T::zero());
                let with = u64::from(target > T::zero());
                mark.0 = (seen & with) << 32 | seen;
            }
        }
        offset += classes;
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::loss::Link;

    #[test]
    fn telling_features_get_more_freedom() {
        let mut matrix = TfidfMatrix::new(4);
        matrix.push_column(vec![(0, 1.0), (1, 1.0)]);
        matrix.push_column(vec![(0, 1.0), (2, 1.0)]);
        let problem = Problem::<f64> {
            link: Link::Logistic,
            targets: vec![1.0, 1.0, 0.0, 0.0],
            weights: vec![1.0; 4],
            coefficients: vec![0.0; 4],
            intercepts: vec![0.0],
            reference: None,
        };
        // ln((3/4) / (1/4)) against ln(1): all the freedom goes to the first.
        assert_eq!(variances(&matrix, &[problem], 1, 1.0), [2.0, 0.0]);
    }
}
