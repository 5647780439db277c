//! Words and where they stand.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::fold::is_invisible;

/// A run of more letters and digits than this is cut into several tokens, so that a line of
/// base64 or a hostile file cannot make one endless word.
pub const MAX_TOKEN_CHARS: usize = 64;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// The word as it is written.
    pub text: &'a str,
    /// Its byte range in the text; both ends are character boundaries.
    pub span: Range<usize>,
    /// Whether a blank line lies between this word and the one before it. No word n-gram
    /// reaches over a blank line.
    pub starts_paragraph: bool,
}

/// Splits a text into words.
///
/// A word is a run of letters, digits and their marks; invisible characters (soft hyphens,
/// zero-width joiners) do not end it. A short letter code and the number hyphenated to it are
/// one word (`F-35`, `S-400`, `AK-47`), so that they mean the same as `F35`.
///
/// ```
/// let words: Vec<&str> = newstopics::text::tokens("F-35: Zölle, 25 %").map(|t| t.text).collect();
/// assert_eq!(words, ["F-35", "Zölle", "25"]);
/// ```
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens {
        text,
        position: 0,
        starts_paragraph: false,
    }
}

/// Iterator of [`tokens`].
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    text: &'a str,
    position: usize,
    starts_paragraph: bool,
}

impl Tokens<'_> {
    fn char_at(&self, position: usize) -> Option<char> {
        let byte = *self.text.as_bytes().get(position)?;
        if byte.is_ascii() {
            Some(char::from(byte))
        } else {
            self.text[position..].chars().next()
        }
    }

    /// Moves to the next word's first character; notes a blank line on the way.
    fn skip_to_word(&mut self) -> Option<()> {
        let mut newlines = 0;
        loop {
            let c = self.char_at(self.position)?;
            if c.is_alphanumeric() {
                return Some(());
            }
            if c == '\n' {
                newlines += 1;
                self.starts_paragraph |= newlines > 1;
            } else if !c.is_whitespace() {
                newlines = 0;
            }
            self.position += c.len_utf8();
        }
    }

    /// Moves over letters, digits and marks, at most `limit` of them; returns how many there
    /// were and whether all were ASCII letters.
    fn skip_word(&mut self, limit: usize) -> (usize, bool) {
        let (mut length, mut letters) = (0, true);
        let mut previous = '\0';
        while length < limit {
            // Most of a text: letters that need no look at Unicode's tables.
            if let Some(byte) = self.text.as_bytes().get(self.position)
                && byte.is_ascii_alphanumeric()
            {
                letters &= byte.is_ascii_alphabetic();
                previous = char::from(*byte);
                length += 1;
                self.position += 1;
                continue;
            }
            let Some(c) = self.char_at(self.position) else {
                break;
            };
            let umlaut_mark =
                c == '\u{a8}' && matches!(previous, 'a' | 'o' | 'u' | 'A' | 'O' | 'U');
            if !(c.is_alphanumeric()
                || (!c.is_ascii() && (umlaut_mark || is_invisible(c) || is_combining_mark(c))))
            {
                break;
            }
            letters &= c.is_ascii_alphabetic();
            previous = c;
            length += 1;
            self.position += c.len_utf8();
        }
        (length, letters)
    }

    /// Takes in the `-35` of `F-35` after a code of one to three letters.
    fn join_number(&mut self) {
        let Some(hyphen @ ('-' | '\u{2010}' | '\u{2011}')) = self.char_at(self.position) else {
            return;
        };
        let after = self.position + hyphen.len_utf8();
        if self.char_at(after).is_some_and(|c| c.is_ascii_digit()) {
            self.position = after;
            self.skip_word(MAX_TOKEN_CHARS);
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_to_word()?;
        let start = self.position;
        let (length, letters) = self.skip_word(MAX_TOKEN_CHARS);
        if letters && length <= 3 {
            self.join_number();
        }
        Some(Token {
            text: &self.text[start..self.position],
            span: start..self.position,
            starts_paragraph: std::mem::take(&mut self.starts_paragraph),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold_into;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text).map(|t| t.text).collect()
    }

    #[test]
    fn keeps_digits_and_weapon_codes() {
        assert_eq!(
            words("F-35, S-400 und H20; Section 232 (2024-25)"),
            [
                "F-35", "S-400", "und", "H20", "Section", "232", "2024", "25"
            ]
        );
        assert_eq!(
            words("25-prozentige Covid-19"),
            ["25", "prozentige", "Covid", "19"]
        );
    }

    #[test]
    fn soft_hyphens_and_apostrophes() {
        assert_eq!(
            words("Straf\u{ad}zölle China’s"),
            ["Straf\u{ad}zölle", "China", "s"]
        );
    }

    #[test]
    fn blank_lines_start_paragraphs() {
        let starts: Vec<bool> = tokens("Titel\n \nErster\nSatz. \n\n\nZweiter")
            .map(|t| t.starts_paragraph)
            .collect();
        assert_eq!(starts, [false, true, false, true]);
    }

    #[test]
    fn endless_words_are_cut() {
        let long = "ä".repeat(1000);
        let lengths: Vec<usize> = tokens(&long).map(|t| t.text.chars().count()).collect();
        assert_eq!(lengths.iter().sum::<usize>(), 1000);
        assert!(lengths.iter().all(|&l| l <= MAX_TOKEN_CHARS));
    }

    proptest! {
        #[test]
        fn spans_cut_the_text(text in "\\PC*|[a-zäöüß\u{308}\u{ad}\u{200b}\u{a8} \n-]{0,40}") {
            let mut end = 0;
            for token in tokens(&text) {
                prop_assert!(token.span.start >= end && token.span.end > token.span.start);
                prop_assert_eq!(text.get(token.span.clone()), Some(token.text));
                end = token.span.end;
                let mut folded = String::new();
                fold_into(token.text, &mut folded);
                prop_assert!(!folded.contains(char::is_whitespace));
            }
        }

        #[test]
        fn normalisation_forms_agree(text in "([a-zA-ZäöüÄÖÜßéèç]{0,12} ){0,6}") {
            use unicode_normalization::UnicodeNormalization;
            let folded = |text: &str| -> Vec<String> {
                tokens(text)
                    .map(|t| { let mut s = String::new(); fold_into(t.text, &mut s); s })
                    .collect()
            };
            let expected = folded(&text);
            prop_assert_eq!(&folded(&text.nfd().collect::<String>()), &expected);
            let swiss = text.replace('ß', "ss");
            prop_assert_eq!(&folded(&swiss), &expected);
            let transliterated = [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "AE"), ("Ö", "OE"), ("Ü", "UE")]
                .iter()
                .fold(swiss, |t, (from, to)| t.replace(from, to));
            prop_assert_eq!(&folded(&transliterated), &expected);
        }
    }
}
