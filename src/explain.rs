//! Why an article got its labels: contributions of its words that add up to the decision.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use crate::classifier::{Prediction, TopicClassifier};
use crate::features::Family;
use crate::text::tokens;

/// The part of an article that a word stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The headline.
    Title,
    /// The text.
    Text,
}

/// A word of the article and what it adds to the decision values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WordEvidence {
    /// The word as it is written.
    pub word: String,
    /// Where it stands.
    pub field: Field,
    /// Its byte range in that field.
    pub span: Range<usize>,
    /// What it adds to the decision value of each label, in the model's order: the contributions
    /// of all features it is part of. A feature of several words is shared out among them.
    pub contributions: Vec<f64>,
}

/// All spellings of a word in the article together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TermEvidence {
    /// The word as it is first written.
    pub term: String,
    /// How often it occurs.
    pub count: usize,
    /// What all its occurrences add to the decision value of the label.
    pub contribution: f64,
}

/// A feature of the article and what it adds to one label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureEvidence {
    /// Word or character n-gram.
    pub family: Family,
    /// The n-gram.
    pub term: String,
    /// Its value in the article's vector.
    pub value: f64,
    /// Value times weight, for each label in the model's order.
    pub contributions: Vec<f64>,
}

/// Why an article got its labels.
///
/// For each label, intercept and contributions add up to the decision value; the calibration's
/// line turns that into the log-odds of the probability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The model's decision.
    pub prediction: Prediction,
    /// Decision value of each label.
    pub decision: Vec<f64>,
    /// Decision value of each label without any word.
    pub intercepts: Vec<f64>,
    /// All words of title and text, in their order.
    pub words: Vec<WordEvidence>,
    /// All features of the article's vector, in the model's order.
    pub features: Vec<FeatureEvidence>,
}

impl Explanation {
    /// The words that speak most for a label (or against it: negative contributions), the
    /// strongest first.
    pub fn strongest_terms(
        &self,
        label: usize,
        speak_for: bool,
        limit: usize,
    ) -> Vec<TermEvidence> {
        let mut terms: BTreeMap<String, TermEvidence> = BTreeMap::new();
        for word in &self.words {
            let mut folded = String::new();
            crate::text::fold_into(&word.word, &mut folded);
            let term = terms.entry(folded).or_insert_with(|| TermEvidence {
                term: word.word.clone(),
                count: 0,
                contribution: 0.0,
            });
            term.count += 1;
            term.contribution += word.contributions[label];
        }
        let mut ranked: Vec<TermEvidence> = terms
            .into_values()
            .filter(|t| {
                if speak_for {
                    t.contribution > 0.0
                } else {
                    t.contribution < 0.0
                }
            })
            .collect();
        ranked.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        ranked.truncate(limit);
        ranked
    }
}

impl TopicClassifier {
    /// Explains the decision on an article.
    ///
    /// ```
    /// let classifier = newstopics::TopicClassifier::pretrained();
    /// let explanation = classifier.explain("", "Zölle auf Stahl steigen.");
    /// let sum: f64 = explanation.words.iter().map(|word| word.contributions[2]).sum();
    /// assert!((explanation.intercepts[2] + sum - explanation.decision[2]).abs() < 1e-4);
    /// ```
    pub fn explain(&self, title: &str, text: &str) -> Explanation {
        let n_labels = self.labels().len();
        let mut words: Vec<WordEvidence> = [(Field::Title, title), (Field::Text, text)]
            .into_iter()
            .flat_map(|(field, content)| {
                tokens(content).map(move |token| WordEvidence {
                    word: token.text.to_owned(),
                    field,
                    span: token.span,
                    contributions: vec![0.0; n_labels],
                })
            })
            .collect();
        // Twice over the article: the places of all features together would take more memory
        // than anything else.
        let mut transformer = self.vectorizer().transformer();
        let mut counts = vec![0_u64; self.vectorizer().n_features()];
        let vector = transformer.analyse_places(title, text, |feature, _, weight| {
            counts[feature as usize] += u64::from(weight);
        });
        let features: Vec<FeatureEvidence> = vector
            .iter()
            .map(|(feature, value)| {
                let (family, term) = self.vectorizer().feature(feature);
                FeatureEvidence {
                    family,
                    term: term.to_owned(),
                    value: f64::from(value),
                    contributions: (0..n_labels)
                        .map(|label| f64::from(value) * f64::from(self.weight(feature, label)))
                        .collect(),
                }
            })
            .collect();
        let indices: Vec<u32> = vector.iter().map(|(feature, _)| feature as u32).collect();
        transformer.analyse_places(title, text, |feature, range, weight| {
            if let Ok(at) = indices.binary_search(&feature) {
                let count = counts[feature as usize];
                share_out(&features[at], count, weight, &mut words[range]);
            }
        });
        Explanation {
            prediction: self.predictor().predict(title, text),
            decision: self.decision_function(&vector),
            intercepts: self.info().intercepts.clone(),
            words,
            features,
        }
    }
}

/// Gives an occurrence of a feature its part of the feature's contributions (a word of the title
/// counts as often as its weight says), and each word of the occurrence an equal part of that.
fn share_out(feature: &FeatureEvidence, count: u64, weight: u32, words: &mut [WordEvidence]) {
    let share = f64::from(weight) / count as f64 / words.len() as f64;
    for word in words {
        for (sum, contribution) in word.contributions.iter_mut().zip(&feature.contributions) {
            *sum += share * contribution;
        }
    }
}
