//! The stages of the work one by one, on the project's own corpus: `cargo bench`.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use linfa::ParamGuard;
use linfa::{DatasetBase, traits::Fit};
use ndarray::Array2;
use newstopics::corpus::Dataset;
use newstopics::corpus::readers::Columns;
use newstopics::features::{TfidfParams, TfidfVectorizer};
use newstopics::model::{LogisticParams, Targets};
use newstopics::text::{fold_into, tokens};
use newstopics::{TopicClassifier, Trainer};

fn corpus() -> Dataset {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("training/en.csv");
    Dataset::read(&[path], None, &Columns::default(), false).expect("the corpus can be read")
}

fn stages(c: &mut Criterion) {
    let data = corpus();
    let bytes: usize = data.documents.iter().map(|d| d.text.len()).sum();
    let params = TfidfParams::default();
    let classifier = TopicClassifier::pretrained();
    let file = classifier.to_bytes().expect("the model can be written");

    let mut group = c.benchmark_group("stages");
    group
        .throughput(Throughput::Bytes(bytes as u64))
        .sample_size(10);
    group.bench_function("read", |b| b.iter(corpus));
    group.bench_function("analyse", |b| {
        b.iter(|| {
            let mut folded = String::new();
            for document in &data.documents {
                for token in tokens(&document.text) {
                    folded.clear();
                    fold_into(token.text, &mut folded);
                    black_box(&folded);
                }
            }
        });
    });
    group.bench_function("featurise", |b| {
        b.iter(|| TfidfVectorizer::fit_transform(&params, &data.documents));
    });
    let words = TfidfParams {
        char_ngrams: None,
        ..TfidfParams::default()
    };
    group.bench_function("featurise words", |b| {
        b.iter(|| TfidfVectorizer::fit_transform(&words, &data.documents));
    });
    let mut transformer = classifier.vectorizer().transformer();
    let vectors: Vec<_> = data
        .documents
        .iter()
        .map(|document| transformer.transform(document.title(), &document.text))
        .collect();
    group.bench_function("transform", |b| {
        b.iter(|| {
            let mut transformer = classifier.vectorizer().transformer();
            for document in &data.documents {
                black_box(transformer.transform(document.title(), &document.text));
            }
        });
    });
    group.bench_function("score", |b| {
        b.iter(|| {
            for vector in &vectors {
                black_box(classifier.decision_function(vector));
            }
        });
    });
    group.bench_function("predict", |b| {
        b.iter(|| {
            let mut predictor = classifier.predictor();
            for document in &data.documents {
                black_box(predictor.predict(document.title(), &document.text));
            }
        });
    });
    group.finish();

    let (_, matrix) =
        TfidfVectorizer::fit_transform(&params, &data.documents).expect("the corpus has words");
    let tariffs: Vec<bool> = data
        .labels
        .iter()
        .map(|l| l.iter().any(|l| l == "tariffs"))
        .collect();
    let targets = Array2::from_shape_vec((tariffs.len(), 1), tariffs).expect("one column");
    let dataset = DatasetBase::new(matrix, Targets::MultiLabel(targets));
    let solver = LogisticParams::default()
        .check()
        .expect("the defaults are valid");
    let mut group = c.benchmark_group("model");
    group.sample_size(10);
    group.bench_function("solve", |b| b.iter(|| solver.fit(&dataset)));
    group.bench_function("train with five folds", |b| {
        b.iter(|| Trainer::default().fit(&data))
    });
    group.bench_function("load with every check", |b| {
        b.iter(|| TopicClassifier::from_bytes(file.clone()));
    });
    group.bench_function("load embedded", |b| b.iter(TopicClassifier::pretrained));
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
