//! Figures of parts of the articles.

use std::collections::BTreeMap;

use crate::corpus::Dataset;
use crate::metrics::{ClassificationReport, Evaluated, Figure, Interval, Intervals, Judged};
use crate::model::Task;
use crate::text::tokens;

/// One way to part the articles.
#[derive(Debug, Clone)]
pub struct Slicing {
    /// What parts them: `language`, `length`, or the name of a column.
    pub by: String,
    /// The parts, the largest first (lengths: the shortest first), at most twenty.
    pub slices: Vec<Slice>,
    /// Number of further, smaller parts.
    pub left_out: usize,
}

/// The figures of a part of the articles.
#[derive(Debug, Clone)]
pub struct Slice {
    /// What its articles have in common.
    pub value: String,
    /// Its figures. `averages.macro_carried` leaves out the labels that none of them carries.
    pub report: ClassificationReport,
    /// Interval of the micro F1.
    pub micro_f1: Option<Interval>,
    /// Interval of the accuracy.
    pub accuracy: Option<Interval>,
}

/// Number of words, title included, at which the length bands begin, and what they are called.
pub const LENGTH_BANDS: [(usize, &str); 4] = [
    (0, "under 50 words"),
    (50, "50 to 199 words"),
    (200, "200 to 599 words"),
    (600, "600 words and more"),
];

/// Most parts shown of one way.
const MOST: usize = 20;

/// The articles parted by language, by length and by each extra column.
pub(super) fn slicings(
    data: &Dataset,
    languages: &[String],
    task: Task,
    labels: &[String],
    evaluated: &[Evaluated],
    (resamples, seed): (usize, u64),
) -> Vec<Slicing> {
    let measure = |value: &str, rows: &[usize]| {
        let own: Vec<Evaluated> = rows.iter().map(|&row| evaluated[row].clone()).collect();
        let judged = Judged::decisions(task, labels.len(), &own);
        let intervals = Intervals::new(&judged, resamples, seed);
        let interval = |figure: Figure| intervals.as_ref().and_then(|i| i.figure(figure));
        Slice {
            value: value.to_owned(),
            report: ClassificationReport::new(task, labels, &own),
            micro_f1: interval(Figure::MicroF1),
            accuracy: interval(Figure::Accuracy),
        }
    };
    let mut slicings = Vec::new();
    let mut add = |by: &str, parts: Vec<(String, Vec<usize>)>| {
        slicings.push(Slicing {
            by: by.to_owned(),
            slices: parts
                .iter()
                .take(MOST)
                .map(|(value, rows)| measure(value, rows))
                .collect(),
            left_out: parts.len().saturating_sub(MOST),
        });
    };
    add("language", parts(languages.iter().map(String::as_str)));
    let bands: Vec<usize> = data.documents.iter().map(length_band).collect();
    let by_length = LENGTH_BANDS
        .iter()
        .enumerate()
        .filter_map(|(band, (_, name))| {
            let rows: Vec<usize> = (0..bands.len()).filter(|&row| bands[row] == band).collect();
            (!rows.is_empty()).then(|| ((*name).to_owned(), rows))
        });
    add("length", by_length.collect());
    for (column, name) in data.extra_names.iter().enumerate() {
        if data
            .extra
            .iter()
            .all(|cells| cells.get(column).is_none_or(Option::is_none))
        {
            continue;
        }
        let cells = data.extra.iter().map(|cells| {
            let cell = cells
                .get(column)
                .and_then(Option::as_deref)
                .unwrap_or_default();
            match cell.trim() {
                "" => "(empty)",
                cell => cell,
            }
        });
        add(name, parts(cells));
    }
    slicings
}

/// The articles of each value, the most frequent value first.
pub(crate) fn parts<'a>(values: impl Iterator<Item = &'a str>) -> Vec<(String, Vec<usize>)> {
    let mut rows_of: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, value) in values.enumerate() {
        rows_of.entry(value).or_default().push(row);
    }
    let mut parts: Vec<(String, Vec<usize>)> = rows_of
        .into_iter()
        .map(|(value, rows)| (value.to_owned(), rows))
        .collect();
    parts.sort_by_key(|(_, rows)| std::cmp::Reverse(rows.len()));
    parts
}

fn length_band(document: &crate::corpus::Document) -> usize {
    let words = tokens(document.title()).count() + tokens(&document.text).count();
    LENGTH_BANDS
        .iter()
        .rposition(|&(from, _)| words >= from)
        .unwrap_or(0)
}
