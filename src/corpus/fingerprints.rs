//! Compact fingerprints of articles, by which near-duplicates are recognised without the texts.

use bytes::Bytes;
use rayon::prelude::*;

use super::Document;
use super::duplicates::{minimum, shingles};

/// Bytes of a fingerprint: one for each hash function.
const LENGTH: usize = 64;
/// Equal bytes of two fingerprints from which their articles count as near-duplicates. Articles
/// that share half of their shingles agree in 32.1 bytes on average.
const ALIKE: usize = 32;
/// Bytes of a band; articles are compared when a band agrees.
const BAND: usize = 2;

/// Fingerprints of many articles: the last byte of each of 64 MinHash values of their word
/// 5-grams (b-bit minwise hashing with b = 8, Li and König 2010).
///
/// The share of equal bytes estimates the share of common 5-grams (Jaccard similarity) with a
/// standard error of 0.06 at most. Two articles count as near-duplicates from 32 equal bytes on:
/// of pairs of similarity 0.5 about half do, of 0.7 practically all, of 0.3 one in a thousand,
/// and unrelated articles never.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprints {
    bytes: Bytes,
}

impl Fingerprints {
    /// The fingerprints of articles.
    pub fn of(documents: &[Document]) -> Self {
        let bytes: Vec<u8> = documents
            .par_iter()
            .flat_map_iter(|document| fingerprint(&shingles(document)))
            .collect();
        Self {
            bytes: bytes.into(),
        }
    }

    /// Fingerprints as [`as_bytes`](Fingerprints::as_bytes) gives them; `None` unless the bytes
    /// are a whole number of fingerprints.
    pub(crate) fn from_bytes(bytes: Bytes) -> Option<Self> {
        bytes.len().is_multiple_of(LENGTH).then_some(Self { bytes })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Number of articles.
    pub fn len(&self) -> usize {
        self.bytes.len() / LENGTH
    }

    /// Whether there are no articles.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The numbers of the articles among `documents` that are near-duplicates of one of these,
    /// ascending. Articles without words are never among them.
    pub fn near_duplicates(&self, documents: &[Document]) -> Vec<usize> {
        let bands = self.bands();
        documents
            .par_iter()
            .enumerate()
            .filter(|(_, document)| !document.is_blank())
            .filter(|(_, document)| {
                let own = fingerprint(&shingles(document));
                bands.iter().enumerate().any(|(band, index)| {
                    index.with_key(key(&own, band)).iter().any(|&other| {
                        let other = other as usize * LENGTH..(other as usize + 1) * LENGTH;
                        let equal = own.iter().zip(&self.bytes[other]).filter(|(a, b)| a == b);
                        equal.count() >= ALIKE
                    })
                })
            })
            .map(|(number, _)| number)
            .collect()
    }

    fn bands(&self) -> Vec<BandIndex> {
        (0..LENGTH / BAND)
            .into_par_iter()
            .map(|band| {
                let keys = self.bytes.chunks_exact(LENGTH).map(|own| key(own, band));
                BandIndex::new(keys.collect())
            })
            .collect()
    }
}

/// The bytes of a band as one number.
fn key(fingerprint: &[u8], band: usize) -> u16 {
    u16::from_le_bytes([fingerprint[band * BAND], fingerprint[band * BAND + 1]])
}

fn fingerprint(shingles: &[u64]) -> Vec<u8> {
    (0..LENGTH as u64)
        .map(|function| {
            // The low bits of the least value are as good as random.
            let least = minimum(shingles, function + 1);
            (least ^ least >> 32) as u8
        })
        .collect()
}

/// The articles by the key of one band.
struct BandIndex {
    /// Where the articles of each key begin.
    starts: Vec<u32>,
    articles: Vec<u32>,
}

impl BandIndex {
    fn new(keys: Vec<u16>) -> Self {
        let mut starts = vec![0; usize::from(u16::MAX) + 2];
        for &key in &keys {
            starts[usize::from(key) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut articles: Vec<u32> = (0..keys.len() as u32).collect();
        articles.sort_by_key(|&article| keys[article as usize]);
        Self { starts, articles }
    }

    fn with_key(&self, key: u16) -> &[u32] {
        let key = usize::from(key);
        &self.articles[self.starts[key] as usize..self.starts[key + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of words from a small pseudo-random sequence.
    fn text(seed: u64, words: u64) -> String {
        (0..words)
            .map(|i| {
                let word = (seed.wrapping_mul(7919) ^ i.wrapping_mul(104_729)) % 9973;
                format!("w{word} ")
            })
            .collect()
    }

    fn documents(texts: &[String]) -> Vec<Document> {
        texts
            .iter()
            .map(|text| Document::new("", "", text))
            .collect()
    }

    #[test]
    fn finds_copies_and_nothing_else() {
        let known: Vec<String> = (0..500).map(|seed| text(seed, 120)).collect();
        let fingerprints = Fingerprints::of(&documents(&known));
        assert_eq!(fingerprints.len(), 500);
        let asked = [
            text(7, 120),
            format!("{} and a few words more at the end", text(8, 120)),
            text(1000, 120),
            String::new(),
            format!("{}{}", text(9, 60), text(1001, 120)),
        ];
        assert_eq!(fingerprints.near_duplicates(&documents(&asked)), [0, 1]);
    }

    #[test]
    fn bytes_come_back() {
        let fingerprints = Fingerprints::of(&documents(&[text(1, 30), text(2, 30)]));
        let bytes = Bytes::copy_from_slice(fingerprints.as_bytes());
        assert_eq!(
            Fingerprints::from_bytes(bytes.slice(..)),
            Some(fingerprints)
        );
        assert_eq!(Fingerprints::from_bytes(bytes.slice(1..)), None);
        assert!(
            Fingerprints::default()
                .near_duplicates(&documents(&[text(1, 30)]))
                .is_empty()
        );
    }
}
