//! The trials of a search as a table.

use crate::error::{Error, ErrorKind, Result};
use crate::model::ClassWeight;
use crate::text::NgramRange;
use crate::tuning::{Outcome, Trial, Tuned};

const HEADER: [&str; 15] = [
    "trial",
    "mean",
    "standard_error",
    "folds",
    "outcome",
    "seconds",
    "features",
    "c",
    "class_weight",
    "log_ratio_exponent",
    "word_ngrams",
    "char_ngrams",
    "char_weight",
    "min_df",
    "winner",
];

/// All trials as CSV: a line for each, with its settings, the mean and standard error of its
/// scores, and the score on each fold (empty where it was not run).
pub fn trials_to_csv(tuned: &Tuned) -> Result<String> {
    let failed = |e: csv::Error| Error::new(ErrorKind::Failed, format!("cannot write CSV: {e}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fold_names = (1..=tuned.folds).map(|fold| format!("fold_{fold}"));
    writer
        .write_record(HEADER.map(str::to_owned).into_iter().chain(fold_names))
        .map_err(failed)?;
    for (index, trial) in tuned.trials.iter().enumerate() {
        let scores = (0..tuned.folds).map(|fold| {
            let score = trial.scores.get(fold);
            score.map(f64::to_string).unwrap_or_default()
        });
        writer
            .write_record(
                cells(trial, index == tuned.winner)
                    .into_iter()
                    .chain(scores),
            )
            .map_err(failed)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| Error::new(ErrorKind::Failed, format!("cannot write CSV: {e}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn cells(trial: &Trial, is_winner: bool) -> [String; HEADER.len()] {
    let settings = &trial.settings;
    let features = &settings.features;
    let range = |range: Option<NgramRange>| range.map_or("none".to_owned(), |r| r.to_string());
    [
        trial.number.to_string(),
        trial.mean().to_string(),
        trial.standard_error().to_string(),
        trial.scores.len().to_string(),
        match trial.outcome {
            Outcome::Complete => "complete",
            Outcome::StoppedEarly => "stopped early",
            Outcome::OutOfTime => "out of time",
        }
        .to_owned(),
        format!("{:.2}", trial.seconds),
        trial.n_features.to_string(),
        settings.c.to_string(),
        match settings.class_weight {
            ClassWeight::None => "none",
            ClassWeight::Half => "half",
            ClassWeight::Balanced => "balanced",
        }
        .to_owned(),
        settings.log_ratio_exponent.to_string(),
        range(features.word_ngrams),
        range(features.char_ngrams),
        features.char_weight.to_string(),
        features.min_df.to_string(),
        u8::from(is_winner).to_string(),
    ]
}
