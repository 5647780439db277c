//! Vectors of new documents from a fitted vectoriser.

use std::ops::Range;

use super::feature_set::FeatureSet;
use super::tfidf::{Block, Family, TermFrequency, TfidfVectorizer, norm_factor};
use super::words::Words;
use crate::text::tokens;

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

/// Turns documents into vectors, one after another.
///
/// It remembers the features of each word it has met, as news text repeats its words: that turns
/// most of the work on character n-grams into one look-up a word. The result never depends on
/// what came before. For several threads, make one for each.
#[derive(Debug, Clone)]
pub struct Transformer<'v> {
    vectorizer: &'v TfidfVectorizer,
    words: Words,
    frequency: TermFrequency,
    /// The words of the document at hand.
    tokens: Vec<Token>,
    /// Its words without repetition, with their counts.
    distinct: Vec<(u32, u32)>,
    tally: Tally,
    sorter: FeatureSet,
    values: Vec<f32>,
}

/// A word of the document at hand.
#[derive(Debug, Clone, Copy)]
struct Token {
    /// In [`Words`].
    number: u32,
    /// How much it counts.
    weight: u32,
    starts_paragraph: bool,
}

/// How often the document at hand has each feature.
#[derive(Debug, Clone)]
struct Tally {
    /// By feature; 0 outside documents.
    counts: Vec<u32>,
    /// The features that were met, in that order, and behind them room for one more.
    met: Vec<u32>,
    n_met: usize,
}

impl Tally {
    fn new(n_features: usize) -> Self {
        Self {
            counts: vec![0; n_features],
            met: vec![0; n_features + 1],
            n_met: 0,
        }
    }

    #[inline]
    fn add(&mut self, feature: u32, weight: u32) {
        let count = &mut self.counts[feature as usize];
        // Whether it was met before is as good as random: a branch costs more than writing what
        // the next feature overwrites.
        self.met[self.n_met] = feature;
        self.n_met += usize::from(*count == 0);
        *count = count.saturating_add(weight);
    }
}

impl TfidfVectorizer {
    /// A transformer that has met no word yet.
    pub fn transformer(&self) -> Transformer<'_> {
        Transformer {
            vectorizer: self,
            words: Words::default(),
            frequency: TermFrequency::new(self.params().sublinear_tf),
            tokens: Vec::new(),
            distinct: Vec::new(),
            tally: Tally::new(self.n_features()),
            sorter: FeatureSet::new(self.n_features()),
            values: Vec::new(),
        }
    }
}

impl Transformer<'_> {
    /// The vector of a document.
    pub fn transform(&mut self, title: &str, text: &str) -> SparseVector {
        self.analyse(title, text).0
    }

    /// The vector of a document and what was seen on the way.
    pub fn analyse(&mut self, title: &str, text: &str) -> (SparseVector, Analysis) {
        let analysis = self.read(title, text);
        let ends = self.tally(|_, _, _| ());
        (self.take_vector(&ends), analysis)
    }

    /// The features and values that [`Transformer::analyse`] gives, in the order in which the
    /// features were met: enough for sums over them, and not so dear as a vector.
    pub(crate) fn analyse_unordered(
        &mut self,
        title: &str,
        text: &str,
    ) -> (Features<'_>, Analysis) {
        let analysis = self.read(title, text);
        let ends = self.tally(|_, _, _| ());
        self.weigh(&ends);
        let n_met = std::mem::take(&mut self.tally.n_met);
        let features = Features {
            indices: &self.tally.met[..n_met],
            values: &self.values,
        };
        (features, analysis)
    }

    /// Like [`Transformer::analyse`], and calls `visit` with the places of every feature: the
    /// numbers of the first and the last word it covers, counted over title and text.
    pub(crate) fn analyse_places(
        &mut self,
        title: &str,
        text: &str,
        mut visit: impl FnMut(u32, Range<usize>, u32),
    ) -> SparseVector {
        self.read(title, text);
        for (place, token) in self.tokens.iter().enumerate() {
            let unigram = self.words.unigram(token.number);
            for &feature in unigram.iter().chain(self.words.grams(token.number)) {
                visit(feature, place..place + 1, token.weight);
            }
        }
        let ends = self.tally(visit);
        self.take_vector(&ends)
    }

    fn read(&mut self, title: &str, text: &str) -> Analysis {
        self.words.tidy();
        self.tokens.clear();
        let params = self.vectorizer.params();
        let has_words = params.word_ngrams.is_some_and(|r| r.min() == 1);
        let mut analysis = Analysis::default();
        for (text, weight) in [(title, params.title_weight), (text, 1)] {
            let mut first = true;
            for token in tokens(text) {
                let number = self.words.number(token.text, self.vectorizer);
                let known = if has_words {
                    self.words.unigram(number).is_some()
                } else {
                    !self.words.grams(number).is_empty()
                };
                analysis.words += 1;
                analysis.known_words += usize::from(known);
                self.tokens.push(Token {
                    number,
                    weight,
                    starts_paragraph: first || token.starts_paragraph,
                });
                first = false;
            }
        }
        analysis
    }

    /// Counts the features block by block; gives where in the features met each block ends.
    /// Calls `visit` with the places of n-grams of two and more words.
    fn tally(&mut self, mut visit: impl FnMut(u32, Range<usize>, u32)) -> Vec<usize> {
        self.find_distinct();
        let vectorizer = self.vectorizer;
        let mut ends = Vec::with_capacity(vectorizer.blocks().len());
        for block in vectorizer.blocks() {
            match block.family() {
                Family::Word => {
                    for &(number, count) in &self.distinct {
                        if let Some(feature) = self.words.unigram(number) {
                            self.tally.add(feature, count);
                        }
                    }
                    self.tally_ngrams(block, &mut visit);
                }
                Family::Char => {
                    for &(number, count) in &self.distinct {
                        for &feature in self.words.grams(number) {
                            self.tally.add(feature, count);
                        }
                    }
                }
            }
            ends.push(self.tally.n_met);
        }
        ends
    }

    /// What a word has by itself is counted once for all its occurrences.
    fn find_distinct(&mut self) {
        for token in &self.tokens {
            self.words.count(token.number, token.weight);
        }
        self.distinct.clear();
        for token in &self.tokens {
            let count = self.words.take_count(token.number);
            if count > 0 {
                self.distinct.push((token.number, count));
            }
        }
    }

    /// Counts word n-grams of two and more words.
    fn tally_ngrams(&mut self, block: &Block, visit: &mut impl FnMut(u32, Range<usize>, u32)) {
        let Some(range) = self.vectorizer.params().word_ngrams else {
            return;
        };
        if range.max() < 2 {
            return;
        }
        for (place, first) in self.tokens.iter().enumerate() {
            let mut hash = self.words.hash(first.number);
            let end = (place + range.max()).min(self.tokens.len());
            for last in place + 1..end {
                let token = self.tokens[last];
                if token.starts_paragraph {
                    break;
                }
                hash = hash.joined(self.words.hash(token.number));
                if last - place + 1 < range.min() {
                    continue;
                }
                let is_term = |term: &[u8]| self.is_joined(term, place..last + 1);
                if let Some(id) = block.vocabulary().find(hash, is_term) {
                    let feature = (block.offset() + id) as u32;
                    self.tally.add(feature, first.weight);
                    visit(feature, place..last + 1, first.weight);
                }
            }
        }
    }

    /// Whether a term is the document's words of a range, joined by spaces.
    fn is_joined(&self, mut term: &[u8], range: Range<usize>) -> bool {
        let first = range.start;
        for place in range {
            if place > first {
                let Some(rest) = term.strip_prefix(b" ") else {
                    return false;
                };
                term = rest;
            }
            let word = self.words.folded(self.tokens[place].number);
            let Some(rest) = term.strip_prefix(word.as_bytes()) else {
                return false;
            };
            term = rest;
        }
        term.is_empty()
    }

    /// Turns the counts of the features met, of which the blocks end at `ends`, into values.
    fn weigh(&mut self, ends: &[usize]) {
        self.values.clear();
        let mut start = 0;
        for (block, &end) in self.vectorizer.blocks().iter().zip(ends) {
            let mut squares = 0.0_f64;
            let (frequency, idf) = (&self.frequency, block.packed_idf().words());
            let (offset, counts) = (block.offset(), &mut self.tally.counts);
            let met = &self.tally.met[start..end];
            self.values.extend(met.iter().map(|&feature| {
                let feature = feature as usize;
                let count = std::mem::take(&mut counts[feature]);
                let value = frequency.get(count) * f32::from_le_bytes(idf[feature - offset]);
                squares += f64::from(value) * f64::from(value);
                value
            }));
            let weight = self.vectorizer.block_weight(block.family());
            let factor = norm_factor(squares, weight);
            for value in &mut self.values[start..end] {
                *value *= factor;
            }
            start = end;
        }
    }

    /// The features met as a vector; leaves the transformer ready for the next document.
    fn take_vector(&mut self, ends: &[usize]) -> SparseVector {
        let met = &mut self.tally.met[..self.tally.n_met];
        // In order, every block is where it was.
        let mut indices = Vec::with_capacity(met.len());
        met.iter().for_each(|&feature| self.sorter.insert(feature));
        self.sorter.drain_into(&mut indices);
        met.copy_from_slice(&indices);
        self.weigh(ends);
        self.tally.n_met = 0;
        SparseVector {
            indices,
            values: self.values.clone(),
        }
    }
}

/// The features of a document, each once in any order, and their values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Features<'t> {
    indices: &'t [u32],
    values: &'t [f32],
}

impl Features<'_> {
    /// Pairs of feature and value.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        let indices = self.indices.iter().map(|&i| i as usize);
        indices.zip(self.values.iter().copied())
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
