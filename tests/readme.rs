//! Every command of the README is run, and answers what the README shows.
//!
//! After a change of the model, `UPDATE_README=1 cargo test --release --test readme` writes the
//! new answers into the README, to be looked at and committed.

mod common;

use common::{Room, project};

/// Runs a command of the README; the lines it answers, without trailing spaces.
fn answer(room: &Room, command: &str) -> Vec<String> {
    let words: Vec<&str> = command
        .strip_prefix("cargo run --release -- ")
        .or_else(|| command.strip_prefix("newstopics "))
        .unwrap_or_else(|| panic!("`{command}` does not run newstopics"))
        .split_whitespace()
        .collect();
    room.succeed(&words)
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// The answer as the README shows it: cut where the README has a line `...`.
fn shown(answer: &[String], block: &[&str]) -> Vec<String> {
    match block.iter().position(|line| *line == "...") {
        Some(at) => answer
            .iter()
            .take(at)
            .cloned()
            .chain(["...".to_owned()])
            .collect(),
        None => answer.to_vec(),
    }
}

/// The README with every answer as it is now. Answers stand below the commands (lines that begin
/// with `$ `) of `console` blocks, or in a `text` block after a console block without answers.
fn with_answers(readme: &str, room: &Room) -> (String, usize) {
    let lines: Vec<&str> = readme.lines().collect();
    let mut out: Vec<String> = Vec::new();
    let (mut kind, mut commands) = (None, 0);
    let mut pending: Option<Vec<String>> = None;
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        at += 1;
        out.push(line.to_owned());
        let block_end = |from: usize| {
            (from..lines.len())
                .find(|&i| lines[i].starts_with("```") || lines[i].starts_with("$ "))
                .unwrap_or(lines.len())
        };
        if let Some(name) = line.strip_prefix("```") {
            kind = if kind.is_none() { Some(name) } else { None };
            if kind == Some("text")
                && let Some(answer) = pending.take()
            {
                let end = block_end(at);
                out.extend(shown(&answer, &lines[at..end]));
                at = end;
            }
        } else if let (Some("console"), Some(command)) = (kind, line.strip_prefix("$ ")) {
            commands += 1;
            let answer = answer(room, command);
            let end = block_end(at);
            if end == at && lines[end] == "```" {
                pending = Some(answer);
            } else {
                out.extend(shown(&answer, &lines[at..end]));
                at = end;
            }
        }
    }
    (out.join("\n") + "\n", commands)
}

#[test]
fn every_command_answers_as_shown() {
    let room = Room::new();
    for folder in ["tests/data", "training"] {
        let to = room.path(folder);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(project().join(folder), to).unwrap();
    }
    let path = project().join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (current, commands) = with_answers(&readme, &room);
    assert!(commands >= 7, "found {commands} commands");
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(path, current).unwrap();
        return;
    }
    for (number, (shown, now)) in readme.lines().zip(current.lines()).enumerate() {
        assert_eq!(
            shown,
            now,
            "line {} of README.md (left) is not what the program says",
            number + 1
        );
    }
    assert_eq!(
        readme.lines().count(),
        current.lines().count(),
        "lines of README.md"
    );
}
