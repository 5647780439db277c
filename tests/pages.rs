//! Thirty saved pages of different make: the article comes out, and nothing of what stands
//! around it.
//!
//! Beside each page stand its clean text (`.txt`) and sentences of its furniture (`.furniture`),
//! one a line. Sites and articles are made up.
#![cfg(feature = "html")]

mod common;

use std::path::{Path, PathBuf};

use newstopics::TopicClassifier;
use newstopics::corpus::readers::{self, Columns, Record};

fn pages() -> Vec<PathBuf> {
    let folder = common::project().join("tests/data/pages");
    let mut pages: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let end = path.extension().unwrap().to_str().unwrap();
            ["html", "htm", "xhtml"].contains(&end)
        })
        .collect();
    pages.sort();
    assert_eq!(pages.len(), 30);
    pages
}

fn read(path: &Path) -> Record {
    let records = readers::open(path, None, &Columns::default()).unwrap();
    let mut records = records.map(|record| record.unwrap());
    let record = records.next().unwrap();
    assert_eq!(records.next(), None);
    record
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_article_comes_out_and_nothing_else() {
    let mut faults = Vec::new();
    for path in pages() {
        let name = path.file_name().unwrap().to_str().unwrap();
        let page = read(&path);
        let clean = read(&path.with_extension("txt")).document;
        let furniture = std::fs::read_to_string(path.with_extension("furniture")).unwrap();
        let found = one_line(&page.document.text);
        for paragraph in clean.text.split("\n\n") {
            if !found.contains(&one_line(paragraph)) {
                faults.push(format!("{name}: missing: {paragraph}"));
            }
        }
        assert!(furniture.lines().count() >= 3, "{name}");
        for sentence in furniture.lines() {
            if found.contains(sentence) {
                faults.push(format!("{name}: left in: {sentence}"));
            }
        }
        if page.document.title() != clean.title() {
            faults.push(format!("{name}: title: {}", page.document.title()));
        }
        // What is in the text beyond the clean text: a table or a caption at most.
        let extra = found.chars().count() as f64 / one_line(&clean.text).chars().count() as f64;
        if extra > 1.12 {
            faults.push(format!(
                "{name}: {extra:.2} times as long as the article: {found}"
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_labels_are_those_of_the_clean_text() {
    let classifier = TopicClassifier::pretrained();
    let mut predictor = classifier.predictor();
    let mut predict = |record: &Record| {
        let document = &record.document;
        predictor.predict(document.title(), &document.text)
    };
    for path in pages() {
        let page = predict(&read(&path));
        let clean = predict(&read(&path.with_extension("txt")));
        assert_eq!(page.labels, clean.labels, "{}", path.display());
    }
}

#[test]
fn language_and_date_come_from_the_metadata() {
    let folder = common::project().join("tests/data/pages");
    for (name, lang, date) in [
        ("03-live-ticker.html", "de", Some("2026-03-11")),
        ("04-amp-page.html", "en", Some("2026-04-02T09:00:00Z")),
        ("08-json-ld.html", "en", Some("2026-05-06T17:20:00+00:00")),
        (
            "01-cookie-banner.html",
            "de",
            Some("2026-02-03T06:30:00+01:00"),
        ),
        ("16-ministry-page.html", "de", Some("2026-03-14")),
        ("12-xhtml.xhtml", "en", Some("2026-05-03")),
        ("18-div-soup.html", "en", None),
    ] {
        let page = read(&folder.join(name));
        assert_eq!(page.lang.as_deref(), Some(lang), "{name}");
        assert_eq!(page.date.as_deref(), date, "{name}");
    }
}
