//! Running the program from tests.
#![allow(dead_code)] // each test program uses some of it

#[cfg(target_os = "linux")]
pub mod watch;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program's answer.
pub struct Answer {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Answer {
    /// What was said on standard error before the two lines of the summary of `predict`.
    pub fn said_before_summary(&self) -> String {
        let lines: Vec<&str> = self.stderr.split_inclusive('\n').collect();
        let (before, summary) = lines.split_at(lines.len().saturating_sub(2));
        assert!(summary[0].contains(" a second"), "{}", self.stderr);
        before.concat()
    }
}

/// A folder of its own for a test, in which the program runs.
pub struct Room {
    folder: TempDir,
}

impl Room {
    pub fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Runs the program with nothing on standard input.
    pub fn run(&self, args: &[&str]) -> Answer {
        self.run_with_input(args, b"")
    }

    pub fn run_with_input(&self, args: &[&str], input: &[u8]) -> Answer {
        let mut child = self.command(args).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || {
            // The program may end before it has read everything.
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output.into()
    }

    /// Runs the program and expects success.
    pub fn succeed(&self, args: &[&str]) -> String {
        let answer = self.run(args);
        assert_eq!(answer.code, Some(0), "{args:?}: {}", answer.stderr);
        answer.stdout
    }

    /// Runs the program and expects a failure with an exit code; returns what it says.
    pub fn fail(&self, code: i32, args: &[&str]) -> String {
        let answer = self.run(args);
        assert_eq!(
            answer.code,
            Some(code),
            "{args:?}: {} {}",
            answer.stdout,
            answer.stderr
        );
        answer.stderr
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newstopics"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .env_remove("COLUMNS")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The project's own folder.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A sample article of the tests.
pub fn article(name: &str) -> String {
    std::fs::read_to_string(project().join("tests/data/articles").join(name)).unwrap()
}

/// A small labelled data set: three topics with eight articles each, four without.
pub fn small_csv() -> String {
    let mut csv = String::from("id,labels,title,text\n");
    let topics = [
        ("tariffs", ["duty", "customs", "import levy"], "importers"),
        ("defense", ["tank", "frigate", "army"], "soldiers"),
        ("sport", ["match", "goal", "league"], "players"),
    ];
    let verbs = [
        "rises",
        "falls",
        "worries them",
        "pleases nobody",
        "is late",
        "is early",
        "waits",
        "returns",
    ];
    for (label, words, who) in topics {
        for (number, verb) in verbs.iter().enumerate() {
            csv += &format!(
                "{label}-{number},{label},,The {} {verb} and the {} matters to {who} in week {number}\n",
                words[number % 3],
                words[(number + 1) % 3]
            );
        }
    }
    for (number, verb) in verbs[..4].iter().enumerate() {
        csv +=
            &format!("none-{number},,,The weather {verb} in week {number} and the park is open\n");
    }
    csv
}

/// [`small_csv`] without the articles that have no label.
pub fn single_label_csv() -> String {
    small_csv()
        .lines()
        .filter(|line| !line.starts_with("none"))
        .map(|line| format!("{line}\n"))
        .collect()
}
