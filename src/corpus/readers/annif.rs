//! The corpus formats of Annif: JSON lines `{"document_id": "...", "text": "...", "subjects":
//! [{"uri": "...", "label": "..."}], "metadata": {"title": "..."}}` (its schema `document.json`),
//! CSV with a column `subject_uris`, which the reader of CSV knows, and TSV without a header, the
//! text and after a tab the subjects' URIs.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::format::Reader;
use super::json::Object;
use super::jsonl::{self, Flavour};
use super::{Columns, Record, RecordIter, Source, lines};
use crate::corpus::{Document, Labels};
use crate::error::{Error, Result};

/// Annif's JSON lines, and nothing else.
pub(super) struct Annif;

impl Reader for Annif {
    fn name(&self) -> &'static str {
        "annif"
    }

    fn read(&self, source: Source, columns: &Columns) -> Result<RecordIter> {
        Ok(jsonl::read(source, columns, vec![&FLAVOUR]))
    }
}

pub(super) static FLAVOUR: Flavour =
    Flavour {
        id: "document_id",
        recognises: |object| object.has("subjects") || object.has("document_id"),
        title: |object| Ok(metadata(object)?.remove("title")),
        // An article must have a text or metadata.
        text: |object| {
            if !object.has("metadata") {
                return Ok(None);
            }
            let mut metadata = metadata(object)?;
            let summary = metadata.remove("abstract");
            Ok(summary
                .or(metadata.remove("description"))
                .or(Some(String::new())))
        },
        labels: |object| {
            let subjects: Option<Vec<Subject>> =
                object.get("subjects", "a list of subjects, each with `label` or `uri`")?;
            Ok(subjects
                .map(|subjects| Labels::List(subjects.into_iter().map(Subject::name).collect())))
        },
    };

/// What the object says of its article, by the names of the fields.
fn metadata(object: &Object<'_>) -> Result<BTreeMap<String, String>> {
    let metadata = object.get("metadata", "an object of strings")?;
    Ok(metadata.unwrap_or_default())
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Subject {
    Name(String),
    Labelled { label: String },
    Uri { uri: String },
}

impl Subject {
    fn name(self) -> String {
        match self {
            Self::Name(name) | Self::Labelled { label: name } => name,
            Self::Uri { uri } => bare(&uri),
        }
    }
}

/// The labels that URIs in angle brackets stand for.
pub(super) fn of_uris(uris: &str) -> Labels {
    Labels::List(uris.split_whitespace().map(bare).collect())
}

/// A URI without its angle brackets.
fn bare(uri: &str) -> String {
    uri.trim_start_matches('<').trim_end_matches('>').to_owned()
}

/// Annif's short texts: no header, a text and its URIs a line.
pub(super) struct AnnifTsv;

impl Reader for AnnifTsv {
    fn name(&self) -> &'static str {
        "annif-tsv"
    }

    fn read(&self, source: Source, _columns: &Columns) -> Result<RecordIter> {
        Ok(lines::records(source, |line| {
            let (text, uris) = line.split_once('\t').ok_or_else(|| {
                Error::data("found no tab, expected a text, a tab and the subjects' URIs")
            })?;
            Ok(Record {
                document: Document {
                    text: text.to_owned(),
                    ..Document::default()
                },
                labels: Some(of_uris(uris)),
                ..Record::default()
            })
        }))
    }
}
