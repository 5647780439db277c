//! Articles that cross-validation must not tell apart.

use std::collections::{BTreeMap, BTreeSet};

use super::{Dataset, near_duplicate_groups};

/// The group of each article: near-duplicates together, and articles of one declared group (see
/// [`Columns::group`](super::readers::Columns::group)).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groups {
    /// The group of each article: the number of its first member.
    pub of: Vec<usize>,
    /// Number of groups of two or more near-duplicates, declared groups aside.
    pub near_duplicate_groups: usize,
    /// Number of articles in those.
    pub near_duplicate_rows: usize,
    /// Number of different declared groups.
    pub declared: usize,
}

impl Groups {
    /// The groups of articles.
    pub fn of(data: &Dataset) -> Self {
        let mut of = near_duplicate_groups(&data.documents);
        let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
        of.iter()
            .for_each(|&group| *sizes.entry(group).or_default() += 1);
        let several = || sizes.values().copied().filter(|&size| size > 1);
        let mut first_of: BTreeMap<&str, usize> = BTreeMap::new();
        for (row, name) in data.groups.iter().enumerate() {
            let Some(name) = name else { continue };
            let first = *first_of.entry(name).or_insert(row);
            let (a, b) = (of[first], of[row]);
            if a != b {
                of.iter_mut()
                    .filter(|g| **g == a.max(b))
                    .for_each(|g| *g = a.min(b));
            }
        }
        Self {
            near_duplicate_groups: several().count(),
            near_duplicate_rows: several().sum(),
            declared: first_of.len(),
            of,
        }
    }

    /// Number of groups; an article alone is one.
    pub fn count(&self) -> usize {
        self.of.iter().collect::<BTreeSet<_>>().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Document;

    #[test]
    fn declared_groups_join_near_duplicates() {
        let mut data = Dataset::default();
        for (text, group) in [
            ("one text of some words that is here twice", None),
            ("another text that speaks of other things", Some("wire")),
            ("one text of some words that is here twice", Some("wire")),
            ("a third one", None),
        ] {
            data.push(Document::new("", "", text), Vec::new());
            *data.groups.last_mut().unwrap() = group.map(str::to_owned);
        }
        let groups = Groups::of(&data);
        assert_eq!(groups.of, [0, 0, 0, 3]);
        assert_eq!(groups.count(), 2);
        assert_eq!(
            (groups.near_duplicate_groups, groups.near_duplicate_rows),
            (1, 2)
        );
        assert_eq!(groups.declared, 1);
    }
}
