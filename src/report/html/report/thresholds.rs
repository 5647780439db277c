//! What other thresholds would give, in numbers.

use maud::{Markup, html};

use super::{MOST_CURVES, Section, absent, count, largest, of_all, scrolling, value};
use crate::evaluation::{Evaluation, LabelDetail};
use crate::metrics::ThresholdRow;

pub fn section(evaluation: &Evaluation) -> Section {
    let shown = largest(evaluation, MOST_CURVES);
    let without = evaluation
        .details
        .iter()
        .all(|detail| detail.threshold.is_none());
    let body = html! {
        p {
            "An article is given a topic when its probability reaches the topic’s threshold. Raise "
            "it for fewer false labels, lower it to miss less. "
            @if without { "Here no threshold was used: the most probable was given. " }
            "These figures are of the evaluated articles: a threshold chosen by them flatters."
        }
        (of_all(evaluation, shown.len()))
        div.panels.even[matches!(shown.len(), 2 | 4)] {
            @for &at in &shown { (one(&evaluation.labels[at], &evaluation.details[at])) }
        }
        (targets(evaluation, &shown))
    };
    Section {
        id: "thresholds",
        heading: "Thresholds",
        body,
    }
}

fn one(label: &str, detail: &LabelDetail) -> Markup {
    // Without a threshold in use, the slider starts in the middle.
    let start = detail.thresholds.iter().position(|row| row.chosen);
    let start = start.unwrap_or(detail.thresholds.len() / 2);
    html! {
        div.thresholds {
            h3 { bdi { (label) } }
            @if let Some(row) = detail.thresholds.get(start) {
                output {
                    "From " b { (threshold(row)) } ": given to " b { (count(row.given)) }
                    " articles, precision " b { (value(row.precision)) }
                    ", recall " b { (value(row.recall)) } ", F1 " b { (value(row.f1)) }
                }
            }
            details {
                summary { "Table" }
                (scrolling(label, &table(detail, start)))
            }
        }
    }
}

fn table(detail: &LabelDetail, start: usize) -> Markup {
    html! {
        table {
            thead {
                tr { th.n { "from" } th.n { "given" } th.n { "precision" } th.n { "recall" } th.n { "F1" } th {} }
            }
            tbody {
                @for (at, row) in detail.thresholds.iter().enumerate() {
                    tr.start[at == start] {
                        td.n { (threshold(row)) }
                        td.n { (count(row.given)) }
                        td.n { (value(row.precision)) }
                        td.n { (value(row.recall)) }
                        td.n { (value(row.f1)) }
                        td { @if row.chosen { "in use" } }
                    }
                }
            }
        }
    }
}

fn threshold(row: &ThresholdRow) -> Markup {
    match (row.threshold, row.chosen) {
        (Some(threshold), true) => html! { (format!("{threshold:.3}")) },
        (Some(threshold), false) => html! { (format!("{threshold:.2}")) },
        (None, _) => absent(),
    }
}

/// What the model's own thresholds for chosen precisions give.
fn targets(evaluation: &Evaluation, shown: &[usize]) -> Markup {
    let rows = shown
        .iter()
        .map(|&at| {
            (
                &evaluation.labels[at],
                &evaluation.details[at].target_precisions,
            )
        })
        .filter(|(_, targets)| !targets.is_empty());
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return html! {};
    }
    let table = html! {
        table {
            thead {
                tr {
                    th { "topic" } th.n { "chosen for" } th.n { "threshold" } th.n { "given to" }
                    th.n { "precision here" } th.n { "recall here" }
                }
            }
            @for (label, targets) in rows {
                tbody {
                    @for (at, target) in targets.iter().enumerate() {
                        tr {
                            @if at == 0 { th scope="rowgroup" rowspan=(targets.len()) { bdi { (label) } } }
                            td.n { (format!("{:.2}", target.target)) }
                            td.n { (value(target.row.threshold)) }
                            td.n { (count(target.row.given)) }
                            td.n { (value(target.row.precision)) }
                            td.n { (value(target.row.recall)) }
                        }
                    }
                }
            }
        }
    };
    html! {
        details {
            summary { "Thresholds chosen for a precision (--target-precision)" }
            p.note {
                "Chosen on out-of-fold probabilities of the training articles; the last two columns "
                "say whether they hold here. n/a: no threshold reached the precision."
            }
            (scrolling("Thresholds chosen for a precision", &table))
        }
    }
}
