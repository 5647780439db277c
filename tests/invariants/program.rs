//! The whole of `predict`: an answer a record, in order, in every format of output.

use std::path::Path;

use newstopics::corpus::readers::{self, Columns, Format};
use serde_json::Value;

use super::{bit, is_probability};

/// What a run of the program gave.
pub struct Run {
    pub code: u8,
    pub stdout: Vec<u8>,
}

/// A file; bits of the first byte: 0 and 1 the format of the output, 2 bad records are skipped,
/// 3 reasons, 4 passages, 5 texts; the second byte is a number of the format of the input.
pub fn check(case: &[u8], run: impl FnOnce(&[&str], &[u8]) -> Run) {
    let [how, format, bytes @ ..] = case else {
        return;
    };
    let formats: Vec<&str> = Format::all().map(Format::name).collect();
    let input = formats[usize::from(*format) % formats.len()];
    let output = ["jsonl", "csv", "table", "fasttext"][usize::from(*how & 3)];
    let skips = bit(*how, 2);
    let mut args = vec!["predict", "--quiet", "--format", output];
    args.extend(["--input-format", input, "--on-error"]);
    args.push(if skips { "skip" } else { "stop" });
    let given = [
        (
            bit(*how, 3) && matches!(output, "jsonl" | "table"),
            "--evidence",
        ),
        (
            bit(*how, 4) && matches!(output, "jsonl" | "table"),
            "--passages",
        ),
        (
            bit(*how, 5) && matches!(output, "jsonl" | "csv"),
            "--include-text",
        ),
    ];
    args.extend(
        given
            .iter()
            .filter(|(given, _)| *given)
            .map(|(_, name)| *name),
    );

    let expected = Expected::of(input, bytes, output == "csv", skips);
    let Run { code, stdout } = run(&args, bytes);
    let stdout = String::from_utf8(stdout).expect("output is UTF-8");
    match output {
        "jsonl" => expected.check_jsonl(&stdout),
        "csv" if expected.same_columns => expected.check_csv(&stdout),
        "csv" => return, // refused where the columns change
        "fasttext" => expected.check_lines(&stdout),
        _ => check_readable(&stdout),
    }
    assert_eq!(code, if expected.faults > 0 { 3 } else { 0 }, "{stdout}");
}

/// What the reader says of the input.
struct Expected {
    /// The id of each record, `None` for one that is skipped.
    ids: Vec<Option<String>>,
    faults: usize,
    skips: bool,
    /// Whether all records have the fields of the first.
    same_columns: bool,
}

impl Expected {
    fn of(format: &str, bytes: &[u8], keep_fields: bool, skips: bool) -> Self {
        let columns = Columns {
            keep_fields,
            ..Columns::default()
        };
        let mut expected = Self {
            ids: Vec::new(),
            faults: 0,
            skips,
            same_columns: true,
        };
        let mut names = None;
        let bytes = std::io::Cursor::new(bytes.to_vec());
        let records = readers::read(bytes, Path::new("case"), Format::named(format), &columns);
        let (records, fault) = match records {
            Ok(records) => (Some(records), None),
            Err(error) => (None, Some(Err(error))),
        };
        for record in records.into_iter().flatten().chain(fault) {
            match record {
                Ok(record) => {
                    let found = record.fields.names;
                    let first = names.get_or_insert_with(|| found.clone());
                    expected.same_columns &= *first == found;
                    expected.ids.push(Some(record.document.id));
                }
                Err(_) => {
                    expected.faults += 1;
                    if !skips {
                        break;
                    }
                    expected.ids.push(None);
                }
            }
        }
        expected
    }

    fn check_jsonl(&self, stdout: &str) {
        self.check_lines(stdout);
        for (line, id) in stdout.lines().zip(&self.ids) {
            let answer: Value = serde_json::from_str(line).expect("a line is JSON");
            let Some(id) = id else {
                assert!(answer["error"].is_string(), "{line}");
                continue;
            };
            assert_eq!(answer["id"].as_str(), Some(id.as_str()));
            let scores = answer["scores"].as_object().expect("scores");
            assert!(!scores.is_empty());
            assert!(
                scores
                    .values()
                    .all(|s| s.as_f64().is_some_and(is_probability))
            );
        }
    }

    fn check_csv(&self, stdout: &str) {
        if stdout.is_empty() {
            // The first record was bad, and nothing more was looked at.
            assert!(self.ids.is_empty() && self.faults > 0 && !self.skips);
            return;
        }
        let mut rows = csv::Reader::from_reader(stdout.as_bytes());
        // The scores are last, but for the errors.
        let columns = rows.headers().expect("a header").len();
        let last = columns - 1 - usize::from(self.skips);
        let found: Vec<csv::StringRecord> = rows
            .records()
            .map(|row| row.expect("rows of one length"))
            .collect();
        assert_eq!(found.len(), self.ids.len());
        for (row, id) in found.iter().zip(&self.ids) {
            let score: Option<f64> = row[last].parse().ok();
            assert_eq!(score.is_some_and(is_probability), id.is_some(), "{row:?}");
        }
    }

    /// A line an article or skipped record.
    fn check_lines(&self, stdout: &str) {
        assert_eq!(stdout.matches('\n').count(), self.ids.len(), "{stdout}");
        assert!(stdout.is_empty() || stdout.ends_with('\n'));
    }
}

/// No control character of the input reaches the terminal.
fn check_readable(stdout: &str) {
    let control = stdout
        .chars()
        .find(|c| c.is_control() && !"\n\t".contains(*c));
    assert_eq!(control, None, "{stdout:?}");
}
