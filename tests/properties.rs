//! What must hold for any text at all.

use newstopics::{Field, TopicClassifier};
use proptest::prelude::*;

/// Any text, and texts full of what trips analysers up.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,200}",
        any::<String>(),
        "[a-zäöüß\u{308}\u{ad}\u{200b}\u{a8}\u{a0}\u{202e}\n\t0-9 .,'’„“-]{0,200}",
        "(Zölle|tariff|F-35|EU|\\n\\n|[[:punct:]]| ){0,60}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_article_is_classified_and_explained(title in any_text(), text in any_text()) {
        let classifier = TopicClassifier::pretrained();
        let mut predictor = classifier.predictor();
        let prediction = predictor.predict(&title, &text);
        prop_assert_eq!(prediction.scores.len(), 4);
        prop_assert!(prediction.scores.iter().all(|p| (0.0..=1.0).contains(p)));
        // What came before does not matter, nor does how the article is asked for.
        prop_assert_eq!(&predictor.predict(&title, &text), &prediction);
        prop_assert_eq!(&classifier.predictor().predict(&title, &text), &prediction);

        let explanation = classifier.explain(&title, &text);
        prop_assert_eq!(&explanation.prediction, &prediction);
        for word in &explanation.words {
            let field = if word.field == Field::Title { &title } else { &text };
            prop_assert_eq!(field.get(word.span.clone()), Some(word.word.as_str()));
        }
        for label in 0..4 {
            let sum: f64 = explanation.words.iter().map(|word| word.contributions[label]).sum();
            let expected = explanation.decision[label] - explanation.intercepts[label];
            prop_assert!((sum - expected).abs() < 1e-4, "{} and {}", sum, expected);
        }
    }

    #[test]
    fn title_and_first_paragraph_are_the_same(title in "[A-Za-zäöü ]{1,40}", text in "[A-Za-zäöü. ]{0,120}") {
        // With a title weight of 1, as the embedded model has it.
        let classifier = TopicClassifier::pretrained();
        let mut predictor = classifier.predictor();
        let apart = predictor.predict(&title, &text);
        let together = predictor.predict("", &format!("{title}\n\n{text}"));
        prop_assert_eq!(apart.scores, together.scores);
    }
}
