//! The report for machines; `docs/schema/report.schema.json` describes it.

use serde_json::{Map, Value, json};

use crate::evaluation::{Evaluation, EvaluationKind, LabelDetail, Mistake, MistakeKind, Slicing};
use crate::metrics::{ClassificationReport, Figure, Interval, LabelIntervals, LabelReport};
use crate::model::Task;

/// Version of the report's form; it rises when a field changes its meaning or goes.
const VERSION: u32 = 1;

/// An evaluation as JSON. `classification_report` in it has the keys of scikit-learn's
/// `classification_report(output_dict=True)`.
pub fn to_json(evaluation: &Evaluation) -> Value {
    let report = &evaluation.report;
    let none = LabelIntervals::default();
    let intervals = |label: usize| {
        evaluation
            .intervals
            .as_ref()
            .map_or(none, |intervals| intervals.labels[label])
    };
    let labels: Vec<Value> = report
        .labels
        .iter()
        .zip(&evaluation.details)
        .enumerate()
        .map(|(index, (label, detail))| label_json(label, detail, intervals(index)))
        .collect();
    let mut names: Vec<&str> = evaluation.labels.iter().map(String::as_str).collect();
    let co_occurrence = json!({"labels": names, "articles": evaluation.co_occurrence});
    names.push("(none)");
    json!({
        "version": VERSION,
        "kind": match evaluation.kind {
            EvaluationKind::TestData => "test-data",
            EvaluationKind::CrossValidation => "cross-validation",
        },
        "task": evaluation.task,
        "articles": report.articles,
        "warnings": evaluation.warnings,
        "bootstrap": evaluation.intervals.as_ref().map(|intervals| json!({
            "level": Interval::LEVEL,
            "resamples": intervals.resamples,
            "seed": intervals.seed,
        })),
        "figures": figures(report, |figure| {
            evaluation.intervals.as_ref().and_then(|i| i.figure(figure))
        }),
        "classification_report": classification_report(report),
        "abstention": report.abstention,
        "labels": labels,
        "slicings": evaluation.slicings.iter().map(slicing).collect::<Vec<_>>(),
        "co_occurrence": co_occurrence,
        "confusion": {"labels": names, "rows_true_columns_given": evaluation.confusion},
        "mistakes": {
            "false": mistakes(evaluation, MistakeKind::False),
            "missed": mistakes(evaluation, MistakeKind::Missed),
        },
        "training_overlap": evaluation.overlap.as_ref().map(|overlap| json!({
            "rows": overlap.rows,
            "figures_without": overlap.without.as_ref().map(|r| figures(r, |_| None)),
        })),
        "splits": evaluation.splits.as_ref().map(|splits| json!({
            "folds": splits.folds,
            "groups": splits.groups,
            "near_duplicate_groups": splits.near_duplicate_groups,
            "near_duplicate_articles": splits.near_duplicate_rows,
            "declared_groups": splits.declared_groups,
            "figures_random_split": splits.random.as_ref().map(|r| figures(r, |_| None)),
        })),
        "learning_curve": evaluation.learning_curve.iter().map(|point| json!({
            "share": point.share,
            "training_articles": point.articles,
            "figures": figures(&point.report, |_| None),
        })).collect::<Vec<_>>(),
        "data": {
            "files": evaluation.data.files,
            "articles": evaluation.data.articles,
            "without_labels": evaluation.data.without_labels,
            "languages": object(&evaluation.data.languages),
        },
        "model": {
            "name": evaluation.model.name,
            "program_version": evaluation.model.program_version,
            "files": evaluation.model.files,
            "training_articles": evaluation.model.articles,
            "settings": object(&evaluation.model.settings),
        },
    })
}

fn object<T: serde::Serialize>(entries: &[(String, T)]) -> Value {
    let map: Map<String, Value> = entries
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    Value::Object(map)
}

fn figures(report: &ClassificationReport, interval: impl Fn(Figure) -> Option<Interval>) -> Value {
    let map: Map<String, Value> = Figure::ALL
        .iter()
        .map(|&figure| {
            let interval = interval(figure);
            let value = json!({
                "value": report.figure(figure),
                "low": interval.map(|i| i.low),
                "high": interval.map(|i| i.high),
            });
            (figure.name().to_owned(), value)
        })
        .collect();
    Value::Object(map)
}

/// The decisions with the keys of scikit-learn's `classification_report(output_dict=True)`: what
/// has nothing to divide by is 0.
pub fn classification_report(report: &ClassificationReport) -> Value {
    let mut object: Map<String, Value> = report
        .labels
        .iter()
        .map(|label| (label.label.clone(), json!(label.score)))
        .collect();
    let averages = &report.averages;
    match report.task {
        Task::MultiLabel => object.insert("micro avg".to_owned(), json!(averages.micro)),
        Task::MultiClass => object.insert("accuracy".to_owned(), json!(report.accuracy)),
    };
    object.insert("macro avg".to_owned(), json!(averages.macro_));
    object.insert("weighted avg".to_owned(), json!(averages.weighted));
    if let Some(samples) = averages.samples {
        object.insert("samples avg".to_owned(), json!(samples));
    }
    Value::Object(object)
}

fn label_json(label: &LabelReport, detail: &LabelDetail, intervals: LabelIntervals) -> Value {
    json!({
        "label": label.label,
        "support": label.counts.support(),
        "given": label.counts.given(),
        "true_positives": label.counts.true_positives,
        "false_positives": label.counts.false_positives,
        "false_negatives": label.counts.false_negatives,
        "precision": label.precision(),
        "recall": label.recall(),
        "f1": label.f1(),
        "jaccard": label.jaccard,
        "matthews": label.matthews,
        "average_precision": label.average_precision,
        "roc_auc": label.roc_auc,
        "brier_score": label.brier_score,
        "log_loss": label.log_loss,
        "calibration_error": label.calibration_error,
        "intervals": intervals,
        "detail": detail,
    })
}

fn slicing(slicing: &Slicing) -> Value {
    let slices: Vec<Value> = slicing
        .slices
        .iter()
        .map(|slice| {
            let carried = slice.report.averages.macro_carried;
            let any = slice.report.labels.iter().any(|l| l.score.support > 0);
            json!({
                "value": slice.value,
                "articles": slice.report.articles,
                "micro_f1": any.then_some(slice.report.averages.micro.f1),
                "micro_f1_interval": slice.micro_f1.filter(|_| any),
                "macro_f1_of_labels_carried": any.then_some(carried.f1),
                "accuracy": slice.report.accuracy,
                "accuracy_interval": slice.accuracy,
                "abstention": slice.report.abstention,
                "labels": slice.report.labels.iter().map(|l| json!({
                    "label": l.label,
                    "support": l.counts.support(),
                    "given": l.counts.given(),
                    "precision": l.precision(),
                    "recall": l.recall(),
                    "f1": l.f1(),
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({"by": slicing.by, "slices": slices, "left_out": slicing.left_out})
}

fn mistakes(evaluation: &Evaluation, kind: MistakeKind) -> Value {
    let worst: Vec<Value> = evaluation
        .mistakes
        .worst(kind)
        .map(|m| mistake(evaluation, m))
        .collect();
    json!({"count": evaluation.mistakes.count(kind), "worst": worst})
}

fn mistake(evaluation: &Evaluation, mistake: &Mistake) -> Value {
    let names = |labels: &[usize]| -> Vec<&str> {
        labels
            .iter()
            .map(|&l| evaluation.labels[l].as_str())
            .collect()
    };
    json!({
        "id": mistake.id,
        "file": mistake.position.file.as_ref().map(|f| f.display().to_string()),
        "line": mistake.position.line,
        "label": evaluation.labels[mistake.label],
        "probability": mistake.probability,
        "threshold": mistake.threshold,
        "self_confidence": mistake.self_confidence,
        "labels_of_the_article": names(&mistake.carries),
        "labels_given": names(&mistake.given),
        "title": mistake.title,
        "beginning": mistake.excerpt,
        "words": mistake.evidence,
    })
}
