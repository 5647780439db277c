//! Labels as they are written in a cell.

use crate::error::{Error, Result};

/// Labels as an input has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Labels {
    /// In one cell, to be split by [`split_labels`].
    Cell(String),
    /// Each by itself, so that a label may contain anything.
    List(Vec<String>),
    /// None known: the annotator passed the article over, or refused what was proposed. Such an
    /// article is no example of anything.
    Undecided,
}

impl Labels {
    /// The labels sorted, each once.
    ///
    /// Errors: what [`split_labels`] reports; no decision; an empty label in a list; with `single` a list of
    /// more than one.
    pub fn split(&self, single: bool) -> Result<Vec<String>> {
        let list = match self {
            Self::Cell(cell) => return split_labels(cell, single),
            Self::List(list) => list,
            Self::Undecided => {
                return Err(Error::data(
                    "found an article without a decision on its labels, expected one",
                ));
            }
        };
        if single && list.len() > 1 {
            return Err(Error::data(format!(
                "found {} labels, expected one class",
                list.len()
            )));
        }
        let mut labels: Vec<String> = list.iter().map(|label| label.trim().to_owned()).collect();
        labels.sort_unstable();
        labels.dedup();
        if labels.first().is_some_and(String::is_empty) {
            return Err(Error::data(
                "found an empty label in the list, expected a name",
            ));
        }
        Ok(labels)
    }
}

/// Splits a cell of labels separated by `;` or `|`; an empty cell has none.
///
/// The labels come sorted, each once. Errors: an empty label between separators, and a comma or
/// tab, which is most likely a separator of another program. With `single` the whole cell is one
/// label and may contain anything.
///
/// ```
/// use newstopics::corpus::split_labels;
///
/// assert_eq!(split_labels("tariffs; defense", false)?, ["defense", "tariffs"]);
/// assert!(split_labels(" ", false)?.is_empty());
/// assert!(split_labels("tariffs,defense", false).is_err());
/// # Ok::<(), newstopics::Error>(())
/// ```
pub fn split_labels(cell: &str, single: bool) -> Result<Vec<String>> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(Vec::new());
    }
    if single {
        return Ok(vec![cell.to_owned()]);
    }
    if cell.contains([',', '\t']) {
        return Err(Error::data(format!(
            "found `{cell}`, expected labels separated by `;` or `|` (with --task multi-class a label may contain a comma)"
        )));
    }
    let mut labels: Vec<String> = cell
        .split([';', '|'])
        .map(|l| l.trim().to_owned())
        .collect();
    // A separator at the end is how some programs write lists.
    if labels.last().is_some_and(String::is_empty) {
        labels.pop();
    }
    labels.sort_unstable();
    if labels.iter().any(String::is_empty) {
        return Err(Error::data(format!(
            "found `{cell}` with nothing between two separators, expected a label"
        )));
    }
    labels.dedup();
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_and_faults() {
        assert_eq!(split_labels("b|a", false).unwrap(), ["a", "b"]);
        assert_eq!(split_labels("a;", false).unwrap(), ["a"]);
        assert!(split_labels("a;;b", false).is_err());
        assert_eq!(split_labels("a;b;a", false).unwrap(), ["a", "b"]);
        assert_eq!(split_labels("Law, Order", true).unwrap(), ["Law, Order"]);
    }

    #[test]
    fn labels_of_a_list_are_whole() {
        let list = |labels: &[&str]| Labels::List(labels.iter().map(|l| (*l).to_owned()).collect());
        let split = |labels: &[&str], single| list(labels).split(single);
        assert_eq!(split(&["b, c", " a", "a"], false).unwrap(), ["a", "b, c"]);
        assert!(split(&["a", ""], false).is_err());
        assert!(split(&["a", "b"], true).is_err());
        assert!(split(&[], false).unwrap().is_empty());
    }
}
