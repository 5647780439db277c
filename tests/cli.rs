//! The program as a whole: commands, formats, exit codes, bad input.

mod common;

use common::{Room, article, project, single_label_csv, small_csv};
use serde_json::Value;

fn articles() -> String {
    project().join("tests/data/articles").display().to_string()
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn labels(line: &Value) -> Vec<&str> {
    line["labels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l.as_str().unwrap())
        .collect()
}

#[test]
fn predict_labels_the_sample_articles() {
    let room = Room::new();
    let out = room.succeed(&["predict", &articles(), "--format", "jsonl"]);
    let lines = json_lines(&out);
    let found: Vec<(String, Vec<&str>)> = lines
        .iter()
        .map(|line| {
            let id = line["id"].as_str().unwrap();
            (id.rsplit('/').next().unwrap().to_owned(), labels(line))
        })
        .collect();
    let expected: Vec<(String, Vec<&str>)> = [
        ("chips.txt", vec!["export_controls"]),
        ("frigate.md", vec!["defense"]),
        ("lithium.txt", vec!["critical_minerals"]),
        ("wetter.txt", vec![]),
        ("zoelle.txt", vec!["tariffs"]),
    ]
    .into_iter()
    .map(|(name, labels)| (name.to_owned(), labels))
    .collect();
    assert_eq!(found, expected);
}

#[test]
fn json_lines_have_the_promised_shape() {
    let room = Room::new();
    room.write("a.txt", article("lithium.txt"));
    let out = room.succeed(&["classify", "a.txt", "--format", "jsonl"]);
    assert!(
        out.starts_with(
            r#"{"id":"a.txt","labels":["critical_minerals"],"scores":{"export_controls":"#
        ),
        "{out}"
    );
    let scores: Vec<String> = json_lines(&out)[0]["scores"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(
        scores,
        ["export_controls", "critical_minerals", "tariffs", "defense"]
    );
}

#[test]
fn every_input_format_gives_the_same_scores() {
    let room = Room::new();
    let text = article("zoelle.txt");
    let (title, body) = text.split_once("\n\n").unwrap();
    room.write("a.txt", &text);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "title", "text"]).unwrap();
    writer.write_record(["x", title, body]).unwrap();
    room.write("a.csv", writer.into_inner().unwrap());
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b'\t')
        .from_writer(Vec::new());
    writer.write_record(["name", "headline", "body"]).unwrap();
    writer.write_record(["x", title, body]).unwrap();
    room.write("a.tsv", writer.into_inner().unwrap());
    room.write(
        "a.jsonl",
        format!(
            "{}\n\n",
            serde_json::json!({"id": "x", "title": title, "text": body})
        ),
    );
    let columns = [
        "--text-column",
        "body",
        "--title-column",
        "headline",
        "--id-column",
        "name",
    ];
    let score = |args: &[&str]| {
        let args = [&["predict", "--format", "jsonl"], args].concat();
        json_lines(&room.succeed(&args))[0]["scores"].clone()
    };
    let expected = score(&["a.txt"]);
    assert_eq!(score(&["a.csv"]), expected);
    assert_eq!(score(&["a.jsonl"]), expected);
    assert_eq!(score(&[&["a.tsv"], &columns[..]].concat()), expected);
    let answer = room.run_with_input(&["predict", "--format", "jsonl"], text.as_bytes());
    assert_eq!(json_lines(&answer.stdout)[0]["scores"], expected);
    assert_eq!(json_lines(&answer.stdout)[0]["id"], "-");
}

#[test]
fn spelling_variants_change_nothing() {
    let room = Room::new();
    let text = article("zoelle.txt");
    let decomposed: String =
        unicode_normalization::UnicodeNormalization::nfd(text.as_str()).collect();
    let variants = [
        text.clone(),
        decomposed,
        text.replace('ß', "ss")
            .replace('ä', "ae")
            .replace('ö', "oe")
            .replace('ü', "ue")
            .replace('Z', "\u{200b}Z"),
        text.replace("zölle", "zöl\u{ad}le").replace(' ', "\u{a0}"),
        text.to_uppercase(),
        format!("\u{feff}{}", text.replace('\n', "\r\n")),
    ];
    for (number, variant) in variants.iter().enumerate() {
        room.write(&format!("{number}.txt"), variant);
    }
    let lines = json_lines(&room.succeed(&["predict", ".", "--format", "jsonl"]));
    assert_eq!(lines.len(), variants.len());
    for line in &lines {
        assert_eq!(line["scores"], lines[0]["scores"], "{}", line["id"]);
    }
}

#[test]
fn table_and_csv_are_readable() {
    let room = Room::new();
    room.write("news/a.txt", article("chips.txt"));
    room.write("news/b.txt", article("wetter.txt"));
    room.write("news/.hidden.txt", "hidden");
    room.write("news/notes.pdf", "not an article");
    let table = room.succeed(&["predict", "news"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(
        lines[0].starts_with("news/a.txt\texport_controls "),
        "{table}"
    );
    assert!(
        lines[1].starts_with("news/b.txt\tno topic (highest: "),
        "{table}"
    );
    let csv = room.succeed(&["predict", "news", "--format", "csv"]);
    let mut lines = csv.lines();
    assert_eq!(
        lines.next().unwrap(),
        "id,labels,score_export_controls,score_critical_minerals,score_tariffs,score_defense"
    );
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("news/a.txt,export_controls,")
    );
    assert!(lines.next().unwrap().starts_with("news/b.txt,,0"));
}

#[test]
fn evidence_names_words_of_the_article() {
    let room = Room::new();
    room.write("a.txt", article("zoelle.txt"));
    let line =
        &json_lines(&room.succeed(&["predict", "a.txt", "--format", "jsonl", "--evidence"]))[0];
    let terms = line["evidence"]["tariffs"].as_array().unwrap();
    assert!(
        terms
            .iter()
            .any(|t| t["term"].as_str().unwrap().contains("zölle")),
        "{line}"
    );
    let table = room.succeed(&["predict", "a.txt", "--evidence"]);
    assert!(table.contains("\n\t  tariffs: "), "{table}");
}

#[test]
fn thresholds_and_top_k_override_the_model() {
    let room = Room::new();
    room.write("a.txt", article("wetter.txt"));
    let predict = |args: &[&str]| {
        let args = [&["predict", "a.txt", "--format", "jsonl"], args].concat();
        let line = json_lines(&room.succeed(&args)).remove(0);
        labels(&line).len()
    };
    assert_eq!(predict(&[]), 0);
    assert_eq!(predict(&["--threshold", "0"]), 4);
    assert_eq!(predict(&["--top-k", "2"]), 2);
    assert_eq!(predict(&["--top-k", "2", "--threshold", "1"]), 0);
    let answer = room.run(&["predict", "a.txt", "--target-precision", "0.95"]);
    assert!(
        answer.stderr.contains("out-of-fold recall"),
        "{}",
        answer.stderr
    );
    assert!(
        room.fail(2, &["predict", "a.txt", "--threshold", "2"])
            .contains("from 0 to 1")
    );
    assert!(
        room.fail(2, &["predict", "a.txt", "--top-k", "0"])
            .contains("at least 1")
    );
    assert!(
        room.fail(2, &["predict", "a.txt", "--target-precision", "0.5"])
            .contains("0.80 to 0.99")
    );
}

#[test]
fn doubtful_articles_carry_warnings() {
    let room = Room::new();
    room.write("empty.txt", " \n");
    room.write(
        "french.txt",
        "Le gouvernement a annoncé mercredi que les règles du transport seraient modifiées pour les voyageurs du pays.",
    );
    let lines =
        json_lines(&room.succeed(&["predict", "empty.txt", "french.txt", "--format", "jsonl"]));
    assert_eq!(lines[0]["warnings"], serde_json::json!(["no_words"]));
    assert_eq!(labels(&lines[0]).len(), 0);
    let model: Value =
        serde_json::from_str(&room.succeed(&["inspect", "--format", "json"])).unwrap();
    let base_rate = model["provenance"]["label_counts"][3].as_f64().unwrap()
        / model["provenance"]["articles"].as_f64().unwrap();
    assert!((lines[0]["scores"]["defense"].as_f64().unwrap() - base_rate).abs() < 1e-6);
    let warnings = lines[1]["warnings"].as_array().unwrap();
    assert!(
        warnings.contains(&"unknown_language".into()),
        "{}",
        lines[1]
    );
    assert!(
        room.succeed(&["predict", "empty.txt"])
            .contains("! no words in the text")
    );
}

#[test]
fn train_evaluate_and_predict_own_topics() {
    let room = Room::new();
    room.write("news.csv", small_csv());
    let answer = room.run(&["train", "news.csv", "--model", "own.model"]);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    assert!(
        answer.stderr.contains("task: multi-label"),
        "{}",
        answer.stderr
    );
    for part in [
        "read     28 articles from news.csv",
        "learnt   3 labels",
        "out-of-fold, 5 folds",
        "wrote    own.model",
    ] {
        assert!(answer.stdout.contains(part), "{part}: {}", answer.stdout);
    }
    let report: Value = serde_json::from_str(&room.succeed(&[
        "evaluate",
        "news.csv",
        "--model",
        "own.model",
        "--format",
        "json",
    ]))
    .unwrap();
    for key in [
        "micro avg",
        "macro avg",
        "weighted avg",
        "samples avg",
        "tariffs",
    ] {
        assert!(
            report["classification_report"][key]["f1-score"]
                .as_f64()
                .unwrap()
                > 0.5,
            "{key}: {report}"
        );
    }
    assert!(report["figures"]["accuracy"]["value"].as_f64().unwrap() > 0.8);
    room.write(
        "a.txt",
        "The frigate waits and the army matters to soldiers",
    );
    let line =
        &json_lines(&room.succeed(&["predict", "a.txt", "-m", "own.model", "--format", "jsonl"]))
            [0];
    assert_eq!(labels(line), ["defense"]);
}

#[test]
fn train_sees_that_every_article_has_one_class() {
    let room = Room::new();
    room.write("news.csv", single_label_csv().replace("labels", "label"));
    let answer = room.run(&["train", "news.csv", "--model", "own.model", "--folds", "3"]);
    assert!(
        answer.stderr.contains("task: multi-class"),
        "{}",
        answer.stderr
    );
    let text = room.succeed(&["evaluate", "news.csv", "--model", "own.model"]);
    assert!(
        text.contains("accuracy") && text.contains("confusion matrix"),
        "{text}"
    );
    let report: Value = serde_json::from_str(&room.succeed(&[
        "evaluate",
        "news.csv",
        "--model",
        "own.model",
        "--format",
        "json",
    ]))
    .unwrap();
    assert_eq!(report["figures"]["accuracy"]["value"], 1.0);
    assert_eq!(report["confusion"]["rows_true_columns_given"][0][0], 8);
}

#[test]
fn the_model_does_not_depend_on_the_number_of_threads() {
    let room = Room::new();
    room.write("news.csv", small_csv());
    for threads in ["1", "2", "3"] {
        room.succeed(&[
            "train",
            "news.csv",
            "--model",
            threads,
            "--threads",
            threads,
        ]);
    }
    let first = std::fs::read(room.path("1")).unwrap();
    assert_eq!(first, std::fs::read(room.path("2")).unwrap());
    assert_eq!(first, std::fs::read(room.path("3")).unwrap());
}

#[test]
fn label_order_and_one_fit_only() {
    let room = Room::new();
    room.write("news.csv", small_csv());
    room.succeed(&[
        "train",
        "news.csv",
        "--model",
        "m",
        "--folds",
        "0",
        "--label-order",
        "sport,tariffs,defense",
    ]);
    let model: Value =
        serde_json::from_str(&room.succeed(&["inspect", "m", "--format", "json"])).unwrap();
    assert_eq!(
        model["labels"],
        serde_json::json!(["sport", "tariffs", "defense"])
    );
    assert_eq!(model["thresholds"], serde_json::json!([0.5, 0.5, 0.5]));
    let error = room.fail(
        3,
        &[
            "train",
            "news.csv",
            "--model",
            "m",
            "--label-order",
            "sport,tariffs",
        ],
    );
    assert!(
        error.contains("news.csv, record 9, line 10: found the label `defense`"),
        "{error}"
    );
}

#[test]
fn the_linfa_solver_agrees_and_knows_its_limits() {
    let room = Room::new();
    room.write("news.csv", small_csv());
    let train = |name: &str, solver: &str| {
        room.succeed(&[
            "train",
            "news.csv",
            "--model",
            name,
            "--solver",
            solver,
            "--min-df",
            "3",
            "--log-ratio-exponent",
            "0",
        ]);
        let report = room.succeed(&["evaluate", "news.csv", "--model", name, "--format", "json"]);
        serde_json::from_str::<Value>(&report).unwrap()["figures"]["macro-f1"]["value"]
            .as_f64()
            .unwrap()
    };
    assert!((train("a", "newton") - train("b", "linfa")).abs() < 0.05);
    let mut large = String::from("text,labels\n");
    for row in 0..12_000 {
        let words: Vec<String> = (0..12)
            .map(|k| format!("w{}", (row * 7 + k * 1013) % 20_000))
            .collect();
        large += &format!(
            "{},{}\n",
            words.join(" "),
            if row % 2 == 0 { "a" } else { "" }
        );
    }
    room.write("large.csv", large);
    let error = room.fail(
        2,
        &[
            "train",
            "large.csv",
            "--model",
            "m",
            "--solver",
            "linfa",
            "--char-ngrams",
            "none",
        ],
    );
    assert!(
        error.contains("GiB") && error.contains("--solver newton"),
        "{error}"
    );
    assert!(!room.path("m").exists());
}

#[test]
fn explain_adds_up() {
    let room = Room::new();
    room.write("a.txt", article("zoelle.txt"));
    let text = room.succeed(&["explain", "a.txt", "--label", "tariffs"]);
    assert!(
        text.contains("tariffs: given") && text.contains("[Antidumpingzölle]"),
        "{text}"
    );
    let json: Value =
        serde_json::from_str(&room.succeed(&["explain", "a.txt", "--format", "json"])).unwrap();
    for label in ["export_controls", "critical_minerals", "tariffs", "defense"] {
        let sum = |key: &str| -> f64 {
            json[key]
                .as_array()
                .unwrap()
                .iter()
                .map(|w| w["contributions"][label].as_f64().unwrap())
                .sum()
        };
        let expected = json["decision_values"][label].as_f64().unwrap()
            - json["intercepts"][label].as_f64().unwrap();
        assert!((sum("words") - expected).abs() < 1e-4, "{label}");
        assert!((sum("features") - expected).abs() < 1e-4, "{label}");
    }
    assert!(
        room.fail(2, &["explain", "a.txt", "--label", "sport"])
            .contains("expected one of: export_controls")
    );
}

#[test]
fn inspect_shows_the_embedded_model() {
    let room = Room::new();
    let text = room.succeed(&["inspect"]);
    for part in [
        "de.csv",
        "en.csv",
        "sha256",
        "export_controls",
        "out-of-fold precision",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn bad_data_is_named_by_file_record_and_line() {
    let room = Room::new();
    room.write("nocolumn.csv", "id,body\n1,x\n");
    room.write("short.csv", "id,text\n1,\"a\nb\"\n2\n");
    room.write("bytes.csv", b"id,text\n1,g\xc3\xb6od\n2,b\xe4d\n");
    room.write("empty.csv", "");
    room.write("header.csv", "text,labels\n");
    room.write("bytes.txt", b"g\xc3\xb6od\nb\xe4d");
    room.write("bad.jsonl", "{\"text\":\"a\"}\n{\"text\":\n");
    room.write("list.jsonl", "{\"text\":[1]}\n");
    room.write("twice.csv", "text,text\na,b\n");
    for (file, expected) in [
        (
            "nocolumn.csv",
            "nocolumn.csv, line 1: found no column `text`, expected one; there are: `id`, `body`",
        ),
        (
            "short.csv",
            "short.csv, record 2, line 4: found 1 fields, expected 2",
        ),
        (
            "bytes.csv",
            "bytes.csv, record 2, line 3, field `text`: found the byte 0xe4",
        ),
        (
            "empty.csv",
            "empty.csv: found an empty file, expected a header line",
        ),
        (
            "bytes.txt",
            "bytes.txt: found the byte 0xe4 after 7 bytes (line 2 of it)",
        ),
        (
            "bad.jsonl",
            "bad.jsonl, record 2, line 2: expected a JSON object",
        ),
        (
            "list.jsonl",
            "list.jsonl, record 1, line 1, field `text`: expected a string",
        ),
        (
            "twice.csv",
            "twice.csv, line 1: found the column `text` twice",
        ),
    ] {
        let error = room.fail(3, &["predict", file]);
        assert!(error.contains(expected), "{error}");
    }
    assert!(
        room.fail(3, &["evaluate", "header.csv"])
            .contains("found no article")
    );
    assert!(
        room.fail(1, &["predict", "missing.txt"])
            .contains("missing.txt: cannot open")
    );
    assert!(
        room.fail(2, &["predict", "some.pdf"])
            .contains("the name does not tell the format")
    );
    assert!(
        room.fail(2, &["predict", "--no-such-option"])
            .contains("--no-such-option")
    );
}

#[test]
fn records_before_a_bad_one_are_answered() {
    let room = Room::new();
    room.write("a.csv", b"id,text\n1,g\xc3\xb6od\n2,b\xe4d\n");
    let answer = room.run(&["predict", "a.csv", "--format", "jsonl"]);
    assert_eq!(answer.code, Some(3));
    assert_eq!(json_lines(&answer.stdout).len(), 1);
}

#[test]
fn bad_labels_stop_the_training_and_leave_no_model() {
    let room = Room::new();
    let cases = [
        (
            "comma.csv",
            "text,labels\na b,\"x,y\"\nc d,x\n",
            "record 1, line 2, field `labels`: found `x,y`, expected labels separated by `;` or `|`",
        ),
        (
            "oneclass.csv",
            "text,label\na b,x\nc d,x\n",
            "found one class only, `x`",
        ),
        (
            "single.csv",
            "text,labels\na b,x\na c,x\nd e,y\nf g,\n",
            "record 3, line 4: found one example only of `y`",
        ),
        (
            "unlabelled.csv",
            "text,labels\na b,\nc d,\n",
            "found no label in any record",
        ),
        (
            "nolabels.csv",
            "text,topic\na b,x\n",
            "found no column of labels",
        ),
        (
            "few.csv",
            "text,labels\na b,x\na c,x\nd e,\n",
            "for 5 folds",
        ),
        (
            "empty.csv",
            "text,labels\n,x\n,x\n,\n,\n,\n,\n",
            "found no n-gram that occurs in at least 2 documents",
        ),
    ];
    for (file, content, expected) in cases {
        room.write(file, content);
        let error = room.fail(3, &["train", file, "--model", "m"]);
        assert!(error.contains(expected), "{file}: {error}");
        assert!(!room.path("m").exists(), "{file}");
    }
    assert!(
        room.fail(2, &["train", "few.csv", "--model", "nowhere/m"])
            .contains("nowhere/m: its folder does not exist")
    );
    room.write("news.csv", small_csv());
    for args in [
        ["--c", "0"],
        ["--folds", "1"],
        ["--min-df", "0"],
        ["--f-beta", "0"],
    ] {
        room.fail(
            2,
            &[&["train", "news.csv", "--model", "m"], &args[..]].concat(),
        );
    }
    assert!(!room.path("m").exists());
}

#[test]
fn unknown_labels_are_named() {
    let room = Room::new();
    room.write("a.csv", "text,labels\nsome text,tariffs;sport\n");
    let error = room.fail(3, &["evaluate", "a.csv"]);
    assert!(
        error.contains("a.csv, record 1, line 2: found labels the model does not know: `sport`"),
        "{error}"
    );
    room.succeed(&["evaluate", "a.csv", "--ignore-unknown-labels"]);
}

#[test]
fn unusable_models_are_refused_with_code_4() {
    let room = Room::new();
    room.write("a.txt", "text");
    room.write("news.csv", small_csv());
    room.succeed(&["train", "news.csv", "--model", "m", "--folds", "0"]);
    let good = std::fs::read(room.path("m")).unwrap();
    let mut version = good.clone();
    version[8] = 9;
    let mut first_version = good.clone();
    first_version[8] = 1;
    let mut altered = good.clone();
    *altered.last_mut().unwrap() ^= 1;
    for (bytes, expected) in [
        (
            version,
            "format version 9, expected 2; written by a later version",
        ),
        (
            first_version,
            "format version 1, expected 2; written by an earlier version",
        ),
        (altered, "checksum"),
        (good[..good.len() / 2].to_vec(), "cut off"),
        (
            b"PK\x03\x04 something else".to_vec(),
            "is not a newstopics model",
        ),
        (Vec::new(), "is empty"),
    ] {
        room.write("bad", bytes);
        let error = room.fail(4, &["predict", "a.txt", "--model", "bad"]);
        assert!(error.contains(expected), "{error}");
    }
    assert!(
        room.fail(4, &["predict", "a.txt", "--model", "none"])
            .contains("none: cannot read the model")
    );
}

#[test]
fn every_changed_byte_of_a_model_is_noticed() {
    let room = Room::new();
    room.write("news.csv", small_csv());
    room.succeed(&[
        "train",
        "news.csv",
        "--model",
        "m",
        "--folds",
        "0",
        "--char-ngrams",
        "none",
        "--min-df",
        "8",
    ]);
    let good = std::fs::read(room.path("m")).unwrap();
    assert!(newstopics::TopicClassifier::from_bytes(good.clone()).is_ok());
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 0x10;
        assert!(
            newstopics::TopicClassifier::from_bytes(changed).is_err(),
            "byte {at}"
        );
        assert!(
            newstopics::TopicClassifier::from_bytes(good[..at].to_vec()).is_err(),
            "length {at}"
        );
    }
}

#[test]
fn colours_only_where_they_are_wanted() {
    let room = Room::new();
    room.write("a.txt", article("zoelle.txt"));
    let plain = room.succeed(&["predict", "a.txt"]);
    assert!(!plain.contains('\u{1b}'));
    let run = |no_color: bool| {
        let mut command = room.command(&["predict", "a.txt"]);
        command.env("CLICOLOR_FORCE", "1");
        if no_color {
            command.env("NO_COLOR", "1");
        }
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(run(false).contains("\u{1b}["));
    assert_eq!(run(true).replace('\u{1b}', ""), run(true));
}

#[test]
fn help_fits_each_command() {
    let room = Room::new();
    let commands = [
        "predict",
        "train",
        "evaluate",
        "cv",
        "explain",
        "inspect",
        "completions",
        "man",
    ];
    for command in commands {
        let help = room.succeed(&[command, "--help"]);
        assert!(help.contains("Examples:"), "{command}");
    }
    assert!(!room.succeed(&["inspect", "--help"]).contains("--threshold"));
    assert_eq!(room.run(&[]).code, Some(2));
    assert_eq!(
        room.succeed(&["--version"]),
        format!("newstopics {}\n", env!("CARGO_PKG_VERSION"))
    );
}
