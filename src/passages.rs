//! The topics of each part of a long text.

use std::ops::Range;

use serde::Serialize;

use crate::classifier::{Predictor, TopicClassifier};
use crate::text::{Token, tokens};

/// A passage has at least so many words that the model knows, unless the whole text has fewer:
/// of less a model of words can say little.
pub const LEAST_KNOWN_WORDS: usize = 12;

/// A part of a text and what the model says of it by itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Passage {
    /// Its byte range in the text, from its first word to the end of its last paragraph.
    pub span: Range<usize>,
    /// Probability of each label, in the model's order.
    pub scores: Vec<f64>,
    /// The labels given: indices into the model's labels, the most probable first.
    pub labels: Vec<usize>,
}

impl TopicClassifier {
    /// Classifies each passage of a text by itself, so that the tail of other stories' headlines
    /// or a digest of many items is seen for what it is.
    ///
    /// A passage is a paragraph: it ends at a blank line or, in a text without blank lines, at
    /// the end of a line. One with fewer known words than [`LEAST_KNOWN_WORDS`] is joined with
    /// the paragraph after it, at the end of the text with the one before. A text without words
    /// has no passages. The decision on the whole article does not depend on them.
    ///
    /// ```
    /// let classifier = newstopics::TopicClassifier::pretrained();
    /// let text = "The navy took over its second air-defence frigate on Thursday, and the \
    ///     ministry wants to order two more of them this year.\n\n\
    ///     Also in the news: the mayor opened the new swimming pool, and the weather will stay \
    ///     warm and dry for the rest of the week.";
    /// let passages = classifier.passages(text);
    /// assert_eq!(passages.len(), 2);
    /// assert!(text[passages[1].span.clone()].starts_with("Also in the news"));
    /// assert_eq!(classifier.labels()[passages[0].labels[0]], "defense");
    /// assert!(passages[1].labels.is_empty());
    /// ```
    pub fn passages(&self, text: &str) -> Vec<Passage> {
        self.predictor().passages(text)
    }
}

impl Predictor<'_> {
    /// Classifies each passage of a text (see [`TopicClassifier::passages`]).
    pub fn passages(&mut self, text: &str) -> Vec<Passage> {
        let mut joined: Vec<(Range<usize>, usize)> = Vec::new();
        for span in paragraphs(text) {
            let known = self
                .transformer
                .analyse("", &text[span.clone()])
                .1
                .known_words;
            match joined.last_mut() {
                Some((last, words)) if *words < LEAST_KNOWN_WORDS => {
                    last.end = span.end;
                    *words += known;
                }
                _ => joined.push((span, known)),
            }
        }
        if let [.., (before, _), (last, words)] = joined.as_mut_slice()
            && *words < LEAST_KNOWN_WORDS
        {
            before.end = last.end;
            joined.pop();
        }
        joined
            .into_iter()
            .map(|(span, _)| {
                let prediction = self.predict("", &text[span.clone()]);
                Passage {
                    span,
                    scores: prediction.scores,
                    labels: prediction.labels,
                }
            })
            .collect()
    }
}

/// Byte ranges of the paragraphs that have words, without the blanks around them.
fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut starts = starts(text, |_, token| token.starts_paragraph);
    if starts.len() == 1 {
        starts = self::starts(text, |gap, _| gap.contains('\n'));
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| start..start + text[start..end].trim_end().len())
        .collect()
}

/// Where paragraphs begin: with the line of their first word, which quotes may precede.
/// `is_new` sees what lies between a word and the one before it.
fn starts(text: &str, is_new: impl Fn(&str, &Token<'_>) -> bool) -> Vec<usize> {
    let mut before = 0;
    let mut starts = Vec::new();
    for token in tokens(text) {
        let gap = &text[before..token.span.start];
        if starts.is_empty() || is_new(gap, &token) {
            let line = gap.rfind('\n').map_or(gap, |at| &gap[at + 1..]);
            starts.push(token.span.start - line.trim_start().len());
        }
        before = token.span.end;
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        paragraphs(text).into_iter().map(|s| &text[s]).collect()
    }

    #[test]
    fn blank_lines_or_else_lines_end_paragraphs() {
        assert_eq!(parts("a b\nc\n\n“d” e. \n \n"), ["a b\nc", "“d” e."]);
        assert_eq!(parts("a b.\n- c\nd"), ["a b.", "- c", "d"]);
        assert!(parts(" \n\n.").is_empty());
    }
}
