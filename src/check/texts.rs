//! Articles without enough words.

use rayon::prelude::*;

use super::finding::{Finding, Problem};
use crate::corpus::Dataset;
use crate::text::tokens;

/// The number of words of each article, title included.
pub(super) fn word_counts(data: &Dataset) -> Vec<usize> {
    data.documents
        .par_iter()
        .map(|document| tokens(document.title()).count() + tokens(&document.text).count())
        .collect()
}

/// Articles without words, then those with fewer than `at_least`.
pub(super) fn find(data: &Dataset, words: &[usize], at_least: usize) -> Vec<Finding> {
    let rows = |short: bool| {
        words
            .iter()
            .enumerate()
            .filter(move |&(_, &words)| words < at_least.max(1) && (words > 0) == short)
    };
    let empty = rows(false).map(|(row, _)| Finding::new(Problem::EmptyText, data, &[row]));
    let short = rows(true)
        .map(|(row, &words)| Finding::new(Problem::ShortText { words, at_least }, data, &[row]));
    empty.chain(short).collect()
}
