//! Values held against scikit-learn's (tests/fixtures/sklearn_reference.py made them).

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array2;
use newstopics::corpus::Document;
use newstopics::features::{TfidfParams, TfidfVectorizer};
use newstopics::matrix::TfidfMatrix;
use newstopics::metrics::{ClassificationReport, Evaluated};
use newstopics::model::{
    ClassWeight, LogisticModel, LogisticParams, Precision, Solver, Targets, Task,
};
use serde_json::Value;

fn reference() -> Value {
    serde_json::from_str(include_str!("fixtures/sklearn_reference.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_f64().unwrap())
        .collect()
}

fn strings(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_str().unwrap())
        .collect()
}

fn documents(reference: &Value) -> Vec<Document> {
    strings(&reference["texts"])
        .iter()
        .map(|text| Document::new("", "", *text))
        .collect()
}

fn fit(reference: &Value, params: &TfidfParams) -> (TfidfVectorizer, TfidfMatrix) {
    TfidfVectorizer::fit_transform(params, &documents(reference)).unwrap()
}

fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: found {found}, expected {expected}"
    );
}

#[test]
fn tfidf_equals_scikit_learn_value_by_value() {
    let reference = reference();
    let (vectorizer, _) = fit(&reference, &TfidfParams::default());
    let mut transformer = vectorizer.transformer();
    let vectors: Vec<_> = documents(&reference)
        .iter()
        .map(|d| transformer.transform(d.title(), &d.text))
        .collect();
    for (block, name) in vectorizer.blocks().iter().zip(["word", "char"]) {
        let expected = &reference[name];
        let terms: Vec<&str> = block.vocabulary().terms().collect();
        assert_eq!(terms, strings(&expected["terms"]), "{name}");
        for (id, idf) in numbers(&expected["idf"]).into_iter().enumerate() {
            assert_close(f64::from(block.idf(id)), idf, 1e-6, "idf");
        }
        for (vector, row) in vectors.iter().zip(expected["rows"].as_array().unwrap()) {
            for (id, value) in numbers(row).into_iter().enumerate() {
                assert_close(
                    f64::from(vector.get(block.offset() + id)),
                    value,
                    1e-6,
                    "value",
                );
            }
        }
    }
}

#[test]
fn max_features_keeps_the_terms_scikit_learn_keeps() {
    let reference = reference();
    let params = TfidfParams {
        word_ngrams: "1".parse().ok(),
        char_ngrams: None,
        min_df: 1,
        max_features: Some(4),
        ..TfidfParams::default()
    };
    let (vectorizer, _) = fit(&reference, &params);
    let terms: Vec<&str> = vectorizer.blocks()[0].vocabulary().terms().collect();
    assert_eq!(terms, strings(&reference["max_features_4"]));
}

fn targets(reference: &Value, label: &str) -> Targets {
    let carries: Vec<bool> = reference["labels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|labels| strings(labels).contains(&label))
        .collect();
    Targets::MultiLabel(Array2::from_shape_vec((carries.len(), 1), carries).unwrap())
}

fn exact() -> LogisticParams {
    LogisticParams::default()
        .c(5.0)
        .precision(Precision::Double)
        .tolerance(1e-10)
        .max_iterations(1000)
}

fn train(matrix: &TfidfMatrix, targets: Targets, params: &LogisticParams) -> LogisticModel {
    params
        .fit(&DatasetBase::new(matrix.clone(), targets))
        .unwrap()
}

#[test]
fn coefficients_equal_scikit_learn() {
    let reference = reference();
    let (_, matrix) = fit(&reference, &TfidfParams::default());
    for expected in reference["logistic"].as_array().unwrap() {
        let class_weight = match expected["class_weight"].as_str().unwrap() {
            "balanced" => ClassWeight::Balanced,
            _ => ClassWeight::None,
        };
        let targets = targets(&reference, expected["label"].as_str().unwrap());
        let model = train(&matrix, targets, &exact().class_weight(class_weight));
        assert!(model.convergence()[0].converged);
        for (found, expected) in model.coefficients().zip(numbers(&expected["coef"])) {
            assert_close(f64::from(found), expected, 1e-4, "coefficient");
        }
        assert_close(
            model.intercepts()[0],
            expected["intercept"].as_f64().unwrap(),
            1e-4,
            "intercept",
        );
    }
}

#[test]
fn softmax_coefficients_equal_scikit_learn() {
    let reference = reference();
    let (_, matrix) = fit(&reference, &TfidfParams::default());
    let expected = &reference["softmax"];
    let classes = numbers(&expected["classes"])
        .iter()
        .map(|&c| c as usize)
        .collect();
    let model = train(&matrix, Targets::MultiClass(classes, 3), &exact());
    let coefficients: Vec<f32> = model.coefficients().collect();
    let intercepts = numbers(&expected["intercept"]);
    let mean = intercepts.iter().sum::<f64>() / 3.0;
    for class in 0..3 {
        for (feature, expected) in numbers(&expected["coef"][class]).into_iter().enumerate() {
            let found = f64::from(coefficients[feature * 3 + class]);
            assert_close(found, expected, 1e-4, "coefficient");
        }
        assert_close(
            model.intercepts()[class],
            intercepts[class] - mean,
            1e-4,
            "intercept",
        );
    }
}

#[test]
fn the_sparse_solver_equals_linfa() {
    let reference = reference();
    let (_, matrix) = fit(&reference, &TfidfParams::default());
    let classes = Targets::MultiClass(vec![0, 0, 1, 1, 2, 2, 0, 2], 3);
    for targets in [
        targets(&reference, "tariffs"),
        targets(&reference, "defense"),
        classes,
    ] {
        let sparse = train(&matrix, targets.clone(), &exact());
        let dense = train(&matrix, targets, &exact().solver(Solver::Linfa));
        for (a, b) in sparse.coefficients().zip(dense.coefficients()) {
            assert_close(f64::from(a), f64::from(b), 1e-4, "coefficient");
        }
        for (a, b) in sparse.intercepts().iter().zip(dense.intercepts()) {
            assert_close(*a, *b, 1e-4, "intercept");
        }
        for (a, b) in sparse.convergence().iter().zip(dense.convergence()) {
            assert_close(a.objective, b.objective, 1e-6, "objective");
            assert!(b.converged);
        }
    }
}

#[test]
fn single_precision_reaches_the_same_model() {
    let reference = reference();
    let (_, matrix) = fit(&reference, &TfidfParams::default());
    let exact = train(&matrix, targets(&reference, "tariffs"), &exact());
    let single = train(
        &matrix,
        targets(&reference, "tariffs"),
        &LogisticParams::default().c(5.0),
    );
    assert!(single.convergence()[0].converged);
    for (a, b) in exact.coefficients().zip(single.coefficients()) {
        assert_close(f64::from(a), f64::from(b), 5e-3, "coefficient");
    }
}

#[test]
fn a_fit_cut_short_says_so() {
    let reference = reference();
    let (_, matrix) = fit(&reference, &TfidfParams::default());
    let model = train(
        &matrix,
        targets(&reference, "tariffs"),
        &exact().max_iterations(1),
    );
    let convergence = model.convergence()[0];
    assert!(
        !convergence.converged && convergence.iterations == 1,
        "{convergence:?}"
    );
    assert!(convergence.gradient_norm > 0.0);
}

fn set(row: &Value) -> Vec<usize> {
    numbers(row)
        .iter()
        .enumerate()
        .filter(|(_, value)| **value == 1.0)
        .map(|(label, _)| label)
        .collect()
}

fn assert_report(found: &Value, expected: &Value) {
    for (name, expected) in expected.as_object().unwrap() {
        match expected {
            Value::Object(figures) => {
                for (figure, expected) in figures {
                    let found = found[name][figure].as_f64().unwrap();
                    assert_close(
                        found,
                        expected.as_f64().unwrap(),
                        1e-9,
                        &format!("{name} {figure}"),
                    );
                }
            }
            figure => assert_close(
                found[name].as_f64().unwrap(),
                figure.as_f64().unwrap(),
                1e-9,
                name,
            ),
        }
    }
}

#[test]
fn multi_label_figures_equal_scikit_learn() {
    let reference = &reference()["multi_label"];
    let rows = |name: &str| reference[name].as_array().unwrap().clone();
    let articles: Vec<Evaluated> = rows("truth")
        .iter()
        .zip(rows("given"))
        .zip(rows("scores"))
        .map(|((truth, given), scores)| Evaluated {
            carries: set(truth),
            given: set(&given),
            scores: numbers(&scores),
        })
        .collect();
    let labels = ["a", "b", "c", "d"].map(str::to_owned);
    let report = ClassificationReport::new(Task::MultiLabel, &labels, &articles);
    assert_report(
        &newstopics::report::classification_report(&report),
        &reference["report"],
    );
    for (label, expected) in report
        .labels
        .iter()
        .zip(numbers(&reference["average_precision"]))
    {
        assert_close(
            label.average_precision.unwrap(),
            expected,
            1e-9,
            "average precision",
        );
    }
    for (label, expected) in report.labels.iter().zip(numbers(&reference["brier"])) {
        assert_close(label.brier_score, expected, 1e-9, "Brier score");
    }
}

#[test]
fn multi_class_figures_equal_scikit_learn() {
    let reference = &reference()["multi_class"];
    let articles: Vec<Evaluated> = numbers(&reference["truth"])
        .iter()
        .zip(numbers(&reference["given"]))
        .map(|(&truth, given)| Evaluated {
            carries: vec![truth as usize],
            given: vec![given as usize],
            scores: vec![0.25; 4],
        })
        .collect();
    let labels = ["a", "b", "c", "d"].map(str::to_owned);
    let report = ClassificationReport::new(Task::MultiClass, &labels, &articles);
    assert_report(
        &newstopics::report::classification_report(&report),
        &reference["report"],
    );
}
