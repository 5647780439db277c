//! What `fasttext predict-prob` prints: labels and probabilities on a line an article.

use std::io::Write;

use newstopics::{Error, Result, TopicClassifier};

use super::{Answer, Printer, no_place, one_line, rounded};
use crate::cli::output::write_error;
use crate::cli::predict::PredictArgs;

pub struct FastText<'c> {
    classifier: &'c TopicClassifier,
}

impl<'c> FastText<'c> {
    pub fn new(classifier: &'c TopicClassifier) -> Self {
        Self { classifier }
    }
}

impl Printer for FastText<'_> {
    fn check(&self, args: &PredictArgs) -> Result<()> {
        for (asked, option) in [
            (args.evidence, "--evidence"),
            (args.include_text, "--include-text"),
            (args.passages, "--passages"),
        ] {
            if asked {
                return Err(no_place(option, "fasttext", "jsonl"));
            }
        }
        Ok(())
    }

    /// An article without a label is an empty line, so that lines stay those of the input.
    fn answer(&mut self, out: &mut dyn Write, answer: &Answer) -> Result<()> {
        let prediction = &answer.prediction;
        let labels: Vec<String> = prediction
            .labels
            .iter()
            .map(|&l| {
                // A blank ends a label, so a label holds none.
                let name = self.classifier.labels()[l].replace(char::is_whitespace, "_");
                format!("__label__{name} {}", rounded(prediction.scores[l]))
            })
            .collect();
        writeln!(out, "{}", labels.join(" ")).map_err(write_error)
    }

    fn failure(&mut self, out: &mut dyn Write, error: &Error) -> Result<()> {
        writeln!(out, "error: {}", one_line(&error.to_string())).map_err(write_error)
    }
}
