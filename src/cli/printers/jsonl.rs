//! A JSON object a line.

use std::io::{self, Write};

use newstopics::{Error, Passage, Result, TopicClassifier};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::{Answer, Printer, place, rounded};
use crate::cli::output::write_error;
use crate::cli::predict::PredictArgs;

pub struct Jsonl<'c> {
    classifier: &'c TopicClassifier,
    include_text: bool,
}

impl<'c> Jsonl<'c> {
    pub fn new(classifier: &'c TopicClassifier, include_text: bool) -> Self {
        Self {
            classifier,
            include_text,
        }
    }

    fn scores(&self, scores: &[f64]) -> Value {
        let scores: Map<String, Value> = self
            .classifier
            .labels()
            .iter()
            .zip(scores)
            .map(|(label, &score)| (label.clone(), json!(rounded(score))))
            .collect();
        Value::Object(scores)
    }

    fn object(&self, answer: &Answer) -> Value {
        let (document, prediction) = (&answer.record.document, &answer.prediction);
        let names = self.classifier.labels();
        let mut object = json!({ "id": document.id });
        if self.include_text {
            object["title"] = json!(document.title);
            object["text"] = json!(document.text);
        }
        object["labels"] = json!(self.classifier.label_names(prediction));
        object["scores"] = self.scores(&prediction.scores);
        object["language"] = json!(prediction.language);
        if !prediction.warnings.is_empty() {
            object["warnings"] = json!(prediction.warnings);
        }
        if let Some(evidence) = &answer.evidence {
            let evidence: Map<String, Value> = evidence
                .iter()
                .map(|(label, terms)| (names[*label].clone(), json!(terms)))
                .collect();
            object["evidence"] = Value::Object(evidence);
        }
        object
    }

    /// `start` and `end` are bytes of the text.
    fn passage(&self, passage: &Passage) -> Value {
        let names = self.classifier.labels();
        let labels: Vec<&String> = passage.labels.iter().map(|&l| &names[l]).collect();
        json!({
            "start": passage.span.start,
            "end": passage.span.end,
            "labels": labels,
            "scores": self.scores(&passage.scores),
        })
    }
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    object: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    passages: Option<Passages<'a>>,
}

/// Made one after another as they are written: there may be many.
struct Passages<'a> {
    printer: &'a Jsonl<'a>,
    passages: &'a [Passage],
}

impl Serialize for Passages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_seq(self.passages.iter().map(|p| self.printer.passage(p)))
    }
}

impl Printer for Jsonl<'_> {
    fn check(&self, _args: &PredictArgs) -> Result<()> {
        Ok(())
    }

    fn answer(&mut self, out: &mut dyn Write, answer: &Answer) -> Result<()> {
        let line = Line {
            object: self.object(answer),
            passages: answer.passages.as_ref().map(|passages| Passages {
                printer: self,
                passages,
            }),
        };
        serde_json::to_writer(&mut *out, &line)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out))
            .map_err(write_error)
    }

    /// The id of a bad record is not known: its place stands for it.
    fn failure(&mut self, out: &mut dyn Write, error: &Error) -> Result<()> {
        let position = error.position();
        let mut object = json!({ "id": place(error), "error": error.message() });
        if let Some(file) = &position.file {
            object["file"] = json!(file.display().to_string());
        }
        for (name, number) in [("record", position.record), ("line", position.line)] {
            if let Some(number) = number {
                object[name] = json!(number);
            }
        }
        if let Some(field) = &position.field {
            object["field"] = json!(field);
        }
        writeln!(out, "{object}").map_err(write_error)
    }
}
