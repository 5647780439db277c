//! Records without an end, and without anything in them.

use std::io::Write;
use std::process::ChildStdin;

use crate::common::Room;
use crate::common::watch::{again, watch};
use crate::{ALL, CSV, JSONL, SMALL, of_bytes, predict};

#[test]
fn a_million_quotes() {
    let room = Room::new();
    let quotes = |count: usize| format!("text\n{}", "\"".repeat(count)).into_bytes();
    // One opens, one closes, the others are pairs.
    let run = of_bytes(&room, &CSV, quotes(1_000_000));
    run.assert(0, "", SMALL);
    assert_eq!(run.answer.stdout.lines().count(), 1);
    let run = of_bytes(&room, &CSV, quotes(1_000_001));
    run.assert(
        3,
        "record 1, line 2: found a quote opened on line 2 and not closed",
        SMALL,
    );
}

#[test]
fn ten_million_empty_rows() {
    let room = Room::new();
    for (args, head) in [(CSV, "text\n"), (JSONL, "")] {
        let run = predict(&room, &args, move |out| {
            out.write_all(head.as_bytes())?;
            again(out, b"\r\n", 10_000_000)?;
            out.write_all(if head.is_empty() { b"{}" } else { b"a,b" })
        });
        let words = format!("record 1, line {}", 10_000_001 + head.lines().count());
        run.assert(3, &words, SMALL);
    }
    let run = predict(&room, &CSV, |out| {
        out.write_all(b"id,text\n")?;
        again(out, b",\n", 200_000)
    });
    run.assert(0, "", SMALL);
    assert_eq!(run.answer.stdout.lines().count(), 200_000);
}

#[test]
fn a_line_of_two_gibibytes() {
    let room = Room::new();
    let too_long = "found a record of more than 16 MiB, which is the limit";
    for (input, head, line, end) in [
        ("csv", "text\n", 2, "\ngut\n"),
        ("jsonl", "{\"text\":\"", 1, "\"}\n{\"text\":\"gut\"}"),
        ("fasttext", "", 1, "\n__label__x gut"),
    ] {
        let write = move |out: &mut ChildStdin| {
            out.write_all(head.as_bytes())?;
            again(out, b"a", 2 << 30)?;
            out.write_all(end.as_bytes())
        };
        let args = ["--input-format", input];
        let run = predict(&room, &args, write);
        let words = format!("error: standard input, record 1, line {line}: {too_long}");
        run.assert(3, &words, ALL);
        assert_eq!(run.answer.stdout, "");
        // The record behind it is a good one.
        let run = predict(&room, &[&args[..], &["--on-error", "skip"]].concat(), write);
        run.assert(3, "1 article in ", ALL);
        let lines: Vec<&str> = run.answer.stdout.lines().collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].contains(too_long), "{lines:?}");
        assert!(lines[1].starts_with("{\"id\":\"2\""), "{lines:?}");
    }
    let run = predict(&room, &[], |out| again(out, b"a", 2 << 30));
    run.assert(3, "standard input: found a record of more than 16 MiB", ALL);
}

#[test]
fn a_word_of_fifty_megabytes() {
    let room = Room::new();
    for args in [&[][..], &["--input-format", "fasttext"]] {
        let run = predict(&room, args, |out| again(out, b"a", 50_000_000));
        run.assert(3, "more than 16 MiB", ALL);
        // As long as a record may be.
        let run = predict(&room, args, |out| again(out, b"a", 16 << 20));
        run.assert(0, "1 article", ALL);
    }
}

#[test]
fn as_many_words_as_a_record_can_hold() {
    let room = Room::new();
    let run = predict(&room, &[], |out| again(out, b"a ", 8 << 20));
    run.assert(0, "1 article", ALL);
    let paragraphs = |out: &mut ChildStdin| again(out, b"a\n\n", 5 << 20);
    let run = predict(&room, &[], paragraphs);
    run.assert(0, "1 article", ALL);
}

/// Reasons take memory for each word of the article at hand.
#[test]
fn reasons_for_an_article_of_two_hundred_thousand_words() {
    let room = Room::new();
    for args in [
        &["predict", "--evidence"][..],
        &["predict", "--passages", "--format", "jsonl"],
        &["explain", "--format", "json"],
    ] {
        let run = watch(room.command(args), |out| {
            again(out, b"Die EU erhebt neue Zoelle. ", 40_000)
        });
        run.assert(0, "", ALL);
    }
}

#[test]
fn ever_more_columns() {
    let room = Room::new();
    let run = predict(&room, &CSV, |out| again(out, b",", 60_000_000));
    run.assert(3, "more than 4096 columns", ALL);
    let run = predict(&room, &CSV, |out| {
        out.write_all(b"id,text\n")?;
        again(out, b",", 60_000_000)
    });
    run.assert(3, "more than 4096 columns", ALL);
}
