//! Shows the words behind a decision: `cargo run --example explain`.

use newstopics::TopicClassifier;

fn main() {
    let classifier = TopicClassifier::pretrained();
    let title = "Brussels raises duties";
    let text = "The EU will impose anti-dumping duties of 48 percent on steel from China.";

    let explanation = classifier.explain(title, text);
    for &label in &explanation.prediction.labels {
        println!(
            "{}: {:.2} = {:.2} and the words",
            classifier.labels()[label],
            explanation.decision[label],
            explanation.intercepts[label],
        );
        for term in explanation.strongest_terms(label, true, 5) {
            println!("  {:12} {:+.2}", term.term, term.contribution);
        }
    }
    // Explanations are plain structs, ready for serde.
    assert!(
        explanation
            .words
            .iter()
            .any(|word| &text[word.span.clone()] == "duties")
    );
}
