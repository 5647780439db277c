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
//! cross-validation have s = 0: their margins come out of f for nothing. A fit asks for one product
//! at a time, and fits that have nothing else in common share the sweep that makes it: see
//! [`sweeps`](super::sweeps).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::kernel::Real;
use super::loss::{Along, Link};
use super::vectors::{Vector, add_to_rows, axpby, chunk_of_rows, dot, sum_chunks, sum_rows};

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

/// What is to be minimised, and where to begin. Arrays have a row for each document, of one entry
/// for each class.
pub(super) struct Problem<T> {
    pub(super) link: Link,
    pub(super) targets: Vec<T>,
    pub(super) weights: Vec<T>,
    pub(super) coefficients: Vec<T>,
    pub(super) intercepts: Vec<f64>,
    /// Norm of the gradient that the tolerance refers to; `None`: the norm at the start.
    pub(super) reference: Option<f64>,
}

/// A solved [`Problem`].
pub(super) struct Solution<T> {
    pub(super) coefficients: Vec<T>,
    pub(super) intercepts: Vec<f64>,
    pub(super) margins: Vec<T>,
    pub(super) reference: f64,
    pub(super) convergence: Convergence,
}

#[derive(Clone, Copy)]
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

/// A fit on its way. All it ever needs of the documents are products with the kernel: it asks for
/// one with [`Fit::request`] and goes on when [`Fit::receive`] brings it, so that fits at different
/// stages share the sweeps that make them.
pub(super) struct Fit<T> {
    settings: Settings,
    problem: Problem<T>,
    margins: Vec<T>,
    probabilities: Vec<T>,
    reference: f64,
    norm: f64,
    iterations: usize,
    stage: Stage<T>,
}

/// What a fit waits for.
enum Stage<T> {
    /// The margins of the coefficients it begins with.
    Start,
    /// The image of the negative gradient.
    Gradient(Vector<T>),
    /// The image of a Hessian product.
    Direction(Box<Direction<T>>),
    Done,
}

/// Conjugate gradients on their way to H d = r, r the negative gradient.
struct Direction<T> {
    /// The negative gradient, without its image.
    gradient: Vector<T>,
    direction: Vector<T>,
    residual: Vector<T>,
    search: Vector<T>,
    /// The Hessian times the search direction; its image is what is waited for.
    product: Vector<T>,
    /// Squared norm of the residual, now and wanted.
    squares: f64,
    target: f64,
    steps: usize,
}

impl<T: Real> Fit<T> {
    pub(super) fn new(problem: Problem<T>, settings: Settings) -> Self {
        let length = problem.coefficients.len();
        let cold = problem.coefficients.iter().all(|a| *a == T::zero());
        let mut fit = Self {
            settings,
            margins: vec![T::zero(); length],
            probabilities: vec![T::zero(); length],
            reference: 0.0,
            norm: 0.0,
            iterations: 0,
            stage: Stage::Start,
            problem,
        };
        if cold {
            // The margins of no coefficients need no product.
            fit.start(vec![T::zero(); length]);
        }
        fit
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }

    /// The vector whose product with the kernel is needed next; none when the fit is done.
    pub(super) fn request(&self) -> Option<&[T]> {
        match &self.stage {
            Stage::Start => Some(&self.problem.coefficients),
            Stage::Gradient(gradient) => Some(&gradient.v),
            Stage::Direction(inner) => Some(&inner.product.v),
            Stage::Done => None,
        }
    }

    /// Takes the product that was asked for and goes on to the next.
    pub(super) fn receive(&mut self, image: Vec<T>) {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Start => self.start(image),
            Stage::Gradient(gradient) => self.judge(Vector { image, ..gradient }),
            Stage::Direction(mut inner) => {
                inner.product.image = image;
                self.step(inner);
            }
            Stage::Done => {}
        }
    }

    pub(super) fn solution(self) -> Solution<T> {
        let convergence = Convergence {
            iterations: self.iterations,
            gradient_norm: self.norm,
            objective: self.objective(),
            converged: self.converged(),
        };
        Solution {
            coefficients: self.problem.coefficients,
            intercepts: self.problem.intercepts,
            margins: self.margins,
            reference: self.reference,
            convergence,
        }
    }

    fn converged(&self) -> bool {
        self.norm <= self.settings.tolerance * self.reference
    }

    /// Vectors that it has in a sweep.
    pub(super) fn classes(&self) -> usize {
        self.problem.link.classes()
    }

    fn start(&mut self, image: Vec<T>) {
        self.margins = image;
        add_to_rows(&mut self.margins, &self.problem.intercepts, 1.0);
        self.ask_for_gradient();
    }

    fn ask_for_gradient(&mut self) {
        let link = self.problem.link;
        let chunk = chunk_of_rows(self.classes());
        self.margins
            .par_chunks(chunk)
            .zip(self.probabilities.par_chunks_mut(chunk))
            .for_each(|(margins, out)| link.probabilities(margins, out));
        let lambda = T::from_f64(self.settings.lambda);
        let slopes: Vec<T> = self
            .probabilities
            .iter()
            .zip(&self.problem.targets)
            .zip(&self.problem.weights)
            .map(|((&p, &t), &w)| w * (p - t))
            .collect();
        let beta = sum_rows(&slopes, self.classes())
            .iter()
            .map(|s| -s)
            .collect();
        let coefficients = &self.problem.coefficients;
        let mut v = slopes;
        for (r, &a) in v.iter_mut().zip(coefficients) {
            *r = -(lambda * a + *r);
        }
        self.stage = Stage::Gradient(Vector {
            v,
            image: Vec::new(),
            beta,
        });
    }

    /// Ends the fit or begins with the next direction.
    fn judge(&mut self, gradient: Vector<T>) {
        let squares = gradient.dot(&gradient);
        // What is not a number is far from the solution.
        self.norm = match squares.is_nan() {
            true => f64::INFINITY,
            false => squares.max(0.0).sqrt(),
        };
        if self.iterations == 0 {
            self.reference = self.problem.reference.unwrap_or(self.norm);
        }
        // Nothing to learn from has no gradient, and needs no fit.
        if self.converged()
            || self.reference == 0.0
            || self.iterations >= self.settings.max_iterations
        {
            return;
        }
        let norm = self.norm / self.reference;
        // To the accuracy that pays at this distance from the solution (Dembo and Steihaug 1983);
        // the last step need not be better than the tolerance asks.
        let share = norm
            .sqrt()
            .min(LOOSEST)
            .max(self.settings.tolerance / (2.0 * norm));
        let mut inner = Box::new(Direction {
            direction: Vector::zero(gradient.v.len(), self.classes()),
            search: gradient.clone(),
            product: Vector::default(),
            gradient: Vector {
                image: Vec::new(),
                ..gradient.clone()
            },
            residual: gradient,
            squares,
            target: share * share * squares,
            steps: 0,
        });
        inner.product = self.hessian_product(&inner.search);
        self.stage = Stage::Direction(inner);
    }

    /// One step of conjugate gradients, and after the last one a step of Newton's method.
    fn step(&mut self, mut inner: Box<Direction<T>>) {
        let curvature = inner.search.dot(&inner.product);
        // Intercepts are not penalised: where all documents are as good as certain there is no
        // curvature left but rounding's, and a step by it would be without bound.
        let least = T::epsilon().wide() * T::epsilon().wide();
        if curvature > least * inner.squares {
            let length = inner.squares / curvature;
            inner.direction.combine(1.0, &inner.search, length);
            inner.residual.combine(1.0, &inner.product, -length);
            let squares = inner.residual.dot(&inner.residual);
            inner
                .search
                .combine(squares / inner.squares, &inner.residual, 1.0);
            inner.squares = squares;
            inner.steps += 1;
            if squares > inner.target && inner.steps < MAX_CG_STEPS {
                inner.product = self.hessian_product(&inner.search);
                self.stage = Stage::Direction(inner);
                return;
            }
        }
        self.iterations += 1;
        // Where next to nothing is penalised rounding can make a direction run away: it is none.
        let direction = &inner.direction;
        let length = match direction.dot(direction).is_finite() {
            true => self.line_search(direction, &inner.gradient),
            false => 0.0,
        };
        if length > 0.0 {
            self.advance(&inner.direction, length);
            self.ask_for_gradient();
        }
    }

    /// The Hessian times a vector, but for its image.
    fn hessian_product(&self, vector: &Vector<T>) -> Vector<T> {
        let link = self.problem.link;
        let beta: Vec<T> = vector.beta.iter().map(|&b| T::from_f64(b)).collect();
        let mut v = vec![T::zero(); vector.v.len()];
        let chunk = chunk_of_rows(self.classes());
        v.par_chunks_mut(chunk)
            .zip(self.probabilities.par_chunks(chunk))
            .zip(self.problem.weights.par_chunks(chunk))
            .zip(vector.image.par_chunks(chunk))
            .for_each(|(((out, probabilities), weights), image)| {
                link.hessian_product(probabilities, weights, image, &beta, out);
            });
        let beta = sum_rows(&v, self.classes());
        axpby(&mut v, 1.0, &vector.v, self.settings.lambda);
        Vector {
            v,
            image: Vec::new(),
            beta,
        }
    }

    /// A step length that comes close to the least objective along a direction, by Newton's method
    /// in one dimension; 0 where the objective cannot be improved any more in this arithmetic.
    ///
    /// The objective is convex, so a step at which it still falls is shorter than the best one and
    /// has a lower objective than no step: that is what is kept where the search runs out.
    fn line_search(&self, direction: &Vector<T>, gradient: &Vector<T>) -> f64 {
        let lambda = self.settings.lambda;
        let mixed = dot(&direction.v, &self.images());
        let own = dot(&direction.v, &direction.image);
        let descent = gradient.dot(direction);
        // Near the solution a gradient of relative size g promises a gain of g^2.
        let least = T::epsilon().wide() * T::epsilon().wide();
        // Also false where something is not a number.
        let promising = descent > least * self.objective();
        if !promising {
            return 0.0;
        }
        let mut step = 1.0;
        let (mut low, mut high) = (0.0, f64::INFINITY);
        for _ in 0..MAX_LINE_STEPS {
            let [slope, curvature] = self.loss_derivatives(direction, step);
            let slope = slope + lambda * (mixed + step * own);
            if slope.abs() <= LINE_TOLERANCE * descent {
                return step;
            }
            *(if slope < 0.0 { &mut low } else { &mut high }) = step;
            let newton = step - slope / (curvature + lambda * own);
            step = if newton > low && newton < high {
                newton
            } else if high.is_finite() {
                (low + high) / 2.0
            } else {
                2.0 * low
            };
        }
        low
    }

    /// First and second derivative of the sum of the losses at a distance along a direction.
    fn loss_derivatives(&self, direction: &Vector<T>, step: f64) -> [f64; 2] {
        let Problem {
            link,
            targets,
            weights,
            ..
        } = &self.problem;
        sum_chunks(self.margins.len(), chunk_of_rows(self.classes()), |range| {
            let at = Along {
                margins: &self.margins[range.clone()],
                image: &direction.image[range.clone()],
                beta: &direction.beta,
                step,
            };
            link.derivatives(at, &targets[range.clone()], &weights[range])
        })
    }

    /// K a, from the margins.
    fn images(&self) -> Vec<T> {
        let mut images = self.margins.clone();
        add_to_rows(&mut images, &self.problem.intercepts, -1.0);
        images
    }

    fn objective(&self) -> f64 {
        let Problem {
            link,
            targets,
            weights,
            ..
        } = &self.problem;
        let [losses] = sum_chunks(self.margins.len(), chunk_of_rows(self.classes()), |range| {
            let margins = &self.margins[range.clone()];
            [link.losses(margins, &targets[range.clone()], &weights[range])]
        });
        let penalty = dot(&self.problem.coefficients, &self.images());
        losses + 0.5 * self.settings.lambda * penalty
    }

    fn advance(&mut self, direction: &Vector<T>, step: f64) {
        axpby(&mut self.problem.coefficients, 1.0, &direction.v, step);
        axpby(&mut self.margins, 1.0, &direction.image, step);
        add_to_rows(&mut self.margins, &direction.beta, step);
        for (b, beta) in self.problem.intercepts.iter_mut().zip(&direction.beta) {
            *b += step * beta;
        }
    }
}
