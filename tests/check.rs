//! `newstopics check`: one problem of every kind is planted and found where it stands.

mod common;

use common::Room;
use serde_json::Value;

/// Words that make every article different from the others.
const SUBJECTS: [&str; 24] = [
    "harbour",
    "village",
    "orchestra",
    "bakery",
    "glacier",
    "bridge",
    "library",
    "stadium",
    "vineyard",
    "museum",
    "forest",
    "airport",
    "school",
    "theatre",
    "canal",
    "market",
    "castle",
    "island",
    "factory",
    "hospital",
    "tunnel",
    "garden",
    "tower",
    "valley",
];

/// A text like no other: its words depend on the number.
fn text(number: usize) -> String {
    let n = SUBJECTS.len();
    let word = |step: usize| SUBJECTS[(number * step + step + number / n * (step + 3)) % n];
    format!(
        "In week {number} the {} near the {} was repaired after the {} of the {} had closed for {number} days",
        word(1),
        word(5),
        word(7),
        word(11)
    )
}

/// Two files with 24 sound articles each; the first line is the header, so article n of a file
/// stands on line n + 2.
fn sound(offset: usize) -> Vec<[String; 3]> {
    (0..24)
        .map(|n| {
            let label = ["tariffs", "defense"][n % 2].to_owned();
            ["en".to_owned(), label, text(n + offset)]
        })
        .collect()
}

fn csv(rows: &[[String; 3]]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["lang", "labels", "text"]).unwrap();
    rows.iter()
        .for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

/// The findings of one kind.
fn of_kind<'a>(report: &'a Value, kind: &str) -> Vec<&'a Value> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.filter(|f| f["kind"] == kind).collect()
}

/// File and line of all places of a finding.
fn places(finding: &Value) -> Vec<(&str, u64)> {
    let places = finding["places"].as_array().unwrap().iter();
    places
        .map(|p| (p["file"].as_str().unwrap(), p["line"].as_u64().unwrap()))
        .collect()
}

fn report(room: &Room, args: &[&str]) -> Value {
    let args = [&["check", "--format", "json"], args].concat();
    serde_json::from_str(&room.succeed(&args)).unwrap()
}

#[test]
fn sound_data_have_no_findings() {
    let room = Room::new();
    room.write("a.csv", csv(&sound(0)));
    room.write("b.csv", csv(&sound(24)));
    let found = report(&room, &["a.csv", "b.csv"]);
    assert_eq!(found["findings"], serde_json::json!([]));
    assert_eq!(found["articles"], 48);
    let out = room.succeed(&["check", "a.csv", "b.csv", "--strict"]);
    assert!(out.contains("nothing found that needs attention"), "{out}");
}

#[test]
fn a_problem_of_every_kind_is_found_at_its_line() {
    let room = Room::new();
    let mut train = sound(0);
    let mut test = sound(24);
    // Near-duplicates in one file, a few words apart: lines 2 and 5.
    train[3] = train[0].clone();
    train[3][2] += ", it was said";
    // The same text with other labels: lines 4 and 7.
    train[5][2] = train[2][2].clone();
    // In both files: line 8 of the one, line 3 of the other.
    test[1] = train[6].clone();
    train[8][2] = "Die Regierung hat am Montag beschlossen, die Regeln für den Versand von Waren zu ändern, und will darüber reden.".to_owned();
    train[9][2] = " \t- ".to_owned();
    train[10][2] = "Three words only".to_owned();
    train[11][1] = "tarifs".to_owned();
    for row in &mut train[12..18] {
        row[2] += ". Read also: the weather of the day";
    }
    for (row, title) in test[12..22].iter_mut().zip(SUBJECTS) {
        row[2] = format!("Photo: the {title}. {}", row[2]);
    }
    room.write("train.csv", csv(&train));
    room.write("test.csv", csv(&test));
    let found = report(&room, &["train.csv", "test.csv"]);
    let expected = [
        (
            "near_duplicates",
            "note",
            vec![("train.csv", 2), ("train.csv", 5)],
        ),
        (
            "label_conflict",
            "warning",
            vec![("train.csv", 4), ("train.csv", 7)],
        ),
        (
            "leakage",
            "warning",
            vec![("train.csv", 8), ("test.csv", 3)],
        ),
        ("language", "warning", vec![("train.csv", 10)]),
        ("empty_text", "error", vec![("train.csv", 11)]),
        ("short_text", "note", vec![("train.csv", 12)]),
        ("label_spelling", "warning", vec![("train.csv", 13)]),
        ("few_examples", "warning", vec![("train.csv", 13)]),
    ];
    for (kind, severity, at) in expected {
        let of_kind: Vec<&Value> = of_kind(&found, kind)
            .into_iter()
            // The pair with different labels is a pair of near-duplicates too.
            .filter(|f| kind != "near_duplicates" || places(f)[0].1 != 4)
            .collect();
        assert_eq!(of_kind.len(), 1, "{kind}: {of_kind:#?}");
        assert_eq!(places(of_kind[0]), at, "{kind}");
        assert_eq!(of_kind[0]["severity"], severity, "{kind}");
        for field in ["found", "advice"] {
            assert!(!of_kind[0][field].as_str().unwrap().is_empty(), "{kind}");
        }
        let record = of_kind[0]["places"][0]["record"].as_u64().unwrap();
        assert_eq!(record + 1, at[0].1, "{kind}");
    }
    let spelling = of_kind(&found, "label_spelling")[0];
    assert_eq!(
        (&spelling["label"], &spelling["like"]),
        (&"tarifs".into(), &"tariffs".into())
    );
    let language = of_kind(&found, "language")[0];
    assert_eq!(
        (&language["claimed"], &language["detected"]),
        (&"en".into(), &"de".into())
    );

    let furniture = of_kind(&found, "page_furniture");
    assert_eq!(furniture.len(), 2, "{furniture:#?}");
    assert_eq!(furniture[0]["line"], "Photo: …");
    assert_eq!(
        (&furniture[0]["opening"], &furniture[0]["end"]),
        (&true.into(), &"beginning".into())
    );
    assert_eq!(furniture[0]["articles"], 10);
    assert_eq!(places(furniture[0])[0], ("test.csv", 14));
    assert_eq!(furniture[1]["line"], "Read also: the weather of the day");
    assert_eq!(
        (&furniture[1]["opening"], &furniture[1]["end"]),
        (&false.into(), &"end".into())
    );
    assert_eq!(furniture[1]["articles"], 6);
    assert_eq!(places(furniture[1])[0], ("train.csv", 14));
}

#[test]
fn counts_and_labels_that_occur_together() {
    let room = Room::new();
    let mut rows = sound(0);
    rows[0][1] = "tariffs;defense".to_owned();
    rows[1][1].clear();
    room.write("a.csv", csv(&rows));
    room.write("b.csv", csv(&sound(24)));
    let found = report(&room, &["a.csv", "b.csv"]);
    assert_eq!(found["files"][0]["unlabelled"], 1);
    assert_eq!(found["files"][1]["languages"]["en"], 24);
    let labels = found["labels"].as_array().unwrap();
    let tariffs = labels.iter().find(|l| l["label"] == "tariffs").unwrap();
    assert_eq!(tariffs["by_file"], serde_json::json!([12, 12]));
    assert_eq!(
        (&tariffs["articles"], &tariffs["alone"]),
        (&24.into(), &23.into())
    );
    assert_eq!(found["co_occurrence"][0]["articles"], 1);
    let overlap = |report: &Value| report["duplicates"]["overlaps"].clone();
    assert_eq!(overlap(&found), serde_json::json!([]));
}

#[test]
fn strict_turns_warnings_into_exit_code_3_and_notes_not() {
    let room = Room::new();
    let mut rows = sound(0);
    rows[10][2] = "Three words only".to_owned();
    room.write("a.csv", csv(&rows));
    let out = room.succeed(&["check", "a.csv", "--strict"]);
    assert!(out.contains("a.csv:12, record 11\n    3 words"), "{out}");
    rows[9][2].clear();
    room.write("a.csv", csv(&rows));
    room.succeed(&["check", "a.csv"]);
    let answer = room.run(&["check", "a.csv", "--strict"]);
    assert_eq!(answer.code, Some(3));
    assert!(answer.stdout.contains("error: Articles without words (1)"));
    assert!(answer.stderr.contains("the data have faults (--strict)"));
}

#[test]
fn long_lists_are_cut_unless_all_is_asked_for() {
    let room = Room::new();
    let mut rows = sound(0);
    for row in &mut rows[..9] {
        row[2] = format!("Only {}", row[2].len());
    }
    room.write("a.csv", csv(&rows));
    let out = room.succeed(&["check", "a.csv"]);
    assert!(out.contains("... and 4 more (--all shows them)"), "{out}");
    assert!(!room.succeed(&["check", "a.csv", "--all"]).contains("--all"));
}

#[test]
fn wrong_inputs_are_told() {
    let room = Room::new();
    room.write("a.csv", csv(&sound(0)));
    let told = room.fail(2, &["check", "a.csv", "a.csv"]);
    assert!(told.contains("a.csv: is named twice"), "{told}");
    room.write("none.csv", "lang,labels,text\n");
    assert!(
        room.fail(3, &["check", "none.csv"])
            .contains("found no article")
    );
    // A column of labels that is empty everywhere is worth a report, not a failure.
    room.write(
        "empty.csv",
        "labels,text\n,one article about nothing at all but the weather of today\n",
    );
    assert!(
        room.succeed(&["check", "empty.csv"])
            .contains("no labels at all")
    );
}

#[test]
fn labels_that_are_really_different_are_not_called_misspelt() {
    let room = Room::new();
    let mut csv = String::from("text,labels\n");
    for n in 0..80 {
        let label = match n {
            // Enough articles to be meant.
            0..12 => "heat",
            // Few, but side by side with the label they look like.
            12..14 => "wheat;wheats",
            14 => "weat",
            _ => "wheat",
        };
        csv += &format!("{},{label}\n", text(n));
    }
    room.write("grain.csv", csv);
    let report = report(&room, &["grain.csv"]);
    let found: Vec<&str> = of_kind(&report, "label_spelling")
        .iter()
        .filter_map(|finding| finding["label"].as_str())
        .collect();
    assert_eq!(found, ["weat"]);
}
