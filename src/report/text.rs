//! The report for the terminal, at most 80 columns wide with labels of ordinary length.

use std::fmt::Write;

use super::table::{abstention, cell, further_figures, interval, overlap, splits};
use crate::evaluation::{Evaluation, Mistake, MistakeKind};
use crate::metrics::{ClassificationReport, Figure, Interval, Intervals};
use crate::model::Task;

/// Mistakes of either kind that are shown.
const MISTAKES: usize = 5;
/// Columns of the terminal.
const WIDTH: usize = 80;
/// A confusion matrix of more classes does not fit.
const MOST_CLASSES: usize = 20;

/// An evaluation as lines of text.
pub fn to_text(evaluation: &Evaluation) -> String {
    let mut out = table(&evaluation.report, evaluation.intervals.as_ref());
    // Writing to a string cannot fail.
    let _ = write_figures(&mut out, evaluation);
    let _ = write_confusion(&mut out, &evaluation.report);
    let _ = write_slices(&mut out, evaluation);
    let _ = write_learning_curve(&mut out, evaluation);
    for kind in [MistakeKind::False, MistakeKind::Missed] {
        let _ = write_mistakes(&mut out, evaluation, kind);
    }
    for sentence in [splits(evaluation), overlap(evaluation)]
        .into_iter()
        .flatten()
    {
        out.push('\n');
        wrapped(&mut out, &sentence, "");
    }
    out
}

/// The table of labels and averages, with accuracy and confusion matrix.
pub fn to_table(report: &ClassificationReport) -> String {
    let mut out = table(report, None);
    if report.task == Task::MultiLabel {
        let sum = report.abstention;
        out += &format!(
            "\nsubset accuracy {:.3} ({} articles)\n",
            report.accuracy, report.articles
        );
        if sum.carrying_none > 0 {
            out += &format!(
                "{} articles carry no label: {} false labels on them, {:.1} per 100\n",
                sum.carrying_none,
                sum.false_labels,
                100.0 * sum.false_labels as f64 / sum.carrying_none as f64
            );
        }
    }
    let _ = write_confusion(&mut out, report);
    out
}

struct Row<'a> {
    name: &'a str,
    precision: Option<f64>,
    recall: Option<f64>,
    f1: Option<f64>,
    interval: Option<Interval>,
    support: usize,
    /// Average precision and area under the ROC curve, where the row has them.
    ranking: Option<[Option<f64>; 2]>,
}

impl<'a> Row<'a> {
    /// An average of figures that have no value when no article carries a label.
    fn average(
        name: &'a str,
        figures: [Figure; 3],
        report: &ClassificationReport,
        intervals: Option<&Intervals>,
    ) -> Self {
        let [precision, recall, f1] = figures;
        Self {
            name,
            precision: report.figure(precision),
            recall: report.figure(recall),
            f1: report.figure(f1),
            interval: intervals.and_then(|i| i.figure(f1)),
            support: report.averages.micro.support,
            ranking: None,
        }
    }

    fn line(&self, width: usize, intervals: bool) -> String {
        let interval = if intervals {
            format!("  {:>13}", interval(self.interval))
        } else {
            String::new()
        };
        let ranking = self.ranking.map_or(String::new(), |[ap, auc]| {
            format!(" {:>6} {:>6}", cell(ap), cell(auc))
        });
        format!(
            "{:>width$} {:>9} {:>7} {:>6}{interval} {:>7}{ranking}\n",
            self.name,
            cell(self.precision),
            cell(self.recall),
            cell(self.f1),
            self.support
        )
    }
}

fn table(report: &ClassificationReport, intervals: Option<&Intervals>) -> String {
    let names = report.labels.iter().map(|l| l.label.chars().count());
    let width = names.max().unwrap_or(0).max("weighted avg".len());
    let heading = if intervals.is_some() {
        format!("  {:>13}", "95 % interval")
    } else {
        String::new()
    };
    let mut out = format!(
        "{:>width$} precision  recall     f1{heading} support     AP    AUC\n\n",
        ""
    );
    for (index, label) in report.labels.iter().enumerate() {
        let row = Row {
            name: &label.label,
            precision: label.precision(),
            recall: label.recall(),
            f1: label.f1(),
            interval: intervals.and_then(|i| i.labels[index].f1),
            support: label.score.support,
            ranking: Some([label.average_precision, label.roc_auc]),
        };
        out += &row.line(width, intervals.is_some());
    }
    out.push('\n');
    use Figure as F;
    let average = |name, figures| Row::average(name, figures, report, intervals);
    let mut rows = Vec::new();
    if report.task == Task::MultiLabel {
        rows.push(average(
            "micro avg",
            [F::MicroPrecision, F::MicroRecall, F::MicroF1],
        ));
    }
    rows.push(Row {
        ranking: Some([report.mean_average_precision, report.figure(F::MeanRocAuc)]),
        ..average("macro avg", [F::MacroPrecision, F::MacroRecall, F::MacroF1])
    });
    rows.push(average(
        "weighted avg",
        [F::WeightedPrecision, F::WeightedRecall, F::WeightedF1],
    ));
    if report.task == Task::MultiLabel {
        rows.push(average(
            "samples avg",
            [F::SamplesPrecision, F::SamplesRecall, F::SamplesF1],
        ));
    }
    if report.task == Task::MultiClass {
        out += &Row {
            name: "accuracy",
            precision: None,
            recall: None,
            f1: Some(report.accuracy),
            interval: intervals.and_then(|i| i.figure(F::Accuracy)),
            support: report.articles,
            ranking: None,
        }
        .line(width, intervals.is_some())
        .replace("n/a", "   ");
    }
    for row in &rows {
        out += &row.line(width, intervals.is_some());
    }
    out
}

fn write_figures(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    writeln!(out)?;
    for (figure, name) in further_figures(evaluation.task) {
        let Some((value, between)) = evaluation.figure(figure) else {
            continue;
        };
        let line = format!("{name:<35} {value:.3}  {}", interval(between));
        writeln!(out, "{}", line.trim_end())?;
    }
    if let Some(sentences) = abstention(evaluation) {
        writeln!(out, "\n{sentences}")?;
    }
    if let Some(intervals) = &evaluation.intervals {
        writeln!(
            out,
            "\nintervals: 95 %, {} bootstrap resamples of the articles, seed {}",
            intervals.resamples, intervals.seed
        )?;
        if intervals.figure(Figure::Accuracy).is_none() {
            writeln!(
                out,
                "(none where all resamples agree: they do not tell how far it would move)"
            )?;
        }
    }
    Ok(())
}

fn write_confusion(out: &mut String, report: &ClassificationReport) -> std::fmt::Result {
    let Some(confusion) = &report.confusion else {
        return Ok(());
    };
    if confusion.len() > MOST_CLASSES {
        return Ok(());
    }
    writeln!(out, "\nconfusion matrix (rows: true, columns: predicted)\n")?;
    let names = report.labels.iter().map(|l| l.label.chars().count());
    let width = names.max().unwrap_or(0).max("weighted avg".len());
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

fn write_slices(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    // One part is all articles again.
    for slicing in evaluation.slicings.iter().filter(|s| s.slices.len() > 1) {
        let width = slicing
            .slices
            .iter()
            .map(|slice| slice.value.chars().count().min(30))
            .max()
            .unwrap_or(0)
            .max(slicing.by.chars().count() + 3);
        writeln!(
            out,
            "\n{:<width$} {:>8} {:>8}  {:>13} {:>8} {:>8}",
            format!("by {}", slicing.by),
            "articles",
            "micro F1",
            if evaluation.intervals.is_some() {
                "95 % interval"
            } else {
                ""
            },
            "macro F1",
            "accuracy",
        )?;
        for slice in &slicing.slices {
            let carried = slice.report.labels.iter().any(|l| l.score.support > 0);
            let averages = &slice.report.averages;
            let value: String = slice.value.chars().take(30).collect();
            writeln!(
                out,
                "{value:<width$} {:>8} {:>8}  {:>13} {:>8} {:>8}",
                slice.report.articles,
                cell(carried.then_some(averages.micro.f1)),
                interval(slice.micro_f1.filter(|_| carried)),
                cell(carried.then_some(averages.macro_carried.f1)),
                cell(Some(slice.report.accuracy)),
            )?;
        }
        if slicing.left_out > 0 {
            writeln!(out, "({} smaller ones left out)", slicing.left_out)?;
        }
    }
    Ok(())
}

fn write_learning_curve(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    if evaluation.learning_curve.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\nlearning curve    training articles  micro F1  macro F1"
    )?;
    for point in &evaluation.learning_curve {
        let averages = &point.report.averages;
        writeln!(
            out,
            "{:>14.0} % {:>19} {:>9.3} {:>9.3}",
            100.0 * point.share,
            point.articles,
            averages.micro.f1,
            averages.macro_.f1
        )?;
    }
    Ok(())
}

fn write_mistakes(
    out: &mut String,
    evaluation: &Evaluation,
    kind: MistakeKind,
) -> std::fmt::Result {
    let count = evaluation.mistakes.count(kind);
    if count == 0 {
        return Ok(());
    }
    let name = match kind {
        MistakeKind::False => "false",
        MistakeKind::Missed => "missed",
    };
    writeln!(
        out,
        "\n{} worst of {count} {name} labels (--errors FILE.csv writes all)",
        count.min(MISTAKES)
    )?;
    for mistake in evaluation.mistakes.worst(kind).take(MISTAKES) {
        write_mistake(out, evaluation, mistake)?;
    }
    Ok(())
}

fn write_mistake(out: &mut String, evaluation: &Evaluation, mistake: &Mistake) -> std::fmt::Result {
    let threshold = mistake
        .threshold
        .map_or(String::new(), |t| format!(" (given from {t:.2})"));
    let beginning = format!("{} {}", mistake.title, mistake.excerpt);
    wrapped(
        out,
        &format!(
            "{} {:.2}{threshold}, article {}",
            evaluation.labels[mistake.label], mistake.probability, mistake.id
        ),
        "  ",
    );
    wrapped(out, &shortened(&beginning), "    ");
    let words: Vec<String> = mistake
        .evidence
        .iter()
        .map(|term| format!("{} {:+.2}", term.term, term.contribution))
        .collect();
    if !words.is_empty() {
        wrapped(out, &format!("misled by: {}", words.join(", ")), "    ");
    }
    Ok(())
}

/// The beginning of a text, about two lines of it.
fn shortened(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(2 * (WIDTH - 8)) {
        Some((end, _)) => format!("{} ...", &line[..end]),
        None => line,
    }
}

/// Writes a text in lines of at most 80 columns.
fn wrapped(out: &mut String, text: &str, indent: &str) {
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            out.push('\n');
            column = 0;
        }
        if column == 0 {
            out.push_str(indent);
            column = indent.len();
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out.push('\n');
}
