//! From decision values to probabilities and labels: what out-of-fold values teach.

use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use crate::corpus::Folds;
use crate::metrics::Evaluated;
use crate::model::{Calibration, PrecisionPoint, Targets, Task, best_thresholds, precision_points};

/// Calibration and thresholds, chosen on decision values of articles that the models had not
/// seen.
pub(crate) struct DecisionRule {
    task: Task,
    pub(crate) calibration: Calibration,
    /// Probability from which a label is given (multi-label only).
    pub(crate) thresholds: Vec<f64>,
}

impl DecisionRule {
    /// Leaves decision values as they are and gives labels from 0.5 on.
    pub(crate) fn raw(targets: &Targets) -> Self {
        Self {
            task: targets.task(),
            calibration: Calibration::identity(targets.n_labels()),
            thresholds: vec![0.5; targets.n_labels()],
        }
    }

    /// The rule that suits decision values, n by L; thresholds maximise F-beta.
    pub(crate) fn fit(decision: ArrayView2<'_, f64>, targets: &Targets, beta: f64) -> Self {
        let mut rule = Self {
            calibration: Calibration::fit(decision, targets),
            ..Self::raw(targets)
        };
        if rule.task == Task::MultiLabel {
            let probabilities = rule.probabilities(decision);
            rule.thresholds = best_thresholds(probabilities.view(), targets, beta);
        }
        rule
    }

    /// Calibrated probabilities of decision values, n by L.
    pub(crate) fn probabilities(&self, decision: ArrayView2<'_, f64>) -> Array2<f64> {
        let mut probabilities = decision.to_owned();
        for mut row in probabilities.rows_mut() {
            let mut values = row.to_vec();
            self.calibration.apply(self.task, &mut values);
            row.assign(&ndarray::ArrayView1::from(&values));
        }
        probabilities
    }

    /// Thresholds for chosen precisions of each label (multi-label only).
    pub(crate) fn precision_points(
        &self,
        decision: ArrayView2<'_, f64>,
        targets: &Targets,
    ) -> Vec<Vec<PrecisionPoint>> {
        if self.task == Task::MultiClass {
            return Vec::new();
        }
        let probabilities = self.probabilities(decision);
        (0..targets.n_labels())
            .into_par_iter()
            .map(|label| {
                let carries: Vec<bool> = (0..targets.n_rows())
                    .map(|row| targets.carries(row, label))
                    .collect();
                precision_points(&probabilities.column(label).to_vec(), &carries)
            })
            .collect()
    }

    /// Probabilities and labels of articles with their truth.
    pub(crate) fn evaluate(
        &self,
        decision: ArrayView2<'_, f64>,
        targets: &Targets,
    ) -> Vec<Evaluated> {
        self.probabilities(decision)
            .rows()
            .into_iter()
            .enumerate()
            .map(|(row, p)| Evaluated {
                carries: targets.labels_of(row),
                given: match self.task {
                    Task::MultiLabel => (0..p.len())
                        .filter(|&l| p[l] >= self.thresholds[l])
                        .collect(),
                    Task::MultiClass => (0..p.len())
                        .max_by(|&a, &b| p[a].total_cmp(&p[b]).then(b.cmp(&a)))
                        .into_iter()
                        .collect(),
                },
                scores: p.to_vec(),
            })
            .collect()
    }
}

/// The rule of each fold, chosen on the out-of-fold decision values of the other folds, and what
/// it decides on its own: a rule that has seen an article flatters the figures.
pub(crate) fn nested(
    decision: ArrayView2<'_, f64>,
    targets: &Targets,
    folds: &Folds,
    beta: f64,
) -> (Vec<DecisionRule>, Vec<Evaluated>) {
    let decided: Vec<(DecisionRule, Vec<usize>, Vec<Evaluated>)> = (0..folds.n_folds)
        .into_par_iter()
        .map(|fold| {
            let (own, others): (Vec<usize>, Vec<usize>) =
                (0..folds.of.len()).partition(|&row| folds.of[row] == fold);
            let rule = DecisionRule::fit(
                decision.select(Axis(0), &others).view(),
                &targets.select(&others),
                beta,
            );
            let evaluated =
                rule.evaluate(decision.select(Axis(0), &own).view(), &targets.select(&own));
            (rule, own, evaluated)
        })
        .collect();
    let mut by_row: Vec<(usize, Evaluated)> = Vec::with_capacity(folds.of.len());
    let mut rules = Vec::with_capacity(folds.n_folds);
    for (rule, rows, evaluated) in decided {
        rules.push(rule);
        by_row.extend(rows.into_iter().zip(evaluated));
    }
    by_row.sort_by_key(|(row, _)| *row);
    let evaluated = by_row.into_iter().map(|(_, evaluated)| evaluated).collect();
    (rules, evaluated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_of_a_fold_does_not_know_the_labels_of_the_fold() {
        let n = 120;
        let folds = Folds {
            of: (0..n).map(|row| row % 3).collect(),
            n_folds: 3,
        };
        let decision = Array2::from_shape_fn((n, 1), |(row, _)| (row % 7) as f64 - 3.0);
        let rules = |flipped: usize| {
            let carries = Array2::from_shape_fn((n, 1), |(row, _)| {
                (row % 7 > 3 + row % 2) ^ (folds.of[row] == flipped)
            });
            nested(decision.view(), &Targets::MultiLabel(carries), &folds, 1.0).0
        };
        let (as_they_are, changed) = (rules(usize::MAX), rules(0));
        assert_eq!(as_they_are[0].calibration, changed[0].calibration);
        assert_eq!(as_they_are[0].thresholds, changed[0].thresholds);
        assert_ne!(as_they_are[1].calibration, changed[1].calibration);
    }
}
