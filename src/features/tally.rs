//! How often a document has each feature of a block.

use super::feature_set::FeatureSet;

/// Counts by id, and which ids have one.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    /// By id; 0 outside documents.
    counts: Vec<u32>,
    /// The ids that were met, in that order, and behind them room for one more.
    met: Vec<u32>,
    n_met: usize,
    sorter: FeatureSet,
}

impl Tally {
    pub(super) fn new(n_features: usize) -> Self {
        Self {
            counts: vec![0; n_features],
            met: vec![0; n_features + 1],
            n_met: 0,
            sorter: FeatureSet::new(n_features),
        }
    }

    #[inline]
    pub(super) fn add(&mut self, id: u32, weight: u32) {
        let count = &mut self.counts[id as usize];
        // Whether it was met before is as good as random: a branch costs more than writing what
        // the next one overwrites.
        self.met[self.n_met] = id;
        self.n_met += usize::from(*count == 0);
        *count = count.saturating_add(weight);
    }

    /// Puts the ids in ascending order.
    pub(super) fn sort(&mut self) {
        let met = &mut self.met[..self.n_met];
        met.iter().for_each(|&id| self.sorter.insert(id));
        let mut sorted = Vec::with_capacity(met.len());
        self.sorter.drain_into(&mut sorted);
        met.copy_from_slice(&sorted);
    }

    /// Takes all counts out.
    pub(super) fn take(&mut self) -> Counted<'_> {
        let n_met = std::mem::take(&mut self.n_met);
        Counted {
            ids: self.met[..n_met].iter(),
            counts: &mut self.counts,
        }
    }
}

/// Ids and their counts, which are 0 once they were given.
#[derive(Debug)]
pub(super) struct Counted<'t> {
    ids: std::slice::Iter<'t, u32>,
    counts: &'t mut [u32],
}

impl<'t> Counted<'t> {
    /// The ids to come.
    pub(super) fn ids(&self) -> &'t [u32] {
        self.ids.as_slice()
    }
}

impl Iterator for Counted<'_> {
    type Item = (u32, u32);

    #[inline]
    fn next(&mut self) -> Option<(u32, u32)> {
        let id = *self.ids.next()?;
        Some((id, std::mem::take(&mut self.counts[id as usize])))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.ids.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_taken_once_and_in_the_order_asked_for() {
        let mut tally = Tally::new(100);
        for round in 0..2 {
            for (id, weight) in [(70, 1), (3, 2), (70, 4), (99, 1)] {
                tally.add(id, weight);
            }
            let expected = match round {
                0 => [(70, 5), (3, 2), (99, 1)],
                _ => {
                    tally.sort();
                    [(3, 2), (70, 5), (99, 1)]
                }
            };
            assert!(tally.take().eq(expected));
            assert_eq!(tally.take().next(), None);
        }
    }
}
