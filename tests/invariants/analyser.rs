//! The analyser: words with their places, probabilities, reasons that add up.

use std::cell::RefCell;
use std::ops::Range;

use newstopics::text::{MAX_TOKEN_CHARS, NgramRange, char_ngrams, fold_into, tokens};
use newstopics::{Field, Prediction, Predictor, TopicClassifier};

use super::is_probability;

/// A headline, a line end, a text.
pub fn check(case: &[u8]) {
    let case = String::from_utf8_lossy(case);
    let (title, text) = case.split_once('\n').unwrap_or(("", &case));
    check_words(title);
    check_words(text);
    check_embedded(title, text);
}

fn check_words(text: &str) {
    let mut before = 0;
    for token in tokens(text) {
        assert_eq!(text.get(token.span.clone()), Some(token.text));
        assert!(token.span.start >= before && !token.text.is_empty());
        // A code and the number hyphenated to it are one word, both within the limit.
        assert!(token.text.chars().count() <= 2 * MAX_TOKEN_CHARS + 1);
        before = token.span.end;
        check_word(token.text);
    }
}

fn check_word(word: &str) {
    let fold = |word: &str| {
        let mut folded = String::new();
        fold_into(word, &mut folded);
        folded
    };
    let folded = fold(word);
    // Unicode's longest decomposition of one character has 18.
    assert!(folded.chars().count() <= 18 * word.chars().count());
    assert_eq!(fold(&folded), folded, "{word:?}");
    let padded = format!(" {folded} ");
    for range in [NgramRange::new(1, 1), NgramRange::new(3, 6)] {
        let range = range.expect("a valid range");
        char_ngrams(&padded, range, |gram| {
            assert!(padded.contains(gram));
            assert!(gram.chars().count() <= range.max().max(1) && !gram.is_empty());
        });
    }
}

fn check_embedded(title: &str, text: &str) {
    thread_local! {
        static CLASSIFIER: &'static TopicClassifier = Box::leak(Box::new(TopicClassifier::pretrained()));
        // One that remembers what it has met, as in a long run.
        static PREDICTOR: RefCell<Predictor<'static>> = CLASSIFIER.with(|c| RefCell::new(c.predictor()));
    }
    let classifier = CLASSIFIER.with(|classifier| *classifier);
    let prediction = PREDICTOR.with_borrow_mut(|predictor| predictor.predict(title, text));
    let fresh = classifier.predictor().predict(title, text);
    assert_eq!(fresh, prediction, "what came before must not matter");
    check_prediction(classifier, &prediction);
    check_explanation(classifier, title, text, &prediction);
    check_passages(classifier, text);
    let (vector, analysis) = classifier.vectorizer().transformer().analyse(title, text);
    assert!(analysis.known_words <= analysis.words);
    assert!(vector.iter().is_sorted_by(|a, b| a.0 < b.0));
    for (feature, value) in vector.iter() {
        assert!(feature < classifier.vectorizer().n_features());
        assert!(value > 0.0 && value <= 1.001, "{value}");
    }
}

/// Finite probabilities and the labels they earn, the most probable first.
pub fn check_prediction(classifier: &TopicClassifier, prediction: &Prediction) {
    let scores = &prediction.scores;
    assert_eq!(scores.len(), classifier.labels().len());
    assert!(scores.iter().all(|&p| is_probability(p)), "{scores:?}");
    let labels = &prediction.labels;
    assert!(labels.is_sorted_by(|&a, &b| (-scores[a], a) < (-scores[b], b)));
    let code = |language: &str| language.len() == 2 && language.is_ascii();
    assert!(prediction.language.is_none_or(code));
}

/// Words at their places, contributions that add up to the decision.
pub fn check_explanation(
    classifier: &TopicClassifier,
    title: &str,
    text: &str,
    prediction: &Prediction,
) {
    let explanation = classifier.explain(title, text);
    assert_eq!(explanation.prediction, *prediction);
    for word in &explanation.words {
        let field = match word.field {
            Field::Title => title,
            Field::Text => text,
        };
        assert_eq!(field.get(word.span.clone()), Some(word.word.as_str()));
    }
    for label in 0..classifier.labels().len() {
        let parts = explanation.words.iter().map(|w| w.contributions[label]);
        let (sum, size) = parts.fold((0.0, 1.0), |(sum, size), c| (sum + c, size + c.abs()));
        let expected = explanation.decision[label] - explanation.intercepts[label];
        let tolerance = 1e-6 * (size + explanation.intercepts[label].abs());
        assert!((sum - expected).abs() <= tolerance, "{sum} and {expected}");
        for speak_for in [true, false] {
            let terms = explanation.strongest_terms(label, speak_for, 6);
            assert!(terms.iter().all(|term| term.contribution.is_finite()));
        }
    }
}

/// Passages one after another, in which every word of the text is.
pub fn check_passages(classifier: &TopicClassifier, text: &str) {
    let passages = classifier.passages(text);
    let mut spans: Vec<Range<usize>> = Vec::new();
    for passage in &passages {
        assert!(
            text.get(passage.span.clone())
                .is_some_and(|t| !t.is_empty())
        );
        assert!(
            spans
                .last()
                .is_none_or(|last| last.end <= passage.span.start)
        );
        assert!(passage.scores.iter().all(|&p| is_probability(p)));
        spans.push(passage.span.clone());
    }
    let mut spans = spans.into_iter().peekable();
    for token in tokens(text) {
        while spans.next_if(|span| span.end < token.span.end).is_some() {}
        let within = spans
            .peek()
            .is_some_and(|span| span.start <= token.span.start);
        assert!(within, "{:?} is in no passage", token.text);
    }
}
