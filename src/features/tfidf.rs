//! The vectoriser: fitted vocabulary and inverse document frequencies.

use serde::{Deserialize, Serialize};

use super::count::{Counted, WordCorpus};
use super::params::TfidfParams;
use super::vocabulary::Vocabulary;
use crate::corpus::Document;
use crate::error::{Error, Result};
use crate::matrix::TfidfMatrix;
use crate::packed::Packed;

/// What sort of n-grams a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Word n-grams; the words are joined by a space.
    Word,
    /// Character n-grams inside word boundaries; a space stands for a boundary.
    Char,
}

/// The features of one family: their vocabulary and idf, and where they begin among all.
#[derive(Debug, Clone)]
pub struct Block {
    family: Family,
    vocabulary: Vocabulary,
    idf: Packed<f32>,
    offset: usize,
}

impl Block {
    pub(crate) fn new(
        family: Family,
        vocabulary: Vocabulary,
        idf: Packed<f32>,
        offset: usize,
    ) -> Self {
        Self {
            family,
            vocabulary,
            idf,
            offset,
        }
    }

    /// What the features are.
    pub fn family(&self) -> Family {
        self.family
    }

    /// The terms.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Index of the block's first feature among all features.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Inverse document frequency of the block's term `id`.
    pub fn idf(&self, id: usize) -> f32 {
        self.idf.get(id)
    }

    pub(crate) fn packed_idf(&self) -> &Packed<f32> {
        &self.idf
    }
}

/// Turns documents into TF-IDF vectors; the same numbers as scikit-learn's `FeatureUnion` of a
/// word and a `char_wb` `TfidfVectorizer`.
///
/// For a term with count tf in a document, and in df of n training documents, the value is
/// (1 + ln tf) * (1 + ln((1 + n) / (1 + df))), and each block of a document's vector is then
/// scaled to unit length. The idf is learnt from the training documents and stored: a document's
/// vector is the same alone and in a batch.
///
/// ```
/// use newstopics::corpus::Document;
/// use newstopics::features::{TfidfParams, TfidfVectorizer};
///
/// let documents = [
///     Document::new("a", "", "Zölle auf Stahl"),
///     Document::new("b", "", "Zoelle auf Kupfer"),
/// ];
/// let params = TfidfParams { char_ngrams: None, ..TfidfParams::default() };
/// let (vectorizer, matrix) = TfidfVectorizer::fit_transform(&params, &documents)?;
/// assert_eq!(matrix.n_columns(), 3); // "auf", "zoelle", "zoelle auf"
/// assert_eq!(vectorizer.transformer().transform("", "nichts davon").len(), 0);
/// # Ok::<(), newstopics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TfidfVectorizer {
    params: TfidfParams,
    blocks: Vec<Block>,
    n_features: usize,
}

impl TfidfVectorizer {
    /// Learns vocabulary and idf, and gives the documents' vectors.
    ///
    /// Errors: wrong settings; no document at all; no n-gram reaches `min_df`; 2^32 documents or
    /// words in all, or more.
    pub fn fit_transform(
        params: &TfidfParams,
        documents: &[Document],
    ) -> Result<(Self, TfidfMatrix)> {
        params.validate()?;
        if documents.is_empty() {
            return Err(Error::data("found no document, expected at least one"));
        }
        // Documents, words and n-grams are numbered in 32 bits.
        let countable = |count: usize, what: &str| match u32::try_from(count) {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::data(format!(
                "found {count} {what}, expected fewer than 2^32: train on a part of them"
            ))),
        };
        countable(documents.len(), "documents")?;
        let corpus = WordCorpus::read(documents, params.title_weight);
        countable(corpus.n_words(), "words in all documents")?;
        let mut matrix = TfidfMatrix::new(corpus.n_documents());
        let mut blocks = Vec::new();
        let families = [
            (Family::Word, params.word_ngrams),
            (Family::Char, params.char_ngrams),
        ];
        for (family, range) in families {
            let Some(range) = range else { continue };
            let mut counted = match family {
                Family::Word => corpus.word_ngrams(range, params.min_df),
                Family::Char => corpus.char_ngrams(range, params.min_df),
            };
            if let Some(limit) = params.max_features {
                keep_most_frequent(&mut counted, limit);
            }
            let offset = matrix.n_columns();
            let (vocabulary, idf) = append_block(&mut matrix, counted, params, family)?;
            blocks.push(Block::new(family, vocabulary, idf, offset));
        }
        let vectorizer = Self::from_blocks(params.clone(), blocks);
        if vectorizer.n_features == 0 {
            return Err(Error::data(format!(
                "found no n-gram that occurs in at least {} documents (min_df), expected some: are the texts empty, or too few?",
                params.min_df
            )));
        }
        Ok((vectorizer, matrix))
    }

    pub(crate) fn from_blocks(params: TfidfParams, blocks: Vec<Block>) -> Self {
        let n_features = blocks.iter().map(|b| b.vocabulary.len()).sum();
        Self {
            params,
            blocks,
            n_features,
        }
    }

    /// The settings it was fitted with.
    pub fn params(&self) -> &TfidfParams {
        &self.params
    }

    /// The blocks of features, words first.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Number of features of all blocks.
    pub fn n_features(&self) -> usize {
        self.n_features
    }

    /// Family and term of a feature.
    ///
    /// # Panics
    /// When `feature` is not below [`TfidfVectorizer::n_features`].
    pub fn feature(&self, feature: usize) -> (Family, &str) {
        let block = self.blocks.partition_point(|b| b.offset <= feature) - 1;
        let block = &self.blocks[block];
        (block.family, block.vocabulary.term(feature - block.offset))
    }

    /// Factor of a block after its normalisation.
    pub(super) fn block_weight(&self, family: Family) -> f32 {
        block_weight(&self.params, family)
    }
}

fn block_weight(params: &TfidfParams, family: Family) -> f32 {
    match family {
        Family::Word => 1.0,
        Family::Char => params.char_weight,
    }
}

/// Term frequencies as the settings have them; those of small counts are computed once.
#[derive(Debug, Clone)]
pub(super) struct TermFrequency {
    sublinear: bool,
    known: Vec<f32>,
}

impl TermFrequency {
    pub(super) fn new(sublinear: bool) -> Self {
        let mut frequency = Self {
            sublinear,
            known: Vec::new(),
        };
        frequency.known = (0..128).map(|count| frequency.get(count)).collect();
        frequency
    }

    /// The frequency that stands for a count of at least 1.
    #[inline]
    pub(super) fn get(&self, count: u32) -> f32 {
        match self.known.get(count as usize) {
            Some(&frequency) => frequency,
            None if self.sublinear => 1.0 + libm::logf(count as f32),
            None => count as f32,
        }
    }
}

/// Leaves the `limit` terms with the highest total count, in their order.
fn keep_most_frequent(counted: &mut Counted, limit: usize) {
    if counted.terms.len() <= limit {
        return;
    }
    let total = |id: usize| -> u64 {
        let column = counted.columns.get(id);
        column.iter().map(|&(_, count)| u64::from(count)).sum()
    };
    let mut ranked: Vec<(u64, usize)> =
        (0..counted.terms.len()).map(|id| (total(id), id)).collect();
    ranked.sort_unstable_by_key(|&(count, id)| (std::cmp::Reverse(count), id));
    let mut kept: Vec<usize> = ranked[..limit].iter().map(|&(_, id)| id).collect();
    kept.sort_unstable();
    counted.select(&kept);
}

/// Appends the columns of a block, each row of it scaled to unit length; gives its vocabulary
/// and idf. The counts become values in place: they are the largest thing in memory.
fn append_block(
    matrix: &mut TfidfMatrix,
    counted: Counted,
    params: &TfidfParams,
    family: Family,
) -> Result<(Vocabulary, Packed<f32>)> {
    let Counted { terms, columns } = counted;
    let vocabulary = Vocabulary::from_sorted(terms.iter().map(String::as_str))?;
    drop(terms);
    let n = matrix.n_rows() as f64;
    let idfs: Vec<f32> = (0..columns.len())
        .map(|id| {
            let df = columns.get(id).len() as f64;
            (1.0 + libm::log((1.0 + n) / (1.0 + df))) as f32
        })
        .collect();
    let frequency = TermFrequency::new(params.sublinear_tf);
    let mut columns = columns.map(|count| frequency.get(count));
    columns.scale_columns(&idfs);
    let mut squares = vec![0.0_f64; matrix.n_rows()];
    for id in 0..columns.len() {
        for &(row, value) in columns.get(id) {
            squares[row as usize] += f64::from(value) * f64::from(value);
        }
    }
    let factors: Vec<f32> = squares
        .iter()
        .map(|&sum| norm_factor(sum, block_weight(params, family)))
        .collect();
    columns.scale_rows(&factors);
    matrix.append(columns);
    Ok((vocabulary, idfs.into_iter().collect()))
}

/// The factor that scales a block to `weight` times unit length; 0 for an empty block.
pub(super) fn norm_factor(sum_of_squares: f64, weight: f32) -> f32 {
    if sum_of_squares > 0.0 {
        (f64::from(weight) / sum_of_squares.sqrt()) as f32
    } else {
        0.0
    }
}
