//! Logistic regression on one variable.
//!
//! Newton's method on two unknowns: every label has such a fit for its calibration and, in
//! cross-validation, one more for each fold, so that a general solver costs more than the models
//! themselves.

use super::loss::sigmoid;

/// Bound of the Newton steps, and of the halvings of one step.
const MAX_STEPS: usize = 100;
const MAX_HALVINGS: usize = 60;
/// A step that promises less than this (the objective is a sum of log-losses) is the last one.
/// Newton's method converges quadratically: after it nothing is left to gain.
const LEAST_GAIN: f64 = 1e-9;

/// A line `slope * x + intercept` as log-odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub(super) slope: f64,
    pub(super) intercept: f64,
}

/// The line that minimises sum log-loss + `alpha`/2 slope^2, the objective of linfa-logistic
/// (Platt 1999; the algorithm is that of Lin, Lin and Weng 2007, with step lengths chosen by
/// slopes). It begins at `start`; `None` if it does not converge from there.
pub(super) fn fit(values: &[f64], carries: &[bool], alpha: f64, start: Line) -> Option<Line> {
    let mut line = start;
    let mut at = Derivatives::of(values, carries, alpha, line);
    for _ in 0..MAX_STEPS {
        let step = at.newton_step()?;
        let descent = at.along(step);
        let mut length = 1.0;
        // Convex along the step: where the derivative is not as steep upwards as it was downwards
        // before, the step has not gone too far.
        let mut halvings = 0;
        let (next, derivatives) = loop {
            let next = Line {
                slope: line.slope + length * step.slope,
                intercept: line.intercept + length * step.intercept,
            };
            let derivatives = Derivatives::of(values, carries, alpha, next);
            if derivatives.along(step) <= -0.5 * descent {
                break (next, derivatives);
            }
            length /= 2.0;
            halvings += 1;
            if halvings > MAX_HALVINGS {
                return None;
            }
        };
        (line, at) = (next, derivatives);
        if -descent <= LEAST_GAIN {
            return Some(line);
        }
    }
    None
}

/// Gradient and Hessian of the objective.
struct Derivatives {
    gradient: [f64; 2],
    /// Twice by the slope, by both, twice by the intercept.
    hessian: [f64; 3],
}

impl Derivatives {
    fn of(values: &[f64], carries: &[bool], alpha: f64, line: Line) -> Self {
        let mut gradient = [alpha * line.slope, 0.0];
        let mut hessian = [alpha, 0.0, 0.0];
        for (&x, &carries) in values.iter().zip(carries) {
            let p = sigmoid(line.slope * x + line.intercept);
            let residual = p - f64::from(u8::from(carries));
            let weight = p * (1.0 - p);
            gradient[0] += residual * x;
            gradient[1] += residual;
            hessian[0] += weight * x * x;
            hessian[1] += weight * x;
            hessian[2] += weight;
        }
        Self { gradient, hessian }
    }

    /// Minus the inverse Hessian times the gradient; `None` where rounding made it singular.
    fn newton_step(&self) -> Option<Line> {
        let [ga, gb] = self.gradient;
        let [aa, ab, bb] = self.hessian;
        let determinant = aa * bb - ab * ab;
        let step = Line {
            slope: -(bb * ga - ab * gb) / determinant,
            intercept: -(aa * gb - ab * ga) / determinant,
        };
        let usable = determinant > 0.0 && step.slope.is_finite() && step.intercept.is_finite();
        (usable && self.along(step) <= 0.0).then_some(step)
    }

    /// The derivative of the objective along a step.
    fn along(&self, step: Line) -> f64 {
        self.gradient[0] * step.slope + self.gradient[1] * step.intercept
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FLAT: Line = Line {
        slope: 0.0,
        intercept: 0.0,
    };

    proptest! {
        #[test]
        fn nothing_is_left_of_the_gradient(
            rows in prop::collection::vec((-3.0..3.0_f64, any::<bool>()), 3..60),
            alpha in 0.05..2.0_f64,
        ) {
            let (values, carries): (Vec<f64>, Vec<bool>) = rows.into_iter().unzip();
            prop_assume!(carries.contains(&true) && carries.contains(&false));
            let line = fit(&values, &carries, alpha, FLAT).unwrap();
            let [by_slope, by_intercept] = Derivatives::of(&values, &carries, alpha, line).gradient;
            prop_assert!(by_slope.abs() < 1e-6 && by_intercept.abs() < 1e-6, "{line:?}");
        }

        #[test]
        fn the_start_does_not_matter(
            rows in prop::collection::vec((-3.0..3.0_f64, any::<bool>()), 3..60),
            slope in -2.0..4.0_f64,
            intercept in -4.0..4.0_f64,
        ) {
            let (values, carries): (Vec<f64>, Vec<bool>) = rows.into_iter().unzip();
            prop_assume!(carries.contains(&true) && carries.contains(&false));
            let expected = fit(&values, &carries, 0.1, FLAT).unwrap();
            if let Some(found) = fit(&values, &carries, 0.1, Line { slope, intercept }) {
                prop_assert!((found.slope - expected.slope).abs() < 1e-6);
                prop_assert!((found.intercept - expected.intercept).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn the_line_is_the_minimum() {
        // Values of scikit-learn 1.9, LogisticRegression(C=10) on the one column.
        let x: Vec<f64> = (0..40).map(|i| f64::from(i) / 10.0 - 2.0).collect();
        let carries: Vec<bool> = (0..40).map(|i| i * 7 % 13 < i / 4).collect();
        let Line { slope, intercept } = fit(&x, &carries, 0.1, FLAT).unwrap();
        assert!((slope - 0.93606199).abs() < 1e-5, "{slope}");
        assert!((intercept - -0.87631381).abs() < 1e-5, "{intercept}");
        // All that separates them: the penalty alone keeps the slope finite.
        let carries: Vec<bool> = (0..40).map(|i| i >= 20).collect();
        let slope = fit(&x, &carries, 0.1, FLAT).unwrap().slope;
        assert!((5.0..20.0).contains(&slope), "{slope}");
    }
}
