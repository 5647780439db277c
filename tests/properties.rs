//! What must hold for any input at all, on random inputs (`fuzz/` looks harder).

mod invariants;

use std::sync::LazyLock;

use invariants::{analyser, model, readers, round_trip};
use newstopics::corpus::{Dataset, Document};
use newstopics::{TopicClassifier, Trainer};
use proptest::prelude::*;
use proptest::sample::Index;

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

/// A case and a first byte that says how it is read.
fn case(how: u8, bytes: &[u8]) -> Vec<u8> {
    [&[how], bytes].concat()
}

/// A small model's file.
fn small_model() -> &'static [u8] {
    static MODEL: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let mut data = Dataset::default();
        for (text, label) in [
            ("steel duties rise", "tariffs"),
            ("duties on steel and cars", "tariffs"),
            ("army buys tanks", "defense"),
            ("tanks for the army", "defense"),
        ] {
            data.push(Document::new("", "", text), vec![label.to_owned()]);
        }
        let trained = Trainer::default().with_folds(0).fit(&data).unwrap();
        trained.classifier.to_bytes().unwrap()
    });
    &MODEL
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_article_is_classified_and_explained(title in any_text(), text in any_text()) {
        analyser::check(format!("{title}\n{text}").as_bytes());
    }

    #[test]
    fn any_bytes_are_records_or_errors(bytes in any_bytes(), how in 0_u8..32) {
        let case = case(how, &bytes);
        for read in [readers::csv, readers::jsonl, readers::fasttext, readers::text, readers::html] {
            read(&case);
        }
        readers::compressed(&bytes);
    }

    #[test]
    fn what_is_written_is_read(fields in proptest::collection::vec(any_text(), 1..9), how in 0_u8..8) {
        let records: Vec<String> = fields.chunks(3).map(|record| record.join("\u{1f}")).collect();
        round_trip::check(&case(how, records.join("\u{1e}").as_bytes()));
    }

    #[test]
    fn any_change_of_a_model_is_refused_or_harmless(
        changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..4),
        how in 0_u8..2,
    ) {
        let mut bytes = small_model().to_vec();
        for (place, byte) in changes {
            *place.get_mut(&mut bytes) = byte;
        }
        model::check(&case(how, &bytes));
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
