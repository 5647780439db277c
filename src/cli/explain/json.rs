//! An explanation as JSON, written as it is made: there may be many words.

use newstopics::features::Family;
use newstopics::report::html::ExplainedArticle;
use newstopics::{Field, TopicClassifier};
use serde::{Serialize, Serializer};

/// All there is to say of an article, for the labels asked for.
pub fn object<'e>(
    classifier: &'e TopicClassifier,
    article: &'e ExplainedArticle,
    labels: &'e [usize],
) -> impl Serialize + 'e {
    let explanation = &article.explanation;
    let per_label = |values| PerLabel {
        names: classifier.labels(),
        labels,
        values,
    };
    Object {
        id: &article.document.id,
        labels: classifier.label_names(&explanation.prediction),
        scores: per_label(&explanation.prediction.scores),
        decision_values: per_label(&explanation.decision),
        intercepts: per_label(&explanation.intercepts),
        words: List(move || {
            explanation.words.iter().map(move |word| Word {
                word: &word.word,
                field: word.field,
                start: word.span.start,
                end: word.span.end,
                contributions: per_label(&word.contributions),
            })
        }),
        features: List(move || {
            explanation.features.iter().map(move |feature| Feature {
                family: feature.family,
                term: &feature.term,
                value: feature.value,
                contributions: per_label(&feature.contributions),
            })
        }),
    }
}

#[derive(Serialize)]
struct Object<'e, W: Serialize, F: Serialize> {
    id: &'e str,
    labels: Vec<&'e str>,
    scores: PerLabel<'e>,
    decision_values: PerLabel<'e>,
    intercepts: PerLabel<'e>,
    words: W,
    features: F,
}

#[derive(Serialize)]
struct Word<'e> {
    word: &'e str,
    field: Field,
    start: usize,
    end: usize,
    contributions: PerLabel<'e>,
}

#[derive(Serialize)]
struct Feature<'e> {
    family: Family,
    term: &'e str,
    value: f64,
    contributions: PerLabel<'e>,
}

/// An object with a number for each of some labels.
struct PerLabel<'e> {
    names: &'e [String],
    labels: &'e [usize],
    values: &'e [f64],
}

impl Serialize for PerLabel<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let labels = self.labels.iter();
        serializer.collect_map(labels.map(|&l| (&self.names[l], self.values[l])))
    }
}

/// A list whose elements are made when it is written.
struct List<F>(F);

impl<F, I> Serialize for List<F>
where
    F: Fn() -> I,
    I: Iterator<Item: Serialize>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}
