//! Settings of the logistic model.

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How articles are weighted in the loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassWeight {
    /// All alike.
    #[default]
    None,
    /// n / (classes * n_c) for the n_c articles of class c, as scikit-learn's `balanced`.
    Balanced,
    /// The square root of `Balanced`.
    Half,
}

impl ClassWeight {
    /// The weight of each of `count` articles of one class among `total` of `classes` classes.
    pub(crate) fn weight(self, count: usize, total: usize, classes: usize) -> f64 {
        let balanced = total as f64 / (classes * count.max(1)) as f64;
        match self {
            Self::None => 1.0,
            Self::Balanced => balanced,
            Self::Half => balanced.sqrt(),
        }
    }
}

/// What solves the optimisation problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Solver {
    /// Newton's method with conjugate gradients on the sparse matrix, for any size.
    #[default]
    Newton,
    /// linfa-logistic's L-BFGS on a dense copy of the matrix, for small problems. Its line search
    /// has no bound: with a tolerance that rounding keeps out of reach it may never end.
    Linfa,
}

/// Floating-point type of the sparse solver's vectors; sums are always taken in `f64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// 32 bits: half the memory traffic, relative gradient norms down to about 1e-4.
    #[default]
    Single,
    /// 64 bits, for tolerances below that.
    Double,
}

/// Settings of [`LogisticModel`](super::LogisticModel), to be checked into
/// [`ValidLogisticParams`].
///
/// The objective is that of scikit-learn's `LogisticRegression(C)` and of linfa-logistic with
/// `alpha = 1/C`: the weighted sum of the logistic (or multinomial) losses plus half the squared
/// norm of the coefficients over C; intercepts are not penalised.
#[derive(Debug, Clone, PartialEq)]
pub struct LogisticParams(ValidLogisticParams);

/// Checked [`LogisticParams`].
#[derive(Debug, Clone, PartialEq)]
pub struct ValidLogisticParams {
    pub(crate) c: f64,
    pub(crate) class_weight: ClassWeight,
    pub(crate) log_ratio_exponent: f64,
    pub(crate) solver: Solver,
    pub(crate) precision: Precision,
    pub(crate) tolerance: f64,
    pub(crate) max_iterations: usize,
}

impl Default for LogisticParams {
    fn default() -> Self {
        Self(ValidLogisticParams {
            c: 10.0,
            class_weight: ClassWeight::default(),
            log_ratio_exponent: 0.0,
            solver: Solver::default(),
            precision: Precision::default(),
            tolerance: 3e-4,
            max_iterations: 100,
        })
    }
}

impl LogisticParams {
    /// Inverse strength of the regularisation, from 1e-12 to 1e12; default 10.
    pub fn c(mut self, c: f64) -> Self {
        self.0.c = c;
        self
    }

    /// Weighting of the classes; default none.
    pub fn class_weight(mut self, class_weight: ClassWeight) -> Self {
        self.0.class_weight = class_weight;
        self
    }

    /// How far the prior of a feature's coefficient follows the feature's naive Bayes log-count
    /// ratio; from 0 (all features alike, the default) to 2.
    ///
    /// With exponent e the standard deviation of the prior is |r|^e, scaled to a mean square of 1
    /// over the features, where r is the logarithm of the ratio between the shares of articles
    /// with and without the label that have the feature (each count plus 1). It is the same as
    /// multiplying the feature by |r|^e before the fit: the "NBSVM" of Wang and Manning (2012)
    /// with a logistic loss. Features that say little about a label by themselves then need more
    /// evidence before they get weight.
    pub fn log_ratio_exponent(mut self, exponent: f64) -> Self {
        self.0.log_ratio_exponent = exponent;
        self
    }

    /// The solver; default Newton.
    pub fn solver(mut self, solver: Solver) -> Self {
        self.0.solver = solver;
        self
    }

    /// Floating-point type of the sparse solver; default single.
    pub fn precision(mut self, precision: Precision) -> Self {
        self.0.precision = precision;
        self
    }

    /// The fit ends when the norm of the gradient is below this share of its norm at zero
    /// coefficients; between 0 and 1, default 3e-4.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.0.tolerance = tolerance;
        self
    }

    /// Upper bound of the (outer) iterations, at least 1; default 100.
    pub fn max_iterations(mut self, max_iterations: usize) -> Self {
        self.0.max_iterations = max_iterations;
        self
    }
}

impl ParamGuard for LogisticParams {
    type Checked = ValidLogisticParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&ValidLogisticParams> {
        let p = &self.0;
        // Beyond these the two terms of the objective are lost in each other's rounding.
        if !(1e-12..=1e12).contains(&p.c) {
            return Err(Error::usage(format!(
                "found C = {}, expected a number from 1e-12 to 1e12",
                p.c
            )));
        }
        if !(p.tolerance > 0.0 && p.tolerance < 1.0) {
            return Err(Error::usage(format!(
                "found the tolerance {}, expected a number between 0 and 1",
                p.tolerance
            )));
        }
        if p.max_iterations == 0 {
            return Err(Error::usage("found 0 iterations, expected at least 1"));
        }
        if !(0.0..=2.0).contains(&p.log_ratio_exponent) {
            return Err(Error::usage(format!(
                "found the log-ratio exponent {}, expected a number from 0 to 2",
                p.log_ratio_exponent
            )));
        }
        if p.solver == Solver::Linfa && p.log_ratio_exponent != 0.0 {
            return Err(Error::usage(
                "linfa's solver knows one prior for all features: use a log-ratio exponent of 0 or --solver newton",
            ));
        }
        if p.solver == Solver::Linfa && p.class_weight != ClassWeight::None {
            return Err(Error::usage(
                "linfa's solver knows no class weights: use --class-weight none or --solver newton",
            ));
        }
        Ok(p)
    }

    fn check(self) -> Result<ValidLogisticParams> {
        self.check_ref()?;
        Ok(self.0)
    }
}
