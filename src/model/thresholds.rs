//! From probabilities to decisions: thresholds chosen on out-of-fold probabilities.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::calibration::logit;
use super::loss::sigmoid;
use super::targets::Targets;

/// Labels whose best out-of-fold F1 is below this take the others' median threshold
/// (SCutFBR, Yang 2001).
const FALLBACK_F1: f64 = 0.3;

/// What a threshold achieved out-of-fold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrecisionPoint {
    /// The precision that was asked for.
    pub target: f64,
    /// The lowest threshold whose precision is at least that; `None` when there is none.
    pub threshold: Option<f64>,
    /// The recall that is left at the threshold, 0 when there is none.
    pub recall: f64,
}

/// How many documents are at or above a cut, and how many of them carry the label.
struct Cut {
    /// Halfway (in log-odds) between the last score above the cut and the first below.
    threshold: f64,
    selected: usize,
    hits: usize,
}

/// The cuts between different scores, the highest first.
fn cuts(probabilities: &[f64], carries: &[bool]) -> Vec<Cut> {
    let mut ranked: Vec<(f64, bool)> =
        probabilities.iter().copied().zip(carries.iter().copied()).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut cuts = Vec::new();
    let mut hits = 0;
    for (index, &(p, carries)) in ranked.iter().enumerate() {
        hits += usize::from(carries);
        let next = ranked.get(index + 1).map_or(p / 2.0, |next| next.0);
        if next < p {
            cuts.push(Cut {
                threshold: sigmoid((logit(p) + logit(next)) / 2.0),
                selected: index + 1,
                hits,
            });
        }
    }
    cuts
}

fn f1(cut: &Cut, positives: usize) -> f64 {
    2.0 * cut.hits as f64 / (cut.selected + positives) as f64
}

/// The threshold of each label that gives the best F1 on probabilities, n by L.
///
/// Among thresholds of equal F1 the one nearest to 0.5 is taken. A label without positives, or
/// whose best F1 is below 0.3, takes the median of the others' thresholds, 0.5 if there is none.
pub fn best_f1_thresholds(probabilities: ArrayView2<'_, f64>, targets: &Targets) -> Vec<f64> {
    let best: Vec<Option<f64>> = (0..targets.n_labels())
        .map(|label| {
            let p = probabilities.column(label).to_vec();
            let carries: Vec<bool> = (0..p.len()).map(|row| targets.carries(row, label)).collect();
            let positives = carries.iter().filter(|&&c| c).count();
            let cuts = cuts(&p, &carries);
            let top = cuts.iter().map(|cut| f1(cut, positives)).fold(0.0, f64::max);
            (top >= FALLBACK_F1).then(|| {
                cuts.iter()
                    .filter(|cut| f1(cut, positives) >= top)
                    .map(|cut| cut.threshold)
                    .min_by(|a, b| (a - 0.5).abs().total_cmp(&(b - 0.5).abs()))
                    .unwrap_or(0.5)
            })
        })
        .collect();
    let mut known: Vec<f64> = best.iter().flatten().copied().collect();
    known.sort_by(f64::total_cmp);
    let median = known.get(known.len() / 2).copied().unwrap_or(0.5);
    best.into_iter().map(|t| rounded(t.unwrap_or(median))).collect()
}

/// For one label the lowest thresholds that reach precisions of 0.80 to 0.99.
pub fn precision_points(probabilities: &[f64], carries: &[bool]) -> Vec<PrecisionPoint> {
    let positives = carries.iter().filter(|&&c| c).count();
    let cuts = cuts(probabilities, carries);
    (80..100)
        .map(|percent| {
            let target = f64::from(percent) / 100.0;
            let cut = cuts
                .iter()
                .rfind(|cut| cut.hits > 0 && cut.hits as f64 >= target * cut.selected as f64);
            PrecisionPoint {
                target,
                threshold: cut.map(|cut| rounded(cut.threshold)),
                recall: cut.map_or(0.0, |cut| cut.hits as f64 / positives as f64),
            }
        })
        .collect()
}

/// Six decimals: more than the data can tell, and safe from a platform's last bits.
fn rounded(p: f64) -> f64 {
    (p * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn best_f1_is_between_the_classes() {
        let p = Array2::from_shape_vec((5, 1), vec![0.9, 0.8, 0.3, 0.2, 0.1]).unwrap();
        let carries = Array2::from_shape_vec((5, 1), vec![true, true, false, true, false]).unwrap();
        let targets = Targets::MultiLabel(carries);
        // Down to 0.2: F1 = 6/7; down to 0.8: F1 = 4/5.
        let threshold = best_f1_thresholds(p.view(), &targets)[0];
        assert!(threshold > 0.1 && threshold < 0.2, "{threshold}");
    }

    #[test]
    fn a_hopeless_label_takes_the_median() {
        let p = Array2::from_shape_fn((20, 2), |(i, l)| if l == 0 { (i as f64 + 1.0) / 40.0 } else { 0.5 });
        let carries = Array2::from_shape_fn((20, 2), |(i, l)| if l == 0 { i >= 10 } else { i == 0 });
        let thresholds = best_f1_thresholds(p.view(), &Targets::MultiLabel(carries));
        assert_eq!(thresholds[0], thresholds[1]);
    }

    #[test]
    fn precision_points_give_up_recall() {
        let p = [0.9, 0.8, 0.7, 0.6, 0.5];
        let points = precision_points(&p, &[true, true, false, true, true]);
        assert_eq!(points[0].recall, 1.0);
        assert_eq!(points[19].recall, 0.5);
        let none = precision_points(&p, &[false; 5]);
        assert_eq!((none[0].threshold, none[0].recall), (None, 0.0));
    }
}
