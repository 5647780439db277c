//! Vectors of new documents from a fitted vectoriser.

use std::ops::Range;

use super::feature_set::FeatureSet;
use super::memo::Memo;
use super::tfidf::{Family, TermFrequency, TfidfVectorizer, norm_factor};
use super::vocabulary::TermHash;
use crate::text::{char_ngrams, fold_into, tokens};

/// A document's features (ascending) and their values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SparseVector {
    indices: Vec<u32>,
    values: Vec<f32>,
}

impl SparseVector {
    /// Number of features the document has.
    pub fn len(&self) -> usize {
        self.indices.len()
    }

    /// Whether the document has none of the model's features.
    pub fn is_empty(&self) -> bool {
        self.indices.is_empty()
    }

    /// Pairs of feature and value, features ascending.
    pub fn iter(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        self.indices
            .iter()
            .map(|&i| i as usize)
            .zip(self.values.iter().copied())
    }

    /// The value of a feature, 0 when the document does not have it.
    pub fn get(&self, feature: usize) -> f32 {
        u32::try_from(feature)
            .ok()
            .and_then(|feature| self.indices.binary_search(&feature).ok())
            .map_or(0.0, |at| self.values[at])
    }
}

/// What was seen while a document was turned into its vector.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Analysis {
    /// Words of title and text.
    pub words: usize,
    /// How many of them the model knows as a word feature; where the model has no word
    /// features, those of which it knows a character n-gram.
    pub known_words: usize,
}

/// The features a single word has by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WordFeatures {
    /// The folded word.
    pub folded: String,
    /// Its 1-gram, if known.
    pub unigram: Option<u32>,
    /// Its known character n-grams, one entry for each time one occurs in it.
    pub char_ngrams: Vec<u32>,
}

/// A memo of this many words is emptied when it is full: it bounds the memory of a long run. Its
/// table is as full as it can be before it doubles.
const MEMO_WORDS: usize = (1 << 17) / 8 * 7;
/// Words in all memos of transformers that share the work: about 30 MiB, however many they are.
const SHARED_MEMO_WORDS: usize = 2 * MEMO_WORDS;
/// Words of a document that are counted together: it bounds the memory of a long document.
const BLOCK_WORDS: usize = 1 << 16;

#[derive(Debug, Clone)]
struct MemoEntry {
    folded: Range<usize>,
    hash: TermHash,
    unigram: Option<u32>,
    grams: Range<usize>,
    /// How often the document at hand has the word, while its words are counted.
    count: u32,
}

/// Turns documents into vectors, one after another.
///
/// It remembers the features of each word it has met, as news text repeats its words: that turns
/// most of the work on character n-grams into one look-up a word. The result never depends on
/// what came before. For several threads, make one for each.
#[derive(Debug, Clone)]
pub struct Transformer<'v> {
    vectorizer: &'v TfidfVectorizer,
    memo: Memo,
    entries: Vec<MemoEntry>,
    folded: String,
    grams: Vec<u32>,
    frequency: TermFrequency,
    counts: Vec<u32>,
    touched: FeatureSet,
    expected_features: usize,
    /// Words that the memo may hold.
    memo_words: usize,
    /// The words of the block at hand: memo entry, first of a paragraph, weight.
    words: Vec<(u32, bool, u32)>,
    /// Words of the document before those.
    before: usize,
    /// How many of the block's first words are from the block before: an n-gram of words may begin
    /// there and end here.
    repeated: usize,
}

/// Called with the places of features: the feature, the numbers of the first and the last word it
/// covers, counted over title and text, and the weight of the first.
type Visit<'r, 'f> = Option<&'r mut (dyn FnMut(u32, Range<usize>, u32) + 'f)>;

impl TfidfVectorizer {
    /// A transformer with an empty memo.
    pub fn transformer(&self) -> Transformer<'_> {
        Transformer {
            vectorizer: self,
            memo: Memo::default(),
            entries: Vec::new(),
            folded: String::new(),
            grams: Vec::new(),
            frequency: TermFrequency::new(self.params().sublinear_tf),
            counts: vec![0; self.n_features()],
            touched: FeatureSet::new(self.n_features()),
            expected_features: 0,
            memo_words: MEMO_WORDS,
            words: Vec::new(),
            before: 0,
            repeated: 0,
        }
    }

    fn word_features(&self, word: &str) -> WordFeatures {
        let mut features = WordFeatures::default();
        fold_into(word, &mut features.folded);
        for block in self.blocks() {
            let index = |term: &str| {
                block
                    .vocabulary()
                    .id(term)
                    .map(|id| (block.offset() + id) as u32)
            };
            match block.family() {
                Family::Word => {
                    if self.params().word_ngrams.is_some_and(|r| r.min() == 1) {
                        features.unigram = index(&features.folded);
                    }
                }
                Family::Char => {
                    let Some(range) = self.params().char_ngrams else {
                        continue;
                    };
                    let padded = format!(" {} ", features.folded);
                    char_ngrams(&padded, range, |gram| {
                        features.char_ngrams.extend(index(gram));
                    });
                }
            }
        }
        features
    }
}

impl Transformer<'_> {
    /// The vector of a document.
    pub fn transform(&mut self, title: &str, text: &str) -> SparseVector {
        self.analyse(title, text).0
    }

    /// The vector of a document and what was seen on the way.
    pub fn analyse(&mut self, title: &str, text: &str) -> (SparseVector, Analysis) {
        let analysis = self.count(title, text, None);
        (self.take_vector(), analysis)
    }

    /// Like [`Transformer::analyse`], and calls `visit` with the places of every feature.
    pub(crate) fn analyse_places(
        &mut self,
        title: &str,
        text: &str,
        mut visit: impl FnMut(u32, Range<usize>, u32),
    ) -> SparseVector {
        self.count(title, text, Some(&mut visit));
        self.take_vector()
    }

    /// Takes no more memory than its share, when so many transformers work at a time.
    pub(crate) fn share_memory(&mut self, transformers: usize) {
        self.memo_words = (SHARED_MEMO_WORDS / transformers.max(1)).min(MEMO_WORDS);
    }

    /// Counts the features of a document, block by block.
    fn count(&mut self, title: &str, text: &str, mut visit: Visit<'_, '_>) -> Analysis {
        self.words.clear();
        (self.before, self.repeated) = (0, 0);
        let params = self.vectorizer.params();
        let has_words = params.word_ngrams.is_some_and(|r| r.min() == 1);
        let overlap = params.word_ngrams.map_or(0, |r| r.max() - 1);
        let mut analysis = Analysis::default();
        for (text, weight) in [(title, params.title_weight), (text, 1)] {
            let mut first = true;
            for token in tokens(text) {
                let number = match self.memo.get(token.text) {
                    Some(number) => number,
                    None => {
                        if self.entries.len() >= self.memo_words {
                            self.count_block(overlap, visit.as_deref_mut());
                            self.forget();
                        }
                        self.remember(token.text)
                    }
                };
                let entry = &self.entries[number as usize];
                let known = if has_words {
                    entry.unigram.is_some()
                } else {
                    !entry.grams.is_empty()
                };
                analysis.words += 1;
                analysis.known_words += usize::from(known);
                self.words
                    .push((number, first || token.starts_paragraph, weight));
                first = false;
                if self.words.len() >= BLOCK_WORDS + overlap {
                    self.count_block(overlap, visit.as_deref_mut());
                }
            }
        }
        self.count_block(0, visit);
        analysis
    }

    /// Counts the block at hand; its last words, `overlap` of them, begin the next one, and so do
    /// the n-grams that begin with them.
    fn count_block(&mut self, overlap: usize, mut visit: Visit<'_, '_>) {
        if let Some(visit) = &mut visit {
            self.visit_words(visit);
        }
        self.count_words();
        let done = self.words.len().saturating_sub(overlap);
        self.count_ngrams(done, visit);
        self.words.drain(..done);
        self.before += done;
        self.repeated = self.words.len();
    }

    fn visit_words(&self, visit: &mut dyn FnMut(u32, Range<usize>, u32)) {
        for (place, &(entry, _, weight)) in self.words.iter().enumerate().skip(self.repeated) {
            let entry = &self.entries[entry as usize];
            let place = self.before + place;
            for &feature in entry.unigram.iter().chain(&self.grams[entry.grams.clone()]) {
                visit(feature, place..place + 1, weight);
            }
        }
    }

    /// Empties the memo. The words that are left of the block are counted already, but for the
    /// n-grams that begin with them.
    fn forget(&mut self) {
        let left: Vec<(String, TermHash)> = self
            .words
            .iter()
            .map(|&(entry, ..)| {
                let hash = self.entries[entry as usize].hash;
                (self.folded(entry).to_owned(), hash)
            })
            .collect();
        self.memo.clear();
        self.entries.clear();
        self.folded.clear();
        self.grams.clear();
        for (number, (folded, hash)) in left.into_iter().enumerate() {
            let start = self.folded.len();
            self.folded.push_str(&folded);
            self.words[number].0 = number as u32;
            self.entries.push(MemoEntry {
                folded: start..self.folded.len(),
                hash,
                unigram: None,
                grams: 0..0,
                count: 0,
            });
        }
    }

    fn remember(&mut self, word: &str) -> u32 {
        let features = self.vectorizer.word_features(word);
        let number = self.entries.len() as u32;
        let folded = self.folded.len()..self.folded.len() + features.folded.len();
        let grams = self.grams.len()..self.grams.len() + features.char_ngrams.len();
        self.folded.push_str(&features.folded);
        self.grams.extend(features.char_ngrams);
        self.entries.push(MemoEntry {
            folded,
            hash: TermHash::new(&features.folded),
            unigram: features.unigram,
            grams,
            count: 0,
        });
        self.memo.insert(word, number);
        number
    }

    fn add(counts: &mut [u32], touched: &mut FeatureSet, feature: u32, weight: u32) {
        let count = &mut counts[feature as usize];
        *count = count.saturating_add(weight);
        // Whether it is there already is as good as random: asking costs more than doing it again.
        touched.insert(feature);
    }

    /// Counts what each word has by itself: once for all its occurrences.
    fn count_words(&mut self) {
        let words = &self.words[self.repeated..];
        for &(entry, _, weight) in words {
            let count = &mut self.entries[entry as usize].count;
            *count = count.saturating_add(weight);
        }
        for &(entry, ..) in words {
            let entry = &mut self.entries[entry as usize];
            let count = std::mem::take(&mut entry.count);
            if count == 0 {
                continue;
            }
            for &feature in entry.unigram.iter().chain(&self.grams[entry.grams.clone()]) {
                Self::add(&mut self.counts, &mut self.touched, feature, count);
            }
        }
    }

    /// Counts word n-grams of two and more words that begin before a place of the block.
    fn count_ngrams(&mut self, end: usize, mut visit: Visit<'_, '_>) {
        let Some(range) = self.vectorizer.params().word_ngrams else {
            return;
        };
        let Some(block) = self
            .vectorizer
            .blocks()
            .iter()
            .find(|b| b.family() == Family::Word)
        else {
            return;
        };
        if range.max() < 2 {
            return;
        }
        for place in 0..end {
            let (entry, _, weight) = self.words[place];
            let mut hash = self.entries[entry as usize].hash;
            for last in place + 1..(place + range.max()).min(self.words.len()) {
                let (entry, starts_paragraph, _) = self.words[last];
                if starts_paragraph {
                    break;
                }
                hash = hash.joined(self.entries[entry as usize].hash);
                if last - place + 1 < range.min() {
                    continue;
                }
                let is_term = |term: &[u8]| self.is_joined(term, place..last + 1);
                if let Some(id) = block.vocabulary().find(hash, is_term) {
                    let feature = (block.offset() + id) as u32;
                    Self::add(&mut self.counts, &mut self.touched, feature, weight);
                    if let Some(visit) = &mut visit {
                        let first = self.before + place;
                        visit(feature, first..self.before + last + 1, weight);
                    }
                }
            }
        }
    }

    fn folded(&self, entry: u32) -> &str {
        &self.folded[self.entries[entry as usize].folded.clone()]
    }

    /// Whether a term is the block's words of a range, joined by spaces.
    fn is_joined(&self, mut term: &[u8], range: Range<usize>) -> bool {
        let first = range.start;
        for place in range {
            if place > first {
                let Some(rest) = term.strip_prefix(b" ") else {
                    return false;
                };
                term = rest;
            }
            let Some(rest) = term.strip_prefix(self.folded(self.words[place].0).as_bytes()) else {
                return false;
            };
            term = rest;
        }
        term.is_empty()
    }

    /// The counts as a vector; leaves the transformer ready for the next document.
    fn take_vector(&mut self) -> SparseVector {
        let mut vector = SparseVector {
            // The next document is likely to have as many features as this one.
            indices: Vec::with_capacity(self.expected_features),
            values: Vec::with_capacity(self.expected_features),
        };
        self.touched.drain_into(&mut vector.indices);
        self.expected_features = vector.indices.len();
        let mut start = 0;
        for block in self.vectorizer.blocks() {
            let next = block.offset() + block.vocabulary().len();
            let end = vector.indices.partition_point(|&i| (i as usize) < next);
            let mut squares = 0.0_f64;
            let (frequency, idf) = (&self.frequency, block.packed_idf().words());
            let counts = &mut self.counts[block.offset()..next];
            vector
                .values
                .extend(vector.indices[start..end].iter().map(|&feature| {
                    let id = feature as usize - block.offset();
                    let count = std::mem::take(&mut counts[id]);
                    let value = frequency.get(count) * f32::from_le_bytes(idf[id]);
                    squares += f64::from(value) * f64::from(value);
                    value
                }));
            let factor = norm_factor(squares, self.vectorizer.block_weight(block.family()));
            for value in &mut vector.values[start..end] {
                *value *= factor;
            }
            start = end;
        }
        vector
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Document;
    use crate::features::TfidfParams;

    fn documents() -> Vec<Document> {
        [
            (
                "Zölle auf Stahl",
                "Die USA erheben Zölle auf Stahl.\n\nStahl wird teurer.",
            ),
            (
                "",
                "Kupfer und Stahl: Preise steigen, Zoelle auf Kupfer bleiben.",
            ),
            ("Kupfer", "Preise für Kupfer steigen. Preise steigen."),
        ]
        .iter()
        .enumerate()
        .map(|(i, (title, text))| Document::new(i.to_string(), *title, *text))
        .collect()
    }

    #[test]
    fn a_vector_is_the_same_alone_and_in_the_training_matrix() {
        let params = TfidfParams {
            min_df: 1,
            title_weight: 2,
            word_ngrams: "1-3".parse().ok(),
            ..TfidfParams::default()
        };
        let documents = documents();
        let (vectorizer, matrix) = TfidfVectorizer::fit_transform(&params, &documents).unwrap();
        let mut shared = vectorizer.transformer();
        for (row, document) in documents.iter().enumerate() {
            let vector = shared.transform(document.title(), &document.text);
            let alone = vectorizer
                .transformer()
                .transform(document.title(), &document.text);
            assert_eq!(vector, alone);
            let column_values = (0..matrix.n_columns()).filter_map(|c| {
                let column = matrix.column(c);
                let at = column
                    .binary_search_by_key(&(row as u32), |entry| entry.0)
                    .ok()?;
                Some((c, column[at].1))
            });
            assert!(vector.iter().eq(column_values));
        }
    }

    #[test]
    fn a_long_document_counts_as_it_would_in_one_block() {
        let params = TfidfParams {
            min_df: 1,
            word_ngrams: "1-3".parse().ok(),
            ..TfidfParams::default()
        };
        // Words in ever other order, and paragraphs.
        let mut documents = documents();
        let long: Vec<String> = (0..3 * BLOCK_WORDS)
            .map(|i| match i % 1000 {
                0 => format!("\n\nw{}", i % 7),
                _ => format!("w{}", i * i % 11),
            })
            .collect();
        documents.push(Document::new("long", "Kupfer w1 w2", long.join(" ")));
        let (vectorizer, matrix) = TfidfVectorizer::fit_transform(&params, &documents).unwrap();
        for memo_words in [1, 2, 5, 100] {
            let mut transformer = vectorizer.transformer();
            transformer.memo_words = memo_words;
            for (row, document) in documents.iter().enumerate() {
                let vector = transformer.transform(document.title(), &document.text);
                let column_values = (0..matrix.n_columns()).filter_map(|c| {
                    let column = matrix.column(c);
                    let at = column
                        .binary_search_by_key(&(row as u32), |entry| entry.0)
                        .ok()?;
                    Some((c, column[at].1))
                });
                assert!(vector.iter().eq(column_values), "{memo_words} {row}");
            }
        }
    }

    #[test]
    fn the_places_of_a_long_document_are_those_of_its_words() {
        let params = TfidfParams {
            min_df: 1,
            char_ngrams: None,
            ..TfidfParams::default()
        };
        let (vectorizer, _) = TfidfVectorizer::fit_transform(&params, &documents()).unwrap();
        let pair = ["auf", "stahl"];
        let words: Vec<&str> = (0..BLOCK_WORDS + 9).map(|i| pair[i % 2]).collect();
        let mut transformer = vectorizer.transformer();
        transformer.memo_words = 1;
        let (mut singles, mut pairs) = (Vec::new(), Vec::new());
        transformer.analyse_places("", &words.join(" "), |feature, range, _| {
            let (_, term) = vectorizer.feature(feature as usize);
            assert_eq!(term, words[range.clone()].join(" "));
            match range.len() {
                1 => singles.push(range.start),
                _ => pairs.push(range.start),
            }
        });
        assert!(singles.into_iter().eq(0..words.len()));
        assert!(pairs.into_iter().eq((0..words.len() - 1).step_by(2)));
    }

    #[test]
    fn no_ngram_reaches_over_a_paragraph() {
        let params = TfidfParams {
            min_df: 1,
            ..TfidfParams::default()
        };
        let (vectorizer, _) = TfidfVectorizer::fit_transform(&params, &documents()).unwrap();
        let words = vectorizer.blocks()[0].vocabulary();
        assert!(words.id("auf stahl").is_some());
        assert!(words.id("stahl stahl").is_none());
        assert!(words.id("stahl die").is_none());
    }

    #[test]
    fn max_features_keeps_the_most_frequent() {
        let params = TfidfParams {
            min_df: 1,
            max_features: Some(3),
            char_ngrams: None,
            word_ngrams: "1".parse().ok(),
            ..TfidfParams::default()
        };
        let (vectorizer, _) = TfidfVectorizer::fit_transform(&params, &documents()).unwrap();
        let terms: Vec<&str> = vectorizer.blocks()[0].vocabulary().terms().collect();
        assert_eq!(terms, ["auf", "kupfer", "stahl"]);
    }
}
