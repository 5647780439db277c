//! The same article in every format, packing and encoding; labels of other programs' files.

mod common;

use std::io::Write;

use common::{Room, article, small_csv};
use serde_json::{Value, json};

fn answers(out: &str) -> Vec<Value> {
    out.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The only answer to an input.
fn predicted(room: &Room, args: &[&str]) -> Value {
    let out = room.succeed(&[&["predict", "--format", "jsonl"], args].concat());
    let mut answers = answers(&out);
    assert_eq!(answers.len(), 1, "{args:?}");
    answers.remove(0)
}

fn assert_same(found: &Value, expected: &Value, name: &str) {
    assert_eq!(found["labels"], expected["labels"], "{name}");
    for (label, score) in expected["scores"].as_object().unwrap() {
        let difference = found["scores"][label].as_f64().unwrap() - score.as_f64().unwrap();
        assert!(difference.abs() < 0.01, "{name}: {label} {difference}");
    }
}

fn separated(delimiter: u8, rows: &[&[&str]]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(*row).unwrap();
    }
    writer.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_be_bytes).collect()
}

/// A title, which has a semicolon and quotes, and the paragraphs of an article.
fn zoelle() -> (String, String) {
    let text = article("zoelle.txt");
    let (title, body) = text.split_once("\n\n").unwrap();
    (format!("{title}; \"eilig\""), body.trim_end().to_owned())
}

#[test]
fn the_same_article_in_every_format() {
    let room = Room::new();
    let (title, body) = zoelle();
    let whole = format!("{title}\n\n{body}\n");
    let text = format!("{title} {}", body.replace('\n', " "));
    let rows: [&[&str]; 2] = [&["id", "title", "text"], &["x", &title, &body]];
    let paragraphs: String = body
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| format!("<p>{line}</p>\n"))
        .collect();
    let page = format!(
        "<!DOCTYPE html><html lang=de><head><meta charset=utf-8><title>{title}</title></head>\
         <body><nav>Start</nav><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    );
    let jsonl = json!({"id": "x", "title": title, "text": body}).to_string();
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("a.html", page.clone().into()),
        ("comma.csv", separated(b',', &rows)),
        ("semicolon.csv", separated(b';', &rows)),
        ("tab.csv", separated(b'\t', &rows)),
        ("bar.csv", separated(b'|', &rows)),
        ("a.tsv", separated(b'\t', &rows)),
        (
            "marked.csv",
            [b"\xef\xbb\xbf".to_vec(), separated(b';', &rows)].concat(),
        ),
        ("a.jsonl", jsonl.clone().into()),
        (
            "prodigy.jsonl",
            json!({"text": whole, "cats": {"tariffs": 1.0}})
                .to_string()
                .into(),
        ),
        (
            "annif.jsonl",
            json!({"document_id": "x", "text": whole, "subjects": [{"label": "tariffs"}]})
                .to_string()
                .into(),
        ),
        ("a.ft", format!("__label__tariffs {text}\n").into()),
        ("a.txt.gz", gzip(whole.as_bytes())),
        ("a.csv.gz", gzip(&separated(b';', &rows))),
        ("a.txt.zst", zstd(whole.as_bytes())),
        ("a.jsonl.zst", zstd(jsonl.as_bytes())),
        ("a.html.gz", gzip(page.as_bytes())),
        ("utf16.txt", utf16(&whole)),
        (
            "utf16.csv",
            utf16(&String::from_utf8(separated(b';', &rows)).unwrap()),
        ),
        ("utf16.html", utf16(&page)),
        (
            "latin.txt",
            encoding_rs::WINDOWS_1252.encode(&whole).0.into_owned(),
        ),
        (
            "latin.csv.gz",
            gzip(
                &encoding_rs::WINDOWS_1252
                    .encode(&String::from_utf8(separated(b';', &rows)).unwrap())
                    .0,
            ),
        ),
        (
            "latin.html",
            encoding_rs::WINDOWS_1252
                .encode(&page.replace("utf-8", "windows-1252"))
                .0
                .into_owned(),
        ),
    ];
    room.write("news/a.txt", &whole);
    let expected = predicted(&room, &["news/a.txt"]);
    assert_eq!(expected["labels"], json!(["tariffs"]));
    for (name, bytes) in &files {
        room.write(&format!("news/{name}"), bytes);
        assert_same(
            &predicted(&room, &[&format!("news/{name}")]),
            &expected,
            name,
        );
    }
    // All of them are found in the folder, in the order of their names.
    let out = room.succeed(&["predict", "--format", "jsonl", "news"]);
    assert_eq!(out.lines().count(), files.len() + 1);
}

#[test]
fn standard_input_is_known_by_its_first_bytes() {
    let room = Room::new();
    let (title, body) = zoelle();
    let expected = {
        room.write("a.txt", format!("{title}\n\n{body}"));
        predicted(&room, &["a.txt"])
    };
    let jsonl = json!({"title": title, "text": body}).to_string();
    let page = format!("<!doctype html><title>{title}</title><h1>{title}</h1><p>{body}</p>");
    let line = format!("__label__tariffs {title} {}", body.replace('\n', " "));
    for (input, note) in [
        (format!("{title}\n\n{body}").into_bytes(), ""),
        (
            gzip(jsonl.as_bytes()),
            "newstopics: standard input: the format is jsonl\n",
        ),
        (
            page.into_bytes(),
            "newstopics: standard input: the format is html\n",
        ),
        (
            zstd(line.as_bytes()),
            "newstopics: standard input: the format is fasttext\n",
        ),
    ] {
        let answer = room.run_with_input(&["predict", "--format", "jsonl"], &input);
        assert_eq!(answer.code, Some(0), "{}", answer.stderr);
        assert_eq!(answer.said_before_summary(), note);
        assert_same(&answers(&answer.stdout)[0], &expected, note);
    }
}

#[test]
fn what_was_found_out_is_said() {
    let room = Room::new();
    room.write("a.csv", "id;text\n1;Die EU erhebt Zölle\n");
    room.write("b.csv", b"id,text\n1,Die EU erhebt Z\xf6lle\n");
    room.write("c.tsv", "id\ttext\n1\tDie EU erhebt Zölle\n");
    let answer = room.run(&["predict", "a.csv", "b.csv", "c.tsv"]);
    assert_eq!(
        answer.said_before_summary(),
        "newstopics: a.csv: the columns are separated by semicolons\n\
         newstopics: b.csv: the encoding is windows-1252\n"
    );
    let forced = ["--delimiter", ";", "--encoding", "utf-8"];
    let answer = room.run(&[&["predict", "a.csv"], &forced[..]].concat());
    assert_eq!(
        (answer.code, answer.said_before_summary().as_str()),
        (Some(0), "")
    );
    let error = room.fail(3, &["predict", "b.csv", "--encoding", "utf-8"]);
    assert!(
        error.contains("b.csv, record 1, line 2, field `text`: found the byte 0xf6"),
        "{error}"
    );
    let error = room.fail(2, &["predict", "b.csv", "--encoding", "klingon"]);
    assert!(error.contains("found the encoding `klingon`"), "{error}");
}

#[test]
fn files_without_a_header() {
    let room = Room::new();
    room.write(
        "a.csv",
        "tariffs;EU;Die EU erhebt Zölle\n;Wetter;Es regnet, sagt er\n",
    );
    let columns = ["--no-header", "--columns", "label,title,text"];
    let out = room.succeed(&[&["predict", "a.csv", "-f", "jsonl"], &columns[..]].concat());
    let ids: Vec<Value> = answers(&out).iter().map(|a| a["id"].clone()).collect();
    assert_eq!(ids, ["1", "2"]);
    let out = room.succeed(&[&["evaluate", "a.csv", "--format", "json"], &columns[..]].concat());
    assert_eq!(
        serde_json::from_str::<Value>(&out).unwrap()["classification_report"]["tariffs"]["support"],
        1
    );
    room.fail(2, &["predict", "a.csv", "--no-header"]);
    let error = room.fail(
        3,
        &["predict", "a.csv", "--no-header", "--columns", "id,body"],
    );
    assert!(error.contains("a.csv"), "{error}");
}

#[test]
fn a_delimiter_that_cannot_be_told_is_an_error() {
    let room = Room::new();
    room.write("a.csv", "a title\nsome, text; here | x\n");
    let error = room.fail(3, &["predict", "a.csv"]);
    assert!(
        error.contains(
            "a.csv: the delimiter cannot be told: tried commas, semicolons, tabs, vertical bars"
        ),
        "{error}"
    );
    let error = room.fail(2, &["predict", "a.csv", "--delimiter", "ab"]);
    assert!(error.contains("one character"), "{error}");
}

/// The csv crate takes the end of the file for the end of the quote, so that a missing quote made
/// one article of the rest of the file, without a word.
#[test]
fn a_quote_that_is_never_closed_is_not_the_end_of_the_field() {
    let room = Room::new();
    room.write(
        "a.csv",
        "id,text\n1,one\n2,\"two\nlines\"\n\n3,\"three\n4,four\n5,five\n",
    );
    let answer = room.run(&["predict", "a.csv", "-f", "jsonl"]);
    assert_eq!(answer.code, Some(3));
    assert_eq!(answers(&answer.stdout).len(), 2);
    assert!(
        answer.stderr.contains(
            "a.csv, record 3, line 6: found a quote opened on line 6 and not closed before the end"
        ),
        "{}",
        answer.stderr
    );
    // A quote closed by the last byte is closed.
    room.write("b.csv", "id,text\n1,\"one\"");
    assert_eq!(predicted(&room, &["b.csv"])["id"], "1");
}

#[test]
fn labels_of_other_programs() {
    let room = Room::new();
    room.write("own.csv", small_csv());
    room.succeed(&["train", "own.csv", "--model", "own.model"]);
    let figures = |report: &str| -> Value {
        let report: Value = serde_json::from_str(report).unwrap();
        json!([report["classification_report"], report["figures"]])
    };
    let expected =
        figures(&room.succeed(&["evaluate", "own.csv", "-m", "own.model", "--format", "json"]));
    let mut reader = csv::Reader::from_reader(small_csv().into_bytes().as_slice())
        .into_records()
        .collect::<Vec<_>>();
    let rows: Vec<(String, String)> = reader
        .drain(..)
        .map(|row| row.unwrap())
        .map(|row| (row[1].to_owned(), row[3].to_owned()))
        .collect();
    let lines = |line: fn(&str, &str) -> String| -> String {
        rows.iter()
            .map(|(label, text)| line(label, text) + "\n")
            .collect()
    };
    let list = |label: &str| -> Vec<String> {
        label
            .split(';')
            .filter(|l| !l.is_empty())
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(list("a;b"), ["a", "b"]);
    for (name, content, flags) in [
        (
            "a.ft",
            lines(|label, text| match label {
                "" => text.to_owned(),
                label => format!("__label__{label} {text}"),
            }),
            vec![],
        ),
        (
            "spacy.jsonl",
            lines(|label, text| {
                let cats: Value = ["tariffs", "defense", "sport"]
                    .iter()
                    .map(|l| ((*l).to_owned(), json!(f64::from(*l == label))))
                    .collect::<serde_json::Map<_, _>>()
                    .into();
                json!({"text": text, "cats": cats}).to_string()
            }),
            vec![],
        ),
        (
            "prodigy.jsonl",
            lines(|label, text| {
                let accept: Vec<&str> = Some(label).filter(|l| !l.is_empty()).into_iter().collect();
                json!({"text": text, "accept": accept, "answer": "accept"}).to_string()
            }),
            vec!["--input-format", "prodigy"],
        ),
        (
            "annif.jsonl",
            lines(|label, text| {
                let subjects: Vec<Value> = Some(label)
                    .filter(|l| !l.is_empty())
                    .map(|l| json!({"uri": "http://example.org/1", "label": l}))
                    .into_iter()
                    .collect();
                json!({"document_id": "d", "text": text, "subjects": subjects}).to_string()
            }),
            vec![],
        ),
        (
            "corpus.tsv",
            lines(|label, text| format!("{text}\t<{label}>")),
            vec!["--input-format", "annif-tsv"],
        ),
    ] {
        room.write(name, content.replace("<>", ""));
        let args = [
            &["evaluate", name, "-m", "own.model", "--format", "json"],
            &flags[..],
        ]
        .concat();
        assert_eq!(figures(&room.succeed(&args)), expected, "{name}");
    }
}

#[test]
fn a_page_without_an_article_is_an_error() {
    let room = Room::new();
    room.write(
        "archive.html",
        "<html><head><title>Archiv</title></head><body><ul><li><a href=1>Januar</a></li>\
         <li><a href=2>Februar</a></li></ul></body></html>",
    );
    room.write("empty.html", "");
    for page in ["archive.html", "empty.html"] {
        let error = room.fail(3, &["predict", page]);
        assert!(
            error.contains(&format!("{page}: found no article text in the page")),
            "{error}"
        );
    }
}

#[test]
fn records_after_a_bad_one_follow() {
    use newstopics::corpus::readers::{self, Columns};
    let good = |bytes: &[u8], name: &str| -> Vec<Option<String>> {
        let bytes = std::io::Cursor::new(bytes.to_vec());
        readers::read(bytes, name.as_ref(), None, &Columns::default())
            .unwrap()
            .map(|record| record.ok().map(|r| r.document.text))
            .collect()
    };
    let expected = [Some("ä".to_owned()), None, Some("c".to_owned())];
    assert_eq!(
        good("id,text\n1,ä\n2,b,b\n3,c\n".as_bytes(), "a.csv"),
        expected
    );
    assert_eq!(
        good(b"id,text\n1,\xc3\xa4\n2,\xff\n3,c\n", "a.csv"),
        expected
    );
    assert_eq!(
        good(
            "{\"text\":\"ä\"}\n{\"text\":\n{\"text\":\"c\"}".as_bytes(),
            "a.jsonl"
        ),
        expected
    );
    assert_eq!(good("ä\n__label__ b\nc\n".as_bytes(), "a.ft"), expected);
    // Shift_JIS with a byte it does not have in the second line.
    let columns = Columns {
        encoding: Some("shift_jis".to_owned()),
        ..Columns::default()
    };
    let bytes = std::io::Cursor::new(b"\x83\x5c\n\xa0\xff\nc\n".to_vec());
    let records: Vec<_> = readers::read(bytes, "a.ft".as_ref(), None, &columns)
        .unwrap()
        .collect();
    assert_eq!(records.len(), 3);
    assert!(records[0].is_ok() && records[2].is_ok());
    let error = records[1].as_ref().unwrap_err().to_string();
    assert!(
        error.contains("no character of the input's encoding"),
        "{error}"
    );
}

#[test]
fn lines_of_crlf_files_are_counted_as_an_editor_counts_them() {
    let room = Room::new();
    let rows = [
        "id,text",
        "1,\"two\r\nlines\"",
        "2,one,too many",
        "",
        "3,\"quoted\"",
        "4,again,too many",
    ];
    for (end, name) in [("\r\n", "crlf.csv"), ("\n", "lf.csv")] {
        room.write(name, rows.join(end) + end);
        let answer = room.run(&["predict", "--on-error", "skip", name]);
        assert!(answer.stdout.contains(&format!("{name}, record 2, line 4")));
        assert!(answer.stdout.contains(&format!("{name}, record 4, line 7")));
    }
}

#[test]
fn json_of_another_layout_is_told_how_to_become_lines() {
    let room = Room::new();
    for (content, found) in [
        ("[{\"text\": \"a\"}]", "found an array"),
        (
            "{\n  \"text\": \"a\"\n}",
            "found one that does not end there",
        ),
        (
            "{\"text\": \"a\"}{\"text\": \"b\"}",
            "found more after it, at column 14",
        ),
    ] {
        room.write("a.jsonl", content);
        let answer = room.run(&["predict", "a.jsonl"]);
        assert_eq!(answer.code, Some(3));
        assert!(answer.stderr.contains(found), "{}", answer.stderr);
        assert!(answer.stderr.contains("`jq -c"), "{}", answer.stderr);
    }
}

#[test]
fn articles_that_a_prodigy_annotator_ignored_are_no_examples() {
    let room = Room::new();
    let mut lines = String::new();
    for text in [
        "steel duties rise",
        "duties on steel and cars",
        "new duties",
    ] {
        lines += &format!(
            "{}\n",
            json!({"text": text, "label": "tariffs", "answer": "accept"})
        );
        lines += &format!(
            "{}\n",
            json!({"text": "a concert", "label": "tariffs", "answer": "reject"})
        );
    }
    lines += "{\"text\": \"x\", \"label\": \"tariffs\", \"answer\": \"ignore\"}\n";
    lines += "{\"text\": \"y\", \"accept\": [\"tariffs\"], \"answer\": \"reject\"}\n";
    room.write("p.jsonl", lines);
    let answer = room.run(&["train", "p.jsonl", "--model", "p.model", "--folds", "0"]);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let note = "p.jsonl: 2 articles without a decision";
    assert!(answer.stderr.contains(note), "{}", answer.stderr);
    assert!(
        answer.stdout.contains("6 articles from p.jsonl"),
        "{}",
        answer.stdout
    );
    // They are still articles to predict.
    let answer = room.run(&["predict", "p.jsonl", "--format", "jsonl"]);
    assert_eq!(answers(&answer.stdout).len(), 8);
}

#[test]
fn annif_documents_without_a_text_and_its_csv() {
    let room = Room::new();
    let document = json!({
        "document_id": "d1",
        "metadata": {"title": "Duties", "abstract": "Steel duties rise"},
        "subjects": [{"uri": "http://example.org/1", "label": "tariffs"}],
    });
    room.write("a.jsonl", document.to_string());
    let answer = predicted(&room, &["a.jsonl", "--include-text"]);
    assert_eq!(answer["id"], "d1");
    assert_eq!(answer["title"], "Duties");
    assert_eq!(answer["text"], "Steel duties rise");
    room.write(
        "a.csv",
        "document_id,text,subject_uris\nd1,Duties,<http://example.org/1> <http://example.org/2>\n",
    );
    let answer = room.succeed(&["check", "a.csv"]);
    assert!(answer.contains("http://example.org/1 "), "{answer}");
    assert!(answer.contains("http://example.org/2 "), "{answer}");
    // Not labelled is not the same as labelled with nothing.
    room.write(
        "b.jsonl",
        json!({"document_id": "d", "text": "Duties"}).to_string(),
    );
    let answer = room.run(&["evaluate", "b.jsonl"]);
    assert_eq!(answer.code, Some(3), "{}", answer.stdout);
}
