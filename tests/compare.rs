//! `newstopics compare`: another seed makes no difference, a tenth of the data makes a worse
//! model.

mod common;

use common::{Room, project, single_label_csv, small_csv};
use serde_json::Value;

/// A share of the project's own corpus: of both languages the articles of two in five rows to
/// train on, of every fifth to test with.
fn corpus(room: &Room) {
    let mut train = csv::Writer::from_writer(Vec::new());
    let mut tenth = csv::Writer::from_writer(Vec::new());
    let mut test = csv::Writer::from_writer(Vec::new());
    for name in ["de.csv", "en.csv"] {
        let mut reader = csv::Reader::from_path(project().join("training").join(name)).unwrap();
        if name == "de.csv" {
            let header = reader.headers().unwrap().clone();
            for writer in [&mut train, &mut tenth, &mut test] {
                writer.write_record(&header).unwrap();
            }
        }
        for (number, record) in reader.records().enumerate() {
            let record = record.unwrap();
            match number % 5 {
                0 => test.write_record(&record).unwrap(),
                1 | 2 => train.write_record(&record).unwrap(),
                _ => {}
            }
            if number % 25 == 1 {
                tenth.write_record(&record).unwrap();
            }
        }
    }
    for (name, writer) in [
        ("train.csv", train),
        ("tenth.csv", tenth),
        ("test.csv", test),
    ] {
        room.write(name, writer.into_inner().unwrap());
    }
}

/// Trains quickly: words only.
fn train(room: &Room, data: &str, model: &str, more: &[&str]) {
    let quick = [
        "--char-ngrams",
        "none",
        "--word-ngrams",
        "1-1",
        "--folds",
        "4",
    ];
    room.succeed(&[&["train", data, "--model", model], &quick[..], more].concat());
}

fn compare(room: &Room, data: &str, a: &str, b: &str, more: &[&str]) -> Value {
    let args = [
        "compare", data, "--model", a, "--model", b, "--format", "json",
    ];
    serde_json::from_str(&room.succeed(&[&args, more].concat())).unwrap()
}

#[test]
fn another_seed_is_no_difference_and_a_tenth_of_the_data_is_worse() {
    let room = Room::new();
    corpus(&room);
    train(&room, "train.csv", "a.model", &[]);
    train(&room, "tenth.csv", "tenth.model", &[]);

    for seed in ["5", "7", "9"] {
        train(&room, "train.csv", "seed.model", &["--seed", seed]);
        let gate = ["--fail-if-worse"];
        let same = compare(&room, "test.csv", "a.model", "seed.model", &gate);
        assert_eq!(same["verdict"], "no_difference", "seed {seed}: {same:#}");
    }

    let args = [
        "compare",
        "test.csv",
        "--model",
        "a.model",
        "--model",
        "tenth.model",
    ];
    let worse = room.run(&[&args[..], &["--fail-if-worse", "--flips", "flips.csv"]].concat());
    assert_eq!(worse.code, Some(5), "{}", worse.stderr);
    let verdict = worse.stdout.lines().last().unwrap();
    assert!(verdict.starts_with("B is worse: macro-f1 -0."), "{verdict}");
    assert!(worse.stderr.contains(verdict), "{}", worse.stderr);
    // Without the flag it is no failure, and the other way round it is good news.
    room.succeed(&args);
    let better = compare(
        &room,
        "test.csv",
        "tenth.model",
        "a.model",
        &["--fail-if-worse"],
    );
    assert_eq!(better["verdict"], "better");
    // A margin wider than the difference makes it one that does not matter.
    let wide = compare(
        &room,
        "test.csv",
        "a.model",
        "tenth.model",
        &["--margin", "0.9"],
    );
    assert_eq!(wide["verdict"], "no_difference");

    let figures = |report: &Value, figure: &str| {
        let figure = &report["figures"][figure];
        let number = |value: &Value| value.as_f64().unwrap();
        (
            number(&figure["a"]),
            number(&figure["b"]),
            number(&figure["difference"]),
        )
    };
    for figure in ["macro-f1", "micro-f1", "accuracy", "mean-average-precision"] {
        let ((a, b, d), (b2, a2, d2)) = (figures(&wide, figure), figures(&better, figure));
        assert!(
            a == a2 && b == b2 && d == -d2 && (b - a - d).abs() < 1e-12,
            "{figure}"
        );
    }
    // The figures are those of `evaluate`.
    let evaluated = room.succeed(&[
        "evaluate", "test.csv", "--model", "a.model", "--format", "json",
    ]);
    let evaluated: Value = serde_json::from_str(&evaluated).unwrap();
    assert!(
        evaluated
            .to_string()
            .contains(&wide["figures"]["macro-f1"]["a"].to_string())
    );

    flips_add_up(&room, &wide);
}

/// The list of changed decisions agrees with the counts of the labels.
fn flips_add_up(room: &Room, report: &Value) {
    let mut reader = csv::Reader::from_path(room.path("flips.csv")).unwrap();
    let flips: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(flips.len(), report["flips"].as_array().unwrap().len());
    for label in report["labels"].as_array().unwrap() {
        for change in ["fixed", "broken"] {
            let listed = flips
                .iter()
                .filter(|flip| flip[4] == *label["label"].as_str().unwrap() && flip[6] == *change);
            assert_eq!(label["changes"][change], listed.count(), "{label}");
        }
        let p = |name: &str| label["changes"][name].as_f64().unwrap();
        assert!(p("p") <= p("p_holm") && p("p_holm") <= 1.0);
    }
    for flip in &flips {
        // Broken: given by A to one that carries it, or by B to one that does not.
        let right = if &flip[5] == "1" { "b" } else { "a" };
        assert_eq!(&flip[7] == right, &flip[6] == "fixed", "{flip:?}");
        assert!(flip[2].parse::<u64>().unwrap() > 1);
    }
    let moved = |flip: &csv::StringRecord| {
        let p = |column: usize| flip[column].parse::<f64>().unwrap();
        (p(9) - p(8)).abs()
    };
    assert!(
        flips
            .windows(2)
            .all(|pair| moved(&pair[0]) >= moved(&pair[1]) - 1e-5)
    );
}

#[test]
fn a_model_is_no_different_from_itself() {
    let room = Room::new();
    room.write("a.csv", small_csv());
    train(&room, "a.csv", "a.model", &[]);
    let args = [
        "compare", "a.csv", "-m", "a.model", "-m", "a.model", "--by", "id",
    ];
    let out = room.succeed(&[&args[..], &["--flips", "flips.csv"]].concat());
    assert!(
        out.contains("both models decide alike on all articles"),
        "{out}"
    );
    assert!(out.contains("was trained on 28 of the articles"), "{out}");
    assert!(out.contains("macro-f1 by id"), "{out}");
    assert!(
        out.ends_with("no difference: macro-f1 +0.000 [+0.000, +0.000], margin 0.01\n"),
        "{out}"
    );
    let flips = std::fs::read_to_string(room.path("flips.csv")).unwrap();
    assert_eq!(flips.lines().count(), 1, "{flips}");
}

#[test]
fn the_embedded_model_has_a_name() {
    let room = Room::new();
    room.write(
        "a.csv",
        "labels,text\ntariffs,The EU raises its duties on imported steel\n",
    );
    let same = compare(
        &room,
        "a.csv",
        "embedded",
        "embedded",
        &["--metric", "accuracy"],
    );
    assert_eq!(
        (&same["metric"], &same["articles"]),
        (&"accuracy".into(), &1.into())
    );
}

#[test]
fn labels_of_one_model_only_are_an_error_unless_left_out() {
    let room = Room::new();
    room.write("all.csv", small_csv());
    let without = |label: &str| -> String {
        let lines = small_csv();
        let kept = lines.lines().filter(|line| !line.starts_with(label));
        kept.map(|line| format!("{line}\n")).collect()
    };
    room.write("a.csv", without("sport"));
    room.write("b.csv", without("defense"));
    train(&room, "a.csv", "a.model", &[]);
    train(&room, "b.csv", "b.model", &[]);
    let args = [
        "compare", "all.csv", "--model", "a.model", "--model", "b.model",
    ];
    let told = room.fail(2, &args);
    assert!(
        told.contains("only the first model knows `defense`"),
        "{told}"
    );
    assert!(
        told.contains("only the second model knows `sport`"),
        "{told}"
    );
    let common = compare(&room, "all.csv", "a.model", "b.model", &["--common-labels"]);
    assert_eq!(
        common["left_out_labels"],
        serde_json::json!(["defense", "sport"])
    );
    assert_eq!(common["labels"].as_array().unwrap().len(), 1);
    // A label that neither knows.
    let args = [
        "compare", "all.csv", "--model", "a.model", "--model", "a.model",
    ];
    let told = room.fail(3, &args);
    assert!(
        told.contains("found the label `sport`, which the models do not know"),
        "{told}"
    );
    assert!(told.contains("all.csv, record 17, line 18"), "{told}");
}

#[test]
fn wrong_settings_are_told() {
    let room = Room::new();
    room.write("a.csv", small_csv());
    room.write("single.csv", single_label_csv());
    train(&room, "a.csv", "a.model", &[]);
    train(&room, "single.csv", "single.model", &[]);
    let told = |code: i32, more: &[&str]| room.fail(code, &[&["compare", "a.csv"], more].concat());
    let one = ["--model", "a.model"];
    let two = ["--model", "a.model", "--model", "a.model"];
    assert!(told(2, &one).contains("found --model 1 time, expected it twice"));
    let three = [&two[..], &one].concat();
    assert!(told(2, &three).contains("found --model 3 times"));
    let kinds = ["--model", "a.model", "--model", "single.model"];
    assert!(told(2, &kinds).contains("one model is multi-label and the other multi-class"));
    let with = |more: &[&'static str]| [&two[..], more].concat();
    assert!(told(2, &with(&["--margin=-1"])).contains("found the margin -1"));
    assert!(told(2, &with(&["--resamples", "0"])).contains("found 0 resamples"));
    assert!(told(2, &with(&["--metric", "log-loss"])).contains("found the metric log-loss"));
    assert!(told(2, &with(&["--flips", "no/such.csv"])).contains("folder does not exist"));
    assert!(told(3, &with(&["--by", "desk"])).contains("found no column or field `desk`"));
    assert!(told(4, &["--model", "a.model", "--model", "no.model"]).contains("no.model"));
}

#[test]
fn few_articles_show_no_difference_but_rule_none_out() {
    let room = Room::new();
    room.write(
        "one.csv",
        "text,labels\nNew tariffs on imported steel rise,tariffs\n",
    );
    let args = ["compare", "one.csv", "-m", "embedded", "-m", "embedded"];
    let out = room.succeed(&args);
    assert!(out.contains("more articles would tell"), "{out}");
    assert!(out.contains("\nno difference shown: macro-f1"), "{out}");
}
