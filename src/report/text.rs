//! The report as people know it from scikit-learn.

use std::fmt::Write;

use crate::metrics::{ClassificationReport, LabelScore};
use crate::model::Task;

/// The report as lines of text.
pub fn to_text(report: &ClassificationReport) -> String {
    let names = report.labels.iter().map(|l| l.label.chars().count());
    let width = names.max().unwrap_or(0).max("weighted avg".len());
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_table(&mut out, report, width);
    let _ = write_summary(&mut out, report);
    if let Some(confusion) = &report.confusion {
        let _ = write_confusion(&mut out, report, confusion, width);
    }
    out
}

fn write_table(out: &mut String, report: &ClassificationReport, width: usize) -> std::fmt::Result {
    writeln!(
        out,
        "{:>width$}  precision    recall  f1-score   support  avg-precision\n",
        ""
    )?;
    for label in &report.labels {
        let average_precision = label
            .average_precision
            .map_or("n/a".to_owned(), |ap| format!("{ap:.3}"));
        writeln!(
            out,
            "{}{average_precision:>15}",
            line(&label.label, label.score, width)
        )?;
    }
    writeln!(out)?;
    let averages = &report.averages;
    match report.task {
        Task::MultiLabel => writeln!(out, "{}", line("micro avg", averages.micro, width))?,
        Task::MultiClass => writeln!(
            out,
            "{:>width$}  {:>9} {:>9} {:>9.3} {:>9}",
            "accuracy", "", "", report.accuracy, report.articles
        )?,
    }
    let mean = report
        .mean_average_precision
        .map_or("n/a".to_owned(), |ap| format!("{ap:.3}"));
    writeln!(
        out,
        "{}{mean:>15}",
        line("macro avg", averages.macro_, width)
    )?;
    writeln!(out, "{}", line("weighted avg", averages.weighted, width))?;
    if let Some(samples) = averages.samples {
        writeln!(out, "{}", line("samples avg", samples, width))?;
    }
    Ok(())
}

fn line(name: &str, score: LabelScore, width: usize) -> String {
    format!(
        "{name:>width$}  {:>9.3} {:>9.3} {:>9.3} {:>9}",
        score.precision, score.recall, score.f1, score.support
    )
}

fn write_summary(out: &mut String, report: &ClassificationReport) -> std::fmt::Result {
    if report.task == Task::MultiClass {
        return Ok(());
    }
    let (articles, labels) = (
        report.abstention.carrying_none,
        report.abstention.false_labels,
    );
    writeln!(
        out,
        "\nsubset accuracy {:.3} ({} articles)",
        report.accuracy, report.articles
    )?;
    if articles > 0 {
        writeln!(
            out,
            "{articles} articles carry no label: {labels} false labels on them, {:.1} per 100",
            100.0 * labels as f64 / articles as f64
        )?;
    }
    Ok(())
}

fn write_confusion(
    out: &mut String,
    report: &ClassificationReport,
    confusion: &[Vec<usize>],
    width: usize,
) -> std::fmt::Result {
    writeln!(out, "\nconfusion matrix (rows: true, columns: predicted)\n")?;
    let cell = confusion
        .iter()
        .flatten()
        .map(|n| n.to_string().len())
        .max()
        .unwrap_or(1)
        .max(confusion.len().to_string().len())
        + 1;
    write!(out, "{:>1$}", "", width + 5)?;
    for column in 1..=confusion.len() {
        write!(out, "{column:>cell$}")?;
    }
    writeln!(out)?;
    for (index, (label, row)) in report.labels.iter().zip(confusion).enumerate() {
        write!(out, "{:>width$} {:>4}", label.label, index + 1)?;
        for count in row {
            write!(out, "{count:>cell$}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
