//! The solver's vectors: rows of one entry a problem, worked on in parallel.

use rayon::prelude::*;

use super::kernel::Real;

/// A vector of the space of (w, b) for all columns: v, its image K v, and beta.
#[derive(Clone)]
pub(super) struct Vector<T> {
    pub(super) v: Vec<T>,
    pub(super) image: Vec<T>,
    pub(super) beta: Vec<f64>,
}

impl<T: Real> Vector<T> {
    pub(super) fn zero(length: usize, stride: usize) -> Self {
        Self {
            v: vec![T::zero(); length],
            image: vec![T::zero(); length],
            beta: vec![0.0; stride],
        }
    }

    /// self = self * keep + other * add, column by column.
    pub(super) fn combine(&mut self, keep: &[f64], other: &Self, add: &[f64]) {
        axpby(&mut self.v, keep, &other.v, add);
        axpby(&mut self.image, keep, &other.image, add);
        for (j, beta) in self.beta.iter_mut().enumerate() {
            *beta = *beta * keep[j] + other.beta[j] * add[j];
        }
    }

    /// Makes a column zero.
    pub(super) fn clear(&mut self, column: usize) {
        let stride = self.beta.len();
        for values in [&mut self.v, &mut self.image] {
            let own = values.iter_mut().skip(column).step_by(stride);
            own.for_each(|x| *x = T::zero());
        }
        self.beta[column] = 0.0;
    }

    /// Inner products with another vector, column by column.
    pub(super) fn dot(&self, other: &Self) -> Vec<f64> {
        let mut sums = column_dots(&self.v, &other.image, self.beta.len());
        for (sum, (a, b)) in sums.iter_mut().zip(self.beta.iter().zip(&other.beta)) {
            *sum += a * b;
        }
        sums
    }
}

/// Rows that a thread takes at a time. Fixed, so that sums are added up in the same order on any
/// number of threads.
pub(super) const CHUNK: usize = 1024;

/// y = y * keep + x * add, column by column.
pub(super) fn axpby<T: Real>(y: &mut [T], keep: &[f64], x: &[T], add: &[f64]) {
    let keep: Vec<T> = keep.iter().map(|&k| T::from_f64(k)).collect();
    let add: Vec<T> = add.iter().map(|&a| T::from_f64(a)).collect();
    let stride = keep.len();
    y.par_chunks_mut(stride * CHUNK)
        .zip(x.par_chunks(stride * CHUNK))
        .for_each(|(y, x)| {
            for (y, x) in y.chunks_exact_mut(stride).zip(x.chunks_exact(stride)) {
                for (((y, &x), &k), &a) in y.iter_mut().zip(x).zip(&keep).zip(&add) {
                    *y = *y * k + x * a;
                }
            }
        });
}

pub(super) fn column_dots<T: Real>(a: &[T], b: &[T], stride: usize) -> Vec<f64> {
    sum_rows(a.len() / stride, stride, |row, sums| {
        let row = row * stride..(row + 1) * stride;
        for ((sum, &a), &b) in sums.iter_mut().zip(&a[row.clone()]).zip(&b[row]) {
            *sum += a.wide() * b.wide();
        }
    })
}

/// Sums over all rows of what `add` adds for one.
pub(super) fn sum_rows(
    n_rows: usize,
    n_sums: usize,
    add: impl Fn(usize, &mut [f64]) + Sync,
) -> Vec<f64> {
    let chunks: Vec<Vec<f64>> = (0..n_rows.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut sums = vec![0.0; n_sums];
            for row in chunk * CHUNK..n_rows.min((chunk + 1) * CHUNK) {
                add(row, &mut sums);
            }
            sums
        })
        .collect();
    let mut total = vec![0.0; n_sums];
    for sums in chunks {
        for (total, sum) in total.iter_mut().zip(sums) {
            *total += sum;
        }
    }
    total
}

/// Adds `values[j] * factors[j]` to column j of every row.
pub(super) fn add_to_rows<T: Real>(rows: &mut [T], values: &[f64], factors: &[f64]) {
    let add: Vec<T> = values
        .iter()
        .zip(factors)
        .map(|(v, f)| T::from_f64(v * f))
        .collect();
    for row in rows.chunks_exact_mut(add.len()) {
        for (x, &a) in row.iter_mut().zip(&add) {
            *x += a;
        }
    }
}
