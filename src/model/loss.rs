//! Logistic and multinomial loss of rows of margins.

use super::kernel::Real;

/// How the columns of a block belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// Each column is a problem of its own: probability 1 / (1 + exp(-margin)).
    Independent,
    /// The first so many columns are the classes of one problem: softmax of the margins.
    Softmax(usize),
}

impl Link {
    /// Sums that belong to one problem: of each column by itself, or of all columns together.
    pub(super) fn reduce(self, mut sums: Vec<f64>) -> Vec<f64> {
        if let Self::Softmax(classes) = self {
            let total = sums[..classes].iter().sum();
            sums[..classes].fill(total);
        }
        sums
    }

    /// Probabilities of a row of margins.
    pub(super) fn probabilities<T: Real>(self, margins: &[T], out: &mut [T]) {
        match self {
            Self::Independent => {
                for (p, &m) in out.iter_mut().zip(margins) {
                    *p = T::from_f64(sigmoid(m.wide()));
                }
            }
            Self::Softmax(classes) => {
                let top = margins[..classes]
                    .iter()
                    .fold(f64::NEG_INFINITY, |top, m| top.max(m.wide()));
                let mut sum = 0.0;
                for (p, &m) in out[..classes].iter_mut().zip(margins) {
                    let e = libm::exp(m.wide() - top);
                    sum += e;
                    *p = T::from_f64(e);
                }
                for p in &mut out[..classes] {
                    *p = T::from_f64(p.wide() / sum);
                }
            }
        }
    }

    /// Adds the losses of a row of margins, weighted, to the columns' sums.
    pub(super) fn add_losses<T: Real>(
        self,
        margins: &[f64],
        targets: &[T],
        weights: &[T],
        sums: &mut [f64],
    ) {
        match self {
            Self::Independent => {
                for (((sum, &m), &t), &w) in sums.iter_mut().zip(margins).zip(targets).zip(weights)
                {
                    if w != T::zero() {
                        let signed = if t > T::zero() { m } else { -m };
                        *sum += w.wide() * log1p_exp(-signed);
                    }
                }
            }
            Self::Softmax(classes) => {
                let weight = weights[0].wide();
                if weight == 0.0 {
                    return;
                }
                let margins = &margins[..classes];
                let top = margins.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let log_sum = top + libm::log(margins.iter().map(|m| libm::exp(m - top)).sum());
                // Whole loss in the first column: the columns of a problem are added up.
                for (&m, &t) in margins.iter().zip(targets) {
                    if t > T::zero() {
                        sums[0] += weight * (log_sum - m);
                    }
                }
            }
        }
    }

    /// Adds the first and second derivatives of a row's weighted loss along a direction of its
    /// margins to the columns' sums.
    pub(super) fn add_derivatives<T: Real>(
        self,
        margins: &[f64],
        direction: &[f64],
        targets: &[T],
        weights: &[T],
        slopes: &mut [f64],
        curvatures: &mut [f64],
    ) {
        match self {
            Self::Independent => {
                let rows = margins.iter().zip(direction).zip(targets).zip(weights);
                for (((((&m, &d), &t), &w), slope), curvature) in rows.zip(slopes).zip(curvatures) {
                    if w != T::zero() {
                        let p = sigmoid(m);
                        *slope += w.wide() * (p - t.wide()) * d;
                        *curvature += w.wide() * p * (1.0 - p) * d * d;
                    }
                }
            }
            Self::Softmax(classes) => {
                let weight = weights[0].wide();
                if weight == 0.0 {
                    return;
                }
                let margins = &margins[..classes];
                let top = margins.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let (mut total, mut slope, mut square, mut at_target) = (0.0, 0.0, 0.0, 0.0);
                for ((&m, &d), &t) in margins.iter().zip(direction).zip(targets) {
                    let e = libm::exp(m - top);
                    total += e;
                    slope += e * d;
                    square += e * d * d;
                    at_target += t.wide() * d;
                }
                // Whole derivatives in the first column: the columns of a problem are added up.
                let mean = slope / total;
                slopes[0] += weight * (mean - at_target);
                curvatures[0] += weight * (square / total - mean * mean);
            }
        }
    }

    /// The product of the loss's Hessian in a row with a row of directions.
    #[inline]
    pub(super) fn hessian_product<T: Real>(
        self,
        probabilities: &[T],
        weights: &[T],
        direction: &[T],
        out: &mut [T],
    ) {
        match self {
            Self::Independent => {
                for (((h, &p), &w), &d) in out
                    .iter_mut()
                    .zip(probabilities)
                    .zip(weights)
                    .zip(direction)
                {
                    *h = w * p * (T::one() - p) * d;
                }
            }
            Self::Softmax(classes) => {
                let mean: T = probabilities[..classes]
                    .iter()
                    .zip(direction)
                    .fold(T::zero(), |sum, (&p, &d)| sum + p * d);
                for (((h, &p), &w), &d) in out[..classes]
                    .iter_mut()
                    .zip(probabilities)
                    .zip(weights)
                    .zip(direction)
                {
                    *h = w * p * (d - mean);
                }
            }
        }
    }
}

/// 1 / (1 + exp(-x)) without overflow.
pub(crate) fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        let e = libm::exp(x);
        e / (1.0 + e)
    }
}

/// ln(1 + exp(x)) without overflow.
pub(super) fn log1p_exp(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}
