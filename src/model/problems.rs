//! What is to be fitted, on which documents and from where: problems for the sparse solver.

use rayon::prelude::*;

use super::kernel::Real;
use super::loss::Link;
use super::newton::Problem;
use super::params::ValidLogisticParams;
use super::prior;
use super::sweeps::Group;
use super::targets::{Targets, Task};
use crate::corpus::Folds;
use crate::matrix::TfidfMatrix;

/// Labels that share a sweep over the matrix: a cache line of `f32`.
const WIDE: usize = 16;

/// A problem: a label (in a multi-class model all of them, numbered 0), fitted on all documents
/// or without one fold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job {
    pub(super) label: usize,
    pub(super) held_out: Option<usize>,
}

/// What a fit without a fold takes from the fit on all documents.
pub(super) struct Start<'a, T> {
    /// Coefficients and intercepts to begin with; `None`: those of no fit.
    pub(super) from: Option<(&'a [T], &'a [f64])>,
    /// The norm of the gradient that the tolerance refers to.
    pub(super) reference: f64,
}

/// Everything that problems are made of.
pub(super) struct Problems<'a> {
    pub(super) matrix: &'a TfidfMatrix,
    pub(super) targets: &'a Targets,
    pub(super) folds: Option<&'a Folds>,
    pub(super) among: Option<&'a [bool]>,
    pub(super) params: &'a ValidLogisticParams,
}

impl Problems<'_> {
    /// How many labels or classes one problem has.
    pub(super) fn classes(&self) -> usize {
        match self.targets.task() {
            Task::MultiLabel => 1,
            Task::MultiClass => self.targets.n_labels(),
        }
    }

    /// Number of problems on the same documents.
    pub(super) fn per_fit(&self) -> usize {
        self.targets.n_labels() / self.classes()
    }

    /// Number of problems that are prepared together.
    pub(super) fn in_group(&self) -> usize {
        (WIDE / self.classes()).max(1)
    }

    /// Every label on every choice of documents; the frequent labels, which take longest, first.
    pub(super) fn jobs(&self, held_out: &[Option<usize>]) -> Vec<Job> {
        let mut labels: Vec<usize> = (0..self.per_fit()).collect();
        if self.targets.task() == Task::MultiLabel {
            labels.sort_by_cached_key(|&l| std::cmp::Reverse(self.targets.count(l, |_| true)));
        }
        let of = |label| {
            held_out
                .iter()
                .map(move |&held_out| Job { label, held_out })
        };
        labels.into_iter().flat_map(of).collect()
    }

    /// The problems of some jobs, with what `start` says of each.
    pub(super) fn group<'s, T: Real + 's>(
        &self,
        jobs: &[Job],
        start: impl Fn(Job) -> Option<Start<'s, T>> + Sync,
    ) -> Group<T> {
        let problems: Vec<Problem<T>> = jobs
            .par_iter()
            .map(|&job| self.problem(job, start(job)))
            .collect();
        let mut group = Group {
            problems,
            variances: None,
        };
        let exponent = self.params.log_ratio_exponent;
        if exponent > 0.0 {
            group.variances = Some(prior::variances(
                self.matrix,
                &group.problems,
                group.stride(),
                exponent,
            ));
        }
        group
    }

    /// The prior variances of a group of jobs; `None` where all are 1.
    pub(super) fn variances<T: Real>(&self, jobs: &[Job]) -> Option<Vec<T>> {
        // Problems are made for them only where they differ.
        if self.params.log_ratio_exponent == 0.0 {
            return None;
        }
        self.group(jobs, |_| None).variances
    }

    /// The documents that a job learns from.
    fn seen(&self, job: Job) -> Vec<usize> {
        (0..self.matrix.n_rows())
            .filter(|&row| self.among.is_none_or(|among| among[row]))
            .filter(|&row| match (self.folds, job.held_out) {
                (Some(folds), Some(fold)) => folds.of[row] != fold,
                _ => true,
            })
            .collect()
    }

    fn problem<T: Real>(&self, job: Job, start: Option<Start<'_, T>>) -> Problem<T> {
        let seen = self.seen(job);
        let mut problem = match self.targets.task() {
            Task::MultiLabel => self.label(job.label, &seen),
            Task::MultiClass => self.all_classes(&seen),
        };
        let learns = problem.weights.iter().any(|&w| w > T::zero());
        if let Some(start) = start.filter(|_| learns) {
            problem.reference = Some(start.reference);
            if let Some((coefficients, intercepts)) = start.from {
                let classes = problem.link.classes();
                problem.intercepts = intercepts.to_vec();
                for row in seen {
                    let row = row * classes..(row + 1) * classes;
                    problem.coefficients[row.clone()].copy_from_slice(&coefficients[row]);
                }
            }
        }
        problem
    }

    fn empty<T: Real>(&self, link: Link) -> Problem<T> {
        let length = self.matrix.n_rows() * link.classes();
        Problem {
            link,
            targets: vec![T::zero(); length],
            weights: vec![T::zero(); length],
            coefficients: vec![T::zero(); length],
            intercepts: vec![0.0; link.classes()],
            reference: None,
        }
    }

    /// One label against its absence.
    fn label<T: Real>(&self, label: usize, seen: &[usize]) -> Problem<T> {
        let mut problem = self.empty(Link::Logistic);
        let total = seen.len();
        let carries = |&&row: &&usize| self.targets.carries(row, label);
        let count = seen.iter().filter(carries).count();
        if count == 0 || count == total {
            // Nothing to learn from: without weight it stays at its base rate.
            problem.intercepts = vec![libm::log(
                (count as f64 + 0.5) / ((total - count) as f64 + 0.5),
            )];
            return problem;
        }
        let class_weight = self.params.class_weight;
        let positive = class_weight.weight(count, total, 2);
        let negative = class_weight.weight(total - count, total, 2);
        for &row in seen {
            let carries = self.targets.carries(row, label);
            problem.targets[row] = T::from_f32(f32::from(u8::from(carries)));
            problem.weights[row] = T::from_f64(if carries { positive } else { negative });
        }
        problem.intercepts =
            vec![libm::log(count as f64 * positive) - libm::log((total - count) as f64 * negative)];
        problem
    }

    /// All classes of a multi-class model. Every document has the weight of its own class.
    fn all_classes<T: Real>(&self, seen: &[usize]) -> Problem<T> {
        let classes = self.targets.n_labels();
        let mut problem = self.empty(Link::Softmax(classes));
        let class_of = |row: usize| {
            (0..classes)
                .find(|&class| self.targets.carries(row, class))
                .unwrap_or(0)
        };
        let mut counts = vec![0; classes];
        for &row in seen {
            counts[class_of(row)] += 1;
        }
        let class_weight = self.params.class_weight;
        let weights: Vec<f64> = counts
            .iter()
            .map(|&count| class_weight.weight(count, seen.len(), classes))
            .collect();
        for &row in seen {
            let class = class_of(row);
            problem.targets[row * classes + class] = T::one();
            problem.weights[row * classes..(row + 1) * classes].fill(T::from_f64(weights[class]));
        }
        problem.intercepts = counts
            .iter()
            .zip(weights)
            .map(|(&count, weight): (&usize, f64)| libm::log((count as f64 + 0.5) * weight))
            .collect();
        problem
    }
}
