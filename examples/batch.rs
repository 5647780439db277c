//! Classifies any number of articles on all processors: `cargo run --release --example batch`.

use newstopics::TopicClassifier;
use newstopics::corpus::readers::{self, Columns};

fn main() -> newstopics::Result<()> {
    let classifier = TopicClassifier::pretrained();

    // A slice at once ...
    let headlines = [
        "Zölle auf Stahl steigen",
        "Navy orders four frigates",
        "Rain on Sunday",
    ];
    for (headline, prediction) in headlines.iter().zip(classifier.predict_batch(&headlines)) {
        println!("{headline}: {:?}", classifier.label_names(&prediction));
    }

    // ... or a stream, of which only a little is in memory at any time.
    let records = readers::open("tests/data/sample.csv".as_ref(), None, &Columns::default())?;
    let articles = records.filter_map(|record| match record {
        Ok(record) => Some(record.document),
        Err(error) => {
            eprintln!("skipped: {error}");
            None
        }
    });
    for (article, prediction) in classifier.predictor().predict_iter(articles) {
        println!("{}: {:?}", article.id, classifier.label_names(&prediction));
    }
    Ok(())
}
