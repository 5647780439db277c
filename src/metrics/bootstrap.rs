//! Bootstrap confidence intervals (Efron 1979): how far figures would move on other articles of
//! the same kind.

use rayon::prelude::*;
use serde::Serialize;

use super::counts::Counts;
use super::figure::Figure;
use super::judged::{Judged, LabelFigures, Measured};
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
        let percentile = |share: f64| {
            let place = share * (known.len() - 1) as f64;
            let (below, above) = (place.floor() as usize, place.ceil() as usize);
            known[below] + (place - place.floor()) * (known[above] - known[below])
        };
        Some(Self {
            low: percentile(0.025),
            high: percentile(0.975),
        })
    }
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
/// most resamples.
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
        let measured: Vec<Measured> = resamples.map(|weights| judged.measure(weights));
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
                .map(|&figure| Interval::of(&column(&measured, |m| m.figure(figure))))
                .collect(),
        })
    }

    /// The interval of a figure; `None` where it has none. The calibration error has none: its
    /// bins make every resample look worse than the data.
    pub fn figure(&self, figure: Figure) -> Option<Interval> {
        self.figures[figure as usize]
    }
}

fn column(measured: &[Measured], value: impl Fn(&Measured) -> Option<f64>) -> Vec<Option<f64>> {
    measured.iter().map(value).collect()
}

fn label_intervals(measured: &[Measured], label: usize) -> LabelIntervals {
    let interval = |value: fn(&LabelFigures) -> Option<f64>| {
        Interval::of(&column(measured, |m| value(&m.labels[label])))
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
