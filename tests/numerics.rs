//! No data and no settings make a number that is none: what comes out is finite, probabilities
//! are from 0 to 1, or there is an error that says why.

mod common;

use common::Room;
use newstopics::corpus::{Dataset, Document};
use newstopics::evaluation::{CrossValidation, Evaluation, TestOptions};
use newstopics::features::TfidfParams;
use newstopics::model::{ClassWeight, LogisticParams, Precision, Solver, Task};
use newstopics::{ErrorKind, Result, TopicClassifier, Trained, Trainer, report};
use proptest::prelude::*;
use serde_json::Value;

fn data(articles: &[(&str, &[&str])]) -> Dataset {
    let mut data = Dataset::default();
    for (text, labels) in articles {
        let labels = labels.iter().map(|&label| label.to_owned()).collect();
        data.push(Document::new("", "", *text), labels);
    }
    data
}

/// Asserts that nothing printed is no number: the tests' articles have no words like these.
fn assert_numbers(printed: &str, what: &str) {
    for bad in ["NaN", "nan", "inf"] {
        for (at, _) in printed.match_indices(bad) {
            let part_of_word = |c: char| c.is_alphanumeric();
            let (before, after) = (&printed[..at], &printed[at + bad.len()..]);
            let excerpt: String = before.chars().rev().take(200).collect();
            let excerpt: String = excerpt.chars().rev().collect();
            assert!(
                before.ends_with(part_of_word) || after.starts_with(part_of_word),
                "{what}: {excerpt}{bad}"
            );
        }
    }
}

fn assert_probabilities(scores: &[f64], task: Task, what: &str) {
    assert!(
        scores.iter().all(|p| (0.0..=1.0).contains(p)),
        "{what}: {scores:?}"
    );
    if task == Task::MultiClass {
        let sum: f64 = scores.iter().sum();
        assert!((sum - 1.0).abs() < 1e-9, "{what}: {scores:?}");
    }
}

/// Asserts that a training gave numbers only, and that they survive the model file.
fn assert_sound(trained: &Trained, data: &Dataset, what: &str) {
    let classifier = &trained.classifier;
    let info = classifier.info();
    assert_numbers(&format!("{info:?}"), what);
    assert_numbers(&format!("{:?}", trained.out_of_fold), what);
    assert_numbers(&format!("{:?}", trained.by_language), what);
    for (label, _) in info.labels.iter().enumerate() {
        for feature in 0..classifier.vectorizer().n_features() {
            let weight = classifier.weight(feature, label);
            assert!(weight.is_finite(), "{what}: {weight}");
        }
    }
    for (label, end) in info.labels.iter().zip(&info.provenance.convergence) {
        let told = trained
            .warnings
            .iter()
            .any(|w| w.contains(&format!("`{label}` did not")));
        assert_eq!(told, !end.converged, "{what}: {end:?}");
    }
    for evaluated in &trained.evaluated {
        assert_probabilities(&evaluated.scores, info.task, what);
    }
    let texts = data.documents.iter().map(|document| document.text.as_str());
    for text in texts.take(20).chain(["", "something else entirely"]) {
        assert_probabilities(&classifier.predict(text).scores, info.task, what);
    }
    let explanation = classifier.explain("", &data.documents[0].text);
    assert_numbers(&format!("{:?}", explanation.decision), what);
    // The reader refuses what is no number or out of its range.
    let read = TopicClassifier::from_bytes(classifier.to_bytes().unwrap());
    assert!(read.is_ok(), "{what}: {}", read.unwrap_err());
}

/// Trains and holds the model against its own data; an error is of the data or the settings.
fn train(trainer: &Trainer, data: &Dataset, what: &str) -> Result<Trained> {
    let trained = trainer.fit(data);
    match &trained {
        Ok(trained) => {
            assert_sound(trained, data, what);
            let options = TestOptions {
                resamples: 20,
                ..TestOptions::default()
            };
            let evaluation = Evaluation::test(&trained.classifier, data, &options).unwrap();
            assert_numbers(&format!("{evaluation:?}"), what);
            assert_numbers(&report::to_text(&evaluation), what);
        }
        Err(error) => {
            let kinds = [ErrorKind::Data, ErrorKind::Usage, ErrorKind::Failed];
            assert!(kinds.contains(&error.kind()), "{what}: {error}");
            assert!(error.message().len() > 20, "{what}: {error}");
        }
    }
    trained
}

/// Data that have made others' numbers go wrong.
fn odd_data() -> Vec<(&'static str, Dataset)> {
    const A: &[&str] = &["a"];
    const B: &[&str] = &["b"];
    const AB: &[&str] = &["a", "b"];
    let many =
        |article: (&'static str, &'static [&'static str]), times: usize| vec![article; times];
    let mut rare = many(("common words of every article", &[]), 600);
    rare.extend([("a rare word", A), ("another rare word", A)]);
    let mut thousand = many(("the same article again", A), 1000);
    thousand.extend([
        ("one without a topic", &[][..]),
        ("two without a topic", &[]),
        ("a second with it", A),
        ("something of b", B),
        ("something more of b", B),
    ]);
    let long: &'static str = Box::leak("word ".repeat(20_000).into_boxed_str());
    let mut constant = Vec::new();
    for labels in [A, B, AB, &[]] {
        constant.extend(many(("all articles are alike", labels), 5));
    }
    vec![
        ("constant features", data(&constant)),
        ("one row many times", data(&many(("the same", A), 50))),
        ("one article a thousand times", data(&thousand)),
        (
            "one label on all",
            data(&[("x y", A), ("y z", A), ("z x", A)]),
        ),
        (
            "a label on every row",
            data(&[
                ("x y", A),
                ("y z", AB),
                ("z x", A),
                ("x z y", AB),
                ("q r", A),
                ("r s", AB),
            ]),
        ),
        (
            "empty texts",
            data(&[("", A), (" ", B), ("...", A), ("\n", B)]),
        ),
        (
            "some empty texts",
            data(&[
                ("", A),
                ("", B),
                ("x y", A),
                ("y x", A),
                ("y z", B),
                ("z y", B),
                ("", &[]),
            ]),
        ),
        (
            "separable",
            data(&[
                ("x x one", A),
                ("x two", A),
                ("x three", A),
                ("x four", A),
                ("y y one", B),
                ("y two", B),
                ("y three", B),
                ("y four", B),
            ]),
        ),
        ("two rows", data(&[("x", A), ("y", B)])),
        (
            "two rows of one topic each way",
            data(&[("x", A), ("x", A), ("x", &[]), ("x", &[])]),
        ),
        (
            "one feature",
            data(&[
                ("x", A),
                ("x x", A),
                ("x", &[]),
                ("", &[]),
                ("x x x", A),
                ("x", &[]),
            ]),
        ),
        ("rare label", data(&rare)),
        (
            "a long article",
            data(&[
                (long, A),
                ("word", &[]),
                ("word one", A),
                ("two word", &[]),
                (long, &[]),
                ("one", A),
            ]),
        ),
        (
            "contradictions",
            data(&[
                ("x y", A),
                ("x y", &[]),
                ("x y", A),
                ("x y", &[]),
                ("z", A),
                ("z", &[]),
                ("q", A),
            ]),
        ),
    ]
}

fn settings() -> Vec<(String, Trainer)> {
    let features = TfidfParams {
        min_df: 1,
        ..TfidfParams::default()
    };
    let base = Trainer {
        features: features.clone(),
        folds: 2,
        ..Trainer::default()
    };
    let model = || LogisticParams::default().c(30.0);
    let models = [
        ("default", Trainer::default().model),
        ("c 1e12", model().c(1e12)),
        (
            "c 1e12, no ratios, double",
            model().c(1e12).precision(Precision::Double).tolerance(1e-9),
        ),
        ("c 1e12, ratios 2", model().c(1e12).log_ratio_exponent(2.0)),
        ("c 1e-12", model().c(1e-12)),
        (
            "c 1e-12, ratios 2",
            model().c(1e-12).log_ratio_exponent(2.0),
        ),
        (
            "balanced",
            model().class_weight(ClassWeight::Balanced).c(1e6),
        ),
        (
            "half, one iteration",
            model().class_weight(ClassWeight::Half).max_iterations(1),
        ),
        ("out of reach", model().tolerance(1e-300)),
        ("linfa", model().solver(Solver::Linfa)),
        ("linfa, c 1e12", model().solver(Solver::Linfa).c(1e12)),
        ("linfa, c 1e-12", model().solver(Solver::Linfa).c(1e-12)),
    ];
    let mut settings: Vec<(String, Trainer)> = Vec::new();
    for (name, model) in models {
        for folds in [0, 2] {
            let trainer = Trainer {
                model: model.clone(),
                folds,
                ..base.clone()
            };
            settings.push((format!("{name}, {folds} folds"), trainer));
        }
    }
    for (name, features) in [
        (
            "light characters",
            TfidfParams {
                char_weight: 0.001,
                ..features.clone()
            },
        ),
        (
            "heavy characters",
            TfidfParams {
                char_weight: 1000.0,
                ..features.clone()
            },
        ),
        (
            "counts",
            TfidfParams {
                sublinear_tf: false,
                title_weight: 100,
                ..features.clone()
            },
        ),
        (
            "a single feature",
            TfidfParams {
                char_ngrams: None,
                max_features: Some(1),
                ..features
            },
        ),
    ] {
        let trainer = Trainer {
            features,
            ..base.clone()
        };
        settings.push((name.to_owned(), trainer));
    }
    settings
}

#[test]
fn odd_data_with_any_settings_give_numbers_or_errors() {
    let (mut fine, mut refused) = (0, 0);
    for (name, data) in odd_data() {
        for (setting, trainer) in settings() {
            // A dense matrix of many articles takes long.
            if setting.contains("linfa") && data.len() > 100 {
                continue;
            }
            for task in [None, Some(Task::MultiLabel)] {
                let what = format!("{name}, {setting}, {task:?}");
                let trainer = Trainer {
                    task,
                    ..trainer.clone()
                };
                match train(&trainer, &data, &what) {
                    Ok(_) => fine += 1,
                    Err(error) => {
                        // Our own solver comes to an end with any data.
                        let is_fit = error.kind() == ErrorKind::Failed;
                        assert!(!is_fit || what.contains("linfa"), "{what}: {error}");
                        refused += 1;
                        println!("{what}: {error}");
                    }
                }
            }
        }
    }
    println!("{fine} trained, {refused} refused");
    assert!(fine > 300 && refused > 100);
}

#[test]
fn odd_data_are_cross_validated_in_numbers() {
    let options = CrossValidation {
        resamples: 20,
        random_split: true,
        learning_curve: vec![0.5, 1.0],
        explain_all: true,
    };
    for (name, data) in odd_data() {
        for c in [1e-12, 30.0, 1e12] {
            let trainer = Trainer {
                features: TfidfParams {
                    min_df: 1,
                    ..TfidfParams::default()
                },
                model: LogisticParams::default().c(c).log_ratio_exponent(0.5),
                folds: 2,
                ..Trainer::default()
            };
            match Evaluation::cross_validate(&trainer, &data, &options) {
                Ok(evaluation) => {
                    assert_numbers(&format!("{evaluation:?}"), name);
                    assert_numbers(&report::to_markdown(&evaluation), name);
                    assert_numbers(&report::to_html(&evaluation).unwrap(), name);
                }
                Err(error) => assert_eq!(error.kind(), ErrorKind::Data, "{name}: {error}"),
            }
        }
    }
}

/// As many as a model file holds.
#[test]
fn more_labels_than_a_model_holds_are_refused() {
    let mut data = Dataset::default();
    for row in 0..=100_000 {
        data.push(Document::new("", "", "x"), vec![format!("label {row}")]);
    }
    let error = Trainer::default().fit(&data).unwrap_err().to_string();
    assert!(error.contains("found 100001 different labels"), "{error}");
}

/// The whole range of C and beyond, so that its bounds are where the arithmetic ends.
#[test]
fn every_c_that_is_allowed_is_fitted_in_numbers() {
    let articles = &odd_data()[7].1;
    let (mut fitted, mut refused) = (0, 0);
    for exponent in (-320..=308).step_by(4) {
        let c = 10_f64.powi(exponent);
        for (precision, ratio) in [
            (Precision::Single, 0.0),
            (Precision::Single, 2.0),
            (Precision::Double, 0.5),
        ] {
            let trainer = Trainer {
                features: TfidfParams {
                    min_df: 1,
                    char_weight: 1000.0,
                    ..TfidfParams::default()
                },
                model: LogisticParams::default()
                    .c(c)
                    .precision(precision)
                    .log_ratio_exponent(ratio),
                folds: 2,
                ..Trainer::default()
            };
            match train(
                &trainer,
                articles,
                &format!("c {c:e}, {precision:?}, {ratio}"),
            ) {
                Ok(_) => fitted += 1,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
                    assert!(
                        error
                            .message()
                            .contains("expected a number from 1e-12 to 1e12"),
                        "{error}"
                    );
                    refused += 1;
                }
            }
        }
    }
    assert!(
        fitted >= 21 && refused > 0,
        "{fitted} fitted, {refused} refused"
    );
}

/// Words that occur again and again, so that there are features.
fn any_text() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "x", "y", "z", "tax", "tank", "goal", "Zölle", "\n\n", ".",
    ]);
    prop::collection::vec(words, 0..8).prop_map(|words| words.join(" "))
}

fn any_trainer() -> impl Strategy<Value = Trainer> {
    let model = (
        -12.0..=12.0_f64,
        prop::sample::select(vec![
            ClassWeight::None,
            ClassWeight::Half,
            ClassWeight::Balanced,
        ]),
        0.0..=2.0_f64,
        any::<bool>(),
        -15.0..-0.01_f64,
        1..60_usize,
        prop::bool::weighted(0.1),
    );
    let model = model.prop_map(|(c, weight, ratio, double, tolerance, iterations, linfa)| {
        let params = LogisticParams::default()
            .c(10_f64.powf(c))
            .tolerance(10_f64.powf(tolerance))
            .max_iterations(iterations)
            .precision(if double {
                Precision::Double
            } else {
                Precision::Single
            });
        match linfa {
            true => params.solver(Solver::Linfa),
            false => params.class_weight(weight).log_ratio_exponent(ratio),
        }
    });
    let features = (
        prop::sample::select(vec![None, Some("1"), Some("1-2"), Some("2-4")]),
        prop::sample::select(vec![None, Some("1"), Some("3-6"), Some("10")]),
        1..4_u32,
        prop::option::of(1..20_usize),
        any::<bool>(),
        1..=100_u32,
        -3.0..=3.0_f32,
    );
    let features = features.prop_map(
        |(words, chars, min_df, max_features, sublinear_tf, title_weight, weight)| TfidfParams {
            word_ngrams: words.and_then(|range| range.parse().ok()),
            char_ngrams: chars.and_then(|range| range.parse().ok()),
            min_df,
            max_features,
            sublinear_tf,
            title_weight,
            char_weight: 10_f32.powf(weight).clamp(0.001, 1000.0),
        },
    );
    let task = prop::sample::select(vec![None, Some(Task::MultiLabel), Some(Task::MultiClass)]);
    (
        features,
        model,
        task,
        0..5_usize,
        1e-6..=10.0_f64,
        any::<u64>(),
    )
        .prop_map(|(features, model, task, folds, beta, seed)| Trainer {
            features,
            model,
            task,
            labels: None,
            folds,
            beta,
            seed,
        })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_small_corpus_gives_numbers_or_an_error(
        articles in prop::collection::vec(
            (any_text(), any_text(), prop::collection::btree_set("[abc]", 0..3)),
            1..25,
        ),
        trainer in any_trainer(),
    ) {
        let mut data = Dataset::default();
        for (title, text, labels) in articles {
            data.push(Document::new("", title, text), labels.into_iter().collect());
        }
        let _ = train(&trainer, &data, &format!("{trainer:?}"));
    }
}

/// All numbers of JSON that are named as a score.
fn assert_scores(line: &str) {
    let line: Value = serde_json::from_str(line).unwrap();
    let scores = line["scores"].as_object().unwrap();
    assert!(!scores.is_empty());
    for score in scores.values() {
        let score = score.as_f64().unwrap_or(f64::NAN);
        assert!((0.0..=1.0).contains(&score), "{line}");
    }
}

#[test]
fn the_program_prints_numbers_only() {
    let room = Room::new();
    for (name, data) in odd_data() {
        let mut lines = String::new();
        for (document, labels) in data.documents.iter().zip(&data.labels) {
            // The program takes shorter lines only of what is long.
            let text: String = document.text.chars().take(2000).collect();
            lines += &serde_json::json!({"text": text, "labels": labels}).to_string();
            lines.push('\n');
        }
        room.write("data.jsonl", lines);
        for (c, folds) in [("1e12", "0"), ("1e-12", "2"), ("30", "2")] {
            let settings = ["--c", c, "--folds", folds, "--min-df", "1"];
            let what = format!("{name}, {settings:?}");
            let train = ["train", "data.jsonl", "--model", "odd.model"];
            let answer = room.run(&[&train, &settings[..]].concat());
            assert_numbers(&answer.stdout, &what);
            assert_numbers(&answer.stderr, &what);
            if folds == "2" {
                let cv = ["cv", "data.jsonl", "--format", "json", "--resamples", "20"];
                let cv = room.run(&[&cv, &settings[..]].concat());
                assert_eq!(
                    cv.code, answer.code,
                    "{what}: {} {}",
                    cv.stderr, answer.stderr
                );
                assert_report(&cv.stdout, &what);
            }
            if answer.code != Some(0) {
                assert_eq!(answer.code, Some(3), "{what}: {}", answer.stderr);
                continue;
            }
            let predict = [
                "predict",
                "data.jsonl",
                "-m",
                "odd.model",
                "--format",
                "jsonl",
            ];
            room.succeed(&predict)
                .lines()
                .take(50)
                .for_each(assert_scores);
            let evaluate = [
                "evaluate",
                "data.jsonl",
                "-m",
                "odd.model",
                "--format",
                "json",
            ];
            let report = room.succeed(&[&evaluate[..], &["--resamples", "20"]].concat());
            assert_report(&report, &what);
            let inspected = room.succeed(&["inspect", "odd.model", "--format", "json"]);
            let inspected: Value = serde_json::from_str(&inspected).unwrap();
            for name in ["intercepts", "thresholds"] {
                let numbers = inspected[name].as_array().unwrap();
                assert!(numbers.iter().all(Value::is_number), "{what}: {inspected}");
            }
        }
    }
}

/// A number that is none would be null in JSON: the figures that always have a value have one.
fn assert_report(text: &str, what: &str) {
    assert_numbers(text, what);
    if text.is_empty() {
        return;
    }
    let report: Value = serde_json::from_str(text).unwrap();
    for figure in ["accuracy", "brier_score", "log_loss"] {
        // With an interval it is a number of an object.
        let value = find(&report, figure);
        let value = value.map(|value| value.get("value").unwrap_or(value));
        assert!(
            value.is_some_and(Value::is_number),
            "{what}: {figure} in {text}"
        );
    }
}

/// The first value of a name in JSON.
fn find<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Object(object) => object
            .get(name)
            .or_else(|| object.values().find_map(|value| find(value, name))),
        Value::Array(list) => list.iter().find_map(|value| find(value, name)),
        _ => None,
    }
}
