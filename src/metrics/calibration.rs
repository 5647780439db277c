//! Whether probabilities mean what they say.

/// Mean squared difference of probability and truth, from 0 (best) to 1; `None` without data.
pub fn brier_score(probabilities: &[f64], carries: &[bool]) -> Option<f64> {
    let sum: f64 = probabilities
        .iter()
        .zip(carries)
        .map(|(p, &c)| (p - f64::from(u8::from(c))).powi(2))
        .sum();
    (!probabilities.is_empty()).then(|| sum / probabilities.len() as f64)
}

/// Expected calibration error: the difference between mean probability and share of carriers in
/// ten equal bins of probability, weighted by the bins' sizes (Naeini et al. 2015); `None`
/// without data.
pub fn expected_calibration_error(probabilities: &[f64], carries: &[bool]) -> Option<f64> {
    const BINS: usize = 10;
    let mut bins = [(0.0, 0.0); BINS];
    for (&p, &c) in probabilities.iter().zip(carries) {
        let bin = ((p * BINS as f64) as usize).min(BINS - 1);
        bins[bin].0 += p;
        bins[bin].1 += f64::from(u8::from(c));
    }
    let gaps: f64 = bins.iter().map(|(p, c)| (p - c).abs()).sum();
    (!probabilities.is_empty()).then(|| gaps / probabilities.len() as f64)
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
    }
}
