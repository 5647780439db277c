//! From probabilities to decisions: thresholds chosen on out-of-fold probabilities.

use ndarray::ArrayView2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::calibration::logit;
use super::loss::sigmoid;
use super::targets::Targets;

/// Labels whose best out-of-fold F-beta is below this take the others' median threshold
/// (SCutFBR, Yang 2001).
const FALLBACK: f64 = 0.3;
/// Thresholds that reach this share of the best F-beta count as equally good.
const PLATEAU: f64 = 0.995;

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

/// The precisions, in percent, that [`precision_points`] are for.
const PERCENTS: std::ops::Range<u32> = 80..100;

impl PrecisionPoint {
    /// Whether they are those of one label: all targets in their order, thresholds and recalls
    /// from 0 to 1.
    pub(crate) fn are_valid(points: &[Self]) -> bool {
        let targets = PERCENTS.map(|percent| f64::from(percent) / 100.0);
        points.iter().map(|point| point.target).eq(targets)
            && points.iter().all(|point| {
                (0.0..=1.0).contains(&point.recall)
                    && point.threshold.is_none_or(|t| (0.0..=1.0).contains(&t))
            })
    }
}

/// How many documents are at or above a cut, and how many of them carry the label.
struct Cut {
    /// The last score above the cut and the first below.
    between: (f64, f64),
    selected: usize,
    hits: usize,
}

impl Cut {
    /// Log-odds halfway between the scores on either side.
    fn log_odds(&self) -> f64 {
        (logit(self.between.0) + logit(self.between.1)) / 2.0
    }
}

/// The cuts between different scores, the highest first.
fn cuts(probabilities: &[f64], carries: &[bool]) -> Vec<Cut> {
    let mut ranked: Vec<(f64, bool)> = probabilities
        .iter()
        .copied()
        .zip(carries.iter().copied())
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut cuts = Vec::new();
    let mut hits = 0;
    for (index, &(p, carries)) in ranked.iter().enumerate() {
        hits += usize::from(carries);
        let next = ranked.get(index + 1).map_or(p / 2.0, |next| next.0);
        if next < p {
            cuts.push(Cut {
                between: (p, next),
                selected: index + 1,
                hits,
            });
        }
    }
    cuts
}

/// F-beta of a cut (van Rijsbergen 1979): recall weighs beta times as much as precision.
fn f_beta(cut: &Cut, positives: usize, beta: f64) -> f64 {
    let weight = beta * beta;
    (1.0 + weight) * cut.hits as f64 / (cut.selected as f64 + weight * positives as f64)
}

/// The threshold of each label that gives the best F-beta on probabilities, n by L.
///
/// Many thresholds are about as good as the best: the one in the middle (in log-odds) of those
/// whose F-beta is within half a percent of it is taken, as it depends least on single articles.
/// A label without positives, or whose best F-beta is below 0.3, takes the median of the others'
/// thresholds, 0.5 if there is none.
pub fn best_thresholds(
    probabilities: ArrayView2<'_, f64>,
    targets: &Targets,
    beta: f64,
) -> Vec<f64> {
    let best: Vec<Option<f64>> = (0..targets.n_labels())
        .into_par_iter()
        .map(|label| {
            let p = probabilities.column(label).to_vec();
            let carries: Vec<bool> = (0..p.len())
                .map(|row| targets.carries(row, label))
                .collect();
            best_threshold(&cuts(&p, &carries), targets.count(label, |_| true), beta)
        })
        .collect();
    let mut known: Vec<f64> = best.iter().flatten().copied().collect();
    known.sort_by(f64::total_cmp);
    let median = known.get(known.len() / 2).copied().unwrap_or(0.5);
    best.into_iter()
        .map(|t| rounded(t.unwrap_or(median)))
        .collect()
}

fn best_threshold(cuts: &[Cut], positives: usize, beta: f64) -> Option<f64> {
    let top = cuts
        .iter()
        .map(|cut| f_beta(cut, positives, beta))
        .fold(0.0, f64::max);
    if top < FALLBACK {
        return None;
    }
    let good: Vec<f64> = cuts
        .iter()
        .filter(|cut| f_beta(cut, positives, beta) >= PLATEAU * top)
        .map(Cut::log_odds)
        .collect();
    let middle = (good.first()? + good.last()?) / 2.0;
    good.into_iter()
        .min_by(|a, b| (a - middle).abs().total_cmp(&(b - middle).abs()))
        .map(sigmoid)
}

/// For one label the lowest thresholds that reach precisions of 0.80 to 0.99.
pub fn precision_points(probabilities: &[f64], carries: &[bool]) -> Vec<PrecisionPoint> {
    let positives = carries.iter().filter(|&&c| c).count();
    let cuts = cuts(probabilities, carries);
    PERCENTS
        .map(|percent| {
            let target = f64::from(percent) / 100.0;
            let cut = cuts
                .iter()
                .rfind(|cut| cut.hits > 0 && cut.hits as f64 >= target * cut.selected as f64);
            PrecisionPoint {
                target,
                threshold: cut.map(|cut| rounded(sigmoid(cut.log_odds()))),
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
        let threshold = best_thresholds(p.view(), &targets, 1.0)[0];
        assert!(threshold > 0.1 && threshold < 0.2, "{threshold}");
    }

    #[test]
    fn a_small_beta_asks_for_precision() {
        let p = Array2::from_shape_vec((5, 1), vec![0.9, 0.8, 0.3, 0.2, 0.1]).unwrap();
        let carries = Array2::from_shape_vec((5, 1), vec![true, true, false, true, false]).unwrap();
        let threshold = best_thresholds(p.view(), &Targets::MultiLabel(carries), 0.3)[0];
        assert!(threshold > 0.3 && threshold < 0.8, "{threshold}");
    }

    #[test]
    fn a_hopeless_label_takes_the_median() {
        let p = Array2::from_shape_fn(
            (20, 2),
            |(i, l)| if l == 0 { (i as f64 + 1.0) / 40.0 } else { 0.5 },
        );
        let carries =
            Array2::from_shape_fn((20, 2), |(i, l)| if l == 0 { i >= 10 } else { i == 0 });
        let thresholds = best_thresholds(p.view(), &Targets::MultiLabel(carries), 1.0);
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
