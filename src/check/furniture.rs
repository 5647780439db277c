//! Lines that many articles begin or end with: credits, "Read also", cookie notices.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::finding::{End, Finding, Place, Problem, excerpt};
use crate::corpus::Dataset;
use crate::text::{fold_into, tokens};

/// Lines or sentences that are looked at, at each end.
const DEPTH: usize = 3;
/// A whole line of fewer words ("Thanks.") is what people write, not what a page adds.
const LEAST_WORDS: usize = 3;
/// Words before the colon of an opening ("Read also: ...").
const OPENING_WORDS: usize = 4;
/// A repeated line is in one of this many articles; a repeated opening is in twice as many, for
/// people begin sentences alike.
const ONE_IN: usize = 1000;
/// Places given of a line.
const EXAMPLES: usize = 5;

/// A line at one end of an article.
struct Line {
    key: u64,
    row: usize,
    end: End,
    opening: bool,
    /// Its bytes in the text.
    span: Range<usize>,
}

/// Lines that stand at the same end of many articles; those of one group of near-duplicates
/// count once.
pub(super) fn find(data: &Dataset, groups: &[usize], at_least: usize) -> Vec<Finding> {
    let mut lines: Vec<Line> = (0..data.len())
        .into_par_iter()
        .flat_map_iter(|row| lines_of(row, &data.documents[row].text))
        .collect();
    lines.par_sort_by_key(|line| (line.end, line.opening, line.key, line.row));
    let at_least = at_least.max(data.len() / ONE_IN);
    let mut repeated: Vec<(usize, &[Line])> = lines
        .chunk_by(|a, b| (a.end, a.opening, a.key) == (b.end, b.opening, b.key))
        .filter_map(|same| {
            let articles: HashSet<usize> = same.iter().map(|line| groups[line.row]).collect();
            let least = at_least * if same[0].opening { 2 } else { 1 };
            (articles.len() >= least).then_some((articles.len(), same))
        })
        .collect();
    repeated.sort_by_key(|(articles, same)| (std::cmp::Reverse(*articles), same[0].row));
    let text = |line: &Line| &data.documents[line.row].text[line.span.clone()];
    let whole: HashSet<&str> = repeated
        .iter()
        .filter(|(_, same)| !same[0].opening)
        .map(|(_, same)| text(&same[0]))
        .collect();
    repeated
        .iter()
        // The opening of a line that is repeated as a whole says no more.
        .filter(|(_, same)| !(same[0].opening && whole.contains(text(&same[0]))))
        .map(|(articles, same)| finding(data, *articles, same))
        .collect()
}

fn finding(data: &Dataset, articles: usize, same: &[Line]) -> Finding {
    let first = &same[0];
    let line = &data.documents[first.row].text[first.span.clone()];
    let line = match opening(line).filter(|_| first.opening) {
        Some(opening) => format!("{}: …", excerpt(opening)),
        None => excerpt(line),
    };
    let mut rows: Vec<usize> = same.iter().map(|line| line.row).collect();
    rows.dedup();
    rows.truncate(EXAMPLES);
    Finding {
        excerpt: line.clone(),
        places: rows.iter().map(|&row| Place::new(data, row)).collect(),
        problem: Problem::PageFurniture {
            line,
            opening: first.opening,
            end: first.end,
            articles,
        },
    }
}

/// The lines at both ends of a text, each as a whole and by its opening; a text of one line has
/// none.
fn lines_of(row: usize, text: &str) -> Vec<Line> {
    let segments = segments(text);
    let n = segments.len();
    let mut lines = Vec::new();
    if n < 2 {
        return lines;
    }
    for (index, span) in segments.into_iter().enumerate() {
        // Of a short text each line belongs to the nearer end.
        let end = if index < DEPTH && index < n.div_ceil(2) {
            End::Beginning
        } else if index + DEPTH >= n {
            End::End
        } else {
            continue;
        };
        let line = &text[span.clone()];
        let mut add = |key, opening| {
            lines.push(Line {
                key,
                row,
                end,
                opening,
                span: span.clone(),
            });
        };
        let (key, words) = hash_words(line);
        if words >= LEAST_WORDS {
            add(key, false);
        }
        if let Some(opening) = opening(line) {
            add(hash_words(opening).0, true);
        }
    }
    lines
}

/// What a line begins with before a colon, if that is a few words.
fn opening(line: &str) -> Option<&str> {
    // Not the colon of a time or an address.
    let (opening, _) = line.split_once(": ")?;
    let few = (1..=OPENING_WORDS).contains(&hash_words(opening).1);
    (few && !opening.contains(char::is_numeric)).then_some(opening)
}

/// Hash and number of the words of a line; numbers (times, dates) are all alike.
fn hash_words(line: &str) -> (u64, usize) {
    let mut hasher = FixedState::with_seed(0).build_hasher();
    let mut folded = String::new();
    let mut words = 0;
    for token in tokens(line) {
        folded.clear();
        if token.text.bytes().all(|b| b.is_ascii_digit()) {
            folded.push('0');
        } else {
            fold_into(token.text, &mut folded);
        }
        hasher.write(folded.as_bytes());
        hasher.write_u8(0xff);
        words += 1;
    }
    (hasher.finish(), words)
}

/// The lines of a text, and the sentences in them: byte ranges without space around them.
fn segments(text: &str) -> Vec<Range<usize>> {
    let mut segments = Vec::new();
    let mut start = 0;
    let mut before = [' ', ' '];
    let mut characters = text.char_indices().peekable();
    while let Some((place, c)) = characters.next() {
        let next = characters.peek().map(|&(_, next)| next);
        // "15. Mai" goes on, and so does "U.S. steel".
        let number = before[1].is_ascii_digit();
        let initial = before[1].is_alphabetic() && !before[0].is_alphabetic();
        let ends_sentence = next.is_some_and(char::is_whitespace)
            && (matches!(c, '!' | '?') || c == '.' && !number && !initial);
        before = [before[1], c];
        if ends_sentence || matches!(c, '\n' | '\r') {
            let end = place + c.len_utf8();
            push_trimmed(&mut segments, text, start..end);
            start = end;
        }
    }
    push_trimmed(&mut segments, text, start..text.len());
    segments
}

fn push_trimmed(segments: &mut Vec<Range<usize>>, text: &str, span: Range<usize>) {
    let part = &text[span.clone()];
    let start = span.start + part.len() - part.trim_start().len();
    let end = start + part.trim().len();
    if start < end {
        segments.push(start..end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_and_lines_are_segments() {
        let text = " One. Two at 3.5 percent, 1. May in the U.S. now!\n\nThree\r\n";
        let found: Vec<&str> = segments(text).into_iter().map(|s| &text[s]).collect();
        assert_eq!(
            found,
            [
                "One.",
                "Two at 3.5 percent, 1. May in the U.S. now!",
                "Three"
            ]
        );
        assert!(segments(" \n ").is_empty());
    }

    #[test]
    fn each_line_of_a_short_text_belongs_to_one_end() {
        let ends: Vec<End> = lines_of(0, "One two three. Four five six. Seven eight nine.")
            .iter()
            .map(|line| line.end)
            .collect();
        assert_eq!(ends, [End::Beginning, End::Beginning, End::End]);
        assert!(lines_of(0, "Only one line here").is_empty());
    }

    #[test]
    fn an_opening_is_a_few_words_before_a_colon() {
        assert_eq!(opening("Lesen Sie auch: Zölle"), Some("Lesen Sie auch"));
        assert_eq!(opening("17 Uhr: Zölle"), None);
        assert_eq!(opening("At 17:30 it began"), None);
        assert_eq!(opening("Nobody had expected what came: rain"), None);
    }

    #[test]
    fn times_are_alike() {
        assert_eq!(
            hash_words("Stand: 12.30 Uhr"),
            hash_words("Stand: 9.05 Uhr")
        );
        assert_ne!(hash_words("Stand heute"), hash_words("Stand gestern"));
    }
}
