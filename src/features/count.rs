//! Counting the n-grams of a training set, block by block, straight into columns.
//!
//! Words are numbered in byte order. A word n-gram is then the pair (number of its first n-1
//! words, number of its last word), so that sorting integers groups and orders the n-grams at
//! once: no string of an n-gram is built before it is known to be kept. A character
//! n-gram's column is the sum of the columns of the words it occurs in, so each distinct word is
//! taken apart once, however often it occurs.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::feature_set::FeatureSet;
use crate::corpus::Document;
use crate::matrix::Columns;
use crate::text::{NgramRange, char_ngrams, fold_into, tokens};

/// N-grams in byte order, and for each a column of (document, count).
pub(super) struct Counted {
    pub(super) terms: Vec<String>,
    pub(super) columns: Columns<u32>,
}

impl Counted {
    /// Leaves the n-grams of some numbers, in their order.
    pub(super) fn select(&mut self, numbers: &[usize]) {
        self.columns.select(numbers);
        self.terms = numbers
            .iter()
            .map(|&number| std::mem::take(&mut self.terms[number]))
            .collect();
    }
}

/// No number: the n-gram at this place is rare, or reaches over the end of a paragraph.
const NONE: u32 = u32::MAX;

/// The numbers of the frequent n-grams of n-1 words, as n-grams of n words begin with them.
enum Prefixes {
    /// n = 1: every word is a prefix by itself.
    Words,
    /// n = 2: the number of each word.
    OfWord(Vec<u32>),
    /// n > 2: the number of the n-gram that begins at each place.
    OfPlace(Vec<u32>),
}

/// Occurrences that are sorted together: about this many, in at least `LEAST_TASKS` tasks and at
/// most `MOST_TASKS`, as each task reads the whole sequence.
const TASK: usize = 1 << 22;
const LEAST_TASKS: usize = 8;
const MOST_TASKS: usize = 64;

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
                        let number = by_word.len() as u32;
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
        part.words = vec![String::new(); by_word.len()];
        for (word, number) in by_word {
            part.words[number as usize] = word;
        }
        part
    }
}

impl WordCorpus {
    pub(super) fn read(documents: &[Document], title_weight: u32) -> Self {
        // The size of a chunk affects speed only: numbers are given again below.
        let chunk = documents.len().div_ceil(32).max(512);
        let parts: Vec<Part> = documents.par_chunks(chunk).map(Part::read).collect();
        let mut words: Vec<&str> = parts
            .iter()
            .flat_map(|part| part.words.iter().map(String::as_str))
            .collect();
        words.par_sort_unstable();
        words.dedup();
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        let numbers: Vec<Vec<u32>> = parts
            .par_iter()
            .map(|part| {
                let number = |word: &String| words.partition_point(|w| w < word) as u32;
                part.words.iter().map(number).collect()
            })
            .collect();
        let length = parts.iter().map(|part| part.sequence.len()).sum();
        let mut corpus = Self {
            words,
            sequence: Vec::with_capacity(length),
            breaks: Vec::with_capacity(length),
            documents: Vec::with_capacity(documents.len()),
            title_weight,
        };
        let mut start = 0;
        for (part, numbers) in parts.into_iter().zip(numbers) {
            let sequence = part.sequence.iter().map(|&n| numbers[n as usize]);
            corpus.sequence.extend(sequence);
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

    /// Number of words of all documents.
    pub(super) fn n_words(&self) -> usize {
        self.sequence.len()
    }

    /// Word n-grams that occur in at least `min_df` documents, in byte order of their terms.
    pub(super) fn word_ngrams(&self, range: NgramRange, min_df: u32) -> Counted {
        let mut found = Counted {
            terms: Vec::new(),
            columns: Columns::default(),
        };
        let mut prefixes = Prefixes::Words;
        let mut shorter: Vec<String> = Vec::new();
        for n in 1..=range.max() {
            let (keys, columns) = self.frequent_ngrams(n, &prefixes, min_df);
            let terms: Vec<String> = keys
                .iter()
                .map(|&(prefix, last)| match n {
                    1 => self.words[prefix as usize].clone(),
                    _ => format!("{} {}", shorter[prefix as usize], self.words[last as usize]),
                })
                .collect();
            if n < range.max() {
                prefixes = self.number(n, &prefixes, &keys);
                shorter.clone_from(&terms);
            }
            if n >= range.min() {
                found.terms.extend(terms);
                found.columns.append(columns);
            }
        }
        let mut order: Vec<usize> = (0..found.terms.len()).collect();
        order.par_sort_unstable_by(|&a, &b| found.terms[a].cmp(&found.terms[b]));
        found.select(&order);
        found
    }

    /// The numbers of the n-grams of `keys`, as the prefixes of longer ones.
    fn number(&self, n: usize, prefixes: &Prefixes, keys: &[(u32, u32)]) -> Prefixes {
        if n == 1 {
            let mut numbers = vec![NONE; self.words.len()];
            for (number, &(word, _)) in keys.iter().enumerate() {
                numbers[word as usize] = number as u32;
            }
            return Prefixes::OfWord(numbers);
        }
        let number = |place| {
            let key = self.key(n, prefixes, place)?;
            keys.binary_search(&key).ok()
        };
        Prefixes::OfPlace(
            (0..self.sequence.len())
                .into_par_iter()
                .map(|place| number(place).map_or(NONE, |number| number as u32))
                .collect(),
        )
    }

    /// The prefix and the last word of the n-gram that begins at a place of the sequence.
    #[inline]
    fn key(&self, n: usize, prefixes: &Prefixes, place: usize) -> Option<(u32, u32)> {
        let prefix = match prefixes {
            Prefixes::Words => return Some((self.sequence[place], 0)),
            Prefixes::OfWord(numbers) => numbers[self.sequence[place] as usize],
            Prefixes::OfPlace(numbers) => numbers[place],
        };
        let last = place + n - 1;
        (prefix != NONE && last < self.sequence.len() && !self.breaks[last])
            .then(|| (prefix, self.sequence[last]))
    }

    /// Keys and columns of the frequent n-grams of one length, in ascending order of the keys.
    ///
    /// Each task sorts the occurrences of a range of prefixes, which bounds what is in memory
    /// besides the columns.
    fn frequent_ngrams(
        &self,
        n: usize,
        prefixes: &Prefixes,
        min_df: u32,
    ) -> (Vec<(u32, u32)>, Columns<u32>) {
        let tasks: Vec<Task> = self
            .tasks(n, prefixes)
            .into_par_iter()
            .map(|(range, size)| self.columns_of(n, prefixes, range, size, min_df))
            .collect();
        let mut keys = Vec::new();
        let mut columns = Columns::default();
        for task in tasks {
            keys.extend(task.keys);
            columns.push_buffer(task.entries, &task.ends);
        }
        (keys, columns)
    }

    /// Ranges of prefixes with about equally many n-grams, and how many.
    fn tasks(&self, n: usize, prefixes: &Prefixes) -> Vec<(Range<u32>, usize)> {
        let mut counts: Vec<usize> = Vec::new();
        for place in 0..self.sequence.len() {
            if let Some((prefix, _)) = self.key(n, prefixes, place) {
                let prefix = prefix as usize;
                if prefix >= counts.len() {
                    counts.resize(prefix + 1, 0);
                }
                counts[prefix] += 1;
            }
        }
        let total: usize = counts.iter().sum();
        let share = total / (total / TASK).clamp(LEAST_TASKS, MOST_TASKS) + 1;
        let mut tasks = Vec::new();
        let (mut start, mut size) = (0, 0);
        for (prefix, count) in counts.iter().enumerate() {
            size += count;
            if size >= share || prefix + 1 == counts.len() {
                tasks.push((start..prefix as u32 + 1, size));
                (start, size) = (prefix as u32 + 1, 0);
            }
        }
        tasks
    }

    fn columns_of(
        &self,
        n: usize,
        prefixes: &Prefixes,
        range: Range<u32>,
        size: usize,
        min_df: u32,
    ) -> Task {
        // Prefix, last word and document, as one number that is quick to sort. A word of the
        // title is there as often as it counts.
        let mut occurrences: Vec<u128> = Vec::with_capacity(size);
        for (document, (places, title_length)) in self.documents.iter().enumerate() {
            let title = places.start..places.start + title_length;
            for place in places.clone() {
                let Some((prefix, last)) = self.key(n, prefixes, place) else {
                    continue;
                };
                if range.contains(&prefix) {
                    let key = u128::from(prefix) << 64 | u128::from(last) << 32 | document as u128;
                    let weight = if title.contains(&place) {
                        self.title_weight
                    } else {
                        1
                    };
                    occurrences.extend(std::iter::repeat_n(key, weight as usize));
                }
            }
        }
        occurrences.sort_unstable();
        let mut task = Task::default();
        for ngram in occurrences.chunk_by(|a, b| a >> 32 == b >> 32) {
            let start = task.entries.len();
            let documents = ngram.chunk_by(|a, b| a == b);
            task.entries
                .extend(documents.map(|same| (same[0] as u32, same.len() as u32)));
            if task.entries.len() - start < min_df as usize {
                task.entries.truncate(start);
                continue;
            }
            task.keys
                .push(((ngram[0] >> 64) as u32, (ngram[0] >> 32) as u32));
            task.ends.push(task.entries.len());
        }
        task.entries.shrink_to_fit();
        task
    }

    /// Character n-grams that occur in at least `min_df` documents, in byte order.
    pub(super) fn char_ngrams(&self, range: NgramRange, min_df: u32) -> Counted {
        let (_, word_columns) = self.frequent_ngrams(1, &Prefixes::Words, 1);
        let padded: Vec<String> = self.words.iter().map(|word| format!(" {word} ")).collect();
        // For each n-gram the words that have it; a word is there once for each time it does.
        let mut words_of: HashMap<&str, Vec<u32>, RandomState> = HashMap::default();
        for (word, padded) in padded.iter().enumerate() {
            char_ngrams(padded, range, |gram| {
                words_of.entry(gram).or_default().push(word as u32);
            });
        }
        let entries_of = |words: &[u32]| -> usize {
            words
                .iter()
                .map(|&w| word_columns.get(w as usize).len())
                .sum()
        };
        let mut grams: Vec<(&str, Vec<u32>)> = words_of
            .into_iter()
            .filter(|(_, words)| entries_of(words) >= min_df as usize)
            .collect();
        grams.par_sort_unstable_by(|a, b| a.0.cmp(b.0));
        let tasks: Vec<(Task, Vec<String>)> = grams
            .par_chunks(grams.len().div_ceil(MOST_TASKS).max(1))
            .map(|grams| {
                let mut sum = Sum::new(self.documents.len());
                let (mut task, mut terms) = (Task::default(), Vec::new());
                for (gram, words) in grams {
                    let columns = words.iter().map(|&w| word_columns.get(w as usize));
                    let start = task.entries.len();
                    sum.append(columns, entries_of(words), &mut task.entries);
                    if task.entries.len() - start < min_df as usize {
                        task.entries.truncate(start);
                        continue;
                    }
                    task.ends.push(task.entries.len());
                    terms.push((*gram).to_owned());
                }
                task.entries.shrink_to_fit();
                (task, terms)
            })
            .collect();
        let mut counted = Counted {
            terms: Vec::new(),
            columns: Columns::default(),
        };
        for (task, terms) in tasks {
            counted.terms.extend(terms);
            counted.columns.push_buffer(task.entries, &task.ends);
        }
        counted
    }
}

/// The n-grams of a part of the work, their columns one after another.
#[derive(Default)]
struct Task {
    keys: Vec<(u32, u32)>,
    entries: Vec<(u32, u32)>,
    ends: Vec<usize>,
}

/// Adds up columns.
struct Sum {
    counts: Vec<u32>,
    documents: FeatureSet,
    drained: Vec<u32>,
}

impl Sum {
    /// Fewer entries than this are sorted: to look through all documents costs more.
    const FEW: usize = 64;

    fn new(n_documents: usize) -> Self {
        Self {
            counts: vec![0; n_documents],
            documents: FeatureSet::new(n_documents),
            drained: Vec::new(),
        }
    }

    /// Appends the sum of columns that have `total` entries, documents ascending. A count stays at
    /// 2^32 - 1 where it would be more, as it does in a [`Transformer`](super::Transformer).
    fn append<'a>(
        &mut self,
        mut columns: impl ExactSizeIterator<Item = &'a [(u32, u32)]>,
        total: usize,
        entries: &mut Vec<(u32, u32)>,
    ) {
        if columns.len() == 1 {
            entries.extend(columns.next().into_iter().flatten());
        } else if total < Self::FEW {
            let mut all: Vec<(u32, u32)> = columns.flatten().copied().collect();
            all.sort_unstable();
            let documents = all.chunk_by(|a, b| a.0 == b.0);
            entries.extend(documents.map(|same| {
                let add = |sum: u32, entry: &(u32, u32)| sum.saturating_add(entry.1);
                (same[0].0, same.iter().fold(0, add))
            }));
        } else {
            for &(document, count) in columns.flatten() {
                let sum = &mut self.counts[document as usize];
                *sum = sum.saturating_add(count);
                self.documents.insert(document);
            }
            self.drained.clear();
            self.documents.drain_into(&mut self.drained);
            entries.extend(self.drained.iter().map(|&document| {
                let count = std::mem::take(&mut self.counts[document as usize]);
                (document, count)
            }));
        }
    }
}
