//! Inputs that are no ordinary files.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::common::watch::{Run, watch};
use crate::common::{Room, small_csv};
use crate::{ALL, SMALL};

fn predict(room: &Room, args: &[&str]) -> Run {
    watch(
        room.command(&[&["predict", "--format", "jsonl"], args].concat()),
        |_| Ok(()),
    )
}

fn ids(run: &Run) -> Vec<String> {
    run.answer
        .stdout
        .lines()
        .map(|line| {
            let answer: Value = serde_json::from_str(line).unwrap();
            answer["id"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn a_pipe_with_a_name() {
    let room = Room::new();
    let pipe = room.path("pipe.csv");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let rows = 50_000;
    let writer = std::thread::spawn(move || {
        let mut csv = String::from("text\n");
        csv.extend((0..rows).map(|row| format!("Die EU erhebt {row} Zölle\n")));
        std::fs::write(pipe, csv)
    });
    let run = predict(&room, &["pipe.csv"]);
    run.assert(0, "50,000 articles", SMALL);
    assert!(ids(&run).into_iter().eq((1..=rows).map(|n| n.to_string())));
    writer.join().unwrap().unwrap();
}

#[test]
fn a_folder_that_contains_itself() {
    let room = Room::new();
    for name in ["news/a.txt", "news/below/b.txt", "other/c.txt"] {
        room.write(name, "Die EU erhebt Zölle auf Stahl.");
    }
    symlink(".", room.path("news/again")).unwrap();
    symlink("..", room.path("news/below/above")).unwrap();
    symlink("../other", room.path("news/elsewhere")).unwrap();
    symlink("a.txt", room.path("news/d.txt")).unwrap();
    symlink("nowhere.txt", room.path("news/e.txt")).unwrap();
    symlink("f.txt", room.path("news/f.txt")).unwrap();
    let run = predict(&room, &["news"]);
    run.assert(0, "3 articles", SMALL);
    assert_eq!(ids(&run), ["news/a.txt", "news/below/b.txt", "news/d.txt"]);
}

#[test]
fn a_file_that_grows_while_it_is_read() {
    let room = Room::new();
    let line =
        |row: usize| format!("{{\"id\":\"{row}\",\"text\":\"Die EU erhebt {row} Zölle\"}}\n");
    let (before, after) = (30_000, 60_000);
    room.write("a.jsonl", (0..before).map(line).collect::<String>());
    let path = room.path("a.jsonl");
    let writer = std::thread::spawn(move || {
        let mut file = File::options().append(true).open(path).unwrap();
        for row in before..after {
            // Half a line may be read: it is then a bad record, and never a wrong one.
            let line = line(row);
            let (half, rest) = line.split_at(line.len() / 2);
            file.write_all(half.as_bytes()).unwrap();
            file.write_all(rest.as_bytes()).unwrap();
        }
    });
    let run = predict(&room, &["a.jsonl"]);
    writer.join().unwrap();
    let ids = ids(&run);
    assert!((before..=after).contains(&ids.len()), "{}", ids.len());
    assert!(ids.iter().enumerate().all(|(n, id)| *id == n.to_string()));
    match run.answer.code {
        Some(0) => run.assert(0, "", SMALL),
        _ => run.assert(
            3,
            &format!("a.jsonl, record {}, line", ids.len() + 1),
            SMALL,
        ),
    }
}

#[test]
fn devices_that_never_end() {
    let room = Room::new();
    for (device, format, words) in [
        ("/dev/zero", "text", "more than 16 MiB"),
        ("/dev/zero", "html", "more than 16 MiB"),
        ("/dev/zero", "csv", "/dev/zero"),
        ("/dev/zero", "jsonl", "more than 16 MiB"),
        (
            "/dev/urandom",
            "text",
            "/dev/urandom: the encoding cannot be told",
        ),
    ] {
        let run = predict(&room, &[device, "--input-format", format]);
        run.assert(3, words, ALL);
    }
    // Nothing at all.
    predict(&room, &["/dev/null", "--input-format", "jsonl"]).assert(0, "0 articles", SMALL);
}

#[test]
fn standard_input_that_is_closed() {
    let room = Room::new();
    let closed = |args: &str| {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("exec \"$0\" {args} <&-")])
            .arg(env!("CARGO_BIN_EXE_newstopics"))
            .current_dir(room.path("."))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        watch(command, |_| Ok(()))
    };
    closed("predict --input-format jsonl").assert(0, "0 articles", SMALL);
    closed("predict --input-format csv").assert(3, "standard input: found an empty file", SMALL);
    closed("predict").assert(0, "1 article", SMALL);
    closed("train - --input-format csv --model m").assert(3, "found an empty file", SMALL);
}

/// An output never goes over what is read, by whatever name.
#[test]
fn an_input_that_is_the_output() {
    let room = Room::new();
    room.write("news.csv", small_csv());
    symlink("news.csv", room.path("link.json")).unwrap();
    std::fs::hard_link(room.path("news.csv"), room.path("hard.html")).unwrap();
    room.succeed(&["train", "news.csv", "--model", "m.json"]);
    let model = std::fs::read(room.path("m.json")).unwrap();
    for args in [
        &["train", "news.csv", "--model", "news.csv"][..],
        &["train", "news.csv", "--model", "./link.json"],
        &["tune", "news.csv", "--out", "news.csv"],
        &[
            "tune",
            "news.csv",
            "--out",
            "x",
            "--trials-table",
            "news.csv",
        ],
        &["cv", "news.csv", "--errors", "news.csv"],
        &["cv", "news.csv", "--report", "link.json"],
        &["cv", "news.csv", "--report", "hard.html"],
        &["evaluate", "news.csv", "--predictions", "news.csv"],
        &[
            "evaluate", "news.csv", "--model", "m.json", "--report", "m.json",
        ],
        &["explain", "news.csv", "--html", "hard.html"],
        &[
            "explain", "news.csv", "--model", "m.json", "--html", "m.json",
        ],
        &[
            "compare", "news.csv", "--model", "m.json", "--model", "m.json", "--flips", "m.json",
        ],
    ] {
        let run = watch(room.command(args), |_| Ok(()));
        run.assert(2, "is read and would be written over", SMALL);
        assert_eq!(
            std::fs::read_to_string(room.path("news.csv")).unwrap(),
            small_csv()
        );
        assert!(std::fs::read(room.path("m.json")).unwrap() == model);
    }
}

#[test]
fn an_input_that_standard_output_goes_to() {
    let room = Room::new();
    let line = "{\"text\":\"Die EU erhebt Zölle\"}\n".repeat(3_000);
    room.write("a.jsonl", &line);
    let appended = || {
        File::options()
            .append(true)
            .open(room.path("a.jsonl"))
            .unwrap()
    };
    for args in [
        &["predict", "a.jsonl", "--format", "jsonl", "--include-text"][..],
        &["explain", "a.jsonl", "--format", "json"],
        &[
            "predict",
            "--input-format",
            "jsonl",
            "--format",
            "jsonl",
            "--include-text",
        ],
    ] {
        let mut command = room.command(args);
        command.stdout(appended());
        if args.len() > 5 {
            command.stdin(File::open(room.path("a.jsonl")).unwrap());
        }
        let output = command.output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}");
        assert!(
            words.contains("is read and standard output goes to it"),
            "{words}"
        );
        assert_eq!(std::fs::read_to_string(room.path("a.jsonl")).unwrap(), line);
    }
}
