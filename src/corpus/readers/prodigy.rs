//! JSON lines of spaCy and Prodigy.
//!
//! spaCy: `{"text": "...", "cats": {"A": 1.0, "B": 0.0}}`. Prodigy's `db-out`: `{"text": "...",
//! "accept": ["A"], "answer": "accept"}` for a choice, `{"text": "...", "label": "A", "answer":
//! "accept"}` for a yes or no.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::format::Reader;
use super::json::Object;
use super::jsonl::{self, Flavour};
use super::{Columns, RecordIter, Source};
use crate::corpus::Labels;
use crate::error::Result;

/// JSON lines of spaCy and Prodigy, and of nothing else.
pub(super) struct Prodigy;

impl Reader for Prodigy {
    fn name(&self) -> &'static str {
        "prodigy"
    }

    fn read(&self, source: Source, columns: &Columns) -> Result<RecordIter> {
        Ok(jsonl::read(source, columns, vec![&FLAVOUR]))
    }
}

pub(super) static FLAVOUR: Flavour = Flavour {
    id: "id",
    recognises: |object| object.has("cats") || object.has("answer"),
    title: |_| Ok(None),
    text: |_| Ok(None),
    labels,
};

/// A category is given from one half on, as in spaCy.
#[derive(Deserialize)]
#[serde(untagged)]
enum Degree {
    Number(f64),
    Flag(bool),
}

impl Degree {
    fn is_given(&self) -> bool {
        match self {
            Self::Number(number) => *number >= 0.5,
            Self::Flag(flag) => *flag,
        }
    }
}

fn labels(object: &Object<'_>) -> Result<Option<Labels>> {
    let cats: Option<BTreeMap<String, Degree>> =
        object.get("cats", "an object of labels and numbers from 0 to 1")?;
    if let Some(cats) = cats {
        let given = cats.into_iter().filter(|(_, degree)| degree.is_given());
        return Ok(Some(Labels::List(given.map(|(label, _)| label).collect())));
    }
    let label: Option<String> = object.get("label", "a string")?;
    let chosen: Option<Vec<String>> = object.get("accept", "a list of strings")?;
    let answer: Option<String> = object.get("answer", "a string")?;
    Ok(match answer.as_deref() {
        None | Some("accept") => chosen.or(label.map(|label| vec![label])).map(Labels::List),
        // A refused label is not given; a refused choice says nothing, as does an ignored one.
        Some("reject") if label.is_some() => Some(Labels::List(Vec::new())),
        Some(_) => Some(Labels::Undecided),
    })
}
