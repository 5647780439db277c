//! Evaluation as a user sees it: honest splits, reports, limits, and data with nothing to measure.

mod common;

use std::path::Path;

use common::{Room, project, single_label_csv, small_csv};
use serde_json::Value;

/// A report written with `--report`, valid by the published schema.
fn report(room: &Room, args: &[&str]) -> Value {
    let mut all = args.to_vec();
    all.extend(["--report", "report.json"]);
    room.succeed(&all);
    valid(&room.path("report.json"))
}

fn valid(path: &Path) -> Value {
    let schema = std::fs::read(project().join("docs/schema/report.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let report: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(&report)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
    report
}

fn value(report: &Value, figure: &str) -> Option<f64> {
    report["figures"][figure]["value"].as_f64()
}

/// A room with `news.csv` and a model `m` of it.
fn trained(folds: &str) -> Room {
    let room = Room::new();
    room.write("news.csv", small_csv());
    room.succeed(&["train", "news.csv", "--model", "m", "--folds", folds]);
    room
}

/// Articles whose labels nothing in their words tells, each there twice.
fn doubled_noise() -> String {
    let mut csv = String::from("labels,text\n");
    let mut state = 1_u64;
    let mut next = |below: u64| {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) % below
    };
    for _ in 0..60 {
        let label = ["a", "b"][next(2) as usize];
        let words: Vec<String> = (0..20).map(|_| format!("w{}", next(150))).collect();
        for _ in 0..2 {
            csv += &format!("{label},{}\n", words.join(" "));
        }
    }
    csv
}

#[test]
fn reports_follow_the_published_schema() {
    let room = trained("5");
    let tested = report(&room, &["evaluate", "news.csv", "-m", "m"]);
    assert_eq!(tested["kind"], "test-data");
    let f1 = &tested["figures"]["micro-f1"];
    assert!(f1["low"].as_f64() <= f1["value"].as_f64(), "{f1}");
    let crossed = report(&room, &["cv", "news.csv", "--learning-curve"]);
    assert_eq!(crossed["kind"], "cross-validation");
    assert_eq!(crossed["splits"]["folds"], 5);
    assert_eq!(crossed["learning_curve"].as_array().unwrap().len(), 5);
    let bare = report(
        &room,
        &["evaluate", "news.csv", "-m", "m", "--resamples", "0"],
    );
    assert!(bare["bootstrap"].is_null() && bare["figures"]["micro-f1"]["low"].is_null());
    room.write("classes.csv", single_label_csv());
    let classes = report(&room, &["cv", "classes.csv"]);
    assert_eq!(classes["task"], "multi-class");
    // The schema refuses what is not as it says.
    let mut wrong = classes;
    wrong["figures"]["micro-f1"]["value"] = "much".into();
    room.write("report.json", wrong.to_string());
    let path = room.path("report.json");
    assert!(std::panic::catch_unwind(|| valid(&path)).is_err());
}

#[test]
fn standard_output_and_report_file_agree() {
    let room = trained("5");
    let args = [
        "evaluate", "news.csv", "-m", "m", "--format", "json", "--report", "r.json",
    ];
    let printed = room.succeed(&args);
    assert_eq!(
        printed,
        std::fs::read_to_string(room.path("r.json")).unwrap()
    );
}

#[test]
fn reports_do_not_depend_on_the_threads_but_on_the_seed() {
    let room = Room::new();
    room.write("news.csv", doubled_noise());
    let run = |threads: &str, seed: &str| {
        room.succeed(&[
            "cv",
            "news.csv",
            "--threads",
            threads,
            "--seed",
            seed,
            "--format",
            "json",
            "--errors",
            "e.csv",
            "--resamples",
            "100",
        ]) + &std::fs::read_to_string(room.path("e.csv")).unwrap()
    };
    let one = run("1", "4");
    assert!(
        one == run("3", "4"),
        "1 and 3 threads give different reports"
    );
    assert!(one != run("1", "5"), "the seed changes nothing");
}

#[test]
fn markdown_has_every_part() {
    let room = trained("5");
    room.succeed(&[
        "cv",
        "news.csv",
        "--learning-curve=0.5,1",
        "--report",
        "cv.md",
    ]);
    let text = std::fs::read_to_string(room.path("cv.md")).unwrap();
    for part in [
        "# Cross-validated evaluation",
        "| F1, micro |",
        "## Topics",
        "| tariffs |",
        "## True labels (rows) and given ones (columns)",
        "## By language",
        "## Thresholds for chosen precisions",
        "| 50 % |",
        "- settings: word-ngrams 1-2",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn the_terminal_report_fits_eighty_columns() {
    let room = trained("5");
    for args in [
        &["cv", "news.csv", "--learning-curve"][..],
        &["evaluate", "news.csv", "-m", "m"],
        &["evaluate", "news.csv", "-m", "m", "--threshold", "0.99"],
    ] {
        let text = room.succeed(args);
        assert!(
            text.contains("95 % interval") && text.contains("Brier score"),
            "{text}"
        );
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}

#[test]
fn near_duplicates_make_a_random_split_look_better() {
    let room = Room::new();
    room.write("noise.csv", doubled_noise());
    let report = report(&room, &["cv", "noise.csv"]);
    let splits = &report["splits"];
    assert_eq!(splits["near_duplicate_groups"], 60);
    assert_eq!(splits["near_duplicate_articles"], 120);
    let random = splits["figures_random_split"]["accuracy"]["value"]
        .as_f64()
        .unwrap();
    let honest = value(&report, "accuracy").unwrap();
    assert!(random > honest + 0.2, "random {random}, honest {honest}");
    assert!(honest < 0.7, "nothing can be learnt, yet {honest}");
    let text = room.succeed(&["cv", "noise.csv", "--no-random-split", "--resamples", "0"]);
    assert!(!text.contains("random split"), "{text}");
}

#[test]
fn more_training_articles_make_a_better_model() {
    let room = Room::new();
    room.write("news.csv", small_csv());
    let report = report(&room, &["cv", "news.csv", "--learning-curve=0.1,1"]);
    let curve = report["learning_curve"].as_array().unwrap();
    let f1 = |point: &Value| point["figures"]["micro-f1"]["value"].as_f64().unwrap();
    assert!(f1(&curve[0]) < f1(&curve[1]), "{curve:?}");
    assert_eq!(Some(f1(&curve[1])), value(&report, "micro-f1"));
    let error = room.fail(2, &["cv", "news.csv", "--learning-curve=0.5,2"]);
    assert!(error.contains("the share 2"), "{error}");
}

#[test]
fn a_wrong_label_in_the_data_comes_first() {
    let room = Room::new();
    room.write(
        "news.csv",
        small_csv().replacen("defense-0,defense", "defense-0,sport", 1),
    );
    room.succeed(&["cv", "news.csv", "--errors", "errors.csv"]);
    let mut reader = csv::Reader::from_path(room.path("errors.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|h| h == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(&rows[0][place("id")], "defense-0");
    assert!(
        rows[0][place("words")].contains(['+', '-']),
        "{:?}",
        rows[0]
    );
    assert_eq!(&rows[0][place("file")], "news.csv");
    let confidences: Vec<f64> = rows
        .iter()
        .map(|r| r[place("self_confidence")].parse().unwrap())
        .collect();
    assert!(confidences.is_sorted(), "{confidences:?}");
}

#[test]
fn articles_the_model_was_trained_on_are_pointed_out() {
    let room = trained("5");
    let answer = room.run(&["evaluate", "news.csv", "-m", "m", "--report", "all.json"]);
    assert!(
        answer
            .stderr
            .contains("28 of 28 articles are near-duplicates"),
        "{}",
        answer.stderr
    );
    assert!(valid(&room.path("all.json"))["training_overlap"]["figures_without"].is_null());
    let header = "labels,text\n";
    let seen = "tariffs,The duty rises and the customs matters to importers in week 0\n";
    let unseen = "sport,Nobody has ever written of this goal by the players of that league\n";
    room.write("mixed.csv", [header, seen, unseen].concat());
    let mixed = report(&room, &["evaluate", "mixed.csv", "-m", "m"]);
    assert_eq!(mixed["training_overlap"]["rows"], serde_json::json!([0]));
    let without = &mixed["training_overlap"]["figures_without"];
    assert_eq!(
        without["accuracy"]["value"]
            .as_f64()
            .map(|v| v == 0.0 || v == 1.0),
        Some(true)
    );
    room.write("new.csv", [header, unseen].concat());
    let new = report(&room, &["evaluate", "new.csv", "-m", "m"]);
    assert_eq!(new["training_overlap"]["rows"], serde_json::json!([]));
}

#[test]
fn slices_by_any_column() {
    let room = trained("5");
    let with_desk: String = small_csv()
        .lines()
        .enumerate()
        .map(|(row, line)| match row {
            0 => format!("desk,register,{line}\n"),
            _ => format!(
                "{},agency,{line}\n",
                if line.starts_with("sport") { "s" } else { "p" }
            ),
        })
        .collect();
    room.write("desks.csv", with_desk);
    let report = report(&room, &["evaluate", "desks.csv", "-m", "m", "--by", "desk"]);
    let names: Vec<&str> = report["slicings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["by"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["language", "length", "desk", "register"]);
    let sport = &report["slicings"][2]["slices"][1];
    assert_eq!(
        (&sport["value"], &sport["articles"]),
        (&"s".into(), &8.into())
    );
    // No article of the sports desk is about defense: no figure can be given.
    assert_eq!(sport["labels"][0]["label"], "defense");
    assert!(sport["labels"][0]["recall"].is_null() && sport["labels"][0]["f1"].is_null());
    assert_eq!(sport["macro_f1_of_labels_carried"], 1.0);
    let error = room.fail(3, &["evaluate", "news.csv", "-m", "m", "--by", "nothing"]);
    assert!(error.contains("`nothing`"), "{error}");
}

/// It ended with a panic.
#[test]
fn formats_without_columns_have_none_to_report_by() {
    let room = trained("5");
    room.write(
        "a.ft",
        "__label__defense The frigate waits\n__label__tariffs A duty\n",
    );
    let by_desk = ["a.ft", "-m", "m", "--by", "desk"];
    let error = room.fail(3, &[&["evaluate"], &by_desk[..]].concat());
    assert!(error.contains("found no column or field `desk`"), "{error}");
    let error = room.fail(3, &[&["compare", "-m", "m"], &by_desk[..]].concat());
    assert!(error.contains("found no column or field `desk`"), "{error}");
}

#[test]
fn slices_of_json_lines() {
    let room = trained("5");
    room.write(
        "a.jsonl",
        "{\"text\":\"The frigate waits\",\"labels\":[\"defense\"],\"desk\":7}\n{\"text\":\"The park\",\"labels\":[]}\n",
    );
    let report = report(&room, &["evaluate", "a.jsonl", "-m", "m", "--by", "desk"]);
    let slices = &report["slicings"][2]["slices"];
    assert_eq!(
        (&slices[0]["value"], &slices[1]["value"]),
        (&"(empty)".into(), &"7".into())
    );
}

#[test]
fn limits_fail_with_exit_code_5_after_the_reports_are_written() {
    let room = trained("5");
    let evaluate = |limits: &[&str]| {
        let mut args = vec!["evaluate", "news.csv", "-m", "m", "--report", "r.json"];
        limits
            .iter()
            .for_each(|limit| args.extend(["--fail-under", limit]));
        room.run(&args)
    };
    assert_eq!(
        evaluate(&["micro-f1=0.9", "tariffs:recall=0.5"]).code,
        Some(0)
    );
    std::fs::remove_file(room.path("r.json")).unwrap();
    let failed = evaluate(&["abstention-coverage=1", "samples-f1=0.9", "sport:f1=1.0"]);
    assert_eq!(failed.code, Some(5), "{}", failed.stderr);
    assert!(
        failed
            .stderr
            .contains("samples-f1 is 0.8571, below the limit of 0.9")
    );
    assert!(!failed.stderr.contains("sport"), "{}", failed.stderr);
    assert!(failed.stdout.contains("micro avg"));
    valid(&room.path("r.json"));
    for (limit, said) in [
        ("micro-f2=0.9", "`micro-f2`"),
        ("log-loss=0.1", "more is better"),
        ("micro-f1", "micro-f1=0.9"),
        ("micro-f1=90", "from -1 to 1"),
        ("sport:f3=0.9", "`f3` of a label"),
        ("opera:f1=0.9", "`opera`"),
    ] {
        let answer = evaluate(&[limit]);
        assert_eq!(answer.code, Some(2), "{limit}: {}", answer.stderr);
        assert!(answer.stderr.contains(said), "{limit}: {}", answer.stderr);
    }
}

#[test]
fn report_files_that_cannot_be_written_are_refused_before_the_work() {
    let room = trained("5");
    let evaluate =
        |flag: &str, file: &str| room.fail(2, &["evaluate", "news.csv", "-m", "m", flag, file]);
    assert!(evaluate("--report", "report.txt").contains("expected .html, .md or .json"));
    for flag in ["--report", "--errors", "--predictions"] {
        assert!(
            evaluate(flag, "no/such/report.json").contains("folder"),
            "{flag}"
        );
    }
}

#[test]
fn predictions_hold_truth_decisions_and_exact_probabilities() {
    let room = trained("5");
    room.succeed(&["cv", "news.csv", "--predictions", "p.jsonl"]);
    let text = std::fs::read_to_string(room.path("p.jsonl")).unwrap();
    let rows: Vec<Value> = text
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(rows.len(), 28);
    assert_eq!(rows[0]["id"], "tariffs-0");
    assert_eq!(rows[0]["labels"], serde_json::json!(["tariffs"]));
    assert!(
        rows[0]["scores"]["tariffs"].as_f64().unwrap() > 0.2,
        "{}",
        rows[0]
    );
}

#[test]
fn articles_that_all_carry_nothing() {
    let room = trained("5");
    room.write(
        "none.csv",
        "labels,text\n,The park is open\n,The weather waits for players\n",
    );
    let none = report(&room, &["evaluate", "none.csv", "-m", "m"]);
    for figure in [
        "micro-f1",
        "macro-f1",
        "samples-f1",
        "mean-average-precision",
        "mean-roc-auc",
    ] {
        assert_eq!(value(&none, figure), None, "{figure}");
    }
    assert!(value(&none, "accuracy").is_some() && value(&none, "abstention-coverage").is_some());
    assert!(none["labels"][0]["recall"].is_null());
    let text = room.succeed(&["evaluate", "none.csv", "-m", "m"]);
    assert!(text.contains("n/a") && !text.contains("NaN"), "{text}");
    let gate = room.fail(
        5,
        &[
            "evaluate",
            "none.csv",
            "-m",
            "m",
            "--fail-under",
            "micro-f1=0",
        ],
    );
    assert!(gate.contains("has no value"), "{gate}");
    let error = room.fail(3, &["cv", "none.csv"]);
    assert!(error.contains("found no label in any record"), "{error}");
}

#[test]
fn one_article() {
    let room = trained("5");
    room.write(
        "one.csv",
        "labels,text\ndefense,The frigate waits for the army\n",
    );
    let one = report(&room, &["evaluate", "one.csv", "-m", "m"]);
    assert_eq!(value(&one, "accuracy"), Some(1.0));
    assert_eq!(value(&one, "mean-roc-auc"), None);
    assert!(one["labels"][0]["average_precision"].is_null());
    let error = room.fail(3, &["cv", "one.csv"]);
    assert!(
        error.contains("one.csv") || error.contains("found"),
        "{error}"
    );
}

#[test]
fn equal_probabilities() {
    // Articles without words all get the base rates.
    let room = trained("5");
    room.write(
        "blank.csv",
        "labels,text\ndefense,...\n,...\nsport;defense,...\n",
    );
    let blank = report(&room, &["evaluate", "blank.csv", "-m", "m"]);
    let defense = &blank["labels"][0];
    assert_eq!(defense["roc_auc"], 0.5);
    assert!((defense["average_precision"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-12);
    assert!(
        blank["labels"][2]["roc_auc"].is_null(),
        "no article is about tariffs"
    );
    assert_eq!(blank["training_overlap"]["rows"], serde_json::json!([]));
}

#[test]
fn a_model_without_cross_validation() {
    let room = trained("0");
    let report = report(&room, &["evaluate", "news.csv", "-m", "m"]);
    let detail = &report["labels"][0]["detail"];
    assert_eq!(detail["threshold"], 0.5);
    assert_eq!(detail["target_precisions"], serde_json::json!([]));
    let asked = [
        "evaluate",
        "news.csv",
        "-m",
        "m",
        "--target-precision",
        "0.9",
    ];
    assert!(room.fail(2, &asked).contains("--folds 5"));
    assert!(
        room.fail(2, &["cv", "news.csv", "--folds", "0"])
            .contains("at least 2")
    );
}

#[test]
fn a_topic_without_articles_in_some_folds() {
    let room = Room::new();
    let rare = "r1,rare,,An opera premiere\nr2,rare,,Another opera premiere of the season\n";
    room.write("news.csv", small_csv() + rare);
    let report = report(&room, &["cv", "news.csv", "--folds", "3"]);
    let rare = &report["labels"][1];
    assert_eq!(
        (&rare["label"], &rare["support"]),
        (&"rare".into(), &2.into())
    );
    assert!(rare["roc_auc"].is_f64());
}

#[test]
fn decisions_without_thresholds() {
    let room = trained("5");
    let top = report(&room, &["evaluate", "news.csv", "-m", "m", "--top-k", "1"]);
    assert!(top["labels"][0]["detail"]["threshold"].is_null());
    let rows = top["labels"][0]["detail"]["thresholds"].as_array().unwrap();
    assert_eq!(rows.len(), 19);
    let asked = report(
        &room,
        &["evaluate", "news.csv", "-m", "m", "--threshold", "0.33"],
    );
    assert_eq!(asked["labels"][0]["detail"]["threshold"], 0.33);
}

#[test]
fn train_reports_the_figures_of_cv() {
    let room = Room::new();
    room.write("news.csv", small_csv());
    let rows = |text: &str| -> Vec<Vec<String>> {
        let averages = text.lines().filter(|line| line.contains(" avg "));
        averages
            .map(|line| {
                let cells = line.split_whitespace().take(5);
                cells.map(str::to_owned).collect()
            })
            .collect()
    };
    let trained = room.succeed(&["train", "news.csv", "--model", "m", "--folds", "3"]);
    let cv = room.succeed(&[
        "cv",
        "news.csv",
        "--folds",
        "3",
        "--resamples",
        "0",
        "--no-random-split",
    ]);
    assert!(!rows(&trained).is_empty());
    assert_eq!(rows(&trained), rows(&cv));
}

#[test]
fn more_resamples_than_the_memory_takes_are_refused() {
    let room = Room::new();
    room.write(
        "one.csv",
        "text,labels\nNew tariffs on steel imports,tariffs\n",
    );
    for command in [
        &["evaluate", "one.csv"][..],
        &["compare", "one.csv", "-m", "embedded", "-m", "embedded"],
    ] {
        let mut args = command.to_vec();
        args.extend(["--resamples", "1000000000"]);
        let said = room.fail(2, &args);
        assert!(said.contains("at most 100000"), "{said}");
    }
}
