//! Says what an article is about: `cargo run --example classify [FILE]`.

use newstopics::TopicClassifier;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "tests/data/articles/frigate.md".to_owned());
    let text = std::fs::read_to_string(file)?;

    let classifier = TopicClassifier::pretrained();
    let prediction = classifier.predict(&text);
    for (label, score) in classifier.labels().iter().zip(&prediction.scores) {
        println!("{label:20} {score:.3}");
    }
    println!("topics: {:?}", classifier.label_names(&prediction));
    for warning in &prediction.warnings {
        println!("but: {}", warning.message());
    }
    Ok(())
}
