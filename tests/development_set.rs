//! The embedded model on real news that nobody here wrote. The articles are not part of the
//! repository: where `../shared/dev` is missing the test says so and ends.

mod common;

use common::project;
use newstopics::TopicClassifier;

struct Figures {
    f1: Vec<f64>,
    false_labels: usize,
    missed: usize,
    rows: usize,
}

/// Figures on the rows that two careful people would label alike.
fn evaluate(lang: &str) -> Option<Figures> {
    let path = project().join(format!("../shared/dev/real-{lang}.csv"));
    if !path.is_file() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    let classifier = TopicClassifier::pretrained();
    let mut predictor = classifier.predictor();
    let mut counts = vec![newstopics::metrics::Counts::default(); classifier.labels().len()];
    let mut rows = 0;
    let mut reader = csv::Reader::from_path(path).unwrap();
    for record in reader.records() {
        let record = record.unwrap();
        let (labels, unsure, title, text) = (&record[2], &record[3], &record[4], &record[5]);
        if unsure != "0" {
            continue;
        }
        rows += 1;
        let prediction = predictor.predict(title, text);
        for (label, counts) in counts.iter_mut().enumerate() {
            let carries = labels.split(';').any(|l| l == classifier.labels()[label]);
            counts.add(carries, prediction.labels.contains(&label));
        }
    }
    Some(Figures {
        f1: counts.iter().map(|c| c.score().f1).collect(),
        false_labels: counts.iter().map(|c| c.false_positives).sum(),
        missed: counts.iter().map(|c| c.false_negatives).sum(),
        rows,
    })
}

#[test]
fn real_english_news() {
    let Some(figures) = evaluate("en") else {
        return;
    };
    let macro_f1 = figures.f1.iter().sum::<f64>() / figures.f1.len() as f64;
    assert!(
        macro_f1 >= 0.90,
        "macro-F1 {macro_f1:.3}: {:.3?}",
        figures.f1
    );
}

#[test]
fn real_german_news() {
    let Some(figures) = evaluate("de") else {
        return;
    };
    assert!(
        figures.false_labels * 50 <= figures.rows,
        "{} false labels on {} rows",
        figures.false_labels,
        figures.rows
    );
    assert!(figures.missed <= 1, "{} labels missed", figures.missed);
}
