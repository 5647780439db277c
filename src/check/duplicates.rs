//! Articles that are there more than once: within a file, across files, with other labels.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::finding::{Finding, Problem, file_name};
use crate::corpus::{Dataset, Shingles};

/// Texts of at least this similarity should carry the same labels. Less alike ones may be an
/// early and a late version of a report.
const SAME_TEXT: f64 = 0.8;

/// How much of the data is there more than once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Duplicates {
    /// Groups of near-duplicates.
    pub groups: usize,
    /// Articles in them beyond the first of each.
    pub surplus: usize,
    /// Articles of one file that are near-duplicates of articles of another.
    pub overlaps: Vec<Overlap>,
}

/// Articles of one file that are in another one too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overlap {
    /// The file whose articles are counted.
    pub file: String,
    /// The other file.
    pub other: String,
    /// Articles of `file` with a near-duplicate in `other`.
    pub articles: usize,
}

/// Groups of duplicates and what follows from them.
pub(super) struct Finder<'a> {
    data: &'a Dataset,
    shingles: &'a Shingles,
    words: &'a [usize],
    /// Rows of each group of several articles, in the order of the data.
    groups: Vec<Vec<usize>>,
    /// The number of each row's file.
    file_of: Vec<usize>,
    files: Vec<String>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(
        data: &'a Dataset,
        shingles: &'a Shingles,
        groups: &[usize],
        words: &'a [usize],
    ) -> Self {
        let mut files: Vec<String> = Vec::new();
        let file_of = (0..data.len())
            .map(|row| {
                let name = file_name(data, row);
                if files.last() != Some(&name) {
                    files.push(name);
                }
                files.len() - 1
            })
            .collect();
        Self {
            data,
            shingles,
            words,
            groups: members(groups, words),
            file_of,
            files,
        }
    }

    pub(super) fn summary(&self) -> Duplicates {
        let mut overlaps: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for rows in &self.groups {
            let files = self.files_of(rows);
            for &row in rows {
                let own = self.file_of[row];
                for &other in files.iter().filter(|&&other| other != own) {
                    *overlaps.entry((own, other)).or_default() += 1;
                }
            }
        }
        Duplicates {
            groups: self.groups.len(),
            surplus: self.groups.iter().map(|rows| rows.len() - 1).sum(),
            overlaps: overlaps
                .into_iter()
                .map(|((file, other), articles)| Overlap {
                    file: self.files[file].clone(),
                    other: self.files[other].clone(),
                    articles,
                })
                .collect(),
        }
    }

    /// Near-duplicates in different files.
    pub(super) fn leakage(&self) -> impl Iterator<Item = Finding> {
        self.groups
            .iter()
            .filter(|rows| self.files_of(rows).len() > 1)
            .map(|rows| {
                let similarity = self.similarity(rows);
                Finding::new(Problem::Leakage { similarity }, self.data, rows)
            })
    }

    /// Near-duplicates that are all in one file.
    pub(super) fn within_files(&self) -> impl Iterator<Item = Finding> {
        self.groups
            .iter()
            .filter(|rows| self.files_of(rows).len() == 1)
            .map(|rows| {
                let similarity = self.similarity(rows);
                Finding::new(Problem::NearDuplicates { similarity }, self.data, rows)
            })
    }

    /// The same texts with different labels.
    pub(super) fn label_conflicts(&self) -> Vec<Finding> {
        members(&self.shingles.groups(SAME_TEXT), self.words)
            .iter()
            .filter(|rows| {
                let sets: BTreeSet<&[String]> = rows
                    .iter()
                    .map(|&row| self.data.labels[row].as_slice())
                    .collect();
                sets.len() > 1
            })
            .map(|rows| {
                let similarity = self.similarity(rows);
                Finding::new(Problem::LabelConflict { similarity }, self.data, rows)
            })
            .collect()
    }

    fn files_of(&self, rows: &[usize]) -> BTreeSet<usize> {
        rows.iter().map(|&row| self.file_of[row]).collect()
    }

    /// The least similarity of a row to the first.
    fn similarity(&self, rows: &[usize]) -> f64 {
        rows[1..]
            .iter()
            .map(|&row| self.shingles.similarity(rows[0], row))
            .fold(1.0, f64::min)
    }
}

/// The rows of each group of several articles; texts without words are all alike, which says
/// nothing.
fn members(groups: &[usize], words: &[usize]) -> Vec<Vec<usize>> {
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (row, &group) in groups.iter().enumerate() {
        if words[row] > 0 {
            members.entry(group).or_default().push(row);
        }
    }
    members
        .into_values()
        .filter(|rows| rows.len() > 1)
        .collect()
}
