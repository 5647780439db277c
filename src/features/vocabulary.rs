//! The explicit, sorted vocabulary of one block of features.

use bytes::Bytes;

use crate::error::{Error, Result};
use crate::packed::Packed;

/// Marks an empty slot of the look-up table.
const EMPTY: u32 = u32::MAX;

/// Terms in byte order and a look-up table into them.
///
/// All three parts lie in a model file as they are used: the terms one after another, where each
/// ends, and an open-addressing table (linear probing, a power of two of slots, at most three
/// quarters full) from a term's hash to its position. A slot's low bits are the position, as many
/// as the largest needs; the others are bits of the hash, so that a look-up of an unknown term
/// seldom reads any term. A look-up compares the term itself, so two terms never share a feature.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    terms: Bytes,
    ends: Packed<u32>,
    table: Packed<u32>,
}

impl Vocabulary {
    /// A vocabulary of terms given in ascending byte order without repetition.
    ///
    /// An error when there are 2^31 terms and more or more than 4 GiB of them, or when they were
    /// chosen so that their look-up table is slow.
    pub(crate) fn from_sorted<'a>(sorted: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let mut terms = String::new();
        let mut ends = Vec::new();
        for term in sorted {
            terms.push_str(term);
            ends.push(u32::try_from(terms.len()).map_err(|_| too_large())?);
        }
        if ends.len() >= 1 << 31 {
            return Err(too_large());
        }
        let mut table = vec![EMPTY; table_slots(ends.len())];
        let positions = position_mask(ends.len());
        let (mut start, mut steps) = (0, 0);
        for (id, &end) in ends.iter().enumerate() {
            let hash = TermHash::new(&terms[start..end as usize]);
            let mut slot = hash.first_slot(table.len());
            while table[slot] != EMPTY {
                slot = (slot + 1) & (table.len() - 1);
                steps += 1;
            }
            if steps > most_steps(ends.len()) {
                return Err(Error::data(
                    "found terms whose hashes collide far more often than by chance: were the texts made to do so?",
                ));
            }
            table[slot] = hash.tag() & !positions | id as u32;
            start = end as usize;
        }
        Ok(Self {
            terms: terms.into_bytes().into(),
            ends: ends.into_iter().collect(),
            table: table.into_iter().collect(),
        })
    }

    /// The vocabulary over the parts of a model file. `trusted` leaves out the checks that read
    /// every term; without it every property that look-ups rely on is verified.
    pub(crate) fn from_parts(
        terms: Bytes,
        ends: Packed<u32>,
        table: Packed<u32>,
        trusted: bool,
    ) -> Result<Self> {
        let vocabulary = Self { terms, ends, table };
        if !trusted {
            vocabulary.validate()?;
        }
        Ok(vocabulary)
    }

    fn validate(&self) -> Result<()> {
        let broken = |what: &str| Err(Error::model(format!("the vocabulary {what}")));
        if std::str::from_utf8(&self.terms).is_err() {
            return broken("is not valid UTF-8");
        }
        if self.len() >= 1 << 31 {
            return broken("has 2^31 terms or more");
        }
        if self.table.len() != table_slots(self.len()) {
            return broken("has a look-up table of the wrong size");
        }
        let (mut start, mut previous): (usize, &[u8]) = (0, &[]);
        for end in self.ends.iter() {
            let Some(term) = self.terms.get(start..end as usize) else {
                return broken("has terms that end before they begin");
            };
            if term <= previous {
                return broken("is not sorted");
            }
            if std::str::from_utf8(term).is_err() {
                return broken("has a term that is not valid UTF-8");
            }
            (start, previous) = (end as usize, term);
        }
        if start != self.terms.len() {
            return broken("has bytes after its last term");
        }
        if !self.table_is_sound() {
            return broken("does not agree with its look-up table");
        }
        Ok(())
    }

    /// Whether as many slots are filled as there are terms, and every term is found at its own id:
    /// each id is there once then and, a quarter of the slots being free, no look-up can run
    /// forever; with a bound of the steps none can take long.
    fn table_is_sound(&self) -> bool {
        let filled = self.table.iter().filter(|&entry| entry != EMPTY).count();
        let positions = position_mask(self.len());
        let mut steps = 0;
        filled == self.len()
            && (0..self.len()).all(|id| {
                let hash = TermHash::new(self.term(id));
                let own = hash.tag() & !positions | id as u32;
                let mut slot = hash.first_slot(self.table.len());
                loop {
                    match self.table.get(slot) {
                        entry if entry == own => return true,
                        EMPTY => return false,
                        _ if steps == most_steps(self.len()) => return false,
                        _ => steps += 1,
                    }
                    slot = (slot + 1) & (self.table.len() - 1);
                }
            })
    }

    /// Number of terms.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no terms.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The position of a term, if it is in the vocabulary.
    pub fn id(&self, term: &str) -> Option<usize> {
        self.find(TermHash::new(term), |found| found == term.as_bytes())
    }

    /// The position of a term of which the hash is known, and whether some bytes are it.
    pub(super) fn find(&self, hash: TermHash, is_term: impl Fn(&[u8]) -> bool) -> Option<usize> {
        if self.is_empty() {
            return None;
        }
        let positions = position_mask(self.len());
        let tag = hash.tag() & !positions;
        let mut slot = hash.first_slot(self.table.len());
        loop {
            let entry = self.table.get(slot);
            if entry == EMPTY {
                return None;
            }
            let id = (entry & positions) as usize;
            if entry & !positions == tag && id < self.len() && is_term(self.term_bytes(id)) {
                return Some(id);
            }
            slot = (slot + 1) & (self.table.len() - 1);
        }
    }

    /// False for many of the terms that are not in the vocabulary, true for all others. It reads one
    /// slot and decides nothing, so that the look-ups of many terms wait for memory together.
    #[inline]
    pub(super) fn may_have(&self, hash: TermHash) -> bool {
        self.table.get(hash.first_slot(self.table.len())) != EMPTY
    }

    /// The term at a position.
    ///
    /// # Panics
    /// When `id` is not below [`Vocabulary::len`].
    pub fn term(&self, id: usize) -> &str {
        std::str::from_utf8(self.term_bytes(id)).unwrap_or_default()
    }

    fn term_bytes(&self, id: usize) -> &[u8] {
        let start = if id == 0 { 0 } else { self.ends.get(id - 1) };
        &self.terms[start as usize..self.ends.get(id) as usize]
    }

    /// The terms in ascending byte order.
    pub fn terms(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|id| self.term(id))
    }

    /// The parts as they lie in a model file: terms, ends, look-up table.
    pub(crate) fn parts(&self) -> [&[u8]; 3] {
        [&self.terms, self.ends.as_bytes(), self.table.as_bytes()]
    }
}

fn too_large() -> Error {
    Error::usage(
        "the vocabulary is too large (more than 4 GiB of terms): set a higher --min-df or a --max-features",
    )
}

/// Slots for a number of terms: the next power of two that is at most three quarters full.
fn table_slots(terms: usize) -> usize {
    (terms + terms / 3 + 1).next_power_of_two()
}

/// Steps beyond the first slots that all terms together may take to their own. By chance it is
/// one and a half a term at most (Knuth 1963); terms that are chosen for it could make look-ups as
/// slow as they are many.
fn most_steps(terms: usize) -> usize {
    1000 + 32 * terms
}

/// The bits of a slot that hold a position. All ones is never a position, so that no slot that is
/// taken looks empty.
fn position_mask(terms: usize) -> u32 {
    (terms as u32 + 1).next_power_of_two() - 1
}

/// FNV-1a of each word of a term, joined from word to word, with a final mix (the table takes bits
/// that FNV alone mixes poorly). The hash of an n-gram comes from those of its words, whatever
/// their lengths. Part of the file format: it must never change within a format version.
#[derive(Debug, Clone, Copy)]
pub(super) struct TermHash(u64);

impl TermHash {
    pub(super) fn new(term: &str) -> Self {
        let mut hasher = TermHasher::default();
        term.bytes().for_each(|byte| hasher.push(byte));
        hasher.finish()
    }

    /// The hash of the term with a space and the term of another hash, a single word, behind it.
    #[inline]
    pub(super) fn joined(self, word: Self) -> Self {
        Self((self.0.rotate_left(23) ^ word.0).wrapping_mul(0xff51_afd7_ed55_8ccd))
    }

    fn mixed(self) -> u64 {
        (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// The first slot to look at among a power of two of them.
    fn first_slot(self, slots: usize) -> usize {
        (self.mixed() >> 32) as usize & (slots - 1)
    }

    /// Bits that tell terms of one slot apart.
    fn tag(self) -> u32 {
        self.mixed() as u32
    }
}

/// The [`TermHash`] of a term, byte by byte.
#[derive(Debug, Clone)]
pub(super) struct TermHasher {
    /// Of the words that are complete.
    words: Option<TermHash>,
    /// Of the last word so far.
    word: TermHash,
}

impl Default for TermHasher {
    fn default() -> Self {
        Self {
            words: None,
            word: TermHash(0xcbf2_9ce4_8422_2325),
        }
    }
}

impl TermHasher {
    #[inline]
    pub(super) fn push(&mut self, byte: u8) {
        if byte == b' ' {
            *self = Self {
                words: Some(self.finish()),
                ..Self::default()
            };
        } else {
            self.word.0 = (self.word.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// The hash of what was pushed so far.
    #[inline]
    pub(super) fn finish(&self) -> TermHash {
        match self.words {
            Some(words) => words.joined(self.word),
            None => self.word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rebuild(vocabulary: &Vocabulary, change: impl Fn(&mut [Vec<u8>; 3])) -> Result<Vocabulary> {
        let mut parts = vocabulary.parts().map(<[u8]>::to_vec);
        change(&mut parts);
        let [terms, ends, table] = parts.map(Bytes::from);
        Vocabulary::from_parts(
            terms,
            Packed::new(ends).unwrap(),
            Packed::new(table).unwrap(),
            false,
        )
    }

    #[test]
    fn finds_every_term_and_nothing_else() {
        let terms: Vec<String> = (0..5000).map(|i| format!("term{i:05}")).collect();
        let vocabulary = Vocabulary::from_sorted(terms.iter().map(String::as_str)).unwrap();
        for (id, term) in terms.iter().enumerate() {
            assert_eq!(vocabulary.id(term), Some(id));
            assert_eq!(vocabulary.term(id), term);
        }
        assert_eq!(vocabulary.id("term"), None);
        assert_eq!(vocabulary.id(""), None);
        assert!(rebuild(&vocabulary, |_| ()).is_ok());
    }

    #[test]
    fn empty_vocabulary_answers() {
        let vocabulary = Vocabulary::from_sorted([]).unwrap();
        assert!(vocabulary.is_empty());
        assert_eq!(vocabulary.id("x"), None);
    }

    /// A look-up in their table would walk over all of them.
    #[test]
    fn terms_made_to_collide_are_refused() {
        const TERMS: usize = 3000;
        let slots = table_slots(TERMS);
        let mut terms: Vec<String> = (0..)
            .map(|number: u32| format!("t{number}"))
            .filter(|term| TermHash::new(term).first_slot(slots) < 8)
            .take(TERMS)
            .collect();
        terms.sort_unstable();
        let error = Vocabulary::from_sorted(terms.iter().map(String::as_str)).unwrap_err();
        assert!(error.message().contains("collide"), "{error}");
        // The same in a file, whose table holds every term where a look-up finds it.
        let mut table = vec![EMPTY; slots];
        let mut ends = Vec::new();
        let mut end = 0;
        for (id, term) in terms.iter().enumerate() {
            end += term.len() as u32;
            ends.push(end);
            let hash = TermHash::new(term);
            let free = (hash.first_slot(slots)..slots).find(|&slot| table[slot] == EMPTY);
            table[free.unwrap()] = hash.tag() & !position_mask(TERMS) | id as u32;
        }
        let read = Vocabulary::from_parts(
            terms.concat().into_bytes().into(),
            ends.into_iter().collect(),
            table.into_iter().collect(),
            false,
        );
        let error = read.unwrap_err();
        assert!(error.message().contains("look-up table"), "{error}");
    }

    #[test]
    fn refuses_damage() {
        let vocabulary = Vocabulary::from_sorted(["a", "b", "ä"]).unwrap();
        let changes: [fn(&mut [Vec<u8>; 3]); 5] = [
            |p| p[0][0] = b'c',
            |p| p[0][2] = 0xff,
            |p| p[1][0] = 9,
            |p| p[2].iter_mut().for_each(|b| *b = 0xff),
            |p| p[2].truncate(4),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            assert!(rebuild(&vocabulary, change).is_err(), "change {number}");
        }
    }
}
