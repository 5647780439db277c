//! The labels that are compared, and decisions in their numbers.

use crate::classifier::{Decision, TopicClassifier};
use crate::corpus::Dataset;
use crate::error::{Error, Result};
use crate::metrics::Evaluated;

/// The labels that both models know, in the first one's order.
pub(super) fn common_labels(models: [&TopicClassifier; 2], leave_out: bool) -> Result<Vec<String>> {
    let [a, b] = models.map(TopicClassifier::labels);
    let only = |own: &[String], other: &[String]| -> Vec<String> {
        let missing = own.iter().filter(|label| !other.contains(label));
        missing.map(|label| format!("`{label}`")).collect()
    };
    let (only_a, only_b) = (only(a, b), only(b, a));
    let same = only_a.is_empty() && only_b.is_empty();
    if !(same || leave_out) {
        let mut found = Vec::new();
        for (which, only) in [("first", only_a), ("second", only_b)] {
            if !only.is_empty() {
                found.push(format!("only the {which} model knows {}", only.join(", ")));
            }
        }
        return Err(Error::usage(format!(
            "{}; expected the same labels (--common-labels compares those that both know)",
            found.join(", ")
        )));
    }
    let common: Vec<String> = a.iter().filter(|l| b.contains(l)).cloned().collect();
    if common.is_empty() {
        return Err(Error::usage(
            "the models have no label in common, expected at least one",
        ));
    }
    Ok(common)
}

/// Complains of a label in the data that the models do not know.
pub(super) fn check_labels(data: &Dataset, labels: &[String]) -> Result<()> {
    for (row, set) in data.labels.iter().enumerate() {
        if let Some(unknown) = set.iter().find(|label| !labels.contains(label)) {
            let error = Error::data(format!(
                "found the label `{unknown}`, which the models do not know; they know: {} (--common-labels leaves it out)",
                labels.join(", ")
            ));
            return Err(data.locate(error, row));
        }
    }
    Ok(())
}

/// Labels of the models and the data that are not compared.
pub(super) fn left_out(
    models: [&TopicClassifier; 2],
    data: &Dataset,
    labels: &[String],
) -> Vec<String> {
    let mut left_out: Vec<String> = models
        .iter()
        .flat_map(|model| model.labels())
        .chain(data.labels.iter().flatten())
        .filter(|label| !labels.contains(label))
        .cloned()
        .collect();
    left_out.sort_unstable();
    left_out.dedup();
    left_out
}

/// Decisions of a model at its own thresholds, in numbers of the compared labels.
pub(super) fn evaluate(
    model: &TopicClassifier,
    data: &Dataset,
    labels: &[String],
    leave_out: bool,
) -> Result<Vec<Evaluated>> {
    let (_, evaluated) = model.evaluate(data, &Decision::default(), leave_out)?;
    let compared: Vec<Option<usize>> = model
        .labels()
        .iter()
        .map(|own| labels.iter().position(|label| label == own))
        .collect();
    let own: Vec<usize> = labels
        .iter()
        .filter_map(|label| model.labels().iter().position(|own| own == label))
        .collect();
    let numbers = |set: &[usize]| set.iter().filter_map(|&label| compared[label]).collect();
    Ok(evaluated
        .iter()
        .map(|article| Evaluated {
            carries: numbers(&article.carries),
            given: numbers(&article.given),
            scores: own.iter().map(|&label| article.scores[label]).collect(),
        })
        .collect())
}
