//! Labels as they are written in a cell.

use crate::error::{Error, Result};

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
}
