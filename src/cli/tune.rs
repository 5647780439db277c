//! `newstopics tune`.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use newstopics::corpus::Dataset;
use newstopics::metrics::Figure;
use newstopics::model::Task;
use newstopics::{Outcome, Result, Trial, Tuned, Tuner, report};

use super::files;
use super::output::{self, write_error};
use super::progress::Progress;
use super::settings::{SettingsArgs, searched_flags};

pub const EXAMPLES: &str = "\
The first trial has the settings of the command line, by default those of
`train`. The others are drawn at random: C, class weight, log-ratio exponent,
word and character n-grams (or none), the weight of the character n-grams, and
min-df. Each is measured by cross-validation; after two folds only the best
third goes on. The best one is trained on all articles.

Examples:
  newstopics tune news.csv --out news.model
  newstopics tune news.csv --trials 60 --out news.model --trials-table t.csv
  newstopics tune news.csv --time-limit 600 --out news.model";

/// Trials that are shown beside the first.
const SHOWN: usize = 5;

#[derive(Debug, Args)]
pub struct TuneArgs {
    /// Labelled files (CSV, JSON lines, fastText, Prodigy, Annif; .gz and .zst of them), or - for
    /// standard input
    #[arg(value_name = "DATA", required = true)]
    pub data: Vec<PathBuf>,
    /// File to write the best model to
    #[arg(long, short, value_name = "FILE")]
    pub out: PathBuf,
    /// Number of settings to try
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub trials: usize,
    /// CSV file for the settings and scores of all trials
    #[arg(long, value_name = "FILE")]
    pub trials_table: Option<PathBuf>,
    /// What to maximise: macro-f1, micro-f1 or accuracy [default: macro-f1; for multi-class data
    /// accuracy]
    #[arg(long)]
    pub metric: Option<Figure>,
    /// Start no trial after this time; the model then depends on the machine's speed
    #[arg(long, value_name = "SECONDS")]
    pub time_limit: Option<u64>,
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// Number of threads, 0 for all processors; the model does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
}

pub fn run(args: TuneArgs) -> Result<()> {
    super::use_threads(args.threads)?;
    let outputs = [&args.out].into_iter().chain(&args.trials_table);
    files::check_outputs(outputs, &[&args.data])?;
    let single = args.settings.task() == Some(Task::MultiClass);
    let data = Dataset::read(
        &args.data,
        args.settings.labels.input.format(),
        &args.settings.columns(),
        single,
    )?;
    let tuner = Tuner {
        trials: args.trials,
        metric: args.metric,
        time_limit: args.time_limit.map(Duration::from_secs),
        ..Tuner::new(args.settings.trainer())
    };
    let start = Instant::now();
    let tuned = {
        let steps = args.trials.saturating_mul(tuner.base.folds);
        let progress = Progress::steps("tune", steps as u64);
        tuner.search(&data, |done, _| progress.reach(done as u64))?
    };
    for warning in &tuned.trained.warnings {
        output::note(format_args!("warning: {warning}"));
    }
    let bytes = tuned.trained.classifier.save(&args.out)?;
    if let Some(file) = &args.trials_table {
        report::save(file, &report::trials_to_csv(&tuned)?)?;
    }
    let mut out = output::stdout();
    out.write_all(summary(&tuned, &args, start.elapsed(), bytes).as_bytes())
        .and_then(|()| out.flush())
        .map_err(write_error)
}

fn summary(tuned: &Tuned, args: &TuneArgs, time: Duration, bytes: usize) -> String {
    let mut text = searched(tuned, args, time);
    text += &table(tuned);
    text += &remarks(tuned);
    let winner = &tuned.trials[tuned.winner];
    text += "\nThe same model without the search:\n  newstopics train";
    for word in args
        .data
        .iter()
        .map(|file| file.display().to_string())
        .chain(["--model".to_owned(), args.out.display().to_string()])
        .chain(args.settings.flags(&winner.settings))
    {
        text += &format!(" {}", quoted(&word));
    }
    text += &format!(
        "\n\nwrote    {} ({})\n",
        args.out.display(),
        output::size(bytes)
    );
    if let Some(file) = &args.trials_table {
        text += &format!("wrote    {}\n", file.display());
    }
    text
}

fn searched(tuned: &Tuned, args: &TuneArgs, time: Duration) -> String {
    let count = |outcome| tuned.trials.iter().filter(|t| t.outcome == outcome).count();
    let mut text = format!(
        "tried    {} settings on {} folds of {} groups (near-duplicates stay together)\n         in {:.0} s, {} stopped early",
        tuned.trials.len(),
        tuned.folds,
        tuned.groups,
        time.as_secs_f64(),
        count(Outcome::StoppedEarly),
    );
    if tuned.trials.len() < args.trials || count(Outcome::OutOfTime) > 0 {
        text += &format!(
            "; {} not run and {} not finished (--time-limit)",
            args.trials - tuned.trials.len(),
            count(Outcome::OutOfTime)
        );
    }
    text + "\n"
}

/// The best of the trials that ran on all folds, and the first.
fn table(tuned: &Tuned) -> String {
    let name = tuned.metric.name();
    let mut text = format!("\ntrial  {name}  std. error  features\n");
    let mut best: Vec<&Trial> = tuned
        .trials
        .iter()
        .filter(|trial| trial.outcome == Outcome::Complete)
        .collect();
    best.sort_by(|a, b| b.mean().total_cmp(&a.mean()));
    let first = best.iter().position(|trial| trial.number == 1);
    for (place, trial) in best.iter().enumerate() {
        if place < SHOWN || Some(place) == first {
            text += &format!(
                "{:>5}  {:>width$.4}  {:>10.4}  {:>8}\n       {}\n",
                trial.number,
                trial.mean(),
                trial.standard_error(),
                trial.n_features,
                unlike_first(tuned, trial),
                width = name.len()
            );
        }
    }
    text
}

/// The settings in which a trial differs from the first.
fn unlike_first(tuned: &Tuned, trial: &Trial) -> String {
    if trial.number == 1 {
        return "the defaults, or as given".to_owned();
    }
    let own = searched_flags(&trial.settings);
    let first = searched_flags(&tuned.trials[0].settings);
    own.chunks(2)
        .zip(first.chunks(2))
        .filter(|(own, first)| own != first)
        .map(|(own, _)| own.join(" "))
        .collect::<Vec<_>>()
        .join(" ")
}

/// What the figures mean, and what they do not.
fn remarks(tuned: &Tuned) -> String {
    let winner = &tuned.trials[tuned.winner];
    let name = tuned.metric.name();
    let mut text = if winner.number == 1 {
        "\nNo trial beat the first one: its settings are kept.\n".to_owned()
    } else {
        let (gain, error) = tuned.gain;
        let expected = gain - tuned.optimism;
        let mut text = format!(
            "\nTrial {} gains {gain:.4} {name} over the first (standard error {error:.4}).\nThe best of many trials looks better than it is, here by about {:.4}:\nexpect {expected:+.4} on new articles.\n",
            winner.number, tuned.optimism,
        );
        if expected <= error {
            text += "That is within chance: the first settings may serve as well.\n";
        }
        text
    };
    let simplest = &tuned.trials[tuned.simplest];
    if tuned.simplest != tuned.winner {
        text += &format!(
            "Trial {} is simpler ({} features, {name} {:.4})\nand within one standard error of the best.\n",
            simplest.number,
            simplest.n_features,
            simplest.mean()
        );
    }
    text
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./,:=+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_the_shell() {
        assert_eq!(quoted("--c"), "--c");
        assert_eq!(quoted("my file.csv"), "'my file.csv'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
