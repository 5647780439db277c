//! Every command of the README is run, and answers what the README shows.

mod common;

use common::{Room, project};

/// Commands (lines that begin with `$ `) of the console blocks with the output shown for each.
fn commands(readme: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut in_console = false;
    for line in readme.lines() {
        if line.starts_with("```") {
            in_console = line == "```console";
            continue;
        }
        if !in_console {
            continue;
        }
        match line.strip_prefix("$ ") {
            Some(command) => found.push((command.to_owned(), String::new())),
            None => {
                let (_, output) = found
                    .last_mut()
                    .expect("a console block begins with a command");
                *output += line;
                output.push('\n');
            }
        }
    }
    found
}

/// The output as the README shows it: without trailing spaces, cut where the README says `...`.
fn shown(output: &str, expected: &str) -> String {
    let lines = output.lines().map(str::trim_end);
    let mut text = String::new();
    let keep = if expected.ends_with("...\n") {
        expected.lines().count() - 1
    } else {
        usize::MAX
    };
    for line in lines.take(keep) {
        text += line;
        text.push('\n');
    }
    if keep != usize::MAX {
        text += "...\n";
    }
    text
}

#[test]
fn every_command_answers_as_shown() {
    let room = Room::new();
    for folder in ["tests/data", "training"] {
        let to = room.path(folder);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(project().join(folder), to).unwrap();
    }
    let readme = std::fs::read_to_string(project().join("README.md")).unwrap();
    let commands = commands(&readme);
    assert!(commands.len() >= 7, "found {} commands", commands.len());
    for (command, expected) in commands {
        let words: Vec<&str> = command
            .strip_prefix("cargo run --release -- ")
            .or_else(|| command.strip_prefix("newstopics "))
            .unwrap_or_else(|| panic!("`{command}` does not run newstopics"))
            .split_whitespace()
            .collect();
        let output = room.succeed(&words);
        let expected = if expected.is_empty() {
            readme
                .split("```text\n")
                .nth(1)
                .and_then(|rest| rest.split("```").next())
                .expect("the first answer stands in a text block")
                .to_owned()
        } else {
            expected
        };
        assert_eq!(
            shown(&output, &expected),
            expected,
            "`{command}` answers something else"
        );
    }
}
