//! Bytes and characters that are no words.

use crate::common::Room;
use crate::common::watch::{self, again};
use crate::{ALL, CSV, JSONL, SMALL, of_bytes, predict};

#[test]
fn bytes_that_are_no_words() {
    let room = Room::new();
    let text = "Die EU erhebt Zölle auf Stahl. ";
    for odd in [
        format!("\0{text}\0\0{text}"),
        format!("\u{202e}{text}\u{202c}\u{2066}{text}\u{200b}\u{200d}\u{feff}"),
        format!(
            "{text}{}",
            format!("a{}", "\u{300}\u{336}\u{489}".repeat(100)).repeat(2000)
        ),
        "\u{300}".repeat(1_000_000),
        "\u{fffd}\u{10ffff}\u{e000}".to_owned(),
    ] {
        let run = of_bytes(&room, &[], odd.clone().into_bytes());
        run.assert(0, "", ALL);
        // As a field of each format, in a title and an id too.
        let cell = odd.replace('\n', " ");
        let csv = format!("id,title,text\n{cell},{cell},{cell}\n");
        let json = serde_json::json!({ "id": odd, "title": odd, "text": odd });
        let json = format!("{json}\n").into_bytes();
        for (input, bytes) in [
            ("csv", csv.into_bytes()),
            ("jsonl", json),
            ("fasttext", cell.clone().into_bytes()),
        ] {
            for output in ["table", "jsonl", "csv", "fasttext"] {
                let args = ["predict", "--input-format", input, "--format", output];
                let run = watch::of_bytes(&room, &args, bytes.clone());
                run.assert(0, "1 article in ", ALL);
                let rows = match output {
                    "csv" => csv::Reader::from_reader(run.answer.stdout.as_bytes())
                        .records()
                        .count(),
                    _ => run.answer.stdout.lines().count(),
                };
                assert_eq!(rows, 1, "{input} {output}");
            }
        }
    }
}

#[test]
fn ten_megabytes_of_zalgo() {
    let room = Room::new();
    let letter = |letter: char| format!("{letter}{}", "\u{300}\u{336}\u{489}".repeat(10));
    let word: String = "commission".chars().map(letter).collect();
    let run = predict(&room, &[], move |out| {
        again(out, format!("{word} ").as_bytes(), 16_000)
    });
    run.assert(0, "1 article", ALL);
}

#[test]
fn lone_surrogates_in_json() {
    let room = Room::new();
    for bad in [r"\ud83d", r"\ude00\ud83d", r"\ud83dx"] {
        let line = format!("{{\"text\":\"good\"}}\n{{\"text\":\"{bad}\"}}\n");
        let run = of_bytes(&room, &JSONL, line.into());
        run.assert(3, "record 2, line 2", SMALL);
        assert_eq!(run.answer.stdout.lines().count(), 1);
    }
}

#[test]
fn two_encodings_in_one_file() {
    let room = Room::new();
    let mixed = [&b"id,text\n1,Z\xc3\xb6lle\n2,\xc3\x9cber\n3,Z\xf6lle\n4,gut\n"[..]].concat();
    let run = of_bytes(&room, &CSV, mixed);
    run.assert(
        3,
        "record 3, line 4, field `text`: found the byte 0xf6 after 1 bytes",
        SMALL,
    );
    assert_eq!(run.answer.stdout.lines().count(), 2);
    let run = of_bytes(&room, &[], b"\x7fELF\x02\x01\0\0\xff\xfe\x80".to_vec());
    run.assert(3, "the encoding cannot be told", SMALL);
    let run = of_bytes(&room, &[], b"%PDF-1.7 ...".to_vec());
    run.assert(3, "is a PDF document, expected text", SMALL);
}
