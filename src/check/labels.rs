//! Labels with few examples, and labels that look like others misspelt.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::counts::LabelCounts;
use super::finding::{Finding, Problem};
use crate::corpus::Dataset;

/// A label with few examples is rare beside one that has this many times as many.
const RARE: usize = 5;
/// A label with enough examples to be meant is rare beside one that has this many times as many.
const VERY_RARE: usize = 100;
/// Places given of a label.
const EXAMPLES: usize = 5;

/// Labels with fewer examples than `at_least`, the rarest first.
pub(super) fn few_examples(
    data: &Dataset,
    labels: &[LabelCounts],
    at_least: usize,
) -> Vec<Finding> {
    let places = places(data);
    labels
        .iter()
        .rev()
        .filter(|counts| counts.articles < at_least)
        .map(|counts| {
            let problem = Problem::FewExamples {
                label: counts.label.clone(),
                examples: counts.articles,
                at_least,
            };
            Finding::new(problem, data, &places[counts.label.as_str()])
        })
        .collect()
}

/// Rarer labels that look like more frequent ones, given the most frequent first. Labels of
/// `at_least` examples are rarely misspelt (`heat` beside `wheat`), and nobody gives an article
/// the same label in two spellings.
pub(super) fn spellings(
    data: &Dataset,
    labels: &[LabelCounts],
    at_least: usize,
    together: &BTreeSet<[&str; 2]>,
) -> Vec<Finding> {
    let places = places(data);
    let plain: Vec<Vec<char>> = labels.iter().map(|l| plain(&l.label)).collect();
    (1..labels.len())
        .into_par_iter()
        .filter_map(|rarer| {
            let like = (0..rarer)
                .filter(|&other| {
                    let (few, many) = (&labels[rarer], &labels[other]);
                    let times = if few.articles < at_least {
                        RARE
                    } else {
                        VERY_RARE
                    };
                    let rare = few.articles * times <= many.articles
                        && !together.contains(&[many.label.as_str(), few.label.as_str()]);
                    look_alike(&plain[rarer], &plain[other], rare)
                })
                .min_by_key(|&other| distance(&plain[rarer], &plain[other]))?;
            let problem = Problem::LabelSpelling {
                label: labels[rarer].label.clone(),
                examples: labels[rarer].articles,
                like: labels[like].label.clone(),
                like_examples: labels[like].articles,
            };
            let rows = &places[labels[rarer].label.as_str()];
            Some(Finding::new(problem, data, rows))
        })
        .collect()
}

/// The first rows of each label.
fn places(data: &Dataset) -> BTreeMap<&str, Vec<usize>> {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, label) in data
        .labels
        .iter()
        .enumerate()
        .flat_map(|(row, set)| set.iter().map(move |label| (row, label)))
    {
        let rows = places.entry(label).or_default();
        if rows.len() < EXAMPLES {
            rows.push(row);
        }
    }
    places
}

/// A label without what spellings differ in on purpose: case, spaces, hyphens, underscores.
fn plain(label: &str) -> Vec<char> {
    label
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether two labels are spelt alike: the same letters, or, where one of them is rare beside the
/// other, a letter or two (of long ones) apart.
fn look_alike(a: &[char], b: &[char], rare: bool) -> bool {
    if a == b {
        return !a.is_empty();
    }
    let shorter = a.len().min(b.len());
    let allowed = match shorter {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    // Numbers tell labels apart (`topic 1`, `topic 2`).
    let digits = |label: &[char]| -> Vec<char> {
        label.iter().copied().filter(|c| c.is_numeric()).collect()
    };
    rare && a.len().abs_diff(b.len()) <= allowed
        && allowed > 0
        && digits(a) == digits(b)
        && distance(a, b) <= allowed
}

/// Insertions, deletions, replacements and swaps of neighbours between two words.
fn distance(a: &[char], b: &[char]) -> usize {
    strsim::generic_damerau_levenshtein(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_labels_look_alike() {
        let alike = |a: &str, b: &str, rare| look_alike(&plain(a), &plain(b), rare);
        assert!(alike("Export Controls", "export_controls", false));
        assert!(alike("tarifs", "tariffs", true));
        assert!(alike("defnese", "defense", true));
        assert!(alike("critcal_mineral", "critical_minerals", true));
        // Two common labels may be a letter apart, short ones and numbered ones always are.
        assert!(!alike("tarifs", "tariffs", false));
        assert!(!alike("gas", "gnp", true));
        assert!(!alike("topic 11", "topic 12", true));
        assert!(!alike("C++", "C#", true));
        assert!(!alike("--", "_", true));
    }
}
