//! Counting the n-grams of a training set, block by block, straight into columns.
//!
//! Words are numbered in byte order. A word n-gram is then the pair (number of its first n-1
//! words, number of its last word), so that sorting pairs of integers groups and orders the
//! n-grams at once: no string of an n-gram is built before it is known to be kept. A character
//! n-gram's column is the sum of the columns of the words it occurs in, so each distinct word is
//! taken apart once, however often it occurs.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;
use rayon::prelude::*;

use crate::corpus::Document;
use crate::text::{NgramRange, char_ngrams, fold_into, tokens};

/// Entries (document, count) of one n-gram, with ascending documents.
pub(super) type Postings = Vec<(u32, u32)>;

/// An n-gram and where it occurs.
pub(super) struct Counted {
    pub(super) term: String,
    pub(super) postings: Postings,
}

/// No number: the place of a word that begins a paragraph has no n-gram reaching back over it.
const NONE: u32 = u32::MAX;

/// A training set as numbered words.
pub(super) struct WordCorpus {
    /// Distinct folded words in byte order.
    words: Vec<String>,
    /// All words of all documents by their number.
    sequence: Vec<u32>,
    /// Whether the word begins a paragraph (the first of a document does).
    breaks: Vec<bool>,
    /// The documents' words in `sequence`, and how many of them belong to the title.
    documents: Vec<(Range<usize>, usize)>,
    title_weight: u32,
}

/// The words of some documents, numbered in order of appearance.
#[derive(Default)]
struct Part {
    words: Vec<String>,
    sequence: Vec<u32>,
    breaks: Vec<bool>,
    lengths: Vec<(usize, usize)>,
}

impl Part {
    fn read(documents: &[Document]) -> Self {
        let mut part = Self::default();
        // Two memos: most words come again in the same spelling, and need not be folded again.
        let mut by_spelling: HashMap<&str, u32, RandomState> = HashMap::default();
        let mut by_word: HashMap<String, u32, RandomState> = HashMap::default();
        let mut folded = String::new();
        for document in documents {
            let start = part.sequence.len();
            let mut title_length = 0;
            for (in_title, text) in [(true, document.title()), (false, document.text.as_str())] {
                let mut first = true;
                for token in tokens(text) {
                    let number = *by_spelling.entry(token.text).or_insert_with(|| {
                        folded.clear();
                        fold_into(token.text, &mut folded);
                        if let Some(&number) = by_word.get(&folded) {
                            return number;
                        }
                        let number = part.words.len() as u32;
                        part.words.push(folded.clone());
                        by_word.insert(folded.clone(), number);
                        number
                    });
                    part.sequence.push(number);
                    part.breaks.push(first || token.starts_paragraph);
                    first = false;
                }
                if in_title {
                    title_length = part.sequence.len() - start;
                }
            }
            part.lengths
                .push((part.sequence.len() - start, title_length));
        }
        part
    }
}

impl WordCorpus {
    pub(super) fn read(documents: &[Document], title_weight: u32) -> Self {
        // The size of a chunk affects speed only: numbers are given again below.
        let chunk = documents.len().div_ceil(32).max(64);
        let parts: Vec<Part> = documents.par_chunks(chunk).map(Part::read).collect();
        let mut words: Vec<String> = parts.iter().flat_map(|p| p.words.iter().cloned()).collect();
        words.par_sort_unstable();
        words.dedup();
        let renumbered: Vec<Vec<u32>> = parts
            .par_iter()
            .map(|part| {
                let numbers: Vec<u32> = part
                    .words
                    .iter()
                    .map(|word| words.partition_point(|w| w < word) as u32)
                    .collect();
                part.sequence.iter().map(|&n| numbers[n as usize]).collect()
            })
            .collect();
        let mut corpus = Self {
            words,
            sequence: renumbered.concat(),
            breaks: Vec::new(),
            documents: Vec::with_capacity(documents.len()),
            title_weight,
        };
        let mut start = 0;
        for part in parts {
            corpus.breaks.extend(part.breaks);
            for (length, title_length) in part.lengths {
                corpus.documents.push((start..start + length, title_length));
                start += length;
            }
        }
        corpus
    }

    pub(super) fn n_documents(&self) -> usize {
        self.documents.len()
    }

    /// Word n-grams that occur in at least `min_df` documents, in byte order of their terms.
    pub(super) fn word_ngrams(&self, range: NgramRange, min_df: u32) -> Vec<Counted> {
        let mut found: Vec<Counted> = Vec::new();
        // The n-grams of the level below: their terms, and the number of the one that begins at
        // each place (NONE when it is rare: no longer one that begins with it can be frequent).
        let mut terms: Vec<String> = Vec::new();
        let mut at_place: Vec<u32> = Vec::new();
        for n in 1..=range.max() {
            let (keys, columns) = self.frequent_ngrams(n, &at_place, min_df);
            terms = keys
                .iter()
                .map(|&key| {
                    let last = &self.words[(key & u64::from(u32::MAX)) as usize];
                    if n == 1 {
                        last.clone()
                    } else {
                        format!("{} {last}", terms[(key >> 32) as usize])
                    }
                })
                .collect();
            if n < range.max() {
                at_place = (0..self.sequence.len())
                    .into_par_iter()
                    .map(|place| {
                        self.key(n, &at_place, place)
                            .and_then(|key| keys.binary_search(&key).ok())
                            .map_or(NONE, |number| number as u32)
                    })
                    .collect();
            }
            if n >= range.min() {
                found.extend(terms.iter().zip(columns).map(|(term, postings)| Counted {
                    term: term.clone(),
                    postings,
                }));
            }
        }
        if range.min() < range.max() {
            found.par_sort_unstable_by(|a, b| a.term.cmp(&b.term));
        }
        found
    }

    /// The pair of numbers that stands for the n-gram beginning at a place of the sequence.
    fn key(&self, n: usize, prefixes: &[u32], place: usize) -> Option<u64> {
        if n == 1 {
            return Some(u64::from(self.sequence[place]));
        }
        let last = place + n - 1;
        (prefixes[place] != NONE && last < self.sequence.len() && !self.breaks[last])
            .then(|| u64::from(prefixes[place]) << 32 | u64::from(self.sequence[last]))
    }

    /// Keys and postings of the frequent n-grams of one length, in ascending order of the keys.
    fn frequent_ngrams(
        &self,
        n: usize,
        prefixes: &[u32],
        min_df: u32,
    ) -> (Vec<u64>, Vec<Postings>) {
        let mut occurrences: Vec<(u64, u32, u32)> = self
            .documents
            .par_iter()
            .enumerate()
            .flat_map_iter(|(document, (range, title_length))| {
                let title = range.start..range.start + title_length;
                range.clone().filter_map(move |place| {
                    let key = self.key(n, prefixes, place)?;
                    let weight = if title.contains(&place) {
                        self.title_weight
                    } else {
                        1
                    };
                    Some((key, document as u32, weight))
                })
            })
            .collect();
        occurrences.par_sort_unstable();
        occurrences
            .chunk_by(|a, b| a.0 == b.0)
            .filter_map(|group| {
                let postings =
                    sum_by_document(group.iter().map(|&(_, document, count)| (document, count)));
                (postings.len() >= min_df as usize).then_some((group[0].0, postings))
            })
            .unzip()
    }

    /// Character n-grams that occur in at least `min_df` documents, in byte order.
    pub(super) fn char_ngrams(&self, range: NgramRange, min_df: u32) -> Vec<Counted> {
        let (_, word_columns) = self.frequent_ngrams(1, &[], 1);
        let padded: Vec<String> = self.words.iter().map(|word| format!(" {word} ")).collect();
        // For each n-gram the words that have it; a word is there once for each time it does.
        let mut words_of: HashMap<&str, Vec<u32>, RandomState> = HashMap::default();
        for (word, padded) in padded.iter().enumerate() {
            char_ngrams(padded, range, |gram| {
                words_of.entry(gram).or_default().push(word as u32);
            });
        }
        let mut grams: Vec<(&str, Vec<u32>)> = words_of
            .into_iter()
            .filter(|(_, words)| {
                let entries: usize = words.iter().map(|&w| word_columns[w as usize].len()).sum();
                entries >= min_df as usize
            })
            .collect();
        grams.par_sort_unstable_by(|a, b| a.0.cmp(b.0));
        grams
            .par_iter()
            .filter_map(|(gram, words)| {
                let mut entries: Postings = words
                    .iter()
                    .flat_map(|&word| word_columns[word as usize].iter().copied())
                    .collect();
                if words.len() > 1 {
                    entries.sort_unstable();
                }
                let postings = sum_by_document(entries);
                (postings.len() >= min_df as usize).then(|| Counted {
                    term: (*gram).to_owned(),
                    postings,
                })
            })
            .collect()
    }
}

/// Adds up the counts of entries with the same document; the documents ascend.
fn sum_by_document(entries: impl IntoIterator<Item = (u32, u32)>) -> Postings {
    let mut sums: Postings = Vec::new();
    for (document, count) in entries {
        match sums.last_mut() {
            Some((last, sum)) if *last == document => *sum += count,
            _ => sums.push((document, count)),
        }
    }
    // Columns are kept, by the million: room to grow would double their memory.
    sums.shrink_to_fit();
    sums
}
