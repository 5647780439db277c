//! A finding: what, how bad, where.

use serde::Serialize;

use crate::corpus::{Dataset, SIMILAR};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know; often as it should be.
    Note,
    /// Most likely a fault that a model will learn or that flatters its figures.
    Warning,
    /// A fault for certain.
    Error,
}

/// The beginning or the end of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// Its first lines.
    Beginning,
    /// Its last lines.
    End,
}

/// What was found; the articles concerned are the finding's places.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Problem {
    /// An article without any word.
    EmptyText,
    /// An article too short to tell a topic by.
    ShortText {
        /// Its words, title included.
        words: usize,
        /// What is expected.
        at_least: usize,
    },
    /// Near-duplicates in different files: when one of them is the test set, its figures are
    /// too good.
    Leakage {
        /// Least similarity of a place to the first one: the share of common word 5-grams.
        similarity: f64,
    },
    /// The same or nearly the same text with different labels.
    LabelConflict {
        /// Least similarity of a place to the first one: the share of common word 5-grams.
        similarity: f64,
    },
    /// A text in another language than its record claims.
    Language {
        /// What the record says.
        claimed: String,
        /// What the text shows.
        detected: &'static str,
    },
    /// A line or sentence at the same end of many different articles.
    PageFurniture {
        /// The line as it stands in the first place, or its opening.
        line: String,
        /// Whether only its opening, up to the colon, is repeated.
        opening: bool,
        /// Where it stands.
        end: End,
        /// Number of articles; the places are the first few.
        articles: usize,
    },
    /// A label that looks like another one misspelt.
    LabelSpelling {
        /// The rarer label.
        label: String,
        /// Its articles.
        examples: usize,
        /// The label that may be meant.
        like: String,
        /// Its articles.
        like_examples: usize,
    },
    /// A label with too few examples.
    FewExamples {
        /// The label.
        label: String,
        /// Its articles.
        examples: usize,
        /// What is expected.
        at_least: usize,
    },
    /// Near-duplicates in one file.
    NearDuplicates {
        /// Least similarity of a place to the first one: the share of common word 5-grams.
        similarity: f64,
    },
}

impl Problem {
    /// The kind in a few words, as a heading.
    pub fn title(&self) -> &'static str {
        match self {
            Self::EmptyText => "Articles without words",
            Self::ShortText { .. } => "Very short articles",
            Self::Leakage { .. } => "The same articles in several files",
            Self::LabelConflict { .. } => "The same text with different labels",
            Self::Language { .. } => "Another language than claimed",
            Self::PageFurniture { .. } => "Page furniture",
            Self::LabelSpelling { .. } => "Labels that look misspelt",
            Self::FewExamples { .. } => "Labels with few examples",
            Self::NearDuplicates { .. } => "Near-duplicates in one file",
        }
    }

    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::EmptyText => "remove them, or find the text that was lost",
            Self::ShortText { .. } => "complete them, or remove those that nobody could label",
            Self::Leakage { .. } => "if one file trains and another tests, remove them from one",
            Self::LabelConflict { .. } => "decide which labels are right and give them to all",
            Self::Language { .. } => "correct the column `lang`, or remove the article",
            Self::PageFurniture { .. } => {
                "remove it from the texts: models take it for a sign of topics"
            }
            Self::LabelSpelling { .. } => {
                "use one spelling; leave both if they are different topics"
            }
            Self::FewExamples { .. } => "label more articles, or merge or drop the label",
            Self::NearDuplicates { .. } => {
                "keep one of each; cross-validation keeps them together in any case"
            }
        }
    }

    /// What was found, in words.
    pub fn found(&self) -> String {
        match self {
            Self::EmptyText => "no words in title and text".to_owned(),
            Self::ShortText { words, at_least } => {
                format!("{words} words, expected at least {at_least}")
            }
            Self::Leakage { similarity }
            | Self::LabelConflict { similarity }
            | Self::NearDuplicates { similarity }
                if *similarity == 1.0 =>
            {
                "the same words".to_owned()
            }
            Self::Leakage { similarity }
            | Self::LabelConflict { similarity }
            | Self::NearDuplicates { similarity } => {
                // Rounded down: nearly the same is not the same.
                let percent = (similarity * 100.0).floor();
                if *similarity < SIMILAR {
                    format!(
                        "each much like another, {percent:.0} % or more in common with the first"
                    )
                } else {
                    format!("{percent:.0} % or more in common")
                }
            }
            Self::Language { claimed, detected } => {
                format!("claims `{claimed}`, reads like `{detected}`")
            }
            Self::PageFurniture {
                line,
                opening,
                end,
                articles,
            } => {
                let line_like = if *opening { "a line like " } else { "" };
                let end = match end {
                    End::Beginning => "begin",
                    End::End => "end",
                };
                format!("{articles} different articles {end} with {line_like}\"{line}\"")
            }
            Self::LabelSpelling {
                label,
                examples,
                like,
                like_examples,
            } => format!("`{label}` ({examples}) is close to `{like}` ({like_examples})"),
            Self::FewExamples {
                label,
                examples,
                at_least,
            } => format!("`{label}` has {examples}, expected at least {at_least}"),
        }
    }
}

/// One article concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file as it was named.
    pub file: String,
    /// Number of the record, from 1.
    pub record: Option<u64>,
    /// Line on which the record begins, from 1.
    pub line: Option<u64>,
    /// The article's id.
    pub id: String,
    /// Its labels.
    pub labels: Vec<String>,
}

impl Place {
    pub(super) fn new(data: &Dataset, row: usize) -> Self {
        let position = &data.positions[row];
        Self {
            file: file_name(data, row),
            record: position.record,
            line: position.line,
            id: data.documents[row].id.clone(),
            labels: data.labels[row].clone(),
        }
    }
}

/// The file an article is from, as it was named; empty for one that comes from no file.
pub(super) fn file_name(data: &Dataset, row: usize) -> String {
    let file = data.positions[row].file.as_ref();
    file.map(|file| file.display().to_string())
        .unwrap_or_default()
}

/// Something found in the data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// What was found.
    #[serde(flatten)]
    pub problem: Problem,
    /// The articles concerned: all of a group of duplicates, the first few of a repeated line or
    /// label.
    pub places: Vec<Place>,
    /// How the first of them begins.
    pub excerpt: String,
}

/// Characters of an excerpt.
const EXCERPT: usize = 50;

impl Finding {
    /// A finding about some articles, of which there is at least one.
    pub(super) fn new(problem: Problem, data: &Dataset, rows: &[usize]) -> Self {
        let excerpt = rows.first().map(|&row| {
            let document = &data.documents[row];
            match document.title().trim() {
                "" => excerpt(&document.text),
                title => excerpt(title),
            }
        });
        Self {
            problem,
            places: rows.iter().map(|&row| Place::new(data, row)).collect(),
            excerpt: excerpt.unwrap_or_default(),
        }
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match &self.problem {
            Problem::EmptyText => Severity::Error,
            Problem::FewExamples { examples: 1, .. } => Severity::Warning,
            Problem::ShortText { .. }
            | Problem::FewExamples { .. }
            | Problem::NearDuplicates { .. } => Severity::Note,
            _ => Severity::Warning,
        }
    }
}

/// The beginning of a text on one line.
pub(super) fn excerpt(text: &str) -> String {
    let mut words = text.split_whitespace();
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        out.push(' ');
        out.push_str(word);
        if out.chars().count() > EXCERPT {
            break;
        }
    }
    if out.chars().count() > EXCERPT {
        out = out.chars().take(EXCERPT - 1).collect::<String>() + "…";
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_one_short_line() {
        assert_eq!(excerpt(" A\n line\tof  text "), "A line of text");
        assert_eq!(excerpt(&"x".repeat(200)).chars().count(), EXCERPT);
        assert!(excerpt(&"word ".repeat(99)).ends_with('…'));
        assert_eq!(excerpt(""), "");
    }

    #[test]
    fn nearly_the_same_is_not_called_the_same() {
        let found = |similarity| Problem::NearDuplicates { similarity }.found();
        assert_eq!(found(1.0), "the same words");
        assert_eq!(found(0.999), "99 % or more in common");
        // A chain: the last is like the one before, and hardly like the first.
        assert_eq!(
            found(0.22),
            "each much like another, 22 % or more in common with the first"
        );
    }
}
