//! The kept cases of the fuzz targets, checked as the targets check them (see `fuzz/README.md`).

mod common;
mod invariants;

use std::cell::Cell;
use std::path::PathBuf;

use common::{Room, project};
use invariants::program::{self, Run};
use invariants::{analyser, learn, model, readers, round_trip};

/// The kept cases of a target.
fn cases(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = project().join("tests/data/fuzz").join(target);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let case = std::fs::read(&file).unwrap();
            (file, case)
        })
        .collect()
}

fn replay(target: &str, check: impl Fn(&[u8])) {
    for (file, case) in cases(target) {
        // Of a test that fails, the last of these is the case.
        println!("{}", file.display());
        check(&case);
    }
}

#[test]
fn csv() {
    replay("csv", readers::csv);
}

#[test]
fn jsonl() {
    replay("jsonl", readers::jsonl);
}

#[test]
fn text() {
    replay("text", readers::text);
}

#[test]
fn html() {
    replay("html", readers::html);
}

#[test]
fn fasttext() {
    replay("fasttext", readers::fasttext);
}

#[test]
fn compressed() {
    replay("compressed", readers::compressed);
}

#[test]
fn analyser() {
    replay("analyser", analyser::check);
}

#[test]
fn round_trip() {
    replay("round_trip", round_trip::check);
}

#[test]
fn learn() {
    replay("learn", learn::check);
}

#[test]
fn model() {
    let accepted = Cell::new(0);
    replay("model", |case| {
        accepted.set(accepted.get() + usize::from(model::check(case)));
    });
    // Of another format version they would all be refused: make them anew.
    assert!(accepted.get() >= 4);
}

/// The program itself, as it is built.
#[test]
fn program() {
    let room = Room::new();
    replay("program", |case| {
        program::check(case, |args, input| {
            room.write("case", input);
            let output = room.command(args).arg("case").output().unwrap();
            let code = output.status.code().expect("no signal ended the program");
            Run {
                code: code.try_into().unwrap(),
                stdout: output.stdout,
            }
        });
    });
}
