//! Settings of the featuriser.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::text::NgramRange;

/// Settings of [`TfidfVectorizer`](super::TfidfVectorizer), named as in scikit-learn.
///
/// The defaults are those of the command line: word 1-2-grams, character 3-6-grams inside word
/// boundaries, `min_df` 2.
///
/// ```
/// use newstopics::features::TfidfParams;
///
/// let params = TfidfParams { min_df: 0, ..TfidfParams::default() };
/// assert!(params.validate().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TfidfParams {
    /// Word n-grams; `None` for no word features. At most 4-grams.
    pub word_ngrams: Option<NgramRange>,
    /// Character n-grams inside word boundaries (scikit-learn's `char_wb`); `None` for none.
    pub char_ngrams: Option<NgramRange>,
    /// A feature is kept when at least this many training documents have it.
    pub min_df: u32,
    /// Keep only the features of each block that occur most often in all; ties go to the term
    /// that sorts first. `None` keeps all.
    pub max_features: Option<usize>,
    /// Replace a count tf by 1 + ln(tf).
    pub sublinear_tf: bool,
    /// How many times a word of the title counts.
    pub title_weight: u32,
    /// Factor of the character block after its normalisation to unit length; the word block
    /// has factor 1. From 0.001 to 1000.
    pub char_weight: f32,
}

impl Default for TfidfParams {
    fn default() -> Self {
        Self {
            word_ngrams: NgramRange::new(1, 2).ok(),
            char_ngrams: NgramRange::new(3, 6).ok(),
            min_df: 2,
            max_features: None,
            sublinear_tf: true,
            title_weight: 1,
            char_weight: 1.0,
        }
    }
}

impl TfidfParams {
    fn fault(&self) -> Option<String> {
        if self.word_ngrams.is_none() && self.char_ngrams.is_none() {
            return Some("found neither word nor character n-grams, expected at least one".into());
        }
        if let Some(range) = self.word_ngrams.filter(|range| range.max() > 4) {
            return Some(format!(
                "found word n-grams {range}, expected at most 4-grams"
            ));
        }
        if self.min_df == 0 {
            return Some("found min_df 0, expected at least 1".into());
        }
        if self.max_features == Some(0) {
            return Some("found max_features 0, expected at least 1".into());
        }
        if !(1..=100).contains(&self.title_weight) {
            return Some(format!(
                "found title weight {}, expected 1 to 100",
                self.title_weight
            ));
        }
        // Beyond these one of the two blocks is lost in the other's rounding.
        if !(0.001..=1000.0).contains(&self.char_weight) {
            return Some(format!(
                "found character weight {}, expected a number from 0.001 to 1000",
                self.char_weight
            ));
        }
        None
    }

    /// Checks the values: an error names the first that is out of range.
    pub fn validate(&self) -> Result<()> {
        self.fault()
            .map_or(Ok(()), |fault| Err(Error::usage(fault)))
    }
}
