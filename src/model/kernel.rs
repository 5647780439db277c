//! Products with the kernel matrix K = X X', without ever forming it.

use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use foldhash::fast::FixedState;
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

/// Rows that a thread adds up at a time.
const ROWS: usize = 1024;

/// A column that at least one document in so many has is swept row by row, see [`Panel`].
const DENSE_SHARE: usize = 32;

/// Dense columns, as many as a byte can number, stored row by row.
///
/// A dense column meets almost every row, and rows are too many for the nearest cache. Row by
/// row each row of `c` and `z` is touched once for all columns of the panel, and what is touched
/// again and again, one row of `u` for each column, stays near.
struct Panel {
    columns: Vec<Column>,
    /// Where the entries of each row end.
    ends: Vec<u32>,
    numbers: Vec<u8>,
    values: Vec<f32>,
}

const PANEL: usize = 1 << u8::BITS;

impl Panel {
    fn new(matrix: &TfidfMatrix, columns: &[Column]) -> Self {
        let mut ends = vec![0_u32; matrix.n_rows() + 1];
        for column in columns {
            for &(row, _) in matrix.column(column.number as usize) {
                ends[row as usize + 1] += 1;
            }
        }
        for row in 1..ends.len() {
            ends[row] += ends[row - 1];
        }
        let total = ends[matrix.n_rows()] as usize;
        let mut panel = Self {
            columns: columns.to_vec(),
            numbers: vec![0; total],
            values: vec![0.0; total],
            ends,
        };
        // Each start moves on to the row's end, which is the next row's start.
        for (number, column) in (0_u8..=u8::MAX).zip(columns) {
            for &(row, value) in matrix.column(column.number as usize) {
                let next = &mut panel.ends[row as usize];
                panel.numbers[*next as usize] = number;
                panel.values[*next as usize] = value;
                *next += 1;
            }
        }
        panel.ends.pop();
        panel
    }

    /// Row, column numbers and values of every row that has some.
    #[inline]
    fn rows(&self) -> impl Iterator<Item = (usize, &[u8], &[f32])> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .enumerate()
            .filter(|(_, (start, end))| start != *end)
            .map(|(row, (start, &end))| {
                let range = start as usize..end as usize;
                (row, &self.numbers[range.clone()], &self.values[range])
            })
    }
}

/// Columns with the same entries, as n-grams of one rare word have: they are swept as one.
#[derive(Clone, Copy)]
struct Column {
    number: u32,
    /// How many there are.
    times: u32,
}

/// Some columns of the matrix: the dense ones in panels, the others by themselves.
struct Part {
    panels: Vec<Panel>,
    sparse: Vec<Column>,
}

/// The columns of a matrix that are not empty, each with those that are equal to it; in the order
/// of the first of them.
fn distinct(matrix: &TfidfMatrix) -> Vec<Column> {
    let hasher = FixedState::default();
    let mut hashed: Vec<(u64, u32)> = (0..matrix.n_columns())
        .into_par_iter()
        .filter(|&column| !matrix.column(column).is_empty())
        .map(|column| {
            let mut hash = hasher.build_hasher();
            for &(row, value) in matrix.column(column) {
                hash.write_u64(u64::from(row) << 32 | u64::from(value.to_bits()));
            }
            (hash.finish(), column as u32)
        })
        .collect();
    hashed.par_sort_unstable();
    let entries = |column: u32| matrix.column(column as usize);
    let mut columns: Vec<Column> = hashed
        // Equal hashes are not trusted: only neighbours that are equal count as one.
        .chunk_by(|a, b| a.0 == b.0 && entries(a.1) == entries(b.1))
        .map(|equal| Column {
            number: equal[0].1,
            times: equal.len() as u32,
        })
        .collect();
    columns.sort_unstable_by_key(|column| column.number);
    columns
}

/// The columns of a matrix in parts of about equally many entries.
pub(super) struct Kernel<'a> {
    matrix: &'a TfidfMatrix,
    parts: Vec<Part>,
}

impl<'a> Kernel<'a> {
    pub(super) fn new(matrix: &'a TfidfMatrix) -> Self {
        let columns = distinct(matrix);
        let length = |column: &Column| matrix.column(column.number as usize).len();
        // Ends of the parts: where the entries so far reach the next eighth of all.
        let total: usize = columns.iter().map(length).sum();
        let mut ranges: Vec<Range<usize>> = Vec::with_capacity(PARTS);
        let (mut start, mut entries) = (0, 0);
        for (number, column) in columns.iter().enumerate() {
            entries += length(column);
            if ranges.len() + 1 < PARTS && entries * PARTS >= total * (ranges.len() + 1) {
                ranges.push(start..number + 1);
                start = number + 1;
            }
        }
        ranges.push(start..columns.len());
        let parts = ranges
            .into_par_iter()
            .map(|range| {
                let (dense, sparse): (Vec<Column>, Vec<Column>) = columns[range]
                    .iter()
                    .partition(|column| length(column) * DENSE_SHARE > matrix.n_rows());
                Part {
                    panels: dense
                        .chunks(PANEL)
                        .map(|columns| Panel::new(matrix, columns))
                        .collect(),
                    sparse,
                }
            })
            .collect();
        Self { matrix, parts }
    }

    pub(super) fn n_rows(&self) -> usize {
        self.matrix.n_rows()
    }

    /// z = K c for `stride` vectors at once, see [`stride`]; row i of `c` and `z` is at
    /// `i * stride`. With `variances`, one for each column of X and vector, K is X V X' with the
    /// diagonal matrix V of that vector; columns with the same entries must have the same variance.
    ///
    /// One sweep over the columns of X: the dot products of a column (or of a panel of dense ones)
    /// with all vectors are gathered and at once scattered back, so that no vector has the length of
    /// the features.
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
            let vectors = Vectors {
                c,
                stride,
                offset,
                variances,
            };
            let partial: Vec<Vec<T>> = self
                .parts
                .par_iter()
                .map(|part| sweep(self, part, &vectors))
                .collect();
            z.par_chunks_mut(ROWS * stride)
                .enumerate()
                .for_each(|(chunk, z)| {
                    for part in &partial {
                        let rows = part[chunk * ROWS * lanes..].chunks_exact(lanes);
                        for (row, z) in rows.zip(z.chunks_exact_mut(stride)) {
                            for (z, &value) in z[offset..offset + lanes].iter_mut().zip(row) {
                                *z += value;
                            }
                        }
                    }
                });
        }
        z
    }

    fn sweep<T: Real, const LANES: usize>(&self, part: &Part, vectors: &Vectors<'_, T>) -> Vec<T> {
        let mut z = vec![[T::zero(); LANES]; self.matrix.n_rows()];
        let mut u = vec![[T::zero(); LANES]; PANEL];
        for panel in &part.panels {
            vectors.sweep_panel(panel, &mut u, &mut z);
        }
        for &column in &part.sparse {
            let entries = self.matrix.column(column.number as usize);
            vectors.sweep_column(column, entries, &mut z);
        }
        z.into_flattened()
    }
}

/// What a product is taken with: the lanes from `offset` on of vectors `c`.
struct Vectors<'a, T> {
    c: &'a [T],
    stride: usize,
    offset: usize,
    variances: Option<&'a [T]>,
}

impl<T: Real> Vectors<'_, T> {
    #[inline]
    fn row<const LANES: usize>(&self, values: &[T], row: usize) -> [T; LANES] {
        let start = row * self.stride + self.offset;
        let mut lanes = [T::zero(); LANES];
        lanes.copy_from_slice(&values[start..start + LANES]);
        lanes
    }

    #[inline]
    fn weigh<const LANES: usize>(&self, column: Column, u: &mut [T; LANES]) {
        let times = T::from_f64(f64::from(column.times));
        u.iter_mut().for_each(|u| *u *= times);
        if let Some(variances) = self.variances {
            let variances: [T; LANES] = self.row(variances, column.number as usize);
            for (u, v) in u.iter_mut().zip(variances) {
                *u *= v;
            }
        }
    }

    fn sweep_panel<const LANES: usize>(
        &self,
        panel: &Panel,
        u: &mut [[T; LANES]],
        z: &mut [[T; LANES]],
    ) {
        let Some(u) = u.first_chunk_mut::<PANEL>() else {
            unreachable!("one row for each column of a panel");
        };
        u.fill([T::zero(); LANES]);
        for (row, numbers, values) in panel.rows() {
            let c: [T; LANES] = self.row(self.c, row);
            for (&number, &value) in numbers.iter().zip(values) {
                add_scaled(&mut u[usize::from(number)], T::from_f32(value), &c);
            }
        }
        for (u, &column) in u.iter_mut().zip(&panel.columns) {
            self.weigh(column, u);
        }
        for (row, numbers, values) in panel.rows() {
            let mut sum = z[row];
            for (&number, &value) in numbers.iter().zip(values) {
                add_scaled(&mut sum, T::from_f32(value), &u[usize::from(number)]);
            }
            z[row] = sum;
        }
    }

    fn sweep_column<const LANES: usize>(
        &self,
        column: Column,
        entries: &[(u32, f32)],
        z: &mut [[T; LANES]],
    ) {
        let mut u = [T::zero(); LANES];
        for &(row, value) in entries {
            let c: [T; LANES] = self.row(self.c, row as usize);
            add_scaled(&mut u, T::from_f32(value), &c);
        }
        self.weigh(column, &mut u);
        for &(row, value) in entries {
            add_scaled(&mut z[row as usize], T::from_f32(value), &u);
        }
    }
}

#[inline]
fn add_scaled<T: Real, const LANES: usize>(sum: &mut [T; LANES], factor: T, row: &[T; LANES]) {
    for (sum, &value) in sum.iter_mut().zip(row) {
        *sum += factor * value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_dense_product() {
        // Many dense columns, so that they fill more than a panel, those from 2,380 on equal to
        // earlier ones with the same variance, and one sparse column, twice.
        let rows = 100;
        let mut matrix = TfidfMatrix::new(rows);
        for column in 0..4000_u32 {
            let step = column % 20 + 1;
            let entries = (0..rows as u32)
                .filter(|row| row % step == column % 7 % step)
                .map(|row| (row, ((row * 31 + column * 13) % 17) as f32 - 8.0));
            matrix.push_column(entries.collect());
        }
        for _ in 0..2 {
            matrix.push_column(vec![(3, 1.0), (98, -2.0)]);
        }
        matrix.push_column(Vec::new());
        let kernel = Kernel::new(&matrix);
        assert!(kernel.parts.iter().any(|part| part.panels.len() > 1));
        assert!(
            kernel
                .parts
                .iter()
                .any(|part| part.sparse.iter().any(|c| (c.number, c.times) == (4000, 2)))
        );
        for stride in [4, 8, 48] {
            let wave = |i: usize| (i * 7919 % 1000) as f64 / 500.0 - 1.0;
            let c: Vec<f64> = (0..rows * stride).map(wave).collect();
            let variances: Vec<f64> = (0..matrix.n_columns() * stride)
                .map(|i| ((i / stride).min(4000) % 5 % 4) as f64 + 0.5)
                .collect();
            let x = matrix.to_dense();
            let shaped = |values: &[f64], n: usize| {
                ndarray::Array2::from_shape_vec((n, stride), values.to_vec()).unwrap()
            };
            let gathered = x.t().dot(&shaped(&c, rows));
            let weighted = x.dot(&(&gathered * &shaped(&variances, matrix.n_columns())));
            let plain = x.dot(&gathered);
            for (variances, expected) in [(None, plain), (Some(variances.as_slice()), weighted)] {
                let z = kernel.product(&c, stride, variances);
                for (found, expected) in z.iter().zip(&expected) {
                    assert!((found - expected).abs() < 1e-6 * expected.abs().max(1.0));
                }
            }
        }
    }
}
