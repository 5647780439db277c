//! An explanation for the terminal, or for a pipe.

use newstopics::model::Task;
use newstopics::report::html::ExplainedArticle;
use newstopics::{Field, TopicClassifier, WordEvidence};

use crate::cli::{layout, style};

/// A word with more than this share of the strongest word's evidence is strong, ...
const STRONG: f64 = 0.5;
/// ... with more than this it is weaker, and with less it is not marked.
const WEAK: f64 = 0.15;

/// The reasons for and against each label, and the text with its evidence marked; lines fit into
/// `columns`, if there are any.
pub fn page(
    classifier: &TopicClassifier,
    article: &ExplainedArticle,
    labels: &[usize],
    top: usize,
    columns: Option<usize>,
) -> String {
    let view = View {
        classifier,
        article,
        columns,
    };
    let id = layout::printable(&article.document.id).replace('\n', " ");
    let mut page = style::paint(style::heading(), &id) + "\n";
    for &label in labels {
        page += &view.reasons(label, top);
    }
    page + &view.evidence(labels)
}

struct View<'a> {
    classifier: &'a TopicClassifier,
    article: &'a ExplainedArticle,
    columns: Option<usize>,
}

impl View<'_> {
    fn name(&self, label: usize) -> String {
        style::paint(style::label(label), &self.classifier.labels()[label])
    }

    /// The sum that decides on a label, and the words with the greatest parts in it.
    fn reasons(&self, label: usize, top: usize) -> String {
        let explanation = &self.article.explanation;
        let info = self.classifier.info();
        let rule = match info.task {
            Task::MultiLabel => format!("threshold {:.2}", info.thresholds[label]),
            Task::MultiClass => "the most probable class is given".to_owned(),
        };
        let decision = explanation.decision[label];
        let intercept = explanation.intercepts[label];
        let given = explanation.prediction.labels.contains(&label);
        let sum = [
            format!(
                "{}: {} (probability {:.2}, {rule};",
                self.name(label),
                if given { "given" } else { "not given" },
                explanation.prediction.scores[label],
            ),
            format!(
                "decision value {decision:.2} = {intercept:.2} intercept {:+.2} words)",
                decision - intercept
            ),
        ];
        let mut lines = format!("\n{}\n", layout::flow(&sum, " ", 0, 2, self.columns));
        for (speak_for, direction) in [(true, "for"), (false, "against")] {
            let terms = explanation.strongest_terms(label, speak_for, top);
            let words: Vec<String> = terms
                .iter()
                .map(|t| {
                    let times = match t.count {
                        1 => String::new(),
                        count => format!(" ({count}x)"),
                    };
                    format!("{}{times} {:+.2}", t.term, t.contribution)
                })
                .collect();
            if !words.is_empty() {
                let words = layout::flow(&words, ", ", INDENT, INDENT, self.columns);
                lines += &format!("  {direction:<8} {words}\n");
            }
        }
        lines
    }

    /// The text with its evidence marked: each word in the colour of the label it speaks for
    /// most, in brackets that say how strongly, and with the label's number where there are
    /// several.
    fn evidence(&self, labels: &[usize]) -> String {
        let shown: &[usize] = match labels {
            [_] => labels,
            _ => &self.article.explanation.prediction.labels,
        };
        if shown.is_empty() {
            return "\n".to_owned();
        }
        let words = &self.article.explanation.words;
        let strongest = words
            .iter()
            .flat_map(|word| shown.iter().map(|&l| word.contributions[l]))
            .fold(0.0, f64::max);
        let mut page = format!("\n{}\n\n", layout::wrap(&self.legend(shown), self.columns));
        let document = &self.article.document;
        for (field, text) in [
            (Field::Title, document.title()),
            (Field::Text, document.text.as_str()),
        ] {
            if text.is_empty() {
                continue;
            }
            let mut marked = String::new();
            let mut position = 0;
            for word in words.iter().filter(|w| w.field == field) {
                marked += &layout::printable(&text[position..word.span.start]);
                marked += &mark(word, shown, strongest);
                position = word.span.end;
            }
            marked += &layout::printable(&text[position..]);
            let gap = if field == Field::Title { "\n" } else { "" };
            page += &format!("{}\n{gap}", layout::wrap(&marked, self.columns));
        }
        page
    }

    fn legend(&self, shown: &[usize]) -> String {
        let names: Vec<String> = shown
            .iter()
            .enumerate()
            .map(|(at, &label)| match shown.len() {
                1 => self.name(label),
                _ => format!("{} {}", at + 1, self.name(label)),
            })
            .collect();
        format!(
            "evidence in the text for {}: [strong] and {{weaker}}{}",
            names.join(", "),
            match shown.len() {
                1 => "",
                _ => ", after it the topic's number",
            }
        )
    }
}

/// Columns before the words for and against a label.
const INDENT: usize = 11;

fn mark(word: &WordEvidence, shown: &[usize], strongest: f64) -> String {
    let best = (0..shown.len())
        .max_by(|&a, &b| word.contributions[shown[a]].total_cmp(&word.contributions[shown[b]]));
    let contribution = best.map_or(0.0, |at| word.contributions[shown[at]]);
    let Some(at) = best.filter(|_| contribution > WEAK * strongest) else {
        return word.word.clone();
    };
    let number = match shown.len() {
        1 => String::new(),
        _ => (at + 1).to_string(),
    };
    let colour = style::label(shown[at]);
    if contribution > STRONG * strongest {
        style::paint(colour, &format!("[{}]{number}", word.word))
    } else {
        let colour = colour.effects(anstyle::Effects::new());
        style::paint(colour, &format!("{{{}}}{number}", word.word))
    }
}
