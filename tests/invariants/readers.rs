//! Readers: records or errors with their place, in order, however the bytes arrive.

use std::io::{Cursor, Read};
use std::path::Path;

use newstopics::ErrorKind;
use newstopics::corpus::Labels;
use newstopics::corpus::readers::{self, Columns, Format, Record, Records};

use super::bit;

const PATH: &str = "case";

/// Gives a few bytes at a time, as a slow pipe does.
struct Dribble(Cursor<Vec<u8>>, usize);

impl Read for Dribble {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.1.min(buffer.len());
        self.0.read(&mut buffer[..length])
    }
}

/// Separated values; bits: 0 tabs, 1 all fields, 2 no header, 3 given delimiter, 4 encoding.
pub fn csv(case: &[u8]) {
    let Some((&how, bytes)) = case.split_first() else {
        return;
    };
    let columns = Columns {
        delimiter: bit(how, 3).then_some(b';'),
        header: bit(how, 2).then(|| ["label", "text"].map(str::to_owned).to_vec()),
        ..columns(how)
    };
    check(if bit(how, 0) { "tsv" } else { "csv" }, &columns, bytes);
}

/// JSON lines; bits: 0 Prodigy and spaCy, 1 all fields, 2 other names, 3 Annif, 4 encoding.
pub fn jsonl(case: &[u8]) {
    let Some((&how, bytes)) = case.split_first() else {
        return;
    };
    let named = |name: &str| bit(how, 2).then(|| name.to_owned());
    let columns = Columns {
        text: named("body"),
        labels: named("topics"),
        ..columns(how)
    };
    let format = match (bit(how, 0), bit(how, 3)) {
        (true, _) => "prodigy",
        (_, true) => "annif",
        _ => "jsonl",
    };
    check(format, &columns, bytes);
}

/// Lines of fastText; bits: 0 Annif's lines, 4 encoding.
pub fn fasttext(case: &[u8]) {
    let Some((&how, bytes)) = case.split_first() else {
        return;
    };
    let format = if bit(how, 0) { "annif-tsv" } else { "fasttext" };
    check(format, &columns(how), bytes);
}

/// A text; bits: 0 the format is told by the first bytes, 4 encoding.
pub fn text(case: &[u8]) {
    let Some((&how, bytes)) = case.split_first() else {
        return;
    };
    check(if bit(how, 0) { "-" } else { "text" }, &columns(how), bytes);
}

/// A web page; bits: 4 encoding.
pub fn html(case: &[u8]) {
    let Some((&how, bytes)) = case.split_first() else {
        return;
    };
    check("html", &columns(how), bytes);
}

/// An archive of gzip or Zstandard with lines in it.
pub fn compressed(case: &[u8]) {
    check("fasttext", &Columns::default(), case);
}

fn columns(how: u8) -> Columns {
    Columns {
        keep_fields: bit(how, 1),
        extra: if bit(how, 1) {
            vec!["date".to_owned(), "none".to_owned()]
        } else {
            Vec::new()
        },
        encoding: bit(how, 4).then(|| "shift_jis".to_owned()),
        ..Columns::default()
    }
}

/// Reads in one go and a few bytes at a time, and compares record for record.
fn check(format: &str, columns: &Columns, bytes: &[u8]) {
    let format = Format::named(format);
    let path = Path::new(if format.is_some() { PATH } else { "-" });
    let at_once = Cursor::new(bytes.to_vec());
    let slowly = Dribble(Cursor::new(bytes.to_vec()), 1 + bytes.len() % 64);
    let mut places = Places::of(bytes);
    let (mut left, mut right) = match (
        readers::read(at_once, path, format, columns),
        readers::read(slowly, path, format, columns),
    ) {
        (Ok(left), Ok(right)) => (left, right),
        (Err(left), Err(right)) => {
            assert_eq!(left.to_string(), right.to_string());
            check_error(&left, path);
            return;
        }
        _ if is_packed(bytes) => return,
        (left, right) => panic!("{:?} and slowly {:?}", left.err(), right.err()),
    };
    loop {
        let (record, again) = (next(&mut left), next(&mut right));
        // How much is unpacked before an archive's damage is found depends on the pieces.
        if is_packed(bytes) && [&record, &again].iter().any(|r| matches!(r, Some(Err(_)))) {
            break;
        }
        assert_eq!(record, again, "the bytes came slowly");
        match &record {
            None => break,
            Some(Ok(record)) => check_record(record, columns, path),
            Some(Err(_)) => {}
        }
        places.next(&record);
    }
    for note in left.take_notes() {
        assert!(!note.to_string().is_empty());
    }
}

fn is_packed(bytes: &[u8]) -> bool {
    [&b"\x1f\x8b\x08"[..], b"\x28\xb5\x2f\xfd"]
        .iter()
        .any(|magic| bytes.starts_with(magic))
        || bytes.get(1..4) == Some(b"\x2a\x4d\x18")
}

/// A record, or what the error of it says and where it is.
type Read_ = Result<Record, (String, Option<u64>, Option<u64>)>;

fn next(records: &mut Records) -> Option<Read_> {
    let record = records.next()?;
    Some(record.map_err(|error| {
        let path = error.position().file.clone();
        check_error(&error, &path.unwrap_or_default());
        let position = error.position();
        (error.to_string(), position.record, position.line)
    }))
}

fn check_error(error: &newstopics::Error, path: &Path) {
    assert!(
        matches!(error.kind(), ErrorKind::Data | ErrorKind::Usage),
        "{error:?}"
    );
    assert!(!error.message().is_empty());
    assert_eq!(error.position().file.as_deref(), Some(path), "{error}");
    // An error is for reading: it does not repeat a record of many megabytes.
    assert!(error.to_string().len() < 1 << 20);
}

fn check_record(record: &Record, columns: &Columns, path: &Path) {
    let position = &record.position;
    assert_eq!(position.file.as_deref(), Some(path));
    assert_eq!(record.extra.len(), columns.extra.len());
    let fields = &record.fields;
    assert_eq!(fields.names.len(), fields.values.len());
    assert!(columns.keep_fields || fields.names.is_empty());
    for single in [false, true] {
        let Some(Ok(labels)) = record.labels.as_ref().map(|l: &Labels| l.split(single)) else {
            continue;
        };
        assert!(labels.is_sorted_by(|a, b| a < b), "{labels:?}");
        assert!(labels.iter().all(|label| !label.is_empty()));
        assert!(!single || labels.len() <= 1);
    }
}

/// Where records may be: each the next, none on an earlier line, none beyond the input.
struct Places {
    record: u64,
    line: u64,
    ended: bool,
    /// Lines of the input, where its bytes are its characters.
    lines: Option<u64>,
}

impl Places {
    fn of(bytes: &[u8]) -> Self {
        let newlines = bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        let is_plain = std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0);
        Self {
            record: 0,
            line: 0,
            ended: false,
            lines: (is_plain && !is_packed(bytes)).then_some(newlines + 1),
        }
    }

    fn next(&mut self, record: &Option<Read_>) {
        assert!(!self.ended, "more after the end: {record:?}");
        let (number, line) = match record {
            Some(Ok(record)) => (record.position.record, record.position.line),
            Some(Err((_, number, line))) => (*number, *line),
            None => return,
        };
        // What has no number is the whole input.
        let Some(number) = number else {
            self.ended = true;
            return;
        };
        assert_eq!(number, self.record + 1, "{record:?}");
        self.record = number;
        let Some(line) = line else {
            return;
        };
        assert!(line >= self.line, "{line} after {}: {record:?}", self.line);
        assert!(line >= 1 && self.lines.is_none_or(|lines| line <= lines));
        self.line = line;
    }
}
