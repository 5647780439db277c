//! Elements within elements, and many of them.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::common::Room;
use crate::common::watch::again;
use crate::{ALL, HTML, JSONL, SMALL, of_bytes, predict};

#[test]
fn deeply_nested_json() {
    let room = Room::new();
    let nested = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    // What is not asked for may be as deep as it likes.
    let unread = format!("{{\"text\":\"a\",\"x\":{nested}}}");
    of_bytes(&room, &JSONL, unread.into()).assert(0, "", SMALL);
    let text = format!("{{\"text\":{nested}}}");
    of_bytes(&room, &JSONL, text.into()).assert(3, "record 1, line 1, field `text`", SMALL);
    let open = "{\"text\":".repeat(1_000_000);
    of_bytes(&room, &JSONL, open.into()).assert(3, "record 1, line 1", SMALL);
    let run = predict(&room, &JSONL, |out| {
        out.write_all(b"{\"a\":1")?;
        again(out, b",\"a\":1", 2_000_000)?;
        out.write_all(b"}")
    });
    run.assert(3, "more than 4096 fields", ALL);
    let run = predict(&room, &JSONL, |out| {
        out.write_all(b"{\"text\":\"a\",\"labels\":[\"\"")?;
        again(out, b",\"\"", 5_000_000)?;
        out.write_all(b"]}")
    });
    run.assert(3, "field `labels`: found more than 1 MiB of it", ALL);
}

#[test]
fn deeply_nested_pages() {
    let room = Room::new();
    for piece in [
        "<div>",
        "<b>",
        "<table><tr><td>",
        "<font size=1><p>",
        "<ul><li>x",
        "<svg><g>",
    ] {
        let started = Instant::now();
        let page = format!("<html><body>{}text", piece.repeat(100_000));
        let run = of_bytes(&room, &HTML, page.into());
        run.assert(3, "standard input: found ", ALL);
        assert!(started.elapsed() < Duration::from_secs(10), "{piece}");
    }
    // As deep as is allowed, and as long.
    let sentence = "<p>The commission said on Monday, after talks, that it would rain in June.";
    let page = |depth: usize, length: usize| {
        let deep = "<div class=share>".repeat(depth);
        format!("<html><body>{deep}{}", sentence.repeat(length)).into_bytes()
    };
    let started = Instant::now();
    of_bytes(&room, &HTML, page(240, 24_000)).assert(0, "", ALL);
    assert!(started.elapsed() < Duration::from_secs(20));
    let run = of_bytes(&room, &HTML, page(1, 40_000));
    run.assert(3, "more than 2 MiB of text", ALL);
    let run = predict(&room, &HTML, |out| again(out, b"<br>", 1 << 20));
    run.assert(3, "more than 200000 elements, texts and attributes", ALL);
    let run = predict(&room, &HTML, |out| again(out, b"a b ", 8 << 20));
    run.assert(3, "more than 16 MiB", ALL);
}

/// The parser compares each attribute of a tag with the others, and puts those of all `<body>`
/// together.
#[test]
fn ever_more_attributes() {
    let room = Room::new();
    let sentence = "<p>The commission said on Monday, after talks, that it would rain in June.";
    let many = |piece: fn(usize) -> String, count: usize| {
        let attributes: String = (0..count).map(piece).collect();
        format!("<html><body>{}<p{attributes}", sentence.repeat(20)).into_bytes()
    };
    let in_tag = "a tag or comment of more than 65536 attributes or words";
    let in_page = "more than 200000 elements, texts and attributes";
    let in_root = "more than 1024 attributes of <html> and <body>";
    for (page, words) in [
        (many(|n| format!(" a{n}"), 1_000_000), in_tag),
        (many(|n| format!("/a{n}"), 1_000_000), in_tag),
        (many(|n| format!(" a{n}='>'"), 1_000_000), in_tag),
        (many(|n| format!("></p a{n}=x"), 500_000), in_page),
        (many(|n| format!("><body a{n}=x"), 100_000), in_root),
        (many(|_| "><html".to_owned(), 100_000), in_root),
    ] {
        let started = Instant::now();
        of_bytes(&room, &HTML, page).assert(3, words, ALL);
        assert!(started.elapsed() < Duration::from_secs(20), "{words}");
    }
    // A picture in the page itself is one attribute.
    let picture = format!(
        "<img src='data:image/png;base64,{}'>",
        "QUJD/Rk9PQkFS+".repeat(60_000)
    );
    let page = format!("<html><body>{}{picture}", sentence.repeat(20));
    of_bytes(&room, &HTML, page.into()).assert(0, "1 article", ALL);
}
