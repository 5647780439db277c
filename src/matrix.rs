//! The sparse matrix of TF-IDF values that models are trained on.

use linfa::dataset::Records;
use rayon::prelude::*;

/// Sparse columns, each a run of (row, value) with ascending rows in one of several buffers.
///
/// Several buffers, because the columns are made in parallel, and to join them would for a moment
/// double the largest thing in memory.
#[derive(Debug, Clone)]
pub(crate) struct Columns<V> {
    buffers: Vec<Vec<(u32, V)>>,
    places: Vec<Place>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    buffer: u32,
    length: u32,
    start: usize,
}

impl<V> Default for Columns<V> {
    fn default() -> Self {
        Self {
            buffers: Vec::new(),
            places: Vec::new(),
        }
    }
}

impl<V: Copy + Send + Sync> Columns<V> {
    /// Adds the columns of a buffer, in which they end one after another at `ends`.
    pub(crate) fn push_buffer(&mut self, entries: Vec<(u32, V)>, ends: &[usize]) {
        let buffer = self.buffers.len() as u32;
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let places = starts.zip(ends).map(|(start, end)| Place {
            buffer,
            length: (end - start) as u32,
            start,
        });
        self.places.extend(places);
        self.buffers.push(entries);
    }

    pub(crate) fn append(&mut self, other: Self) {
        let first = self.buffers.len() as u32;
        self.buffers.extend(other.buffers);
        self.places.extend(other.places.iter().map(|place| Place {
            buffer: place.buffer + first,
            ..*place
        }));
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    #[inline]
    pub(crate) fn get(&self, column: usize) -> &[(u32, V)] {
        let place = self.places[column];
        &self.buffers[place.buffer as usize][place.start..place.start + place.length as usize]
    }

    /// Leaves the columns of some numbers, in their order. The others keep their memory.
    pub(crate) fn select(&mut self, columns: &[usize]) {
        self.places = columns.iter().map(|&column| self.places[column]).collect();
    }

    /// The same columns with other values, in the same memory where the sizes allow it.
    pub(crate) fn map<W: Copy + Send + Sync>(self, value: impl Fn(V) -> W + Sync) -> Columns<W> {
        let buffers = self
            .buffers
            .into_par_iter()
            .map(|entries| {
                entries
                    .into_iter()
                    .map(|(row, v)| (row, value(v)))
                    .collect()
            })
            .collect();
        Columns {
            buffers,
            places: self.places,
        }
    }
}

impl Columns<f32> {
    /// Multiplies every value by a factor of its column.
    pub(crate) fn scale_columns(&mut self, factors: &[f32]) {
        for (place, &factor) in self.places.iter().zip(factors) {
            let range = place.start..place.start + place.length as usize;
            for (_, value) in &mut self.buffers[place.buffer as usize][range] {
                *value *= factor;
            }
        }
    }

    /// Multiplies every value by a factor of its row.
    pub(crate) fn scale_rows(&mut self, factors: &[f32]) {
        self.buffers.par_iter_mut().for_each(|entries| {
            for (row, value) in entries {
                *value *= factors[*row as usize];
            }
        });
    }
}

/// TF-IDF values of n documents and m features, compressed by columns.
///
/// By columns, because both the counting of document frequencies and the solver's product with
/// the kernel matrix (see [`crate::model`]) walk over the features. Rows within a column ascend.
/// It is linfa's [`Records`], so that it can be part of a [`linfa::DatasetBase`].
#[derive(Debug, Clone)]
pub struct TfidfMatrix {
    n_rows: usize,
    columns: Columns<f32>,
}

impl TfidfMatrix {
    /// An empty matrix of `n_rows` documents to which columns are added.
    ///
    /// # Panics
    /// With more than `u32::MAX` rows.
    pub fn new(n_rows: usize) -> Self {
        assert!(u32::try_from(n_rows).is_ok(), "at most u32::MAX rows");
        Self {
            n_rows,
            columns: Columns::default(),
        }
    }

    /// Adds a column of (row, value) with ascending rows.
    ///
    /// # Panics
    /// When a row is out of range or the rows do not ascend.
    pub fn push_column(&mut self, entries: Vec<(u32, f32)>) {
        assert!(
            entries.is_sorted_by(|a, b| a.0 < b.0)
                && entries
                    .last()
                    .is_none_or(|&(row, _)| (row as usize) < self.n_rows),
            "rows of a column ascend and are below {}",
            self.n_rows
        );
        let end = entries.len();
        self.columns.push_buffer(entries, &[end]);
    }

    /// Adds columns whose rows ascend and are below the number of rows.
    pub(crate) fn append(&mut self, columns: Columns<f32>) {
        self.columns.append(columns);
    }

    /// Number of documents.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Number of features.
    pub fn n_columns(&self) -> usize {
        self.columns.len()
    }

    /// Number of stored values.
    pub fn n_entries(&self) -> usize {
        (0..self.n_columns()).map(|c| self.column(c).len()).sum()
    }

    /// Rows and values of a column, rows ascending.
    ///
    /// # Panics
    /// When there is no such column.
    #[inline]
    pub fn column(&self, column: usize) -> &[(u32, f32)] {
        self.columns.get(column)
    }

    /// The values as a dense array of `n_rows` by `n_columns`.
    pub(crate) fn to_dense(&self) -> ndarray::Array2<f64> {
        let mut dense = ndarray::Array2::zeros((self.n_rows, self.n_columns()));
        for column in 0..self.n_columns() {
            for &(row, value) in self.column(column) {
                dense[[row as usize, column]] = f64::from(value);
            }
        }
        dense
    }
}

impl Records for TfidfMatrix {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.n_rows
    }

    fn nfeatures(&self) -> usize {
        self.n_columns()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_come_back() {
        let mut matrix = TfidfMatrix::new(3);
        matrix.push_column(vec![(0, 1.0), (2, 2.0)]);
        matrix.push_column(Vec::new());
        assert_eq!(matrix.column(0), [(0, 1.0), (2, 2.0)]);
        assert_eq!(
            (matrix.nsamples(), matrix.nfeatures(), matrix.n_entries()),
            (3, 2, 2)
        );
        assert_eq!(matrix.to_dense()[[2, 0]], 2.0);
    }

    #[test]
    #[should_panic(expected = "ascend")]
    fn rows_must_ascend() {
        TfidfMatrix::new(3).push_column(vec![(2, 1.0), (1, 1.0)]);
    }
}
