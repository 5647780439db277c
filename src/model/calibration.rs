//! From decision values to probabilities that mean what they say.

use ndarray::ArrayView2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::line::{self, Line};
use super::loss::sigmoid;
use super::targets::{Targets, Task};

/// A line for each label that turns its decision value d into a calibrated log-odds
/// `slope * d + intercept` (Platt 1999).
///
/// In a multi-class model all slopes are one inverse temperature and the intercepts are zero
/// (Guo et al. 2017), so that calibration never changes which class is first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    slopes: Vec<f64>,
    intercepts: Vec<f64>,
}

/// Weak penalty on the slope in units of standardised decision values: keeps separable data from
/// being called certain.
const ALPHA: f64 = 0.1;
/// Digits kept of the fitted numbers, so that the last bits of a platform's mathematics library
/// do not change a model's bytes.
const DIGITS: i32 = 6;

impl Calibration {
    /// Leaves decision values as they are.
    pub fn identity(n_labels: usize) -> Self {
        Self {
            slopes: vec![1.0; n_labels],
            intercepts: vec![0.0; n_labels],
        }
    }

    /// Fits the lines by one-dimensional logistic regressions on out-of-fold decision values,
    /// n by L.
    pub fn fit(decision: ArrayView2<'_, f64>, targets: &Targets) -> Self {
        let n_labels = targets.n_labels();
        match targets.task() {
            Task::MultiLabel => {
                let lines: Vec<(f64, f64)> = (0..n_labels)
                    .into_par_iter()
                    .map(|label| {
                        let values = decision.column(label).to_vec();
                        let carries: Vec<bool> = (0..values.len())
                            .map(|row| targets.carries(row, label))
                            .collect();
                        fit_line(&values, &carries)
                    })
                    .collect();
                let (slopes, intercepts) = lines.into_iter().unzip();
                Self { slopes, intercepts }
            }
            Task::MultiClass => {
                // The log-odds of a class against the rest, for all classes pooled.
                let (mut values, mut carries) = (Vec::new(), Vec::new());
                for (row, decision) in decision.rows().into_iter().enumerate() {
                    for (class, p) in softmax(&decision.to_vec()).into_iter().enumerate() {
                        values.push(logit(p));
                        carries.push(targets.carries(row, class));
                    }
                }
                let (slope, _) = fit_line(&values, &carries);
                Self {
                    slopes: vec![if slope > 0.0 { slope } else { 1.0 }; n_labels],
                    intercepts: vec![0.0; n_labels],
                }
            }
        }
    }

    /// Number of labels.
    pub fn n_labels(&self) -> usize {
        self.slopes.len()
    }

    /// Slope and intercept of a label's line.
    pub fn line(&self, label: usize) -> (f64, f64) {
        (self.slopes[label], self.intercepts[label])
    }

    /// Whether no number is larger than `largest` and no slope is negative.
    pub(crate) fn is_valid(&self, largest: f64) -> bool {
        self.slopes.len() == self.intercepts.len()
            && self.slopes.iter().all(|s| (0.0..=largest).contains(s))
            && self.intercepts.iter().all(|b| b.abs() <= largest)
    }

    /// Probabilities of decision values, in place.
    pub fn apply(&self, task: Task, decision: &mut [f64]) {
        for ((d, slope), intercept) in decision.iter_mut().zip(&self.slopes).zip(&self.intercepts) {
            *d = *d * slope + intercept;
        }
        match task {
            Task::MultiLabel => decision.iter_mut().for_each(|d| *d = sigmoid(*d)),
            Task::MultiClass => {
                let probabilities = softmax(decision);
                decision.copy_from_slice(&probabilities);
            }
        }
    }
}

/// Slope and intercept of the log-odds over one variable.
fn fit_line(values: &[f64], carries: &[bool]) -> (f64, f64) {
    let n = values.len() as f64;
    let positives = carries.iter().filter(|&&c| c).count() as f64;
    let base = libm::log((positives + 0.5) / (n - positives + 0.5));
    let mean = values.iter().sum::<f64>() / n;
    let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    if positives == 0.0 || positives == n || deviation.is_nan() || deviation < 1e-12 {
        return (0.0, rounded(base));
    }
    let standardised: Vec<f64> = values.iter().map(|v| (v - mean) / deviation).collect();
    // Decision values are log-odds already, only too bold or too shy. Where the way from there is
    // too long, there is one from the base rate.
    let as_they_are = Line {
        slope: deviation,
        intercept: mean,
    };
    let flat = Line {
        slope: 0.0,
        intercept: base,
    };
    let fitted = [as_they_are, flat]
        .into_iter()
        .find_map(|start| line::fit(&standardised, carries, ALPHA, start));
    let Some(line) = fitted else {
        return (0.0, rounded(base));
    };
    let slope = line.slope / deviation;
    let intercept = line.intercept - slope * mean;
    if slope.is_finite() && intercept.is_finite() && slope > 0.0 {
        (rounded(slope), rounded(intercept))
    } else {
        // The values tell nothing, or the contrary: the base rate is all that is known.
        (0.0, rounded(base))
    }
}

fn rounded(value: f64) -> f64 {
    // Below this the scale would overflow, and it is nothing to a decision value.
    if value.abs() < 1e-200 {
        return 0.0;
    }
    let scale = 10_f64.powi(DIGITS - 1 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}

/// Log-odds of a probability, within +-30.
pub(crate) fn logit(p: f64) -> f64 {
    let p = p.clamp(1e-13, 1.0 - 1e-13);
    libm::log(p / (1.0 - p))
}

/// Softmax of a row of values.
pub(crate) fn softmax(values: &[f64]) -> Vec<f64> {
    let top = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = values.iter().map(|v| libm::exp(v - top)).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|p| p / sum).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    /// With linfa-logistic, which this was fitted with before, the fit of these values never
    /// ended: its line search has no bound.
    #[test]
    fn the_fit_of_values_that_tell_nothing_ends() {
        let values: [f64; 14] = [
            -1.4386310577392578,
            -8.576800346374512,
            -1.531735897064209,
            4.60603666305542,
            -3.0008816719055176,
            -0.8943987488746643,
            -1.9605978727340698,
            -7.440042972564697,
            4.866611003875732,
            -1.502577781677246,
            -3.019085645675659,
            -4.422050952911377,
            5.3288960456848145,
            3.670520782470703,
        ];
        let carries: Vec<bool> = (0..14).map(|row| [4, 6, 7, 12].contains(&row)).collect();
        let (slope, intercept) = fit_line(&values, &carries);
        assert!((0.0..0.1).contains(&slope) && (-2.0..0.0).contains(&intercept));
    }

    #[test]
    fn overconfident_values_are_drawn_in() {
        // Values of +-4 that are right in nine of ten cases: log-odds of +-2.2.
        let values: Vec<f64> = (0..1000)
            .map(|i| if i % 2 == 0 { 4.0 } else { -4.0 })
            .collect();
        let carries =
            ndarray::Array2::from_shape_fn((1000, 1), |(i, _)| (i % 2 == 0) ^ (i / 2 % 10 == 0));
        let decision = Array2::from_shape_vec((1000, 1), values).unwrap();
        let calibration = Calibration::fit(decision.view(), &Targets::MultiLabel(carries));
        let mut p = [4.0];
        calibration.apply(Task::MultiLabel, &mut p);
        assert!((p[0] - 0.9).abs() < 0.005, "{p:?}");
    }

    #[test]
    fn values_without_meaning_give_the_base_rate() {
        let decision = Array2::zeros((10, 1));
        let carries = Array2::from_shape_fn((10, 1), |(i, _)| i < 2);
        let calibration = Calibration::fit(decision.view(), &Targets::MultiLabel(carries));
        let mut p = [5.0];
        calibration.apply(Task::MultiLabel, &mut p);
        assert!((p[0] - 2.5 / 11.0).abs() < 1e-4, "{p:?}");
    }

    #[test]
    fn temperature_keeps_the_order() {
        let decision = Array2::from_shape_fn((300, 3), |(i, k)| {
            let noisy = if i % 5 == 0 { (i + 1) % 3 } else { i % 3 };
            if noisy == k { 6.0 } else { 0.0 }
        });
        let targets = Targets::MultiClass((0..300).map(|i| i % 3).collect(), 3);
        let calibration = Calibration::fit(decision.view(), &targets);
        let mut p = [6.0, 0.0, 0.0];
        calibration.apply(Task::MultiClass, &mut p);
        assert!((0.7..0.9).contains(&p[0]), "{p:?}");
    }
}
