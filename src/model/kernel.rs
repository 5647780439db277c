//! Products with the kernel matrix K = X X', without ever forming it.

use std::ops::Range;

use num_traits::{Float, NumAssign};
use rayon::prelude::*;

use crate::matrix::TfidfMatrix;

/// Floating-point type of the solver's vectors.
pub(super) trait Real: Float + NumAssign + Default + Send + Sync {
    fn from_f32(value: f32) -> Self;
    fn from_f64(value: f64) -> Self;
    fn wide(self) -> f64;
}

impl Real for f32 {
    fn from_f32(value: f32) -> Self {
        value
    }

    fn from_f64(value: f64) -> Self {
        value as f32
    }

    fn wide(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    fn from_f32(value: f32) -> Self {
        f64::from(value)
    }

    fn from_f64(value: f64) -> Self {
        value
    }

    fn wide(self) -> f64 {
        self
    }
}

/// In how many parts the columns are summed. Fixed, so that the order of the additions, and with
/// it every bit of the result, is the same for any number of threads.
const PARTS: usize = 8;

/// A row of this many vectors and fewer is swept at once, wider ones in pieces of `PIECE`.
const WIDEST: usize = 32;
const PIECE: usize = 16;

/// The distance between rows of at least `vectors` vectors, such that [`Kernel::product`] can take
/// them: a multiple of four.
pub(super) fn stride(vectors: usize) -> usize {
    if vectors <= WIDEST {
        vectors.next_multiple_of(4).max(4)
    } else {
        vectors.next_multiple_of(PIECE)
    }
}

/// The columns of a matrix in parts of about equally many entries.
pub(super) struct Kernel<'a> {
    matrix: &'a TfidfMatrix,
    parts: Vec<Range<usize>>,
}

impl<'a> Kernel<'a> {
    pub(super) fn new(matrix: &'a TfidfMatrix) -> Self {
        // Ends of the parts: where the entries so far reach the next eighth of all.
        let total = matrix.n_entries();
        let mut parts = Vec::with_capacity(PARTS);
        let (mut start, mut entries) = (0, 0);
        for column in 0..matrix.n_columns() {
            entries += matrix.column(column).len();
            if parts.len() + 1 < PARTS && entries * PARTS >= total * (parts.len() + 1) {
                parts.push(start..column + 1);
                start = column + 1;
            }
        }
        parts.push(start..matrix.n_columns());
        Self { matrix, parts }
    }

    /// z = K c for `stride` vectors at once, see [`stride`]; row i of `c` and `z` is at
    /// `i * stride`. With `variances`, one for each column of X and vector, K is X V X' with the
    /// diagonal matrix V of that vector.
    ///
    /// One sweep over the columns of X: the dot products of a column with all vectors are gathered
    /// and at once scattered back, so that no vector has the length of the features.
    pub(super) fn product<T: Real>(
        &self,
        c: &[T],
        stride: usize,
        variances: Option<&[T]>,
    ) -> Vec<T> {
        let lanes = if stride <= WIDEST { stride } else { PIECE };
        // The width is known to the compiler, which then keeps a row in registers.
        let sweep = match lanes {
            4 => Self::sweep::<T, 4>,
            8 => Self::sweep::<T, 8>,
            12 => Self::sweep::<T, 12>,
            16 => Self::sweep::<T, 16>,
            20 => Self::sweep::<T, 20>,
            24 => Self::sweep::<T, 24>,
            28 => Self::sweep::<T, 28>,
            32 => Self::sweep::<T, 32>,
            _ => unreachable!("strides are multiples of four: {stride}"),
        };
        let mut z = vec![T::zero(); c.len()];
        for offset in (0..stride).step_by(lanes) {
            let partial: Vec<Vec<T>> = self
                .parts
                .par_iter()
                .map(|part| sweep(self, part.clone(), c, stride, offset, variances))
                .collect();
            for part in &partial {
                for (row, z) in part.chunks_exact(lanes).zip(z.chunks_exact_mut(stride)) {
                    for (z, &value) in z[offset..offset + lanes].iter_mut().zip(row) {
                        *z += value;
                    }
                }
            }
        }
        z
    }

    fn sweep<T: Real, const LANES: usize>(
        &self,
        columns: Range<usize>,
        c: &[T],
        stride: usize,
        offset: usize,
        variances: Option<&[T]>,
    ) -> Vec<T> {
        let mut z = vec![[T::zero(); LANES]; self.matrix.n_rows()];
        for column in columns {
            let entries = self.matrix.column(column);
            let mut u = [T::zero(); LANES];
            for &(row, value) in entries {
                let value = T::from_f32(value);
                let start = row as usize * stride + offset;
                for (u, &c) in u.iter_mut().zip(&c[start..start + LANES]) {
                    *u += value * c;
                }
            }
            if let Some(variances) = variances {
                let start = column * stride + offset;
                for (u, &v) in u.iter_mut().zip(&variances[start..start + LANES]) {
                    *u *= v;
                }
            }
            for &(row, value) in entries {
                let value = T::from_f32(value);
                for (z, &u) in z[row as usize].iter_mut().zip(&u) {
                    *z += value * u;
                }
            }
        }
        z.into_flattened()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_dense_product() {
        let mut matrix = TfidfMatrix::new(3);
        matrix.push_column(vec![(0, 1.0), (2, 2.0)]);
        matrix.push_column(vec![(1, 3.0)]);
        matrix.push_column(vec![(0, -1.0), (1, 0.5), (2, 4.0)]);
        let c: Vec<f64> = (0..24).map(|i| f64::from(i) / 7.0 - 1.0).collect();
        let variances: Vec<f64> = (0..24).map(|i| f64::from(i % 5) + 0.5).collect();
        let x = matrix.to_dense();
        let dense_c = ndarray::Array2::from_shape_vec((3, 8), c.clone()).unwrap();
        let dense_v = ndarray::Array2::from_shape_vec((3, 8), variances.clone()).unwrap();
        let plain = x.dot(&x.t().dot(&dense_c));
        let weighted = x.dot(&(x.t().dot(&dense_c) * dense_v));
        for (variances, expected) in [(None, plain), (Some(variances.as_slice()), weighted)] {
            let z = Kernel::new(&matrix).product(&c, 8, variances);
            for (found, expected) in z.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-12);
            }
        }
    }
}
