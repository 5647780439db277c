//! The sparse matrix of TF-IDF values that models are trained on.

use linfa::dataset::Records;

/// TF-IDF values of n documents and m features, compressed by columns.
///
/// By columns, because both the counting of document frequencies and the solver's product with
/// the kernel matrix (see [`crate::model`]) walk over the features. Rows within a column ascend.
/// It is linfa's [`Records`], so that it can be part of a [`linfa::DatasetBase`].
#[derive(Debug, Clone, PartialEq)]
pub struct TfidfMatrix {
    n_rows: usize,
    columns: Vec<Vec<(u32, f32)>>,
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
            columns: Vec::new(),
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
        self.columns.push(entries);
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
        self.columns.iter().map(Vec::len).sum()
    }

    /// Rows and values of a column, rows ascending.
    ///
    /// # Panics
    /// When there is no such column.
    #[inline]
    pub fn column(&self, column: usize) -> &[(u32, f32)] {
        &self.columns[column]
    }

    /// Multiplies every value of the columns from `first_column` on by a factor of its row.
    pub(crate) fn scale_rows(&mut self, first_column: usize, factors: &[f32]) {
        for (row, value) in self.columns[first_column..].iter_mut().flatten() {
            *value *= factors[*row as usize];
        }
    }

    /// The values as a dense array of `n_rows` by `n_columns`.
    pub(crate) fn to_dense(&self) -> ndarray::Array2<f64> {
        let mut dense = ndarray::Array2::zeros((self.n_rows, self.n_columns()));
        for (column, entries) in self.columns.iter().enumerate() {
            for &(row, value) in entries {
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
