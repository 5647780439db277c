//! An explanation as JSON.

use newstopics::TopicClassifier;
use newstopics::report::html::ExplainedArticle;
use serde_json::{Map, Value, json};

/// All there is to say of an article, for the labels asked for.
pub fn object(classifier: &TopicClassifier, article: &ExplainedArticle, labels: &[usize]) -> Value {
    let explanation = &article.explanation;
    let per_label = |values: &[f64]| -> Value {
        let map: Map<String, Value> = labels
            .iter()
            .map(|&l| (classifier.labels()[l].clone(), json!(values[l])))
            .collect();
        Value::Object(map)
    };
    let words: Vec<Value> = explanation
        .words
        .iter()
        .map(|word| {
            json!({
                "word": word.word,
                "field": word.field,
                "start": word.span.start,
                "end": word.span.end,
                "contributions": per_label(&word.contributions),
            })
        })
        .collect();
    let features: Vec<Value> = explanation
        .features
        .iter()
        .map(|feature| {
            json!({
                "family": feature.family,
                "term": feature.term,
                "value": feature.value,
                "contributions": per_label(&feature.contributions),
            })
        })
        .collect();
    json!({
        "id": article.document.id,
        "labels": classifier.label_names(&explanation.prediction),
        "scores": per_label(&explanation.prediction.scores),
        "decision_values": per_label(&explanation.decision),
        "intercepts": per_label(&explanation.intercepts),
        "words": words,
        "features": features,
    })
}
