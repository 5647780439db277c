//! Decisions of a classifier held against labelled articles.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::classifier::{Decision, TopicClassifier};
use crate::corpus::Dataset;
use crate::error::{Error, Result};
use crate::metrics::{ClassificationReport, Evaluated};

/// Articles that one predictor works through before the next begins; speed only.
const CHUNK: usize = 256;

impl TopicClassifier {
    /// Classifies labelled articles by the rule of [`predict`](TopicClassifier::predict) and
    /// reports how well that agrees with their labels.
    ///
    /// Errors: no article; a label the model does not know, unless `ignore_unknown_labels`.
    pub fn evaluate(
        &self,
        data: &Dataset,
        decision: &Decision,
        ignore_unknown_labels: bool,
    ) -> Result<(ClassificationReport, Vec<Evaluated>)> {
        if data.is_empty() {
            return Err(Error::data(
                "found no article to evaluate, expected at least one",
            ));
        }
        let carried = self.known_labels(data, ignore_unknown_labels)?;
        let predictor = self.predictor().with_decision(decision.clone())?;
        let evaluated: Vec<Evaluated> = data
            .documents
            .par_chunks(CHUNK)
            .zip(carried.par_chunks(CHUNK))
            .flat_map_iter(|(documents, carried)| {
                let mut predictor = predictor.clone();
                documents
                    .iter()
                    .zip(carried)
                    .map(|(document, carries)| {
                        let prediction = predictor.predict(document.title(), &document.text);
                        Evaluated {
                            carries: carries.clone(),
                            given: prediction.labels,
                            scores: prediction.scores,
                        }
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
        let report = ClassificationReport::new(self.info().task, self.labels(), &evaluated);
        Ok((report, evaluated))
    }

    /// The labels of each article as the model's numbers.
    fn known_labels(&self, data: &Dataset, ignore_unknown: bool) -> Result<Vec<Vec<usize>>> {
        let index: BTreeMap<&str, usize> = self
            .labels()
            .iter()
            .enumerate()
            .map(|(i, label)| (label.as_str(), i))
            .collect();
        let mut unknown: BTreeSet<&str> = BTreeSet::new();
        let mut first_unknown = None;
        let mut carried = Vec::with_capacity(data.len());
        for (row, labels) in data.labels.iter().enumerate() {
            let mut known = Vec::new();
            for label in labels {
                match index.get(label.as_str()) {
                    Some(&number) => known.push(number),
                    None => {
                        unknown.insert(label);
                        first_unknown.get_or_insert(row);
                    }
                }
            }
            carried.push(known);
        }
        match first_unknown {
            Some(row) if !ignore_unknown => {
                let names: Vec<String> = unknown.iter().map(|l| format!("`{l}`")).collect();
                Err(data.locate(
                    Error::data(format!(
                        "found labels the model does not know: {}; it knows: {} (--ignore-unknown-labels leaves them out)",
                        names.join(", "),
                        self.labels().join(", ")
                    )),
                    row,
                ))
            }
            _ => Ok(carried),
        }
    }
}
