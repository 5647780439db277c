//! What the program prints, word by word (`cargo insta review` after a change that is meant).

mod common;

use common::{Room, single_label_csv, small_csv};
use insta::assert_snapshot;

#[test]
fn help_of_every_command() {
    let room = Room::new();
    assert_snapshot!("help", room.succeed(&["--help"]));
    for command in [
        "predict",
        "check",
        "train",
        "tune",
        "evaluate",
        "cv",
        "compare",
        "explain",
        "inspect",
        "completions",
        "man",
    ] {
        assert_snapshot!(
            format!("help_{command}"),
            room.succeed(&[command, "--help"])
        );
    }
}

#[test]
fn training_evaluation_and_explanation() {
    let room = Room::new();
    room.write("news.csv", small_csv());
    assert_snapshot!(
        "train",
        room.succeed(&["train", "news.csv", "--model", "m"])
    );
    assert_snapshot!(
        "evaluate",
        room.succeed(&["evaluate", "news.csv", "--model", "m"])
    );
    assert_snapshot!("inspect", room.succeed(&["inspect", "m", "--top", "4"]));
    room.write(
        "a.txt",
        "Frigate\n\nThe frigate waits. The import levy is late, and the army with it.\n",
    );
    assert_snapshot!(
        "explain",
        room.succeed(&["explain", "a.txt", "--model", "m"])
    );
    assert_snapshot!(
        "predict",
        room.succeed(&["predict", "a.txt", "--model", "m", "--evidence"])
    );
}

#[test]
fn multi_class_report() {
    let room = Room::new();
    room.write("news.csv", single_label_csv());
    assert_snapshot!(
        "train_multi_class",
        room.succeed(&["train", "news.csv", "--model", "m"])
    );
}
