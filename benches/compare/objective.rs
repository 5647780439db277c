//! The objective of a model on its training data, from the model's file alone:
//! sum of log-losses + 1/(2C) |w|^2, the intercept not penalised.
//!
//! It shares nothing with the solver, which reports a value of its own, and is what the
//! comparison with other programs prints for newstopics.
//!
//! usage: objective MODEL DATA.csv C

use std::path::PathBuf;

use newstopics::corpus::Dataset;
use newstopics::corpus::readers::Columns;
use newstopics::model::Task;
use newstopics::{Error, Result, TopicClassifier};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, model, data, c] = &arguments[..] else {
        return Err(Error::usage("usage: objective MODEL DATA.csv C"));
    };
    let c: f64 = c
        .parse()
        .map_err(|_| Error::usage("C is a positive number"))?;
    let classifier = TopicClassifier::load(model)?;
    let data = Dataset::read(&[PathBuf::from(data)], None, &Columns::default(), false)?;
    let features = classifier.vectorizer().n_features();
    let objective = losses(&classifier, &data) + squares(&classifier) / (2.0 * c);
    println!("{{\"objective\": {objective}, \"features\": {features}}}");
    Ok(())
}

/// Sum of the log-losses of all articles.
fn losses(classifier: &TopicClassifier, data: &Dataset) -> f64 {
    let mut transformer = classifier.vectorizer().transformer();
    let documents = data.documents.iter().zip(&data.labels);
    documents
        .map(|(document, labels)| {
            let vector = transformer.transform(document.title(), &document.text);
            let margins = classifier.decision_function(&vector);
            let there = classifier.labels().iter().map(|name| labels.contains(name));
            match classifier.info().task {
                Task::MultiLabel => margins
                    .iter()
                    .zip(there)
                    .map(|(&margin, there)| softplus(if there { -margin } else { margin }))
                    .sum(),
                Task::MultiClass => {
                    let top = margins.iter().copied().fold(f64::MIN, f64::max);
                    let sum: f64 = margins.iter().map(|m| (m - top).exp()).sum();
                    let own: f64 = margins
                        .iter()
                        .zip(there)
                        .filter(|(_, t)| *t)
                        .map(|(m, _)| m)
                        .sum();
                    top + sum.ln() - own
                }
            }
        })
        .sum()
}

/// ln(1 + exp(x)).
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// Sum of the squared coefficients.
fn squares(classifier: &TopicClassifier) -> f64 {
    let labels = classifier.labels().len();
    (0..classifier.vectorizer().n_features())
        .flat_map(|feature| (0..labels).map(move |label| classifier.weight(feature, label)))
        .map(|weight| f64::from(weight) * f64::from(weight))
        .sum()
}
