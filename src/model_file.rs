//! The model file: layout, writing, and a reader that believes nothing.
//!
//! All numbers are little-endian.
//!
//! | bytes | content |
//! |---|---|
//! | 0..8 | magic `NEWSTOPC` |
//! | 8..12 | format version (2) |
//! | 12..16 | length of the header |
//! | 16..24 | length of the whole file |
//! | 24..56 | SHA-256 of everything from byte 56 on, preceded by bytes 8..24 |
//! | 56.. | header: JSON of the model's description and of the arrays' lengths |
//! | then | for each block of features its terms, term ends, look-up table and idf; then the fingerprints of the training articles; then the weights, feature by feature |
//!
//! The reader compares the lengths with the file's and with the limits below before it allocates
//! anything, then the checksum, then every shape, range and order. The arrays are used where they
//! lie in the file, so that reading takes the memory of the file and some times that of the
//! header. A file that passes gives finite probabilities for any text, whoever made it: the
//! checksum finds damage, it does not prove where a file comes from.
//!
//! The promise: a file of a format version is read by every version of the program that knows the
//! format, to the same predictions; a file of another format is refused by name, never misread.
//! `tests/data/models/` keeps a file of each format with what it must answer. Format 1 was written
//! before the first release only and is refused.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::classifier::TopicClassifier;
use crate::corpus::Fingerprints;
use crate::error::{Error, Result};
use crate::features::{Block, Family, TfidfVectorizer, Vocabulary};
use crate::model_info::ModelInfo;
use crate::packed::Packed;

const MAGIC: &[u8; 8] = b"NEWSTOPC";
const VERSION: u32 = 2;
const PREFIX: usize = 56;
/// A header is a few kilobytes; with tens of thousands of labels a few megabytes.
const MAX_HEADER: usize = 64 << 20;
/// A model for ninety labels and ten million features has 4 GiB.
const MAX_FILE: u64 = 16 << 30;
/// An idf is 1 plus a logarithm of numbers of documents.
const IDF: std::ops::RangeInclusive<f32> = 1.0..=64.0;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    info: ModelInfo,
    blocks: Vec<BlockHeader>,
    /// Length in bytes of the fingerprints.
    fingerprints: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockHeader {
    family: Family,
    features: usize,
    /// Lengths in bytes of terms, ends, table and idf.
    lengths: [usize; 4],
}

impl TopicClassifier {
    /// Reads a model file.
    ///
    /// Errors: a file that cannot be read, that is no model, of another format version, or
    /// damaged anywhere.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let failed = |e| Error::io("read the model", path, e);
        let mut file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        // The first bytes decide whether the rest is worth its memory.
        let mut bytes = Vec::new();
        file.by_ref()
            .take(PREFIX as u64)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        check_prefix(&bytes, length).map_err(|e| e.in_file(path))?;
        // A file that grows meanwhile is not followed.
        file.take(length - PREFIX as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        Self::from_bytes(bytes).map_err(|e| e.in_file(path))
    }

    /// A model from the bytes of a model file.
    ///
    /// Errors: as [`TopicClassifier::load`].
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Result<Self> {
        read(bytes.into(), false)
    }

    /// The bytes of the model's file.
    ///
    /// Errors: a description or arrays longer than a file can hold (64 MiB, 16 GiB in all).
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let start = Start::of(self)?;
        let mut bytes = Vec::with_capacity(start.total);
        for part in start.parts(self) {
            bytes.extend_from_slice(part);
        }
        Ok(bytes)
    }

    /// Writes the model's file: to a temporary file beside it first, so that a reader finds the
    /// old model or the new one, never a part. Gives the number of bytes written.
    ///
    /// Errors: a file that cannot be written; as [`TopicClassifier::to_bytes`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<usize> {
        let start = Start::of(self)?;
        crate::atomic::write(path.as_ref(), &start.parts(self))?;
        Ok(start.total)
    }

    /// Length of the model's file in bytes.
    ///
    /// Errors: as [`TopicClassifier::to_bytes`].
    pub fn file_size(&self) -> Result<usize> {
        Start::of(self).map(|start| start.total)
    }

    /// The arrays of the file, in its order.
    fn arrays(&self) -> Vec<&[u8]> {
        let mut arrays: Vec<&[u8]> = Vec::new();
        for block in self.vectorizer.blocks() {
            arrays.extend(block_arrays(block));
        }
        arrays.push(self.fingerprints.as_bytes());
        arrays.push(self.weights.as_bytes());
        arrays
    }
}

fn block_arrays(block: &Block) -> [&[u8]; 4] {
    let [terms, ends, table] = block.vocabulary().parts();
    [terms, ends, table, block.packed_idf().as_bytes()]
}

/// What comes before the arrays of a model's file. The arrays are the most of it by far, and are
/// written from where they are.
struct Start {
    prefix: [u8; PREFIX],
    header: Vec<u8>,
    total: usize,
}

impl Start {
    fn of(classifier: &TopicClassifier) -> Result<Self> {
        let blocks = classifier.vectorizer.blocks().iter();
        let header = Header {
            info: classifier.info.clone(),
            blocks: blocks
                .map(|block| BlockHeader {
                    family: block.family(),
                    features: block.vocabulary().len(),
                    lengths: block_arrays(block).map(<[u8]>::len),
                })
                .collect(),
            fingerprints: classifier.fingerprints.as_bytes().len(),
        };
        let header = serde_json::to_vec(&header)
            .map_err(|e| Error::model(format!("the description cannot be written: {e}")))?;
        if header.len() > MAX_HEADER {
            return Err(Error::model(format!(
                "the description has {} bytes, expected at most {MAX_HEADER}",
                header.len()
            )));
        }
        let arrays = classifier.arrays();
        let total = PREFIX + header.len() + arrays.iter().map(|a| a.len()).sum::<usize>();
        if total as u64 > MAX_FILE {
            return Err(Error::model(format!(
                "the model has {total} bytes, expected at most {MAX_FILE}: set a higher --min-df or a --max-features"
            )));
        }
        let mut prefix = [0; PREFIX];
        prefix[..8].copy_from_slice(MAGIC);
        prefix[8..12].copy_from_slice(&VERSION.to_le_bytes());
        prefix[12..16].copy_from_slice(&(header.len() as u32).to_le_bytes());
        prefix[16..24].copy_from_slice(&(total as u64).to_le_bytes());
        let after: Vec<&[u8]> = std::iter::once(header.as_slice()).chain(arrays).collect();
        let checksum = checksum(&prefix[8..24], &after);
        prefix[24..56].copy_from_slice(&checksum);
        Ok(Self {
            prefix,
            header,
            total,
        })
    }

    fn parts<'a>(&'a self, classifier: &'a TopicClassifier) -> Vec<&'a [u8]> {
        let mut parts: Vec<&[u8]> = vec![&self.prefix, &self.header];
        parts.extend(classifier.arrays());
        parts
    }
}

/// SHA-256 of the version and lengths and of what comes after the prefix.
fn checksum(lengths: &[u8], after: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new().chain_update(lengths);
    for part in after {
        hash.update(part);
    }
    hash.finalize().into()
}

/// A model from the bytes of its file. `trusted` leaves out the checks that read all of them.
pub(crate) fn read(bytes: Bytes, trusted: bool) -> Result<TopicClassifier> {
    let header_length = check_prefix(&bytes, bytes.len() as u64)?;
    if !trusted && checksum(&bytes[8..24], &[&bytes[PREFIX..]]) != bytes[24..56] {
        return Err(Error::model(
            "the checksum is wrong: the file was altered or damaged; fetch or train it again",
        ));
    }
    let header: Header = serde_json::from_slice(&bytes[PREFIX..PREFIX + header_length])
        .map_err(|e| Error::model(format!("the description cannot be read: {}", brief(&e))))?;
    header.info.check()?;
    check_families(&header)?;
    let n_labels = header.info.labels.len();
    let mut sections = Sections {
        bytes: &bytes,
        position: PREFIX + header_length,
    };
    let mut blocks = Vec::new();
    let mut n_features = 0;
    for block in &header.blocks {
        let [terms, ends, table, idf] = block.lengths;
        let terms = sections.take(terms)?;
        let ends = sections.numbers(ends)?;
        let table = sections.numbers(table)?;
        let idf: Packed<f32> = sections.numbers(idf)?;
        if ends.len() != block.features || idf.len() != block.features {
            return Err(Error::model(format!(
                "declares a block of {} features, found the ends of {} terms and the idf of {}",
                block.features,
                ends.len(),
                idf.len()
            )));
        }
        if !trusted && idf.iter().any(|idf| !IDF.contains(&idf)) {
            return Err(Error::model("an idf is not a number from 1 to 64"));
        }
        let vocabulary = Vocabulary::from_parts(terms, ends, table, trusted)?;
        blocks.push(Block::new(block.family, vocabulary, idf, n_features));
        n_features += block.features;
    }
    let fingerprints = Fingerprints::from_bytes(sections.take(header.fingerprints)?)
        .filter(|f| f.is_empty() || f.len() == header.info.provenance.articles)
        .ok_or_else(|| Error::model("has not one fingerprint for each training article"))?;
    let rest = bytes.len() - sections.position;
    let weights: Packed<f32> = sections.numbers(rest)?;
    if n_features == 0 || Some(weights.len()) != n_features.checked_mul(n_labels) {
        return Err(Error::model(format!(
            "found {} weights, expected one for each of {n_features} features and {n_labels} labels",
            weights.len()
        )));
    }
    if !trusted && weights.iter().any(|w| !w.is_finite()) {
        return Err(Error::model("a weight is not a finite number"));
    }
    Ok(TopicClassifier {
        vectorizer: TfidfVectorizer::from_blocks(header.info.features.clone(), blocks),
        info: header.info,
        fingerprints,
        weights,
    })
}

/// An error without the end of what it quotes, which may be as long as the file.
fn brief(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// Checks the first bytes of a file of a length, without allocating; returns the header's length.
fn check_prefix(bytes: &[u8], actual: u64) -> Result<usize> {
    if bytes.is_empty() {
        return Err(Error::model(
            "the file is empty, expected a newstopics model",
        ));
    }
    if !bytes.starts_with(&MAGIC[..bytes.len().min(8)]) {
        return Err(Error::model(
            "is not a newstopics model (it does not begin with NEWSTOPC)",
        ));
    }
    let Some(prefix) = bytes.first_chunk::<PREFIX>() else {
        return Err(Error::model("the file is cut off in its first bytes"));
    };
    let number = |at: usize| {
        u32::from_le_bytes([prefix[at], prefix[at + 1], prefix[at + 2], prefix[at + 3]])
    };
    let version = number(8);
    if version != VERSION {
        let reason = match version {
            1..VERSION => "written by an earlier version of newstopics: train it again",
            _ => {
                "written by a later version of newstopics, or damaged: get a newer newstopics, or the file again"
            }
        };
        return Err(Error::model(format!(
            "is of model format version {version}, expected {VERSION}; {reason}"
        )));
    }
    let declared = u64::from(number(16)) | u64::from(number(20)) << 32;
    if declared != actual {
        return Err(Error::model(format!(
            "found {actual} bytes, expected {declared}: the file is cut off or has grown"
        )));
    }
    if actual > MAX_FILE {
        return Err(Error::model(format!(
            "has {actual} bytes, more than the limit of {MAX_FILE}"
        )));
    }
    let header = number(12) as usize;
    if header > MAX_HEADER || (PREFIX + header) as u64 > actual {
        return Err(Error::model(format!(
            "declares a description of {header} bytes, more than the file or the limit of {MAX_HEADER} allows"
        )));
    }
    Ok(header)
}

/// The blocks are those that the settings ask for, in their order.
fn check_families(header: &Header) -> Result<()> {
    let features = &header.info.features;
    let expected = [
        (Family::Word, features.word_ngrams.is_some()),
        (Family::Char, features.char_ngrams.is_some()),
    ];
    let expected = expected
        .iter()
        .filter(|(_, there)| *there)
        .map(|(family, _)| *family);
    if !header.blocks.iter().map(|b| b.family).eq(expected) {
        return Err(Error::model(
            "the description is inconsistent: the blocks of features are not those of the settings",
        ));
    }
    Ok(())
}

struct Sections<'a> {
    bytes: &'a Bytes,
    position: usize,
}

impl Sections<'_> {
    fn take(&mut self, length: usize) -> Result<Bytes> {
        let end = self
            .position
            .checked_add(length)
            .filter(|&end| end <= self.bytes.len())
            .ok_or_else(|| {
                Error::model(format!(
                    "declares an array of {length} bytes at byte {}, more than the file's {} bytes",
                    self.position,
                    self.bytes.len()
                ))
            })?;
        let section = self.bytes.slice(self.position..end);
        self.position = end;
        Ok(section)
    }

    fn numbers<T: crate::packed::Word>(&mut self, length: usize) -> Result<Packed<T>> {
        Packed::new(self.take(length)?).ok_or_else(|| {
            Error::model(format!(
                "declares an array of {length} bytes, expected a multiple of 4"
            ))
        })
    }
}
