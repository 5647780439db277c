#![no_main]

// The program itself, command line and all.
#[path = "../../src/cli/mod.rs"]
mod cli;
#[path = "../../tests/invariants/mod.rs"]
mod invariants;
#[path = "../limits.rs"]
mod limits;

use std::env;
use std::fs::{self, File};
use std::process::ExitCode;
use std::sync::LazyLock;

use invariants::program::{self, Run};
use rustix::stdio::dup2_stdout;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));

libfuzzer_sys::fuzz_target!(|case: &[u8]| limits::within(|| program::check(case, run)));

/// Runs the program within this one: in a folder of its own, its standard output a file.
fn run(args: &[&str], input: &[u8]) -> Run {
    let before = env::current_dir().expect("a folder");
    env::set_current_dir(FOLDER.path()).expect("a folder");
    fs::write("case", input).expect("the input is written");
    let stdout = File::create("answers").expect("a file for the output");
    dup2_stdout(&stdout).expect("standard output");
    let args = ["newstopics"].iter().chain(args).chain(&["case"]);
    let code = cli::run(args.map(|&arg| arg.into()));
    let code = (0..=5).find(|&number| ExitCode::from(number) == code);
    let stdout = fs::read("answers").expect("the output");
    env::set_current_dir(before).expect("a folder");
    Run {
        code: code.expect("an exit code of the program"),
        stdout,
    }
}
