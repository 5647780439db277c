//! JSON objects, one a line.

use serde::Deserialize;

use super::format::Reader;
use super::json::Object;
use super::{Columns, Fields, Record, RecordIter, Source, annif, lines, prodigy};
use crate::corpus::{Document, Labels};
use crate::error::{Position, Result};

/// JSON lines of any make; those of other programs are known by their fields.
pub(super) struct Jsonl;

impl Reader for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["jsonl", "ndjson"]
    }

    fn recognises(&self, head: &[u8]) -> bool {
        let mut bytes = head.iter().filter(|b| !b.is_ascii_whitespace());
        bytes.next() == Some(&b'{') && bytes.next() == Some(&b'"')
    }

    fn read(&self, source: Source, columns: &Columns) -> Result<RecordIter> {
        Ok(read(
            source,
            columns,
            vec![&prodigy::FLAVOUR, &annif::FLAVOUR],
        ))
    }
}

/// How a program writes the labels of an article.
pub(super) struct Flavour {
    /// The field with the id.
    pub id: &'static str,
    /// Whether an object has the fields of this program.
    pub recognises: fn(&Object<'_>) -> bool,
    /// The title in a place of its own, where it is not in the field `title`.
    pub title: fn(&Object<'_>) -> Result<Option<String>>,
    /// The text of an article that need not have the field `text`.
    pub text: fn(&Object<'_>) -> Result<Option<String>>,
    /// The labels of an object.
    pub labels: fn(&Object<'_>) -> Result<Option<Labels>>,
}

/// Reads lines of those flavours, and lines without any.
pub(super) fn read(
    source: Source,
    columns: &Columns,
    flavours: Vec<&'static Flavour>,
) -> RecordIter {
    let columns = columns.clone();
    lines::records(source, move |line| {
        record(&Object::parse(line)?, &columns, &flavours)
    })
}

fn record(object: &Object<'_>, columns: &Columns, flavours: &[&Flavour]) -> Result<Record> {
    let flavour = flavours.iter().find(|f| (f.recognises)(object));
    let optional = |asked: &Option<String>, default: &str| -> Result<Option<String>> {
        match asked {
            Some(name) if !object.has(name) => Err(object.missing(name)),
            Some(name) => object.text(name),
            None => object.text(default),
        }
    };
    let text = match (object.raw(columns.text()), flavour) {
        (Some(_), _) => object.get(columns.text(), "a string")?.unwrap_or_default(),
        (None, Some(flavour)) if columns.text.is_none() => {
            (flavour.text)(object)?.ok_or_else(|| object.missing(columns.text()))?
        }
        (None, _) => return Err(object.missing(columns.text())),
    };
    let title = match (optional(&columns.title, "title")?, flavour) {
        (None, Some(flavour)) => (flavour.title)(object)?,
        (title, _) => title,
    };
    let labels = match (&columns.labels, flavour) {
        (Some(name), _) if !object.has(name) => return Err(object.missing(name)),
        (Some(name), _) => label_field(object, name)?,
        (None, Some(flavour)) => (flavour.labels)(object)?,
        (None, None) => match ["labels", "label"].into_iter().find(|n| object.has(n)) {
            Some(name) => label_field(object, name)?,
            None => None,
        },
    };
    Ok(Record {
        document: Document {
            id: optional(&columns.id, flavour.map_or("id", |f| f.id))?.unwrap_or_default(),
            title,
            text,
        },
        labels,
        lang: optional(&None, "lang")?,
        date: optional(&None, "date")?,
        group: optional(&columns.group, "source")?.filter(|group| !group.trim().is_empty()),
        extra: columns
            .extra
            .iter()
            .map(|name| object.cell(name))
            .collect::<Result<_>>()?,
        fields: if columns.keep_fields {
            object.fields()?
        } else {
            Fields::default()
        },
        position: Position::default(),
    })
}

/// Labels as they are mostly written.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Cell(String),
    List(Vec<String>),
}

/// Labels are a list of strings or one cell as in CSV; null is no label.
fn label_field(object: &Object<'_>, name: &str) -> Result<Option<Labels>> {
    let labels = match object.get(name, "a string or a list of strings")? {
        Some(Written::Cell(cell)) => Labels::Cell(cell),
        Some(Written::List(list)) => Labels::List(list),
        None => Labels::List(Vec::new()),
    };
    Ok(Some(labels))
}
