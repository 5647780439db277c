//! How good the decisions on held-out folds are.

use ndarray::{Array2, Axis};

use crate::corpus::Folds;
use crate::decision_rule::DecisionRule;
use crate::metrics::{Evaluated, Figure, Judged};
use crate::model::Targets;

/// Decision values of held-out documents, as far as folds have been run.
pub(super) struct HeldOut<'a> {
    pub(super) targets: &'a Targets,
    pub(super) folds: &'a Folds,
    /// Documents by labels; those of folds from `run` on are not there yet.
    pub(super) values: Array2<f64>,
    pub(super) run: usize,
}

impl HeldOut<'_> {
    /// The score of each fold that was run, of which there are at least two; a label that no
    /// article of a fold carries is left out of its macro average.
    pub(super) fn scores(&self, metric: Figure, beta: f64) -> Vec<f64> {
        let mut rows = Vec::new();
        let mut evaluated = Vec::new();
        for fold in 0..self.run {
            let own = self.rows(|of| of == fold);
            evaluated.extend(self.decide(&own, fold, beta));
            rows.extend(own);
        }
        let judged = Judged::decisions(self.targets.task(), self.targets.n_labels(), &evaluated);
        (0..self.run)
            .map(|fold| {
                let weights: Vec<u32> = rows
                    .iter()
                    .map(|&row| u32::from(self.folds.of[row] == fold))
                    .collect();
                judged.measure(&weights).figure(metric).unwrap_or_default()
            })
            .collect()
    }

    /// Decisions on a fold by calibration and thresholds chosen on the other folds: its own
    /// would flatter it.
    fn decide(&self, own: &[usize], fold: usize, beta: f64) -> Vec<Evaluated> {
        let others = self.rows(|of| of < self.run && of != fold);
        let values = self.values.select(Axis(0), &others);
        let rule = DecisionRule::fit(values.view(), &self.targets.select(&others), beta);
        let values = self.values.select(Axis(0), own);
        rule.evaluate(values.view(), &self.targets.select(own))
    }

    fn rows(&self, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        (0..self.folds.of.len())
            .filter(|&row| wanted(self.folds.of[row]))
            .collect()
    }
}

/// The mean, 0 of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The standard error of the mean; 0 of fewer than two values.
pub(super) fn standard_error(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    if n < 2.0 {
        return 0.0;
    }
    let mean = mean(values);
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (squares / (n - 1.0) / n).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held_out<'a>(targets: &'a Targets, folds: &'a Folds, values: &[f64]) -> HeldOut<'a> {
        let shape = (targets.n_rows(), targets.n_labels());
        HeldOut {
            targets,
            folds,
            values: Array2::from_shape_vec(shape, values.to_vec()).unwrap(),
            run: folds.n_folds,
        }
    }

    #[test]
    fn thresholds_come_from_the_other_folds() {
        // Each fold is separable, but at another value: the other's threshold is of no use.
        let carries = [true, true, false, false].repeat(2);
        let targets = Targets::MultiLabel(Array2::from_shape_vec((8, 1), carries).unwrap());
        let folds = Folds {
            of: vec![0, 0, 0, 0, 1, 1, 1, 1],
            n_folds: 2,
        };
        let values = [3.0, 3.0, 2.0, 2.0, -2.0, -2.0, -3.0, -3.0];
        let scores = held_out(&targets, &folds, &values).scores(Figure::MacroF1, 1.0);
        // Fold 0 gives the label to all (F1 = 4/6), fold 1 to none.
        assert!(
            (scores[0] - 2.0 / 3.0).abs() < 1e-12 && scores[1] == 0.0,
            "{scores:?}"
        );
    }

    #[test]
    fn a_fold_is_scored_by_its_own_articles() {
        let targets = Targets::MultiClass(vec![0, 1, 0, 1], 2);
        let folds = Folds {
            of: vec![0, 0, 1, 1],
            n_folds: 2,
        };
        let values = [2.0, 1.0, 1.0, 2.0, 2.0, 1.0, 2.0, 1.0];
        let held_out = held_out(&targets, &folds, &values);
        assert_eq!(held_out.scores(Figure::Accuracy, 1.0), [1.0, 0.5]);
        let macro_f1 = held_out.scores(Figure::MacroF1, 1.0);
        assert!(macro_f1[0] == 1.0 && (macro_f1[1] - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn standard_error_of_known_values() {
        assert!((standard_error(&[1.0, 2.0, 3.0]) - (1.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(standard_error(&[1.0]), 0.0);
    }
}
