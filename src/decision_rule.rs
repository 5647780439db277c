//! From decision values to probabilities and labels: what out-of-fold values teach.

use ndarray::{Array2, ArrayView2};

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
