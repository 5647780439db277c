//! What the evaluation says in one sentence, and its figures.

use maud::{Markup, html};

use super::{Section, between, count, scrolling, value};
use crate::evaluation::{Evaluation, EvaluationKind};
use crate::metrics::{Figure, Interval};
use crate::model::Task;
use crate::report::table::further_figures;

/// The figures that stand large at the top.
fn tiles(task: Task) -> Vec<(Figure, &'static str, &'static str)> {
    use Figure as F;
    match task {
        Task::MultiLabel => vec![
            (F::MicroF1, "micro F1", "all decisions together"),
            (F::MacroF1, "macro F1", "every topic counts alike"),
            (
                F::MicroPrecision,
                "precision",
                "of the labels given, the share that is right",
            ),
            (
                F::MicroRecall,
                "recall",
                "of the labels to be given, the share that is found",
            ),
            (
                F::Accuracy,
                "subset accuracy",
                "articles with exactly the right labels",
            ),
            (
                F::AbstentionCoverage,
                "left alone",
                "of the articles without a topic, the share given none",
            ),
        ],
        Task::MultiClass => vec![
            (F::Accuracy, "accuracy", "articles with the right class"),
            (F::MacroF1, "macro F1", "every class counts alike"),
            (F::MacroPrecision, "macro precision", "mean of the classes"),
            (F::MacroRecall, "macro recall", "mean of the classes"),
            (
                F::MeanRocAuc,
                "mean ROC AUC",
                "how well probabilities rank articles",
            ),
            (F::LogLoss, "log loss", "lower is better"),
        ],
    }
}

/// The sentence under the title, with the warnings.
pub fn lead(evaluation: &Evaluation) -> Markup {
    html! {
        p.lead { (sentence(evaluation)) }
        @if let Some(text) = abstention(evaluation) { p.subtitle { (text) } }
        @for warning in &evaluation.warnings {
            p.warning role="note" { strong { "Warning: " } bdi { (warning) } "." }
        }
    }
}

fn sentence(evaluation: &Evaluation) -> Markup {
    let articles = count(evaluation.report.articles);
    let whose = match evaluation.kind {
        EvaluationKind::TestData => "the model",
        EvaluationKind::CrossValidation => "a model trained this way",
    };
    let hundred = |figure: Figure| {
        evaluation
            .report
            .figure(figure)
            .map(|v| format!("{:.0}", 100.0 * v))
    };
    if evaluation.task == Task::MultiClass {
        return html! {
            "Of 100 articles, " (whose) " gives the right class to "
            strong { "about " (hundred(Figure::Accuracy).unwrap_or_default()) }
            " (accuracy " (headline(evaluation, Figure::Accuracy)) "), measured on "
            (articles) " articles."
        };
    }
    let carried = evaluation.report.averages.micro.support > 0;
    match (
        hundred(Figure::MicroPrecision),
        hundred(Figure::MicroRecall),
    ) {
        (Some(precision), Some(recall)) if carried => html! {
            "Of 100 labels that " (whose) " gives, "
            strong { "about " (precision) " are right" }
            ", and of 100 that it should give, it "
            strong { "finds about " (recall) }
            " (micro F1 " (headline(evaluation, Figure::MicroF1)) "), measured on " (articles) " articles."
        },
        _ => html! {
            "None of the " (articles) " articles carries a label, so it cannot be said how many are found; "
            (whose) " gave " (evaluation.report.abstention.false_labels) " labels, all of them wrong."
        },
    }
}

/// A figure and its interval within a sentence.
fn headline(evaluation: &Evaluation, figure: Figure) -> Markup {
    let found = evaluation.figure(figure);
    html! {
        (value(found.map(|(value, _)| value)))
        @if let Some(interval) = found.and_then(|(_, interval)| interval) {
            ", 95 % interval " (format!("{:.3}", interval.low)) " to " (format!("{:.3}", interval.high))
        }
    }
}

fn abstention(evaluation: &Evaluation) -> Option<String> {
    let sum = evaluation.report.abstention;
    if evaluation.task == Task::MultiClass || sum.carrying_none == 0 {
        return None;
    }
    Some(format!(
        "{} of the articles carry no topic; {} of them were rightly given none, and {} labels were given to the others, {:.1} per 100 such articles.",
        count(sum.carrying_none),
        count(sum.rightly_given_none),
        count(sum.false_labels),
        100.0 * sum.false_labels as f64 / sum.carrying_none as f64
    ))
}

/// The figures, the main ones large.
pub fn figures(evaluation: &Evaluation) -> Section {
    let body = html! {
        div.tiles {
            @for (figure, name, meaning) in tiles(evaluation.task) {
                @let found = evaluation.figure(figure);
                div.tile {
                    div.name { (name) }
                    div.figure { (value(found.map(|(value, _)| value))) }
                    div.interval { (between(found.and_then(|(_, interval)| interval))) }
                    div.meaning { (meaning) }
                }
            }
        }
        p.note {
            @match &evaluation.intervals {
                Some(intervals) => {
                    "Below each figure its 95 % interval: percentile bootstrap, "
                    (count(intervals.resamples)) " resamples of the " (count(evaluation.report.articles))
                    " articles, seed " (intervals.seed) "."
                }
                None => "No intervals were asked for (--resamples 0)."
            }
        }
        details {
            summary { "All figures" }
            (scrolling("All figures", &all(evaluation)))
        }
    };
    Section {
        id: "figures",
        heading: "Figures",
        body,
    }
}

fn all(evaluation: &Evaluation) -> Markup {
    use Figure as F;
    let averages = [
        ("micro", [F::MicroPrecision, F::MicroRecall, F::MicroF1]),
        ("macro", [F::MacroPrecision, F::MacroRecall, F::MacroF1]),
        (
            "weighted",
            [F::WeightedPrecision, F::WeightedRecall, F::WeightedF1],
        ),
        (
            "samples",
            [F::SamplesPrecision, F::SamplesRecall, F::SamplesF1],
        ),
    ];
    let names = ["precision", "recall", "F1"];
    let mut rows: Vec<(String, f64, Option<Interval>)> = Vec::new();
    for (average, figures) in averages {
        for (figure, name) in figures.into_iter().zip(names) {
            if let Some((value, interval)) = evaluation.figure(figure) {
                rows.push((format!("{name}, {average}"), value, interval));
            }
        }
    }
    for (figure, name) in further_figures(evaluation.task) {
        if let Some((value, interval)) = evaluation.figure(figure) {
            rows.push((name.to_owned(), value, interval));
        }
    }
    html! {
        table {
            thead { tr { th { "figure" } th.n { "value" } th.n { "95 % interval" } } }
            tbody {
                @for (name, value, interval) in rows {
                    tr {
                        th scope="row" { (name) }
                        td.n { (format!("{value:.3}")) }
                        td.n { (between(interval)) }
                    }
                }
            }
        }
    }
}
