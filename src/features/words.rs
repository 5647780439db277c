//! The features that a word has by itself, remembered from document to document.

use super::memo::Memo;
use super::tfidf::{Family, TfidfVectorizer};
use super::vocabulary::{TermHash, TermHasher, Vocabulary};
use crate::text::{NgramRange, fold_into};

/// What is remembered is forgotten when it is more than this many words, or this many bytes of
/// their letters and features: it bounds the memory of a long run.
const MOST_WORDS: usize = 1 << 17;
const MOST_BYTES: usize = 1 << 25;

/// A word, its entries in the tables of letters and features. Half a cache line.
#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: TermHash,
    folded: Slice,
    grams: Slice,
    /// `NONE` without one.
    unigram: u32,
    /// How often the document at hand has the word, while its words are counted.
    count: u32,
}

const NONE: u32 = u32::MAX;

/// A part of a table that is shorter than 2^32.
#[derive(Debug, Clone, Copy)]
struct Slice {
    start: u32,
    length: u32,
}

impl Slice {
    fn of<'t, T>(self, table: &'t [T]) -> &'t [T] {
        &table[self.start as usize..self.start as usize + self.length as usize]
    }
}

/// Words by number: spelling, 1-gram, and known character n-grams, one entry for each time one
/// occurs in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    memo: Memo,
    entries: Vec<Entry>,
    folded: String,
    grams: Vec<u32>,
}

impl Words {
    /// Forgets all words when there are too many. Numbers given before are void then.
    pub(super) fn tidy(&mut self) {
        let bytes = self.folded.len() + size_of_val(self.grams.as_slice());
        if self.entries.len() > MOST_WORDS || bytes > MOST_BYTES {
            *self = Self::default();
        }
    }

    /// The number of a word as it is written.
    #[inline]
    pub(super) fn number(&mut self, word: &str, vectorizer: &TfidfVectorizer) -> u32 {
        match self.memo.get(word) {
            Some(number) => number,
            None => self.remember(word, vectorizer),
        }
    }

    fn remember(&mut self, word: &str, vectorizer: &TfidfVectorizer) -> u32 {
        let number = self.entries.len() as u32;
        let start = self.folded.len();
        fold_into(word, &mut self.folded);
        let folded = &self.folded[start..];
        let first_gram = self.grams.len();
        let mut unigram = NONE;
        let params = vectorizer.params();
        for block in vectorizer.blocks() {
            let vocabulary = block.vocabulary();
            let offset = block.offset();
            match block.family() {
                Family::Word => {
                    if params.word_ngrams.is_some_and(|r| r.min() == 1) {
                        unigram = vocabulary
                            .id(folded)
                            .map_or(NONE, |id| (offset + id) as u32);
                    }
                }
                Family::Char => {
                    if let Some(range) = params.char_ngrams {
                        known_ngrams(folded, range, vocabulary, |id| {
                            self.grams.push((offset + id) as u32);
                        });
                    }
                }
            }
        }
        self.entries.push(Entry {
            hash: TermHash::new(folded),
            folded: Slice {
                start: start as u32,
                length: folded.len() as u32,
            },
            grams: Slice {
                start: first_gram as u32,
                length: (self.grams.len() - first_gram) as u32,
            },
            unigram,
            count: 0,
        });
        self.memo.insert(word, number);
        number
    }

    /// The hash of the folded word.
    #[inline]
    pub(super) fn hash(&self, number: u32) -> TermHash {
        self.entries[number as usize].hash
    }

    /// The word in the form that all its spellings share.
    pub(super) fn folded(&self, number: u32) -> &str {
        let Slice { start, length } = self.entries[number as usize].folded;
        &self.folded[start as usize..start as usize + length as usize]
    }

    /// The word's 1-gram, if it is a feature.
    #[inline]
    pub(super) fn unigram(&self, number: u32) -> Option<u32> {
        let unigram = self.entries[number as usize].unigram;
        (unigram != NONE).then_some(unigram)
    }

    /// The character n-grams of the word that are features.
    #[inline]
    pub(super) fn grams(&self, number: u32) -> &[u32] {
        self.entries[number as usize].grams.of(&self.grams)
    }

    /// Counts a word of the document at hand.
    #[inline]
    pub(super) fn count(&mut self, number: u32, weight: u32) {
        let count = &mut self.entries[number as usize].count;
        *count = count.saturating_add(weight);
    }

    /// How often the word was counted since this was asked.
    #[inline]
    pub(super) fn take_count(&mut self, number: u32) -> u32 {
        std::mem::take(&mut self.entries[number as usize].count)
    }
}

/// Calls `visit` with the position of every character n-gram of a word that a vocabulary has: of
/// those of [`char_ngrams`](crate::text::char_ngrams), in another order. N-grams that begin at the
/// same letter are each the one before with a letter more, and so are their hashes.
fn known_ngrams(
    word: &str,
    range: NgramRange,
    vocabulary: &Vocabulary,
    mut visit: impl FnMut(usize),
) {
    let mut padded = String::with_capacity(word.len() + 2);
    padded.push(' ');
    padded.push_str(word);
    padded.push(' ');
    let length = padded.chars().count();
    for (number, (start, _)) in padded.char_indices().enumerate() {
        let mut hasher = TermHasher::default();
        for (index, (at, c)) in padded[start..].char_indices().take(range.max()).enumerate() {
            let end = start + at + c.len_utf8();
            padded.as_bytes()[start + at..end]
                .iter()
                .for_each(|&byte| hasher.push(byte));
            let whole = number == 0 && index + 1 == length;
            if index + 1 >= range.min() || whole {
                let gram = &padded.as_bytes()[start..end];
                if let Some(id) = vocabulary.find(hasher.finish(), |term| term == gram) {
                    visit(id);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::char_ngrams;

    proptest! {
        #[test]
        fn known_ngrams_are_those_of_char_ngrams(
            word in "[a-cä]{0,9}",
            min in 1_u8..6,
            more in 0_u8..4,
        ) {
            let range = NgramRange::new(min, min + more).unwrap();
            let padded = format!(" {word} ");
            let mut expected = Vec::new();
            char_ngrams(&padded, range, |gram| expected.push(gram));
            expected.sort_unstable();
            let mut terms = expected.clone();
            terms.dedup();
            let vocabulary = Vocabulary::from_sorted(terms).unwrap();
            let mut found = Vec::new();
            known_ngrams(&word, range, &vocabulary, |id| found.push(vocabulary.term(id)));
            found.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }
}
