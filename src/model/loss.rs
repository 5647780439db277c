//! Logistic and multinomial loss of rows of margins.

use super::kernel::Real;

/// How a problem's margins become probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// One margin a document: probability 1 / (1 + exp(-margin)).
    Logistic,
    /// So many margins a document: softmax.
    Softmax(usize),
}

/// A point on a line through the space of margins: `margins + step * (image + beta)`.
#[derive(Clone, Copy)]
pub(super) struct Along<'a, T> {
    pub(super) margins: &'a [T],
    pub(super) image: &'a [T],
    pub(super) beta: &'a [f64],
    pub(super) step: f64,
}

impl Link {
    /// Margins a document has.
    pub(super) fn classes(self) -> usize {
        match self {
            Self::Logistic => 1,
            Self::Softmax(classes) => classes,
        }
    }

    /// Probabilities of some documents' margins.
    pub(super) fn probabilities<T: Real>(self, margins: &[T], out: &mut [T]) {
        match self {
            Self::Logistic => {
                for (p, &m) in out.iter_mut().zip(margins) {
                    *p = T::from_f64(sigmoid(m.wide()));
                }
            }
            Self::Softmax(classes) => {
                let rows = margins.chunks_exact(classes);
                for (margins, out) in rows.zip(out.chunks_exact_mut(classes)) {
                    let top = top(margins.iter().map(|m| m.wide()));
                    let mut sum = 0.0;
                    for (p, &m) in out.iter_mut().zip(margins) {
                        let e = libm::exp(m.wide() - top);
                        sum += e;
                        *p = T::from_f64(e);
                    }
                    for p in out {
                        *p = T::from_f64(p.wide() / sum);
                    }
                }
            }
        }
    }

    /// The weighted losses of some documents, added up.
    pub(super) fn losses<T: Real>(self, margins: &[T], targets: &[T], weights: &[T]) -> f64 {
        let mut sum = 0.0;
        match self {
            Self::Logistic => {
                for ((&m, &t), &w) in margins.iter().zip(targets).zip(weights) {
                    if w != T::zero() {
                        let signed = if t > T::zero() { m.wide() } else { -m.wide() };
                        sum += w.wide() * log1p_exp(-signed);
                    }
                }
            }
            Self::Softmax(classes) => {
                let rows = margins
                    .chunks_exact(classes)
                    .zip(targets.chunks_exact(classes))
                    .zip(weights.chunks_exact(classes));
                for ((margins, targets), weights) in rows {
                    if weights[0] == T::zero() {
                        continue;
                    }
                    let top = top(margins.iter().map(|m| m.wide()));
                    let powers = margins.iter().map(|m| libm::exp(m.wide() - top));
                    let log_sum = top + libm::log(powers.sum());
                    for (m, &t) in margins.iter().zip(targets) {
                        if t > T::zero() {
                            sum += weights[0].wide() * (log_sum - m.wide());
                        }
                    }
                }
            }
        }
        sum
    }

    /// First and second derivative of some documents' weighted losses by the step along a line.
    pub(super) fn derivatives<T: Real>(
        self,
        at: Along<'_, T>,
        targets: &[T],
        weights: &[T],
    ) -> [f64; 2] {
        let (mut slope, mut curvature) = (0.0, 0.0);
        match self {
            Self::Logistic => {
                let rows = at.margins.iter().zip(at.image).zip(targets).zip(weights);
                for (((m, image), t), &w) in rows {
                    if w != T::zero() {
                        let change = image.wide() + at.beta[0];
                        let p = sigmoid(m.wide() + at.step * change);
                        slope += w.wide() * (p - t.wide()) * change;
                        curvature += w.wide() * p * (1.0 - p) * change * change;
                    }
                }
            }
            Self::Softmax(classes) => {
                let rows = at
                    .margins
                    .chunks_exact(classes)
                    .zip(at.image.chunks_exact(classes))
                    .zip(targets.chunks_exact(classes))
                    .zip(weights.chunks_exact(classes));
                for (((margins, image), targets), weights) in rows {
                    if weights[0] == T::zero() {
                        continue;
                    }
                    let changes = || image.iter().zip(at.beta).map(|(i, b)| i.wide() + b);
                    let points = || {
                        let moved = margins.iter().zip(changes());
                        moved.map(|(m, change)| m.wide() + at.step * change)
                    };
                    let top = top(points());
                    let (mut total, mut first, mut second, mut own) = (0.0, 0.0, 0.0, 0.0);
                    for ((m, change), t) in points().zip(changes()).zip(targets) {
                        let e = libm::exp(m - top);
                        total += e;
                        first += e * change;
                        second += e * change * change;
                        own += t.wide() * change;
                    }
                    let mean = first / total;
                    slope += weights[0].wide() * (mean - own);
                    curvature += weights[0].wide() * (second / total - mean * mean);
                }
            }
        }
        [slope, curvature]
    }

    /// The losses' Hessian of some documents times a direction `image + beta` of their margins.
    pub(super) fn hessian_product<T: Real>(
        self,
        probabilities: &[T],
        weights: &[T],
        image: &[T],
        beta: &[T],
        out: &mut [T],
    ) {
        match self {
            Self::Logistic => {
                let rows = probabilities.iter().zip(weights).zip(image);
                for (h, ((&p, &w), &d)) in out.iter_mut().zip(rows) {
                    *h = w * p * (T::one() - p) * (d + beta[0]);
                }
            }
            Self::Softmax(classes) => {
                let rows = probabilities
                    .chunks_exact(classes)
                    .zip(weights.chunks_exact(classes))
                    .zip(image.chunks_exact(classes));
                for (out, ((probabilities, weights), image)) in
                    out.chunks_exact_mut(classes).zip(rows)
                {
                    let mut mean = T::zero();
                    for ((h, &p), (&d, &b)) in out
                        .iter_mut()
                        .zip(probabilities)
                        .zip(image.iter().zip(beta))
                    {
                        *h = d + b;
                        mean += p * *h;
                    }
                    for ((h, &p), &w) in out.iter_mut().zip(probabilities).zip(weights) {
                        *h = w * p * (*h - mean);
                    }
                }
            }
        }
    }
}

fn top(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(f64::NEG_INFINITY, f64::max)
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
fn log1p_exp(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}
