//! Decisions and probabilities held against the truth, ready to be measured under any weights.
//!
//! The same formulas give the figures of a report (all weights 1) and those of each bootstrap
//! resample (a weight is how often the article was drawn).

use rayon::prelude::*;

use super::calibration::{CalibrationBins, surprise};
use super::counts::{Counts, LabelScore, multi_class_matthews, ratio};
use super::figure::Figure;
use super::ranking::Ranking;
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

impl Evaluated {
    /// Precision, recall, F1 and Jaccard similarity of the article's own labels.
    fn counts(&self) -> Counts {
        let hits = self.given.iter().filter(|l| self.carries.contains(l));
        let true_positives = hits.count();
        Counts {
            true_positives,
            false_positives: self.given.len() - true_positives,
            false_negatives: self.carries.len() - true_positives,
        }
    }
}

/// Articles prepared for [`measure`](Judged::measure): everything that does not depend on the
/// weights is done once.
///
/// ```
/// use newstopics::metrics::{Evaluated, Figure, Judged};
/// use newstopics::model::Task;
///
/// let right = Evaluated { carries: vec![0], given: vec![0], scores: vec![0.9] };
/// let wrong = Evaluated { carries: vec![], given: vec![0], scores: vec![0.6] };
/// let judged = Judged::new(Task::MultiLabel, 1, &[right, wrong]);
/// assert_eq!(judged.measure(&[1, 1]).figure(Figure::MicroPrecision), Some(0.5));
/// assert_eq!(judged.measure(&[3, 1]).figure(Figure::MicroPrecision), Some(0.75));
/// ```
#[derive(Debug, Clone)]
pub struct Judged {
    task: Task,
    labels: Vec<JudgedLabel>,
    articles: Vec<JudgedArticle>,
}

#[derive(Debug, Clone)]
struct JudgedLabel {
    /// The articles that carry the label or are given it: number, carries, given.
    decisions: Vec<(u32, bool, bool)>,
    carried: bool,
    /// Not there when only decisions are measured.
    scores: Option<(Ranking, CalibrationBins)>,
}

#[derive(Debug, Clone)]
struct JudgedArticle {
    score: LabelScore,
    jaccard: f64,
    exact: bool,
    brier_score: f64,
    log_loss: f64,
    carries_none: bool,
    given_none: bool,
}

/// The figures of one label under some weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelFigures {
    /// Its decisions.
    pub counts: Counts,
    /// Average precision; `None` unless some articles carry the label and some do not, or when
    /// only decisions are measured.
    pub average_precision: Option<f64>,
    /// Area under the ROC curve; `None` as the average precision.
    pub roc_auc: Option<f64>,
    /// Expected calibration error; `None` when only decisions are measured.
    pub calibration_error: Option<f64>,
    /// Matthews correlation; `None` unless some articles carry the label and some do not.
    pub matthews: Option<f64>,
}

/// All figures under some weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Number of articles, each as often as its weight says.
    pub articles: usize,
    /// Figures of each label, in the model's order.
    pub labels: Vec<LabelFigures>,
    values: Vec<Option<f64>>,
}

impl Measured {
    /// The value of a figure; `None` where it has none.
    pub fn figure(&self, figure: Figure) -> Option<f64> {
        self.values[figure as usize]
    }
}

impl Judged {
    /// Prepares articles for all figures.
    ///
    /// # Panics
    /// When an index of a label is not below the number of labels, an article has fewer scores
    /// than labels, or there are 2^30 articles.
    pub fn new(task: Task, n_labels: usize, articles: &[Evaluated]) -> Self {
        let mut judged = Self::decisions(task, n_labels, articles);
        judged
            .labels
            .par_iter_mut()
            .enumerate()
            .for_each(|(label, judged)| {
                let scores: Vec<f64> = articles.iter().map(|a| a.scores[label]).collect();
                let carries: Vec<bool> = articles
                    .iter()
                    .map(|a| a.carries.contains(&label))
                    .collect();
                judged.scores = Some((
                    Ranking::new(&scores, &carries),
                    CalibrationBins::new(&scores, &carries),
                ));
            });
        judged
    }

    /// Prepares articles for the figures that need no ranking, which is much cheaper.
    ///
    /// # Panics
    /// As [`Judged::new`].
    pub fn decisions(task: Task, n_labels: usize, articles: &[Evaluated]) -> Self {
        assert!(articles.len() < 1 << 30, "too many articles to resample");
        let mut labels = vec![
            JudgedLabel {
                decisions: Vec::new(),
                carried: false,
                scores: None,
            };
            n_labels
        ];
        for (row, article) in articles.iter().enumerate() {
            for &label in &article.carries {
                let given = article.given.contains(&label);
                labels[label].decisions.push((row as u32, true, given));
                labels[label].carried = true;
            }
            for &label in &article.given {
                if !article.carries.contains(&label) {
                    labels[label].decisions.push((row as u32, false, true));
                }
            }
        }
        Self {
            task,
            labels,
            articles: articles
                .iter()
                .map(|article| JudgedArticle::new(task, n_labels, article))
                .collect(),
        }
    }

    /// Number of articles.
    pub fn n_articles(&self) -> usize {
        self.articles.len()
    }

    /// The figures when every article counts once.
    pub fn measure_all(&self) -> Measured {
        self.measure(&vec![1; self.n_articles()])
    }

    /// The figures when article i counts `weights[i]` times.
    ///
    /// Macro averages leave out a label that some article carries but none with weight.
    ///
    /// # Panics
    /// When there are fewer weights than articles.
    pub fn measure(&self, weights: &[u32]) -> Measured {
        self.measure_beside(weights, None)
    }

    /// The figures of a resample of articles whose own are `whole`.
    ///
    /// A rare label is missing from many resamples, which says nothing about how well it is
    /// recognised: macro averages then take its figures of the whole. To leave it out would move
    /// them up, as rare labels are the hard ones.
    ///
    /// # Panics
    /// When there are fewer weights than articles, or `whole` is of other labels.
    pub fn measure_resample(&self, weights: &[u32], whole: &Measured) -> Measured {
        self.measure_beside(weights, Some(whole))
    }

    fn measure_beside(&self, weights: &[u32], whole: Option<&Measured>) -> Measured {
        let articles = weights.iter().map(|&w| w as usize).sum();
        let labels: Vec<LabelFigures> = self
            .labels
            .iter()
            .map(|label| label.measure(weights, articles))
            .collect();
        let mut values = vec![None; Figure::ALL.len()];
        let mut set = |figure: Figure, value: Option<f64>| values[figure as usize] = value;
        let averaged: Vec<LabelFigures> = (0..labels.len())
            .filter_map(|label| {
                let there = labels[label].counts.support() > 0 || !self.labels[label].carried;
                let stand_in = || whole.map(|whole| whole.labels[label]);
                there.then_some(labels[label]).or_else(stand_in)
            })
            .collect();
        set_averages(&labels, &averaged, &mut set);
        self.set_article_means(weights, articles, &mut set);
        set(
            Figure::CalibrationError,
            mean(labels.iter().map(|l| l.calibration_error)),
        );
        let wrong: usize = labels
            .iter()
            .map(|l| l.counts.false_positives + l.counts.false_negatives)
            .sum();
        match self.task {
            Task::MultiLabel => {
                set(
                    Figure::HammingLoss,
                    Some(ratio(wrong, articles * labels.len())),
                );
                set(Figure::Matthews, mean(averaged.iter().map(|l| l.matthews)));
            }
            Task::MultiClass => {
                // A wrong class is a false and a missed one.
                set(Figure::HammingLoss, Some(ratio(wrong, 2 * articles)));
                let counts: Vec<Counts> = labels.iter().map(|l| l.counts).collect();
                set(Figure::Matthews, multi_class_matthews(&counts));
            }
        }
        Measured {
            articles,
            labels,
            values,
        }
    }

    fn set_article_means(
        &self,
        weights: &[u32],
        articles: usize,
        set: &mut impl FnMut(Figure, Option<f64>),
    ) {
        let total = |value: &dyn Fn(&JudgedArticle) -> f64| -> f64 {
            self.articles
                .iter()
                .zip(weights)
                .map(|(article, &weight)| f64::from(weight) * value(article))
                .sum()
        };
        let mean = |value: &dyn Fn(&JudgedArticle) -> f64| {
            (articles > 0).then(|| total(value) / articles as f64)
        };
        let number = |yes: bool| f64::from(u8::from(yes));
        set(Figure::Accuracy, mean(&|a| number(a.exact)));
        set(Figure::BrierScore, mean(&|a| a.brier_score));
        set(Figure::LogLoss, mean(&|a| a.log_loss));
        if self.task == Task::MultiClass {
            return;
        }
        let share = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
        let carrying_none = total(&|a| number(a.carries_none));
        if carrying_none < articles as f64 {
            set(Figure::SamplesPrecision, mean(&|a| a.score.precision));
            set(Figure::SamplesRecall, mean(&|a| a.score.recall));
            set(Figure::SamplesF1, mean(&|a| a.score.f1));
            set(Figure::SamplesJaccard, mean(&|a| a.jaccard));
        }
        let right = total(&|a| number(a.carries_none && a.given_none));
        set(Figure::AbstentionCoverage, share(right, carrying_none));
        set(
            Figure::AbstentionPrecision,
            share(right, total(&|a| number(a.given_none))),
        );
    }
}

/// Sets the averages over labels, the macro averages over the figures of `averaged`, unless no
/// article carries any.
fn set_averages(
    labels: &[LabelFigures],
    averaged: &[LabelFigures],
    set: &mut impl FnMut(Figure, Option<f64>),
) {
    let pooled = labels
        .iter()
        .fold(Counts::default(), |sum, l| sum.plus(l.counts));
    if pooled.support() == 0 {
        return;
    }
    let micro = pooled.score();
    let macro_ = average(averaged.iter().map(|l| (l.counts.score(), 1.0)));
    let weighted = average(labels.iter().map(|l| {
        let score = l.counts.score();
        (score, score.support as f64)
    }));
    for (figures, score) in [
        (
            [Figure::MicroPrecision, Figure::MicroRecall, Figure::MicroF1],
            micro,
        ),
        (
            [Figure::MacroPrecision, Figure::MacroRecall, Figure::MacroF1],
            macro_,
        ),
        (
            [
                Figure::WeightedPrecision,
                Figure::WeightedRecall,
                Figure::WeightedF1,
            ],
            weighted,
        ),
    ] {
        set(figures[0], Some(score.precision));
        set(figures[1], Some(score.recall));
        set(figures[2], Some(score.f1));
    }
    set(Figure::MicroJaccard, Some(pooled.jaccard()));
    set(
        Figure::MacroJaccard,
        mean(averaged.iter().map(|l| Some(l.counts.jaccard()))),
    );
    set(
        Figure::MeanAveragePrecision,
        mean(averaged.iter().map(|l| l.average_precision)),
    );
    set(Figure::MeanRocAuc, mean(averaged.iter().map(|l| l.roc_auc)));
}

impl JudgedLabel {
    fn measure(&self, weights: &[u32], articles: usize) -> LabelFigures {
        let mut counts = Counts::default();
        for &(row, carries, given) in &self.decisions {
            counts.add_times(carries, given, weights[row as usize] as usize);
        }
        let scores = self.scores.as_ref();
        let ranked = scores.and_then(|(ranking, _)| ranking.measure(weights));
        LabelFigures {
            counts,
            average_precision: ranked.map(|(average_precision, _)| average_precision),
            roc_auc: ranked.map(|(_, roc_auc)| roc_auc),
            calibration_error: scores.and_then(|(_, bins)| bins.error(weights, articles)),
            matthews: counts.matthews(articles),
        }
    }
}

impl JudgedArticle {
    fn new(task: Task, n_labels: usize, article: &Evaluated) -> Self {
        let counts = article.counts();
        let carries = |label: usize| article.carries.contains(&label);
        let squares: f64 = (0..n_labels)
            .map(|l| (article.scores[l] - f64::from(u8::from(carries(l)))).powi(2))
            .sum();
        let surprises: f64 = (0..n_labels)
            .map(|l| match (task, carries(l)) {
                (_, true) => surprise(article.scores[l]),
                (Task::MultiLabel, false) => surprise(1.0 - article.scores[l]),
                (Task::MultiClass, false) => 0.0,
            })
            .sum();
        // scikit-learn sums a multi-class Brier score over the classes.
        let share = match task {
            Task::MultiLabel => n_labels as f64,
            Task::MultiClass => 1.0,
        };
        Self {
            score: counts.score(),
            jaccard: counts.jaccard(),
            exact: counts.false_positives + counts.false_negatives == 0,
            brier_score: squares / share,
            log_loss: surprises / share,
            carries_none: article.carries.is_empty(),
            given_none: article.given.is_empty(),
        }
    }
}

/// The mean of the values that there are.
pub(super) fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let (sum, count) = values
        .flatten()
        .fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// The weighted mean of scores, 0 without weight; supports are added.
pub(super) fn average(scores: impl Iterator<Item = (LabelScore, f64)>) -> LabelScore {
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
