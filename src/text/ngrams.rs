//! N-gram ranges and the character n-grams of a word.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Smallest and largest n of a family of n-grams, both included.
///
/// ```
/// use newstopics::text::NgramRange;
/// let range: NgramRange = "3-6".parse()?;
/// assert_eq!((range.min(), range.max()), (3, 6));
/// # Ok::<(), newstopics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(u8, u8)", into = "(u8, u8)")]
pub struct NgramRange {
    min: u8,
    max: u8,
}

impl NgramRange {
    /// The largest n accepted.
    pub const LIMIT: u8 = 10;

    /// A range; an error unless 1 <= min <= max <= [`NgramRange::LIMIT`].
    pub fn new(min: u8, max: u8) -> Result<Self> {
        if min == 0 || min > max || max > Self::LIMIT {
            return Err(Error::usage(format!(
                "found the n-gram range {min}-{max}, expected 1 <= min <= max <= {}",
                Self::LIMIT
            )));
        }
        Ok(Self { min, max })
    }

    /// The smallest n.
    pub fn min(self) -> usize {
        usize::from(self.min)
    }

    /// The largest n.
    pub fn max(self) -> usize {
        usize::from(self.max)
    }
}

impl TryFrom<(u8, u8)> for NgramRange {
    type Error = Error;

    fn try_from((min, max): (u8, u8)) -> Result<Self> {
        Self::new(min, max)
    }
}

impl From<NgramRange> for (u8, u8) {
    fn from(range: NgramRange) -> Self {
        (range.min, range.max)
    }
}

impl fmt::Display for NgramRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.min, self.max)
    }
}

impl FromStr for NgramRange {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (min, max) = text.split_once('-').unwrap_or((text, text));
        match (min.trim().parse(), max.trim().parse()) {
            (Ok(min), Ok(max)) => Self::new(min, max),
            _ => Err(Error::usage(format!(
                "found `{text}`, expected an n-gram range such as `1-2`"
            ))),
        }
    }
}

/// Calls `visit` with every character n-gram inside the boundaries of a word.
///
/// `padded` is the word with a space on either side. The n-grams are those of scikit-learn's
/// analyser `char_wb`: a word shorter than n gives itself once, for the smallest such n.
pub fn char_ngrams<'a>(padded: &'a str, range: NgramRange, mut visit: impl FnMut(&'a str)) {
    let mut ends: Vec<usize> = padded.char_indices().map(|(at, _)| at).collect();
    ends.push(padded.len());
    let length = ends.len() - 1;
    for n in range.min()..=range.max() {
        if n >= length {
            visit(padded);
            return;
        }
        for start in 0..=length - n {
            visit(&padded[ends[start]..ends[start + n]]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grams(word: &str, min: u8, max: u8) -> Vec<String> {
        let mut found = Vec::new();
        let padded = format!(" {word} ");
        char_ngrams(&padded, NgramRange::new(min, max).unwrap(), |g| {
            found.push(g.to_owned());
        });
        found
    }

    #[test]
    fn matches_char_wb() {
        // Values of scikit-learn 1.9, CountVectorizer(analyzer="char_wb").
        assert_eq!(
            grams("zoll", 3, 4),
            [" zo", "zol", "oll", "ll ", " zol", "zoll", "oll "]
        );
        assert_eq!(grams("in", 3, 6), [" in", "in ", " in "]);
        assert_eq!(grams("a", 3, 6), [" a "]);
        assert_eq!(grams("éa", 4, 5), [" éa "]);
    }

    #[test]
    fn ranges_are_checked() {
        assert!("0-2".parse::<NgramRange>().is_err());
        assert!("3-2".parse::<NgramRange>().is_err());
        assert!("x".parse::<NgramRange>().is_err());
        assert_eq!(
            "2".parse::<NgramRange>().unwrap(),
            NgramRange::new(2, 2).unwrap()
        );
    }
}
