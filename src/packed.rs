//! Number arrays that are read in place from a model's bytes, without copying or alignment.

use std::marker::PhantomData;

use bytes::Bytes;

/// A number with a fixed little-endian form of four bytes.
pub(crate) trait Word: Copy {
    fn from_bytes(bytes: [u8; 4]) -> Self;
    fn to_bytes(self) -> [u8; 4];
}

impl Word for u32 {
    fn from_bytes(bytes: [u8; 4]) -> Self {
        Self::from_le_bytes(bytes)
    }

    fn to_bytes(self) -> [u8; 4] {
        self.to_le_bytes()
    }
}

impl Word for f32 {
    fn from_bytes(bytes: [u8; 4]) -> Self {
        Self::from_le_bytes(bytes)
    }

    fn to_bytes(self) -> [u8; 4] {
        self.to_le_bytes()
    }
}

/// An array of numbers over shared bytes.
#[derive(Debug, Clone)]
pub(crate) struct Packed<T> {
    bytes: Bytes,
    word: PhantomData<T>,
}

impl<T: Word> Packed<T> {
    /// The array over some bytes; `None` unless they are a whole number of elements.
    pub(crate) fn new(bytes: Bytes) -> Option<Self> {
        bytes.len().is_multiple_of(4).then_some(Self {
            bytes,
            word: PhantomData,
        })
    }

    /// The array whose bytes were made here: a whole number of elements.
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        debug_assert!(bytes.len().is_multiple_of(4));
        Self {
            bytes: bytes.into(),
            word: PhantomData,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len() / 4
    }

    #[inline]
    pub(crate) fn get(&self, index: usize) -> T {
        T::from_bytes(self.words()[index])
    }

    /// The N elements from `index` on.
    #[inline]
    pub(crate) fn array<const N: usize>(&self, index: usize) -> [T; N] {
        let words = &self.words()[index..index + N];
        std::array::from_fn(|i| T::from_bytes(words[i]))
    }

    /// The elements of `index * width .. (index + 1) * width`.
    #[inline]
    pub(crate) fn row(&self, index: usize, width: usize) -> impl Iterator<Item = T> + '_ {
        self.words()[index * width..(index + 1) * width]
            .iter()
            .map(|&word| T::from_bytes(word))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = T> + '_ {
        self.row(0, self.len())
    }

    /// The elements as they lie in memory, for loops that read many of them.
    pub(crate) fn words(&self) -> &[[u8; 4]] {
        self.bytes.as_chunks().0
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl<T: Word> FromIterator<T> for Packed<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self::from_bytes(values.into_iter().flat_map(Word::to_bytes).collect())
    }
}
