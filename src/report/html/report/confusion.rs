//! Which labels are taken for which, and which occur together.

use maud::{Markup, html};

use super::{Section, count, largest, of_all};
use crate::error::Result;
use crate::evaluation::Evaluation;
use crate::model::Task;
use crate::report::plots::{Caption, HeatMap, heat_map};

/// Labels that have room in a heat map.
const MOST: usize = 20;

/// Pairs that are taken for one another, listed in words.
const PAIRS: usize = 5;

pub fn section(evaluation: &Evaluation) -> Result<Section> {
    let shown = largest(evaluation, MOST);
    let together = evaluation.task == Task::MultiLabel && evaluation.labels.len() > 1;
    let body = html! {
        (of_all(evaluation, shown.len()))
        h3 { "Taken for one another" }
        p {
            "Rows: what the articles carry. Columns, in the same order: what they were given. "
            "Blue cells are right, orange ones wrong; the deeper, the larger the share of the row."
        }
        (pairs(evaluation))
        (confusion(evaluation, &shown)?)
        @if together {
            h3 { "Carried together" }
            p {
                "How many articles carry both topics; on the diagonal, how many carry the topic. "
                "Topics that occur together are harder to tell apart."
            }
            (co_occurrence(evaluation, &shown)?)
        }
    };
    Ok(Section {
        id: "confusion",
        heading: "What it confuses",
        body,
    })
}

/// The most frequent mistakes in words, over all labels.
fn pairs(evaluation: &Evaluation) -> Markup {
    let matrix = &evaluation.confusion;
    let mut wrong: Vec<(usize, usize, usize)> = Vec::new();
    for (row, counts) in matrix.iter().enumerate() {
        let others = counts
            .iter()
            .enumerate()
            .filter(|(column, n)| *column != row && **n > 0);
        wrong.extend(others.map(|(column, &n)| (n, row, column)));
    }
    wrong.sort_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let name = |label: usize| evaluation.labels.get(label);
    html! {
        @if wrong.is_empty() { p { "Nothing was confused." } }
        @else {
            ul.pairs {
                @for &(n, row, column) in wrong.iter().take(PAIRS) {
                    li {
                        strong.number { (count(n)) "×" } " "
                        @match (name(row), name(column)) {
                            (Some(truth), Some(given)) => { bdi { (truth) } " was taken for " bdi { (given) } },
                            (Some(truth), None) => { bdi { (truth) } " was missed" },
                            (None, Some(given)) => { bdi { (given) } " was given without reason" },
                            (None, None) => {},
                        }
                    }
                }
            }
        }
    }
}

fn confusion(evaluation: &Evaluation, shown: &[usize]) -> Result<Markup> {
    let matrix = &evaluation.confusion;
    let none = evaluation.labels.len();
    let mut rows = shown.to_vec();
    let mut names: Vec<&str> = shown
        .iter()
        .map(|&l| evaluation.labels[l].as_str())
        .collect();
    if evaluation.task == Task::MultiLabel {
        rows.push(none);
        names.push("(none)");
    }
    let totals: Vec<usize> = rows.iter().map(|&row| matrix[row].iter().sum()).collect();
    let caption = Caption {
        title: "Confusion of topics".to_owned(),
        description: diagonal(&names, &rows, matrix, &totals),
    };
    picture(&caption, &names, &rows, matrix, &totals)
}

fn co_occurrence(evaluation: &Evaluation, shown: &[usize]) -> Result<Markup> {
    let matrix = &evaluation.co_occurrence;
    let names: Vec<&str> = shown
        .iter()
        .map(|&l| evaluation.labels[l].as_str())
        .collect();
    let totals: Vec<usize> = shown.iter().map(|&row| matrix[row][row]).collect();
    let caption = Caption {
        title: "Topics carried together".to_owned(),
        description: format!("counts of pairs among {} topics", names.len()),
    };
    picture(&caption, &names, shown, matrix, &totals)
}

fn picture(
    caption: &Caption,
    labels: &[&str],
    rows: &[usize],
    matrix: &[Vec<usize>],
    totals: &[usize],
) -> Result<Markup> {
    let counts: Vec<Vec<usize>> = rows
        .iter()
        .map(|&row| rows.iter().map(|&column| matrix[row][column]).collect())
        .collect();
    let map = HeatMap {
        labels,
        counts: &counts,
        totals,
    };
    Ok(
        html! { div.scroll tabindex="0" role="region" aria-label=(caption.title) { (heat_map(caption, &map)?) } },
    )
}

/// What the diagonal of a confusion matrix says, in words.
fn diagonal(names: &[&str], rows: &[usize], matrix: &[Vec<usize>], totals: &[usize]) -> String {
    let right: Vec<String> = names
        .iter()
        .zip(rows)
        .zip(totals)
        .map(|((name, &row), total)| format!("{name} {} of {total}", matrix[row][row]))
        .collect();
    format!("right are {}", right.join(", "))
}
