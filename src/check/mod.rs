//! What may be wrong with labelled data, found before a model learns it.
//!
//! [`check`] looks at articles and labels and gives a [`CheckReport`]: counts, and findings with
//! their places, severity and advice. It prints nothing; [`crate::report`] renders it.
//!
//! ```
//! use newstopics::check::{CheckParams, Problem, check};
//! use newstopics::corpus::{Dataset, Document};
//!
//! let mut data = Dataset::default();
//! for label in ["tariffs", "tariffs", "defense"] {
//!     data.push(
//!         Document::new("", "", "The duties on imported steel and cars rise again in July"),
//!         vec![label.to_owned()],
//!     );
//! }
//! let report = check(&data, &CheckParams::default());
//! assert!(report.findings.iter().any(|f| matches!(f.problem, Problem::LabelConflict { .. })));
//! ```

mod counts;
mod duplicates;
mod finding;
mod furniture;
mod labels;
mod language;
mod texts;

use serde::Serialize;

use crate::corpus::{Dataset, SIMILAR, Shingles};

pub use counts::{CoOccurrence, FileCounts, LabelCounts};
pub use duplicates::{Duplicates, Overlap};
pub use finding::{End, Finding, Place, Problem, Severity};

/// From when on something is a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckParams {
    /// Articles with fewer words, title included, are too short to tell a topic by.
    pub min_words: usize,
    /// Labels with fewer examples are too rare to learn and to measure.
    pub min_examples: usize,
    /// A line at one end of at least this many articles may be page furniture; of many articles
    /// it must also be one in a thousand.
    pub min_furniture: usize,
}

impl Default for CheckParams {
    fn default() -> Self {
        Self {
            min_words: 10,
            min_examples: 10,
            min_furniture: 5,
        }
    }
}

/// What a data set holds and what may be wrong with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckReport {
    /// Number of articles.
    pub articles: usize,
    /// Each file, in the order they were read.
    pub files: Vec<FileCounts>,
    /// Each label, the most frequent first.
    pub labels: Vec<LabelCounts>,
    /// Labels that occur together, the most frequent pair first.
    pub co_occurrence: Vec<CoOccurrence>,
    /// How much of the data is there more than once.
    pub duplicates: Duplicates,
    /// Findings by [`Problem`], each kind in the order of the data.
    pub findings: Vec<Finding>,
}

impl CheckReport {
    /// The worst severity there is.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|f| f.severity()).max()
    }
}

/// Looks for what may be wrong with labelled articles.
pub fn check(data: &Dataset, params: &CheckParams) -> CheckReport {
    let counts = counts::Counts::new(data);
    let shingles = Shingles::new(&data.documents);
    let groups = shingles.groups(SIMILAR);
    let words = texts::word_counts(data);
    let duplicates = duplicates::Finder::new(data, &shingles, &groups, &words);
    let mut findings = texts::find(data, &words, params.min_words);
    findings.extend(duplicates.leakage());
    findings.extend(duplicates.label_conflicts());
    findings.extend(language::find(data));
    findings.extend(furniture::find(data, &groups, params.min_furniture));
    // The more frequent label is the first of a pair.
    let together = counts.co_occurrence.iter();
    let together = together
        .map(|pair| pair.labels.each_ref().map(String::as_str))
        .collect();
    findings.extend(labels::spellings(
        data,
        &counts.labels,
        params.min_examples,
        &together,
    ));
    findings.extend(labels::few_examples(
        data,
        &counts.labels,
        params.min_examples,
    ));
    findings.extend(duplicates.within_files());
    CheckReport {
        articles: data.len(),
        duplicates: duplicates.summary(),
        files: counts.files,
        labels: counts.labels,
        co_occurrence: counts.co_occurrence,
        findings,
    }
}
