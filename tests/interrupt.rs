//! Ctrl-C: a clean end with code 130, whole lines, whole files.
#![cfg(unix)]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command};
use std::time::Duration;

use common::Room;

fn interrupt(child: &Child) {
    let status = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn predict_ends_with_whole_lines() {
    let room = Room::new();
    let mut child = room
        .command(&[
            "predict",
            "-",
            "--input-format",
            "jsonl",
            "--format",
            "jsonl",
        ])
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        // Until nobody reads any more.
        let line = "{\"text\":\"tariffs, tanks and lithium\"}\n".repeat(500);
        while stdin.write_all(line.as_bytes()).is_ok() {}
    });
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    interrupt(&child);
    let rest: Vec<Vec<u8>> = out.split(b'\n').map(Result::unwrap).collect();
    let mut words = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut words).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{words}");
    writer.join().unwrap();
    assert_eq!(words, "newstopics: interrupted\n");
    for line in &rest {
        let line: serde_json::Value = serde_json::from_slice(line).unwrap();
        assert_eq!(line["language"], serde_json::Value::Null);
    }
}

#[test]
fn training_leaves_the_old_model_or_the_new_one_and_nothing_else() {
    let room = Room::new();
    room.write("news.csv", common::small_csv());
    let mut big = String::from("text,labels\n");
    for row in 0..3_000 {
        let words: Vec<String> = (0..30)
            .map(|k| format!("w{}", (row * 37 + k * 1013) % 9_000))
            .collect();
        let label = if row % 3 == 0 { "a" } else { "" };
        big += &format!("{},{label}\n", words.join(" "));
    }
    room.write("big.csv", big);
    room.succeed(&["train", "news.csv", "--model", "folder.model"]);
    let old = std::fs::read(room.path("folder.model")).unwrap();
    let mut interrupted = 0;
    for delay in [1, 20, 60, 120, 250, 500] {
        let child = room
            .command(&["train", "big.csv", "--model", "folder.model"])
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        interrupted += usize::from(output.status.code() == Some(130));
        // A model that was begun is finished; it is never half there.
        let now = std::fs::read(room.path("folder.model")).unwrap();
        assert!(now == old || newstopics::TopicClassifier::from_bytes(now).is_ok());
        let files = std::fs::read_dir(room.path(".")).unwrap().count();
        assert_eq!(files, 3, "after {delay} ms");
    }
    assert!(interrupted > 0, "every training ended before the interrupt");
}
