//! What `predict` writes: formats, summary, skipped records; pages and manuals.

mod common;

use common::{Answer, Room, article, small_csv};
use serde_json::Value;

fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn rows(text: &str) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes())
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

const SCORES: [&str; 4] = [
    "score_export_controls",
    "score_critical_minerals",
    "score_tariffs",
    "score_defense",
];

#[test]
fn csv_keeps_the_columns_of_the_input() {
    let room = Room::new();
    room.write(
        "a.csv",
        "when,id,text,note\n2026-01-02,x7,\"Zölle auf Stahl, mehr Zölle\",\"a \"\"b\"\"\nc\"\n,x8,Es regnet,\n",
    );
    let table = rows(&room.succeed(&["predict", "a.csv", "--format", "csv"]));
    let header = ["when", "id", "text", "note", "labels"];
    assert_eq!(table[0], [&header[..], &SCORES].concat());
    assert_eq!(
        table[1][..5],
        [
            "2026-01-02",
            "x7",
            "Zölle auf Stahl, mehr Zölle",
            "a \"b\"\nc",
            "tariffs"
        ]
    );
    assert_eq!(table[2][..5], ["", "x8", "Es regnet", "", ""]);
    assert!(table[1][7].parse::<f64>().unwrap() > 0.9);
}

#[test]
fn csv_tells_its_labels_from_those_of_the_input() {
    let room = Room::new();
    room.write(
        "a.csv",
        "labels,score_tariffs,text\nsport,7,Zölle auf Stahl\n",
    );
    let table = rows(&room.succeed(&["predict", "a.csv", "--format", "csv"]));
    assert_eq!(
        table[0],
        [
            "labels",
            "score_tariffs",
            "text",
            "predicted_labels",
            "score_export_controls",
            "score_critical_minerals",
            "predicted_score_tariffs",
            "score_defense"
        ]
    );
    assert_eq!(table[1][..4], ["sport", "7", "Zölle auf Stahl", "tariffs"]);
}

#[test]
fn csv_of_json_fields_and_of_texts() {
    let room = Room::new();
    room.write(
        "a.jsonl",
        "{\"text\":\"Zölle\",\"n\":[1,2],\"id\":5}\n{\"id\":6,\"text\":\"Regen\"}\n",
    );
    let table = rows(&room.succeed(&["predict", "a.jsonl", "--format", "csv"]));
    assert_eq!(table[0][..4], ["text", "n", "id", "labels"]);
    assert_eq!(table[1][..3], ["Zölle", "[1,2]", "5"]);
    assert_eq!(table[2][..3], ["Regen", "", "6"]);
    room.write("b.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\",\"more\":1}\n");
    let error = room.fail(3, &["predict", "b.jsonl", "--format", "csv"]);
    assert!(
        error.contains("b.jsonl, record 2, line 2: found the column `more`"),
        "{error}"
    );
    room.write("a.txt", "Titel\n\nZölle auf Stahl\n");
    let plain = rows(&room.succeed(&["predict", "a.txt", "--format", "csv"]));
    assert_eq!(plain[0][..2], ["id", "labels"]);
    let whole = rows(&room.succeed(&["predict", "a.txt", "--format", "csv", "--include-text"]));
    assert_eq!(whole[0][..4], ["id", "title", "text", "labels"]);
    assert_eq!(
        whole[1][..4],
        ["a.txt", "Titel", "Zölle auf Stahl\n", "tariffs"]
    );
    room.write("none.csv", "text\n");
    let header = room.succeed(&["predict", "none.csv", "--format", "csv"]);
    assert_eq!(rows(&header), [[&["id", "labels"][..], &SCORES].concat()]);
}

#[test]
fn fasttext_lines_are_those_of_predict_prob() {
    let room = Room::new();
    room.write("a.csv", "text\nZölle auf Stahl\nEs regnet\n");
    let out = room.succeed(&["predict", "a.csv", "--format", "fasttext"]);
    let lines: Vec<&str> = out.split('\n').collect();
    assert_eq!(lines.len(), 3, "{out}");
    let score = lines[0].strip_prefix("__label__tariffs ").unwrap();
    assert!((0.9..=1.0).contains(&score.parse::<f64>().unwrap()));
    assert_eq!(lines[1..], ["", ""]);
    let all = room.succeed(&["predict", "a.csv", "-f", "fasttext", "--threshold", "0"]);
    let words: Vec<&str> = all.lines().next().unwrap().split(' ').collect();
    assert_eq!(words.len(), 8);
    assert!(words.iter().step_by(2).all(|w| w.starts_with("__label__")));
}

#[test]
fn include_text_gives_title_and_text() {
    let room = Room::new();
    room.write("a.csv", "title,text\nKopf,Zölle auf Stahl\n");
    let args = ["predict", "a.csv", "--format", "jsonl"];
    let with = json_lines(&room.succeed(&[&args[..], &["--include-text"]].concat()));
    assert_eq!(with[0]["title"], "Kopf");
    assert_eq!(with[0]["text"], "Zölle auf Stahl");
    let without = json_lines(&room.succeed(&args));
    assert!(without[0].get("text").is_none());
}

#[test]
fn options_without_a_place_in_the_format_are_refused() {
    let room = Room::new();
    room.write("a.csv", "text\nZölle auf Stahl\n");
    for (format, option, instead) in [
        ("table", "--include-text", "jsonl or csv"),
        ("csv", "--evidence", "table or jsonl"),
        ("csv", "--passages", "table or jsonl"),
        ("fasttext", "--evidence", "jsonl"),
        ("fasttext", "--passages", "jsonl"),
        ("fasttext", "--include-text", "jsonl"),
    ] {
        let error = room.fail(2, &["predict", "a.csv", "--format", format, option]);
        let expected =
            format!("{option} has no place in the format {format}, expected --format {instead}");
        assert!(error.contains(&expected), "{error}");
    }
}

#[test]
fn the_summary_counts_and_quiet_silences_it() {
    let room = Room::new();
    room.write(
        "a.csv",
        "text\nZölle auf Stahl\nEs regnet\nZölle auf Stahl\nDie Marine kauft Fregatten\n",
    );
    let answer = room.run(&["predict", "a.csv"]);
    assert_eq!(answer.code, Some(0));
    assert!(
        answer.stderr.starts_with("newstopics: 4 articles in "),
        "{}",
        answer.stderr
    );
    assert!(answer.stderr.contains(" a second\n"), "{}", answer.stderr);
    assert!(
        answer.stderr.ends_with(
            "newstopics: export_controls 0, critical_minerals 0, tariffs 2, defense 1, no topic 1\n"
        ),
        "{}",
        answer.stderr
    );
    for args in [["predict", "a.csv", "--quiet"], ["-q", "predict", "a.csv"]] {
        let quiet = room.run(&args);
        assert_eq!(
            (quiet.stdout, quiet.stderr.as_str()),
            (answer.stdout.clone(), "")
        );
    }
    room.write("b.csv", "body\nx\n");
    let answer = room.run(&["predict", "b.csv", "--quiet"]);
    assert!(
        answer.stderr.contains("found no column `text`"),
        "{}",
        answer.stderr
    );
}

/// Good records around bad ones: a broken row, and one that is not UTF-8.
fn write_flawed(room: &Room) {
    let mut csv = b"id,text\nx1,Z\xc3\xb6lle auf Stahl\nx2\nx3,Es regnet\nx4,caf\xe9\n".to_vec();
    csv.extend(b"x5,Die Marine kauft Fregatten\n");
    room.write("a.csv", csv);
}

fn skip(room: &Room, args: &[&str]) -> Answer {
    let answer = room.run(&[&["predict", "--on-error", "skip"], args].concat());
    assert_eq!(answer.code, Some(3), "{}", answer.stderr);
    answer
}

#[test]
fn a_bad_record_stops_or_is_skipped() {
    let room = Room::new();
    write_flawed(&room);
    let stopped = room.run(&["predict", "a.csv", "--format", "jsonl"]);
    assert_eq!(stopped.code, Some(3));
    assert_eq!(json_lines(&stopped.stdout).len(), 1);
    assert!(
        stopped
            .stderr
            .contains("a.csv, record 2, line 3: found 1 fields, expected 2"),
        "{}",
        stopped.stderr
    );

    let answer = skip(&room, &["a.csv", "--format", "jsonl"]);
    let lines = json_lines(&answer.stdout);
    let ids: Vec<&str> = lines.iter().map(|l| l["id"].as_str().unwrap()).collect();
    assert_eq!(
        ids,
        [
            "x1",
            "a.csv, record 2, line 3",
            "x3",
            "a.csv, record 4, line 5",
            "x5"
        ]
    );
    assert!(
        lines[1]["error"]
            .as_str()
            .unwrap()
            .starts_with("found 1 fields")
    );
    assert_eq!(
        (&lines[1]["record"], &lines[1]["line"]),
        (&2.into(), &3.into())
    );
    assert!(lines[3]["error"].as_str().unwrap().contains("0xe9"));
    assert_eq!(lines[3]["field"], "text");
    assert!(lines[0].get("error").is_none());
    assert!(
        answer.stderr.contains("3 articles in "),
        "{}",
        answer.stderr
    );
    assert!(answer.stderr.contains("; 2 skipped"), "{}", answer.stderr);
    assert!(
        answer
            .stderr
            .contains("error: 2 records or files could not be read and were skipped"),
        "{}",
        answer.stderr
    );
}

#[test]
fn skipped_records_are_seen_in_every_format() {
    let room = Room::new();
    write_flawed(&room);
    let table = skip(&room, &["a.csv"]).stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 5);
    assert!(
        lines[1].starts_with("a.csv, record 2, line 3\terror: found 1 fields"),
        "{table}"
    );
    assert!(
        lines[3].contains("\terror: field `text`: found the byte 0xe9"),
        "{table}"
    );

    let fasttext = skip(&room, &["a.csv", "--format", "fasttext"]).stdout;
    let lines: Vec<&str> = fasttext.lines().collect();
    assert_eq!(lines.len(), 5);
    assert!(lines[1].starts_with("error: a.csv, record 2"), "{fasttext}");

    let csv = rows(&skip(&room, &["a.csv", "--format", "csv"]).stdout);
    assert_eq!(csv[0].last().unwrap(), "error");
    assert_eq!(csv.len(), 6);
    assert_eq!(csv[1].last().unwrap(), "");
    assert_eq!(csv[2][..3], ["", "", ""]);
    assert!(
        csv[2]
            .last()
            .unwrap()
            .starts_with("a.csv, record 2, line 3: found 1 fields")
    );
    assert_eq!(csv[5][0], "x5");
}

#[test]
fn an_error_before_the_first_article_is_in_the_csv_too() {
    let room = Room::new();
    room.write("a.csv", "id,text\nx1\nx2,Es regnet\n");
    let csv = rows(&skip(&room, &["a.csv", "--format", "csv"]).stdout);
    assert_eq!(csv[0][..2], ["id", "text"]);
    assert!(csv[1].last().unwrap().contains("record 1"));
    assert_eq!(csv[2][0], "x2");
    room.write("bad.csv", "id,text\nx1\nx2\n");
    let csv = rows(&skip(&room, &["bad.csv", "--format", "csv"]).stdout);
    assert_eq!((csv.len(), csv[0][0].as_str()), (3, "id"));
}

#[test]
fn what_a_table_of_csv_has_no_place_for_is_a_bad_record() {
    let room = Room::new();
    let record = |id: u32, more: &str| format!("{{\"id\":{id},\"text\":\"a\"{more}}}\n");
    let lines = record(1, "") + &record(2, ",\"url\":\"b\"") + &record(3, "");
    room.write("a.jsonl", lines);
    let place = "a.jsonl, record 2, line 2: found the column `url`, which the first record";
    let answer = room.run(&["predict", "a.jsonl", "--format", "csv"]);
    assert_eq!(answer.code, Some(3));
    assert!(answer.stderr.contains(place), "{}", answer.stderr);
    assert_eq!(rows(&answer.stdout).len(), 2);
    let answer = skip(&room, &["a.jsonl", "--format", "csv"]);
    let rows = rows(&answer.stdout);
    assert_eq!((&*rows[1][0], &*rows[2][0], &*rows[3][0]), ("1", "", "3"));
    assert!(rows[2].last().unwrap().contains(place), "{rows:?}");
    assert!(answer.stderr.contains("; 1 skipped"), "{}", answer.stderr);
}

#[test]
fn files_that_cannot_be_read_are_skipped_too() {
    let room = Room::new();
    room.write("news/a.txt", "Zölle auf Stahl");
    // A packed file that is cut off.
    room.write("news/b.csv.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\xffK\xad");
    room.write("news/c.csv", "body\nx\n");
    room.write(
        "news/d.jsonl",
        "{\"text\":\"Es regnet\"}\n{\"text\":\n{\"text\":\"Regen\"}\n",
    );
    let answer = skip(&room, &["news", "missing.txt", "--format", "jsonl"]);
    let found: Vec<(Value, bool)> = json_lines(&answer.stdout)
        .into_iter()
        .map(|line| (line["id"].clone(), line.get("error").is_some()))
        .collect();
    let expected = [
        ("news/a.txt", false),
        ("news/b.csv.gz", true),
        ("news/c.csv, line 1", true),
        ("1", false),
        ("news/d.jsonl, record 2, line 2", true),
        ("3", false),
        ("missing.txt", true),
    ];
    assert_eq!(found, expected.map(|(id, bad)| (id.into(), bad)));
    // What cannot be meant is no bad record.
    room.write("x.pdf", "");
    room.fail(2, &["predict", "x.pdf", "--on-error", "skip"]);
}

#[test]
fn explain_writes_a_page_of_its_own() {
    let room = Room::new();
    room.write(
        "a.txt",
        "Zölle <b>steigen</b>\n\nAntidumpingzölle & <script>mehr</script>\n",
    );
    let answer = room.run(&["explain", "a.txt", "--html", "page.html"]);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    assert!(answer.stdout.contains("tariffs: given"));
    assert!(
        answer.stderr.contains("wrote page.html ("),
        "{}",
        answer.stderr
    );
    let page = std::fs::read_to_string(room.path("page.html")).unwrap();
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"));
    assert!(page.contains("Antidumpingzölle</mark>"));
    for loads in ["http:", "https:", "src=", "href=", "@import", "url("] {
        assert!(!page.contains(loads), "{loads}");
    }
    let error = room.fail(2, &["explain", "a.txt", "--html", "nowhere/page.html"]);
    assert!(
        error.contains("nowhere/page.html: its folder does not exist"),
        "{error}"
    );
}

#[test]
fn explain_numbers_the_topics_of_its_marks() {
    let room = Room::new();
    room.write(
        "a.txt",
        "The navy ordered frigates.\n\nTariffs on steel imports rise.",
    );
    let text = room.succeed(&["explain", "a.txt"]);
    assert!(
        text.contains("1 defense, 2 tariffs") || text.contains("1 tariffs, 2 defense"),
        "{text}"
    );
    let number = if text.contains("1 tariffs") { 1 } else { 2 };
    assert!(
        text.contains(&format!("[Tariffs]{number}"))
            || text.contains(&format!("{{Tariffs}}{number}")),
        "{text}"
    );
}

#[test]
fn explain_passes_no_control_characters_on() {
    let room = Room::new();
    room.write(
        "a.txt",
        "Zölle \u{1b}]0;title\u{7} auf \u{1b}[2JStahl\r\nund mehr",
    );
    let text = room.succeed(&["explain", "a.txt"]);
    assert!(
        !text.contains(|c: char| c.is_control() && c != '\n'),
        "{text:?}"
    );
}

#[test]
fn completions_and_manual_pages() {
    let room = Room::new();
    for (shell, sign) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef newstopics"),
        ("fish", "complete -c newstopics"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let script = room.succeed(&["completions", shell]);
        assert!(script.contains(sign), "{shell}");
        assert!(script.contains("on-error"), "{shell}");
    }
    room.fail(2, &["completions", "tcsh"]);
    let page = room.succeed(&["man"]);
    assert!(page.contains(".TH newstopics 1") && page.contains("newstopics\\-predict(1)"));
    room.succeed(&["man", "share/man1"]);
    for page in [
        "newstopics",
        "newstopics-predict",
        "newstopics-train",
        "newstopics-man",
    ] {
        let text = std::fs::read_to_string(room.path(&format!("share/man1/{page}.1"))).unwrap();
        assert!(text.contains(&format!(".TH {page} 1")), "{page}");
        assert!(text.contains("newstopics 0."), "{page}");
    }
    let error = room.fail(1, &["man", "/dev/null/x"]);
    assert!(error.contains("cannot make the folder"), "{error}");
}

#[test]
fn nothing_is_drawn_on_standard_error_that_is_no_terminal() {
    let room = Room::new();
    let mut csv = String::from("text\n");
    csv.extend(
        (0..30_000).map(|i| format!("article {i}: the army and tariffs and {i} more words\n")),
    );
    room.write("a.csv", csv);
    room.write("news.csv", small_csv());
    for args in [
        &["predict", "a.csv"][..],
        &["train", "news.csv", "--model", "m"],
    ] {
        let answer = room.run(args);
        assert_eq!(answer.code, Some(0));
        assert!(
            !answer.stderr.contains(['\u{1b}', '\r']),
            "{}",
            answer.stderr
        );
    }
}

#[test]
fn the_order_is_that_of_the_input_on_any_number_of_threads() {
    let room = Room::new();
    let mut csv = String::from("id,text\n");
    csv.extend((0..5_000).map(|i| match i % 97 {
        5 => format!("{i}\n"),
        _ => format!("{i},tariffs and {i} tanks\n"),
    }));
    room.write("a.csv", csv);
    let run =
        |threads: &str| skip(&room, &["a.csv", "--format", "jsonl", "--threads", threads]).stdout;
    let one = run("1");
    assert_eq!(one.lines().count(), 5_000);
    assert!(one == run("3"));
}

#[test]
fn sample_articles_have_evidence_in_parallel_too() {
    let room = Room::new();
    let mut csv = String::from("text\n");
    let text = article("zoelle.txt").replace(['"', '\n'], " ");
    csv.extend((0..40).map(|_| format!("\"{text}\"\n")));
    room.write("a.csv", csv);
    let lines = json_lines(&room.succeed(&["predict", "a.csv", "-f", "jsonl", "--evidence"]));
    assert_eq!(lines.len(), 40);
    assert!(lines.iter().all(|l| l["evidence"] == lines[0]["evidence"]));
    assert!(lines[0]["evidence"]["tariffs"].as_array().unwrap().len() > 2);
}
