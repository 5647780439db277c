//! Single decisions that two models take differently.

use serde::Serialize;

use crate::corpus::Dataset;
use crate::error::Position;
use crate::metrics::Evaluated;

/// What the second model did to a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FlipKind {
    /// The first model was wrong, the second is right.
    Fixed,
    /// The first model was right, the second is wrong.
    Broken,
}

/// A label that one model gives to an article and the other does not.
#[derive(Debug, Clone, PartialEq)]
pub struct Flip {
    /// The article's number in the data, from 0.
    pub row: usize,
    /// The article's id.
    pub id: String,
    /// Where the article stands.
    pub position: Position,
    /// The headline, or the beginning of the text.
    pub excerpt: String,
    /// The label: an index into the compared labels.
    pub label: usize,
    /// Whether the article carries it.
    pub carries: bool,
    /// Whether that is for the better.
    pub kind: FlipKind,
    /// Its probability by the first and by the second model.
    pub probabilities: [f64; 2],
}

impl Flip {
    /// Whether the second model gives the label (and the first does not), or the other way round.
    pub fn is_given(&self) -> bool {
        self.carries == (self.kind == FlipKind::Fixed)
    }

    fn change(&self) -> f64 {
        (self.probabilities[1] - self.probabilities[0]).abs()
    }
}

/// Characters of an excerpt.
const EXCERPT: usize = 66;

/// All differing decisions, those whose probability changed most first.
pub(super) fn find(data: &Dataset, n_labels: usize, [a, b]: [&[Evaluated]; 2]) -> Vec<Flip> {
    let mut flips = Vec::new();
    for (row, (a, b)) in a.iter().zip(b).enumerate() {
        for label in 0..n_labels {
            let given = b.given.contains(&label);
            if a.given.contains(&label) == given {
                continue;
            }
            let carries = a.carries.contains(&label);
            flips.push(Flip {
                row,
                id: data.documents[row].id.clone(),
                position: data.positions[row].clone(),
                excerpt: excerpt(data, row),
                label,
                carries,
                kind: if carries == given {
                    FlipKind::Fixed
                } else {
                    FlipKind::Broken
                },
                probabilities: [a.scores[label], b.scores[label]],
            });
        }
    }
    flips.sort_by(|a, b| {
        b.change()
            .total_cmp(&a.change())
            .then((a.row, a.label).cmp(&(b.row, b.label)))
    });
    flips
}

fn excerpt(data: &Dataset, row: usize) -> String {
    let document = &data.documents[row];
    let text = match document.title().trim() {
        "" => document.text.as_str(),
        title => title,
    };
    let line: Vec<&str> = text.split_whitespace().take(EXCERPT).collect();
    let line = line.join(" ");
    if line.chars().count() > EXCERPT {
        line.chars().take(EXCERPT - 1).collect::<String>() + "…"
    } else {
        line
    }
}
