//! All figures of one evaluation.

use super::counts::{Counts, LabelScore, ratio};
use super::{average_precision, brier_score, expected_calibration_error};
use crate::model::Task;

/// Truth, decisions and probabilities of one article.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    /// The labels it carries.
    pub carries: Vec<usize>,
    /// The labels it was given.
    pub given: Vec<usize>,
    /// The probability of every label.
    pub scores: Vec<f64>,
}

/// The figures of one label.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelReport {
    /// The label.
    pub label: String,
    /// Precision, recall, F1, support.
    pub score: LabelScore,
    /// Average precision; `None` when no article carries the label.
    pub average_precision: Option<f64>,
    /// Brier score of its probabilities.
    pub brier_score: f64,
    /// Expected calibration error of its probabilities.
    pub calibration_error: f64,
}

/// Averages over labels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Averages {
    /// Over all decisions pooled.
    pub micro: LabelScore,
    /// Over labels, all alike.
    pub macro_: LabelScore,
    /// Over labels, weighted by support.
    pub weighted: LabelScore,
    /// Over articles (multi-label only); an article without true and given labels counts as 0.
    pub samples: Option<LabelScore>,
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
    /// Articles that carry no label, and how many labels those were given in all.
    pub without_labels: (usize, usize),
    /// For a multi-class model: how often an article of a class (row) was given each (column).
    pub confusion: Option<Vec<Vec<usize>>>,
}

impl ClassificationReport {
    /// The figures of evaluated articles, of which there is at least one.
    ///
    /// # Panics
    /// When an index of a label is not below the number of labels.
    pub fn new(task: Task, labels: &[String], articles: &[Evaluated]) -> Self {
        let n_labels = labels.len();
        let mut counts = vec![Counts::default(); n_labels];
        let mut truth = vec![vec![false; articles.len()]; n_labels];
        for (row, article) in articles.iter().enumerate() {
            for &label in &article.carries {
                truth[label][row] = true;
            }
            for (label, counts) in counts.iter_mut().enumerate() {
                counts.add(truth[label][row], article.given.contains(&label));
            }
        }
        let labels: Vec<LabelReport> = labels
            .iter()
            .enumerate()
            .map(|(label, name)| {
                let scores: Vec<f64> = articles.iter().map(|a| a.scores[label]).collect();
                LabelReport {
                    label: name.clone(),
                    score: counts[label].score(),
                    average_precision: average_precision(&scores, &truth[label]),
                    brier_score: brier_score(&scores, &truth[label]).unwrap_or_default(),
                    calibration_error: expected_calibration_error(&scores, &truth[label])
                        .unwrap_or_default(),
                }
            })
            .collect();
        let known: Vec<f64> = labels.iter().filter_map(|l| l.average_precision).collect();
        let exact = articles
            .iter()
            .filter(|a| same_set(&a.carries, &a.given))
            .count();
        let unlabelled = articles.iter().filter(|a| a.carries.is_empty());
        Self {
            task,
            articles: articles.len(),
            averages: Averages {
                micro: counts
                    .iter()
                    .fold(Counts::default(), |a, &b| a.plus(b))
                    .score(),
                macro_: average(labels.iter().map(|l| (l.score, 1.0))),
                weighted: average(labels.iter().map(|l| (l.score, l.score.support as f64))),
                samples: (task == Task::MultiLabel).then(|| samples_average(articles)),
            },
            mean_average_precision: (!known.is_empty())
                .then(|| known.iter().sum::<f64>() / known.len() as f64),
            accuracy: ratio(exact, articles.len()),
            without_labels: (
                unlabelled.clone().count(),
                unlabelled.map(|a| a.given.len()).sum(),
            ),
            confusion: (task == Task::MultiClass).then(|| confusion(n_labels, articles)),
            labels,
        }
    }
}

fn same_set(a: &[usize], b: &[usize]) -> bool {
    a.len() == b.len() && a.iter().all(|label| b.contains(label))
}

fn average(scores: impl Iterator<Item = (LabelScore, f64)>) -> LabelScore {
    let (mut sum, mut total) = (LabelScore::default(), 0.0);
    for (score, weight) in scores {
        sum.precision += weight * score.precision;
        sum.recall += weight * score.recall;
        sum.f1 += weight * score.f1;
        sum.support += score.support;
        total += weight;
    }
    if total > 0.0 {
        sum.precision /= total;
        sum.recall /= total;
        sum.f1 /= total;
    }
    sum
}

fn samples_average(articles: &[Evaluated]) -> LabelScore {
    average(articles.iter().map(|article| {
        let mut counts = Counts::default();
        for label in &article.given {
            counts.add(article.carries.contains(label), true);
        }
        counts.false_negatives = article.carries.len() - counts.true_positives;
        (counts.score(), 1.0)
    }))
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
        assert_eq!(report.without_labels, (2, 1));
    }
}
