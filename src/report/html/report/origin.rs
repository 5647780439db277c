//! How the articles were split, and where data and model come from.

use maud::{Markup, html};

use super::{Section, count, scrolling};
use crate::corpus::DataFile;
use crate::evaluation::{Evaluation, EvaluationKind};
use crate::report::table::{overlap, splits as split_sentence};

/// Remarks on near-duplicates.
pub fn splits(evaluation: &Evaluation) -> Section {
    let sentences = [split_sentence(evaluation), overlap(evaluation)];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    let body = html! {
        p {
            "Wire copies and reprints on both sides of a split make every figure look better than it "
            "is; here is what was done about them."
        }
        @for sentence in &sentences { p { (capital(sentence)) "." } }
        @if evaluation.kind == EvaluationKind::TestData && evaluation.overlap.is_none() {
            p {
                "The model keeps no fingerprints of its training articles, so it cannot be said whether "
                "some of the evaluated ones are among them."
            }
        }
    };
    Section {
        id: "splits",
        heading: "Near-duplicates",
        body,
    }
}

fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

pub fn data_and_model(evaluation: &Evaluation) -> Section {
    let (data, model) = (&evaluation.data, &evaluation.model);
    let languages: Vec<String> = data
        .languages
        .iter()
        .map(|(language, articles)| format!("{language} {}", count(*articles)))
        .collect();
    let same = evaluation.kind == EvaluationKind::CrossValidation;
    let body = html! {
        h3 { "Articles" }
        dl.facts {
            dt { "articles" } dd { (count(data.articles)) ", " (count(data.without_labels)) " of them without a label" }
            dt { "languages" } dd { bdi { (languages.join(", ")) } }
            dt { "intervals" }
            dd {
                @match &evaluation.intervals {
                    Some(i) => {
                        "95 % percentile bootstrap over articles, " (count(i.resamples)) " resamples, seed " (i.seed)
                    }
                    None => "none (--resamples 0)",
                }
            }
        }
        (files(&data.files))
        h3 { @if same { "Training" } @else { "Model" } }
        dl.facts {
            dt { "name" } dd { bdi { (model.name) } }
            dt { "made by" } dd { "newstopics " (model.program_version) }
            dt { "trained on" } dd { (count(model.articles)) " articles" }
            @for (name, setting) in &model.settings { dt { (name) } dd { (setting) } }
        }
        @if !same { (files(&model.files)) }
    };
    Section {
        id: "origin",
        heading: "Data and model",
        body,
    }
}

fn files(files: &[DataFile]) -> Markup {
    let table = html! {
        table {
            thead { tr { th { "file" } th.n { "articles" } th { "SHA-256" } } }
            tbody {
                @for file in files {
                    tr {
                        th scope="row" { bdi { (file.name) } }
                        td.n { (count(file.records)) }
                        td { code { (file.sha256) } }
                    }
                }
            }
        }
    };
    html! { @if !files.is_empty() { (scrolling("Files", &table)) } }
}
