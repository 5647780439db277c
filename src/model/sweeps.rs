//! Many fits at once: those on their way share every sweep over the matrix.
//!
//! A sweep costs hardly more for sixteen vectors than for four, as the matrix has to be read for
//! either. Fits need different numbers of products, so that each makes room for the next as soon as
//! it is done. What a fit is given never depends on who else is in a sweep, nor on the number of
//! threads.

use std::collections::VecDeque;

use rayon::prelude::*;

use super::kernel::{self, Kernel, Real};
use super::newton::{Fit, Problem, Settings, Solution};

/// Problems that were prepared together.
pub(super) struct Group<T> {
    pub(super) problems: Vec<Problem<T>>,
    /// Prior variance of every feature's coefficient: features by [`stride`](Group::stride), the
    /// problems' classes side by side; `None`: all 1.
    pub(super) variances: Option<Vec<T>>,
}

impl<T> Group<T> {
    /// The distance between the rows of the variances.
    pub(super) fn stride(&self) -> usize {
        kernel::stride(self.problems.iter().map(|p| p.link.classes()).sum())
    }
}

/// A fit and its place in the rows of a sweep.
struct Passenger<T> {
    number: usize,
    offset: usize,
    fit: Fit<T>,
}

/// The fits of one sweep.
struct Sweep<T> {
    stride: usize,
    passengers: Vec<Passenger<T>>,
    /// Features by stride.
    variances: Option<Vec<T>>,
}

/// Prepared problems that have no place yet.
struct Waiting<T> {
    stride: usize,
    /// Number, offset in the variances, problem.
    problems: VecDeque<(usize, usize, Problem<T>)>,
    variances: Option<Vec<T>>,
}

/// Solves the problems of some groups, which are asked for when there is room for them, and calls
/// `take` with the number of each problem, counted from 0 over all groups, and its solution.
pub(super) fn solve<T: Real>(
    kernel: &Kernel<'_>,
    groups: impl IntoIterator<Item = Group<T>>,
    settings: Settings,
    mut take: impl FnMut(usize, Solution<T>),
) {
    let mut groups = Numbered {
        groups: groups.into_iter(),
        next: 0,
    };
    let mut sweep = Sweep {
        stride: 0,
        passengers: Vec::new(),
        variances: None,
    };
    let mut waiting = None;
    loop {
        let (done, going) = std::mem::take(&mut sweep.passengers)
            .into_iter()
            .partition(|passenger: &Passenger<T>| passenger.fit.is_done());
        sweep.passengers = going;
        for passenger in done {
            take(passenger.number, passenger.fit.solution());
        }
        sweep.board(&mut waiting, &mut groups, settings);
        if sweep.passengers.is_empty() {
            return;
        }
        sweep.go(kernel);
    }
}

/// Groups with the number of their first problem.
struct Numbered<I> {
    groups: I,
    next: usize,
}

impl<T: Real, I: Iterator<Item = Group<T>>> Numbered<I> {
    fn next(&mut self) -> Option<Waiting<T>> {
        let group = self.groups.next()?;
        let stride = group.stride();
        let mut offset = 0;
        let mut problems = VecDeque::with_capacity(group.problems.len());
        for problem in group.problems {
            let classes = problem.link.classes();
            problems.push_back((self.next, offset, problem));
            offset += classes;
            self.next += 1;
        }
        Some(Waiting {
            stride,
            problems,
            variances: group.variances,
        })
    }
}

impl<T: Real> Sweep<T> {
    /// Gives free places to those who wait.
    fn board<I: Iterator<Item = Group<T>>>(
        &mut self,
        waiting: &mut Option<Waiting<T>>,
        groups: &mut Numbered<I>,
        settings: Settings,
    ) {
        loop {
            if waiting.as_ref().is_none_or(|w| w.problems.is_empty()) {
                *waiting = None;
                // Before the next group is made ready, there must be room for some of it.
                let classes = self.passengers.first().map(|p| p.fit.classes());
                if classes.is_none_or(|classes| self.free_place(classes).is_some()) {
                    *waiting = groups.next();
                }
            }
            let Some(group) = waiting else {
                self.close_up();
                return;
            };
            if self.passengers.is_empty() {
                self.stride = group.stride;
                self.variances = group.variances.take();
                for (number, offset, problem) in group.problems.drain(..) {
                    let fit = Fit::new(problem, settings);
                    self.passengers.push(Passenger {
                        number,
                        offset,
                        fit,
                    });
                }
                return;
            }
            let Some((_, _, next)) = group.problems.front() else {
                return;
            };
            let classes = next.link.classes();
            let Some(offset) = self.free_place(classes) else {
                return;
            };
            let Some((number, from, problem)) = group.problems.pop_front() else {
                return;
            };
            if let (Some(own), Some(theirs)) = (&mut self.variances, &group.variances) {
                copy_lanes(
                    (theirs, group.stride, from),
                    (own, self.stride, offset),
                    classes,
                );
            }
            let fit = Fit::new(problem, settings);
            self.passengers.push(Passenger {
                number,
                offset,
                fit,
            });
        }
    }

    /// Where so many lanes side by side are free.
    fn free_place(&self, classes: usize) -> Option<usize> {
        let mut taken: Vec<(usize, usize)> = self
            .passengers
            .iter()
            .map(|p| (p.offset, p.offset + p.fit.classes()))
            .collect();
        taken.sort_unstable();
        let mut offset = 0;
        for (start, end) in taken {
            if start >= offset + classes {
                break;
            }
            offset = end;
        }
        (offset + classes <= self.stride).then_some(offset)
    }

    /// Moves the last fits together, when a narrower row has room for them.
    fn close_up(&mut self) {
        let lanes: usize = self.passengers.iter().map(|p| p.fit.classes()).sum();
        let stride = kernel::stride(lanes);
        if lanes == 0 || stride >= self.stride {
            return;
        }
        let narrow = self.variances.as_ref().map(|variances| {
            let mut narrow = vec![T::one(); variances.len() / self.stride * stride];
            let mut offset = 0;
            for passenger in &self.passengers {
                let classes = passenger.fit.classes();
                copy_lanes(
                    (variances, self.stride, passenger.offset),
                    (&mut narrow, stride, offset),
                    classes,
                );
                offset += classes;
            }
            narrow
        });
        let mut offset = 0;
        for passenger in &mut self.passengers {
            passenger.offset = offset;
            offset += passenger.fit.classes();
        }
        self.variances = narrow;
        self.stride = stride;
    }

    /// Brings every fit the product it waits for.
    fn go(&mut self, kernel: &Kernel<'_>) {
        let stride = self.stride;
        let requests: Vec<(usize, usize, &[T])> = self
            .passengers
            .iter()
            .filter_map(|p| Some((p.offset, p.fit.classes(), p.fit.request()?)))
            .collect();
        let mut c = vec![T::zero(); kernel.n_rows() * stride];
        const ROWS: usize = 1024;
        c.par_chunks_mut(ROWS * stride)
            .enumerate()
            .for_each(|(chunk, c)| {
                for &(offset, classes, request) in &requests {
                    let rows = c.len() / stride;
                    let request = &request[chunk * ROWS * classes..][..rows * classes];
                    copy_lanes((request, classes, 0), (&mut *c, stride, offset), classes);
                }
            });
        let z = kernel.product(&c, stride, self.variances.as_deref());
        drop(c);
        self.passengers.par_iter_mut().for_each(|passenger| {
            let classes = passenger.fit.classes();
            let mut image = vec![T::zero(); kernel.n_rows() * classes];
            copy_lanes(
                (&z, stride, passenger.offset),
                (&mut image, classes, 0),
                classes,
            );
            passenger.fit.receive(image);
        });
    }
}

/// Copies some lanes from rows of one stride (values, stride, first lane) to rows of another.
fn copy_lanes<T: Real>(
    (from, from_stride, first): (&[T], usize, usize),
    (to, to_stride, offset): (&mut [T], usize, usize),
    lanes: usize,
) {
    let rows = from.chunks_exact(from_stride);
    if lanes == 1 {
        // No call for every number.
        for (from, to) in rows.zip(to.chunks_exact_mut(to_stride)) {
            to[offset] = from[first];
        }
        return;
    }
    for (from, to) in rows.zip(to.chunks_exact_mut(to_stride)) {
        to[offset..offset + lanes].copy_from_slice(&from[first..first + lanes]);
    }
}
