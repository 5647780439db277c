//! The features of one document, in order without sorting.

/// A set of numbers below a bound, as bits: one for each number, and one for each word of those
/// that has some. Numbers come back in ascending order, at a cost that follows how many there are.
#[derive(Debug, Clone)]
pub(super) struct FeatureSet {
    members: Vec<u64>,
    occupied: Vec<u64>,
}

impl FeatureSet {
    pub(super) fn new(bound: usize) -> Self {
        let words = bound.div_ceil(64);
        Self {
            members: vec![0; words],
            occupied: vec![0; words.div_ceil(64)],
        }
    }

    /// # Panics
    /// When `number` is not below the bound.
    #[inline]
    pub(super) fn insert(&mut self, number: u32) {
        let word = number as usize / 64;
        self.members[word] |= 1 << (number % 64);
        self.occupied[word / 64] |= 1 << (word % 64);
    }

    /// Takes all numbers out and appends them in ascending order.
    pub(super) fn drain_into(&mut self, numbers: &mut Vec<u32>) {
        for (group, occupied) in self.occupied.iter_mut().enumerate() {
            let mut words = std::mem::take(occupied);
            while words != 0 {
                let word = group * 64 + words.trailing_zeros() as usize;
                words &= words - 1;
                let mut members = std::mem::take(&mut self.members[word]);
                while members != 0 {
                    numbers.push((word * 64) as u32 + members.trailing_zeros());
                    members &= members - 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back_sorted_and_once(mut numbers in prop::collection::vec(0_u32..9000, 0..300)) {
            let mut set = FeatureSet::new(9000);
            numbers.iter().for_each(|&number| set.insert(number));
            numbers.sort_unstable();
            numbers.dedup();
            let mut drained = Vec::new();
            set.drain_into(&mut drained);
            prop_assert_eq!(&drained, &numbers);
            set.drain_into(&mut drained);
            prop_assert_eq!(drained, numbers);
        }
    }
}
