//! Groups of near-duplicate texts.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::{FixedState, RandomState};
use rayon::prelude::*;

use super::Document;
use crate::text::{fold_into, tokens};

/// Words in a shingle.
const SHINGLE: usize = 5;
/// Least share of common shingles (Jaccard) of two near-duplicates.
pub(crate) const SIMILAR: f64 = 0.5;
/// Rows of a band: two texts of similarity s agree in a band with probability s^4.
const ROWS: usize = 4;
/// Number of bands: near-duplicates (s = 0.5) miss all 24 with probability 0.2.
const BANDS: usize = 24;

/// Groups texts that share at least half of their word 5-grams (Jaccard similarity): the number
/// of the group of each text, which is the index of its first member.
///
/// Candidates come from MinHash with banding (Broder 1997; Leskovec, Rajaraman and Ullman,
/// Mining of Massive Datasets, ch. 3), and are confirmed by the exact similarity, so texts are
/// never grouped by chance; a pair just above the limit is missed with probability 0.2, one of
/// similarity 0.8 with less than 1e-5. Texts of fewer than five words are compared as a whole.
/// The result depends on nothing but the texts.
pub fn near_duplicate_groups(documents: &[Document]) -> Vec<usize> {
    Shingles::new(documents).groups(SIMILAR)
}

/// The word 5-grams of texts, hashed, and their MinHash signatures.
pub(crate) struct Shingles {
    /// Of each text the hashes, sorted, each once.
    sets: Vec<Vec<u64>>,
    /// Of each text one hash for each band of its signature.
    signatures: Vec<Vec<u64>>,
}

impl Shingles {
    pub(crate) fn new(documents: &[Document]) -> Self {
        let sets: Vec<Vec<u64>> = documents.par_iter().map(shingles).collect();
        let signatures = sets.par_iter().map(|set| bands(set)).collect();
        Self { sets, signatures }
    }

    /// Share of the common shingles of two texts.
    pub(crate) fn similarity(&self, a: usize, b: usize) -> f64 {
        jaccard(&self.sets[a], &self.sets[b])
    }

    /// The group of each text, texts of at least this similarity together; from 0.5 on few
    /// pairs are missed.
    pub(crate) fn groups(&self, least: f64) -> Vec<usize> {
        let mut groups: Vec<usize> = (0..self.sets.len()).collect();
        let mut buckets: HashMap<u64, Vec<usize>, RandomState> = HashMap::default();
        for (index, signature) in self.signatures.iter().enumerate() {
            let mut compared = HashSet::new();
            for &band in signature {
                let bucket = buckets.entry(band).or_default();
                for &other in bucket.iter() {
                    if compared.insert(other)
                        && root(&groups, other) != root(&groups, index)
                        && self.similarity(other, index) >= least
                    {
                        let (a, b) = (root(&groups, other), root(&groups, index));
                        groups[a.max(b)] = a.min(b);
                    }
                }
                // The members of one group are alike: its first few stand for all, which keeps
                // thousands of copies of one text from being compared with one another.
                let group = root(&groups, index);
                if bucket
                    .iter()
                    .filter(|&&o| root(&groups, o) == group)
                    .count()
                    < 3
                {
                    bucket.push(index);
                }
            }
        }
        (0..groups.len())
            .map(|index| root(&groups, index))
            .collect()
    }
}

fn root(groups: &[usize], mut index: usize) -> usize {
    while groups[index] != index {
        index = groups[index];
    }
    index
}

/// Hashes of the text's shingles, sorted, each once.
pub(super) fn shingles(document: &Document) -> Vec<u64> {
    let state = FixedState::with_seed(0);
    let mut folded = String::new();
    let words: Vec<u64> = [document.title(), document.text.as_str()]
        .iter()
        .flat_map(|text| tokens(text))
        .map(|token| {
            folded.clear();
            fold_into(token.text, &mut folded);
            state.hash_one(folded.as_str())
        })
        .collect();
    let hash = |words: &[u64]| {
        let mut hasher = state.build_hasher();
        words.iter().for_each(|&word| hasher.write_u64(word));
        hasher.finish()
    };
    let mut shingles: Vec<u64> = if words.len() < SHINGLE {
        vec![hash(&words)]
    } else {
        words.windows(SHINGLE).map(hash).collect()
    };
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

/// One hash for each band of the MinHash signature.
fn bands(shingles: &[u64]) -> Vec<u64> {
    (0..BANDS)
        .map(|band| {
            let mut hasher = FixedState::with_seed(band as u64).build_hasher();
            for row in 0..ROWS {
                hasher.write_u64(minimum(shingles, (band * ROWS + row + 1) as u64));
            }
            hasher.finish()
        })
        .collect()
}

/// The least hash of the shingles under one of many hash functions.
pub(super) fn minimum(shingles: &[u64], function: u64) -> u64 {
    let seed = function.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    shingles
        .iter()
        .map(|&s| {
            (s ^ (s >> 29))
                .wrapping_mul(seed)
                .rotate_left(23)
                .wrapping_mul(seed)
        })
        .min()
        .unwrap_or(0)
}

/// Share of common elements of two sorted lists.
fn jaccard(a: &[u64], b: &[u64]) -> f64 {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                i += 1;
                j += 1;
            }
        }
    }
    common as f64 / (a.len() + b.len() - common) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_copies_and_leaves_others() {
        let base = "Die Regierung hat am Montag neue Zölle auf Stahl und Aluminium angekündigt, die ab Juni gelten sollen und vor allem Importe aus Asien betreffen werden";
        let documents: Vec<Document> = [
            base.to_owned(),
            "Der Wetterdienst erwartet für das Wochenende kräftige Gewitter im Süden und Westen"
                .to_owned(),
            format!("{base}, hieß es."),
            "Kurz".to_owned(),
            "kurz".to_owned(),
        ]
        .into_iter()
        .map(|text| Document::new("", "", text))
        .collect();
        assert_eq!(near_duplicate_groups(&documents), [0, 1, 0, 3, 3]);
    }
}
