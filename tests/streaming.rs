//! `predict` on streams of any length: memory, order, and every record accounted for.
//!
//! Records are made as they are sent. Both ends keep a tally: how many are good, how many are bad,
//! and a checksum of the ids in their order. The long run is not part of every test run:
//!
//! ```text
//! NEWSTOPICS_RECORDS=24000000 cargo test --release --test streaming -- --ignored --nocapture
//! ```
#![cfg(target_os = "linux")]

mod common;

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::time::{Duration, Instant};

use common::Room;
use common::watch::{self, MODEL, PROMISED, Run};
use flate2::Compression;
use flate2::write::GzEncoder;

/// What one end of a stream has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tally {
    good: u64,
    bad: u64,
    /// FNV-1a of the ids of good records and the numbers of bad ones, in their order.
    checksum: u64,
}

impl Tally {
    fn new() -> Self {
        Self {
            good: 0,
            bad: 0,
            checksum: 0xcbf2_9ce4_8422_2325,
        }
    }

    fn good(&mut self, id: &str) {
        self.good += 1;
        self.add(id.as_bytes());
    }

    /// The record with a number, counted from 1.
    fn bad(&mut self, number: u64) {
        self.bad += 1;
        self.add(b"bad");
        self.add(&number.to_le_bytes());
    }

    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes.iter().chain(&[0xff]) {
            self.checksum = (self.checksum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    None,
    Gzip,
    Zstd,
}

/// A stream of records, and the format they are answered in.
#[derive(Debug, Clone, Copy)]
struct Stream {
    input: &'static str,
    packing: Packing,
    output: &'static str,
    records: u64,
    /// Each record whose number this divides is a bad one; 0 for none.
    bad_every: u64,
}

const SENTENCES: [&str; 4] = [
    "Die EU erhebt neue Zölle auf Stahl und Aluminium aus China, sagte die Kommission am Montag.",
    "Rain is expected on Sunday; the park stays open, and the players said they would come anyway.",
    "The museum shows watercolours of the last century until the end of the month, in two rooms.",
    "Am Abend spielte die Kapelle im Garten, und viele kamen mit ihren Kindern und blieben lange.",
];

impl Stream {
    fn is_bad(&self, number: u64) -> bool {
        self.bad_every > 0 && number.is_multiple_of(self.bad_every)
    }

    /// Which sentence a record begins with: the first of them is about tariffs.
    fn sentence(number: u64) -> usize {
        (number % 7 % 4) as usize
    }

    fn id(&self, number: u64) -> String {
        match (self.input, self.output) {
            // There are no ids in the lines that fastText writes: whether there are labels.
            (_, "fasttext") => (Self::sentence(number) == 0).to_string(),
            // ... nor in those it reads: the numbers of the records.
            ("fasttext", _) => number.to_string(),
            _ => format!("n{:x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        }
    }

    /// Writes all records; gives what there was.
    fn write(&self, out: &mut dyn Write) -> std::io::Result<Tally> {
        let mut tally = Tally::new();
        if self.input == "csv" {
            out.write_all(b"id,text\n")?;
        }
        for number in 1..=self.records {
            self.record(out, number)?;
            match self.is_bad(number) {
                true => tally.bad(number),
                false => tally.good(&self.id(number)),
            }
        }
        Ok(tally)
    }

    fn record(&self, out: &mut dyn Write, number: u64) -> std::io::Result<()> {
        let id = format!("n{:x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let first = SENTENCES[Self::sentence(number)];
        let second = SENTENCES[1 + (number % 3) as usize];
        match (self.input, self.is_bad(number)) {
            ("csv", false) => writeln!(out, "{id},\"{first}\nNo. {number}: \"\"{second}\"\"\""),
            ("csv", true) => writeln!(out, "{id},{second}"),
            ("jsonl", false) => writeln!(
                out,
                r#"{{"id":"{id}","text":"{first}\nNo. {number}: \"{second}\"","url":null}}"#
            ),
            ("jsonl", true) => writeln!(out, r#"{{"id":"{id}","text":"{second}"#),
            (_, false) => writeln!(out, "__label__x {first} No. {number}: {second}"),
            (_, true) => writeln!(out, "__label__ {second}"),
        }
    }

    /// What the answers are of.
    fn read(&self, answers: &mut dyn Read) -> Tally {
        let mut tally = Tally::new();
        let answers = BufReader::with_capacity(1 << 16, answers);
        if self.output == "csv" {
            for row in csv::Reader::from_reader(answers).records() {
                let row = row.unwrap();
                match row[row.len() - 1].strip_prefix(BAD) {
                    Some(rest) => tally.bad(number_of(rest)),
                    None => tally.good(&row[0]),
                }
            }
            return tally;
        }
        for line in answers.lines() {
            let line = line.unwrap();
            match self.output {
                "jsonl" => {
                    let answer: serde_json::Value = serde_json::from_str(&line).unwrap();
                    match answer.get("error") {
                        Some(_) => tally.bad(answer["record"].as_u64().unwrap()),
                        None => tally.good(answer["id"].as_str().unwrap()),
                    }
                }
                "table" => match line.strip_prefix(BAD) {
                    Some(rest) => tally.bad(number_of(rest)),
                    None => tally.good(line.split('\t').next().unwrap()),
                },
                _ => match line
                    .strip_prefix("error: ")
                    .and_then(|l| l.strip_prefix(BAD))
                {
                    Some(rest) => tally.bad(number_of(rest)),
                    None => tally.good(&(line.starts_with("__label__tariffs")).to_string()),
                },
            }
        }
        tally
    }

    /// Runs `predict -` on it; gives the tally of each end.
    fn run(self, room: &Room, options: &[&str], patience: Duration) -> (Run, Tally, Tally) {
        let fixed = [
            "predict",
            "-",
            "--input-format",
            self.input,
            "--format",
            self.output,
        ];
        let (sent, tally) = std::sync::mpsc::channel();
        let (run, read) = watch::watch_streams(
            room.command(&[&fixed, options].concat()),
            move |stdin| {
                let stdin = BufWriter::with_capacity(1 << 16, stdin);
                sent.send(self.send(stdin)?).unwrap();
                Ok(())
            },
            move |answers| self.read(answers),
            patience,
        );
        (run, tally.recv().unwrap_or(Tally::new()), read)
    }

    fn send(&self, mut out: impl Write) -> std::io::Result<Tally> {
        match self.packing {
            Packing::None => {
                let tally = self.write(&mut out)?;
                out.flush()?;
                Ok(tally)
            }
            Packing::Gzip => {
                let mut encoder = GzEncoder::new(out, Compression::fast());
                let tally = self.write(&mut encoder)?;
                encoder.finish()?.flush()?;
                Ok(tally)
            }
            Packing::Zstd => {
                let mut bytes = Vec::new();
                let tally = self.write(&mut bytes)?;
                let level = ruzstd::encoding::CompressionLevel::Fastest;
                out.write_all(&ruzstd::encoding::compress_to_vec(&bytes[..], level))?;
                out.flush()?;
                Ok(tally)
            }
        }
    }
}

const BAD: &str = "standard input, record ";

/// The number at the beginning of a text.
fn number_of(text: &str) -> u64 {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap();
    text[..digits].parse().unwrap()
}

const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn the_program_and_its_model_take_what_they_are_said_to() {
    let room = Room::new();
    let mut child = room
        .command(&["predict", "--input-format", "jsonl", "--threads", "2"])
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // As many as are answered together.
    watch::again(&mut stdin, b"{\"text\":\"a\"}\n", 1024).unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    // It has answered and waits for more.
    answers.read_line(&mut String::new()).unwrap();
    let taken = watch::high_water(&child).unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success());
    assert!(taken <= MODEL, "{taken} MiB");
}

#[test]
fn every_record_is_answered_in_its_place() {
    let room = Room::new();
    for (input, packing, output) in [
        ("csv", Packing::None, "jsonl"),
        ("jsonl", Packing::Gzip, "csv"),
        ("fasttext", Packing::None, "table"),
        ("csv", Packing::Zstd, "fasttext"),
    ] {
        let stream = Stream {
            input,
            packing,
            output,
            records: 40_000,
            bad_every: 0,
        };
        let (run, sent, read) = stream.run(&room, &[], PATIENCE);
        run.assert(0, "40,000 articles in ", MODEL + PROMISED);
        assert_eq!((sent.good, sent.bad), (40_000, 0));
        assert_eq!(sent, read, "{stream:?}");
    }
}

#[test]
fn every_bad_record_is_reported_in_its_place_and_counted() {
    let room = Room::new();
    for (input, packing, output) in [
        ("csv", Packing::Gzip, "csv"),
        ("jsonl", Packing::None, "jsonl"),
        ("fasttext", Packing::Zstd, "table"),
        ("jsonl", Packing::None, "fasttext"),
    ] {
        let stream = Stream {
            input,
            packing,
            output,
            records: 40_000,
            bad_every: 100,
        };
        let (run, sent, read) = stream.run(&room, &["--on-error", "skip"], PATIENCE);
        run.assert(3, "; 400 skipped", MODEL + PROMISED);
        assert!(
            run.answer.stderr.contains(
                "error: 400 records or files could not be read and were skipped; the output says"
            ),
            "{}",
            run.answer.stderr
        );
        assert_eq!((sent.good, sent.bad), (39_600, 400));
        assert_eq!(sent, read, "{stream:?}");
    }
}

#[test]
fn a_bad_record_stops_the_stream_behind_all_before_it() {
    let room = Room::new();
    for (input, place) in [
        ("csv", "standard input, record 25000, line 50000: "),
        ("jsonl", "standard input, record 25000, line 25000: "),
        ("fasttext", "standard input, record 25000, line 25000: "),
    ] {
        let stream = Stream {
            input,
            packing: Packing::None,
            output: "jsonl",
            records: 60_000,
            bad_every: 25_000,
        };
        let (run, _, read) = stream.run(&room, &[], PATIENCE);
        run.assert(3, place, MODEL + PROMISED);
        let before = Stream {
            records: 24_999,
            ..stream
        };
        assert_eq!(read, before.write(&mut std::io::sink()).unwrap(), "{input}");
    }
}

/// The errors before the first article wait for the columns, which that article tells.
#[test]
fn a_stream_that_begins_with_bad_records_takes_no_more_memory() {
    let room = Room::new();
    let (run, errors) = watch::watch_streams(
        room.command(&[
            "predict",
            "--input-format",
            "jsonl",
            "--format",
            "csv",
            "--on-error",
            "skip",
        ]),
        |stdin| {
            watch::again(stdin, b"{\"text\":[]}\n", 600_000)?;
            stdin.write_all(b"{\"id\":\"7\",\"text\":\"a\"}\n")
        },
        |answers| {
            let mut rows = csv::Reader::from_reader(answers);
            let rows: Vec<u64> = rows
                .records()
                .map(|row| number_of(row.unwrap()[7].strip_prefix(BAD).unwrap_or("0.")))
                .collect();
            rows
        },
        PATIENCE,
    );
    run.assert(3, "; 600,000 skipped", MODEL + PROMISED / 2);
    assert!(errors.into_iter().eq((1..=600_000).chain([0])));
}

/// What else a record has is counted in the memory too.
#[test]
fn large_fields_beside_the_text_take_no_more_memory() {
    let room = Room::new();
    for (input, head, record) in [
        ("csv", "text,html\n", format!("a,{}\n", "x".repeat(100_000))),
        (
            "jsonl",
            "",
            format!("{{\"text\":\"a\",\"title\":\"{}\"}}\n", "x ".repeat(50_000)),
        ),
    ] {
        let mut command = room.command(&["predict", "--input-format", input, "--format", "csv"]);
        command.stdout(std::process::Stdio::null());
        let run = watch::watch(command, move |stdin| {
            stdin.write_all(head.as_bytes())?;
            watch::again(stdin, record.as_bytes(), 3_000)
        });
        run.assert(0, "3,000 articles", MODEL + PROMISED / 2);
    }
}

/// Words are remembered, but not for ever, and not by each thread as many as by one alone.
#[test]
fn ever_new_words_take_no_more_memory() {
    let room = Room::new();
    let word = |number: u64| format!("{:x} ", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    // In many articles, and in one.
    for (end, records, words) in [("\n", 30_000, 20), (" ", 600_000, 1)] {
        let run = watch::watch(
            room.command(&["predict", "--input-format", "fasttext", "--threads", "8"]),
            move |stdin| {
                let mut out = BufWriter::new(stdin);
                for record in 0..records {
                    for at in 0..words {
                        out.write_all(word(record * words + at).as_bytes())?;
                    }
                    out.write_all(end.as_bytes())?;
                }
                out.flush()
            },
        );
        run.assert(0, "", MODEL + PROMISED);
    }
}

/// Files of a folder are records of one stream.
#[test]
fn a_folder_of_many_files_is_answered_in_order() {
    let room = Room::new();
    let mut expected = Vec::new();
    for number in 0..3_000 {
        let name = format!("news/{:02}/{number:05}", number / 300);
        let text = format!("{} No. {number}.", SENTENCES[number % 4]);
        let (name, content) = match number % 100 {
            99 => (format!("{name}.txt"), vec![0xff, 0xfe, 0x00]),
            n if n % 3 == 1 => {
                let page = format!("<html><body><p>{}</p></body></html>", text.repeat(3));
                (format!("{name}.html"), page.into_bytes())
            }
            n if n % 3 == 2 => {
                let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
                packed.write_all(text.as_bytes()).unwrap();
                (format!("{name}.md.gz"), packed.finish().unwrap())
            }
            _ => (format!("{name}.txt"), text.into_bytes()),
        };
        room.write(&name, content);
        expected.push((name, number % 100 == 99));
    }
    let command = room.command(&["predict", "news", "--on-error", "skip", "--format", "jsonl"]);
    let run = watch::watch(command, |_| Ok(()));
    run.assert(3, "; 30 skipped", MODEL + PROMISED / 2);
    let found: Vec<(String, bool)> = run
        .answer
        .stdout
        .lines()
        .map(|line| {
            let answer: serde_json::Value = serde_json::from_str(line).unwrap();
            let id = answer["id"].as_str().unwrap().to_owned();
            (id, answer.get("error").is_some())
        })
        .collect();
    assert!(found == expected);
}

/// As many records as `NEWSTOPICS_RECORDS` says, of about 220 bytes: 24 million are 5 GiB.
#[test]
#[ignore = "takes minutes; see the head of the file"]
fn any_number_of_records() {
    let records = std::env::var("NEWSTOPICS_RECORDS").map_or(24_000_000, |n| n.parse().unwrap());
    let room = Room::new();
    let stream = Stream {
        input: "jsonl",
        packing: Packing::None,
        output: "jsonl",
        records,
        bad_every: 100,
    };
    let started = Instant::now();
    let patience = Duration::from_secs(4 * 3600);
    let (run, sent, read) = stream.run(&room, &["--on-error", "skip"], patience);
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{records} records in {seconds:.0} s, VmHWM {} MiB",
        run.peak
    );
    println!("sent {sent:?}\nread {read:?}\n{}", run.answer.stderr);
    run.assert(3, " skipped", MODEL + PROMISED);
    assert_eq!(sent, read);
}
