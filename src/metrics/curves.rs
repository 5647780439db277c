//! What other thresholds would give: curves and tables of one label.

use serde::Serialize;

use super::counts::{Counts, ratio};

/// A point of a precision-recall curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Articles with at least this probability are given the label.
    pub threshold: f64,
    /// Share of those that carry it.
    pub precision: f64,
    /// Share of the articles that carry it which are among those.
    pub recall: f64,
}

/// Most points kept of a curve.
const POINTS: usize = 200;

/// The points of the precision-recall curve at which the recall rises, the highest threshold
/// first; of more than 200 every k-th and the last. Empty unless some articles carry the label
/// and some do not.
///
/// ```
/// use newstopics::metrics::precision_recall_curve;
///
/// let curve = precision_recall_curve(&[0.9, 0.8, 0.1], &[true, false, true]);
/// assert_eq!((curve[0].precision, curve[0].recall), (1.0, 0.5));
/// assert_eq!((curve[1].threshold, curve[1].recall), (0.1, 1.0));
/// ```
pub fn precision_recall_curve(probabilities: &[f64], carries: &[bool]) -> Vec<CurvePoint> {
    let positives = carries.iter().filter(|&&c| c).count();
    if positives == 0 || positives == carries.len() {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
    let (mut hits, mut seen) = (0, 0);
    let mut points = Vec::new();
    for tied in order.chunk_by(|&a, &b| probabilities[a] == probabilities[b]) {
        let new_hits = tied.iter().filter(|&&row| carries[row]).count();
        hits += new_hits;
        seen += tied.len();
        if new_hits > 0 {
            points.push(CurvePoint {
                threshold: probabilities[tied[0]],
                precision: ratio(hits, seen),
                recall: ratio(hits, positives),
            });
        }
    }
    let step = points.len().div_ceil(POINTS);
    let last = points.len() - 1;
    points
        .into_iter()
        .enumerate()
        .filter(|(at, _)| at % step == 0 || *at == last)
        .map(|(_, point)| point)
        .collect()
}

/// What a threshold gives on the evaluated articles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ThresholdRow {
    /// Articles with at least this probability are given the label; `None`: no article is.
    pub threshold: Option<f64>,
    /// Whether it is the threshold that the evaluation used.
    pub chosen: bool,
    /// Number of articles that are given the label.
    pub given: usize,
    /// Share of those that carry it; `None` when none is given.
    pub precision: Option<f64>,
    /// Share of the articles that carry it which are among those; `None` when none carries it.
    pub recall: Option<f64>,
    /// Harmonic mean of the two; `None` when no article carries the label.
    pub f1: Option<f64>,
}

/// One threshold's row.
pub fn threshold_row(
    probabilities: &[f64],
    carries: &[bool],
    threshold: Option<f64>,
    chosen: bool,
) -> ThresholdRow {
    let mut counts = Counts::default();
    for (&p, &carries) in probabilities.iter().zip(carries) {
        counts.add(carries, threshold.is_some_and(|t| p >= t));
    }
    let (given, support, score) = (counts.given(), counts.support(), counts.score());
    ThresholdRow {
        threshold,
        chosen,
        given,
        precision: (given > 0).then_some(score.precision),
        recall: (support > 0).then_some(score.recall),
        f1: (support > 0).then_some(score.f1),
    }
}

/// The rows of the thresholds 0.05, 0.10 ... 0.95 and of the chosen one, ascending.
pub fn threshold_table(
    probabilities: &[f64],
    carries: &[bool],
    chosen: Option<f64>,
) -> Vec<ThresholdRow> {
    let mut thresholds: Vec<(f64, bool)> = (1..20).map(|k| (f64::from(k) / 20.0, false)).collect();
    if let Some(chosen) = chosen {
        thresholds.retain(|&(threshold, _)| threshold != chosen);
        thresholds.push((chosen, true));
    }
    thresholds.sort_by(|a, b| a.0.total_cmp(&b.0));
    thresholds
        .into_iter()
        .map(|(threshold, chosen)| threshold_row(probabilities, carries, Some(threshold), chosen))
        .collect()
}

/// Articles by probability: those in one twentieth of the range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HistogramBin {
    /// Lower end of the bin, which belongs to it.
    pub from: f64,
    /// Upper end of the bin, which belongs to it in the last bin only.
    pub to: f64,
    /// Articles in it that carry the label.
    pub carrying: usize,
    /// Articles in it that do not.
    pub not_carrying: usize,
}

/// The twenty bins of a histogram of probabilities.
pub fn score_histogram(probabilities: &[f64], carries: &[bool]) -> Vec<HistogramBin> {
    const BINS: usize = 20;
    let mut counts = [(0, 0); BINS];
    for (&p, &carries) in probabilities.iter().zip(carries) {
        let bin = &mut counts[((p * BINS as f64) as usize).min(BINS - 1)];
        if carries {
            bin.0 += 1;
        } else {
            bin.1 += 1;
        }
    }
    counts
        .iter()
        .enumerate()
        .map(|(bin, &(carrying, not_carrying))| HistogramBin {
            from: bin as f64 / BINS as f64,
            to: (bin + 1) as f64 / BINS as f64,
            carrying,
            not_carrying,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_curves_are_thinned_and_keep_their_end() {
        let probabilities: Vec<f64> = (0..2000).map(|i| f64::from(i) / 2000.0).collect();
        let carries: Vec<bool> = (0..2000).map(|i| i % 2 == 0).collect();
        let curve = precision_recall_curve(&probabilities, &carries);
        assert!((200..=202).contains(&curve.len()), "{}", curve.len());
        assert_eq!(curve.last().unwrap().recall, 1.0);
        assert!(precision_recall_curve(&probabilities, &[false; 2000]).is_empty());
    }

    #[test]
    fn the_chosen_threshold_has_its_row() {
        let table = threshold_table(&[0.9, 0.4, 0.2], &[true, true, false], Some(0.33));
        assert_eq!(table.len(), 20);
        let row = table.iter().find(|row| row.chosen).unwrap();
        assert_eq!(
            (row.given, row.precision, row.f1),
            (2, Some(1.0), Some(1.0))
        );
        assert_eq!(threshold_table(&[0.9], &[true], Some(0.5)).len(), 19);
        let none = threshold_row(&[0.9], &[false], None, false);
        assert_eq!((none.given, none.precision, none.recall), (0, None, None));
    }

    #[test]
    fn every_score_is_in_one_bin() {
        let bins = score_histogram(&[0.0, 0.049, 0.05, 1.0], &[true, false, true, true]);
        assert_eq!((bins[0].carrying, bins[0].not_carrying), (1, 1));
        assert_eq!((bins[1].carrying, bins[19].carrying), (1, 1));
    }
}
