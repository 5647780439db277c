//! Whether one model labels articles better than another.
//!
//! Both models label the same articles, each by its own thresholds. How far their figures differ
//! is told with a 95 % interval from a paired bootstrap (both models are measured on the same
//! resampled articles), and for each label by McNemar's exact test with Holm's correction.
//!
//! ```
//! use newstopics::TopicClassifier;
//! use newstopics::comparison::{CompareOptions, Comparison, Verdict};
//! use newstopics::corpus::{Dataset, Document};
//!
//! let mut data = Dataset::default();
//! data.push(
//!     Document::new("1", "", "The duties on imported steel rise again."),
//!     vec!["tariffs".to_owned()],
//! );
//! let model = TopicClassifier::pretrained();
//! let comparison = Comparison::new([&model, &model], &data, &CompareOptions::default())?;
//! assert_eq!(comparison.verdict, Verdict::NoDifference);
//! # Ok::<(), newstopics::Error>(())
//! ```

mod flips;
mod labels;
mod significance;

use serde::Serialize;

use crate::classifier::TopicClassifier;
use crate::corpus::Dataset;
use crate::error::{Error, Result};
use crate::evaluation::parts;
use crate::metrics::{Evaluated, Figure, Interval, Judged, Measured, Resamples};
use crate::model::Task;
use labels::{check_labels, common_labels, evaluate, left_out};

pub use flips::{Flip, FlipKind};
pub use significance::{holm, mcnemar};

/// The figures that are compared.
const FIGURES: [Figure; 4] = [
    Figure::MacroF1,
    Figure::MicroF1,
    Figure::Accuracy,
    Figure::MeanAveragePrecision,
];

/// Fewer articles decide nothing: their resamples are too much alike.
const LEAST_ARTICLES: usize = 10;

/// How two models are compared.
#[derive(Debug, Clone)]
pub struct CompareOptions {
    /// The figure that decides: macro F1, micro F1, accuracy or mean average precision; `None`:
    /// macro F1 for multi-label models, accuracy for multi-class ones.
    pub metric: Option<Figure>,
    /// Differences up to this do not matter, at least 0. The default of 0.01 is the usual region
    /// of practical equivalence (Benavoli et al. 2017); another seed alone, by moving the
    /// thresholds, often makes a difference of half a point that no chance of the articles
    /// explains.
    pub margin: f64,
    /// Whether labels that only one model knows, or only the data, are left out instead of
    /// refused.
    pub common_labels: bool,
    /// Number of bootstrap resamples, at least 1.
    pub resamples: usize,
    /// Seed of the resamples.
    pub seed: u64,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self {
            metric: None,
            margin: 0.01,
            common_labels: false,
            resamples: 1000,
            seed: 0,
        }
    }
}

/// What a comparison comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The whole interval of the deciding figure's difference is above the margin.
    Better,
    /// The interval reaches into the margin, or there are fewer than ten articles: either there is
    /// no difference that matters ([`Comparison::is_equivalent`]), or these articles do not show
    /// it.
    NoDifference,
    /// The whole interval is below minus the margin.
    Worse,
}

/// A figure by both models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The figure.
    pub figure: Figure,
    /// Its value by the first and by the second model; `None` where it has none.
    pub values: [Option<f64>; 2],
    /// 95 % interval of the second value less the first.
    pub interval: Option<Interval>,
}

impl Difference {
    /// The second value less the first.
    pub fn difference(&self) -> Option<f64> {
        Some(self.values[1]? - self.values[0]?)
    }

    /// What the interval says, with differences up to `margin` of no matter.
    fn verdict(&self, margin: f64) -> Verdict {
        match self.interval {
            Some(interval) if interval.low > margin => Verdict::Better,
            Some(interval) if interval.high < -margin => Verdict::Worse,
            _ => Verdict::NoDifference,
        }
    }
}

/// The decisions on one label, or on whole articles.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changes {
    /// Wrong with the first model, right with the second.
    pub fixed: usize,
    /// Right with the first model, wrong with the second.
    pub broken: usize,
    /// P-value of McNemar's exact test.
    pub p: f64,
    /// The same with Holm's correction for the number of labels.
    pub p_holm: f64,
}

impl Changes {
    fn new(fixed: usize, broken: usize) -> Self {
        let p = mcnemar(fixed, broken);
        Self {
            fixed,
            broken,
            p,
            p_holm: p,
        }
    }
}

/// One label by both models.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelComparison {
    /// The label.
    pub label: String,
    /// Articles that carry it.
    pub support: usize,
    /// Its F1 by the first and by the second model; `None` when no article carries it.
    pub f1: Option<[f64; 2]>,
    /// Decisions that changed.
    pub changes: Changes,
}

/// The deciding figure on a part of the articles.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedSlice {
    /// The column that parts them.
    pub by: String,
    /// What these have in common.
    pub value: String,
    /// Their number.
    pub articles: usize,
    /// The deciding figure.
    pub difference: Difference,
}

/// Two models compared on the same articles.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// How the labels relate.
    pub task: Task,
    /// Number of articles.
    pub articles: usize,
    /// The compared labels, in the first model's order.
    pub labels: Vec<LabelComparison>,
    /// Labels of a model or of the data that were left out.
    pub left_out: Vec<String>,
    /// The deciding figure.
    pub metric: Figure,
    /// Macro F1, micro F1, accuracy and mean average precision.
    pub differences: Vec<Difference>,
    /// The deciding figure for each value of the data's extra columns.
    pub slices: Vec<ComparedSlice>,
    /// Articles with exactly the right labels by one model only.
    pub exact: Changes,
    /// All decisions that changed, those whose probability changed most first.
    pub flips: Vec<Flip>,
    /// Articles that are near-duplicates of training articles of each model; `None` where it
    /// keeps no fingerprints.
    pub trained_on: [Option<usize>; 2],
    /// What it comes to.
    pub verdict: Verdict,
    /// How it was done.
    pub options: CompareOptions,
}

impl Comparison {
    /// Compares a second model with a first one.
    ///
    /// Errors: a multi-label and a multi-class model; labels that only one of them knows, or
    /// only the data, unless `common_labels`; no common label; no article; a margin below 0; no
    /// resamples or more than 100,000; another deciding figure than the four.
    pub fn new(
        models: [&TopicClassifier; 2],
        data: &Dataset,
        options: &CompareOptions,
    ) -> Result<Self> {
        let task = models[0].info().task;
        let metric = deciding(options, task)?;
        if models[1].info().task != task {
            return Err(Error::usage(
                "one model is multi-label and the other multi-class, expected two of a kind",
            ));
        }
        let labels = common_labels(models, options.common_labels)?;
        if !options.common_labels {
            check_labels(data, &labels)?;
        }
        let [a, b] = [
            evaluate(models[0], data, &labels, options.common_labels)?,
            evaluate(models[1], data, &labels, options.common_labels)?,
        ];
        let pair = Pair {
            task,
            n_labels: labels.len(),
            options,
        };
        let differences = pair.differences([&a, &b], &FIGURES);
        let verdict = differences
            .iter()
            .find(|difference| difference.figure == metric)
            .filter(|_| data.len() >= LEAST_ARTICLES)
            .map_or(Verdict::NoDifference, |d| d.verdict(options.margin));
        Ok(Self {
            task,
            articles: data.len(),
            left_out: left_out(models, data, &labels),
            slices: pair.slices(data, [&a, &b], metric),
            exact: exact([&a, &b]),
            flips: flips::find(data, labels.len(), [&a, &b]),
            trained_on: models.map(|model| {
                let fingerprints = model.fingerprints();
                (!fingerprints.is_empty())
                    .then(|| fingerprints.near_duplicates(&data.documents).len())
            }),
            labels: pair.labels(&labels, [&a, &b]),
            metric,
            differences,
            verdict,
            options: options.clone(),
        })
    }

    /// Whether a difference that matters is ruled out: the whole interval is within the margin.
    pub fn is_equivalent(&self) -> bool {
        let interval = self.deciding().and_then(|difference| difference.interval);
        let margin = self.options.margin;
        self.articles >= LEAST_ARTICLES
            && interval.is_some_and(|i| i.low >= -margin && i.high <= margin)
    }

    /// The deciding figure by both models.
    pub fn deciding(&self) -> Option<&Difference> {
        self.differences.iter().find(|d| d.figure == self.metric)
    }
}

fn deciding(options: &CompareOptions, task: Task) -> Result<Figure> {
    if !(options.margin >= 0.0 && options.margin < 1.0) {
        return Err(Error::usage(format!(
            "found the margin {}, expected a number from 0 to below 1",
            options.margin
        )));
    }
    Resamples::check(options.resamples)?;
    if options.resamples == 0 {
        return Err(Error::usage(
            "found 0 resamples, expected at least 1: the verdict comes from the interval",
        ));
    }
    match options.metric {
        None if task == Task::MultiLabel => Ok(Figure::MacroF1),
        None => Ok(Figure::Accuracy),
        Some(figure) if FIGURES.contains(&figure) => Ok(figure),
        Some(other) => Err(Error::usage(format!(
            "found the metric {other}, expected one of: {}",
            FIGURES.map(Figure::name).join(", ")
        ))),
    }
}

fn exact([a, b]: [&[Evaluated]; 2]) -> Changes {
    let right = |article: &Evaluated| {
        article.given.len() == article.carries.len()
            && article.given.iter().all(|l| article.carries.contains(l))
    };
    let changed = |from: bool| {
        let pairs = a.iter().zip(b);
        pairs
            .filter(|(a, b)| right(a) == from && right(b) != from)
            .count()
    };
    Changes::new(changed(false), changed(true))
}

/// What measuring pairs of decisions needs.
struct Pair<'a> {
    task: Task,
    n_labels: usize,
    options: &'a CompareOptions,
}

impl Pair<'_> {
    /// Figures of both models on some articles, with the intervals of their differences.
    fn differences(&self, both: [&[Evaluated]; 2], figures: &[Figure]) -> Vec<Difference> {
        let ranked = figures.contains(&Figure::MeanAveragePrecision);
        let judged = both.map(|evaluated| {
            if ranked {
                Judged::new(self.task, self.n_labels, evaluated)
            } else {
                Judged::decisions(self.task, self.n_labels, evaluated)
            }
        });
        let [a, b] = &judged;
        let whole = [a.measure_all(), b.measure_all()];
        let resamples = Resamples {
            articles: both[0].len(),
            count: self.options.resamples,
            seed: self.options.seed,
        };
        let values = |[a, b]: &[Measured; 2], figure| [a.figure(figure), b.figure(figure)];
        let resampled: Vec<Vec<Option<f64>>> = resamples.map(|weights| {
            let measured = [
                a.measure_resample(weights, &whole[0]),
                b.measure_resample(weights, &whole[1]),
            ];
            figures
                .iter()
                .map(|&figure| {
                    let [a, b] = values(&measured, figure);
                    Some(b? - a?)
                })
                .collect()
        });
        figures
            .iter()
            .enumerate()
            .map(|(place, &figure)| {
                let differences: Vec<Option<f64>> = resampled.iter().map(|r| r[place]).collect();
                Difference {
                    figure,
                    values: values(&whole, figure),
                    interval: Interval::of(&differences),
                }
            })
            .collect()
    }

    fn labels(&self, labels: &[String], both: [&[Evaluated]; 2]) -> Vec<LabelComparison> {
        let measured = both
            .map(|evaluated| Judged::decisions(self.task, self.n_labels, evaluated).measure_all());
        let mut compared: Vec<LabelComparison> = labels
            .iter()
            .enumerate()
            .map(|(label, name)| {
                let right = |article: &Evaluated| {
                    article.given.contains(&label) == article.carries.contains(&label)
                };
                let changed = |from: bool| {
                    let pairs = both[0].iter().zip(both[1]);
                    pairs
                        .filter(|(a, b)| right(a) == from && right(b) != from)
                        .count()
                };
                let [a, b] = [&measured[0], &measured[1]].map(|m| m.labels[label].counts);
                LabelComparison {
                    label: name.clone(),
                    support: a.support(),
                    f1: (a.support() > 0).then(|| [a.score().f1, b.score().f1]),
                    changes: Changes::new(changed(false), changed(true)),
                }
            })
            .collect();
        let p_values: Vec<f64> = compared.iter().map(|label| label.changes.p).collect();
        for (label, p_holm) in compared.iter_mut().zip(holm(&p_values)) {
            label.changes.p_holm = p_holm;
        }
        compared
    }

    /// The deciding figure for each value of each extra column, the most frequent value first.
    fn slices(
        &self,
        data: &Dataset,
        both: [&[Evaluated]; 2],
        metric: Figure,
    ) -> Vec<ComparedSlice> {
        let mut slices = Vec::new();
        for (column, by) in data.extra_names.iter().enumerate() {
            let cells = data.extra.iter().map(|cells| {
                let cell = cells.get(column).and_then(Option::as_deref);
                match cell.unwrap_or_default().trim() {
                    "" => "(empty)",
                    cell => cell,
                }
            });
            for (value, rows) in parts(cells) {
                let own = both.map(|evaluated| -> Vec<Evaluated> {
                    rows.iter().map(|&row| evaluated[row].clone()).collect()
                });
                let differences = self.differences([&own[0], &own[1]], &[metric]);
                slices.extend(differences.into_iter().map(|difference| ComparedSlice {
                    by: by.clone(),
                    value: value.clone(),
                    articles: rows.len(),
                    difference,
                }));
            }
        }
        slices
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_interval_must_be_beyond_the_margin() {
        let difference = |low: f64, high: f64| Difference {
            figure: Figure::MacroF1,
            values: [Some(0.5), Some(0.5)],
            interval: Some(Interval { low, high }),
        };
        assert_eq!(difference(-0.02, -0.01).verdict(0.0), Verdict::Worse);
        assert_eq!(
            difference(-0.02, -0.01).verdict(0.015),
            Verdict::NoDifference
        );
        assert_eq!(difference(-0.02, 0.0).verdict(0.0), Verdict::NoDifference);
        assert_eq!(difference(0.01, 0.02).verdict(0.0), Verdict::Better);
        assert_eq!(difference(0.01, 0.02).verdict(0.01), Verdict::NoDifference);
        let none = Difference {
            interval: None,
            ..difference(0.0, 0.0)
        };
        assert_eq!(none.verdict(0.0), Verdict::NoDifference);
    }
}
