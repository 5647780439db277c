//! Widths on a terminal: letters, umlauts, wide characters, and lines that break between words.

use anstream::adapter::strip_str;
use unicode_width::UnicodeWidthStr;

/// Columns that a text takes, its colours not counted.
pub fn width(text: &str) -> usize {
    strip_str(text).map(UnicodeWidthStr::width).sum()
}

/// A text without the control characters that a terminal would obey; line breaks and tabs stay.
pub fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| *c != '\r')
        .map(|c| match c {
            '\n' | '\t' => c,
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// A text, which has no colours, shortened to so many columns: its end is kept, as the end of a
/// path or of an id tells more than its beginning.
pub fn shorten(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = text.len();
    for (at, _) in text.char_indices().rev() {
        if width(&text[at..]) > columns.saturating_sub(1) {
            break;
        }
        kept = at;
    }
    format!("…{}", &text[kept..])
}

/// A text, which has no colours, cut to so many columns: its beginning is kept.
pub fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let fits = |end: usize| width(&text[..end]) < columns;
    let end = text
        .char_indices()
        .map(|(at, _)| at)
        .take_while(|&at| fits(at))
        .last();
    let cut = &text[..end.unwrap_or(0)];
    // Between words, where there are any.
    let words = cut.rfind(' ').map_or(cut, |space| &cut[..space]);
    format!("{}…", words.trim_end())
}

/// A text with spaces after it to fill so many columns.
pub fn pad(text: &str, columns: usize) -> String {
    let spaces = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(spaces))
}

/// Pieces one after another, with a separator between them; where a piece would not end within
/// `columns`, a new line begins with `indent` spaces. `start` columns are taken already. Without
/// `columns` all stand on one line.
pub fn flow(
    pieces: &[String],
    separator: &str,
    start: usize,
    indent: usize,
    columns: Option<usize>,
) -> String {
    let mut text = String::new();
    let mut used = start;
    for (at, piece) in pieces.iter().enumerate() {
        let last = at + 1 == pieces.len();
        let own = width(piece) + if last { 0 } else { width(separator.trim_end()) };
        if at > 0 {
            if columns.is_some_and(|columns| used + width(separator) + own > columns) {
                text += separator.trim_end();
                text.push('\n');
                text += &" ".repeat(indent);
                used = indent;
            } else {
                text += separator;
                used += width(separator);
            }
        }
        text += piece;
        used += width(piece);
    }
    text
}

/// A text, with colours or without, broken at spaces to fit into `columns`; its own line breaks
/// stay.
pub fn wrap(text: &str, columns: Option<usize>) -> String {
    if columns.is_none() {
        return text.to_owned();
    }
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            flow(&words, " ", 0, 0, columns)
        })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_a_terminal() {
        assert_eq!(width("Zölle"), 5);
        assert_eq!(width("Zo\u{308}lle"), 5);
        assert_eq!(width("関税"), 4);
        assert_eq!(width("\u{1b}[1mduty\u{1b}[0m"), 4);
        assert_eq!(pad("関税", 6), "関税  ");
    }

    #[test]
    fn the_end_of_a_long_text_is_kept() {
        assert_eq!(shorten("news/a.txt", 10), "news/a.txt");
        assert_eq!(shorten("news/a.txt", 6), "…a.txt");
        assert_eq!(shorten("輸出管理.txt", 9), "…管理.txt");
        assert_eq!(shorten("関", 1), "…");
        assert_eq!(cut("Zölle auf Stahl", 15), "Zölle auf Stahl");
        assert_eq!(cut("Zölle auf Stahl", 11), "Zölle auf…");
        assert_eq!(cut("輸出管理", 6), "輸出…");
    }

    #[test]
    fn lines_break_between_pieces_and_no_wider() {
        let pieces: Vec<String> = ["one 1", "two 2", "drei 3"].map(str::to_owned).to_vec();
        assert_eq!(flow(&pieces, ", ", 2, 4, None), "one 1, two 2, drei 3");
        assert_eq!(
            flow(&pieces, ", ", 2, 4, Some(15)),
            "one 1, two 2,\n    drei 3"
        );
        assert_eq!(wrap("a bc\n\ndef g", Some(4)), "a bc\n\ndef\ng");
        assert_eq!(wrap("endless w", Some(3)), "endless\nw");
    }
}
