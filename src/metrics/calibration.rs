//! Whether probabilities mean what they say.

use serde::Serialize;

/// Mean squared difference of probability and truth, from 0 (best) to 1; `None` without data.
pub fn brier_score(probabilities: &[f64], carries: &[bool]) -> Option<f64> {
    let sum: f64 = probabilities
        .iter()
        .zip(carries)
        .map(|(p, &c)| (p - f64::from(u8::from(c))).powi(2))
        .sum();
    (!probabilities.is_empty()).then(|| sum / probabilities.len() as f64)
}

/// Mean negative logarithm (base e) of the probability given to the truth, as scikit-learn's
/// `log_loss`: probabilities are kept 2.2e-16 away from 0 and 1. `None` without data.
///
/// ```
/// use newstopics::metrics::log_loss;
///
/// assert!((log_loss(&[0.5, 0.5], &[true, false]).unwrap() - 2.0_f64.ln()).abs() < 1e-12);
/// assert!((log_loss(&[0.0], &[true]).unwrap() - 36.04).abs() < 0.01);
/// ```
pub fn log_loss(probabilities: &[f64], carries: &[bool]) -> Option<f64> {
    let sum: f64 = probabilities
        .iter()
        .zip(carries)
        .map(|(&p, &carries)| surprise(if carries { p } else { 1.0 - p }))
        .sum();
    (!probabilities.is_empty()).then(|| sum / probabilities.len() as f64)
}

/// Negative logarithm of a probability that scikit-learn's clipping keeps from 0 and 1.
pub(super) fn surprise(probability: f64) -> f64 {
    -libm::log(probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON))
}

/// Number of bins of the calibration error and of the reliability diagram.
const BINS: usize = 10;

/// Articles whose probabilities fall into one tenth of the range.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// Lower end of the bin, which belongs to it.
    pub from: f64,
    /// Upper end of the bin, which belongs to it in the last bin only.
    pub to: f64,
    /// Number of articles in it.
    pub articles: usize,
    /// Their mean probability; `None` without articles.
    pub mean_probability: Option<f64>,
    /// Share of them that carry the label; `None` without articles.
    pub share_carrying: Option<f64>,
}

fn bin_of(probability: f64) -> usize {
    ((probability * BINS as f64) as usize).min(BINS - 1)
}

/// The ten bins of a reliability diagram, those of [`expected_calibration_error`].
pub fn reliability_bins(probabilities: &[f64], carries: &[bool]) -> Vec<ReliabilityBin> {
    let mut sums = [(0, 0.0, 0); BINS];
    for (&p, &carries) in probabilities.iter().zip(carries) {
        let sum = &mut sums[bin_of(p)];
        sum.0 += 1;
        sum.1 += p;
        sum.2 += usize::from(carries);
    }
    sums.iter()
        .enumerate()
        .map(|(bin, &(articles, sum, carrying))| ReliabilityBin {
            from: bin as f64 / BINS as f64,
            to: (bin + 1) as f64 / BINS as f64,
            articles,
            mean_probability: (articles > 0).then(|| sum / articles as f64),
            share_carrying: (articles > 0).then(|| carrying as f64 / articles as f64),
        })
        .collect()
}

/// Expected calibration error: the difference between mean probability and share of carriers in
/// ten equal bins of probability, weighted by the bins' sizes (Naeini et al. 2015); `None`
/// without data.
pub fn expected_calibration_error(probabilities: &[f64], carries: &[bool]) -> Option<f64> {
    let gaps: f64 = reliability_bins(probabilities, carries)
        .iter()
        .filter_map(|bin| {
            let gap = (bin.mean_probability? - bin.share_carrying?).abs();
            Some(bin.articles as f64 * gap)
        })
        .sum();
    (!probabilities.is_empty()).then(|| gaps / probabilities.len() as f64)
}

/// Probabilities in the bins of [`expected_calibration_error`], to be measured under any number
/// of resamplings.
#[derive(Debug, Clone)]
pub(super) struct CalibrationBins {
    /// Of each bin the articles' numbers, and probability less truth of each.
    bins: [(Vec<u32>, Vec<f64>); BINS],
}

impl CalibrationBins {
    pub(super) fn new(probabilities: &[f64], carries: &[bool]) -> Self {
        let mut bins: [(Vec<u32>, Vec<f64>); BINS] = Default::default();
        for (row, (&p, &carries)) in probabilities.iter().zip(carries).enumerate() {
            let (rows, gaps) = &mut bins[bin_of(p)];
            rows.push(row as u32);
            gaps.push(p - f64::from(u8::from(carries)));
        }
        Self { bins }
    }

    /// The error when article i counts `weights[i]` times, `articles` in all; `None` without any.
    pub(super) fn error(&self, weights: &[u32], articles: usize) -> Option<f64> {
        let gap = |(rows, gaps): &(Vec<u32>, Vec<f64>)| -> f64 {
            rows.iter()
                .zip(gaps)
                .map(|(&row, gap)| f64::from(weights[row as usize]) * gap)
                .sum()
        };
        let gaps: f64 = self.bins.iter().map(|bin| gap(bin).abs()).sum();
        (articles > 0).then(|| gaps / articles as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        let p = [0.75, 0.75, 0.75, 0.75, 0.25, 0.25];
        let c = [true, true, true, false, false, false];
        assert!((expected_calibration_error(&p, &c).unwrap() - 0.5 / 6.0).abs() < 1e-12);
        let brier = (3.0 * 0.0625 + 0.5625 + 2.0 * 0.0625) / 6.0;
        assert!((brier_score(&p, &c).unwrap() - brier).abs() < 1e-12);
        assert_eq!(brier_score(&[], &[]), None);
        assert_eq!(log_loss(&[], &[]), None);
    }

    #[test]
    fn a_probability_of_one_is_in_the_last_bin() {
        let bins = reliability_bins(&[1.0, 0.0], &[true, false]);
        assert_eq!((bins.len(), bins[9].articles, bins[0].articles), (10, 1, 1));
        assert_eq!(bins[5].mean_probability, None);
    }

    #[test]
    fn weights_are_as_good_as_copies() {
        let (p, c) = ([0.75, 0.72, 0.25, 0.1], [true, false, false, true]);
        let copies = expected_calibration_error(
            &[0.75, 0.75, 0.72, 0.1, 0.1, 0.1],
            &[true, true, false, true, true, true],
        );
        let bins = CalibrationBins::new(&p, &c);
        let weighted = bins.error(&[2, 1, 0, 3], 6).unwrap();
        assert!((weighted - copies.unwrap()).abs() < 1e-12);
        assert_eq!(bins.error(&[0; 4], 0), None);
    }
}
