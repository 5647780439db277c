//! Outputs that cannot be written to.

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::SMALL;
use crate::common::watch::{Run, watch};
use crate::common::{Room, small_csv};

/// A room with labelled articles and a model of them.
fn room() -> Room {
    let room = Room::new();
    room.write("news.csv", small_csv());
    room.succeed(&["train", "news.csv", "--model", "old.model"]);
    room
}

/// Every command that prints.
const COMMANDS: [&[&str]; 21] = [
    &["predict", "news.csv"],
    &["predict", "news.csv", "--format", "jsonl"],
    &["predict", "news.csv", "--format", "csv"],
    &["predict", "news.csv", "--format", "fasttext"],
    &["explain", "news.csv"],
    &["explain", "news.csv", "--format", "json"],
    &["train", "news.csv", "--model", "new.model"],
    &[
        "tune",
        "news.csv",
        "--trials",
        "1",
        "--folds",
        "2",
        "--out",
        "tuned.model",
    ],
    &["cv", "news.csv", "--folds", "2"],
    &["evaluate", "news.csv", "--model", "old.model"],
    &[
        "evaluate",
        "news.csv",
        "--model",
        "old.model",
        "--format",
        "json",
    ],
    &[
        "compare",
        "news.csv",
        "--model",
        "old.model",
        "--model",
        "old.model",
    ],
    &["check", "news.csv"],
    &["inspect", "old.model"],
    &["inspect"],
    &["completions", "bash"],
    &["man"],
    &["--help"],
    &["--version"],
    &["predict", "--help"],
    &["help", "train"],
];

#[test]
fn a_device_that_is_full() {
    let room = room();
    for args in COMMANDS {
        let mut command = room.command(args);
        command.stdout(File::options().write(true).open("/dev/full").unwrap());
        let run = watch(command, |_| Ok(()));
        run.assert(
            1,
            "error: cannot write to standard output: No space left on device",
            SMALL + 10,
        );
    }
    // Words that nobody can read are no reason to fail.
    let mut command = room.command(&["predict", "news.csv"]);
    command.stderr(File::options().write(true).open("/dev/full").unwrap());
    assert!(command.status().unwrap().success());
}

/// As with ripgrep, a reader that has had enough is no error.
#[test]
fn a_pipe_that_nobody_reads_any_more() {
    let room = room();
    for args in COMMANDS {
        let mut child = room.command(&[&["-q"], args].concat()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {words}");
        assert!(!words.contains("error"), "{args:?}: {words}");
    }
    // In the midst of it.
    let mut csv = String::from("text\n");
    csv.extend((0..100_000).map(|row| format!("article number {row} about nothing\n")));
    room.write("long.csv", csv);
    let program = env!("CARGO_BIN_EXE_newstopics");
    let run = shell(
        &room,
        &format!("{{ {program} predict long.csv; echo code $? >&2; }} | head -1"),
    );
    run.assert(0, "code 0", SMALL);
    assert_eq!(run.answer.stdout.lines().count(), 1);
    assert_eq!(run.answer.stderr, "code 0\n");
}

fn shell(room: &Room, script: &str) -> Run {
    let mut command = Command::new("sh");
    command
        .args(["-c", script])
        .current_dir(room.path("."))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    watch(command, |_| Ok(()))
}

/// Names of the files in a room's folder.
fn files(room: &Room, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(room.path(folder)).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// What writes a file, the file last.
const WRITERS: [&[&str]; 6] = [
    &["train", "../news.csv", "--model", "out.json"],
    &[
        "tune",
        "../news.csv",
        "--trials",
        "1",
        "--folds",
        "2",
        "--out",
        "out.json",
    ],
    &["cv", "../news.csv", "--folds", "2", "--report", "out.json"],
    &[
        "evaluate",
        "../news.csv",
        "--model",
        "../old.model",
        "--predictions",
        "out.json",
    ],
    &[
        "evaluate",
        "../news.csv",
        "--model",
        "../old.model",
        "--errors",
        "out.json",
    ],
    &[
        "explain",
        "../news.csv",
        "--model",
        "../old.model",
        "--html",
        "out.json",
    ],
];

/// A limit on the size of files stands for the disk: what was there stays, and nothing is left.
#[test]
fn a_disk_that_is_full() {
    let room = room();
    let program = env!("CARGO_BIN_EXE_newstopics");
    room.write("full/out.json", "old");
    for args in WRITERS {
        let words = args.join(" ");
        // One block, and an error instead of a signal beyond it. A page is more than standard
        // output has, which is a pipe.
        let run = shell(
            &room,
            &format!("cd full; trap '' XFSZ; ulimit -f 1; exec {program} {words}"),
        );
        if words.contains("--errors") {
            // So short that it fits.
            assert!(
                matches!(run.answer.code, Some(0 | 1)),
                "{}",
                run.answer.stderr
            );
            room.write("full/out.json", "old");
            continue;
        }
        run.assert(
            1,
            "error: out.json: cannot write: File too large",
            SMALL + 10,
        );
        assert_eq!(std::fs::read(room.path("full/out.json")).unwrap(), b"old");
        assert_eq!(files(&room, "full"), ["out.json"], "{words}");
    }
    let run = shell(
        &room,
        &format!("trap '' XFSZ; ulimit -f 1; exec {program} predict news.csv --format jsonl > out"),
    );
    run.assert(1, "cannot write to standard output: File too large", SMALL);
}

/// The same on a small disk of its own, where a user may have one.
#[test]
fn a_small_disk() {
    let room = room();
    let program = env!("CARGO_BIN_EXE_newstopics");
    std::fs::create_dir(room.path("disk")).unwrap();
    let mount = "mount -t tmpfs -o size=8k,nr_inodes=100 tmpfs disk";
    let own = if shell(&room, &format!("unshare -m sh -c '{mount}'"))
        .answer
        .code
        == Some(0)
    {
        "unshare -m"
    } else if shell(&room, &format!("unshare -rm sh -c '{mount}'"))
        .answer
        .code
        == Some(0)
    {
        "unshare -rm"
    } else {
        eprintln!("skipped: no disk of its own can be mounted here");
        return;
    };
    let run = shell(
        &room,
        &format!(
            "{own} sh -c '{mount} && cd disk && echo old > out.json &&
             {program} train ../news.csv --model out.json; echo code $? >&2; cat out.json; ls -A'"
        ),
    );
    run.assert(
        0,
        "out.json: cannot write: No space left on device",
        SMALL + 10,
    );
    assert!(
        run.answer.stderr.contains("code 1"),
        "{}",
        run.answer.stderr
    );
    assert_eq!(run.answer.stdout, "old\nout.json\n");
}

#[test]
fn a_folder_that_cannot_be_written_to() {
    let room = room();
    // Nobody writes there, not even root.
    for args in WRITERS {
        let words = args.join(" ");
        let words = words
            .replace("../", "")
            .replace("out.json", "/proc/out.json");
        let args: Vec<&str> = words.split(' ').collect();
        let run = watch(room.command(&args), |_| Ok(()));
        run.assert(1, "error: /proc/out.json: cannot write: ", SMALL + 10);
    }
    // A folder that its owner has locked; root needs another user for that.
    room.write("locked/out.json", "old");
    let program = room.path("newstopics");
    std::fs::copy(env!("CARGO_BIN_EXE_newstopics"), &program).unwrap();
    for (path, mode) in [(".", 0o755), ("locked", 0o555), ("locked/out.json", 0o444)] {
        std::fs::set_permissions(room.path(path), Permissions::from_mode(mode)).unwrap();
    }
    let mut user = "";
    if File::create(room.path("locked/x")).is_ok() {
        user = "setpriv --reuid=65534 --regid=65534 --clear-groups";
        std::fs::remove_file(room.path("locked/x")).unwrap();
        if shell(&room, &format!("{user} test -r news.csv"))
            .answer
            .code
            != Some(0)
        {
            eprintln!("skipped: no other user can be had to test a locked folder");
            return;
        }
    }
    for args in WRITERS {
        let run = shell(
            &room,
            &format!("cd locked; exec {user} ../newstopics {}", args.join(" ")),
        );
        run.assert(1, "error: out.json: cannot write: ", SMALL + 10);
        assert!(
            !run.answer.stderr.contains("panicked"),
            "{}",
            run.answer.stderr
        );
        assert_eq!(std::fs::read(room.path("locked/out.json")).unwrap(), b"old");
        assert_eq!(files(&room, "locked"), ["out.json"]);
    }
    std::fs::set_permissions(room.path("locked"), Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn an_output_that_is_a_folder() {
    let room = room();
    std::fs::create_dir(room.path("out.json")).unwrap();
    for args in WRITERS {
        let words = args.join(" ").replace("../", "");
        let args: Vec<&str> = words.split(' ').collect();
        let run = watch(room.command(&args), |_| Ok(()));
        run.assert(2, "out.json: is a folder, expected a file to write", SMALL);
    }
    let run = watch(room.command(&["man", "news.csv"]), |_| Ok(()));
    run.assert(1, "news.csv: cannot make the folder", SMALL);
}
