//! Numbers of words by their spelling.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// Most words are short enough to be kept, hashed and compared as one number; the others are
/// strings elsewhere in memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Memo {
    short: HashMap<u128, u32, RandomState>,
    long: HashMap<Box<str>, u32, RandomState>,
}

/// The bytes of a word of at most 15 and their number. Put together from two reads that may
/// overlap: bytes copied one by one would have to be waited for.
#[inline]
fn short(word: &str) -> Option<u128> {
    let bytes = word.as_bytes();
    let length = bytes.len();
    let (first, rest) = match length {
        0..4 => (
            bytes
                .iter()
                .rev()
                .fold(0, |key, &b| key << 8 | u64::from(b)),
            0,
        ),
        4..8 => {
            let first = u32::from_le_bytes(*bytes.first_chunk()?);
            let last = u32::from_le_bytes(*bytes.last_chunk()?);
            let rest = u64::from(last) >> (8 * (8 - length));
            (u64::from(first) | rest << 32, 0)
        }
        8..16 => {
            let first = u64::from_le_bytes(*bytes.first_chunk()?);
            let last = u128::from(u64::from_le_bytes(*bytes.last_chunk()?));
            (first, (last >> (8 * (16 - length))) as u64)
        }
        _ => return None,
    };
    let rest = rest | (length as u64) << 56;
    Some(u128::from(first) | u128::from(rest) << 64)
}

impl Memo {
    #[inline]
    pub(super) fn get(&self, word: &str) -> Option<u32> {
        match short(word) {
            Some(key) => self.short.get(&key).copied(),
            None => self.long.get(word).copied(),
        }
    }

    pub(super) fn insert(&mut self, word: &str, number: u32) {
        match short(word) {
            Some(key) => self.short.insert(key, number),
            None => self.long.insert(word.into(), number),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_word_keeps_its_number(words in prop::collection::btree_set("[a-z\\x00ä]{0,20}", 0..50)) {
            let mut memo = Memo::default();
            for (number, word) in (0..).zip(&words) {
                prop_assert_eq!(memo.get(word), None);
                memo.insert(word, number);
            }
            for (number, word) in (0..).zip(&words) {
                prop_assert_eq!(memo.get(word), Some(number));
            }
        }
    }
}
