//! Learns topics from a labelled CSV, and keeps the model: `cargo run --example train [FILE]`.

use newstopics::corpus::Dataset;
use newstopics::corpus::readers::Columns;
use newstopics::{TopicClassifier, Trainer, report};

fn main() -> newstopics::Result<()> {
    let file = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "training/en.csv".to_owned());
    let data = Dataset::read(&[file.into()], None, &Columns::default(), false)?;

    let trained = Trainer::default().with_folds(3).with_seed(1).fit(&data)?;
    for warning in &trained.warnings {
        println!("warning: {warning}");
    }
    if let Some(figures) = &trained.out_of_fold {
        print!("{}", report::to_table(figures));
    }

    let model = std::env::temp_dir().join("newstopics-example.model");
    trained.classifier.save(&model)?;
    let classifier = TopicClassifier::load(&model)?;
    println!("{} knows {:?}", model.display(), classifier.labels());
    Ok(())
}
