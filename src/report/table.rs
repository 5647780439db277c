//! Figures in words, the same in all reports.

use crate::evaluation::Evaluation;
use crate::metrics::{Figure, Interval};
use crate::model::Task;

/// A figure with three decimals, or that there is none.
pub(super) fn cell(value: Option<f64>) -> String {
    value.map_or("n/a".to_owned(), |value| format!("{value:.3}"))
}

/// An interval with three decimals, empty when there is none.
pub(super) fn interval(interval: Option<Interval>) -> String {
    interval.map_or(String::new(), |i| format!("{:.3} - {:.3}", i.low, i.high))
}

/// The figures below the table of labels, in the order of reports, with their names in words.
pub(super) fn further_figures(task: Task) -> Vec<(Figure, &'static str)> {
    let (accuracy, matthews) = match task {
        Task::MultiLabel => ("subset accuracy", "Matthews correlation, mean"),
        Task::MultiClass => ("accuracy", "Matthews correlation"),
    };
    vec![
        (Figure::Accuracy, accuracy),
        (Figure::MeanAveragePrecision, "average precision, mean"),
        (Figure::MeanRocAuc, "ROC AUC, mean"),
        (Figure::MicroJaccard, "Jaccard, micro"),
        (Figure::MacroJaccard, "Jaccard, macro"),
        (Figure::SamplesJaccard, "Jaccard, samples"),
        (Figure::Matthews, matthews),
        (Figure::HammingLoss, "Hamming loss"),
        (Figure::BrierScore, "Brier score"),
        (Figure::LogLoss, "log loss"),
        (Figure::CalibrationError, "expected calibration error, mean"),
        (
            Figure::AbstentionCoverage,
            "given none, of those without label",
        ),
        (
            Figure::AbstentionPrecision,
            "without label, of those given none",
        ),
    ]
}

/// Sentences on articles without labels.
pub(super) fn abstention(evaluation: &Evaluation) -> Option<String> {
    let sum = evaluation.report.abstention;
    if evaluation.task == Task::MultiClass {
        return None;
    }
    let mut text = format!(
        "{} articles, {} without a label; {} were given one or more",
        evaluation.report.articles,
        sum.carrying_none,
        evaluation.report.articles - sum.given_none,
    );
    if sum.carrying_none > 0 {
        text += &format!(
            "\n{} false labels on articles without a label, {:.1} per 100",
            sum.false_labels,
            100.0 * sum.false_labels as f64 / sum.carrying_none as f64
        );
    }
    Some(text)
}

/// Sentences on how the articles were split, with what a random split would have scored.
pub(super) fn splits(evaluation: &Evaluation) -> Option<String> {
    let splits = evaluation.splits.as_ref()?;
    let mut text = format!(
        "{} folds, stratified by label combination; {} groups of near-duplicates with {} articles were kept together",
        splits.folds, splits.near_duplicate_groups, splits.near_duplicate_rows
    );
    if splits.declared_groups > 0 {
        text += &format!(
            ", as were the rows of {} declared groups",
            splits.declared_groups
        );
    }
    if let Some(random) = &splits.random {
        let difference = |figure: Figure| -> Option<String> {
            let (random, own) = (random.figure(figure)?, evaluation.report.figure(figure)?);
            // Adding 0 turns a rounded -0.000 into +0.000.
            let difference = (1e3 * (random - own)).round() / 1e3 + 0.0;
            Some(format!("{difference:+.3} {}", figure.name()))
        };
        let differences: Vec<String> = [Figure::MicroF1, Figure::MacroF1]
            .into_iter()
            .filter_map(difference)
            .collect();
        text += &format!(
            "; a random split would have scored {}",
            differences.join(", ")
        );
    }
    Some(text)
}

/// Sentences on test articles that the model was trained on.
pub(super) fn overlap(evaluation: &Evaluation) -> Option<String> {
    let overlap = evaluation.overlap.as_ref()?;
    if overlap.rows.is_empty() {
        return Some("no article is a near-duplicate of one the model was trained on".to_owned());
    }
    let mut text = format!(
        "{} of {} articles are near-duplicates of articles the model was trained on",
        overlap.rows.len(),
        evaluation.report.articles
    );
    if let Some(without) = &overlap.without {
        let figure = |figure: Figure| {
            let (with, without) = (evaluation.report.figure(figure), without.figure(figure));
            format!(
                "{} {} (with them {})",
                figure.name(),
                cell(without),
                cell(with)
            )
        };
        text += &format!(
            "; without them: {}, {}",
            figure(Figure::MicroF1),
            figure(Figure::MacroF1)
        );
    }
    Some(text)
}
