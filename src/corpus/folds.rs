//! Cross-validation folds: stratified by label combination, groups kept whole.

use std::collections::BTreeMap;

use crate::random::mix;

/// Which fold each article is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    /// The fold of each article, below `n_folds`.
    pub of: Vec<usize>,
    /// Number of folds.
    pub n_folds: usize,
}

/// Deals articles to folds so that every combination of labels is spread evenly and articles of
/// one group share a fold.
///
/// Groups are dealt one after another, the largest first, each to the fold that then has the
/// fewest articles of the group's most common combination, then the fewest articles in all (the
/// idea of scikit-learn's `StratifiedGroupKFold`, made greedy over combinations). Groups of one
/// size are dealt in an order shuffled by `seed`.
///
/// # Panics
/// When the two slices differ in length.
pub fn assign_folds(labels: &[Vec<usize>], groups: &[usize], n_folds: usize, seed: u64) -> Folds {
    assert_eq!(labels.len(), groups.len(), "one group for each article");
    let n_folds = n_folds.max(1);
    let mut combinations: BTreeMap<&[usize], usize> = BTreeMap::new();
    for set in labels {
        let next = combinations.len();
        combinations.entry(set).or_insert(next);
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, &group) in groups.iter().enumerate() {
        members.entry(group).or_default().push(index);
    }
    let mut dealt: Vec<(&usize, &Vec<usize>)> = members.iter().collect();
    dealt.sort_by_key(|(group, members)| {
        (
            std::cmp::Reverse(members.len()),
            shuffled(**group as u64, seed),
        )
    });
    let mut of = vec![0; labels.len()];
    let mut sizes = vec![0; n_folds];
    let mut counts = vec![vec![0; n_folds]; combinations.len()];
    for (_, members) in dealt {
        let mut own: BTreeMap<usize, usize> = BTreeMap::new();
        for &member in members {
            *own.entry(combinations[labels[member].as_slice()])
                .or_default() += 1;
        }
        let main = own
            .iter()
            .max_by_key(|&(&combination, &count)| (count, std::cmp::Reverse(combination)))
            .map_or(0, |(&combination, _)| combination);
        let fold = (0..n_folds)
            .min_by_key(|&fold| (counts[main][fold], sizes[fold], fold))
            .unwrap_or(0);
        for &member in members {
            of[member] = fold;
        }
        for (combination, count) in own {
            counts[combination][fold] += count;
        }
        sizes[fold] += members.len();
    }
    Folds { of, n_folds }
}

/// A number that orders `value`s as if shuffled.
fn shuffled(value: u64, seed: u64) -> u64 {
    mix(value ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_is_spread_and_groups_stay_whole() {
        let labels: Vec<Vec<usize>> = (0..100)
            .map(|i| if i % 4 == 0 { vec![0] } else { vec![] })
            .collect();
        let groups: Vec<usize> = (0..100).map(|i| if i < 6 { 0 } else { i }).collect();
        let folds = assign_folds(&labels, &groups, 5, 7);
        assert!(folds.of[..6].iter().all(|&fold| fold == folds.of[0]));
        for fold in 0..5 {
            let positives = (0..100)
                .filter(|&i| folds.of[i] == fold && !labels[i].is_empty())
                .count();
            assert!((4..=6).contains(&positives), "fold {fold}: {positives}");
        }
        assert_ne!(folds, assign_folds(&labels, &groups, 5, 8));
        assert_eq!(folds, assign_folds(&labels, &groups, 5, 7));
    }
}
