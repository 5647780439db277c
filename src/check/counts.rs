//! How many articles, labels, and labels together.

use std::collections::BTreeMap;

use serde::Serialize;

use super::finding::file_name;
use crate::corpus::Dataset;

/// One file in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileCounts {
    /// The file as it was named.
    pub file: String,
    /// Its articles.
    pub articles: usize,
    /// Those of them without a label.
    pub unlabelled: usize,
    /// Articles of each language that its records claim, sorted by name.
    pub languages: BTreeMap<String, usize>,
}

/// One label in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabelCounts {
    /// The label.
    pub label: String,
    /// Articles that carry it, in each file.
    pub by_file: Vec<usize>,
    /// Articles that carry it, in all.
    pub articles: usize,
    /// Articles that carry it and no other.
    pub alone: usize,
}

/// Two labels on the same articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoOccurrence {
    /// The two labels, the more frequent first.
    pub labels: [String; 2],
    /// Articles that carry both.
    pub articles: usize,
}

pub(super) struct Counts {
    pub(super) files: Vec<FileCounts>,
    pub(super) labels: Vec<LabelCounts>,
    pub(super) co_occurrence: Vec<CoOccurrence>,
}

impl Counts {
    pub(super) fn new(data: &Dataset) -> Self {
        let mut files: Vec<FileCounts> = Vec::new();
        let mut labels: BTreeMap<&str, LabelCounts> = BTreeMap::new();
        let mut pairs: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (row, set) in data.labels.iter().enumerate() {
            let file = count_file(&mut files, data, row);
            for (place, label) in set.iter().enumerate() {
                let counts = labels.entry(label).or_insert_with(|| LabelCounts {
                    label: label.clone(),
                    by_file: Vec::new(),
                    articles: 0,
                    alone: 0,
                });
                counts
                    .by_file
                    .resize(files.len().max(counts.by_file.len()), 0);
                counts.by_file[file] += 1;
                counts.articles += 1;
                counts.alone += usize::from(set.len() == 1);
                for other in &set[place + 1..] {
                    *pairs.entry((label, other)).or_default() += 1;
                }
            }
        }
        let mut co_occurrence: Vec<CoOccurrence> = pairs
            .into_iter()
            .map(|((a, b), articles)| {
                let rarer_first = labels[a].articles < labels[b].articles;
                let (a, b) = if rarer_first { (b, a) } else { (a, b) };
                CoOccurrence {
                    labels: [a.to_owned(), b.to_owned()],
                    articles,
                }
            })
            .collect();
        co_occurrence.sort_by_key(|pair| std::cmp::Reverse(pair.articles));
        let mut labels: Vec<LabelCounts> = labels.into_values().collect();
        labels
            .iter_mut()
            .for_each(|counts| counts.by_file.resize(files.len(), 0));
        labels.sort_by_key(|counts| std::cmp::Reverse(counts.articles));
        Self {
            files,
            labels,
            co_occurrence,
        }
    }
}

/// Counts an article to its file; gives the file's number.
fn count_file(files: &mut Vec<FileCounts>, data: &Dataset, row: usize) -> usize {
    // Records come file by file.
    let name = file_name(data, row);
    if files.last().is_none_or(|last| last.file != name) {
        files.push(FileCounts {
            file: name,
            articles: 0,
            unlabelled: 0,
            languages: BTreeMap::new(),
        });
    }
    let number = files.len() - 1;
    let file = &mut files[number];
    file.articles += 1;
    file.unlabelled += usize::from(data.labels[row].is_empty());
    if let Some(lang) = data.langs[row].as_deref().map(str::trim)
        && !lang.is_empty()
    {
        *file.languages.entry(lang.to_owned()).or_default() += 1;
    }
    number
}
