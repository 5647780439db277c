//! What a person should know of an input, though it is no fault.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Something found out about an input that its name did not tell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// The characters are in another encoding than UTF-8.
    Encoding {
        /// The file, or `-` for standard input.
        file: PathBuf,
        /// Name of the encoding.
        name: &'static str,
    },
    /// The columns are separated by something else than the name of the format says.
    Delimiter {
        /// The file, or `-` for standard input.
        file: PathBuf,
        /// What separates them, in words.
        name: &'static str,
    },
    /// Articles were left out because the annotator did not decide on their labels.
    Undecided {
        /// The file, or `-` for standard input.
        file: PathBuf,
        /// How many.
        count: usize,
    },
    /// The format was told by the first bytes.
    Format {
        /// The file, or `-` for standard input.
        file: PathBuf,
        /// Name of the format.
        name: &'static str,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Encoding { file, .. }
        | Self::Delimiter { file, .. }
        | Self::Undecided { file, .. }
        | Self::Format { file, .. }) = self;
        if file == Path::new("-") {
            write!(f, "standard input: ")?;
        } else {
            write!(f, "{}: ", file.display())?;
        }
        match self {
            Self::Encoding { name, .. } => write!(f, "the encoding is {name}"),
            Self::Delimiter { name, .. } => write!(f, "the columns are separated by {name}"),
            Self::Undecided { count, .. } => {
                let articles = if *count == 1 { "article" } else { "articles" };
                write!(
                    f,
                    "{count} {articles} without a decision (ignored, or a choice rejected) left out"
                )
            }
            Self::Format { name, .. } => write!(f, "the format is {name}"),
        }
    }
}

/// The notes of one input, written by its layers.
#[derive(Clone, Default)]
pub(super) struct Notes(Arc<Mutex<Vec<Note>>>);

impl Notes {
    pub(super) fn add(&self, note: Note) {
        if let Ok(mut notes) = self.0.lock() {
            notes.push(note);
        }
    }

    pub(super) fn take(&self) -> Vec<Note> {
        self.0
            .lock()
            .map(|mut notes| std::mem::take(&mut *notes))
            .unwrap_or_default()
    }
}
