//! All figures of one evaluation.

use rayon::prelude::*;
use serde::Serialize;

use super::counts::{Counts, LabelScore};
use super::figure::Figure;
use super::judged::{Evaluated, Judged, average};
use super::{brier_score, expected_calibration_error, log_loss};
use crate::model::Task;

/// The figures of one label. `docs/metrics.md` has the definitions.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelReport {
    /// The label.
    pub label: String,
    /// Its decisions.
    pub counts: Counts,
    /// Precision, recall, F1, support, with 0 for what has nothing in its denominator.
    pub score: LabelScore,
    /// Jaccard similarity of decisions and truth.
    pub jaccard: f64,
    /// Matthews correlation; `None` unless some articles carry the label and some do not.
    pub matthews: Option<f64>,
    /// Average precision; `None` unless some articles carry the label and some do not.
    pub average_precision: Option<f64>,
    /// Area under the ROC curve; `None` unless some articles carry the label and some do not.
    pub roc_auc: Option<f64>,
    /// Brier score of its probabilities.
    pub brier_score: f64,
    /// Log loss of its probabilities.
    pub log_loss: f64,
    /// Expected calibration error of its probabilities.
    pub calibration_error: f64,
}

impl LabelReport {
    /// The precision; `None` when no article carries or is given the label. A label that is
    /// carried but never given has precision 0, as in scikit-learn.
    pub fn precision(&self) -> Option<f64> {
        (self.counts.support() + self.counts.given() > 0).then_some(self.score.precision)
    }

    /// The recall; `None` when no article carries the label.
    pub fn recall(&self) -> Option<f64> {
        (self.counts.support() > 0).then_some(self.score.recall)
    }

    /// The F1; `None` when no article carries the label.
    pub fn f1(&self) -> Option<f64> {
        (self.counts.support() > 0).then_some(self.score.f1)
    }
}

/// Averages over labels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Averages {
    /// Over all decisions pooled.
    pub micro: LabelScore,
    /// Over labels, all alike.
    pub macro_: LabelScore,
    /// Over the labels that at least one article carries, all alike: what a slice or a fold is
    /// judged by, where some labels are missing. The same as `macro_` when none is.
    pub macro_carried: LabelScore,
    /// Over labels, weighted by support.
    pub weighted: LabelScore,
    /// Over articles (multi-label only); an article without true and given labels counts as 0.
    pub samples: Option<LabelScore>,
}

/// Articles without labels: whether they are left alone, and whether only they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Abstention {
    /// Articles that carry no label.
    pub carrying_none: usize,
    /// Articles that are given no label.
    pub given_none: usize,
    /// Articles of which both are true.
    pub rightly_given_none: usize,
    /// Labels given to articles that carry none.
    pub false_labels: usize,
}

impl Abstention {
    fn new(articles: &[Evaluated]) -> Self {
        let mut sum = Self::default();
        for article in articles {
            let (carries, given) = (!article.carries.is_empty(), !article.given.is_empty());
            sum.carrying_none += usize::from(!carries);
            sum.given_none += usize::from(!given);
            sum.rightly_given_none += usize::from(!carries && !given);
            if !carries {
                sum.false_labels += article.given.len();
            }
        }
        sum
    }
}

/// What `evaluate` reports.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassificationReport {
    /// How the labels relate.
    pub task: Task,
    /// Number of articles.
    pub articles: usize,
    /// Each label, in the model's order.
    pub labels: Vec<LabelReport>,
    /// Averages.
    pub averages: Averages,
    /// Mean of the labels' average precisions that there are.
    pub mean_average_precision: Option<f64>,
    /// Share of articles with exactly the right labels: subset accuracy, or for a multi-class
    /// model accuracy.
    pub accuracy: f64,
    /// Articles without labels.
    pub abstention: Abstention,
    /// For a multi-class model: how often an article of a class (row) was given each (column).
    pub confusion: Option<Vec<Vec<usize>>>,
    figures: Vec<Option<f64>>,
}

impl ClassificationReport {
    /// The figures of evaluated articles, of which there is at least one.
    ///
    /// # Panics
    /// When an index of a label is not below the number of labels.
    pub fn new(task: Task, labels: &[String], articles: &[Evaluated]) -> Self {
        Self::of(
            &Judged::new(task, labels.len(), articles),
            task,
            labels,
            articles,
        )
    }

    /// The figures of articles that are prepared already.
    pub(crate) fn of(
        judged: &Judged,
        task: Task,
        labels: &[String],
        articles: &[Evaluated],
    ) -> Self {
        let measured = judged.measure_all();
        let labels: Vec<LabelReport> = labels
            .par_iter()
            .enumerate()
            .map(|(label, name)| {
                let figures = measured.labels[label];
                let scores: Vec<f64> = articles.iter().map(|a| a.scores[label]).collect();
                let carries: Vec<bool> = articles
                    .iter()
                    .map(|a| a.carries.contains(&label))
                    .collect();
                LabelReport {
                    label: name.clone(),
                    counts: figures.counts,
                    score: figures.counts.score(),
                    jaccard: figures.counts.jaccard(),
                    matthews: figures.matthews,
                    average_precision: figures.average_precision,
                    roc_auc: figures.roc_auc,
                    brier_score: brier_score(&scores, &carries).unwrap_or_default(),
                    log_loss: log_loss(&scores, &carries).unwrap_or_default(),
                    calibration_error: expected_calibration_error(&scores, &carries)
                        .unwrap_or_default(),
                }
            })
            .collect();
        let figures: Vec<Option<f64>> = Figure::ALL.iter().map(|&f| measured.figure(f)).collect();
        let value = |figure: Figure| figures[figure as usize].unwrap_or_default();
        let support = labels.iter().map(|l| l.score.support).sum();
        let score = |precision: Figure, recall: Figure, f1: Figure| LabelScore {
            precision: value(precision),
            recall: value(recall),
            f1: value(f1),
            support,
        };
        use Figure as F;
        Self {
            task,
            articles: articles.len(),
            averages: Averages {
                micro: score(F::MicroPrecision, F::MicroRecall, F::MicroF1),
                macro_: score(F::MacroPrecision, F::MacroRecall, F::MacroF1),
                macro_carried: average(
                    labels
                        .iter()
                        .filter(|l| l.score.support > 0)
                        .map(|l| (l.score, 1.0)),
                ),
                weighted: score(F::WeightedPrecision, F::WeightedRecall, F::WeightedF1),
                samples: (task == Task::MultiLabel)
                    .then(|| score(F::SamplesPrecision, F::SamplesRecall, F::SamplesF1)),
            },
            mean_average_precision: figures[F::MeanAveragePrecision as usize],
            accuracy: value(F::Accuracy),
            abstention: Abstention::new(articles),
            confusion: (task == Task::MultiClass).then(|| confusion(labels.len(), articles)),
            labels,
            figures,
        }
    }

    /// The value of a figure; `None` where it has none, as the average precision when no label
    /// is carried, or the figures of articles in a multi-class task.
    pub fn figure(&self, figure: Figure) -> Option<f64> {
        self.figures[figure as usize]
    }
}

fn confusion(n_labels: usize, articles: &[Evaluated]) -> Vec<Vec<usize>> {
    let mut matrix = vec![vec![0; n_labels]; n_labels];
    for article in articles {
        for &truth in &article.carries {
            for &given in &article.given {
                matrix[truth][given] += 1;
            }
        }
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(carries: &[usize], given: &[usize]) -> Evaluated {
        Evaluated {
            carries: carries.to_vec(),
            given: given.to_vec(),
            scores: (0..2)
                .map(|l| if given.contains(&l) { 0.9 } else { 0.1 })
                .collect(),
        }
    }

    #[test]
    fn averages_by_hand() {
        let labels = ["a".to_owned(), "b".to_owned()];
        let articles = [
            article(&[0], &[0]),
            article(&[0, 1], &[0]),
            article(&[], &[1]),
            article(&[], &[]),
        ];
        let report = ClassificationReport::new(Task::MultiLabel, &labels, &articles);
        assert_eq!(report.labels[0].score.f1, 1.0);
        assert_eq!(report.labels[1].score.f1, 0.0);
        assert_eq!(report.averages.macro_.f1, 0.5);
        assert!((report.averages.micro.f1 - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(report.averages.samples.unwrap().precision, 0.5);
        assert_eq!(report.accuracy, 0.5);
        assert_eq!(report.averages.macro_carried, report.averages.macro_);
        let abstention = Abstention {
            carrying_none: 2,
            given_none: 1,
            rightly_given_none: 1,
            false_labels: 1,
        };
        assert_eq!(report.abstention, abstention);
        assert_eq!(report.figure(Figure::AbstentionCoverage), Some(0.5));
        assert_eq!(report.figure(Figure::AbstentionPrecision), Some(1.0));
    }

    #[test]
    fn a_label_nobody_carries_has_no_figures() {
        let labels = ["a".to_owned(), "b".to_owned()];
        let report =
            ClassificationReport::new(Task::MultiLabel, &labels, &[article(&[0], &[0, 1])]);
        let absent = &report.labels[1];
        assert_eq!((absent.recall(), absent.f1()), (None, None));
        assert_eq!((absent.average_precision, absent.roc_auc), (None, None));
        assert_eq!(absent.precision(), Some(0.0));
        // All carry the other one, so there is nothing to tell apart.
        assert_eq!(report.labels[0].matthews, None);
        assert_eq!(report.figure(Figure::MeanRocAuc), None);
        assert_eq!(report.averages.macro_.f1, 0.5);
        assert_eq!(report.averages.macro_carried.f1, 1.0);
    }
}
