//! False and missed labels, with the words that misled.

use std::ops::Range;

use rayon::prelude::*;
use serde::Serialize;

use crate::classifier::TopicClassifier;
use crate::corpus::{Dataset, Document};
use crate::error::Position;
use crate::explain::{Explanation, Field, TermEvidence};
use crate::metrics::Evaluated;
use crate::model::Task;

/// What is wrong about a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MistakeKind {
    /// The label was given to an article that does not carry it. A wrong class of a multi-class
    /// model is one false label.
    False,
    /// The label was not given to an article that carries it.
    Missed,
}

/// A word of the excerpt or the title that misled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mark {
    /// Its byte range.
    pub span: Range<usize>,
    /// How much it misled, from 0 to 1 for the word that misled most.
    pub strength: f64,
}

/// One wrong decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Mistake {
    /// The article's number in the data, from 0.
    pub row: usize,
    /// The article's id.
    pub id: String,
    /// Where the article stands.
    pub position: Position,
    /// The label falsely given or missed.
    pub label: usize,
    /// Which of the two.
    pub kind: MistakeKind,
    /// Probability of the label.
    pub probability: f64,
    /// The threshold it was held against; `None` where there was none.
    pub threshold: Option<f64>,
    /// Probability that the model gives to what the data say of the label (of the class, in
    /// multi-class data): the lower, the likelier the data are wrong (the "self-confidence" of
    /// confident learning, Northcutt, Jiang and Chuang 2021).
    pub self_confidence: f64,
    /// The labels the article carries.
    pub carries: Vec<usize>,
    /// The labels it was given.
    pub given: Vec<usize>,
    /// The headline.
    pub title: String,
    /// The beginning of the text, cut after a word.
    pub excerpt: String,
    /// The words that misled, the strongest first; empty where they were not looked for.
    pub evidence: Vec<TermEvidence>,
    /// The words of the title that misled.
    pub title_marks: Vec<Mark>,
    /// The words of the excerpt that misled.
    pub excerpt_marks: Vec<Mark>,
}

/// All wrong decisions, likely errors of the data first: by ascending self-confidence.
#[derive(Debug, Clone, Default)]
pub struct Mistakes {
    /// The wrong decisions.
    pub ranked: Vec<Mistake>,
}

/// Mistakes of either kind that reports show and whose words are always looked for.
const WORST: usize = 10;
/// Characters of an excerpt, about.
const EXCERPT: usize = 280;
/// Words that misled, of one mistake.
const WORDS: usize = 6;
/// A word that moves the decision value by less did not mislead.
const LEAST: f64 = 0.01;

impl Mistakes {
    /// The worst mistakes of a kind, ten at most: those the model was surest of.
    pub fn worst(&self, kind: MistakeKind) -> impl Iterator<Item = &Mistake> {
        self.ranked
            .iter()
            .filter(move |m| m.kind == kind)
            .take(WORST)
    }

    /// Number of mistakes of a kind.
    pub fn count(&self, kind: MistakeKind) -> usize {
        self.ranked.iter().filter(|m| m.kind == kind).count()
    }

    /// Every wrong decision, without the words; `thresholds` gives those of an article.
    pub(super) fn find<'t>(
        data: &Dataset,
        task: Task,
        evaluated: &[Evaluated],
        thresholds: impl Fn(usize) -> &'t [Option<f64>],
    ) -> Self {
        let mut ranked = Vec::new();
        for (row, article) in evaluated.iter().enumerate() {
            let wrong = article
                .given
                .iter()
                .filter(|l| !article.carries.contains(l));
            let missed = article
                .carries
                .iter()
                .filter(|l| !article.given.contains(l));
            let both = wrong
                .map(|&label| (label, MistakeKind::False))
                .chain(missed.map(|&label| (label, MistakeKind::Missed)));
            for (label, kind) in both {
                // A wrong class is shown once, as the false one.
                if task == Task::MultiClass
                    && kind == MistakeKind::Missed
                    && !article.given.is_empty()
                {
                    continue;
                }
                let threshold = thresholds(row)[label];
                ranked.push(mistake(data, row, article, (label, kind), threshold, task));
            }
        }
        ranked.sort_by(|a, b| {
            a.self_confidence
                .total_cmp(&b.self_confidence)
                .then(a.row.cmp(&b.row))
                .then(a.label.cmp(&b.label))
        });
        Self { ranked }
    }

    /// The numbers of the mistakes whose words are wanted: all, or the worst of both kinds.
    pub(super) fn to_explain(&self, all: bool) -> Vec<usize> {
        let mut left = [WORST, WORST];
        (0..self.ranked.len())
            .filter(|&at| {
                let left = &mut left[usize::from(self.ranked[at].kind == MistakeKind::Missed)];
                let wanted = all || *left > 0;
                *left = left.saturating_sub(1);
                wanted
            })
            .collect()
    }

    /// Looks for the words that misled a model in some of the mistakes.
    pub(super) fn explain(&mut self, which: &[usize], model: &TopicClassifier, data: &Dataset) {
        let explained: Vec<(usize, Words)> = which
            .par_iter()
            .map(|&at| {
                let mistake = &self.ranked[at];
                let document = &data.documents[mistake.row];
                let explanation = model.explain(document.title(), &document.text);
                (at, Words::of(mistake, &explanation))
            })
            .collect();
        for (at, words) in explained {
            let mistake = &mut self.ranked[at];
            mistake.evidence = words.evidence;
            mistake.title_marks = words.title_marks;
            mistake.excerpt_marks = words.excerpt_marks;
        }
    }
}

fn mistake(
    data: &Dataset,
    row: usize,
    article: &Evaluated,
    (label, kind): (usize, MistakeKind),
    threshold: Option<f64>,
    task: Task,
) -> Mistake {
    let document = &data.documents[row];
    let probability = article.scores[label];
    let self_confidence = match (task, kind, article.carries.first()) {
        (Task::MultiClass, MistakeKind::False, Some(&truth)) => article.scores[truth],
        (_, MistakeKind::False, _) => 1.0 - probability,
        (_, MistakeKind::Missed, _) => probability,
    };
    Mistake {
        row,
        id: document.id.clone(),
        position: data.positions[row].clone(),
        label,
        kind,
        probability,
        threshold,
        self_confidence,
        carries: article.carries.clone(),
        given: article.given.clone(),
        title: document.title().to_owned(),
        excerpt: beginning(document),
        evidence: Vec::new(),
        title_marks: Vec::new(),
        excerpt_marks: Vec::new(),
    }
}

/// The beginning of a text, cut after a word: a part of the text, so that places in it are
/// places in the text.
fn beginning(document: &Document) -> String {
    let text = document.text.as_str();
    let Some((end, _)) = text.char_indices().nth(EXCERPT) else {
        return text.to_owned();
    };
    let cut = text[..end].rfind(char::is_whitespace).unwrap_or(end);
    text[..cut].to_owned()
}

/// What misled in one article.
struct Words {
    evidence: Vec<TermEvidence>,
    title_marks: Vec<Mark>,
    excerpt_marks: Vec<Mark>,
}

impl Words {
    fn of(mistake: &Mistake, explanation: &Explanation) -> Self {
        let speak_for = mistake.kind == MistakeKind::False;
        let sign = if speak_for { 1.0 } else { -1.0 };
        let strengths = || {
            explanation
                .words
                .iter()
                .map(|word| (word, sign * word.contributions[mistake.label]))
        };
        let strongest = strengths()
            .map(|(_, strength)| strength)
            .fold(0.0, f64::max);
        let marks = |field: Field, end: usize| -> Vec<Mark> {
            strengths()
                .filter(|(word, strength)| {
                    word.field == field && word.span.end <= end && *strength > 0.0
                })
                .map(|(word, strength)| Mark {
                    span: word.span.clone(),
                    strength: strength / strongest,
                })
                .collect()
        };
        Self {
            evidence: explanation
                .strongest_terms(mistake.label, speak_for, WORDS)
                .into_iter()
                .filter(|term| term.contribution.abs() >= LEAST)
                .collect(),
            title_marks: marks(Field::Title, usize::MAX),
            excerpt_marks: marks(Field::Text, mistake.excerpt.len()),
        }
    }
}
