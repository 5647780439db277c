//! All figures of an evaluation held against scikit-learn's (tests/fixtures/metrics_reference.py
//! made them).

use newstopics::metrics::{ClassificationReport, Evaluated, Figure};
use newstopics::model::Task;
use serde_json::Value;

fn reference() -> Vec<Value> {
    let reference: Value =
        serde_json::from_str(include_str!("fixtures/metrics_reference.json")).unwrap();
    reference["cases"].as_array().unwrap().clone()
}

fn numbers(row: &Value) -> Vec<f64> {
    let values = row.as_array().unwrap().iter();
    values.map(|v| v.as_f64().unwrap()).collect()
}

fn labels(row: &Value) -> Vec<usize> {
    let row = numbers(row);
    (0..row.len()).filter(|&label| row[label] == 1.0).collect()
}

fn report(case: &Value) -> ClassificationReport {
    let rows = |key: &str| case[key].as_array().unwrap().iter();
    let articles: Vec<Evaluated> = rows("truth")
        .zip(rows("given"))
        .zip(rows("scores"))
        .map(|((truth, given), scores)| Evaluated {
            carries: labels(truth),
            given: labels(given),
            scores: numbers(scores),
        })
        .collect();
    let task = match case["task"].as_str().unwrap() {
        "multi-label" => Task::MultiLabel,
        _ => Task::MultiClass,
    };
    let names: Vec<String> = (0..articles[0].scores.len())
        .map(|l| l.to_string())
        .collect();
    ClassificationReport::new(task, &names, &articles)
}

fn assert_equal(found: Option<f64>, expected: &Value, what: &str) {
    match (found, expected.as_f64()) {
        (Some(found), Some(expected)) => assert!(
            (found - expected).abs() <= 1e-9,
            "{what}: found {found}, expected {expected}"
        ),
        (found, expected) => assert_eq!(found, expected, "{what}"),
    }
}

#[test]
fn figures_equal_scikit_learn() {
    let cases = reference();
    assert!(cases.len() >= 14);
    for case in cases {
        let report = report(&case);
        let figures = case["figures"].as_object().unwrap();
        assert!(figures.len() >= 18, "{}", case["name"]);
        for (name, expected) in figures {
            let figure: Figure = name.parse().unwrap();
            let what = format!("{}: {name}", case["name"]);
            assert_equal(report.figure(figure), expected, &what);
        }
    }
}

#[test]
fn figures_of_labels_equal_scikit_learn() {
    for case in reference() {
        let report = report(&case);
        let expected = case["labels"].as_array().unwrap();
        assert_eq!(report.labels.len(), expected.len());
        for (label, expected) in report.labels.iter().zip(expected) {
            for (name, found) in [
                ("brier_score", Some(label.brier_score)),
                ("log_loss", Some(label.log_loss)),
                ("jaccard", Some(label.jaccard)),
                ("matthews", label.matthews),
                ("average_precision", label.average_precision),
                ("roc_auc", label.roc_auc),
            ] {
                let what = format!("{}, label {}: {name}", case["name"], label.label);
                assert_equal(found, &expected[name], &what);
            }
        }
    }
}
