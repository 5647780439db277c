//! Inputs made to break a reader, and how much memory they take.
#![cfg(target_os = "linux")]

mod common;

use std::io::{Read, Write};
use std::process::Command;
use std::time::{Duration, Instant};

use common::{Answer, Room};
use flate2::Compression;
use flate2::write::GzEncoder;

/// The program's answer, and the most memory it held at a time in MiB.
struct Run {
    answer: Answer,
    peak: u64,
}

/// Runs `predict` on what `write` sends down its standard input, watching its memory.
fn watch(
    room: &Room,
    args: &[&str],
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()> + Send + 'static,
) -> Run {
    let mut child = room
        .command(&[&["predict", "--format", "jsonl"], args].concat())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // The program may stop before it has read everything.
    let writer = std::thread::spawn(move || drop(write(&mut stdin)));
    let read = |mut stream: Box<dyn Read + Send>| {
        std::thread::spawn(move || {
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            text
        })
    };
    let stdout = read(Box::new(child.stdout.take().unwrap()));
    let stderr = read(Box::new(child.stderr.take().unwrap()));
    let status_file = format!("/proc/{}/status", child.id());
    let started = Instant::now();
    let mut peak = 0;
    // The high-water mark never falls, so the last look before the end is the highest.
    let status = loop {
        let status = std::fs::read_to_string(&status_file).unwrap_or_default();
        let mark = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        if let Some(mark) = mark.and_then(|m| m.split_whitespace().next()?.parse::<u64>().ok()) {
            peak = mark >> 10;
        }
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "{args:?} hangs"
        );
        std::thread::sleep(Duration::from_micros(500));
    };
    writer.join().unwrap();
    // What ends before it can be looked at has not done much.
    assert!(peak > 0 || started.elapsed() < Duration::from_millis(100));
    Run {
        answer: Answer {
            code: status.code(),
            stdout: stdout.join().unwrap(),
            stderr: stderr.join().unwrap(),
        },
        peak,
    }
}

/// Asserts the exit code, that the error has some words, and the most memory in MiB.
fn assert_run(run: &Run, code: i32, words: &str, most: u64) {
    let Answer {
        code: found,
        stderr,
        ..
    } = &run.answer;
    assert_eq!(*found, Some(code), "{stderr}");
    assert!(stderr.contains(words), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert!(
        run.peak <= most,
        "{} MiB, expected {most} at most ({words})",
        run.peak
    );
}

fn of_bytes(room: &Room, args: &[&str], bytes: Vec<u8>) -> Run {
    watch(room, args, move |out| out.write_all(&bytes))
}

/// Writes a piece again and again.
fn again(out: &mut dyn Write, piece: &[u8], times: usize) -> std::io::Result<()> {
    let per_block = ((1 << 20) / piece.len()).clamp(1, times);
    let block = piece.repeat(per_block);
    for _ in 0..times / per_block {
        out.write_all(&block)?;
    }
    out.write_all(&piece.repeat(times % per_block))
}

/// What the program with its model takes, and a batch of small records.
const BASE: u64 = 40;
const CSV: [&str; 2] = ["--input-format", "csv"];
const JSONL: [&str; 2] = ["--input-format", "jsonl"];
const HTML: [&str; 2] = ["--input-format", "html"];

#[test]
fn a_million_quotes() {
    let room = Room::new();
    let quotes = |count: usize| format!("text\n{}", "\"".repeat(count)).into_bytes();
    // One opens, one closes, the others are pairs.
    let run = of_bytes(&room, &CSV, quotes(1_000_000));
    assert_run(&run, 0, "", BASE);
    assert_eq!(run.answer.stdout.lines().count(), 1);
    let run = of_bytes(&room, &CSV, quotes(1_000_001));
    assert_run(
        &run,
        3,
        "record 1, line 2: found a quote opened on line 2 and not closed",
        BASE,
    );
}

#[test]
fn ten_million_empty_rows() {
    let room = Room::new();
    for (args, head) in [(CSV, "text\n"), (JSONL, "")] {
        let run = watch(&room, &args, move |out| {
            out.write_all(head.as_bytes())?;
            again(out, b"\r\n", 10_000_000)?;
            out.write_all(if head.is_empty() { b"{}" } else { b"a,b" })
        });
        let words = format!("record 1, line {}", 10_000_001 + head.lines().count());
        assert_run(&run, 3, &words, BASE);
    }
    let run = watch(&room, &CSV, |out| {
        out.write_all(b"id,text\n")?;
        again(out, b",\n", 200_000)
    });
    assert_run(&run, 0, "", BASE);
    assert_eq!(run.answer.stdout.lines().count(), 200_000);
}

#[test]
fn a_line_of_two_gibibytes() {
    let room = Room::new();
    for (args, head) in [
        (CSV, "text\n"),
        (JSONL, "{\"text\":\""),
        (["--input-format", "fasttext"], ""),
    ] {
        let run = watch(&room, &args, move |out| {
            out.write_all(head.as_bytes())?;
            again(out, b"a", 2 << 30)
        });
        assert_run(
            &run,
            3,
            "found a record of more than 64 MiB, which is the limit",
            BASE + 64,
        );
        assert!(
            run.answer.stderr.contains("record 1, line"),
            "{}",
            run.answer.stderr
        );
    }
    let run = watch(&room, &[], |out| again(out, b"a", 2 << 30));
    assert_run(
        &run,
        3,
        "standard input: found a record of more than 64 MiB",
        BASE + 64,
    );
}

#[test]
fn a_word_of_fifty_megabytes() {
    let room = Room::new();
    let run = watch(&room, &[], |out| again(out, b"a", 50_000_000));
    assert_run(&run, 0, "", BASE + 160);
}

#[test]
fn ever_more_columns() {
    let room = Room::new();
    let run = watch(&room, &CSV, |out| again(out, b",", 60_000_000));
    assert_run(&run, 3, "more than 4096 columns", BASE + 64);
    let run = watch(&room, &CSV, |out| {
        out.write_all(b"id,text\n")?;
        again(out, b",", 60_000_000)
    });
    assert_run(&run, 3, "more than 4096 columns", BASE + 64);
}

#[test]
fn deeply_nested_json() {
    let room = Room::new();
    let nested = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    // What is not asked for may be as deep as it likes.
    let unread = format!("{{\"text\":\"a\",\"x\":{nested}}}");
    assert_run(&of_bytes(&room, &JSONL, unread.into()), 0, "", BASE);
    let text = format!("{{\"text\":{nested}}}");
    assert_run(
        &of_bytes(&room, &JSONL, text.into()),
        3,
        "record 1, line 1, field `text`",
        BASE,
    );
    let open = "{\"text\":".repeat(1_000_000);
    assert_run(
        &of_bytes(&room, &JSONL, open.into()),
        3,
        "record 1, line 1",
        BASE,
    );
    let run = watch(&room, &JSONL, |out| {
        out.write_all(b"{\"a\":1")?;
        again(out, b",\"a\":1", 10_000_000)?;
        out.write_all(b"}")
    });
    assert_run(&run, 3, "more than 4096 fields", BASE + 64);
    let run = watch(&room, &JSONL, |out| {
        out.write_all(b"{\"text\":\"a\",\"labels\":[\"\"")?;
        again(out, b",\"\"", 20_000_000)?;
        out.write_all(b"]}")
    });
    assert_run(
        &run,
        3,
        "field `labels`: found more than 1 MiB of it",
        BASE + 64,
    );
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
        assert_run(&run, 3, "standard input: found ", BASE + 64);
        assert!(started.elapsed() < Duration::from_secs(10), "{piece}");
    }
    // As deep as is allowed, and as long.
    let sentence = "<p>The commission said on Monday, after talks, that it would rain in June.";
    let page = |depth: usize, length: usize| {
        let deep = "<div class=share>".repeat(depth);
        format!("<html><body>{deep}{}", sentence.repeat(length)).into_bytes()
    };
    let started = Instant::now();
    assert_run(
        &of_bytes(&room, &HTML, page(240, 24_000)),
        0,
        "",
        BASE + 128,
    );
    assert!(started.elapsed() < Duration::from_secs(20));
    let run = of_bytes(&room, &HTML, page(1, 40_000));
    assert_run(&run, 3, "more than 2 MiB of text", BASE + 64);
    let run = watch(&room, &HTML, |out| again(out, b"<br>", 1 << 20));
    assert_run(&run, 3, "more than 200000 elements and texts", BASE + 64);
    let run = watch(&room, &HTML, |out| again(out, b"a b ", 8 << 20));
    assert_run(&run, 3, "more than 16 MiB", BASE + 64);
}

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
        let run = of_bytes(&room, &[], odd.into_bytes());
        assert_run(&run, 0, "", BASE + 64);
    }
}

#[test]
fn lone_surrogates_in_json() {
    let room = Room::new();
    for bad in [r"\ud83d", r"\ude00\ud83d", r"\ud83dx"] {
        let line = format!("{{\"text\":\"good\"}}\n{{\"text\":\"{bad}\"}}\n");
        let run = of_bytes(&room, &JSONL, line.into());
        assert_run(&run, 3, "record 2, line 2", BASE);
        assert_eq!(run.answer.stdout.lines().count(), 1);
    }
}

#[test]
fn two_encodings_in_one_file() {
    let room = Room::new();
    let mixed = [&b"id,text\n1,Z\xc3\xb6lle\n2,\xc3\x9cber\n3,Z\xf6lle\n4,gut\n"[..]].concat();
    let run = of_bytes(&room, &CSV, mixed);
    assert_run(
        &run,
        3,
        "record 3, line 4, field `text`: found the byte 0xf6 after 1 bytes",
        BASE,
    );
    assert_eq!(run.answer.stdout.lines().count(), 2);
    let run = of_bytes(&room, &[], b"\x7fELF\x02\x01\0\0\xff\xfe\x80".to_vec());
    assert_run(&run, 3, "the encoding cannot be told", BASE);
    let run = of_bytes(&room, &[], b"%PDF-1.7 ...".to_vec());
    assert_run(&run, 3, "is a PDF document, expected text", BASE);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Rows of text that cannot be packed into nothing.
fn rows(count: usize) -> String {
    let mut csv = String::from("id,text\n");
    let mut number = 1_u64;
    for id in 0..count {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        csv += &format!("{id},the number {number} was drawn\n");
    }
    csv
}

#[test]
fn archives_that_are_cut_off_or_damaged() {
    let room = Room::new();
    let rows = rows(20_000);
    let zstd = ruzstd::encoding::compress_to_vec(
        rows.as_bytes(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    for (kind, whole) in [("gzip", gzip(rows.as_bytes())), ("zstd", zstd)] {
        let run = of_bytes(&room, &CSV, whole.clone());
        assert_run(&run, 0, "", BASE);
        assert_eq!(run.answer.stdout.lines().count(), 20_000);
        let run = of_bytes(&room, &CSV, whole[..whole.len() / 2].to_vec());
        let words = format!("the {kind} archive is cut off");
        assert_run(&run, 3, &words, BASE);
        let answered = run.answer.stdout.lines().count();
        assert!((5000..15_000).contains(&answered), "{kind}: {answered}");
        let mut damaged = whole.clone();
        damaged[whole.len() / 2] ^= 0x40;
        let run = of_bytes(&room, &CSV, damaged);
        assert_eq!(run.answer.code, Some(3), "{kind}: {}", run.answer.stderr);
        // Two archives one after another are one.
        let run = of_bytes(
            &room,
            &JSONL,
            [
                packed(kind, "{\"text\":\"a\"}\n"),
                packed(kind, "{\"text\":\"b\"}\n"),
            ]
            .concat(),
        );
        assert_run(&run, 0, "", BASE);
        assert_eq!(run.answer.stdout.lines().count(), 2);
    }
}

/// All of them were lost where the delimiter had to be looked for.
#[test]
fn rows_before_the_cut_of_a_small_archive() {
    let room = Room::new();
    for rows in [rows(100), rows(100).replace(',', ";")] {
        let mut packed = gzip(rows.as_bytes());
        packed.truncate(packed.len() - 12);
        let run = of_bytes(&room, &CSV, packed);
        assert_run(&run, 3, "what is before the cut was read", BASE);
        assert!(run.answer.stdout.lines().count() > 90);
    }
}

fn packed(kind: &str, text: &str) -> Vec<u8> {
    match kind {
        "gzip" => gzip(text.as_bytes()),
        _ => ruzstd::encoding::compress_to_vec(
            text.as_bytes(),
            ruzstd::encoding::CompressionLevel::Fastest,
        ),
    }
}

#[test]
fn a_bomb_in_an_archive() {
    let room = Room::new();
    let bomb = |head: &str, byte: u8| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(head.as_bytes()).unwrap();
        again(&mut encoder, &[byte], 1 << 30).unwrap();
        encoder.finish().unwrap()
    };
    for (args, head) in [
        (&[][..], ""),
        (&CSV[..], "text\n"),
        (&JSONL[..], "{\"text\":\""),
    ] {
        let run = of_bytes(&room, args, bomb(head, b'a'));
        assert_run(&run, 3, "more than 64 MiB", BASE + 64);
    }
    let run = of_bytes(&room, &HTML, bomb("<html>", b' '));
    assert_run(&run, 3, "more than 16 MiB", BASE + 64);
}

#[test]
fn a_pipe_with_a_name_and_a_folder_in_itself() {
    let room = Room::new();
    room.write("news/a.txt", "Die EU erhebt Zölle auf Stahl.");
    std::os::unix::fs::symlink(".", room.path("news/again")).unwrap();
    assert_eq!(room.succeed(&["predict", "news"]).lines().count(), 1);
    let pipe = room.path("pipe.csv");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let writer = std::thread::spawn(move || std::fs::write(pipe, "text\nDie EU erhebt Zölle\n"));
    assert_eq!(room.succeed(&["predict", "pipe.csv"]).lines().count(), 1);
    writer.join().unwrap().unwrap();
}
