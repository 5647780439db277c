//! Texts in another language than their records claim.

use rayon::prelude::*;

use super::finding::{Finding, Problem};
use crate::corpus::Dataset;
use crate::language;

pub(super) fn find(data: &Dataset) -> Vec<Finding> {
    (0..data.len())
        .into_par_iter()
        .filter_map(|row| {
            let claimed = data.langs[row].as_deref()?.trim();
            let document = &data.documents[row];
            let detected = other_language(claimed, document.title(), &document.text)?;
            let problem = Problem::Language {
                claimed: claimed.to_owned(),
                detected,
            };
            Some(Finding::new(problem, data, &[row]))
        })
        .collect()
}

/// The language of a text that is surely not in the claimed one.
///
/// A claim of a language that cannot be told apart is believed, and so is one that the second
/// half of the text bears out: a foreign headline or first quotation is no fault.
fn other_language(claimed: &str, title: &str, text: &str) -> Option<&'static str> {
    // `de-AT` and `DE` are German.
    let code = claimed.split(['-', '_']).next()?.to_lowercase();
    if !language::is_known(&code) {
        return None;
    }
    let detected = language::detect(title, text)?;
    if detected == code {
        return None;
    }
    let mut middle = text.len() / 2;
    while !text.is_char_boundary(middle) {
        middle += 1;
    }
    (language::detect("", &text[middle..]) != Some(code.as_str())).then_some(detected)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GERMAN: &str = "Die Regierung hat am Montag beschlossen, die Regeln für den Versand von Waren zu ändern, und will darüber mit den Verbänden reden.";
    const ENGLISH: &str = "The government decided on Monday to change the rules for shipping goods and wants to talk about it with the associations.";

    #[test]
    fn only_a_sure_contradiction_is_found() {
        assert_eq!(other_language("de", "", ENGLISH), Some("en"));
        assert_eq!(other_language("DE-at", "", GERMAN), None);
        assert_eq!(other_language("", "", ENGLISH), None);
        // A language that is not among those told apart.
        assert_eq!(other_language("sv", "", GERMAN), None);
        let quoted = format!("{ENGLISH} {ENGLISH} {ENGLISH} {}", GERMAN.repeat(4));
        assert_eq!(other_language("de", "", &quoted), None);
    }
}
