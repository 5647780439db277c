//! The solver's vectors: one entry a document and class, worked on in parallel.

use std::ops::Range;

use rayon::prelude::*;

use super::kernel::Real;

/// A vector of the space of (w, b): v, its image K v, and one beta a class.
#[derive(Clone, Default)]
pub(super) struct Vector<T> {
    pub(super) v: Vec<T>,
    pub(super) image: Vec<T>,
    pub(super) beta: Vec<f64>,
}

impl<T: Real> Vector<T> {
    pub(super) fn zero(length: usize, classes: usize) -> Self {
        Self {
            v: vec![T::zero(); length],
            image: vec![T::zero(); length],
            beta: vec![0.0; classes],
        }
    }

    /// self = self * keep + other * add.
    pub(super) fn combine(&mut self, keep: f64, other: &Self, add: f64) {
        axpby(&mut self.v, keep, &other.v, add);
        axpby(&mut self.image, keep, &other.image, add);
        for (beta, other) in self.beta.iter_mut().zip(&other.beta) {
            *beta = *beta * keep + other * add;
        }
    }

    /// The inner product with another vector.
    pub(super) fn dot(&self, other: &Self) -> f64 {
        let betas = self.beta.iter().zip(&other.beta);
        dot(&self.v, &other.image) + betas.map(|(a, b)| a * b).sum::<f64>()
    }
}

/// Entries that a thread takes at a time. Fixed, so that sums are added up in the same order on
/// any number of threads.
const CHUNK: usize = 1 << 14;

/// The largest multiple of a row's length that is about a chunk.
pub(super) fn chunk_of_rows(row: usize) -> usize {
    (CHUNK / row).max(1) * row
}

/// y = y * keep + x * add.
pub(super) fn axpby<T: Real>(y: &mut [T], keep: f64, x: &[T], add: f64) {
    let (keep, add) = (T::from_f64(keep), T::from_f64(add));
    y.par_chunks_mut(CHUNK)
        .zip(x.par_chunks(CHUNK))
        .for_each(|(y, x)| {
            for (y, &x) in y.iter_mut().zip(x) {
                *y = *y * keep + x * add;
            }
        });
}

pub(super) fn dot<T: Real>(a: &[T], b: &[T]) -> f64 {
    let [sum] = sum_chunks(a.len(), CHUNK, |range| {
        let pairs = a[range.clone()].iter().zip(&b[range]);
        [pairs.map(|(a, b)| a.wide() * b.wide()).sum()]
    });
    sum
}

/// Sums, in order, of what `part` says of each chunk of a length.
pub(super) fn sum_chunks<const N: usize>(
    length: usize,
    chunk: usize,
    part: impl Fn(Range<usize>) -> [f64; N] + Sync,
) -> [f64; N] {
    let parts: Vec<[f64; N]> = (0..length.div_ceil(chunk))
        .into_par_iter()
        .map(|number| part(number * chunk..length.min((number + 1) * chunk)))
        .collect();
    let mut total = [0.0; N];
    for part in parts {
        for (total, sum) in total.iter_mut().zip(part) {
            *total += sum;
        }
    }
    total
}

/// Sums over all rows, class by class.
pub(super) fn sum_rows<T: Real>(values: &[T], classes: usize) -> Vec<f64> {
    let parts: Vec<Vec<f64>> = values
        .par_chunks(chunk_of_rows(classes))
        .map(|rows| {
            let mut sums = vec![0.0; classes];
            for row in rows.chunks_exact(classes) {
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += value.wide();
                }
            }
            sums
        })
        .collect();
    let mut total = vec![0.0; classes];
    for sums in parts {
        for (total, sum) in total.iter_mut().zip(sums) {
            *total += sum;
        }
    }
    total
}

/// Adds `values[k] * factor` to class k of every row.
pub(super) fn add_to_rows<T: Real>(rows: &mut [T], values: &[f64], factor: f64) {
    let add: Vec<T> = values.iter().map(|v| T::from_f64(v * factor)).collect();
    for row in rows.chunks_exact_mut(add.len()) {
        for (x, &a) in row.iter_mut().zip(&add) {
            *x += a;
        }
    }
}
