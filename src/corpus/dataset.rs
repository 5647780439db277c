//! Labelled articles of one or more files, in memory.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::readers::{self, Columns, Format, Note, Record};
use super::{Document, Labels};
use crate::error::{Error, Position, Result};

/// A file that data came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// The file's name without its folder.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Number of articles read from it.
    pub records: usize,
}

/// Labelled articles; the vectors run in parallel.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// The articles.
    pub documents: Vec<Document>,
    /// Each article's labels, sorted.
    pub labels: Vec<Vec<String>>,
    /// Each article's language as the data say it.
    pub langs: Vec<Option<String>>,
    /// Each article's group, if any (see [`Columns::group`]).
    pub groups: Vec<Option<String>>,
    /// Names of the further columns.
    pub extra_names: Vec<String>,
    /// The cells of each article's further columns (see [`Columns::extra`]).
    pub extra: Vec<Vec<Option<String>>>,
    /// Where each article stands.
    pub positions: Vec<Position>,
    /// The files read.
    pub files: Vec<DataFile>,
    /// What was found out about them.
    pub notes: Vec<Note>,
}

impl Dataset {
    /// Reads labelled files. With `single` a cell of labels is one label whatever it contains.
    ///
    /// Errors: what the readers report; a file without a column of labels; no article at all.
    pub fn read(
        paths: &[PathBuf],
        format: Option<Format>,
        columns: &Columns,
        single: bool,
    ) -> Result<Self> {
        let mut data = Self {
            extra_names: columns.extra.clone(),
            ..Self::default()
        };
        for path in paths {
            data.read_file(path, format, columns, single)?;
        }
        if data.documents.is_empty() {
            let error = Error::data("found no article, expected at least one below the header");
            return Err(match paths.first() {
                Some(path) => error.in_file(path),
                None => error,
            });
        }
        Ok(data)
    }

    fn read_file(
        &mut self,
        path: &Path,
        format: Option<Format>,
        columns: &Columns,
        single: bool,
    ) -> Result<()> {
        let hasher = Arc::new(Mutex::new(Sha256::new()));
        let hashed = HashingReader {
            source: readers::bytes_of(path)?,
            hasher: Arc::clone(&hasher),
        };
        let before = self.documents.len();
        let mut records = readers::read(hashed, path, format, columns)?;
        let mut undecided = 0;
        for record in &mut records {
            let record = record?;
            if record.labels == Some(Labels::Undecided) {
                undecided += 1;
            } else {
                self.push_record(record, single)?;
            }
        }
        self.notes.extend(records.take_notes());
        if undecided > 0 {
            self.notes.push(Note::Undecided {
                file: path.to_path_buf(),
                count: undecided,
            });
        }
        let digest = hasher
            .lock()
            .map(|hasher| hasher.clone().finalize())
            .unwrap_or_default();
        self.files.push(DataFile {
            name: path
                .file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned(),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            records: self.documents.len() - before,
        });
        Ok(())
    }

    /// Adds an article that comes from no file.
    pub fn push(&mut self, document: Document, mut labels: Vec<String>) {
        labels.sort_unstable();
        self.documents.push(document);
        self.labels.push(labels);
        self.langs.push(None);
        self.groups.push(None);
        self.extra.push(Vec::new());
        self.positions.push(Position::default());
    }

    /// Adds the place of an article to an error.
    pub(crate) fn locate(&self, error: Error, row: usize) -> Error {
        error.at_position(&self.positions[row])
    }

    fn push_record(&mut self, record: Record, single: bool) -> Result<()> {
        let place = |error: Error| error.at_position(&record.position);
        let Some(labels) = &record.labels else {
            return Err(place(Error::data(
                "found no column of labels, expected `labels` or `label` (or say it with --labels-column)",
            )));
        };
        let labels = labels
            .split(single)
            .map_err(|e| place(e.in_field("labels")))?;
        self.documents.push(record.document);
        self.labels.push(labels);
        self.langs.push(record.lang);
        self.groups.push(record.group);
        self.extra.push(record.extra);
        self.positions.push(record.position);
        Ok(())
    }

    /// Number of articles.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether there are no articles.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Number of articles of each label, labels sorted.
    pub fn label_counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for label in self.labels.iter().flatten() {
            *counts.entry(label.clone()).or_default() += 1;
        }
        counts
    }
}

/// Hashes what passes through.
struct HashingReader<R> {
    source: R,
    hasher: Arc<Mutex<Sha256>>,
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        if let Ok(mut hasher) = self.hasher.lock() {
            hasher.update(&buffer[..length]);
        }
        Ok(length)
    }
}
