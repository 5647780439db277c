//! An evaluation as a page, for an editor and a statistician alike.

mod confusion;
mod definitions;
mod labels;
mod mistakes;
mod origin;
mod plots;
mod slices;
mod summary;
mod thresholds;

use maud::{Markup, PreEscaped, html};

use super::frame;
use crate::error::Result;
use crate::evaluation::{Evaluation, EvaluationKind};
use crate::metrics::Interval;
use crate::model::Task;
use crate::report::table::cell;

const SCRIPT: &str = include_str!("report.js");

/// Labels that curves are drawn of.
const MOST_CURVES: usize = 12;

/// A part of the page: its anchor, its heading and what it says.
struct Section {
    id: &'static str,
    heading: &'static str,
    body: Markup,
}

/// An evaluation as a self-contained page with plots.
///
/// It loads nothing from anywhere; its one script, which moves the threshold sliders, is allowed
/// by its hash, and everything can be read without it.
///
/// Errors: a plot cannot be drawn (kind `Failed`).
pub fn to_html(evaluation: &Evaluation) -> Result<String> {
    let title = title(evaluation);
    let sections: Vec<Section> = [
        Some(summary::figures(evaluation)),
        Some(labels::table(evaluation)?),
        Some(confusion::section(evaluation)?),
        plots::precision_recall(evaluation)?,
        Some(plots::reliability(evaluation)?),
        Some(thresholds::section(evaluation)),
        Some(plots::histograms(evaluation)?),
        slices::section(evaluation)?,
        plots::learning_curve(evaluation)?,
        Some(mistakes::section(evaluation)),
        Some(origin::splits(evaluation)),
        Some(origin::data_and_model(evaluation)),
        Some(definitions::section(evaluation.task)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let body = html! {
        header {
            h1 { bdi { (title) } }
            (summary::lead(evaluation))
        }
        nav aria-label="Sections" {
            @for section in &sections { a href={ "#" (section.id) } { (section.heading) } " " }
        }
        @for section in &sections {
            section id=(section.id) {
                h2 { (section.heading) }
                (section.body)
            }
        }
    };
    Ok(frame(&title, &body, Some(SCRIPT)))
}

fn title(evaluation: &Evaluation) -> String {
    match evaluation.kind {
        EvaluationKind::TestData => format!("Evaluation of {}", evaluation.model.name),
        EvaluationKind::CrossValidation => "Cross-validated evaluation".to_owned(),
    }
}

/// The labels with the largest support, at most a number of them, in the order of the model.
fn largest(evaluation: &Evaluation, most: usize) -> Vec<usize> {
    let support = |label: usize| evaluation.report.labels[label].counts.support();
    let mut labels: Vec<usize> = (0..evaluation.labels.len()).collect();
    labels.sort_by_key(|&label| std::cmp::Reverse(support(label)));
    labels.truncate(most);
    labels.sort_unstable();
    labels
}

/// Says so when not all labels are shown.
fn of_all(evaluation: &Evaluation, shown: usize) -> Markup {
    let all = evaluation.labels.len();
    html! {
        @if shown < all {
            p.note {
                "Shown: the " (shown) " topics that most articles carry, of " (all)
                ". The JSON report has all of them."
            }
        }
    }
}

/// A table that moves sideways in its own frame where it is wider than the page.
fn scrolling(name: &str, table: &Markup) -> Markup {
    html! { div.scroll tabindex="0" role="region" aria-label=(name) { (table) } }
}

/// An interval, or that there is none.
fn between(interval: Option<Interval>) -> Markup {
    html! {
        @match interval {
            Some(i) => { (format!("{:.3}", i.low)) "–" (format!("{:.3}", i.high)) }
            None => (absent()),
        }
    }
}

/// A figure, or that there is none.
fn value(value: Option<f64>) -> Markup {
    match value {
        Some(_) => html! { (cell(value)) },
        None => absent(),
    }
}

fn absent() -> Markup {
    PreEscaped("<span class=\"absent\">n/a</span>".to_owned())
}

/// A count with a narrow space between its thousands.
fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.len() > 4 {
            out.push('\u{202F}');
        }
        out.push(digit);
    }
    out
}

/// What the F1 over all decisions is called: of a multi-class model it is the accuracy.
fn micro(task: Task) -> &'static str {
    match task {
        Task::MultiLabel => "micro F1",
        Task::MultiClass => "accuracy",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted_from_five_digits_on() {
        assert_eq!([0, 999, 7532].map(count), ["0", "999", "7532"]);
        assert_eq!(count(12_345), "12\u{202F}345");
        assert_eq!(count(1_234_567), "1\u{202F}234\u{202F}567");
    }
}
