//! The crate as a Rust program uses it.

use newstopics::corpus::{Dataset, Document};
use newstopics::model::Task;
use newstopics::{
    Batches, Decision, Error, Explanation, Passage, Prediction, Predictor, TopicClassifier, Trainer,
};

/// Compiles only for what can be sent to other threads and shared among them.
fn assert_send_sync<T: Send + Sync>() {}

#[test]
fn everything_goes_between_threads() {
    assert_send_sync::<TopicClassifier>();
    assert_send_sync::<Predictor<'_>>();
    assert_send_sync::<Batches<'_>>();
    assert_send_sync::<Prediction>();
    assert_send_sync::<Explanation>();
    assert_send_sync::<Passage>();
    assert_send_sync::<Trainer>();
    assert_send_sync::<Dataset>();
    assert_send_sync::<Error>();
}

#[test]
fn one_classifier_serves_many_threads() {
    let classifier = TopicClassifier::pretrained();
    let expected = classifier.predict("Zölle auf Stahl steigen.");
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| classifier.predict("Zölle auf Stahl steigen.")))
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), expected);
        }
    });
}

#[test]
fn settings_one_after_another_are_the_struct() {
    let mut data = Dataset::default();
    for (text, label) in [
        ("steel duties rise", "tariffs"),
        ("duties on steel and cars", "tariffs"),
        ("army buys tanks", "defense"),
        ("tanks for the army", "defense"),
    ] {
        data.push(Document::new("", "", text), vec![label.to_owned()]);
    }
    let built = Trainer::default()
        .with_task(Task::MultiLabel)
        .with_labels(["tariffs", "defense"])
        .with_c(3.0)
        .with_folds(0)
        .with_beta(0.5)
        .with_seed(4);
    let whole = Trainer {
        task: Some(Task::MultiLabel),
        labels: Some(vec!["tariffs".to_owned(), "defense".to_owned()]),
        model: Trainer::default().model.c(3.0),
        folds: 0,
        beta: 0.5,
        seed: 4,
        ..Trainer::default()
    };
    let bytes = |trainer: &Trainer| trainer.fit(&data).unwrap().classifier.to_bytes().unwrap();
    assert!(bytes(&built) == bytes(&whole));
    assert!(bytes(&built) != bytes(&whole.with_c(30.0)));
}

#[test]
fn answers_are_plain_data_for_serde() {
    let classifier = TopicClassifier::pretrained();
    let explanation = serde_json::to_value(classifier.explain("", "Zölle auf Stahl.")).unwrap();
    assert_eq!(explanation["words"][0]["word"], "Zölle");
    assert_eq!(explanation["prediction"]["labels"][0], 2);
    let passages = serde_json::to_value(classifier.passages("Zölle auf Stahl.")).unwrap();
    assert_eq!(passages[0]["span"]["end"], "Zölle auf Stahl.".len());
}

#[test]
fn batches_decide_as_their_predictor_does() {
    let classifier = TopicClassifier::pretrained();
    let decision = Decision {
        top_k: Some(1),
        ..Decision::default()
    };
    let predictor = classifier.predictor().with_decision(decision).unwrap();
    let articles = vec![("Wetter", "Es bleibt schön."); 20];
    let predictions = predictor.batches().predict(&articles);
    assert!(predictions.iter().all(|p| p.labels.len() == 1));
}
