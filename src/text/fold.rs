//! One form for all spellings of a word.

use unicode_normalization::UnicodeNormalization;

/// Marks, hyphens and invisible characters inside a word that do not tell words apart: soft
/// hyphen, zero-width space and joiners, word joiner, byte-order mark.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
    )
}

/// Latin letters that no normalisation form takes apart.
fn latin_substitute(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'þ' | 'Þ' => "th",
        'ı' => "i",
        _ => return None,
    })
}

/// Appends the folded form of a word: lower case, German umlauts written out, accents dropped.
///
/// Composed, decomposed, transliterated and Swiss spellings of one word become the same string:
/// the text is taken apart by Unicode's compatibility decomposition (which every normalisation
/// form shares), `a`, `o`, `u` with a diaeresis become `ae`, `oe`, `ue`, `ß` becomes `ss`, other
/// Latin accents are dropped, and what is neither letter nor digit nor a mark of another script
/// (hyphens, soft hyphens, zero-width characters) vanishes.
///
/// ```
/// let fold = |word: &str| {
///     let mut folded = String::new();
///     newstopics::text::fold_into(word, &mut folded);
///     folded
/// };
/// assert_eq!(fold("Zölle"), "zoelle");
/// assert_eq!(fold("Zo\u{308}lle"), fold("ZOELLE"));
/// assert_eq!(fold("Maßnahme"), fold("Massnahme"));
/// assert_eq!(fold("F-35"), "f35");
/// ```
pub fn fold_into(word: &str, out: &mut String) {
    if word.is_ascii() {
        out.extend(
            word.bytes()
                .filter(u8::is_ascii_alphanumeric)
                .map(|b| char::from(b.to_ascii_lowercase())),
        );
        return;
    }
    // A diaeresis that stands by itself (text taken from a PDF) belongs to the letter before it;
    // compatibility decomposition would turn it into a space.
    let marks_joined = word
        .chars()
        .map(|c| if c == '\u{a8}' { '\u{308}' } else { c });
    let mut base = '\0';
    for c in marks_joined.nfkd() {
        match c {
            '\u{308}' if matches!(base, 'a' | 'o' | 'u' | 'A' | 'O' | 'U') => out.push('e'),
            '\u{300}'..='\u{36f}' => {}
            _ => {
                base = c;
                if let Some(letters) = latin_substitute(c) {
                    out.push_str(letters);
                } else if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) {
                    out.extend(
                        c.to_lowercase()
                            .filter(|l| !('\u{300}'..='\u{36f}').contains(l)),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(word: &str) -> String {
        let mut out = String::new();
        fold_into(word, &mut out);
        out
    }

    #[test]
    fn german_spellings_agree() {
        for spelling in [
            "Zölle",
            "Zo\u{308}lle",
            "Zoelle",
            "ZÖLLE",
            "Zo\u{a8}lle",
            "Zöl\u{ad}le",
        ] {
            assert_eq!(fold(spelling), "zoelle", "{spelling:?}");
        }
        assert_eq!(fold("Maßnahme"), fold("MASSNAHME"));
        assert_eq!(fold("STRAẞE"), "strasse");
    }

    #[test]
    fn other_accents_are_dropped() {
        assert_eq!(fold("naïve"), "naive");
        assert_eq!(fold("Erdoğan"), "erdogan");
        assert_eq!(fold("İstanbul"), "istanbul");
        assert_eq!(fold("Wałęsa"), "walesa");
        assert_eq!(fold("o\u{323}\u{308}"), "oe");
    }

    #[test]
    fn compatibility_forms_agree() {
        assert_eq!(fold("ﬁnal"), "final");
        assert_eq!(fold("Ｆ３５"), "f35");
    }

    #[test]
    fn other_scripts_keep_their_marks() {
        assert_eq!(fold("हिन्दी"), "हिन्दी");
        assert_eq!(fold("МОСКВА"), "москва");
    }
}
