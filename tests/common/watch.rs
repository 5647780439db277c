//! Running the program while its memory is watched.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Answer, Room};

/// What the program and its model take on two threads, before they read much, in MiB.
pub const MODEL: u64 = 12;
/// What `predict` may take beyond the model whatever it reads, in MiB.
pub const PROMISED: u64 = 64;

/// The program's answer, and the most memory it held at a time in MiB.
pub struct Run {
    pub answer: Answer,
    pub peak: u64,
}

impl Run {
    /// Asserts the exit code, that the error has some words, and the most memory in MiB.
    #[track_caller]
    pub fn assert(&self, code: i32, words: &str, most: u64) {
        let Answer {
            code: found,
            stderr,
            ..
        } = &self.answer;
        assert_eq!(*found, Some(code), "{stderr}");
        assert!(stderr.contains(words), "{stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
        assert!(
            self.peak <= most,
            "{} MiB, expected {most} at most ({words})",
            self.peak
        );
    }
}

/// Runs a command on what `write` sends down its standard input, watching its memory.
pub fn watch(
    command: Command,
    write: impl FnOnce(&mut ChildStdin) -> std::io::Result<()> + Send + 'static,
) -> Run {
    let (run, stdout) = watch_streams(command, write, text_of, Duration::from_secs(120));
    Run {
        answer: Answer {
            stdout,
            ..run.answer
        },
        ..run
    }
}

/// Like [`watch`], and gives standard output to `read`, as it comes; ends with what `read` makes
/// of it.
pub fn watch_streams<T: Send + 'static>(
    mut command: Command,
    write: impl FnOnce(&mut ChildStdin) -> std::io::Result<()> + Send + 'static,
    read: impl FnOnce(&mut dyn Read) -> T + Send + 'static,
    patience: Duration,
) -> (Run, T) {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // The program may stop before it has read everything.
    let writer = std::thread::spawn(move || drop(write(&mut stdin)));
    let stdout = child.stdout.take();
    let reader = std::thread::spawn(move || match stdout {
        Some(mut stdout) => read(&mut stdout),
        None => read(&mut std::io::empty()),
    });
    let mut stderr = child.stderr.take().unwrap();
    let words = std::thread::spawn(move || text_of(&mut stderr));
    let (code, peak) = wait(&mut child, patience);
    join(writer);
    let answer = Answer {
        code,
        stdout: String::new(),
        stderr: join(words),
    };
    (Run { answer, peak }, join(reader))
}

fn join<T>(thread: JoinHandle<T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn text_of(stream: &mut dyn Read) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// The exit code of a process, and the most memory it held in MiB.
fn wait(child: &mut Child, patience: Duration) -> (Option<i32>, u64) {
    let started = Instant::now();
    let mut peak = 0;
    // The high-water mark never falls, so the last look before the end is the highest.
    loop {
        if let Some(mark) = high_water(child) {
            peak = mark;
        }
        if let Some(status) = child.try_wait().unwrap() {
            // What ends before it can be looked at has not done much.
            assert!(peak > 0 || started.elapsed() < Duration::from_millis(100));
            return (status.code(), peak);
        }
        if started.elapsed() > patience {
            child.kill().unwrap();
            panic!("no end after {patience:?}");
        }
        let pause = started.elapsed() / 100;
        std::thread::sleep(pause.clamp(Duration::from_micros(500), Duration::from_millis(10)));
    }
}

/// The most memory a process has held so far in MiB, while it is there.
pub fn high_water(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let mark = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = mark.split_whitespace().next()?.parse().ok()?;
    Some(kib.div_ceil(1024))
}

/// Runs the program on some bytes.
pub fn of_bytes(room: &Room, args: &[&str], bytes: impl Into<Vec<u8>>) -> Run {
    let bytes = bytes.into();
    watch(room.command(args), move |out| out.write_all(&bytes))
}

/// Writes a piece again and again.
pub fn again(out: &mut dyn Write, piece: &[u8], times: usize) -> std::io::Result<()> {
    let per_block = ((1 << 20) / piece.len()).clamp(1, times);
    let block = piece.repeat(per_block);
    for _ in 0..times / per_block {
        out.write_all(&block)?;
    }
    out.write_all(&piece.repeat(times % per_block))
}
