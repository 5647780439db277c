//! `newstopics tune`: the same seed gives the same trials and model, and the printed command too.

mod common;

use common::{Room, project, single_label_csv, small_csv};

const QUICK: [&str; 4] = ["--folds", "4", "--trials-table", "trials.csv"];

/// The table of trials as records by column name.
struct Table(Vec<csv::StringRecord>, csv::StringRecord);

impl Table {
    fn read(room: &Room, name: &str) -> Self {
        let mut reader = csv::Reader::from_path(room.path(name)).unwrap();
        let header = reader.headers().unwrap().clone();
        Self(reader.records().map(Result::unwrap).collect(), header)
    }

    fn column(&self, name: &str) -> Vec<&str> {
        let place = self.1.iter().position(|n| n == name).unwrap();
        self.0.iter().map(|record| &record[place]).collect()
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        self.column(name)
            .iter()
            .map(|v| v.parse().unwrap())
            .collect()
    }
}

/// The first 300 English articles of the project's own corpus.
fn share_of_the_corpus() -> Vec<u8> {
    let mut reader = csv::Reader::from_path(project().join("training/en.csv")).unwrap();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(reader.headers().unwrap()).unwrap();
    for record in reader.records().take(300) {
        writer.write_record(&record.unwrap()).unwrap();
    }
    writer.into_inner().unwrap()
}

fn tune(room: &Room, out: &str, more: &[&str]) -> String {
    let trials = if more.contains(&"--trials") {
        &[][..]
    } else {
        &["--trials", "7"]
    };
    let args = [
        &["tune", "data.csv", "--out", out],
        &QUICK[..],
        trials,
        more,
    ]
    .concat();
    room.succeed(&args)
}

#[test]
fn the_seed_decides_and_the_printed_command_trains_the_same_model() {
    let room = Room::new();
    room.write("data.csv", small_csv());
    let out = tune(&room, "a.model", &["--seed", "3", "--threads", "1"]);
    let first = Table::read(&room, "trials.csv");
    tune(&room, "b.model", &["--seed", "3", "--threads", "2"]);
    let second = Table::read(&room, "trials.csv");
    for column in first.1.iter().filter(|&name| name != "seconds") {
        assert_eq!(first.column(column), second.column(column), "{column}");
    }
    let bytes = |name: &str| std::fs::read(room.path(name)).unwrap();
    assert!(bytes("a.model") == bytes("b.model"));

    let command = out
        .lines()
        .find(|l| l.contains("newstopics train "))
        .unwrap();
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    let words: Vec<&str> = words
        .iter()
        .map(|&word| if word == "a.model" { "c.model" } else { word })
        .collect();
    assert!(words.contains(&"--seed"), "{command}");
    room.succeed(&words);
    assert!(bytes("a.model") == bytes("c.model"));

    tune(&room, "d.model", &["--seed", "4"]);
    let other = Table::read(&room, "trials.csv");
    assert_ne!(first.column("c"), other.column("c"));
}

#[test]
fn the_table_tells_all_trials() {
    let room = Room::new();
    room.write("data.csv", share_of_the_corpus());
    let out = tune(
        &room,
        "a.model",
        &["--trials", "12", "--char-ngrams", "none", "--min-df", "9"],
    );
    let table = Table::read(&room, "trials.csv");
    assert_eq!(table.0.len(), 12);
    // The first trial has the settings of the command line and runs to the end.
    assert_eq!(table.column("min_df")[0], "9");
    assert_eq!(table.column("outcome")[0], "complete");
    let (means, folds) = (table.numbers("mean"), table.column("folds"));
    for (trial, outcome) in table.column("outcome").into_iter().enumerate() {
        let expected = if outcome == "complete" { "4" } else { "2" };
        assert_eq!(folds[trial], expected, "trial {trial}: {outcome}");
        let scores: Vec<f64> = (1..=4)
            .filter_map(|fold| table.column(&format!("fold_{fold}"))[trial].parse().ok())
            .collect();
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        assert!((means[trial] - mean).abs() < 1e-12);
    }
    let stopped = table
        .column("outcome")
        .iter()
        .filter(|&&o| o == "stopped early")
        .count();
    assert!(
        stopped > 0 && out.contains(&format!("{stopped} stopped early")),
        "{out}"
    );
    // The winner is the best that ran on all folds, and better than a hopeless first trial.
    let winner = table
        .column("winner")
        .iter()
        .position(|&w| w == "1")
        .unwrap();
    for (trial, &mean) in means.iter().enumerate() {
        assert!(mean <= means[winner] || folds[trial] == "2");
    }
    assert!(means[winner] > means[0], "{means:?}");
    assert!(
        out.contains(&format!("Trial {} gains", winner + 1)),
        "{out}"
    );
    let inspected = room.succeed(&["inspect", "a.model", "--format", "json"]);
    let c = table.numbers("c")[winner];
    let inspected: serde_json::Value = serde_json::from_str(&inspected).unwrap();
    assert_eq!(inspected["provenance"]["c"], c);
}

#[test]
fn multi_class_data_are_tuned_for_accuracy() {
    let room = Room::new();
    room.write("data.csv", single_label_csv());
    let out = tune(&room, "a.model", &[]);
    assert!(out.contains("trial  accuracy"), "{out}");
    let out = tune(&room, "a.model", &["--metric", "macro-f1"]);
    assert!(out.contains("trial  macro-f1"), "{out}");
}

#[test]
fn without_time_the_first_trial_is_run_all_the_same() {
    let room = Room::new();
    room.write("data.csv", small_csv());
    let out = tune(&room, "a.model", &["--time-limit", "0"]);
    assert_eq!(Table::read(&room, "trials.csv").0.len(), 1);
    assert!(
        out.contains("6 not run and 0 not finished (--time-limit)"),
        "{out}"
    );
    assert!(out.contains("No trial beat the first one"), "{out}");
    let command = "newstopics train data.csv --model a.model --folds 4 --c 30";
    assert!(out.contains(command), "{out}");
}

#[test]
fn wrong_settings_are_told() {
    let room = Room::new();
    room.write("data.csv", small_csv());
    let told = |more: &[&str]| {
        let args = [&["tune", "data.csv", "--out", "a.model"], more].concat();
        room.fail(2, &args)
    };
    assert!(told(&["--trials", "0"]).contains("found 0 trials, expected 1 to 10000"));
    assert!(told(&["--folds", "0"]).contains("found 0 folds, expected at least 2"));
    assert!(told(&["--metric", "log-loss"]).contains("expected macro-f1, micro-f1 or accuracy"));
    assert!(told(&["--folds", "1"]).contains("found 1 fold"));
    assert!(told(&["--solver", "linfa"]).contains("use --solver newton"));
    assert!(told(&["--trials-table", "no/such.csv"]).contains("folder does not exist"));
    assert!(!room.path("a.model").exists());
}
