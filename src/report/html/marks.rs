//! Words of an article marked by what they say for or against a label.

use std::ops::Range;

use maud::{Markup, html};

/// A word with less than this share of the strongest word's evidence is not marked.
pub const LEAST_MARKED: f64 = 0.1;

/// A word to mark.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Its byte range in the text.
    pub span: Range<usize>,
    /// How strongly it speaks for the label, from -1 (against) to 1 (for).
    pub strength: f64,
}

/// A text with its marked words; ranges that overlap an earlier one or do not fit the text are
/// left out. `marks` are in the order of the text.
pub fn marked(text: &str, marks: &[Mark]) -> Markup {
    let mut from = 0;
    let mut pieces = Vec::new();
    for mark in marks {
        let span = mark.span.clone();
        if span.start < from {
            continue;
        }
        let (Some(before), Some(word)) = (text.get(from..span.start), text.get(span.clone()))
        else {
            continue;
        };
        pieces.push((before, Some((word, class(mark.strength)))));
        from = span.end;
    }
    pieces.push((text.get(from..).unwrap_or_default(), None));
    html! {
        // Text of foreign writing direction stays within its own bounds.
        bdi {
            @for (before, word) in pieces {
                (before)
                @if let Some((word, class)) = word { mark class=(class) { (word) } }
            }
        }
    }
}

/// Three steps for each direction; they differ by underline as well as by colour.
fn class(strength: f64) -> &'static str {
    match strength {
        s if s >= 0.66 => "for3",
        s if s >= 0.33 => "for2",
        s if s >= 0.0 => "for1",
        s if s > -0.33 => "against1",
        s if s > -0.66 => "against2",
        _ => "against3",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(span: Range<usize>, strength: f64) -> Mark {
        Mark { span, strength }
    }

    #[test]
    fn words_are_marked_and_everything_is_escaped() {
        let text = "Zölle & <b>duty</b>";
        let marks = [mark(0..6, 1.0), mark(12..16, -0.5)];
        assert_eq!(
            marked(text, &marks).into_string(),
            "<bdi><mark class=\"for3\">Zölle</mark> &amp; &lt;b&gt;\
             <mark class=\"against2\">duty</mark>&lt;/b&gt;</bdi>"
        );
    }

    #[test]
    fn ranges_that_do_not_fit_are_left_out() {
        // Inside a character, overlapping, behind the end, upside down.
        let marks = [
            mark(0..2, 1.0),
            mark(0..3, 1.0),
            mark(1..3, 1.0),
            mark(3..99, 1.0),
        ];
        assert_eq!(
            marked("aö b", &marks).into_string(),
            "<bdi><mark class=\"for3\">aö</mark> b</bdi>"
        );
    }
}
