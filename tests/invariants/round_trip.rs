//! What is written in a format is read from it: ids, titles, texts, in their order.

use std::io::Cursor;
use std::path::Path;

use newstopics::corpus::readers::{self, Columns, Format, Record};
use newstopics::corpus::{Document, Labels};
use serde_json::json;

use super::bit;

/// Records parted by ASCII's record separators, with id, title and text parted by its unit
/// separators; bits: 0 semicolons in CSV, 1 every cell quoted, 2 rows end as on Windows.
pub fn check(case: &[u8]) {
    let Some((&how, bytes)) = case.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(bytes);
    let documents: Vec<Document> = text
        .split('\u{1e}')
        .map(|record| {
            let mut fields = record.split('\u{1f}');
            let mut field = || fields.next().unwrap_or_default();
            Document::new(field(), field(), field())
        })
        .collect();
    check_csv(how, &documents);
    check_jsonl(&documents);
    check_fasttext(&documents);
}

fn records(format: &str, bytes: Vec<u8>) -> Vec<Record> {
    let columns = Columns {
        keep_fields: true,
        ..Columns::default()
    };
    let path = Path::new("case");
    let format = Format::named(format);
    readers::read(Cursor::new(bytes), path, format, &columns)
        .and_then(Iterator::collect)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The id of a document in a format in which an empty one is none.
fn id(document: &Document, number: usize) -> String {
    match document.id.is_empty() {
        true => (number + 1).to_string(),
        false => document.id.clone(),
    }
}

fn check_csv(how: u8, documents: &[Document]) {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(if bit(how, 0) { b';' } else { b',' })
        .quote_style(match bit(how, 1) {
            true => csv::QuoteStyle::Always,
            false => csv::QuoteStyle::Necessary,
        })
        .terminator(match bit(how, 2) {
            true => csv::Terminator::CRLF,
            false => csv::Terminator::Any(b'\n'),
        })
        .from_writer(Vec::new());
    let rows = documents
        .iter()
        .map(|d| [d.id.as_str(), d.title(), &d.text]);
    for row in std::iter::once(["id", "title", "text"]).chain(rows) {
        writer.write_record(row).expect("writing to memory");
    }
    let found = records("csv", writer.into_inner().expect("writing to memory"));
    assert_eq!(found.len(), documents.len());
    for (record, document) in found.iter().zip(documents) {
        assert_eq!(record.document, *document);
        let values = [document.id.as_str(), document.title(), &document.text];
        assert_eq!(record.fields.values, values);
    }
}

fn check_jsonl(documents: &[Document]) {
    let lines: String = documents
        .iter()
        .map(|d| {
            format!(
                "{}\n",
                json!({"id": d.id, "title": d.title, "text": d.text})
            )
        })
        .collect();
    let found = records("jsonl", lines.into_bytes());
    assert_eq!(found.len(), documents.len());
    for (number, (record, document)) in found.iter().zip(documents).enumerate() {
        assert_eq!(record.document.id, id(document, number));
        assert_eq!(record.document.title, document.title);
        assert_eq!(record.document.text, document.text);
    }
}

/// fastText has words and no more: the id is a label, and the text its words.
fn check_fasttext(documents: &[Document]) {
    let words = |text: &str| -> Vec<String> {
        let words = text.split_whitespace().map(str::to_owned);
        words
            .filter(|word| !word.starts_with("__label__"))
            .collect()
    };
    let lines: String = documents
        .iter()
        .map(|d| {
            format!(
                "__label__x{} {}\n",
                words(&d.id).concat(),
                words(&d.text).join(" ")
            )
        })
        .collect();
    let found = records("fasttext", lines.into_bytes());
    assert_eq!(found.len(), documents.len());
    for (record, document) in found.iter().zip(documents) {
        assert_eq!(record.document.text, words(&document.text).join(" "));
        let label = format!("x{}", words(&document.id).concat());
        assert_eq!(record.labels, Some(Labels::List(vec![label])));
    }
}
