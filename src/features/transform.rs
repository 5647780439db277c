//! Vectors of new documents from a fitted vectoriser.

use std::ops::Range;

use super::tally::Tally;
use super::tfidf::{Block, Family, TermFrequency, TfidfVectorizer, norm_factor};
use super::vocabulary::TermHash;
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

/// Words of a document that are counted together: it bounds the memory of a long document.
const BLOCK_WORDS: usize = 1 << 16;

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
    /// The words at hand: those of the document, or of a part of it when it is long.
    tokens: Vec<Token>,
    /// Those of them that are not counted yet, without repetition, with their counts.
    distinct: Vec<(u32, u32)>,
    /// Words of the document before the first at hand.
    before: usize,
    /// How many of the first words at hand were counted already: an n-gram of words may begin there
    /// and end later.
    repeated: usize,
    /// N-grams of several words at hand: hash and places.
    ngrams: Vec<(TermHash, Range<usize>)>,
    /// One for each block of features.
    tallies: Vec<Tally>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

/// A word at hand.
#[derive(Debug, Clone, Copy)]
struct Token {
    /// In [`Words`].
    number: u32,
    /// How much it counts.
    weight: u32,
    starts_paragraph: bool,
    /// Whether the model has a feature of the word; not said before it is counted.
    is_known: bool,
}

/// Called with the places of features: the feature, the numbers of the first and the last word it
/// covers, counted over title and text, and the weight of the first.
type Visit<'r, 'f> = Option<&'r mut (dyn FnMut(u32, Range<usize>, u32) + 'f)>;

impl TfidfVectorizer {
    /// A transformer that has met no word yet.
    pub fn transformer(&self) -> Transformer<'_> {
        Transformer {
            vectorizer: self,
            words: Words::default(),
            frequency: TermFrequency::new(self.params().sublinear_tf),
            tokens: Vec::new(),
            distinct: Vec::new(),
            before: 0,
            repeated: 0,
            ngrams: Vec::new(),
            tallies: self
                .blocks()
                .iter()
                .map(|block| Tally::new(block.vocabulary().len()))
                .collect(),
            indices: Vec::new(),
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
        let analysis = self.count(title, text, None);
        (self.take_vector(), analysis)
    }

    /// The features and values that [`Transformer::analyse`] gives, in the order in which the
    /// features were met: enough for sums over them, and not so dear as a vector.
    pub(crate) fn analyse_unordered(
        &mut self,
        title: &str,
        text: &str,
    ) -> (Features<'_>, Analysis) {
        let analysis = self.count(title, text, None);
        self.weigh();
        let features = Features {
            indices: &self.indices,
            values: &self.values,
        };
        (features, analysis)
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
        self.words.share_memory(transformers);
    }

    /// Counts the features of a document, a part of it after another.
    fn count(&mut self, title: &str, text: &str, mut visit: Visit<'_, '_>) -> Analysis {
        self.tokens.clear();
        (self.before, self.repeated) = (0, 0);
        let params = self.vectorizer.params();
        let overlap = params.word_ngrams.map_or(0, |r| r.max() - 1);
        let mut analysis = Analysis::default();
        for (text, weight) in [(title, params.title_weight), (text, 1)] {
            let mut first = true;
            for token in tokens(text) {
                let number = match self.words.number(token.text) {
                    Some(number) => number,
                    None => {
                        if self.words.is_full() {
                            analysis.known_words += self.count_part(overlap, visit.as_deref_mut());
                            let kept = self.tokens.iter_mut().map(|token| &mut token.number);
                            self.words.forget_all_but(kept);
                        }
                        self.words.remember(token.text, self.vectorizer)
                    }
                };
                analysis.words += 1;
                self.tokens.push(Token {
                    number,
                    weight,
                    starts_paragraph: first || token.starts_paragraph,
                    is_known: false,
                });
                first = false;
                if self.tokens.len() >= BLOCK_WORDS + overlap {
                    analysis.known_words += self.count_part(overlap, visit.as_deref_mut());
                }
            }
        }
        analysis.known_words += self.count_part(0, visit);
        analysis
    }

    /// Counts the words at hand. The last of them, `overlap` many, stay at hand, as do the n-grams
    /// that begin with them. Gives how many of those not counted before are known.
    fn count_part(&mut self, overlap: usize, mut visit: Visit<'_, '_>) -> usize {
        if let Some(visit) = &mut visit {
            self.visit_words(visit);
        }
        let known = self.find_distinct();
        let done = self.tokens.len().saturating_sub(overlap);
        let vectorizer = self.vectorizer;
        for (number, block) in vectorizer.blocks().iter().enumerate() {
            match block.family() {
                Family::Word => {
                    self.count_unigrams(number);
                    self.count_ngrams(number, block, done, visit.as_deref_mut());
                }
                Family::Char => self.count_grams(number),
            }
        }
        self.tokens.drain(..done);
        self.before += done;
        self.repeated = self.tokens.len();
        known
    }

    /// Visits what each word has by itself.
    fn visit_words(&self, visit: &mut dyn FnMut(u32, Range<usize>, u32)) {
        for (place, token) in self.tokens.iter().enumerate().skip(self.repeated) {
            let place = self.before + place..self.before + place + 1;
            for block in self.vectorizer.blocks() {
                let unigram = self.words.unigram(token.number);
                let ids = match block.family() {
                    Family::Word => unigram.as_slice(),
                    Family::Char => self.words.grams(token.number),
                };
                for &id in ids {
                    visit(block.offset() as u32 + id, place.clone(), token.weight);
                }
            }
        }
    }

    /// What a word has by itself is counted once for all its occurrences. Gives how many of the
    /// words are known.
    fn find_distinct(&mut self) -> usize {
        let has_unigrams = self.has_unigrams();
        let tokens = &mut self.tokens[self.repeated..];
        let mut known = 0;
        for token in tokens.iter_mut() {
            self.words.count(token.number, token.weight);
            token.is_known = if has_unigrams {
                self.words.unigram(token.number).is_some()
            } else {
                !self.words.grams(token.number).is_empty()
            };
            known += usize::from(token.is_known);
        }
        self.distinct.clear();
        for token in tokens {
            let count = self.words.take_count(token.number);
            if count > 0 {
                self.distinct.push((token.number, count));
            }
        }
        known
    }

    fn has_unigrams(&self) -> bool {
        let range = self.vectorizer.params().word_ngrams;
        range.is_some_and(|range| range.min() == 1)
    }

    fn count_unigrams(&mut self, block: usize) {
        let tally = &mut self.tallies[block];
        for &(number, count) in &self.distinct {
            if let Some(id) = self.words.unigram(number) {
                tally.add(id, count);
            }
        }
    }

    fn count_grams(&mut self, block: usize) {
        let tally = &mut self.tallies[block];
        for &(number, count) in &self.distinct {
            for &id in self.words.grams(number) {
                tally.add(id, count);
            }
        }
    }

    /// Counts n-grams of two and more words that begin before a place of the words at hand.
    fn count_ngrams(&mut self, number: usize, block: &Block, end: usize, mut visit: Visit<'_, '_>) {
        let Some(range) = self.vectorizer.params().word_ngrams else {
            return;
        };
        if range.max() < 2 {
            return;
        }
        // Where the vocabulary has every word that is in enough documents, it has no n-gram with a
        // word that it has not: that is in fewer.
        let complete = self.has_unigrams() && self.vectorizer.params().max_features.is_none();
        let is_out = |token: &Token| complete && !token.is_known;
        self.ngrams.clear();
        for (place, first) in self.tokens[..end].iter().enumerate() {
            if is_out(first) {
                continue;
            }
            let mut hash = self.words.hash(first.number);
            let ends = (place + range.max()).min(self.tokens.len());
            for last in place + 1..ends {
                let token = self.tokens[last];
                if token.starts_paragraph || is_out(&token) {
                    break;
                }
                hash = hash.joined(self.words.hash(token.number));
                if last - place + 1 >= range.min() {
                    self.ngrams.push((hash, place..last + 1));
                }
            }
        }
        let vocabulary = block.vocabulary();
        self.ngrams.retain(|(hash, _)| vocabulary.may_have(*hash));
        for (hash, places) in &self.ngrams {
            let is_term = |term: &[u8]| self.is_joined(term, places.clone());
            if let Some(id) = vocabulary.find(*hash, is_term) {
                let weight = self.tokens[places.start].weight;
                self.tallies[number].add(id as u32, weight);
                if let Some(visit) = &mut visit {
                    let places = self.before + places.start..self.before + places.end;
                    visit((block.offset() + id) as u32, places, weight);
                }
            }
        }
    }

    /// Whether a term is the words at hand of a range, joined by spaces.
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

    /// Turns the counts into features and values; leaves the transformer ready for the next
    /// document.
    fn weigh(&mut self) {
        self.indices.clear();
        self.values.clear();
        for (block, tally) in self.vectorizer.blocks().iter().zip(&mut self.tallies) {
            let (frequency, idf) = (&self.frequency, block.packed_idf().words());
            let (offset, start) = (block.offset() as u32, self.values.len());
            let mut squares = 0.0_f64;
            let counted = tally.take();
            self.indices
                .extend(counted.ids().iter().map(|&id| offset + id));
            self.values.extend(counted.map(|(id, count)| {
                let value = frequency.get(count) * f32::from_le_bytes(idf[id as usize]);
                squares += f64::from(value) * f64::from(value);
                value
            }));
            let factor = norm_factor(squares, self.vectorizer.block_weight(block.family()));
            for value in &mut self.values[start..] {
                *value *= factor;
            }
        }
    }

    /// The counts as a vector.
    fn take_vector(&mut self) -> SparseVector {
        self.tallies.iter_mut().for_each(Tally::sort);
        self.weigh();
        SparseVector {
            indices: self.indices.clone(),
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
    use crate::matrix::TfidfMatrix;

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

    /// The features and values of a row of the training matrix.
    fn features_of(matrix: &TfidfMatrix, row: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        (0..matrix.n_columns()).filter_map(move |c| {
            let column = matrix.column(c);
            let at = column
                .binary_search_by_key(&(row as u32), |entry| entry.0)
                .ok()?;
            Some((c, column[at].1))
        })
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
            assert!(vector.iter().eq(features_of(&matrix, row)));
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
            transformer.words = Words::at_most(memo_words);
            for (row, document) in documents.iter().enumerate() {
                let vector = transformer.transform(document.title(), &document.text);
                assert!(
                    vector.iter().eq(features_of(&matrix, row)),
                    "{memo_words} {row}"
                );
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
        transformer.words = Words::at_most(1);
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
