//! Learning: refused with a reason, or a model and figures that are numbers.

use newstopics::check::{self, CheckParams};
use newstopics::corpus::{Dataset, Document, split_labels};
use newstopics::evaluation::{Evaluation, TestOptions};
use newstopics::features::TfidfParams;
use newstopics::{ErrorKind, TopicClassifier, Trainer, report};

use super::analyser::check_prediction;
use super::bit;

/// More articles only take longer.
const MOST: usize = 40;

/// An article a line, its labels before a tab; bits: 0 one class each, 1 and 2 the folds, 3 words
/// only, 4 next to no regularisation.
pub fn check(case: &[u8]) {
    let Some((&how, bytes)) = case.split_first() else {
        return;
    };
    let case = String::from_utf8_lossy(bytes);
    let mut data = Dataset::default();
    for (number, line) in case.lines().take(MOST).enumerate() {
        let (labels, text) = line.split_once('\t').unwrap_or(("", line));
        if let Ok(labels) = split_labels(labels, bit(how, 0)) {
            data.push(Document::new(number.to_string(), "", text), labels);
        }
    }
    let found = check::check(&data, &CheckParams::default());
    check_figures(&report::check_to_text(&found, usize::MAX), &case);
    let folds = [0, 2, 3, 5][usize::from(how >> 1 & 3)];
    let features = TfidfParams {
        min_df: 1,
        char_ngrams: TfidfParams::default().char_ngrams.filter(|_| !bit(how, 3)),
        ..TfidfParams::default()
    };
    let trainer = Trainer::default().with_folds(folds).with_features(features);
    let trainer = trainer.with_c(if bit(how, 4) { 1e12 } else { 30.0 });
    match trainer.fit(&data) {
        Ok(trained) => check_learnt(&trained.classifier, &data, &case),
        Err(error) => {
            let kinds = [ErrorKind::Data, ErrorKind::Usage];
            assert!(kinds.contains(&error.kind()), "{error:?}");
        }
    }
}

fn check_learnt(classifier: &TopicClassifier, data: &Dataset, case: &str) {
    let bytes = classifier.to_bytes().expect("a model is written");
    let again = TopicClassifier::from_bytes(bytes).expect("a written model is accepted");
    for document in &data.documents {
        let prediction = again.predict_document(document);
        check_prediction(classifier, &prediction);
    }
    let options = TestOptions {
        resamples: 3,
        ..TestOptions::default()
    };
    let evaluation = match Evaluation::test(&again, data, &options) {
        Ok(evaluation) => evaluation,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Data, "{error:?}");
            return;
        }
    };
    check_figures(&report::to_text(&evaluation), case);
    check_figures(&report::to_markdown(&evaluation), case);
    check_figures(&report::to_json(&evaluation).to_string(), case);
    report::to_html(&evaluation).expect("a page");
}

/// No figure is none, unless the articles say so.
fn check_figures(report: &str, case: &str) {
    for none in ["NaN", "inf"] {
        let mut words = report.split(|c: char| !c.is_alphanumeric());
        assert!(
            case.contains(none) || words.all(|word| word != none),
            "{report}"
        );
    }
}
