//! Newton's method with conjugate gradients in function space.
//!
//! For one label with targets t in {0, 1}, sample weights s and lambda = 1/C the fit minimises
//!
//!   F(w, b) = sum_i s_i loss(x_i.w + b, t_i) + lambda/2 |w|^2.
//!
//! By the representer theorem the solution is w = X'a with one coefficient a_i a document
//! (Schölkopf, Herbrich, Smola 2001), so that every vector below has one entry a document, never
//! one a feature; Newton's method on a is Chapelle's primal training (2007), its truncation by
//! conjugate gradients that of LIBLINEAR (Lin, Weng, Keerthi 2008). A vector (X'v, beta) of the
//! space of (w, b) is represented by (v, beta) and kept together with Kv, K = X X':
//!
//!   margins             f = K a + b
//!   negative gradient   r = -(lambda a + s (p - t)),  r_b = -sum s (p - t)
//!   inner product       <(u, alpha), (v, beta)> = u' K v + alpha beta
//!   Hessian product     H (v, beta) = (D (K v + beta) + lambda v,  sum D (K v + beta))
//!
//! with D = s p (1 - p) (softmax: the usual block of diag - outer product for each document).
//! With a prior variance v_f for each feature the penalty is lambda/2 sum_f w_f^2 / v_f, the
//! solution w = V X'a and K = X V X'; nothing else changes.
//! One kernel product a CG step; the line search touches margins only. Documents held out in
//! cross-validation have s = 0: their margins come out of f for nothing. Several labels share
//! each sweep over the matrix, each with step lengths of its own.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::kernel::{Kernel, Real};
use super::loss::Link;
use super::vectors::{CHUNK, Vector, add_to_rows, axpby, column_dots, sum_rows};

/// How a fit ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Convergence {
    /// Outer iterations.
    pub iterations: usize,
    /// Norm of the gradient at the end.
    pub gradient_norm: f64,
    /// Value of the objective at the end.
    pub objective: f64,
    /// Whether the norm of the gradient fell below the tolerance.
    pub converged: bool,
}

/// Problems that are solved together. Rows of `stride` entries, one a column; surplus columns
/// have weight 0.
pub(super) struct Block<T> {
    pub(super) link: Link,
    pub(super) stride: usize,
    pub(super) targets: Vec<T>,
    pub(super) weights: Vec<T>,
    /// Coefficients to start from (zero for weight-0 documents), and intercepts.
    pub(super) coefficients: Vec<T>,
    pub(super) intercepts: Vec<f64>,
    /// Prior variance of every feature's coefficient (features by `stride`); `None`: all 1.
    pub(super) variances: Option<Vec<T>>,
    /// Norm of the gradient that the tolerance refers to; 0 for columns that are not to be
    /// fitted. `None`: the norm at the start.
    pub(super) reference: Option<Vec<f64>>,
}

/// The solution of a [`Block`], in its layout.
pub(super) struct Solution<T> {
    pub(super) coefficients: Vec<T>,
    pub(super) intercepts: Vec<f64>,
    pub(super) margins: Vec<T>,
    pub(super) reference: Vec<f64>,
    pub(super) convergence: Vec<Convergence>,
}

pub(super) struct Settings {
    pub(super) lambda: f64,
    pub(super) tolerance: f64,
    pub(super) max_iterations: usize,
}

/// Bound of the CG steps of one Newton step.
const MAX_CG_STEPS: usize = 200;
/// Bound of the steps of a line search, which ends where the slope is a tenth of what it was.
const MAX_LINE_STEPS: usize = 30;
const LINE_TOLERANCE: f64 = 0.1;
/// The largest share of the gradient's norm that CG leaves.
const LOOSEST: f64 = 0.1;

/// Minimises all problems of a block.
pub(super) fn solve<T: Real>(
    kernel: &Kernel<'_>,
    block: Block<T>,
    settings: &Settings,
) -> Solution<T> {
    let mut state = State::new(kernel, block, settings);
    let mut iterations = vec![0; state.stride];
    let mut converged = vec![false; state.stride];
    let mut stalled = vec![false; state.stride];
    let mut norms;
    loop {
        state.update_probabilities();
        let residual = state.negative_gradient();
        norms = state.norms(&residual);
        if state.reference.is_empty() {
            state.reference.clone_from(&norms);
        }
        for j in 0..state.stride {
            converged[j] = norms[j] <= settings.tolerance * state.reference[j];
        }
        let active: Vec<bool> = (0..state.stride)
            .map(|j| {
                state.reference[j] > 0.0
                    && !converged[j]
                    && !stalled[j]
                    && iterations[j] < settings.max_iterations
            })
            .collect();
        if !active.contains(&true) {
            break;
        }
        let direction = state.newton_direction(&residual, &norms, &active);
        let steps = state.line_search(&direction, &residual, &active);
        for j in 0..state.stride {
            if active[j] {
                iterations[j] += 1;
                stalled[j] = steps[j] == 0.0;
            }
        }
        state.advance(&direction, &steps);
    }
    let objectives = state.objectives();
    let convergence = (0..state.stride)
        .map(|j| Convergence {
            iterations: iterations[j],
            gradient_norm: norms[j],
            objective: objectives[j],
            converged: converged[j],
        })
        .collect();
    Solution {
        coefficients: state.coefficients,
        intercepts: state.intercepts,
        margins: state.margins,
        reference: state.reference,
        convergence,
    }
}

struct State<'k, T> {
    kernel: &'k Kernel<'k>,
    link: Link,
    stride: usize,
    lambda: f64,
    tolerance: f64,
    targets: Vec<T>,
    weights: Vec<T>,
    coefficients: Vec<T>,
    intercepts: Vec<f64>,
    variances: Option<Vec<T>>,
    margins: Vec<T>,
    probabilities: Vec<T>,
    reference: Vec<f64>,
}

impl<'k, T: Real> State<'k, T> {
    fn new(kernel: &'k Kernel<'k>, block: Block<T>, settings: &Settings) -> Self {
        let stride = block.stride;
        let cold = block.coefficients.iter().all(|a| *a == T::zero());
        let mut margins = if cold {
            vec![T::zero(); block.coefficients.len()]
        } else {
            kernel.product(&block.coefficients, stride, block.variances.as_deref())
        };
        let ones = vec![1.0; stride];
        add_to_rows(&mut margins, &block.intercepts, &ones);
        Self {
            kernel,
            link: block.link,
            stride,
            lambda: settings.lambda,
            tolerance: settings.tolerance,
            probabilities: vec![T::zero(); block.coefficients.len()],
            targets: block.targets,
            weights: block.weights,
            coefficients: block.coefficients,
            intercepts: block.intercepts,
            variances: block.variances,
            margins,
            reference: block.reference.unwrap_or_default(),
        }
    }

    fn image(&self, vectors: &[T]) -> Vec<T> {
        self.kernel
            .product(vectors, self.stride, self.variances.as_deref())
    }

    /// K a, from the margins.
    fn images(&self) -> Vec<T> {
        let minus: Vec<f64> = self.intercepts.iter().map(|b| -b).collect();
        let mut images = self.margins.clone();
        add_to_rows(&mut images, &minus, &vec![1.0; self.stride]);
        images
    }

    fn update_probabilities(&mut self) {
        let (link, stride) = (self.link, self.stride);
        self.margins
            .par_chunks(stride)
            .zip(self.probabilities.par_chunks_mut(stride))
            .with_min_len(CHUNK)
            .for_each(|(margins, out)| link.probabilities(margins, out));
    }

    fn negative_gradient(&self) -> Vector<T> {
        let lambda = T::from_f64(self.lambda);
        let mut residual = Vector::zero(self.coefficients.len(), self.stride);
        for (i, r) in residual.v.iter_mut().enumerate() {
            let slope = self.weights[i] * (self.probabilities[i] - self.targets[i]);
            residual.beta[i % self.stride] -= slope.wide();
            *r = -(lambda * self.coefficients[i] + slope);
        }
        residual.image = self.image(&residual.v);
        residual
    }

    fn norms(&self, residual: &Vector<T>) -> Vec<f64> {
        let squares = self.link.reduce(residual.dot(residual));
        let norm = |&square: &f64| match square.is_nan() {
            true => f64::INFINITY,
            false => square.max(0.0).sqrt(),
        };
        squares.iter().map(norm).collect()
    }

    fn hessian_product(&self, direction: &Vector<T>) -> Vector<T> {
        let beta: Vec<T> = direction.beta.iter().map(|&b| T::from_f64(b)).collect();
        let mut product = Vector::zero(direction.v.len(), self.stride);
        let stride = self.stride;
        product
            .v
            .par_chunks_mut(stride)
            .with_min_len(CHUNK)
            .enumerate()
            .for_each_init(
                || vec![T::zero(); stride],
                |margins, (row, out)| {
                    let row = row * stride..(row + 1) * stride;
                    let images = &direction.image[row.clone()];
                    for ((m, &image), &b) in margins.iter_mut().zip(images).zip(&beta) {
                        *m = image + b;
                    }
                    self.link.hessian_product(
                        &self.probabilities[row.clone()],
                        &self.weights[row],
                        margins,
                        out,
                    );
                },
            );
        product.beta = sum_rows(product.v.len() / stride, stride, |row, sums| {
            for (sum, &h) in sums.iter_mut().zip(&product.v[row * stride..]) {
                *sum += h.wide();
            }
        });
        let ones = vec![1.0; stride];
        axpby(
            &mut product.v,
            &ones,
            &direction.v,
            &vec![self.lambda; stride],
        );
        product.image = self.image(&product.v);
        product
    }

    /// Solves H d = -g by conjugate gradients to the accuracy that pays at this distance from
    /// the solution (Dembo and Steihaug 1983).
    fn newton_direction(&self, gradient: &Vector<T>, norms: &[f64], active: &[bool]) -> Vector<T> {
        let stride = self.stride;
        let ones = vec![1.0; stride];
        let mut direction = Vector::zero(gradient.v.len(), stride);
        let mut residual = gradient.clone();
        let mut search = gradient.clone();
        let mut squares = self.link.reduce(residual.dot(&residual));
        let targets: Vec<f64> = (0..stride)
            .map(|j| {
                let norm = norms[j] / self.reference[j].max(f64::MIN_POSITIVE);
                // The last step need not be better than the tolerance asks.
                let share = norm.sqrt().min(LOOSEST).max(self.tolerance / (2.0 * norm));
                share * share * squares[j]
            })
            .collect();
        let mut going = active.to_vec();
        // Intercepts are not penalised: where all documents are as good as certain there is no
        // curvature left but rounding's, and a step by it would be without bound.
        let least = T::epsilon().wide() * T::epsilon().wide();
        for _ in 0..MAX_CG_STEPS {
            for j in 0..stride {
                going[j] &= squares[j] > targets[j];
            }
            if !going.contains(&true) {
                break;
            }
            let product = self.hessian_product(&search);
            let curvatures = self.link.reduce(search.dot(&product));
            let steps: Vec<f64> = (0..stride)
                .map(|j| {
                    going[j] &= curvatures[j] > least * squares[j];
                    if going[j] {
                        squares[j] / curvatures[j]
                    } else {
                        0.0
                    }
                })
                .collect();
            direction.combine(&ones, &search, &steps);
            let back: Vec<f64> = steps.iter().map(|s| -s).collect();
            residual.combine(&ones, &product, &back);
            let next = self.link.reduce(residual.dot(&residual));
            let ratios: Vec<f64> = (0..stride)
                .map(|j| if going[j] { next[j] / squares[j] } else { 0.0 })
                .collect();
            search.combine(&ratios, &residual, &ones);
            squares = next;
        }
        // Where next to nothing is penalised rounding can make a direction run away: it is none.
        let lengths = self.link.reduce(direction.dot(&direction));
        for j in (0..stride).filter(|&j| !lengths[j].is_finite()) {
            direction.clear(j);
        }
        direction
    }

    /// Step lengths that come close to the least objective along a direction, by Newton's method
    /// in one dimension; 0 for columns that cannot be improved any more in this arithmetic.
    ///
    /// The objective is convex, so a step at which it still falls is shorter than the best one and
    /// has a lower objective than no step: that is what is kept where the search runs out.
    fn line_search(
        &self,
        direction: &Vector<T>,
        gradient: &Vector<T>,
        active: &[bool],
    ) -> Vec<f64> {
        let stride = self.stride;
        let mixed = self
            .link
            .reduce(column_dots(&direction.v, &self.images(), stride));
        let own = self
            .link
            .reduce(column_dots(&direction.v, &direction.image, stride));
        let descent = self.link.reduce(gradient.dot(direction));
        let objectives = self.objectives();
        // Near the solution a gradient of relative size g promises a gain of g^2.
        let least = T::epsilon().wide() * T::epsilon().wide();
        let mut searching: Vec<bool> = (0..stride)
            .map(|j| active[j] && descent[j] > least * objectives[j])
            .collect();
        let mut steps: Vec<f64> = searching.iter().map(|&s| f64::from(u8::from(s))).collect();
        let mut brackets = vec![(0.0, f64::INFINITY); stride];
        for _ in 0..MAX_LINE_STEPS {
            if !searching.contains(&true) {
                break;
            }
            let (slopes, curvatures) = self.loss_derivatives(direction, &steps);
            for j in 0..stride {
                if !searching[j] {
                    continue;
                }
                let slope = slopes[j] + self.lambda * (mixed[j] + steps[j] * own[j]);
                let curvature = curvatures[j] + self.lambda * own[j];
                if slope.abs() <= LINE_TOLERANCE * descent[j] {
                    searching[j] = false;
                    continue;
                }
                let (low, high) = &mut brackets[j];
                *(if slope < 0.0 { &mut *low } else { &mut *high }) = steps[j];
                let newton = steps[j] - slope / curvature;
                steps[j] = if newton > *low && newton < *high {
                    newton
                } else if high.is_finite() {
                    (*low + *high) / 2.0
                } else {
                    2.0 * *low
                };
            }
        }
        for j in (0..stride).filter(|&j| searching[j]) {
            steps[j] = brackets[j].0;
        }
        steps
    }

    /// First and second derivatives of the sums of the losses at a distance along a direction.
    fn loss_derivatives(&self, direction: &Vector<T>, steps: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let stride = self.stride;
        let sums = sum_rows(self.margins.len() / stride, 2 * stride, |row, sums| {
            let row = row * stride..(row + 1) * stride;
            let change: Vec<f64> = direction.image[row.clone()]
                .iter()
                .zip(&direction.beta)
                .map(|(image, beta)| image.wide() + beta)
                .collect();
            let margins: Vec<f64> = self.margins[row.clone()]
                .iter()
                .zip(&change)
                .zip(steps)
                .map(|((margin, change), step)| margin.wide() + step * change)
                .collect();
            let (slopes, curvatures) = sums.split_at_mut(stride);
            self.link.add_derivatives(
                &margins,
                &change,
                &self.targets[row.clone()],
                &self.weights[row],
                slopes,
                curvatures,
            );
        });
        let (slopes, curvatures) = sums.split_at(stride);
        (
            self.link.reduce(slopes.to_vec()),
            self.link.reduce(curvatures.to_vec()),
        )
    }

    /// Sums of the losses.
    fn losses(&self) -> Vec<f64> {
        let stride = self.stride;
        let sums = sum_rows(self.margins.len() / stride, stride, |row, sums| {
            let row = row * stride..(row + 1) * stride;
            let margins: Vec<f64> = self.margins[row.clone()].iter().map(|m| m.wide()).collect();
            self.link.add_losses(
                &margins,
                &self.targets[row.clone()],
                &self.weights[row],
                sums,
            );
        });
        self.link.reduce(sums)
    }

    fn objectives(&self) -> Vec<f64> {
        let losses = self.losses();
        let images = self.images();
        let norms = self
            .link
            .reduce(column_dots(&self.coefficients, &images, self.stride));
        losses
            .iter()
            .zip(norms)
            .map(|(l, n)| l + 0.5 * self.lambda * n)
            .collect()
    }

    fn advance(&mut self, direction: &Vector<T>, steps: &[f64]) {
        let ones = vec![1.0; self.stride];
        axpby(&mut self.coefficients, &ones, &direction.v, steps);
        axpby(&mut self.margins, &ones, &direction.image, steps);
        add_to_rows(&mut self.margins, &direction.beta, steps);
        for (j, b) in self.intercepts.iter_mut().enumerate() {
            *b += steps[j] * direction.beta[j];
        }
    }
}
