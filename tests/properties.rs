//! What must hold for any text at all.

use std::io::{Cursor, Read};
use std::path::Path;

use newstopics::corpus::readers::{self, Columns, Format};
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

/// Any bytes, and bytes full of what readers look for.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let pieces: [&[u8]; 30] = [
        b"id,text\n",
        b"text",
        b"\"",
        b",",
        b";",
        b"\t",
        b"|",
        b"\n",
        b"\r\n",
        b"{\"text\":\"a",
        b"\"}",
        b"[",
        b"\\ud83d",
        b"__label__",
        b"a ",
        b"\xe4",
        b"\xc3\xa4",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"\0",
        b"<p>Text, und mehr</p>",
        b"<table>",
        b"</b>",
        b"<meta charset=shift_jis>",
        b"<!--",
        b"<svg>",
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
        b"\x82\xa0",
    ];
    let pieces = proptest::sample::select(pieces.to_vec());
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        proptest::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat()),
    ]
}

/// Gives a few bytes at a time, as a slow pipe does.
struct Dribble(Cursor<Vec<u8>>, usize);

impl Read for Dribble {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.1.min(buffer.len());
        self.0.read(&mut buffer[..length])
    }
}

/// The records of bytes in words, and how many there are.
fn records(bytes: impl Read + Send + 'static, format: Option<Format>) -> Vec<String> {
    match readers::read(bytes, Path::new("-"), format, &Columns::default()) {
        Ok(records) => records.map(|record| format!("{record:?}")).collect(),
        Err(error) => vec![error.to_string()],
    }
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
    fn any_bytes_are_records_or_errors(bytes in any_bytes(), some in 1_usize..20) {
        for format in std::iter::once(None).chain(Format::all().map(Some)) {
            let whole = records(Cursor::new(bytes.clone()), format);
            prop_assert!(whole.len() <= bytes.len() + 1);
            // However the bytes arrive, the records are the same.
            let slowly = records(Dribble(Cursor::new(bytes.clone()), some), format);
            prop_assert_eq!(whole, slowly, "{:?}", format);
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
