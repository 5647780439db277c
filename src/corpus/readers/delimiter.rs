//! What separates the values of a file.

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::rows::MAX_COLUMNS;
use crate::error::{Error, Result};

/// The delimiters tried, with their names.
const CANDIDATES: [(u8, &str); 4] = [
    (b',', "commas"),
    (b';', "semicolons"),
    (b'\t', "tabs"),
    (b'|', "vertical bars"),
];

/// Bytes of a file by which its delimiter is told.
pub(super) const SAMPLE: usize = 1 << 16;

/// Records by which it is told.
const RECORDS: usize = 20;

/// The name of a delimiter, for people.
pub(super) fn name(delimiter: u8) -> &'static str {
    CANDIDATES
        .iter()
        .find(|(candidate, _)| *candidate == delimiter)
        .map_or("the delimiter asked for", |(_, name)| name)
}

/// Whether a first line, split by a delimiter, has what is needed.
pub(super) fn fits(line: &[u8], delimiter: u8, needed: &Needed) -> bool {
    rows(line, true, delimiter)
        .first()
        .is_some_and(|row| needed.is_in(row))
}

/// Tells the delimiter from the beginning of a file. `needed` is the column of the text, or the
/// number of columns there must be. The `usual` one of the format wins where several would do.
///
/// Errors: no candidate fits.
pub(super) fn find(sample: &[u8], ended: bool, usual: u8, needed: &Needed) -> Result<u8> {
    let mut fits: Vec<(bool, usize, u8)> = Vec::new();
    let mut single = 0;
    for (delimiter, _) in CANDIDATES {
        let rows = rows(sample, ended, delimiter);
        let Some(first) = rows.first() else {
            return Ok(usual);
        };
        let even = rows.iter().all(|row| row.len() == first.len());
        let has_needed = needed.is_in(first);
        single += usize::from(even && first.len() == 1);
        if has_needed || (even && first.len() > 1) {
            fits.push((has_needed, first.len() * usize::from(even), delimiter));
        }
    }
    // A header with the column of the text says most, and then what is usual; without it as many
    // columns as possible in rows of one length.
    let best = fits.iter().max_by_key(|&&(needed, columns, delimiter)| {
        let usual = delimiter == usual;
        (needed, needed && usual, columns, usual)
    });
    match best {
        Some(&(_, _, delimiter)) => Ok(delimiter),
        // A file of one column has no delimiter.
        None if single == CANDIDATES.len() => Ok(usual),
        None => {
            let tried: Vec<&str> = CANDIDATES.iter().map(|(_, name)| *name).collect();
            Err(Error::data(format!(
                "the delimiter cannot be told: tried {}, and with none of them the header has the column of the text or the first records have as many fields as the header (say it with --delimiter)",
                tried.join(", ")
            )))
        }
    }
}

/// What a file's first row must have.
pub(super) enum Needed<'a> {
    /// A field of this name.
    Column(&'a str),
    /// So many fields.
    Count(usize),
}

impl Needed<'_> {
    fn is_in(&self, row: &[String]) -> bool {
        match self {
            Self::Column(name) => row.iter().any(|field| field.trim() == *name),
            Self::Count(count) => row.len() == *count,
        }
    }
}

/// The first rows of a sample, the last of them left out unless it is known to be whole.
fn rows(sample: &[u8], ended: bool, delimiter: u8) -> Vec<Vec<String>> {
    let mut parser = ReaderBuilder::new().delimiter(delimiter).build();
    let mut rows = Vec::new();
    let mut input = sample;
    let mut text = vec![0; input.len() + 1];
    let mut ends = vec![0; MAX_COLUMNS + 1];
    while rows.len() < RECORDS {
        let (mut result, read, mut written, mut fields) =
            parser.read_record(input, &mut text, &mut ends);
        input = &input[read..];
        if result == ReadRecordResult::InputEmpty && ended {
            let (end, _, more, last) =
                parser.read_record(b"", &mut text[written..], &mut ends[fields..]);
            (result, written, fields) = (end, written + more, fields + last);
        }
        if result != ReadRecordResult::Record {
            break;
        }
        let mut start = 0;
        rows.push(
            ends[..fields]
                .iter()
                .map(|&end| {
                    let field = String::from_utf8_lossy(&text[start..end.min(written)]);
                    start = end;
                    field.into_owned()
                })
                .collect(),
        );
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sample: &str) -> Option<u8> {
        find(sample.as_bytes(), true, b',', &Needed::Column("text")).ok()
    }

    #[test]
    fn the_delimiter_is_told_from_header_and_rows() {
        assert_eq!(found("id,text\n1,a;b|c\n"), Some(b','));
        assert_eq!(found("id;text\n1;a, b, c\n"), Some(b';'));
        assert_eq!(found("id\ttext\n1\ta, b; c\n"), Some(b'\t'));
        assert_eq!(found("id|text\n1|a, b\n"), Some(b'|'));
        assert_eq!(found("text\na, b; c\n"), Some(b','));
        assert_eq!(found("text\n"), Some(b','));
        assert_eq!(found(""), Some(b','));
        // No column `text`, but rows of one length.
        assert_eq!(found("id;body\n1;\"a, b\nc; d\"\n2;c\n"), Some(b';'));
        assert_eq!(found("id;body,x\n1;b\n"), Some(b';'));
        assert_eq!(found("a title\nsome, text; here | there\n"), None);
        let count = |sample: &[u8]| find(sample, true, b'\t', &Needed::Count(3)).ok();
        assert_eq!(count(b"a;b,c;d\n"), Some(b';'));
    }
}
