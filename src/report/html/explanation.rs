//! Explanations as a page: the sum behind each label, and the words marked in the text.

use maud::{Markup, html};

use super::{LEAST_MARKED, Mark, frame, marked};
use crate::classifier::TopicClassifier;
use crate::corpus::Document;
use crate::explain::{Explanation, Field, TermEvidence};
use crate::model::Task;

/// An article and its explanation.
#[derive(Debug, Clone)]
pub struct ExplainedArticle {
    /// The article.
    pub document: Document,
    /// Why it has its labels.
    pub explanation: Explanation,
}

/// Explanations as a self-contained page.
///
/// `labels` are those to explain, `top` the number of words listed for and against each. The
/// text is marked for the labels that are given; for the most probable one when none is, and for
/// the only one that is asked for.
pub fn explanations(
    classifier: &TopicClassifier,
    articles: &[ExplainedArticle],
    labels: &[usize],
    top: usize,
) -> String {
    let body = html! {
        h1 { "Why these topics" }
        p.subtitle {
            "Every decision is a sum: the intercept of the label and the contributions of the "
            "article’s words. The label is given when the probability made of that sum reaches "
            "the threshold."
        }
        (legend())
        @for article in articles {
            section { (one(classifier, article, labels, top)) }
        }
    };
    frame("Why these topics", &body, None)
}

fn legend() -> Markup {
    html! {
        p {
            small {
                "Marked words speak for the label: "
                mark.for3 { "strongly" } ", " mark.for2 { "clearly" } ", " mark.for1 { "a little" }
                "; or against it: "
                mark.against3 { "strongly" } ", " mark.against2 { "clearly" } ", "
                mark.against1 { "a little" }
                ", each measured against the strongest word of the article."
            }
        }
    }
}

fn one(
    classifier: &TopicClassifier,
    article: &ExplainedArticle,
    labels: &[usize],
    top: usize,
) -> Markup {
    let document = &article.document;
    let title = match document.title() {
        "" => &document.id,
        title => title,
    };
    html! {
        h2 { bdi { (title) } }
        p { bdi { (document.id) } }
        (sums(classifier, &article.explanation, labels))
        @for label in marked_labels(&article.explanation, labels) {
            h3 { "Evidence for " (classifier.labels()[label]) }
            (words(&article.explanation, label, top))
            (text(article, label))
        }
    }
}

/// The sum behind each label.
fn sums(classifier: &TopicClassifier, explanation: &Explanation, labels: &[usize]) -> Markup {
    let info = classifier.info();
    html! {
        div.scroll tabindex="0" {
            table {
                thead {
                    tr {
                        th { "label" }
                        th { "decision" }
                        th.n { "probability" }
                        @if info.task == Task::MultiLabel { th.n { "threshold" } }
                        th.n { "intercept" }
                        th.n { "words" }
                        th.n { "decision value" }
                    }
                }
                tbody {
                    @for &label in labels {
                        @let sum = explanation.decision[label];
                        @let intercept = explanation.intercepts[label];
                        tr {
                            th scope="row" { (info.labels[label]) }
                            td {
                                @if explanation.prediction.labels.contains(&label) {
                                    strong { "given" }
                                } @else { "not given" }
                            }
                            td.n { (format!("{:.2}", explanation.prediction.scores[label])) }
                            @if info.task == Task::MultiLabel {
                                td.n { (format!("{:.2}", info.thresholds[label])) }
                            }
                            td.n { (signed(intercept)) }
                            td.n { (signed(sum - intercept)) }
                            td.n { (signed(sum)) }
                        }
                    }
                }
            }
        }
    }
}

/// The labels that the text is marked for.
fn marked_labels(explanation: &Explanation, labels: &[usize]) -> Vec<usize> {
    if let [_] = labels {
        return labels.to_vec();
    }
    let given = &explanation.prediction.labels;
    if !given.is_empty() {
        return given.clone();
    }
    let scores = &explanation.prediction.scores;
    labels
        .iter()
        .copied()
        .max_by(|&a, &b| scores[a].total_cmp(&scores[b]))
        .into_iter()
        .collect()
}

fn words(explanation: &Explanation, label: usize, top: usize) -> Markup {
    html! {
        @for (speak_for, direction) in [(true, "for"), (false, "against")] {
            @let terms = explanation.strongest_terms(label, speak_for, top);
            @if !terms.is_empty() {
                p { strong { (direction) } " " (list(&terms)) }
            }
        }
    }
}

fn list(terms: &[TermEvidence]) -> Markup {
    html! {
        @for (at, term) in terms.iter().enumerate() {
            @if at > 0 { ", " }
            bdi { (term.term) }
            @if term.count > 1 { " (" (term.count) "×)" }
            " " (signed(term.contribution))
        }
    }
}

/// Title and text with the words marked for a label.
fn text(article: &ExplainedArticle, label: usize) -> Markup {
    let words = &article.explanation.words;
    let strongest = words
        .iter()
        .map(|word| word.contributions[label].abs())
        .fold(0.0, f64::max);
    let marks = |field: Field| -> Vec<Mark> {
        words
            .iter()
            .filter(|word| word.field == field)
            .map(|word| Mark {
                span: word.span.clone(),
                strength: word.contributions[label] / strongest.max(f64::MIN_POSITIVE),
            })
            .filter(|mark| mark.strength.abs() >= LEAST_MARKED)
            .collect()
    };
    let document = &article.document;
    html! {
        @if !document.title().is_empty() {
            p { strong { (marked(document.title(), &marks(Field::Title))) } }
        }
        p style="white-space: pre-wrap" { (marked(document.text.trim_end(), &marks(Field::Text))) }
    }
}

fn signed(value: f64) -> String {
    // A typographic minus stands as wide as the plus.
    format!("{value:+.2}").replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(title: &str, text: &str, labels: &[usize]) -> String {
        let classifier = TopicClassifier::pretrained();
        let document = Document::new("a<b>.txt", title, text);
        let explanation = classifier.explain(title, text);
        let article = ExplainedArticle {
            document,
            explanation,
        };
        explanations(&classifier, &[article], labels, 5)
    }

    #[test]
    fn everything_of_the_article_is_escaped() {
        let page = page(
            "Zölle & <script>alert(1)</script>",
            "Antidumpingzölle auf <img src=x onerror=alert(1)> Stahl.",
            &[0, 1, 2, 3],
        );
        assert!(page.contains("a&lt;b&gt;.txt"));
        assert!(page.contains("&lt;img src=x"));
        assert!(!page.contains("<script") && !page.contains("<img"));
        assert!(page.contains(r#"<mark class="for3">Antidumpingzölle</mark>"#));
    }

    #[test]
    fn without_a_label_the_most_probable_one_is_shown() {
        let weather = page("", "Das Wetter bleibt schön.", &[0, 1, 2, 3]);
        assert_eq!(weather.matches("<h3>").count(), 1);
        assert_eq!(weather.matches("<strong>given").count(), 0);
        let asked = page("", "Zölle auf Stahl.", &[3]);
        assert!(asked.contains("Evidence for defense") && !asked.contains("Evidence for tariffs"));
    }
}
