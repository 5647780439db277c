//! Two models compared, for people and for machines.

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Value, json};

use super::table::cell;
use crate::comparison::{Changes, Comparison, Difference, Flip, FlipKind, Verdict};
use crate::error::{Error, ErrorKind, Result};

/// Changed decisions that are shown.
const SHOWN: usize = 10;
/// The columns of the changed decisions, there even when none changed.
const HEADER: [&str; 11] = [
    "file",
    "record",
    "line",
    "id",
    "label",
    "carries",
    "change",
    "given_by",
    "probability_a",
    "probability_b",
    "excerpt",
];

/// A comparison as lines of text; `names` are what the two models are called. The last line is
/// the verdict.
pub fn comparison_to_text(comparison: &Comparison, names: [&str; 2]) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_head(&mut out, comparison, names);
    let _ = write_figures(&mut out, comparison);
    let _ = write_labels(&mut out, comparison);
    let _ = write_slices(&mut out, comparison);
    let _ = write_flips(&mut out, comparison);
    if comparison.verdict == Verdict::NoDifference && !comparison.is_equivalent() {
        out += "\nthe interval reaches beyond the margin: more articles would tell";
    }
    let _ = writeln!(out, "\n{}", verdict_line(comparison));
    out
}

/// The verdict in one line, as `B is worse: macro-f1 -0.031 [-0.045, -0.017], margin 0.01`. No
/// difference is only `shown` where the articles cannot rule one out.
pub fn verdict_line(comparison: &Comparison) -> String {
    let verdict = match comparison.verdict {
        Verdict::Better => "B is better",
        Verdict::Worse => "B is worse",
        Verdict::NoDifference if comparison.is_equivalent() => "no difference",
        Verdict::NoDifference => "no difference shown",
    };
    let difference = comparison.deciding().map_or("n/a".to_owned(), signed);
    format!(
        "{verdict}: {} {difference}, margin {}",
        comparison.metric, comparison.options.margin
    )
}

/// `-0.031 [-0.045, -0.017]`.
fn signed(difference: &Difference) -> String {
    let value = difference.difference().map_or("n/a".to_owned(), plus_minus);
    match difference.interval {
        Some(interval) => format!(
            "{value} [{}, {}]",
            plus_minus(interval.low),
            plus_minus(interval.high)
        ),
        None => value,
    }
}

/// Three decimals with a sign; nothing is `-0.000`.
fn plus_minus(value: f64) -> String {
    let text = format!("{value:+.3}");
    if text == "-0.000" {
        "+0.000".to_owned()
    } else {
        text
    }
}

fn write_head(out: &mut String, comparison: &Comparison, names: [&str; 2]) -> std::fmt::Result {
    for (letter, (name, trained_on)) in ["A", "B"]
        .iter()
        .zip(names.iter().zip(comparison.trained_on))
    {
        write!(out, "{letter}  {name}")?;
        if let Some(number) = trained_on.filter(|&n| n > 0) {
            write!(
                out,
                " (was trained on {number} of the articles: its figures are too good)"
            )?;
        }
        writeln!(out)?;
    }
    writeln!(
        out,
        "   {} articles, each model at its own thresholds",
        comparison.articles
    )?;
    if !comparison.left_out.is_empty() {
        writeln!(out, "   left out: {}", comparison.left_out.join(", "))?;
    }
    Ok(())
}

fn write_figures(out: &mut String, comparison: &Comparison) -> std::fmt::Result {
    writeln!(
        out,
        "\n{:<24}{:>7}{:>8}   B - A [95 % interval]",
        "", "A", "B"
    )?;
    for difference in &comparison.differences {
        write_figure(out, difference.figure.name(), difference)?;
    }
    Ok(())
}

fn write_figure(out: &mut String, name: &str, difference: &Difference) -> std::fmt::Result {
    writeln!(
        out,
        "{name:<24}{:>7}{:>8}  {}",
        cell(difference.values[0]),
        cell(difference.values[1]),
        signed(difference)
    )
}

fn write_labels(out: &mut String, comparison: &Comparison) -> std::fmt::Result {
    let names = comparison.labels.iter().map(|l| l.label.chars().count());
    let width = names.max().unwrap_or(0).max("whole articles".len());
    writeln!(
        out,
        "\n{:<width$}  support   F1 A   F1 B  fixed  broken      p  p (Holm)",
        ""
    )?;
    for label in &comparison.labels {
        writeln!(
            out,
            "{:<width$}  {:>7}  {:>5}  {:>5}  {}",
            label.label,
            label.support,
            cell(label.f1.map(|f1| f1[0])),
            cell(label.f1.map(|f1| f1[1])),
            changes(&label.changes)
        )?;
    }
    writeln!(
        out,
        "{:<width$}  {:>7}  {:>5}  {:>5}  {}",
        "whole articles",
        comparison.articles,
        "",
        "",
        changes(&comparison.exact)
    )?;
    writeln!(
        out,
        "fixed: wrong by A, right by B; broken: the reverse; p: McNemar's exact test"
    )
}

fn changes(changes: &Changes) -> String {
    format!(
        "{:>5}  {:>6}  {:>5}  {:>8}",
        changes.fixed,
        changes.broken,
        p_value(changes.p),
        p_value(changes.p_holm)
    )
}

fn p_value(p: f64) -> String {
    if p < 0.001 {
        "<.001".to_owned()
    } else {
        format!("{p:.3}")
    }
}

fn write_slices(out: &mut String, comparison: &Comparison) -> std::fmt::Result {
    for slices in comparison.slices.chunk_by(|a, b| a.by == b.by) {
        writeln!(out, "\n{} by {}", comparison.metric, slices[0].by)?;
        for slice in slices {
            let name = format!("{} ({})", slice.value, slice.articles);
            write_figure(out, &name, &slice.difference)?;
        }
    }
    Ok(())
}

fn write_flips(out: &mut String, comparison: &Comparison) -> std::fmt::Result {
    let flips = &comparison.flips;
    if flips.is_empty() {
        return writeln!(out, "\nboth models decide alike on all articles");
    }
    let count = |kind| flips.iter().filter(|flip| flip.kind == kind).count();
    writeln!(
        out,
        "\n{} decisions fixed, {} broken{}; those that changed most:",
        count(FlipKind::Fixed),
        count(FlipKind::Broken),
        if flips.len() > SHOWN {
            " (--flips FILE writes all)"
        } else {
            ""
        }
    )?;
    for flip in flips.iter().take(SHOWN) {
        writeln!(out, "  {}", flip_in_words(comparison, flip))?;
    }
    Ok(())
}

fn flip_in_words(comparison: &Comparison, flip: &Flip) -> String {
    let [a, b] = flip.probabilities;
    let place = match (file(flip), flip.position.line) {
        (Some(file), Some(line)) => format!("{file}:{line}, "),
        _ => String::new(),
    };
    format!(
        "{:<6}  {} {} ({a:.2} -> {b:.2})  {place}id {}\n            \"{}\"",
        kind(flip),
        if flip.is_given() { "+" } else { "-" },
        comparison.labels[flip.label].label,
        flip.id,
        flip.excerpt
    )
}

fn kind(flip: &Flip) -> &'static str {
    match flip.kind {
        FlipKind::Fixed => "fixed",
        FlipKind::Broken => "broken",
    }
}

/// A comparison as JSON, with all changed decisions.
pub fn comparison_to_json(comparison: &Comparison, names: [&str; 2]) -> Value {
    let difference = |difference: &Difference| {
        json!({
            "a": difference.values[0],
            "b": difference.values[1],
            "difference": difference.difference(),
            "interval": difference.interval,
        })
    };
    let figures: serde_json::Map<String, Value> = comparison
        .differences
        .iter()
        .map(|d| (d.figure.name().to_owned(), difference(d)))
        .collect();
    json!({
        "models": {"a": names[0], "b": names[1]},
        "articles": comparison.articles,
        "near_duplicates_of_training_articles": comparison.trained_on,
        "left_out_labels": comparison.left_out,
        "metric": comparison.metric.name(),
        "margin": comparison.options.margin,
        "verdict": comparison.verdict,
        "equivalent": comparison.is_equivalent(),
        "resamples": comparison.options.resamples,
        "seed": comparison.options.seed,
        "figures": figures,
        "labels": comparison.labels.iter().map(|label| json!({
            "label": label.label,
            "support": label.support,
            "f1": label.f1,
            "changes": label.changes,
        })).collect::<Vec<_>>(),
        "whole_articles": comparison.exact,
        "slices": comparison.slices.iter().map(|slice| json!({
            "by": slice.by,
            "value": slice.value,
            "articles": slice.articles,
            "difference": difference(&slice.difference),
        })).collect::<Vec<_>>(),
        "flips": comparison.flips.iter().map(|flip| json!({
            "file": file(flip),
            "record": flip.position.record,
            "line": flip.position.line,
            "id": flip.id,
            "label": comparison.labels[flip.label].label,
            "carries": flip.carries,
            "change": flip.kind,
            "given_by": given_by(flip),
            "probabilities": flip.probabilities,
        })).collect::<Vec<_>>(),
    })
}

/// The model that gives the label.
fn given_by(flip: &Flip) -> &'static str {
    if flip.is_given() { "b" } else { "a" }
}

fn file(flip: &Flip) -> Option<String> {
    let file = flip.position.file.as_ref();
    file.map(|file| file.display().to_string())
}

/// A changed decision as a line of CSV.
#[derive(Serialize)]
struct Line<'a> {
    file: Option<String>,
    record: Option<u64>,
    line: Option<u64>,
    id: &'a str,
    label: &'a str,
    carries: u8,
    change: FlipKind,
    given_by: &'static str,
    probability_a: f64,
    probability_b: f64,
    excerpt: &'a str,
}

/// All changed decisions as CSV, those whose probability changed most first.
pub fn flips_csv(comparison: &Comparison) -> Result<Vec<u8>> {
    let failed =
        |e: &dyn std::fmt::Display| Error::new(ErrorKind::Failed, format!("cannot write CSV: {e}"));
    let mut writer = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(Vec::new());
    writer.write_record(HEADER).map_err(|e| failed(&e))?;
    for flip in &comparison.flips {
        let line = Line {
            file: file(flip),
            record: flip.position.record,
            line: flip.position.line,
            id: &flip.id,
            label: &comparison.labels[flip.label].label,
            carries: u8::from(flip.carries),
            change: flip.kind,
            given_by: given_by(flip),
            probability_a: flip.probabilities[0],
            probability_b: flip.probabilities[1],
            excerpt: &flip.excerpt,
        };
        writer.serialize(line).map_err(|e| failed(&e))?;
    }
    writer.into_inner().map_err(|e| failed(&e))
}
