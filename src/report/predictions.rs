//! Every decision with its truth and scores, for other tools to check or to go on with.

use serde_json::{Map, Value, json};

use crate::evaluation::Evaluation;

/// A JSON object a line and article: id, the labels it carries, those it was given, and the
/// probability of every label to the last digit.
pub fn predictions_jsonl(evaluation: &Evaluation) -> String {
    let names = |labels: &[usize]| -> Vec<&str> {
        labels
            .iter()
            .map(|&l| evaluation.labels[l].as_str())
            .collect()
    };
    let mut out = String::new();
    for (id, article) in evaluation.ids.iter().zip(&evaluation.evaluated) {
        let scores: Map<String, Value> = evaluation
            .labels
            .iter()
            .zip(&article.scores)
            .map(|(label, &score)| (label.clone(), json!(score)))
            .collect();
        let line = json!({
            "id": id,
            "labels": names(&article.carries),
            "given": names(&article.given),
            "scores": scores,
        });
        out += &format!("{line}\n");
    }
    out
}
