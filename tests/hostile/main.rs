//! Inputs and outputs made to break the program: exit code, message, and the most memory it held
//! (`VmHWM` of the process).
#![cfg(target_os = "linux")]

mod archives;
mod characters;
#[path = "../common/mod.rs"]
mod common;
mod files;
mod nested;
mod output;
mod records;

use std::process::ChildStdin;

use common::Room;
use common::watch::{MODEL, PROMISED, Run, watch};

/// The most memory for any input, in MiB.
const ALL: u64 = MODEL + PROMISED;
/// The most for records that are small.
const SMALL: u64 = 40;
const CSV: [&str; 2] = ["--input-format", "csv"];
const JSONL: [&str; 2] = ["--input-format", "jsonl"];
const HTML: [&str; 2] = ["--input-format", "html"];

/// Runs `predict` on what `write` sends down its standard input.
fn predict(
    room: &Room,
    args: &[&str],
    write: impl FnOnce(&mut ChildStdin) -> std::io::Result<()> + Send + 'static,
) -> Run {
    watch(
        room.command(&[&["predict", "--format", "jsonl"], args].concat()),
        write,
    )
}

/// Runs `predict` on some bytes.
fn of_bytes(room: &Room, args: &[&str], bytes: Vec<u8>) -> Run {
    common::watch::of_bytes(
        room,
        &[&["predict", "--format", "jsonl"], args].concat(),
        bytes,
    )
}
