//! What is wrong with data, for people and for machines.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::check::{CheckReport, FileCounts, Finding, Place, Problem, Severity};

/// Places of a finding that are shown.
const PLACES: usize = 4;
/// A table of more labels is too wide to read; the pairs are listed instead.
const WIDEST_TABLE: usize = 8;
/// Labels or pairs of labels in a list.
const LISTED: usize = 12;

/// A check as lines of text, at most `limit` findings of a kind.
pub fn check_to_text(report: &CheckReport, limit: usize) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_files(&mut out, report);
    let _ = write_labels(&mut out, report, limit);
    let _ = write_duplicates(&mut out, report);
    let kinds = report
        .findings
        .chunk_by(|a, b| a.problem.title() == b.problem.title());
    for findings in kinds {
        let _ = write_kind(&mut out, findings, limit);
    }
    let _ = write_totals(&mut out, report);
    out
}

/// A check as JSON: all findings, each with what was found and what to do.
pub fn check_to_json(report: &CheckReport) -> Value {
    let mut value = json!(report);
    value["findings"] = report
        .findings
        .iter()
        .map(|finding| {
            let mut value = json!(finding);
            value["severity"] = json!(finding.severity());
            value["found"] = json!(finding.problem.found());
            value["advice"] = json!(finding.problem.advice());
            value
        })
        .collect();
    value
}

fn write_files(out: &mut String, report: &CheckReport) -> std::fmt::Result {
    let width = report.files.iter().map(|f| f.file.chars().count()).max();
    for file in &report.files {
        writeln!(
            out,
            "{:<2$}  {}",
            file.file,
            in_words(file),
            width.unwrap_or(0)
        )?;
    }
    Ok(())
}

fn in_words(file: &FileCounts) -> String {
    let mut text = format!(
        "{} articles, {} without a label",
        file.articles, file.unlabelled
    );
    let mut languages: Vec<(&String, &usize)> = file.languages.iter().collect();
    languages.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (place, (language, count)) in languages.into_iter().take(5).enumerate() {
        let separator = if place == 0 { ";" } else { "," };
        let _ = write!(text, "{separator} {language} {count}");
    }
    text
}

fn write_labels(out: &mut String, report: &CheckReport, limit: usize) -> std::fmt::Result {
    if report.labels.is_empty() {
        return writeln!(out, "\nno labels at all");
    }
    let shown = if limit == usize::MAX {
        report.labels.len()
    } else {
        report.labels.len().min(LISTED)
    };
    let names = report.labels[..shown]
        .iter()
        .map(|l| l.label.chars().count());
    let width = names.max().unwrap_or(0).max("label".len());
    let together = !report.co_occurrence.is_empty();
    let as_table = together && report.labels.len() <= WIDEST_TABLE;
    write!(out, "\n{:<width$}  articles", "label")?;
    if together {
        write!(out, "   alone")?;
    }
    if as_table {
        write!(out, "   with")?;
        (1..=report.labels.len()).try_for_each(|number| write!(out, "{number:>6}"))?;
    }
    writeln!(out)?;
    for (number, label) in report.labels[..shown].iter().enumerate() {
        write!(out, "{:<width$}  {:>8}", label.label, label.articles)?;
        if together {
            write!(out, "{:>8}", label.alone)?;
        }
        if as_table {
            write!(out, "{:>7}", number + 1)?;
            for (other, partner) in report.labels.iter().enumerate() {
                if other == number {
                    write!(out, "{:>6}", "-")?;
                } else {
                    write!(out, "{:>6}", both(report, &label.label, &partner.label))?;
                }
            }
        }
        writeln!(out)?;
    }
    if shown < report.labels.len() {
        let rest = report.labels.len() - shown;
        writeln!(out, "... and {rest} more (--all shows them)")?;
    }
    if together && !as_table {
        write_pairs(out, report, limit)?;
    }
    Ok(())
}

fn both(report: &CheckReport, a: &str, b: &str) -> usize {
    report
        .co_occurrence
        .iter()
        .find(|pair| pair.labels == [a, b] || pair.labels == [b, a])
        .map_or(0, |pair| pair.articles)
}

fn write_pairs(out: &mut String, report: &CheckReport, limit: usize) -> std::fmt::Result {
    let shown = if limit == usize::MAX { limit } else { LISTED };
    writeln!(out, "\ntogether  articles")?;
    for pair in report.co_occurrence.iter().take(shown) {
        let [a, b] = &pair.labels;
        writeln!(out, "{:>18}  {a}, {b}", pair.articles)?;
    }
    if let Some(rest) = report
        .co_occurrence
        .len()
        .checked_sub(shown)
        .filter(|&n| n > 0)
    {
        writeln!(out, "... and {rest} more (--all shows them)")?;
    }
    Ok(())
}

fn write_duplicates(out: &mut String, report: &CheckReport) -> std::fmt::Result {
    let duplicates = &report.duplicates;
    writeln!(
        out,
        "\n{} groups of near-duplicates, {} articles to spare ({:.1} %)",
        duplicates.groups,
        duplicates.surplus,
        percent(duplicates.surplus, report.articles)
    )?;
    for overlap in &duplicates.overlaps {
        let file = report.files.iter().find(|f| f.file == overlap.file);
        writeln!(
            out,
            "{} articles of {} ({:.1} %)\n  are near-duplicates of articles of {}",
            overlap.articles,
            overlap.file,
            percent(overlap.articles, file.map_or(0, |f| f.articles)),
            overlap.other
        )?;
    }
    Ok(())
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

fn write_kind(out: &mut String, findings: &[Finding], limit: usize) -> std::fmt::Result {
    let Some(first) = findings.first() else {
        return Ok(());
    };
    let worst = findings.iter().map(Finding::severity).max();
    writeln!(
        out,
        "\n{}: {} ({})",
        worst.map_or("", name),
        first.problem.title(),
        findings.len()
    )?;
    writeln!(out, "  {}", first.problem.advice())?;
    for finding in findings.iter().take(limit) {
        write_finding(out, finding)?;
    }
    if let Some(rest) = findings.len().checked_sub(limit).filter(|&n| n > 0) {
        writeln!(out, "  ... and {rest} more (--all shows them)")?;
    }
    Ok(())
}

fn write_finding(out: &mut String, finding: &Finding) -> std::fmt::Result {
    let mut found = finding.problem.found();
    // Some are about a line or a label, not about the article that is first.
    let about_articles = !matches!(
        finding.problem,
        Problem::PageFurniture { .. } | Problem::LabelSpelling { .. } | Problem::FewExamples { .. }
    );
    if about_articles && !finding.excerpt.is_empty() {
        let _ = write!(found, ": \"{}\"", finding.excerpt);
    }
    let labelled = matches!(finding.problem, Problem::LabelConflict { .. });
    if let [place] = finding.places.as_slice()
        && about_articles
    {
        return writeln!(out, "  {}\n    {found}", place_in_words(place, labelled));
    }
    writeln!(out, "  {found}")?;
    for place in finding.places.iter().take(PLACES) {
        writeln!(out, "    {}", place_in_words(place, labelled))?;
    }
    if let Some(rest) = concerned(finding).checked_sub(PLACES).filter(|&n| n > 0) {
        writeln!(out, "    and {rest} more")?;
    }
    Ok(())
}

/// Number of articles that a finding concerns; it may name the first few only.
fn concerned(finding: &Finding) -> usize {
    match &finding.problem {
        Problem::PageFurniture { articles, .. } => *articles,
        Problem::LabelSpelling { examples, .. } | Problem::FewExamples { examples, .. } => {
            *examples
        }
        _ => finding.places.len(),
    }
}

/// `news.csv:7, record 3`: a file and line that editors open, and what they carry if asked for.
fn place_in_words(place: &Place, labelled: bool) -> String {
    let mut text = place.file.clone();
    if let Some(line) = place.line {
        let _ = write!(text, ":{line}");
    }
    if let Some(record) = place.record {
        let _ = write!(text, ", record {record}");
    }
    if labelled {
        let _ = write!(text, "  [{}]", place.labels.join(", "));
    }
    text
}

fn write_totals(out: &mut String, report: &CheckReport) -> std::fmt::Result {
    if report.findings.is_empty() {
        return writeln!(out, "\nnothing found that needs attention");
    }
    let totals: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| {
            let found = report.findings.iter();
            let count = found.filter(|f| f.severity() == severity).count();
            let plural = if count == 1 { "" } else { "s" };
            format!("{count} {}{plural}", name(severity))
        })
        .collect();
    writeln!(out, "\n{}", totals.join(", "))
}

fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}
