//! The topics of each part of a long text.

mod common;

use common::Room;
use newstopics::{LEAST_KNOWN_WORDS, TopicClassifier};
use serde_json::Value;

const NAVY: &str = "The navy took over its second air-defence frigate on Thursday, and the defence \
    ministry wants to order two more of them for the fleet this year.";
const WEATHER: &str = "The weather will stay warm and dry for the rest of the week, and the mayor \
    opened the new swimming pool in the park for the people of the town.";

#[test]
fn each_passage_is_judged_by_itself() {
    let classifier = TopicClassifier::pretrained();
    let text = format!("{NAVY}\n\n{WEATHER}\n\n{NAVY}");
    let passages = classifier.passages(&text);
    let parts: Vec<&str> = passages.iter().map(|p| &text[p.span.clone()]).collect();
    assert_eq!(parts, [NAVY, WEATHER, NAVY]);
    let alone = classifier.predict(NAVY);
    assert_eq!(passages[0].scores, alone.scores);
    assert_eq!(passages[0].labels, alone.labels);
    assert!(passages[1].labels.is_empty());
    assert_eq!(passages[2].scores, passages[0].scores);
}

#[test]
fn short_paragraphs_are_joined_with_a_neighbour() {
    let classifier = TopicClassifier::pretrained();
    let parts = |text: &str| -> Vec<String> {
        let passages = classifier.passages(text);
        passages
            .iter()
            .map(|p| text[p.span.clone()].to_owned())
            .collect()
    };
    // One after the other while they are short; at the end with the one before.
    assert_eq!(
        parts(&format!(
            "Fleet\n\nBerlin\n\n{NAVY}\n\n{WEATHER}\n\nRead more\n\n"
        )),
        [
            format!("Fleet\n\nBerlin\n\n{NAVY}"),
            format!("{WEATHER}\n\nRead more")
        ]
    );
    // A text that is short as a whole is one passage.
    assert_eq!(parts(" Zölle.\n\nMehr Zölle. "), ["Zölle.\n\nMehr Zölle."]);
    assert!(parts(" \n\n...\n").is_empty());
    // Without blank lines, lines are paragraphs.
    assert_eq!(parts(&format!("{NAVY}\n{WEATHER}\n")), [NAVY, WEATHER]);
    let least = ["the"; LEAST_KNOWN_WORDS].join(" ");
    assert_eq!(
        parts(&format!("{least}\n\n{least}")),
        [least.clone(), least]
    );
}

#[test]
fn the_decision_on_the_article_stays_its_own() {
    let room = Room::new();
    room.write(
        "a.txt",
        format!("Title\n\n{NAVY}\n\n{}", [WEATHER; 12].join("\n\n")),
    );
    let args = ["predict", "a.txt", "--format", "jsonl"];
    let plain: Value = serde_json::from_str(&room.succeed(&args)).unwrap();
    let mut with: Value =
        serde_json::from_str(&room.succeed(&[&args[..], &["--passages"]].concat())).unwrap();
    let passages = with.as_object_mut().unwrap().remove("passages").unwrap();
    assert_eq!(with, plain);
    let passages = passages.as_array().unwrap();
    assert_eq!(passages.len(), 13);
    assert_eq!(passages[0]["labels"], serde_json::json!(["defense"]));
    assert!(passages[0]["scores"]["defense"].as_f64().unwrap() > 0.9);
    let text = std::fs::read_to_string(room.path("a.txt")).unwrap();
    let text = text.strip_prefix("Title\n\n").unwrap();
    let span =
        |p: &Value| p["start"].as_u64().unwrap() as usize..p["end"].as_u64().unwrap() as usize;
    assert_eq!(&text[span(&passages[0])], NAVY);
    assert_eq!(&text[span(&passages[12])], WEATHER);
    assert!(
        passages[1..]
            .iter()
            .all(|p| p["labels"] == serde_json::json!([]))
    );
}

#[test]
fn the_table_shows_first_words() {
    let room = Room::new();
    room.write("a.txt", format!("Title\n\n{NAVY}\n\n{WEATHER}"));
    let table = room.succeed(&["predict", "a.txt", "--passages"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(
        lines[1].starts_with("\t  defense 1.00  The navy took over"),
        "{table}"
    );
    assert!(
        lines[2].starts_with("\t  no topic  The weather will stay"),
        "{table}"
    );
    assert!(
        lines[1].ends_with('…') && lines[2].ends_with('…'),
        "{table}"
    );
}
