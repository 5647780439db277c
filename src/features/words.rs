//! The features that a word has by itself, remembered from document to document.

use super::memo::Memo;
use super::tfidf::{Family, TfidfVectorizer};
use super::vocabulary::{TermHash, TermHasher, Vocabulary};
use crate::text::{NgramRange, fold_into};

/// All words are forgotten when there are this many, which bounds the memory of a long run. The
/// table of them is then as full as it can be before it doubles.
const MOST_WORDS: usize = (1 << 17) / 8 * 7;
/// Words that transformers which share the work remember together: about 30 MiB, however many
/// they are.
const MOST_SHARED_WORDS: usize = 2 * MOST_WORDS;
/// Bytes of spellings and features that a word may take on the average.
const MOST_BYTES: usize = 128;

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
    fn of<T>(self, table: &[T]) -> &[T] {
        &table[self.start as usize..self.start as usize + self.length as usize]
    }
}

/// Words by number: spelling, and the ids in their blocks' vocabularies of its 1-gram and of its
/// known character n-grams, one entry for each time one occurs in it.
#[derive(Debug, Clone)]
pub(super) struct Words {
    memo: Memo,
    entries: Vec<Entry>,
    folded: String,
    grams: Vec<u32>,
    /// Bytes of the words as they are written.
    written: usize,
    most: usize,
}

impl Default for Words {
    fn default() -> Self {
        Self::at_most(MOST_WORDS)
    }
}

impl Words {
    /// No words yet, and never much more than so many.
    pub(super) fn at_most(most: usize) -> Self {
        Self {
            memo: Memo::default(),
            entries: Vec::new(),
            folded: String::new(),
            grams: Vec::new(),
            written: 0,
            most,
        }
    }

    /// Takes no more memory than its share, when there are so many of them.
    pub(super) fn share_memory(&mut self, sharers: usize) {
        self.most = (MOST_SHARED_WORDS / sharers.max(1)).min(MOST_WORDS);
    }

    /// Whether words have to be forgotten before another one is remembered.
    pub(super) fn is_full(&self) -> bool {
        let bytes = self.written + self.folded.len() + size_of_val(self.grams.as_slice());
        self.entries.len() >= self.most || bytes >= self.most * MOST_BYTES
    }

    /// Forgets all words but for the spellings and hashes of some; gives these their new numbers.
    pub(super) fn forget_all_but<'n>(&mut self, kept: impl Iterator<Item = &'n mut u32>) {
        let mut fresh = Self::at_most(self.most);
        for number in kept {
            let word = self.folded(*number);
            let entry = Entry {
                folded: Slice {
                    start: fresh.folded.len() as u32,
                    length: word.len() as u32,
                },
                hash: self.hash(*number),
                grams: Slice {
                    start: 0,
                    length: 0,
                },
                unigram: NONE,
                count: 0,
            };
            fresh.folded.push_str(word);
            *number = fresh.entries.len() as u32;
            fresh.entries.push(entry);
        }
        *self = fresh;
    }

    /// The number of a word as it is written, if it is remembered.
    #[inline]
    pub(super) fn number(&self, word: &str) -> Option<u32> {
        self.memo.get(word)
    }

    /// Remembers a word; gives its number.
    pub(super) fn remember(&mut self, word: &str, vectorizer: &TfidfVectorizer) -> u32 {
        let number = self.entries.len() as u32;
        let start = self.folded.len();
        self.written += word.len();
        fold_into(word, &mut self.folded);
        let folded = &self.folded[start..];
        let first_gram = self.grams.len();
        let mut unigram = NONE;
        let params = vectorizer.params();
        for block in vectorizer.blocks() {
            let vocabulary = block.vocabulary();
            match block.family() {
                Family::Word => {
                    if params.word_ngrams.is_some_and(|r| r.min() == 1) {
                        unigram = vocabulary.id(folded).map_or(NONE, |id| id as u32);
                    }
                }
                Family::Char => {
                    if let Some(range) = params.char_ngrams {
                        known_ngrams(folded, range, vocabulary, |id| {
                            self.grams.push(id as u32);
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
