//! The report as Markdown, for merge requests and wikis.

use std::fmt::Write;

use super::table::{abstention, cell, further_figures, interval, overlap, splits};
use crate::corpus::DataFile;
use crate::evaluation::{Evaluation, EvaluationKind, MistakeKind};
use crate::metrics::Figure;
use crate::model::Task;

/// An evaluation as a Markdown document (tables as GitHub's dialect has them).
pub fn to_markdown(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_head(&mut out, evaluation);
    let _ = write_figures(&mut out, evaluation);
    let _ = write_labels(&mut out, evaluation);
    let _ = write_target_precisions(&mut out, evaluation);
    let _ = write_confusion(&mut out, evaluation);
    let _ = write_slices(&mut out, evaluation);
    let _ = write_learning_curve(&mut out, evaluation);
    let _ = write_mistakes(&mut out, evaluation);
    let _ = write_origin(&mut out, evaluation);
    out
}

fn write_head(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    let kind = match evaluation.kind {
        EvaluationKind::TestData => format!("Evaluation of {}", text(&evaluation.model.name)),
        EvaluationKind::CrossValidation => "Cross-validated evaluation".to_owned(),
    };
    writeln!(out, "# {kind}\n")?;
    for warning in &evaluation.warnings {
        writeln!(out, "> **Warning:** {}\n", text(warning))?;
    }
    let sentences = [
        abstention(evaluation),
        splits(evaluation),
        overlap(evaluation),
    ];
    for sentence in sentences.into_iter().flatten() {
        writeln!(out, "{}.\n", sentence.replace('\n', "; "))?;
    }
    Ok(())
}

fn write_figures(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    writeln!(
        out,
        "## Figures\n\n| figure | value | 95 % interval |\n|---|---:|---:|"
    )?;
    let headline = [
        (Figure::MicroF1, "F1, micro"),
        (Figure::MacroF1, "F1, macro"),
        (Figure::WeightedF1, "F1, weighted"),
        (Figure::SamplesF1, "F1, samples"),
    ];
    for (figure, name) in headline.into_iter().chain(further_figures(evaluation.task)) {
        if let Some((value, between)) = evaluation.figure(figure) {
            writeln!(out, "| {name} | {value:.3} | {} |", interval(between))?;
        }
    }
    if let Some(intervals) = &evaluation.intervals {
        writeln!(
            out,
            "\nIntervals: percentile bootstrap over articles, {} resamples, seed {}.",
            intervals.resamples, intervals.seed
        )?;
    }
    writeln!(out)
}

fn write_labels(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    writeln!(
        out,
        "## Topics\n\n| topic | precision | recall | F1 | 95 % interval | support | given | threshold | average precision | ROC AUC | Matthews | Brier | calibration error |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    )?;
    for (index, (label, detail)) in evaluation
        .report
        .labels
        .iter()
        .zip(&evaluation.details)
        .enumerate()
    {
        let between = evaluation
            .intervals
            .as_ref()
            .and_then(|i| i.labels[index].f1);
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.3} | {:.3} |",
            text(&label.label),
            cell(label.precision()),
            cell(label.recall()),
            cell(label.f1()),
            interval(between),
            label.counts.support(),
            label.counts.given(),
            cell(detail.threshold),
            cell(label.average_precision),
            cell(label.roc_auc),
            cell(label.matthews),
            label.brier_score,
            label.calibration_error,
        )?;
    }
    writeln!(out)
}

/// What the model's thresholds for chosen precisions give, where it has them.
fn write_target_precisions(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    if evaluation
        .details
        .iter()
        .all(|d| d.target_precisions.is_empty())
    {
        return Ok(());
    }
    writeln!(
        out,
        "## Thresholds for chosen precisions\n\n| topic | chosen for | threshold | given | precision here | recall here |\n|---|---:|---:|---:|---:|---:|"
    )?;
    for (label, detail) in evaluation.labels.iter().zip(&evaluation.details) {
        for target in &detail.target_precisions {
            writeln!(
                out,
                "| {} | {:.2} | {} | {} | {} | {} |",
                text(label),
                target.target,
                cell(target.row.threshold),
                target.row.given,
                cell(target.row.precision),
                cell(target.row.recall),
            )?;
        }
    }
    writeln!(out)
}

fn write_confusion(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    let mut names: Vec<String> = evaluation.labels.iter().map(|l| text(l)).collect();
    if evaluation.task == Task::MultiLabel {
        names.push("(none)".to_owned());
    }
    writeln!(out, "## True labels (rows) and given ones (columns)\n")?;
    writeln!(out, "| | {} |", names.join(" | "))?;
    writeln!(out, "|---|{}", "---:|".repeat(names.len()))?;
    for (name, row) in names.iter().zip(&evaluation.confusion) {
        let counts: Vec<String> = row.iter().take(names.len()).map(usize::to_string).collect();
        writeln!(out, "| {name} | {} |", counts.join(" | "))?;
    }
    writeln!(out)
}

fn write_slices(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    for slicing in evaluation.slicings.iter().filter(|s| s.slices.len() > 1) {
        writeln!(
            out,
            "## By {}\n\n| {} | articles | F1, micro | 95 % interval | F1, macro | accuracy | false labels on articles without |\n|---|---:|---:|---:|---:|---:|---:|",
            text(&slicing.by),
            text(&slicing.by)
        )?;
        for slice in &slicing.slices {
            let carried = slice.report.labels.iter().any(|l| l.score.support > 0);
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {:.3} | {} |",
                text(&slice.value),
                slice.report.articles,
                cell(carried.then_some(slice.report.averages.micro.f1)),
                interval(slice.micro_f1.filter(|_| carried)),
                cell(carried.then_some(slice.report.averages.macro_carried.f1)),
                slice.report.accuracy,
                slice.report.abstention.false_labels,
            )?;
        }
        if slicing.left_out > 0 {
            writeln!(out, "\n{} smaller ones are left out.", slicing.left_out)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_learning_curve(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    if evaluation.learning_curve.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "## Learning curve\n\n| share | training articles | F1, micro | F1, macro |\n|---:|---:|---:|---:|"
    )?;
    for point in &evaluation.learning_curve {
        writeln!(
            out,
            "| {:.0} % | {} | {:.3} | {:.3} |",
            100.0 * point.share,
            point.articles,
            point.report.averages.micro.f1,
            point.report.averages.macro_.f1
        )?;
    }
    writeln!(out)
}

fn write_mistakes(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    for (kind, name) in [
        (MistakeKind::False, "false"),
        (MistakeKind::Missed, "missed"),
    ] {
        let count = evaluation.mistakes.count(kind);
        if count == 0 {
            continue;
        }
        writeln!(
            out,
            "## Worst {name} labels (of {count})\n\n| article | topic | probability | threshold | beginning | words that misled |\n|---|---|---:|---:|---|---|"
        )?;
        for mistake in evaluation.mistakes.worst(kind) {
            let words: Vec<String> = mistake
                .evidence
                .iter()
                .map(|term| format!("{} {:+.2}", term.term, term.contribution))
                .collect();
            writeln!(
                out,
                "| {} | {} | {:.3} | {} | {} | {} |",
                text(&mistake.id),
                text(&evaluation.labels[mistake.label]),
                mistake.probability,
                cell(mistake.threshold),
                text(&format!("{} {}", mistake.title, mistake.excerpt)),
                text(&words.join(", ")),
            )?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_origin(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    writeln!(out, "## Data and model\n")?;
    let files = |files: &[DataFile]| -> String {
        let names: Vec<String> = files
            .iter()
            .map(|f| {
                let digest = f.sha256.get(..12).unwrap_or(&f.sha256);
                format!(
                    "{} ({} articles, SHA-256 {digest})",
                    text(&f.name),
                    f.records
                )
            })
            .collect();
        names.join(", ")
    };
    writeln!(out, "- evaluated: {}", files(&evaluation.data.files))?;
    let languages: Vec<String> = evaluation
        .data
        .languages
        .iter()
        .map(|(language, count)| format!("{} {count}", text(language)))
        .collect();
    writeln!(out, "- languages: {}", languages.join(", "))?;
    let model = &evaluation.model;
    writeln!(
        out,
        "- model: {}, newstopics {}, trained on {} articles: {}",
        text(&model.name),
        model.program_version,
        model.articles,
        files(&model.files)
    )?;
    let settings: Vec<String> = model
        .settings
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    writeln!(out, "- settings: {}", settings.join(", "))
}

/// A text as one line in which nothing is taken for Markdown.
fn text(text: &str) -> String {
    let mut out = String::new();
    for c in text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
    {
        if matches!(
            c,
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#' | '~'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
