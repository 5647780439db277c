//! The worst false and missed labels, with the words that misled.

use maud::{Markup, html};

use super::{Section, count};
use crate::evaluation::{Evaluation, Mark, Mistake, MistakeKind};
use crate::report::html::{self as pages, LEAST_MARKED, marked};

pub fn section(evaluation: &Evaluation) -> Section {
    let kinds = [
        (
            MistakeKind::False,
            "False labels",
            "given, though the article does not carry them",
        ),
        (
            MistakeKind::Missed,
            "Missed labels",
            "not given, though the article carries them",
        ),
    ];
    let body = html! {
        p {
            "The mistakes it was surest of come first: look there for wrong labels in the data. "
            "Words that spoke for a false label are "
            mark.for2 { "underlined" } ", words that spoke against a missed one are "
            mark.against2 { "dotted" } "; the stronger, the deeper."
        }
        @for (kind, name, meaning) in kinds {
            @let all = evaluation.mistakes.count(kind);
            h3 { (name) " (" (count(all)) ")" }
            @if all == 0 { p { "None." } }
            @else {
                @let shown: Vec<&Mistake> = evaluation.mistakes.worst(kind).collect();
                p.note {
                    @if shown.len() < all { "The worst " (shown.len()) " of " (count(all)) ", " }
                    (meaning) "."
                }
                div.mistakes { @for mistake in shown { (one(evaluation, mistake)) } }
            }
        }
        @if !evaluation.mistakes.ranked.is_empty() {
            p.note { "All of them as a table: " code { "--errors mistakes.csv" } "." }
        }
    };
    Section {
        id: "mistakes",
        heading: "Mistakes",
        body,
    }
}

fn one(evaluation: &Evaluation, mistake: &Mistake) -> Markup {
    html! {
        article {
            p.decision {
                strong { bdi { (evaluation.labels[mistake.label]) } }
                " " (format!("{:.2}", mistake.probability))
                @if let Some(threshold) = mistake.threshold {
                    span.note { ", given from " (format!("{threshold:.2}")) }
                }
            }
            @if !mistake.title.is_empty() {
                p.title { (marked(&mistake.title, &marks(mistake, &mistake.title_marks))) }
            }
            p.excerpt { (marked(&mistake.excerpt, &marks(mistake, &mistake.excerpt_marks))) }
            @if !mistake.evidence.is_empty() { (words(mistake)) }
            p.note {
                "carries " (names(evaluation, &mistake.carries)) "; given " (names(evaluation, &mistake.given))
                "; article " bdi { (mistake.id) } (place(mistake))
            }
        }
    }
}

fn words(mistake: &Mistake) -> Markup {
    html! {
        p.words {
            "misled by "
            @for (at, term) in mistake.evidence.iter().enumerate() {
                @if at > 0 { ", " }
                bdi { (term.term) } " "
                span.number { (format!("{:+.2}", term.contribution).replace('-', "−")) }
            }
        }
    }
}

/// Words that misled by speaking for a label or, where it was missed, against it.
fn marks(mistake: &Mistake, marks: &[Mark]) -> Vec<pages::Mark> {
    let sign = match mistake.kind {
        MistakeKind::False => 1.0,
        MistakeKind::Missed => -1.0,
    };
    let strong = marks.iter().filter(|mark| mark.strength >= LEAST_MARKED);
    strong
        .map(|mark| pages::Mark {
            span: mark.span.clone(),
            strength: sign * mark.strength,
        })
        .collect()
}

fn names(evaluation: &Evaluation, labels: &[usize]) -> Markup {
    html! {
        @if labels.is_empty() { "nothing" }
        @for (at, &label) in labels.iter().enumerate() {
            @if at > 0 { ", " }
            bdi { (evaluation.labels[label]) }
        }
    }
}

fn place(mistake: &Mistake) -> Markup {
    let file = mistake
        .position
        .file
        .as_ref()
        .and_then(|file| file.file_name());
    html! {
        @if let Some(file) = file { ", " bdi { (file.to_string_lossy()) } }
        @if let Some(line) = mistake.position.line { " line " (line) }
    }
}
