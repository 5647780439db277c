//! The report for machines, with the keys of scikit-learn's `classification_report`
//! (`output_dict=True`).

use serde_json::{Map, Value, json};

use crate::metrics::{ClassificationReport, LabelScore};
use crate::model::Task;

/// The report as JSON: an object with an entry for each label and average.
pub fn to_json(report: &ClassificationReport) -> Value {
    let mut object = Map::new();
    for label in &report.labels {
        object.insert(
            label.label.clone(),
            json!({
                "precision": label.score.precision,
                "recall": label.score.recall,
                "f1-score": label.score.f1,
                "support": label.score.support,
                "average_precision": label.average_precision,
                "brier_score": label.brier_score,
                "expected_calibration_error": label.calibration_error,
            }),
        );
    }
    let averages = &report.averages;
    let mut average = |name: &str, score: LabelScore| {
        object.insert(name.to_owned(), json!(score));
    };
    if report.task == Task::MultiLabel {
        average("micro avg", averages.micro);
    }
    average("macro avg", averages.macro_);
    average("weighted avg", averages.weighted);
    if let Some(samples) = averages.samples {
        average("samples avg", samples);
    }
    let accuracy = match report.task {
        Task::MultiLabel => "subset_accuracy",
        Task::MultiClass => "accuracy",
    };
    object.insert(accuracy.to_owned(), json!(report.accuracy));
    object.insert(
        "mean_average_precision".to_owned(),
        json!(report.mean_average_precision),
    );
    object.insert("articles".to_owned(), json!(report.articles));
    if report.task == Task::MultiLabel {
        let (articles, labels) = (
            report.abstention.carrying_none,
            report.abstention.false_labels,
        );
        object.insert(
            "articles_without_labels".to_owned(),
            json!({"articles": articles, "false_labels": labels}),
        );
    }
    if let Some(confusion) = &report.confusion {
        let names: Vec<&String> = report.labels.iter().map(|l| &l.label).collect();
        object.insert(
            "confusion_matrix".to_owned(),
            json!({"labels": names, "rows_true_columns_predicted": confusion}),
        );
    }
    Value::Object(object)
}
