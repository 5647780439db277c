//! Prior variances of coefficients from naive Bayes log-count ratios (Wang and Manning 2012).

use rayon::prelude::*;

use super::kernel::Real;
use super::newton::Block;
use crate::matrix::TfidfMatrix;

/// Added to every count, so that no ratio is infinite.
const SMOOTHING: f64 = 1.0;
/// A sum below this is one of ratios of 1: no feature says anything, and there is nothing to scale.
const LEAST_SUM: f64 = 1e-25;

/// The variances of all features for every column of a block: |r|^(2 exponent), scaled to a mean
/// of 1. Only documents with weight are counted, so that a fold held out does not tell its labels.
pub(super) fn variances<T: Real>(matrix: &TfidfMatrix, block: &Block<T>, exponent: f64) -> Vec<T> {
    let stride = block.stride;
    let mut totals = vec![(0.0, 0.0); stride];
    let rows = block
        .targets
        .chunks_exact(stride)
        .zip(block.weights.chunks_exact(stride));
    for (targets, weights) in rows {
        count(&mut totals, targets, weights);
    }
    let ratio = |(with, without): (f64, f64), (total_with, total_without): (f64, f64)| {
        let share_with = (with + SMOOTHING) / (total_with + 2.0 * SMOOTHING);
        let share_without = (without + SMOOTHING) / (total_without + 2.0 * SMOOTHING);
        libm::log(share_with / share_without).abs()
    };
    let mut variances = vec![T::zero(); matrix.n_columns() * stride];
    variances
        .par_chunks_mut(stride)
        .enumerate()
        .for_each(|(column, out)| {
            let mut counts = vec![(0.0, 0.0); stride];
            for &(row, _) in matrix.column(column) {
                let row = row as usize * stride..(row as usize + 1) * stride;
                count(
                    &mut counts,
                    &block.targets[row.clone()],
                    &block.weights[row],
                );
            }
            for (j, out) in out.iter_mut().enumerate() {
                *out = T::from_f64(libm::pow(ratio(counts[j], totals[j]), 2.0 * exponent));
            }
        });
    let mut sums = vec![0.0; stride];
    for row in variances.chunks_exact(stride) {
        for (sum, v) in sums.iter_mut().zip(row) {
            *sum += v.wide();
        }
    }
    let scales: Vec<T> = sums
        .iter()
        .map(|&sum| {
            T::from_f64(if sum > LEAST_SUM {
                matrix.n_columns() as f64 / sum
            } else {
                1.0
            })
        })
        .collect();
    for row in variances.chunks_exact_mut(stride) {
        for (v, &scale) in row.iter_mut().zip(&scales) {
            *v *= scale;
        }
    }
    variances
}

/// Adds a document to the counts of documents with and without each column's label.
fn count<T: Real>(counts: &mut [(f64, f64)], targets: &[T], weights: &[T]) {
    for ((counts, &target), &weight) in counts.iter_mut().zip(targets).zip(weights) {
        if weight > T::zero() {
            if target > T::zero() {
                counts.0 += 1.0;
            } else {
                counts.1 += 1.0;
            }
        }
    }
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
        let block = Block::<f64> {
            link: Link::Independent,
            stride: 1,
            targets: vec![1.0, 1.0, 0.0, 0.0],
            weights: vec![1.0; 4],
            coefficients: vec![0.0; 4],
            intercepts: vec![0.0],
            variances: None,
            reference: None,
        };
        // ln((3/4) / (1/4)) against ln(1): all the freedom goes to the first.
        assert_eq!(variances(&matrix, &block, 1.0), [2.0, 0.0]);
    }
}
