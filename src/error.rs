//! The one error type of the crate: a kind, a sentence for the reader, and the place in the data.

use std::fmt;
use std::path::{Path, PathBuf};

/// Result with the crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What sort of thing went wrong.
///
/// The command line turns the kind into its exit code ([`ErrorKind::exit_code`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Reading or writing failed, or the work itself could not be done.
    Failed,
    /// A setting is out of range or settings contradict each other.
    Usage,
    /// The data cannot be used as they are.
    Data,
    /// A model file cannot be used.
    Model,
    /// A figure fails a limit that was asked for.
    Gate,
}

impl ErrorKind {
    /// The exit code of the program for this kind: 1 failed, 2 usage, 3 data, 4 model,
    /// 5 gate.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Data => 3,
            Self::Model => 4,
            Self::Gate => 5,
        }
    }
}

/// Where in the data something was found. Records and lines are counted from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// The file, or `-` for standard input.
    pub file: Option<PathBuf>,
    /// Number of the record in the file, the header not counted.
    pub record: Option<u64>,
    /// Number of the line on which the record begins.
    pub line: Option<u64>,
    /// Name of the column or field.
    pub field: Option<String>,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(file) = &self.file {
            if file == Path::new("-") {
                write!(f, "standard input")?;
            } else {
                write!(f, "{}", file.display())?;
            }
            separator = ", ";
        }
        for (name, number) in [("record", self.record), ("line", self.line)] {
            if let Some(number) = number {
                write!(f, "{separator}{name} {number}")?;
                separator = ", ";
            }
        }
        if let Some(field) = &self.field {
            write!(f, "{separator}field `{field}`")?;
        }
        Ok(())
    }
}

/// Everything that can go wrong, in words for the person who has to mend it.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    position: Position,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of a kind with a message.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            position: Position::default(),
            source: None,
        }))
    }

    /// Unusable data.
    pub fn data(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Data, message)
    }

    /// A wrong setting.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// An unusable model.
    pub fn model(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Model, message)
    }

    /// An operation on a file that the system refused.
    pub fn io(action: &str, path: impl AsRef<Path>, error: std::io::Error) -> Self {
        Self::new(ErrorKind::Failed, format!("cannot {action}: {error}"))
            .in_file(path)
            .caused_by(error)
    }

    /// Adds the file, unless one is known already.
    pub fn in_file(mut self, path: impl AsRef<Path>) -> Self {
        self.0
            .position
            .file
            .get_or_insert_with(|| path.as_ref().to_path_buf());
        self
    }

    /// Sets record and line, both counted from 1.
    pub fn at_record(mut self, record: u64, line: Option<u64>) -> Self {
        self.0.position.record = Some(record);
        self.0.position.line = line;
        self
    }

    /// Adds what is known of a position.
    pub(crate) fn at_position(mut self, position: &Position) -> Self {
        if let Some(file) = &position.file {
            self = self.in_file(file);
        }
        if let Some(record) = position.record {
            self = self.at_record(record, position.line);
        }
        self
    }

    /// Sets the line, counted from 1.
    pub fn at_line(mut self, line: u64) -> Self {
        self.0.position.line = Some(line);
        self
    }

    /// Sets the column or field.
    pub fn in_field(mut self, field: impl Into<String>) -> Self {
        self.0.position.field = Some(field.into());
        self
    }

    /// Keeps the error that caused this one.
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// What sort of error this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where in the data it was found, as far as known.
    pub fn position(&self) -> &Position {
        &self.0.position
    }

    /// The message without the position.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.0.position.to_string();
        if position.is_empty() {
            f.write_str(&self.0.message)
        } else {
            write!(f, "{position}: {}", self.0.message)
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|e| e as &(dyn std::error::Error + 'static))
    }
}

// linfa's `Fit` asks that its own error can be turned into ours.
impl From<linfa::Error> for Error {
    fn from(error: linfa::Error) -> Self {
        Self::new(ErrorKind::Failed, error.to_string()).caused_by(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_place_and_the_fault() {
        let error = Error::data("found `x`, expected a label")
            .at_record(3, Some(7))
            .in_field("labels")
            .in_file("a.csv");
        assert_eq!(
            error.to_string(),
            "a.csv, record 3, line 7, field `labels`: found `x`, expected a label"
        );
        assert_eq!(error.kind().exit_code(), 3);
    }
}
