//! Every command of the README and of docs/ is run, and answers what the page shows.
//!
//! - A `console` fence has commands (lines that begin with `$ `) and below each what it prints on
//!   standard output. A line `...` stands for the rest.
//! - A `console run` fence has commands whose output varies, as it tells times; they must succeed,
//!   but what the page shows of their output is renewed only, not checked.
//! - A `text` fence behind a console fence without answers has the answers of its last command.
//! - A `sh` fence has commands for the reader's machine, which this test does not run: see
//!   [`NOT_RUN`].
//!
//! Commands run in a shell, each page in a folder of its own that has the project's data files, with
//! the built program as `newstopics`. After a change of the model or of the program,
//! `UPDATE_README=1 cargo test --release --test readme` writes the new answers into the pages, to be
//! looked at and committed.

mod common;

use std::path::{Path, PathBuf};

use common::{Room, project};

/// What a `sh` fence may begin its lines with: programs that build, install or measure.
const NOT_RUN: [&str; 4] = [
    "cargo test",
    "cargo install",
    "training/train.sh",
    "benches/",
];

/// The README, SECURITY.md and all pages of docs/.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = std::fs::read_dir(project().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    pages.extend(["README.md", "SECURITY.md"].map(|name| project().join(name)));
    pages.sort();
    pages
}

/// A folder with the data that the pages name.
fn room_with_data() -> Room {
    let room = Room::new();
    for folder in ["tests/data", "training"] {
        let to = room.path(folder);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(project().join(folder), to).unwrap();
    }
    room
}

/// Runs a command of a page; the lines it prints, without trailing spaces.
fn answer(room: &Room, command: &str) -> Result<Vec<String>, String> {
    let newstopics = Path::new(env!("CARGO_BIN_EXE_newstopics"));
    let shell = command.replacen("cargo run --release --", "newstopics", 1);
    let path = format!(
        "{}:{}",
        newstopics.parent().unwrap().display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &shell])
        .env("PATH", path)
        .env_remove("COLUMNS")
        .current_dir(room.path("."))
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{command}` ends with {}: {said}", output.status));
    }
    let printed = String::from_utf8(output.stdout).unwrap();
    Ok(printed.lines().map(|l| l.trim_end().to_owned()).collect())
}

/// The answer as the page shows it: cut where the page has a line `...`.
fn cut(answer: &[String], shown: &[&str]) -> Vec<String> {
    match shown.iter().position(|line| *line == "...") {
        Some(at) => answer
            .iter()
            .take(at)
            .cloned()
            .chain(["...".to_owned()])
            .collect(),
        None => answer.to_vec(),
    }
}

/// A page with every answer as it is now, with `renew` also those that vary; and the number of its
/// commands.
fn with_answers(page: &str, room: &Room, renew: bool) -> Result<(String, usize), String> {
    let mut lines = page.lines().peekable();
    let mut out: Vec<String> = Vec::new();
    let (mut fence, mut commands) = (None, 0);
    let mut pending: Option<Vec<String>> = None;
    while let Some(line) = lines.next() {
        out.push(line.to_owned());
        let mut answers = None;
        if let Some(name) = line.strip_prefix("```") {
            fence = if fence.is_none() { Some(name) } else { None };
            if fence == Some("text") {
                answers = pending.take();
            } else if fence.is_some() && pending.is_some() {
                return Err(format!("nothing is shown of what stands above `{line}`"));
            }
        } else if fence == Some("sh") && !NOT_RUN.iter().any(|start| line.starts_with(start)) {
            return Err(format!("`{line}` is not run: use a console fence"));
        } else if let (Some("console" | "console run"), Some(command)) =
            (fence, line.strip_prefix("$ "))
        {
            commands += 1;
            let answer = answer(room, command)?;
            if fence == Some("console") || renew {
                answers = Some(answer);
            }
        }
        let Some(answer) = answers else { continue };
        let mut shown = Vec::new();
        while let Some(line) = lines.next_if(|l| !l.starts_with("```") && !l.starts_with("$ ")) {
            shown.push(line);
        }
        let shows_none = shown.is_empty() && lines.peek() == Some(&"```");
        if shows_none && fence == Some("console") && !answer.is_empty() {
            pending = Some(answer);
        } else {
            out.extend(cut(&answer, &shown));
        }
    }
    match pending {
        Some(_) => Err("nothing is shown of what the last command prints".to_owned()),
        None => Ok((out.join("\n") + "\n", commands)),
    }
}

/// Checks or updates a page; the number of its commands.
fn check(path: &Path) -> Result<usize, String> {
    let page = std::fs::read_to_string(path).unwrap();
    let renew = std::env::var_os("UPDATE_README").is_some();
    let (current, commands) = with_answers(&page, &room_with_data(), renew)?;
    if renew {
        std::fs::write(path, current).unwrap();
        return Ok(commands);
    }
    for (number, (shown, now)) in page.lines().zip(current.lines()).enumerate() {
        if shown != now {
            let number = number + 1;
            return Err(format!("line {number}\n  shows  {shown}\n  is now {now}"));
        }
    }
    match page.lines().count() == current.lines().count() {
        true => Ok(commands),
        false => Err("has another number of lines now".to_owned()),
    }
}

#[test]
fn every_command_answers_as_shown() {
    let pages = pages();
    let checked: Vec<Result<usize, String>> = std::thread::scope(|scope| {
        let running: Vec<_> = pages
            .iter()
            .map(|page| scope.spawn(|| check(page)))
            .collect();
        running.into_iter().map(|r| r.join().unwrap()).collect()
    });
    let mut commands = 0;
    let mut wrong = String::new();
    for (page, result) in pages.iter().zip(checked) {
        match result {
            Ok(number) => commands += number,
            Err(error) => wrong += &format!("{}: {error}\n", page.display()),
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(commands >= 30, "found {commands} commands");
}

#[test]
fn links_lead_to_files() {
    let link = |rest: &str| rest.split_once(')').map(|(to, _)| to.to_owned());
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for to in text.split("](").skip(1).filter_map(link) {
            let file = to.split('#').next().unwrap_or_default();
            // Pictures are made by other programs, some of them after a release's measurements.
            let picture = file.ends_with(".png") || file.ends_with(".svg");
            if to.contains("://") || file.is_empty() || picture {
                continue;
            }
            let target = page.parent().unwrap().join(file);
            assert!(target.exists(), "{}: {to}", page.display());
        }
    }
}
