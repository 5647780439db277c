//! Model files that are damaged, forged or old: refused with what is wrong, or sound.

mod common;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use common::project;
use newstopics::corpus::{Dataset, Document};
use newstopics::features::TfidfParams;
use newstopics::model::LogisticParams;
use newstopics::{Decision, ErrorKind, TopicClassifier, Trainer};
use proptest::prelude::*;
use rayon::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const PREFIX: usize = 56;

/// A model file taken apart.
#[derive(Clone)]
struct Parts {
    header: Value,
    arrays: Vec<u8>,
}

impl Parts {
    fn of(bytes: &[u8]) -> Self {
        let length = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
        let (header, arrays) = bytes[PREFIX..].split_at(length);
        Self {
            header: serde_json::from_slice(header).unwrap(),
            arrays: arrays.to_vec(),
        }
    }

    /// A file with right lengths and a right checksum.
    fn seal(&self) -> Vec<u8> {
        let header = serde_json::to_vec(&self.header).unwrap();
        let total = PREFIX + header.len() + self.arrays.len();
        let mut bytes = b"NEWSTOPC".to_vec();
        bytes.extend(2_u32.to_le_bytes());
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend((total as u64).to_le_bytes());
        bytes.extend([0; 32]);
        bytes.extend(header);
        bytes.extend(&self.arrays);
        with_checksum(bytes)
    }
}

fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let hash = Sha256::new()
        .chain_update(&bytes[8..24])
        .chain_update(&bytes[PREFIX..]);
    bytes[24..56].copy_from_slice(&hash.finalize());
    bytes
}

/// Two labels, a few words, and with folds the thresholds of chosen precisions.
fn train(folds: usize, features: TfidfParams) -> Vec<u8> {
    let mut data = Dataset::default();
    for week in ["one", "two"] {
        for (text, labels) in [
            ("duties on steel rise again", &["tariffs"][..]),
            ("tanks and duties for the army", &["defense", "tariffs"]),
            ("the army has new tanks", &["defense"]),
            ("rain and wind", &[]),
        ] {
            let text = format!("{text} {week}");
            let labels = labels.iter().map(|&label| label.to_owned()).collect();
            data.push(Document::new("", "", text), labels);
        }
    }
    let trainer = Trainer {
        features,
        model: LogisticParams::default(),
        folds,
        ..Trainer::default()
    };
    trainer.fit(&data).unwrap().classifier.to_bytes().unwrap()
}

/// About as small as a model can be.
fn tiny() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let words = TfidfParams {
            word_ngrams: "1-2".parse().ok(),
            char_ngrams: None,
            max_features: Some(8),
            ..TfidfParams::default()
        };
        train(0, words)
    })
}

/// With everything that a model can have.
fn full() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let features = TfidfParams {
            max_features: Some(12),
            ..TfidfParams::default()
        };
        train(2, features)
    })
}

/// Asserts that a file is refused as a model, with words; gives them.
fn refusal(bytes: Vec<u8>, what: impl std::fmt::Display) -> String {
    match TopicClassifier::from_bytes(bytes) {
        Ok(_) => panic!("accepted: {what}"),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Model, "{what}: {error}");
            assert!(error.message().len() > 20, "{what}: {error}");
            error.to_string()
        }
    }
}

/// A file is refused, or what it says is made of numbers in their ranges. Whether it was refused.
fn refused_or_sound(bytes: Vec<u8>, what: impl std::fmt::Display) -> bool {
    let classifier = match TopicClassifier::from_bytes(bytes) {
        Ok(classifier) => classifier,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Model, "{what}: {error}");
            assert!(error.message().len() > 10, "{what}: {error}");
            return true;
        }
    };
    let is_probability = |p: &f64| (0.0..=1.0).contains(p);
    let n_labels = classifier.labels().len();
    let ways = [
        Decision::default(),
        Decision {
            target_precision: Some(0.99),
            top_k: Some(3),
            ..Decision::default()
        },
    ];
    for decision in ways {
        // A model without thresholds for precisions says so.
        let Ok(mut predictor) = classifier.predictor().with_decision(decision) else {
            continue;
        };
        for (title, text) in [
            ("", ""),
            (
                "Tanks",
                "duties on steel for the army and the army has new tanks",
            ),
            ("", "rain rain rain wind, and nothing else is known here"),
        ] {
            let prediction = predictor.predict(title, text);
            assert_eq!(prediction.scores.len(), n_labels, "{what}");
            assert!(
                prediction.scores.iter().all(is_probability),
                "{what}: {prediction:?}"
            );
            assert!(prediction.labels.iter().all(|&l| l < n_labels), "{what}");
        }
    }
    let explanation = classifier.explain("Tanks", "duties on steel for the army");
    let numbers = explanation.words.iter().flat_map(|w| &w.contributions);
    assert!(
        numbers.chain(&explanation.decision).all(|x| x.is_finite()),
        "{what}"
    );
    assert!(classifier.base_rates().iter().all(is_probability), "{what}");
    for feature in 0..classifier.vectorizer().n_features() {
        assert!(classifier.weight(feature, 0).is_finite(), "{what}");
        assert!(!classifier.vectorizer().feature(feature).1.is_empty());
    }
    assert!(classifier.to_bytes().is_ok(), "{what}");
    false
}

#[test]
fn every_change_of_a_byte_is_refused() {
    let model = tiny();
    assert!(TopicClassifier::from_bytes(model.to_vec()).is_ok());
    (0..model.len()).into_par_iter().for_each(|at| {
        for change in 1..=255_u8 {
            let mut bytes = model.to_vec();
            bytes[at] ^= change;
            let said = refusal(bytes, format_args!("byte {at} changed by {change:#x}"));
            let expected = match at {
                0..8 => "is not a newstopics model",
                8..12 => "is of model format version",
                12..16 => "declares a description of",
                16..24 => "the file is cut off or has grown",
                _ => "the checksum is wrong",
            };
            // A header of another length that fits into the file is told by the checksum.
            assert!(
                said.contains(expected) || (12..16).contains(&at) && said.contains("checksum"),
                "byte {at}: {said}"
            );
        }
    });
}

#[test]
fn every_truncation_and_every_addition_is_refused() {
    let model = full();
    for length in 0..model.len() {
        let said = refusal(model[..length].to_vec(), format_args!("{length} bytes"));
        let expected = match length {
            0 => "the file is empty",
            1..PREFIX => "cut off in its first bytes",
            _ => "the file is cut off or has grown",
        };
        assert!(said.contains(expected), "{length}: {said}");
    }
    for more in [&b"\0"[..], b"\n", &[0; 4096], model] {
        let said = refusal([model, more].concat(), "a longer file");
        assert!(said.contains("the file is cut off or has grown"), "{said}");
    }
    // With the lengths and the checksum made to agree there is still something missing.
    let parts = Parts::of(model);
    for length in 0..parts.arrays.len() {
        let arrays = parts.arrays[..length].to_vec();
        let cut = Parts {
            arrays,
            ..parts.clone()
        };
        refusal(cut.seal(), format_args!("{length} bytes of arrays"));
    }
    for more in 1..200 {
        let arrays = [parts.arrays.as_slice(), &vec![0; more]].concat();
        let grown = Parts {
            arrays,
            ..parts.clone()
        };
        refusal(grown.seal(), format_args!("{more} bytes too many"));
    }
}

#[test]
fn behind_a_right_checksum_every_change_of_a_byte_is_refused_or_harmless() {
    for model in [tiny(), full()] {
        let changes: Vec<u8> = (0..8).map(|bit| 1 << bit).chain([0xff, 0x1e]).collect();
        let refused: usize = (8..model.len())
            .into_par_iter()
            .flat_map_iter(|at| changes.iter().map(move |change| (at, change)))
            .map(|(at, change)| {
                let mut bytes = model.to_vec();
                bytes[at] ^= change;
                let what = format!("byte {at} changed by {change:#x}");
                usize::from(refused_or_sound(with_checksum(bytes), what))
            })
            .sum();
        // Braces, names, orders and hashes cannot change; digits, fingerprints and weights can.
        let all = (model.len() - 8) * changes.len();
        assert!(
            (all / 4..all).contains(&refused),
            "{refused} of {all} refused"
        );
    }
}

/// The places of all values in a document of JSON.
fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    found.push(path.to_owned());
    match value {
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate().take(3) {
                places(value, &format!("{path}/{at}"), found);
            }
        }
        Value::Object(object) => {
            for (name, value) in object {
                places(value, &format!("{path}/{name}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_value_of_the_description_is_checked() {
    let hostile = [
        json!(null),
        json!(true),
        json!(0),
        json!(-0.0),
        json!(1),
        json!(-1),
        json!(0.5),
        json!(1.0000001),
        json!(4_000_000_000_u64),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e29),
        json!(1e300),
        json!(-1e308),
        json!(5e-324),
        json!(""),
        json!("tariffs"),
        json!("word"),
        json!("multi-class"),
        json!([]),
        json!([[], [], [], []]),
        json!([0, 0]),
        json!([1e308, 1e308]),
        json!({}),
    ];
    let parts = Parts::of(full());
    let mut found = Vec::new();
    places(&parts.header, "", &mut found);
    assert!(found.len() > 100);
    let accepted: Vec<String> = found
        .par_iter()
        .flat_map_iter(|place| {
            let mut accepted = Vec::new();
            for value in &hostile {
                let mut forged = parts.clone();
                *forged.header.pointer_mut(place).unwrap() = value.clone();
                let what = format!("{value} at {place}");
                if !refused_or_sound(forged.seal(), &what) {
                    accepted.push(what);
                }
            }
            // The same without it, and with it twice.
            if let Some((parent, name)) = place.rsplit_once('/') {
                for twice in [false, true] {
                    let mut forged = parts.clone();
                    match forged.header.pointer_mut(parent) {
                        Some(Value::Object(object)) if !twice => {
                            object.remove(name);
                        }
                        Some(Value::Object(object)) => {
                            let value = object[name].clone();
                            object.insert(format!("{name}2"), value);
                        }
                        Some(Value::Array(list)) if !twice => {
                            list.remove(name.parse().unwrap());
                        }
                        Some(Value::Array(list)) => {
                            list.push(list[name.parse::<usize>().unwrap()].clone());
                        }
                        _ => unreachable!("a value has a parent"),
                    }
                    let what = format!("{place} {}", if twice { "twice" } else { "missing" });
                    if !refused_or_sound(forged.seal(), &what) {
                        accepted.push(what);
                    }
                }
            }
            accepted
        })
        .collect();
    // What a prediction relies on takes no value out of its range.
    let may = |place: &str, values: &[&str]| {
        for what in &accepted {
            let Some((value, found)) = what.split_once(" at ") else {
                continue;
            };
            assert!(
                !found.starts_with(place) || values.contains(&value),
                "{what}"
            );
        }
    };
    may(
        "/info/labels",
        &["\"word\"", "\"multi-class\"", "\"tariffs\""],
    );
    may("/info/thresholds/", &["0", "-0.0", "1", "0.5", "5e-324"]);
    may(
        "/info/thresholds",
        &["0", "-0.0", "1", "0.5", "5e-324", "[0,0]"],
    );
    may("/info/provenance/articles", &[]);
    may("/blocks", &["\"word\""]);
    may("/fingerprints", &["0"]);
    may(
        "/info/precision_points/",
        &["null", "0", "-0.0", "1", "0.5", "5e-324"],
    );
}

#[test]
fn every_number_of_the_arrays_is_checked() {
    let parts = Parts::of(full());
    let hostile: Vec<[u8; 4]> = [
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::MAX,
        f32::MIN,
        f32::MIN_POSITIVE,
        f32::from_bits(1),
        -0.0,
        1e30,
    ]
    .map(f32::to_le_bytes)
    .into_iter()
    .chain([1, 7, 0x7fff_ffff, u32::MAX - 1, u32::MAX].map(u32::to_le_bytes))
    .collect();
    // The arrays of terms have any length: numbers may begin anywhere.
    (0..parts.arrays.len() - 3).into_par_iter().for_each(|at| {
        for number in &hostile {
            let mut forged = parts.clone();
            forged.arrays[at..at + 4].copy_from_slice(number);
            refused_or_sound(forged.seal(), format_args!("{number:?} at {at}"));
        }
    });
    // All weights as large as they can be, of one sign and of both.
    let n_weights = TopicClassifier::from_bytes(full().to_vec())
        .unwrap()
        .vectorizer()
        .n_features()
        * 2;
    for signs in [[f32::MAX, f32::MAX], [f32::MAX, f32::MIN]] {
        let mut forged = parts.clone();
        let start = forged.arrays.len() - 4 * n_weights;
        let weights = signs.iter().cycle().take(n_weights);
        let bytes: Vec<u8> = weights.flat_map(|w| w.to_le_bytes()).collect();
        forged.arrays[start..].copy_from_slice(&bytes);
        forged.header["info"]["task"] = json!("multi-class");
        forged.header["info"]["calibration"]["slopes"] = json!([1e30, 1e30]);
        assert!(!refused_or_sound(forged.seal(), "the largest weights"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn behind_a_right_checksum_any_damage_of_the_arrays_is_refused_or_harmless(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut damaged = Parts::of(full());
        for (at, byte) in changes {
            let at = at.index(damaged.arrays.len());
            damaged.arrays[at] = byte;
        }
        refused_or_sound(damaged.seal(), "damage");
    }
}

/// The kept answers of a kept model.
fn kept(name: &str) -> (TopicClassifier, Vec<Value>) {
    let folder = project().join("tests/data/models");
    let classifier = TopicClassifier::load(folder.join(format!("{name}.model"))).unwrap();
    let answers = std::fs::read(folder.join(format!("{name}.json"))).unwrap();
    (classifier, serde_json::from_slice(&answers).unwrap())
}

#[test]
fn kept_models_answer_as_ever() {
    for name in ["format-2", "format-2-multi-class"] {
        let (classifier, answers) = kept(name);
        assert!(answers.len() > 5);
        for answer in answers {
            let text = |field: &str| answer[field].as_str().unwrap().to_owned();
            let document = Document::new("", text("title"), text("text"));
            let prediction = classifier.predict_document(&document);
            assert_eq!(
                json!(classifier.label_names(&prediction)),
                answer["labels"],
                "{name}: {answer}"
            );
            for (label, score) in classifier.labels().iter().zip(&prediction.scores) {
                let expected = answer["scores"][label].as_f64().unwrap();
                // The kept scores have six decimals.
                assert!((score - expected).abs() < 6e-7, "{name}: {score}, {answer}");
            }
        }
        // Reading and writing change nothing.
        let file = project().join(format!("tests/data/models/{name}.model"));
        assert!(classifier.to_bytes().unwrap() == std::fs::read(file).unwrap());
    }
}

#[test]
fn the_first_format_and_later_ones_are_refused_by_name() {
    let first = std::fs::read(project().join("tests/data/models/format-1.model")).unwrap();
    let said = refusal(first, "format 1");
    assert!(
        said.contains("is of model format version 1, expected 2; written by an earlier version")
            && said.contains("train it again"),
        "{said}"
    );
    let mut later = tiny().to_vec();
    later[8] = 3;
    let said = refusal(with_checksum(later), "format 3");
    assert!(
        said.contains("format version 3, expected 2; written by a later version"),
        "{said}"
    );
}

/// Files of 1 KiB with right lengths and a right checksum that declare a great many of something.
fn boasting() -> Vec<(String, Vec<u8>)> {
    const MANY: u64 = 1_000_000_000_000;
    let small = json!({
        "info": {
            "labels": ["a"], "task": "multi-label",
            "features": {
                "word_ngrams": [1, 1], "char_ngrams": null, "min_df": 1, "max_features": null,
                "sublinear_tf": true, "title_weight": 1, "char_weight": 1.0,
            },
            "intercepts": [0.0], "calibration": {"slopes": [1.0], "intercepts": [0.0]},
            "thresholds": [0.5], "precision_points": [],
            "provenance": {
                "program_version": "0", "files": [], "articles": 2, "label_counts": [1],
                "unlabelled": 1, "languages": [], "seed": 0, "beta": 1.0, "c": 1.0,
                "class_weight": "none", "log_ratio_exponent": 0.0, "solver": "newton",
                "folds": 0, "groups": 0, "convergence": [], "calibration_errors": [],
                "out_of_fold": [],
            },
        },
        "blocks": [{"family": "word", "features": 1, "lengths": [1, 4, 8, 4]}],
        "fingerprints": 0,
    });
    let sealed = |header: Value| {
        let length = serde_json::to_vec(&header).unwrap().len();
        let arrays = vec![0; 1024 - PREFIX - length];
        Parts { header, arrays }.seal()
    };
    let mut files: Vec<(String, Vec<u8>)> = [
        "/blocks/0/features",
        "/blocks/0/lengths/0",
        "/blocks/0/lengths/1",
        "/blocks/0/lengths/2",
        "/blocks/0/lengths/3",
        "/fingerprints",
        "/info/provenance/articles",
        "/info/provenance/label_counts/0",
    ]
    .into_iter()
    .map(|place| {
        let mut header = small.clone();
        *header.pointer_mut(place).unwrap() = json!(MANY);
        (place.to_owned(), sealed(header))
    })
    .collect();
    let mut features = small.clone();
    features["blocks"][0] = json!({"family": "word", "features": MANY, "lengths": [MANY, 4 * MANY, 8 * MANY, 4 * MANY]});
    files.push(("all of a block".to_owned(), sealed(features)));
    let mut header = sealed(small.clone());
    header[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
    files.push(("the header".to_owned(), with_checksum(header)));
    let mut whole = sealed(small);
    whole[16..24].copy_from_slice(&(4 * MANY).to_le_bytes());
    files.push(("the file".to_owned(), with_checksum(whole)));
    assert!(files.iter().all(|(_, bytes)| bytes.len() == 1024));
    files
}

#[test]
fn a_small_file_that_declares_much_is_refused_at_once() {
    for (what, bytes) in boasting() {
        let started = Instant::now();
        refusal(bytes, &what);
        let taken = started.elapsed();
        assert!(taken < Duration::from_millis(10), "{what}: {taken:?}");
    }
}

#[cfg(target_os = "linux")]
mod memory {
    use std::io::Write;
    use std::process::{Child, Stdio};

    use super::*;
    use common::Room;

    /// The most memory in KiB that a process has held, and whether it sleeps.
    fn status(child: &Child) -> Option<(u64, bool)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name));
        let peak = field("VmHWM:")?.split_whitespace().next()?.parse().ok()?;
        Some((peak, field("State:")?.trim_start().starts_with('S')))
    }

    /// The most memory in KiB that the program holds until it says something: standard output and
    /// standard error are a full pipe, on which it sleeps.
    fn peak(room: &Room, args: &[&str]) -> u64 {
        let tries =
            (1..=50).find_map(|wait| peak_after(room, args, Duration::from_millis(wait * 10)));
        tries.unwrap_or_else(|| panic!("{args:?} always ends before it can be looked at"))
    }

    /// The peak, with the pipe filled for so long; `None` if it was not full yet.
    fn peak_after(room: &Room, args: &[&str], filled_for: Duration) -> Option<u64> {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut filling = writer.try_clone().unwrap();
        let filler = std::thread::spawn(move || while filling.write_all(&[b' '; 4096]).is_ok() {});
        std::thread::sleep(filled_for);
        let mut child = room
            .command(args)
            .stdin(Stdio::null())
            .stdout(writer.try_clone().unwrap())
            .stderr(writer)
            .spawn()
            .unwrap();
        let started = Instant::now();
        let (mut peak, mut asleep) = (Some(0), 0);
        while asleep < 20 && peak.is_some() {
            let found = status(&child);
            peak = found.map(|(most, _)| most);
            asleep = match found {
                Some((_, true)) => asleep + 1,
                _ => 0,
            };
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "{args:?} hangs"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        drop(reader);
        filler.join().unwrap();
        peak
    }

    /// The shortest of some runs that are refused, as a busy machine makes any of them long.
    fn shortest(room: &Room, args: &[&str]) -> Duration {
        let run = |_| {
            let started = Instant::now();
            let said = room.fail(4, args);
            let taken = started.elapsed();
            assert!(said.contains("boast.model: "), "{said}");
            taken
        };
        (0..20).map(run).min().unwrap()
    }

    #[test]
    fn the_program_refuses_it_in_10_milliseconds_and_20_mebibytes() {
        let room = Room::new();
        let idle = peak(&room, &["--version"]);
        for (what, bytes) in boasting() {
            room.write("boast.model", bytes);
            let args = ["predict", "-m", "boast.model", "-"];
            let peak = peak(&room, &args);
            let shortest = shortest(&room, &args);
            println!("{what}: {peak} KiB (idle {idle} KiB), {shortest:?}");
            assert!(peak < 20 << 10, "{what}: {peak} KiB, idle {idle} KiB");
            assert!(shortest < Duration::from_millis(10), "{what}: {shortest:?}");
        }
    }

    #[test]
    fn a_terabyte_of_holes_is_refused_by_its_length() {
        let room = Room::new();
        let mut start = tiny()[..PREFIX].to_vec();
        start[16..24].copy_from_slice(&(1_u64 << 40).to_le_bytes());
        room.write("boast.model", start);
        let file = std::fs::File::options()
            .write(true)
            .open(room.path("boast.model"));
        if file.unwrap().set_len(1 << 40).is_err() {
            eprintln!("no test of a terabyte: this file system has no such files");
            return;
        }
        let args = ["predict", "-m", "boast.model", "-"];
        let said = room.fail(4, &args);
        assert!(
            said.contains("more than the limit of 17179869184"),
            "{said}"
        );
        assert!(peak(&room, &args) < 20 << 10);
    }

    #[test]
    fn a_long_description_takes_no_more_than_some_times_its_length() {
        let room = Room::new();
        let idle = peak(&room, &["--version"]);
        let parts = Parts::of(tiny());
        const LENGTH: usize = 32 << 20;
        for (place, entry) in [
            ("labels", "\"\""),
            ("labels", "\"a\""),
            ("intercepts", "0"),
            ("thresholds", "0"),
            ("precision_points", "[]"),
            ("calibration", "0"),
        ] {
            let mut header = parts.clone().header;
            header["info"][place] = json!("HERE");
            let text = header.to_string();
            let (before, after) = text.split_once("\"HERE\"").unwrap();
            let list = format!(
                "[{}{entry}]",
                format!("{entry},").repeat(LENGTH / (entry.len() + 1))
            );
            let list = match place {
                "calibration" => format!("{{\"slopes\":{list},\"intercepts\":[]}}"),
                _ => list,
            };
            let header = format!("{before}{list}{after}");
            let total = PREFIX + header.len() + parts.arrays.len();
            let mut bytes = tiny()[..PREFIX].to_vec();
            bytes[12..16].copy_from_slice(&(header.len() as u32).to_le_bytes());
            bytes[16..24].copy_from_slice(&(total as u64).to_le_bytes());
            bytes.extend(header.as_bytes());
            bytes.extend(&parts.arrays);
            room.write("boast.model", with_checksum(bytes));
            let args = ["predict", "-m", "boast.model", "-"];
            let said = room.fail(4, &args);
            let peak = peak(&room, &args);
            println!(
                "{place} {entry}: {} MiB, idle {} MiB: {said}",
                peak >> 10,
                idle >> 10
            );
            assert!(
                peak < idle + 6 * (total as u64 >> 10),
                "{place}: {peak} KiB"
            );
        }
    }
}
