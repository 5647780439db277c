//! The language of a text.

use std::collections::BTreeMap;

use rayon::prelude::*;
use whatlang::{Detector, Lang};

use crate::corpus::Dataset;
use crate::text::tokens;

/// The languages that are told apart: the fewer, the surer a short text can be told.
const LANGUAGES: [(Lang, &str); 15] = [
    (Lang::Deu, "de"),
    (Lang::Eng, "en"),
    (Lang::Fra, "fr"),
    (Lang::Ita, "it"),
    (Lang::Spa, "es"),
    (Lang::Por, "pt"),
    (Lang::Nld, "nl"),
    (Lang::Pol, "pl"),
    (Lang::Rus, "ru"),
    (Lang::Ukr, "uk"),
    (Lang::Tur, "tr"),
    (Lang::Cmn, "zh"),
    (Lang::Jpn, "ja"),
    (Lang::Kor, "ko"),
    (Lang::Ara, "ar"),
];

/// Beginning of a text that is looked at, in bytes: more makes hardly surer and costs time.
const SAMPLE: usize = 300;
/// A text of fewer letters says too little.
const LEAST_LETTERS: usize = 40;

/// The language of a function word that of the languages above only German, or only English, has.
fn of_function_word(word: &str) -> Option<&'static str> {
    match word {
        "der" | "und" | "das" | "nicht" | "mit" | "ist" | "auf" | "für" | "dem" | "sich"
        | "auch" | "eine" | "wird" | "bei" | "nach" | "oder" | "werden" | "sind" | "wurde"
        | "über" | "einen" | "einer" | "vom" | "zum" => Some("de"),
        "the" | "of" | "and" | "that" | "with" | "from" | "by" | "has" | "have" | "which"
        | "were" | "been" | "their" | "its" | "this" | "are" | "they" | "would" | "said"
        | "who" | "after" | "about" | "but" | "will" => Some("en"),
        _ => None,
    }
}

/// So many function words of one language, and so many times those of the other, need no second
/// opinion ...
const ENOUGH: usize = 5;
const CLEAR: usize = 5;
/// ... if they are among so many words.
const WORDS: usize = 150;
/// Length in bytes of the longest function word.
const LONGEST: usize = 6;

/// German or English, where the function words leave no doubt.
fn by_function_words(title: &str, text: &str) -> Option<&'static str> {
    let (mut german, mut english) = (0, 0);
    let mut word = String::with_capacity(LONGEST);
    for token in tokens(title).chain(tokens(text)).take(WORDS) {
        if token.text.len() > LONGEST {
            continue;
        }
        word.clear();
        word.push_str(token.text);
        word.make_ascii_lowercase();
        match of_function_word(&word) {
            Some("de") => german += 1,
            Some(_) => english += 1,
            None => continue,
        }
        if german >= ENOUGH && german >= CLEAR * english {
            return Some("de");
        }
        if english >= ENOUGH && english >= CLEAR * german {
            return Some("en");
        }
    }
    None
}

/// Whether a code (ISO 639-1) is among the languages that are told apart.
pub(crate) fn is_known(code: &str) -> bool {
    LANGUAGES.iter().any(|(_, known)| *known == code)
}

/// ISO 639-1 code of the language of a text, if it can be told.
///
/// German and English are the languages of the corpus; the others are those that reach a
/// German or English newsroom most often. Detection is whatlang's (trigrams and scripts), but for
/// the many texts whose function words already tell German or English: those cost far less.
pub(crate) fn detect(title: &str, text: &str) -> Option<&'static str> {
    if let Some(language) = by_function_words(title, text) {
        return Some(language);
    }
    let mut sample = String::with_capacity(SAMPLE);
    for part in [title, "\n", text] {
        let room = SAMPLE.saturating_sub(sample.len());
        let mut end = part.len().min(room);
        while !part.is_char_boundary(end) {
            end -= 1;
        }
        sample.push_str(&part[..end]);
    }
    if sample.chars().filter(|c| c.is_alphabetic()).count() < LEAST_LETTERS {
        return None;
    }
    let candidates = LANGUAGES.iter().map(|(lang, _)| *lang).collect();
    let detected = Detector::with_allowlist(candidates).detect(&sample)?;
    LANGUAGES
        .iter()
        .find(|(lang, _)| detected.is_reliable() && *lang == detected.lang())
        .map(|(_, code)| *code)
}

/// The language of each article, as the data say it, else as the text shows it.
pub(crate) fn of_articles(data: &Dataset) -> Vec<String> {
    data.documents
        .par_iter()
        .zip(&data.langs)
        .map(|(document, lang)| match lang {
            Some(lang) if !lang.trim().is_empty() => lang.trim().to_lowercase(),
            _ => detect(document.title(), &document.text)
                .unwrap_or("unknown")
                .to_owned(),
        })
        .collect()
}

/// How often each language occurs, the most frequent first.
pub(crate) fn count(languages: &[String]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for language in languages {
        *counts.entry(language).or_default() += 1;
    }
    let mut counts: Vec<(String, usize)> = counts
        .into_iter()
        .map(|(language, count)| (language.to_owned(), count))
        .collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_languages_of_the_corpus() {
        let german = "Die Bundesregierung hat am Mittwoch beschlossen, die Regeln für den Versand zu ändern.";
        let english =
            "The government said on Wednesday that it would change the rules for shipping goods.";
        let french =
            "Le gouvernement a annoncé mercredi que les règles du transport seraient modifiées.";
        assert_eq!(detect("", german), Some("de"));
        assert_eq!(detect("", english), Some("en"));
        assert_eq!(detect("", french), Some("fr"));
        assert_eq!(detect("Kurz", ""), None);
    }
}
