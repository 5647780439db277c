//! JSON objects, one a line.

use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Columns, Fields, Record, Records, utf8};
use crate::corpus::Document;
use crate::error::{Error, Position, Result};

pub(super) fn read(
    mut source: impl BufRead + Send + 'static,
    path: PathBuf,
    columns: &Columns,
) -> Records {
    let columns = columns.clone();
    let (mut line, mut number) = (0, 0);
    Box::new(std::iter::from_fn(move || {
        loop {
            let mut bytes = Vec::new();
            match source.read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(e) => return Some(Err(Error::io("read", &path, e))),
            }
            line += 1;
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            number += 1;
            let record = utf8(bytes)
                .and_then(|text| record(&text, number, line, &columns))
                .map(|mut record| {
                    record.position.file = Some(path.clone());
                    record
                })
                .map_err(|e| e.at_record(number, Some(line)).in_file(&path));
            return Some(record);
        }
    }))
}

fn record(text: &str, number: u64, line: u64, columns: &Columns) -> Result<Record> {
    let object: Map<String, Value> = serde_json::from_str(text).map_err(|e| {
        Error::data(format!(
            "expected a JSON object on one line, found a fault: {e}"
        ))
        .caused_by(e)
    })?;
    let missing = |name: &str| {
        let names: Vec<String> = object.keys().map(|k| format!("`{k}`")).collect();
        Error::data(format!(
            "found no field `{name}`, expected one; there are: {}",
            names.join(", ")
        ))
    };
    let optional = |asked: &Option<String>, default: &str| -> Result<Option<String>> {
        let name = asked.as_deref().unwrap_or(default);
        match object.get(name) {
            None if asked.is_some() => Err(missing(name)),
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(Error::data("expected a string").in_field(name)),
        }
    };
    let text = match object.get(columns.text()) {
        Some(Value::String(text)) => text.clone(),
        Some(_) => return Err(Error::data("expected a string").in_field(columns.text())),
        None => return Err(missing(columns.text())),
    };
    let labels = match &columns.labels {
        Some(name) => Some((
            name.as_str(),
            object.get(name).ok_or_else(|| missing(name))?,
        )),
        None => ["labels", "label"]
            .into_iter()
            .find_map(|name| Some((name, object.get(name)?))),
    };
    let extra = |name: &String| match object.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    };
    Ok(Record {
        document: Document {
            id: optional(&columns.id, "id")?.unwrap_or_else(|| number.to_string()),
            title: optional(&columns.title, "title")?,
            text,
        },
        labels: labels
            .map(|(name, value)| label_cell(name, value))
            .transpose()?,
        lang: optional(&None, "lang")?,
        extra: columns.extra.iter().map(extra).collect(),
        group: optional(&columns.group, "source")?.filter(|group| !group.trim().is_empty()),
        fields: if columns.keep_fields {
            fields(&object)
        } else {
            Fields::default()
        },
        position: Position {
            record: Some(number),
            line: Some(line),
            ..Position::default()
        },
    })
}

/// All fields; what is no string stays JSON.
fn fields(object: &Map<String, Value>) -> Fields {
    Fields {
        names: Arc::new(object.keys().cloned().collect()),
        values: object
            .values()
            .map(|value| match value {
                Value::String(text) => text.clone(),
                Value::Null => String::new(),
                other => other.to_string(),
            })
            .collect(),
    }
}

/// Labels are a list of strings or one cell as in CSV.
fn label_cell(name: &str, value: &Value) -> Result<String> {
    let expected = || Error::data("expected a string or a list of strings").in_field(name);
    match value {
        Value::Null => Ok(String::new()),
        Value::String(cell) => Ok(cell.clone()),
        Value::Array(labels) => labels
            .iter()
            .map(|label| label.as_str().ok_or_else(expected))
            .collect::<Result<Vec<_>>>()
            .map(|labels| labels.join(";")),
        _ => Err(expected()),
    }
}
