//! What the articles of a training set are labelled with.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

/// How labels relate to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// An article has any number of labels, also none: one independent model a label.
    MultiLabel,
    /// An article has exactly one label: one softmax model.
    MultiClass,
}

/// The labels of n articles as numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// n by L: whether the article carries the label.
    MultiLabel(Array2<bool>),
    /// The class of each article, and how many classes there are.
    MultiClass(Vec<usize>, usize),
}

impl Targets {
    /// How the labels relate.
    pub fn task(&self) -> Task {
        match self {
            Self::MultiLabel(_) => Task::MultiLabel,
            Self::MultiClass(..) => Task::MultiClass,
        }
    }

    /// Number of articles.
    pub fn n_rows(&self) -> usize {
        match self {
            Self::MultiLabel(carries) => carries.nrows(),
            Self::MultiClass(classes, _) => classes.len(),
        }
    }

    /// Number of labels or classes.
    pub fn n_labels(&self) -> usize {
        match self {
            Self::MultiLabel(carries) => carries.ncols(),
            Self::MultiClass(_, n_classes) => *n_classes,
        }
    }

    /// Whether an article carries a label.
    ///
    /// # Panics
    /// When the article or the label is out of range.
    #[inline]
    pub fn carries(&self, row: usize, label: usize) -> bool {
        match self {
            Self::MultiLabel(carries) => carries[[row, label]],
            Self::MultiClass(classes, _) => classes[row] == label,
        }
    }

    /// How many of the articles chosen by `among` carry the label.
    pub(crate) fn count(&self, label: usize, among: impl Fn(usize) -> bool) -> usize {
        (0..self.n_rows())
            .filter(|&row| among(row) && self.carries(row, label))
            .count()
    }

    /// The labels of all articles.
    pub(crate) fn all_labels(&self) -> Vec<Vec<usize>> {
        (0..self.n_rows()).map(|row| self.labels_of(row)).collect()
    }

    /// The labels of some of the articles.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        match self {
            Self::MultiLabel(carries) => Self::MultiLabel(carries.select(Axis(0), rows)),
            Self::MultiClass(classes, n_classes) => {
                Self::MultiClass(rows.iter().map(|&row| classes[row]).collect(), *n_classes)
            }
        }
    }

    /// The labels of one article.
    pub fn labels_of(&self, row: usize) -> Vec<usize> {
        (0..self.n_labels())
            .filter(|&l| self.carries(row, l))
            .collect()
    }
}
