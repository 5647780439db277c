//! Bootstrap confidence intervals (Efron 1979): how far figures would move on other articles of
//! the same kind.

use rayon::prelude::*;
use serde::Serialize;

use super::counts::Counts;
use super::figure::Figure;
use super::judged::{Judged, LabelFigures, Measured};
use crate::error::{Error, Result};
use crate::random::{SplitMix, mix};

/// A 95 % percentile interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The 2.5th percentile of the resamples.
    pub low: f64,
    /// The 97.5th percentile of the resamples.
    pub high: f64,
}

impl Interval {
    /// The share of resamples inside.
    pub const LEVEL: f64 = 0.95;

    /// The interval of values of resamples, percentiles interpolated linearly (numpy's default);
    /// `None` when the value is missing in more than half of them.
    ///
    /// ```
    /// use newstopics::metrics::Interval;
    ///
    /// let values: Vec<Option<f64>> = (0..=1000).map(|i| Some(f64::from(i))).collect();
    /// assert_eq!(Interval::of(&values), Some(Interval { low: 25.0, high: 975.0 }));
    /// assert_eq!(Interval::of(&[None, None, Some(1.0)]), None);
    /// ```
    pub fn of(values: &[Option<f64>]) -> Option<Self> {
        let mut known: Vec<f64> = values.iter().flatten().copied().collect();
        if known.is_empty() || known.len() * 2 < values.len() {
            return None;
        }
        known.sort_by(f64::total_cmp);
        Some(Self {
            low: percentile(&known, 0.025),
            high: percentile(&known, 0.975),
        })
    }

    /// The interval of a calibration error of `value`, not below 0. In resamples every bin is
    /// noisier than in the data, so that all errors are too high: they are moved to have `value`
    /// as their median.
    fn of_calibration_error(value: Option<f64>, values: &[Option<f64>]) -> Option<Self> {
        let interval = spread(values)?;
        let mut known: Vec<f64> = values.iter().flatten().copied().collect();
        known.sort_by(f64::total_cmp);
        let shift = value? - percentile(&known, 0.5);
        Some(Self {
            low: (interval.low + shift).max(0.0),
            high: interval.high + shift,
        })
    }
}

/// A percentile of ascending values, of which there is one at least, interpolated linearly.
fn percentile(values: &[f64], share: f64) -> f64 {
    let place = share * (values.len() - 1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    values[below] + (place - place.floor()) * (values[above] - values[below])
}

/// Resamples of n articles with replacement, the same for the same seed on any number of threads.
///
/// ```
/// use newstopics::metrics::Resamples;
///
/// let resamples = Resamples { articles: 10, count: 3, seed: 7 };
/// let sums = resamples.map(|weights| weights.iter().sum::<u32>());
/// assert_eq!(sums, [10, 10, 10]);
/// assert_ne!(resamples.weights(0), resamples.weights(1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resamples {
    /// Number of articles.
    pub articles: usize,
    /// Number of resamples.
    pub count: usize,
    /// Where the random numbers begin.
    pub seed: u64,
}

impl Resamples {
    /// Most resamples that intervals are made of: more tell nothing more, and fill the memory.
    pub const MOST: usize = 100_000;

    /// Complains of more than [`MOST`](Self::MOST) resamples.
    pub(crate) fn check(count: usize) -> Result<()> {
        if count > Self::MOST {
            return Err(Error::usage(format!(
                "found {count} resamples, expected at most {}",
                Self::MOST
            )));
        }
        Ok(())
    }

    /// How often each article is drawn in one resample.
    pub fn weights(&self, resample: usize) -> Vec<u32> {
        let mut random = SplitMix::new(mix(self.seed) ^ mix(resample as u64 + 1));
        let mut weights = vec![0; self.articles];
        for _ in 0..self.articles {
            weights[random.below(self.articles)] += 1;
        }
        weights
    }

    /// What a function makes of the weights of each resample, in their order; resamples are
    /// worked on in parallel.
    pub fn map<T: Send>(&self, f: impl Fn(&[u32]) -> T + Sync) -> Vec<T> {
        (0..self.count)
            .into_par_iter()
            .map(|resample| f(&self.weights(resample)))
            .collect()
    }
}

/// Intervals of the figures of one label; `None` where a figure has no value, in the data or in
/// most resamples, and where all resamples agree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct LabelIntervals {
    /// Of the precision.
    pub precision: Option<Interval>,
    /// Of the recall.
    pub recall: Option<Interval>,
    /// Of the F1.
    pub f1: Option<Interval>,
    /// Of the average precision.
    pub average_precision: Option<Interval>,
    /// Of the area under the ROC curve.
    pub roc_auc: Option<Interval>,
    /// Of the Matthews correlation.
    pub matthews: Option<Interval>,
}

/// 95 % percentile intervals of all figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Intervals {
    /// Number of resamples.
    pub resamples: usize,
    /// Seed of the resamples.
    pub seed: u64,
    /// Of each label, in the model's order.
    pub labels: Vec<LabelIntervals>,
    figures: Vec<Option<Interval>>,
}

impl Intervals {
    /// Resamples articles and measures them; `None` with no resample or no article.
    pub fn new(judged: &Judged, count: usize, seed: u64) -> Option<Self> {
        let resamples = Resamples {
            articles: judged.n_articles(),
            count,
            seed,
        };
        if count == 0 || resamples.articles == 0 {
            return None;
        }
        let whole = judged.measure_all();
        let measured: Vec<Measured> =
            resamples.map(|weights| judged.measure_resample(weights, &whole));
        let n_labels = measured.first().map_or(0, |m| m.labels.len());
        Some(Self {
            resamples: count,
            seed,
            labels: (0..n_labels)
                .into_par_iter()
                .map(|label| label_intervals(&measured, label))
                .collect(),
            figures: Figure::ALL
                .par_iter()
                .map(|&figure| {
                    let values = column(&measured, |m| m.figure(figure));
                    match figure {
                        Figure::CalibrationError => {
                            Interval::of_calibration_error(whole.figure(figure), &values)
                        }
                        _ => spread(&values),
                    }
                })
                .collect(),
        })
    }

    /// The interval of a figure; `None` where it has none, or all resamples agree: as few articles
    /// or no mistakes at all do not tell how far it would move. That of the calibration error is
    /// moved to the data's value: its bins make every resample look worse than the data.
    pub fn figure(&self, figure: Figure) -> Option<Interval> {
        self.figures[figure as usize]
    }
}

/// The interval of values that differ. Where all resamples agree, as on one article or without a
/// mistake, they do not tell how far other articles would move the figure.
fn spread(values: &[Option<f64>]) -> Option<Interval> {
    let mut known = values.iter().flatten();
    let first = known.next()?;
    known
        .any(|value| value != first)
        .then(|| Interval::of(values))?
}

fn column(measured: &[Measured], value: impl Fn(&Measured) -> Option<f64>) -> Vec<Option<f64>> {
    measured.iter().map(value).collect()
}

fn label_intervals(measured: &[Measured], label: usize) -> LabelIntervals {
    let interval = |value: fn(&LabelFigures) -> Option<f64>| {
        spread(&column(measured, |m| value(&m.labels[label])))
    };
    LabelIntervals {
        precision: interval(|l| defined(l.counts.given(), l.counts, |s| s.precision)),
        recall: interval(|l| defined(l.counts.support(), l.counts, |s| s.recall)),
        f1: interval(|l| defined(l.counts.support(), l.counts, |s| s.f1)),
        average_precision: interval(|l| l.average_precision),
        roc_auc: interval(|l| l.roc_auc),
        matthews: interval(|l| l.matthews),
    }
}

fn defined(denominator: usize, counts: Counts, value: fn(super::LabelScore) -> f64) -> Option<f64> {
    (denominator > 0).then(|| value(counts.score()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Evaluated;
    use crate::model::Task;

    fn articles() -> Vec<Evaluated> {
        (0..200)
            .map(|i| {
                let carries = i % 4 == 0;
                let given = carries ^ (i % 10 == 0);
                Evaluated {
                    carries: if carries { vec![0] } else { vec![] },
                    given: if given { vec![0] } else { vec![] },
                    scores: vec![if given { 0.8 } else { 0.2 }, 0.5],
                }
            })
            .collect()
    }

    #[test]
    fn an_interval_of_a_share_is_that_of_the_binomial() {
        // Accuracy 0.9 on 200 articles: 1.96 * sqrt(0.9 * 0.1 / 200) = 0.0416.
        let judged = Judged::new(Task::MultiLabel, 2, &articles());
        let intervals = Intervals::new(&judged, 2000, 1).unwrap();
        let accuracy = intervals.figure(Figure::Accuracy).unwrap();
        assert!((accuracy.low - 0.8584).abs() < 0.011, "{accuracy:?}");
        assert!((accuracy.high - 0.9416).abs() < 0.011, "{accuracy:?}");
        assert_eq!(intervals.labels[1], LabelIntervals::default());
        assert!(intervals.labels[0].roc_auc.is_some());
    }

    #[test]
    fn the_seed_decides_and_the_threads_do_not() {
        let judged = Judged::new(Task::MultiLabel, 2, &articles());
        let run = |threads: usize, seed: u64| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap()
                .install(|| Intervals::new(&judged, 50, seed))
        };
        assert_eq!(run(1, 3), run(3, 3));
        assert_ne!(run(1, 3), run(1, 4));
        assert_eq!(Intervals::new(&judged, 0, 3), None);
    }

    #[test]
    fn rare_labels_do_not_move_the_interval_of_a_macro_average() {
        // Twenty labels of one article each, all missed, beside one that is always found:
        // resamples that lack some of the rare ones are no better for it.
        let articles: Vec<Evaluated> = (0..60)
            .map(|i| Evaluated {
                carries: vec![if i < 20 { i } else { 20 }],
                given: vec![20],
                scores: vec![0.5; 21],
            })
            .collect();
        let judged = Judged::new(Task::MultiLabel, 21, &articles);
        let value = judged.measure_all().figure(Figure::MacroF1).unwrap();
        let interval = Intervals::new(&judged, 500, 0)
            .unwrap()
            .figure(Figure::MacroF1)
            .unwrap();
        assert!(
            interval.low < value && value < interval.high,
            "{value} {interval:?}"
        );
        assert!(interval.high < 1.2 * value, "{value} {interval:?}");
    }

    #[test]
    fn resamples_that_all_agree_make_no_interval() {
        let article = Evaluated {
            carries: vec![0],
            given: vec![0],
            scores: vec![0.9],
        };
        let judged = Judged::new(Task::MultiLabel, 1, &[article]);
        let intervals = Intervals::new(&judged, 100, 0).unwrap();
        assert!(Figure::ALL.iter().all(|&f| intervals.figure(f).is_none()));
        assert_eq!(intervals.labels[0], LabelIntervals::default());
    }

    #[test]
    fn the_interval_of_a_calibration_error_is_about_its_value() {
        // Calibrated as well as 200 articles can be: every resample is worse.
        let articles: Vec<Evaluated> = (0..200)
            .map(|i| Evaluated {
                carries: if i % 10 < i / 20 { vec![0] } else { vec![] },
                given: vec![],
                scores: vec![(i / 20) as f64 / 10.0 + 0.005],
            })
            .collect();
        let judged = Judged::new(Task::MultiLabel, 1, &articles);
        let value = judged.measure_all().figure(Figure::CalibrationError);
        let value = value.unwrap();
        assert!((value - 0.005).abs() < 1e-9, "{value}");
        let intervals = Intervals::new(&judged, 500, 0).unwrap();
        let interval = intervals.figure(Figure::CalibrationError).unwrap();
        assert!(interval.low < value && value < interval.high);
        assert!((0.0..0.005).contains(&interval.low) && interval.high < 0.05);
    }

    #[test]
    fn every_article_is_drawn_as_often_as_chance_has_it() {
        let resamples = Resamples {
            articles: 50,
            count: 2000,
            seed: 0,
        };
        let mut totals = vec![0; 50];
        for weights in resamples.map(<[u32]>::to_vec) {
            totals.iter_mut().zip(weights).for_each(|(t, w)| *t += w);
        }
        // Binomial with mean 2000 and standard deviation 44.
        assert!(
            totals.iter().all(|&t| (1800..2200).contains(&t)),
            "{totals:?}"
        );
    }
}
