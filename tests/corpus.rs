//! The corpus in `training/` keeps its own rules as it grows, and the embedded model keeps its
//! promises on it.

mod common;

use std::collections::{BTreeMap, HashMap, HashSet};

use common::project;
use newstopics::TopicClassifier;
use newstopics::text::{fold_into, tokens};
use unicode_normalization::UnicodeNormalization;

const TOPICS: [&str; 4] = ["export_controls", "critical_minerals", "tariffs", "defense"];
const COLUMNS: &str = "id,lang,labels,register,title,text,source,written";
/// Largest share of word 5-grams (Jaccard) that two articles may have in common.
const MAX_SIMILARITY: f64 = 0.25;
/// Shorter ones are furniture ("Read also:") or beginnings cut off at a date ("am 28. Juli").
const SENTENCE_WORDS: usize = 8;

struct Article {
    id: String,
    lang: String,
    labels: Vec<String>,
    register: String,
    title: String,
    text: String,
    source: String,
}

impl Article {
    fn words(&self) -> Vec<String> {
        [&self.title, &self.text]
            .into_iter()
            .flat_map(|text| words(text))
            .collect()
    }
}

fn words(text: &str) -> Vec<String> {
    tokens(text)
        .map(|token| {
            let mut folded = String::new();
            fold_into(token.text, &mut folded);
            folded
        })
        .collect()
}

fn corpus() -> Vec<Article> {
    let mut articles = Vec::new();
    for lang in ["de", "en"] {
        let path = project().join("training").join(format!("{lang}.csv"));
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let header: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        assert_eq!(header.join(","), COLUMNS, "{}", path.display());
        for record in reader.records() {
            let record = record.unwrap();
            let field = |at: usize| record[at].to_owned();
            assert_eq!(&record[1], lang, "{}: language", &record[0]);
            articles.push(Article {
                id: field(0),
                lang: field(1),
                labels: record[2]
                    .split(';')
                    .filter(|l| !l.is_empty())
                    .map(str::to_owned)
                    .collect(),
                register: field(3),
                title: field(4),
                text: field(5),
                source: field(6),
            });
            assert!(
                record[7].len() == 10 && record[7].starts_with("20"),
                "{}: written",
                &record[0]
            );
        }
    }
    articles
}

#[test]
fn rows_are_complete_and_counts_are_kept() {
    let articles = corpus();
    let mut ids = HashSet::new();
    let mut by_topic: BTreeMap<&str, usize> = BTreeMap::new();
    for article in &articles {
        assert!(ids.insert(&article.id), "{}: id twice", article.id);
        assert!(
            !article.text.trim().is_empty() && !article.register.is_empty(),
            "{}",
            article.id
        );
        let order: Vec<usize> = article
            .labels
            .iter()
            .map(|label| {
                TOPICS
                    .iter()
                    .position(|topic| topic == label)
                    .unwrap_or_else(|| panic!("{}: unknown label {label}", article.id))
            })
            .collect();
        assert!(
            order.is_sorted_by(|a, b| a < b),
            "{}: labels in the order of topics",
            article.id
        );
        for &topic in &order {
            *by_topic.entry(TOPICS[topic]).or_default() += 1;
        }
        assert!(
            article.source.is_empty() || article.source.starts_with("http"),
            "{}: source is an address",
            article.id
        );
    }
    assert!(articles.len() >= 3000, "{} articles", articles.len());
    for topic in TOPICS {
        assert!(by_topic[topic] >= 400, "{topic}: {}", by_topic[topic]);
    }
    let count = |chosen: fn(&Article) -> bool| articles.iter().filter(|a| chosen(a)).count();
    assert!(
        count(|a| a.labels.is_empty()) >= 1500,
        "articles without a topic"
    );
    assert!(
        count(|a| a.labels.len() > 1) >= 400,
        "articles of several topics"
    );
    assert!(
        3 * count(|a| !a.source.is_empty()) >= 2 * articles.len(),
        "articles with a source"
    );
    let german = count(|a| a.lang == "de") as f64 / articles.len() as f64;
    assert!((0.5..=0.6).contains(&german), "share of German: {german}");
}

#[test]
fn no_two_articles_are_alike() {
    let articles = corpus();
    let mut seen: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
    let mut sizes = Vec::new();
    for (index, article) in articles.iter().enumerate() {
        let grams: HashSet<Vec<String>> =
            article.words().windows(5).map(<[String]>::to_vec).collect();
        sizes.push(grams.len());
        let mut common: HashMap<usize, usize> = HashMap::new();
        for gram in grams {
            let places = seen.entry(gram).or_default();
            for &other in places.iter() {
                *common.entry(other).or_default() += 1;
            }
            places.push(index);
        }
        for (other, common) in common {
            let similarity = common as f64 / (sizes[index] + sizes[other] - common) as f64;
            assert!(
                similarity <= MAX_SIMILARITY,
                "{} and {} share {similarity:.2} of their 5-grams",
                article.id,
                articles[other].id
            );
        }
    }
}

#[test]
fn no_sentence_stands_twice() {
    let mut seen: HashMap<Vec<String>, String> = HashMap::new();
    for article in corpus() {
        let sentences: HashSet<Vec<String>> = sentences(&article.text).map(words).collect();
        for sentence in sentences.into_iter().filter(|s| s.len() >= SENTENCE_WORDS) {
            let text = sentence.join(" ");
            if let Some(other) = seen.insert(sentence, article.id.clone()) {
                panic!("{} and {other} both have the sentence: {text}", article.id);
            }
        }
    }
}

/// The sentences of a text: what ends with a line, or with a full stop, question or exclamation
/// mark before a space.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .flat_map(|line| line.split_inclusive(". "))
        .flat_map(|part| {
            part.split_inclusive("! ")
                .flat_map(|part| part.split_inclusive("? "))
        })
}

/// Other spellings of a text that mean the same.
fn variants(title: &str, text: &str) -> Vec<(&'static str, String, String)> {
    let both = |change: &dyn Fn(&str) -> String| (change(title), change(text));
    let swiss = both(&|t| t.replace('ß', "ss"));
    let written_out = both(&|t| {
        [
            ("ä", "ae"),
            ("ö", "oe"),
            ("ü", "ue"),
            ("Ä", "Ae"),
            ("Ö", "Oe"),
            ("Ü", "Ue"),
        ]
        .iter()
        .fold(t.to_owned(), |t, (from, to)| t.replace(from, to))
    });
    let decomposed = both(&|t| t.nfd().collect());
    let spaces = both(&|t| t.replace(' ', "\u{a0}"));
    let quotes = both(&|t| {
        t.chars()
            .map(|c| match c {
                '„' | '“' | '”' | '«' | '»' => '"',
                '’' | '‘' => '\'',
                c => c,
            })
            .collect()
    });
    let hyphens = both(&|t| {
        // A soft hyphen between the third and fourth letter of every longer word.
        let mut out = String::new();
        let mut letters = 0;
        for c in t.chars() {
            letters = if c.is_alphabetic() { letters + 1 } else { 0 };
            if letters == 4 {
                out.push('\u{ad}');
            }
            out.push(c);
        }
        out
    });
    vec![
        ("ß as ss", swiss.0, swiss.1),
        ("umlauts written out", written_out.0, written_out.1),
        ("decomposed", decomposed.0, decomposed.1),
        ("non-breaking spaces", spaces.0, spaces.1),
        ("straight quotes", quotes.0, quotes.1),
        ("soft hyphens", hyphens.0, hyphens.1),
        ("upper-case headline", title.to_uppercase(), text.to_owned()),
    ]
}

#[test]
fn spelling_variants_change_no_label_and_hardly_a_score() {
    let classifier = TopicClassifier::pretrained();
    let mut predictor = classifier.predictor();
    for article in corpus() {
        let expected = predictor.predict(&article.title, &article.text);
        for (name, title, text) in variants(&article.title, &article.text) {
            let found = predictor.predict(&title, &text);
            assert_eq!(found.labels, expected.labels, "{}: {name}", article.id);
            for (a, b) in found.scores.iter().zip(&expected.scores) {
                assert!((a - b).abs() <= 0.02, "{}: {name}: {a} and {b}", article.id);
            }
        }
    }
}
