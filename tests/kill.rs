//! A program that is killed leaves every file whole: as it was, or as it was to be.
#![cfg(unix)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant, SystemTime};

use common::Room;

/// A command that writes over files.
struct Task<'a> {
    room: &'a Room,
    args: &'a [&'a str],
    files: &'a [&'a str],
    /// What is in each file before, and after a run that is left alone.
    old: Vec<Vec<u8>>,
    new: Vec<Vec<u8>>,
    /// How long a run takes, and how long the end of it that writes.
    whole: Duration,
    writing: Duration,
}

/// What the kills met with.
#[derive(Debug, Default)]
struct Tally {
    kills: usize,
    /// A temporary file was left behind: killed in the middle of writing.
    amid: usize,
    old: usize,
    new: usize,
}

/// Names of temporary files end so; nothing else in the folder does.
const TEMPORARY: &str = ".tmp";

impl<'a> Task<'a> {
    fn new(room: &'a Room, args: &'a [&'a str], files: &'a [&'a str]) -> Self {
        let mut task = Self {
            room,
            args,
            files,
            old: Vec::new(),
            new: Vec::new(),
            whole: Duration::ZERO,
            writing: Duration::ZERO,
        };
        // What is there is longer than what comes: a rest of it would be seen.
        task.old = files
            .iter()
            .map(|_| b"the old file\n".repeat(1 << 18))
            .collect();
        task.restore();
        let before = task.look();
        let started = Instant::now();
        let mut child = task.spawn();
        task.await_writing(&mut child, &before);
        let begun = Instant::now();
        assert!(child.wait().unwrap().success());
        task.whole = started.elapsed();
        task.writing = begun.elapsed();
        task.new = task.contents();
        assert!(task.new.iter().zip(&task.old).all(|(new, old)| new != old));
        task
    }

    fn restore(&self) {
        for (file, old) in self.files.iter().zip(&self.old) {
            self.room.write(file, old);
        }
    }

    fn contents(&self) -> Vec<Vec<u8>> {
        let read = |file: &&str| std::fs::read(self.room.path(file)).unwrap();
        self.files.iter().map(read).collect()
    }

    fn spawn(&self) -> Child {
        let mut command = self.room.command(self.args);
        let command = command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null()).spawn().unwrap()
    }

    /// Names, lengths and times of all files.
    fn look(&self) -> BTreeMap<String, (u64, SystemTime)> {
        let entries = std::fs::read_dir(self.room.path(".")).unwrap();
        entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let data = entry.metadata().ok()?;
                let name = entry.file_name().into_string().ok()?;
                Some((name, (data.len(), data.modified().ok()?)))
            })
            .collect()
    }

    /// Returns when the folder changes, or the program has ended.
    fn await_writing(&self, child: &mut Child, before: &BTreeMap<String, (u64, SystemTime)>) {
        while self.look() == *before && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
    }

    /// Kills a run after a delay, which counts from its start or from its first write.
    fn kill(&self, delay: Duration, from_writing: bool, tally: &mut Tally) {
        let before = self.look();
        let mut child = self.spawn();
        if from_writing {
            self.await_writing(&mut child, &before);
        }
        std::thread::sleep(delay);
        child.kill().unwrap();
        child.wait().unwrap();
        let temporary = |names: BTreeMap<String, _>| {
            names
                .keys()
                .filter(|name| name.ends_with(TEMPORARY))
                .count()
        };
        tally.kills += 1;
        tally.amid += usize::from(temporary(self.look()) > temporary(before));
        let contents = self.contents();
        for (at, content) in contents.iter().enumerate() {
            let (old, new) = (*content == self.old[at], *content == self.new[at]);
            assert!(
                old || new,
                "{} is neither the old file ({} bytes) nor the new one ({}): {} bytes, {delay:?} after the {}",
                self.files[at],
                self.old[at].len(),
                self.new[at].len(),
                content.len(),
                if from_writing { "first write" } else { "start" }
            );
            tally.old += usize::from(old);
            tally.new += usize::from(new);
        }
        if contents != self.old {
            self.restore();
        }
    }

    /// Kills some runs over their whole time, and more while they write.
    fn kill_often(&self) {
        let mut tally = Tally::default();
        for step in 0..20 {
            self.kill(self.whole * step / 18, false, &mut tally);
        }
        for step in 0..40 {
            self.kill(self.writing * step / 36, true, &mut tally);
        }
        println!("{:?}, {:?} writing: {tally:?}", self.whole, self.writing);
        assert!(tally.amid > 0 && tally.old > 0, "{tally:?}");
        // What was left behind is in nobody's way.
        assert!(self.room.run(self.args).code == Some(0));
        assert!(self.contents() == self.new);
        let known = |name: &str| {
            let inputs = ["news.csv", "news.model"];
            inputs.contains(&name)
                || self.files.contains(&name)
                || name.starts_with(".newstopics-") && name.ends_with(TEMPORARY)
        };
        for name in self.look().into_keys() {
            assert!(known(&name), "{name}");
        }
    }
}

/// Articles of many words, for a model of some mebibytes.
fn news(articles: usize) -> String {
    let mut csv = String::from("text,labels\n");
    for row in 0..articles {
        for word in 0..40 {
            let _ = write!(csv, "w{} ", (row * 37 + word * word * 13) % 9973);
        }
        let _ = writeln!(csv, ",{}", ["a", "b", "a;b", ""][row % 4]);
    }
    csv
}

#[test]
fn a_killed_training_leaves_the_old_model_or_the_new_one() {
    let room = Room::new();
    room.write("news.csv", news(600));
    let args = [
        "train",
        "news.csv",
        "--model",
        "news.model",
        "--folds",
        "0",
        "--min-df",
        "1",
        "--char-ngrams",
        "none",
    ];
    Task::new(&room, &args, &["news.model"]).kill_often();
}

#[test]
fn a_killed_evaluation_leaves_old_reports_or_new_ones() {
    let room = Room::new();
    room.write("news.csv", news(200));
    let train = ["train", "news.csv", "--model", "news.model", "--folds", "0"];
    room.succeed(&train);
    let args = [
        "evaluate",
        "news.csv",
        "-m",
        "news.model",
        "--resamples",
        "0",
        "--report",
        "r.html",
        "--report",
        "r.json",
        "--report",
        "r.md",
        "--errors",
        "e.csv",
        "--predictions",
        "p.jsonl",
    ];
    let files = ["r.html", "r.json", "r.md", "e.csv", "p.jsonl"];
    Task::new(&room, &args, &files).kill_often();
}

#[test]
fn no_output_file_is_written_in_place() {
    let room = Room::new();
    room.write("news.csv", common::small_csv());
    room.succeed(&["train", "news.csv", "--model", "a.model", "--folds", "2"]);
    let tune = [
        "tune", "news.csv", "--trials", "2", "--folds", "2", "--out", "t.model",
    ];
    let commands: [&[&str]; 10] = [
        &["train", "news.csv", "--folds", "0", "--model"],
        &["evaluate", "news.csv", "-m", "a.model", "--errors"],
        &["evaluate", "news.csv", "-m", "a.model", "--predictions"],
        &["evaluate", "news.csv", "-m", "a.model", "--report"],
        &[
            "cv",
            "news.csv",
            "--folds",
            "2",
            "--resamples",
            "0",
            "--report",
        ],
        &[
            "cv",
            "news.csv",
            "--folds",
            "2",
            "--resamples",
            "0",
            "--predictions",
        ],
        &["explain", "news.csv", "-m", "a.model", "--html"],
        &[
            "compare", "news.csv", "-m", "a.model", "-m", "a.model", "--flips",
        ],
        &["tune", "news.csv", "--trials", "2", "--folds", "2", "--out"],
        &[&tune[..], &["--trials-table"]].concat(),
    ];
    for command in commands {
        room.write("out.json", "old");
        let other = room.path("other name");
        let _ = std::fs::remove_file(&other);
        std::fs::hard_link(room.path("out.json"), &other).unwrap();
        room.succeed(&[command, &["out.json"]].concat());
        // Written in place, it would be the new one under both names.
        assert_eq!(std::fs::read(&other).unwrap(), b"old", "{command:?}");
        assert_ne!(std::fs::read(room.path("out.json")).unwrap(), b"old");
    }
}

#[test]
fn a_new_file_has_the_rights_that_the_umask_leaves() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::new();
    room.write("news.csv", common::small_csv());
    for (umask, expected) in [("077", 0o600), ("022", 0o644), ("002", 0o664)] {
        let program = env!("CARGO_BIN_EXE_newstopics");
        let train = "train news.csv --folds 0 --model";
        let status = std::process::Command::new("sh")
            .args([
                "-c",
                &format!("umask {umask}; {program} -q {train} {umask}.model"),
            ])
            .current_dir(room.path("."))
            .stdout(Stdio::null())
            .status();
        assert!(status.unwrap().success());
        let data = std::fs::metadata(room.path(&format!("{umask}.model"))).unwrap();
        assert_eq!(data.permissions().mode() & 0o777, expected, "{umask}");
    }
}

#[test]
fn a_file_left_behind_is_no_article() {
    let room = Room::new();
    room.write("news/a.txt", "Tariffs on steel");
    room.write("news/.newstopics-Ab12Cd.tmp", "half a report");
    assert_eq!(room.succeed(&["predict", "news"]).lines().count(), 1);
}
