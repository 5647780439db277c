//! Standard output for data, standard error for words.

use std::fmt;
use std::io::{self, BufWriter, Write};

use anstream::{AutoStream, ColorChoice};
use newstopics::corpus::readers::Note;
use newstopics::{Error, ErrorKind};

/// Buffered standard output; colours are taken out unless it is a terminal that wants them.
pub type Output = BufWriter<AutoStream<io::Stdout>>;

/// Opens standard output.
pub fn stdout() -> Output {
    BufWriter::with_capacity(
        1 << 16,
        AutoStream::new(io::stdout(), colour(&io::stdout())),
    )
}

fn colour(stream: &impl anstream::stream::RawStream) -> ColorChoice {
    // NO_COLOR counts when it is not empty (no-color.org); anstream knows the rest.
    AutoStream::choice(stream)
}

/// Says something on standard error.
pub fn note(message: fmt::Arguments<'_>) {
    // Nobody can be told that standard error is gone.
    let _ = writeln!(anstream::stderr(), "newstopics: {message}");
}

/// Says what was found out about inputs.
pub fn notes(notes: &[Note]) {
    for found in notes {
        note(format_args!("{found}"));
    }
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
