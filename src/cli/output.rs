//! Standard output for data, standard error for words.

use std::fmt;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::{AutoStream, ColorChoice};
use newstopics::corpus::readers::Note;
use newstopics::{Error, ErrorKind};

use super::harmless::Harmless;
use super::{layout, progress};

/// Buffered standard output; colours are taken out unless it is a terminal that wants them.
pub type Output = BufWriter<Harmless<AutoStream<io::Stdout>>>;

/// Opens standard output.
pub fn stdout() -> Output {
    let stdout = AutoStream::new(io::stdout(), colour(&io::stdout()));
    let harmless = Harmless::new(stdout, io::stdout().is_terminal());
    BufWriter::with_capacity(1 << 16, harmless)
}

fn colour(stream: &impl anstream::stream::RawStream) -> ColorChoice {
    // NO_COLOR counts when it is not empty (no-color.org); anstream knows the rest.
    AutoStream::choice(stream)
}

static QUIET: AtomicBool = AtomicBool::new(false);

/// From now on only errors are said.
pub fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Whether only errors are to be said.
pub fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Says something on standard error, unless the user asked for quiet.
pub fn note(message: fmt::Arguments<'_>) {
    if !is_quiet() {
        say(message);
    }
}

/// Says what was found out about inputs.
pub fn notes(notes: &[Note]) {
    for found in notes {
        note(format_args!("{found}"));
    }
}

/// Says on standard error what went wrong.
pub fn error(message: fmt::Arguments<'_>) {
    say(message);
}

fn say(message: fmt::Arguments<'_>) {
    // A message may quote a file that was made to command the terminal.
    let line = layout::printable(&format!("newstopics: {message}"));
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let line = layout::flow(&words, " ", 0, 2, width_of(&io::stderr()));
    progress::suspend(|| self::line(&line));
}

/// Writes a line to standard error as it is.
pub fn line(line: &str) {
    // Nobody can be told that standard error is gone.
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Columns of the terminal that standard output goes to; `None` for a pipe or a file.
pub fn terminal_width() -> Option<usize> {
    width_of(&io::stdout())
}

/// Columns of the terminal that standard error goes to.
pub fn error_width() -> usize {
    width_of(&io::stderr()).unwrap_or(DEFAULT_WIDTH)
}

#[cfg(unix)]
fn width_of(stream: &(impl IsTerminal + std::os::fd::AsFd)) -> Option<usize> {
    columns(stream, || terminal_size::terminal_size_of(stream))
}

#[cfg(windows)]
fn width_of(stream: &(impl IsTerminal + std::os::windows::io::AsHandle)) -> Option<usize> {
    columns(stream, || terminal_size::terminal_size_of(stream))
}

fn columns(
    stream: &impl IsTerminal,
    ask: impl FnOnce() -> Option<(terminal_size::Width, terminal_size::Height)>,
) -> Option<usize> {
    if !stream.is_terminal() {
        return None;
    }
    let told = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let width = told.or_else(|| ask().map(|(width, _)| usize::from(width.0)));
    Some(width.unwrap_or(DEFAULT_WIDTH).max(LEAST_WIDTH))
}

/// Columns of a terminal that does not say how many it has.
const DEFAULT_WIDTH: usize = 80;
/// Nothing readable fits into fewer columns.
const LEAST_WIDTH: usize = 20;

/// A number with its thousands apart.
pub fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of bytes for people.
pub fn size(bytes: usize) -> String {
    let kib = bytes as f64 / 1024.0;
    if kib < 1024.0 {
        format!("{kib:.1} KiB")
    } else {
        format!("{:.2} MiB", kib / 1024.0)
    }
}

/// A failed write to standard output as the crate's error.
pub fn write_error(error: io::Error) -> Error {
    Error::new(
        ErrorKind::Failed,
        format!("cannot write to standard output: {error}"),
    )
    .caused_by(error)
}

/// Whether somebody stopped reading our output, which is no fault.
pub fn is_closed_pipe(error: &Error) -> bool {
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<io::Error>())
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
