//! The search for better settings of the training.

mod held_out;
mod space;

use std::time::{Duration, Instant};

use linfa::ParamGuard;
use ndarray::Array2;

use crate::corpus::{Dataset, Folds};
use crate::error::{Error, Result};
use crate::features::{TfidfParams, TfidfVectorizer};
use crate::matrix::TfidfMatrix;
use crate::metrics::Figure;
use crate::model::{Solver, Targets, Task, hold_out};
use crate::training::{Prepared, Trained, Trainer};
use held_out::{HeldOut, mean, standard_error};

pub use space::TrialSettings;

/// One in this many trials goes on after each round.
const REDUCTION: usize = 3;
/// More trials would take years.
const MOST_TRIALS: usize = 10_000;

/// Searches settings by cross-validation, then trains with the best.
///
/// The search is random (Bergstra and Bengio 2012) with early stopping by asynchronous successive
/// halving over the folds (Jamieson and Talwalkar 2016; Li et al. 2020): a trial runs on two
/// folds, and goes on only if its mean is among the best third of all trials so far. The first
/// trial has the settings of `base` and always runs on all folds.
///
/// Drawn are: C, evenly in its logarithm from 0.3 to 300 (two digits); class weight none, half or
/// balanced; log-ratio exponent 0, 0.25, 0.5, 0.75 or 1; word n-grams none, 1-1, 1-2 or 1-3;
/// character n-grams none, 2-4, 2-5, 3-5 or 3-6; their weight 0.5, 1 or 2; `min_df` 1, 2, 3 or 5
/// (1 only up to 20,000 articles). Three trials share each setting of the features, which is
/// built once. Everything else stays as it is in `base`.
///
/// The folds are those of [`Trainer::fit`]: stratified, groups of near-duplicates kept whole.
/// Thresholds are chosen on the other folds.
///
/// ```
/// use newstopics::corpus::{Dataset, Document};
/// use newstopics::{Trainer, Tuner};
///
/// let mut data = Dataset::default();
/// for week in 0..8 {
///     for (label, what) in [("tariffs", "duties on steel"), ("defense", "tanks for the army")] {
///         let text = format!("{what} in week {week}, number {}", week * week);
///         data.push(Document::new("", "", text), vec![label.to_owned()]);
///     }
/// }
/// let base = Trainer { folds: 2, ..Trainer::default() };
/// let tuned = Tuner { trials: 3, ..Tuner::new(base) }.search(&data, |_, _| {})?;
/// assert_eq!(tuned.trials.len(), 3);
/// let prediction = tuned.trained.classifier.predict("more duties on steel");
/// assert_eq!(tuned.trained.classifier.label_names(&prediction), ["tariffs"]);
/// # Ok::<(), newstopics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Tuner {
    /// The settings of the first trial, and what is not searched; its seed is also that of the
    /// search.
    pub base: Trainer,
    /// Number of trials, 1 to 10,000.
    pub trials: usize,
    /// What is maximised: macro F1, micro F1 or accuracy; `None`: macro F1 for multi-label data,
    /// accuracy for multi-class.
    pub metric: Option<Figure>,
    /// No trial begins or goes on after this time, the first one apart. Which trials that allows
    /// depends on the machine: without a limit the same seed gives the same model.
    pub time_limit: Option<Duration>,
}

/// How far a trial got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It ran on all folds.
    Complete,
    /// It was stopped, as it was not among the best.
    StoppedEarly,
    /// It was stopped, as the time was over.
    OutOfTime,
}

/// One setting and how good it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Its number, from 1; 1 is that of the defaults.
    pub number: usize,
    /// Its settings.
    pub settings: TrialSettings,
    /// Number of features.
    pub n_features: usize,
    /// The score on each fold that was run.
    pub scores: Vec<f64>,
    /// How far it got.
    pub outcome: Outcome,
    /// Seconds that its fits took; the building of the features is counted to the first trial
    /// with them.
    pub seconds: f64,
}

impl Trial {
    /// The mean score of the folds that were run.
    pub fn mean(&self) -> f64 {
        mean(&self.scores)
    }

    /// The standard error of that mean.
    pub fn standard_error(&self) -> f64 {
        standard_error(&self.scores)
    }

    fn is_complete(&self) -> bool {
        self.outcome == Outcome::Complete
    }
}

/// What a search found.
#[derive(Debug, Clone)]
pub struct Tuned {
    /// The model trained with the winner's settings on all data.
    pub trained: Trained,
    /// What was maximised.
    pub metric: Figure,
    /// All trials that were run, in their order.
    pub trials: Vec<Trial>,
    /// Number of folds.
    pub folds: usize,
    /// Groups of articles that were kept in one fold.
    pub groups: usize,
    /// Index of the trial with the best mean of those that ran on all folds.
    pub winner: usize,
    /// Index of the simplest trial whose mean is at most one standard error (the winner's) below
    /// the winner's: the one with the fewest features, then the smallest C (Breiman et al. 1984).
    pub simplest: usize,
    /// How much better than the first trial the winner was, and the standard error of that over
    /// the folds.
    pub gain: (f64, f64),
    /// How much of the winner's mean is luck of the choice, as estimated from the folds: the mean
    /// over folds of the best score less the winner's (Tibshirani and Tibshirani 2009).
    pub optimism: f64,
}

impl Tuner {
    /// A search of 20 trials around the settings of a trainer.
    pub fn new(base: Trainer) -> Self {
        Self {
            base,
            trials: 20,
            metric: None,
            time_limit: None,
        }
    }

    /// Runs the trials and trains with the winner's settings. `on_progress` is told after each
    /// step how many fold fits are done (or saved) and how many there are in all.
    ///
    /// Errors: no trial or more than 10,000; fewer than two folds; linfa's solver, which knows none of the searched
    /// settings but C; and what [`Trainer::fit`] reports.
    pub fn search(
        &self,
        data: &Dataset,
        mut on_progress: impl FnMut(usize, usize),
    ) -> Result<Tuned> {
        let base = TrialSettings::of(&self.base)?;
        if !(1..=MOST_TRIALS).contains(&self.trials) {
            return Err(Error::usage(format!(
                "found {} trials, expected 1 to {MOST_TRIALS}",
                self.trials
            )));
        }
        if self.base.model.check_ref()?.solver != Solver::Newton {
            return Err(Error::usage(
                "linfa's solver knows no class weights and no log-ratio exponent, which are searched: use --solver newton",
            ));
        }
        let Prepared {
            targets,
            vectorizer,
            matrix,
            groups,
            folds,
            ..
        } = self.base.prepare(data)?;
        let Some(folds) = &folds else {
            return Err(Error::usage(
                "found 0 folds, expected at least 2: settings are compared by cross-validation",
            ));
        };
        let settings = space::draw(&base, self.trials, data.len(), self.base.seed);
        let total = settings.len() * folds.n_folds;
        let mut search = Search {
            tuner: self,
            metric: self.metric(targets.task())?,
            targets: &targets,
            folds,
            reached: vec![Vec::new(); rounds(folds.n_folds).len()],
            rounds: rounds(folds.n_folds),
            trials: Vec::new(),
            start: Instant::now(),
        };
        let mut at_hand = Some((vectorizer.n_features(), matrix));
        for same_features in settings.chunk_by(|a, b| a.features == b.features) {
            if search.is_out_of_time() {
                break;
            }
            let start = Instant::now();
            // The first trial's features have been made; they go when the next ones come.
            let (n_features, matrix) = match at_hand.take() {
                Some(made) => made,
                None => features(&same_features[0].features, data)?,
            };
            let mut building = start.elapsed();
            for settings in same_features {
                if search.is_out_of_time() {
                    break;
                }
                search.run(settings, &matrix, n_features, std::mem::take(&mut building))?;
                on_progress(search.trials.len() * folds.n_folds, total);
            }
        }
        on_progress(total, total);
        let Search { metric, trials, .. } = search;
        let winner = winner(&trials);
        Ok(Tuned {
            trained: trials[winner].settings.trainer(&self.base).fit(data)?,
            simplest: simplest(&trials, winner),
            gain: gain(&trials[winner], &trials[0]),
            optimism: optimism(&trials, winner),
            metric,
            winner,
            folds: folds.n_folds,
            groups: groups.count(),
            trials,
        })
    }

    fn metric(&self, task: Task) -> Result<Figure> {
        match (self.metric, task) {
            (None, Task::MultiLabel) => Ok(Figure::MacroF1),
            (None, Task::MultiClass) => Ok(Figure::Accuracy),
            (Some(figure @ (Figure::MacroF1 | Figure::MicroF1 | Figure::Accuracy)), _) => {
                Ok(figure)
            }
            (Some(other), _) => Err(Error::usage(format!(
                "found the metric {other}, expected macro-f1, micro-f1 or accuracy"
            ))),
        }
    }
}

/// The number of features and the matrix of one setting.
fn features(params: &TfidfParams, data: &Dataset) -> Result<(usize, TfidfMatrix)> {
    let (vectorizer, matrix) = TfidfVectorizer::fit_transform(params, &data.documents)?;
    Ok((vectorizer.n_features(), matrix))
}

/// After how many folds a trial is judged: 2, twice as many, ..., all.
fn rounds(n_folds: usize) -> Vec<usize> {
    let mut rounds = Vec::new();
    let mut folds = 2;
    while folds * 2 <= n_folds {
        rounds.push(folds);
        folds *= 2;
    }
    rounds.push(n_folds);
    rounds
}

/// A search under way.
struct Search<'a> {
    tuner: &'a Tuner,
    metric: Figure,
    targets: &'a Targets,
    folds: &'a Folds,
    /// After how many folds each round ends.
    rounds: Vec<usize>,
    /// The means of all trials that reached the end of each round.
    reached: Vec<Vec<f64>>,
    trials: Vec<Trial>,
    start: Instant,
}

impl Search<'_> {
    fn is_out_of_time(&self) -> bool {
        let limit = self.tuner.time_limit;
        !self.trials.is_empty() && limit.is_some_and(|limit| self.start.elapsed() >= limit)
    }

    /// Runs one trial, round by round.
    fn run(
        &mut self,
        settings: &TrialSettings,
        matrix: &TfidfMatrix,
        n_features: usize,
        building: Duration,
    ) -> Result<()> {
        let start = Instant::now();
        let trainer = settings.trainer(&self.tuner.base);
        let params = trainer.check()?;
        let (targets, folds) = (self.targets, self.folds);
        let mut held_out = HeldOut {
            targets,
            folds,
            values: Array2::zeros((targets.n_rows(), targets.n_labels())),
            run: 0,
        };
        let mut trial = Trial {
            number: self.trials.len() + 1,
            settings: settings.clone(),
            n_features,
            scores: Vec::new(),
            outcome: Outcome::Complete,
            seconds: 0.0,
        };
        for round in 0..self.rounds.len() {
            let until = self.rounds[round];
            let next = held_out.run..until;
            hold_out(matrix, targets, folds, params, next, &mut held_out.values);
            held_out.run = until;
            trial.scores = held_out.scores(self.metric, trainer.beta);
            let is_among_best = self.is_among_best(round, trial.mean());
            if until == folds.n_folds || self.trials.is_empty() {
                continue;
            }
            if !is_among_best {
                trial.outcome = Outcome::StoppedEarly;
                break;
            }
            if self.is_out_of_time() {
                trial.outcome = Outcome::OutOfTime;
                break;
            }
        }
        trial.seconds = (start.elapsed() + building).as_secs_f64();
        self.trials.push(trial);
        Ok(())
    }

    /// Whether a mean is among the best third of those at the end of a round, itself included.
    fn is_among_best(&mut self, round: usize, mean: f64) -> bool {
        let reached = &mut self.reached[round];
        reached.push(mean);
        let better = reached.iter().filter(|&&other| other > mean).count();
        better < reached.len().div_ceil(REDUCTION)
    }
}

/// The first of the trials with the best mean.
fn winner(trials: &[Trial]) -> usize {
    let mut winner = 0;
    for (index, trial) in trials.iter().enumerate() {
        if trial.is_complete() && trial.mean() > trials[winner].mean() {
            winner = index;
        }
    }
    winner
}

/// The simplest of the trials that are as good as the winner within its standard error.
fn simplest(trials: &[Trial], winner: usize) -> usize {
    let least = trials[winner].mean() - trials[winner].standard_error();
    let simplicity = |index: &usize| (trials[*index].n_features, trials[*index].settings.c);
    (0..trials.len())
        .filter(|&index| trials[index].is_complete() && trials[index].mean() >= least)
        .min_by(|a, b| {
            let ((features_a, c_a), (features_b, c_b)) = (simplicity(a), simplicity(b));
            features_a.cmp(&features_b).then(c_a.total_cmp(&c_b))
        })
        .unwrap_or(winner)
}

/// Mean and standard error of the differences of two complete trials on the same folds.
fn gain(winner: &Trial, first: &Trial) -> (f64, f64) {
    let differences: Vec<f64> = winner
        .scores
        .iter()
        .zip(&first.scores)
        .map(|(a, b)| a - b)
        .collect();
    (mean(&differences), standard_error(&differences))
}

fn optimism(trials: &[Trial], winner: usize) -> f64 {
    let complete: Vec<&Trial> = trials.iter().filter(|t| t.is_complete()).collect();
    let excess: Vec<f64> = trials[winner]
        .scores
        .iter()
        .enumerate()
        .map(|(fold, score)| {
            let best = complete.iter().map(|t| t.scores[fold]);
            best.fold(*score, f64::max) - score
        })
        .collect();
    mean(&excess)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(number: usize, n_features: usize, scores: &[f64], outcome: Outcome) -> Trial {
        let settings = TrialSettings::of(&Trainer::default()).unwrap();
        Trial {
            number,
            settings,
            n_features,
            scores: scores.to_vec(),
            outcome,
            seconds: 0.0,
        }
    }

    #[test]
    fn rounds_double_until_all_folds() {
        assert_eq!(rounds(2), [2]);
        assert_eq!(rounds(3), [3]);
        assert_eq!(rounds(5), [2, 5]);
        assert_eq!(rounds(10), [2, 4, 10]);
    }

    #[test]
    fn what_follows_from_the_trials() {
        let trials = [
            trial(1, 900, &[0.80, 0.84], Outcome::Complete),
            trial(2, 900, &[0.99, 0.99], Outcome::StoppedEarly),
            trial(3, 500, &[0.86, 0.84], Outcome::Complete),
            trial(4, 100, &[0.82, 0.875], Outcome::Complete),
            trial(5, 10, &[0.50, 0.50], Outcome::Complete),
        ];
        let winner = winner(&trials);
        assert_eq!(winner, 2);
        // The winner's standard error is 0.01: the fourth trial (0.8475) is as good, and simpler.
        assert_eq!(simplest(&trials, winner), 3);
        let (gain, error) = gain(&trials[winner], &trials[0]);
        assert!((gain - 0.03).abs() < 1e-12 && (error - 0.03).abs() < 1e-12);
        assert!((optimism(&trials, winner) - 0.035 / 2.0).abs() < 1e-12);
    }
}
