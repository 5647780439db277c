//! JSON objects of which only what is asked for is read.

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::fields::Fields;
use crate::error::{Error, Result};

/// The most fields an object may have.
const MAX_FIELDS: usize = 4096;
/// The most bytes a field other than a string may have when it is read.
const MAX_NESTED: usize = 1 << 20;

/// An object whose values are still JSON text: however deeply nested or large, what is not asked
/// for costs nothing.
pub(super) struct Object<'t>(Vec<(String, &'t RawValue)>);

impl<'t> Object<'t> {
    /// The object that a line is.
    pub(super) fn parse(line: &'t str) -> Result<Self> {
        serde_json::from_str(line).map_err(|e| Error::data(fault(line, &e)).caused_by(e))
    }

    /// The JSON text of a field; the last one if a name is there twice.
    pub(super) fn raw(&self, name: &str) -> Option<&'t str> {
        let (_, value) = self.0.iter().rev().find(|(key, _)| key == name)?;
        Some(value.get())
    }

    /// Whether there is a field.
    pub(super) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// A field of a type, `None` when there is none or it is null.
    pub(super) fn get<T: DeserializeOwned>(&self, name: &str, expected: &str) -> Result<Option<T>> {
        let Some(raw) = self.raw(name) else {
            return Ok(None);
        };
        if !raw.starts_with('"') && raw.len() > MAX_NESTED {
            return Err(
                Error::data("found more than 1 MiB of it, which is the limit").in_field(name),
            );
        }
        serde_json::from_str(raw).map_err(|e| {
            let reason = if e.is_data() {
                String::new()
            } else {
                format!(", found a fault: {e}")
            };
            Error::data(format!("expected {expected}{reason}"))
                .in_field(name)
                .caused_by(e)
        })
    }

    /// A field as text: a string, or a number as it is written.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>> {
        match self.raw(name) {
            Some(raw) if raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                Ok(Some(raw.to_owned()))
            }
            _ => self.get(name, "a string"),
        }
    }

    /// A field as a cell: a string, or else JSON as it is written.
    pub(super) fn cell(&self, name: &str) -> Result<Option<String>> {
        match self.raw(name) {
            Some(raw) if !raw.starts_with('"') && raw != "null" => Ok(Some(raw.to_owned())),
            _ => self.get(name, "a string"),
        }
    }

    /// The error of a field that is not there.
    pub(super) fn missing(&self, name: &str) -> Error {
        let names: Vec<String> = self.0.iter().map(|(key, _)| format!("`{key}`")).collect();
        Error::data(format!(
            "found no field `{name}`, expected one; there are: {}",
            names.join(", ")
        ))
    }

    /// All fields.
    pub(super) fn fields(&self) -> Result<Fields> {
        let names: Vec<String> = self.0.iter().map(|(key, _)| key.clone()).collect();
        let values = names
            .iter()
            .map(|name| self.cell(name).map(Option::unwrap_or_default))
            .collect::<Result<_>>()?;
        Ok(Fields {
            names: std::sync::Arc::new(names),
            values,
        })
    }
}

/// What is wrong with a line that is no object, and how JSON of another layout is put on lines.
fn fault(line: &str, error: &serde_json::Error) -> String {
    let line = line.trim_start();
    let found = if line.starts_with('[') {
        "an array (`jq -c '.[]'` writes its objects one a line)".to_owned()
    } else if line.starts_with('{') && error.is_eof() {
        "one that does not end there (`jq -c .` writes it so; or the line is cut off)".to_owned()
    } else if line.starts_with('{') && error.to_string().starts_with("trailing characters") {
        format!(
            "more after it, at column {} (`jq -c .` writes one a line)",
            error.column()
        )
    } else {
        format!("a fault: {error}")
    };
    format!("expected a JSON object on one line, found {found}")
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    if members.len() == MAX_FIELDS {
                        return Err(A::Error::custom(format_args!(
                            "more than {MAX_FIELDS} fields"
                        )));
                    }
                    members.push(member);
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}
