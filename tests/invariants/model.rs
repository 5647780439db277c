//! The reader of models: refused with a reason, or a model that works.

use std::ops::Range;

use newstopics::{Decision, ErrorKind, TopicClassifier};
use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};

use super::analyser::{check_explanation, check_passages, check_prediction};
use super::bit;

/// Where the description begins in a model's file.
const PREFIX: usize = 56;
/// So many words of the model are asked about.
const WORDS: usize = 200;

/// A model's file; bits: 0 its lengths and checksum are taken as they are, else they are put
/// right first, so that the checks behind them are reached. Tells whether it was accepted.
pub fn check(case: &[u8]) -> bool {
    let Some((&how, bytes)) = case.split_first() else {
        return false;
    };
    let mut bytes = bytes.to_vec();
    if !bit(how, 0) {
        mend(&mut bytes);
    }
    match TopicClassifier::from_bytes(bytes) {
        Ok(classifier) => {
            check_accepted(&classifier);
            true
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Model, "{error}");
            assert!(!error.message().is_empty());
            false
        }
    }
}

/// The bytes of the description, where they are one.
pub fn description(bytes: &[u8]) -> Option<Range<usize>> {
    let mut values = serde_json::Deserializer::from_slice(bytes.get(PREFIX..)?).into_iter();
    let _: IgnoredAny = values.next()?.ok()?;
    Some(PREFIX..PREFIX + values.byte_offset())
}

/// Puts the lengths and the checksum right.
pub fn mend(bytes: &mut [u8]) {
    if bytes.len() < PREFIX {
        return;
    }
    if let Some(description) = description(bytes) {
        bytes[12..16].copy_from_slice(&(description.len() as u32).to_le_bytes());
    }
    let total = bytes.len() as u64;
    bytes[16..24].copy_from_slice(&total.to_le_bytes());
    let checksum = Sha256::new()
        .chain_update(&bytes[8..24])
        .chain_update(&bytes[PREFIX..])
        .finalize();
    bytes[24..PREFIX].copy_from_slice(&checksum);
}

fn check_accepted(classifier: &TopicClassifier) {
    let blocks = classifier.vectorizer().blocks().iter();
    let known: Vec<&str> = blocks
        .flat_map(|block| block.vocabulary().terms().take(WORDS))
        .collect();
    let known = known.join(" ");
    let mut predictions = Vec::new();
    for (title, text) in [
        ("", ""),
        ("", known.as_str()),
        (
            known.as_str(),
            "Zölle auf Stahl.\n\nThe navy ordered frigates.",
        ),
    ] {
        let prediction = classifier.predictor().predict(title, text);
        check_prediction(classifier, &prediction);
        check_explanation(classifier, title, text, &prediction);
        check_passages(classifier, text);
        predictions.push(prediction);
    }
    check_decisions(classifier, &known);
    assert!(classifier.base_rates().iter().all(|rate| rate.is_finite()));
    // What was accepted is written, and accepted again.
    let bytes = classifier.to_bytes().expect("an accepted model is written");
    let again = TopicClassifier::from_bytes(bytes).expect("a written model is accepted");
    assert_eq!(again.predict(&known), predictions[1]);
}

/// Other ways to choose labels, each of which is refused or works.
fn check_decisions(classifier: &TopicClassifier, text: &str) {
    let with = |decision| classifier.predictor().with_decision(decision);
    for decision in [
        Decision {
            threshold: Some(0.0),
            ..Decision::default()
        },
        Decision {
            top_k: Some(1),
            ..Decision::default()
        },
        Decision {
            target_precision: Some(0.9),
            top_k: Some(usize::MAX),
            ..Decision::default()
        },
    ] {
        match with(decision.clone()) {
            Ok(mut predictor) => check_prediction(classifier, &predictor.predict("", text)),
            Err(error) => assert!(decision.target_precision.is_some(), "{error}"),
        }
    }
    let points = classifier.precision_points(0.95);
    let thresholds = classifier.thresholds(&Decision {
        target_precision: Some(0.95),
        ..Decision::default()
    });
    assert_eq!(points.is_ok(), thresholds.is_ok());
    if let (Ok(points), Ok(thresholds)) = (points, thresholds) {
        assert_eq!(points.len(), classifier.labels().len());
        assert_eq!(thresholds.len(), classifier.labels().len());
    }
}
