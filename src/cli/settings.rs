//! How a model is trained, as the commands that train take it.

use clap::{Args, ValueEnum};
use newstopics::corpus::readers::Columns;
use newstopics::features::TfidfParams;
use newstopics::model::{ClassWeight, LogisticParams, Solver, Task};
use newstopics::text::NgramRange;
use newstopics::{Trainer, TrialSettings};

use super::args::{LabelArgs, flag};

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum TaskArg {
    /// Any number of labels an article, also none
    MultiLabel,
    /// Exactly one label an article
    MultiClass,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ClassWeightArg {
    /// All articles alike
    None,
    /// Rare labels weigh as much as frequent ones
    Balanced,
    /// The square root of balanced
    Half,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SolverArg {
    /// Sparse Newton method, for any size
    Newton,
    /// linfa-logistic on a dense matrix, for small problems
    Linfa,
}

/// An n-gram range or `none`.
#[derive(Debug, Clone, Copy)]
pub struct OptionalRange(Option<NgramRange>);

impl std::str::FromStr for OptionalRange {
    type Err = newstopics::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Self(None));
        }
        text.parse().map(|range| Self(Some(range)))
    }
}

impl std::fmt::Display for OptionalRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(range) => range.fmt(f),
            None => f.write_str("none"),
        }
    }
}

/// Where the labels are, and how the model is trained on them.
#[derive(Debug, Args)]
pub struct SettingsArgs {
    #[command(flatten)]
    pub labels: LabelArgs,
    /// How labels relate [default: multi-class when every article has exactly one label]
    #[arg(long)]
    task: Option<TaskArg>,
    /// The labels in the order of the scores, separated by commas [default: all, sorted]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    label_order: Option<Vec<String>>,
    /// Column whose equal values stay in one fold of the cross-validation [default: source, if there]
    #[arg(long, value_name = "NAME")]
    group_by: Option<String>,
    /// Inverse strength of the regularisation
    #[arg(long, value_name = "C", default_value_t = Trainer::C, help_heading = "Model")]
    c: f64,
    /// Weight of rare labels
    #[arg(
        long,
        value_name = "WEIGHT",
        default_value = "none",
        help_heading = "Model"
    )]
    class_weight: ClassWeightArg,
    /// How far a feature's freedom follows its naive Bayes log-count ratio, 0 for all alike
    /// [default: 0.5; with --solver linfa 0]
    #[arg(long, value_name = "E", help_heading = "Model")]
    log_ratio_exponent: Option<f64>,
    /// What solves the optimisation problem
    #[arg(long, default_value = "newton", help_heading = "Model")]
    solver: SolverArg,
    /// Folds for calibration and thresholds; 0: one fit, raw probabilities, thresholds 0.5
    #[arg(long, value_name = "N", default_value_t = Trainer::default().folds, help_heading = "Model")]
    folds: usize,
    /// Thresholds maximise F-beta: 1 is F1, below 1 precision counts more than recall
    #[arg(long, value_name = "BETA", default_value_t = Trainer::default().beta, help_heading = "Model")]
    f_beta: f64,
    /// Seed of the folds
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Model")]
    seed: u64,
    /// Word n-grams, or none
    #[arg(long, value_name = "MIN-MAX", default_value_t = OptionalRange(TfidfParams::default().word_ngrams), help_heading = "Features")]
    word_ngrams: OptionalRange,
    /// Character n-grams inside words, or none
    #[arg(long, value_name = "MIN-MAX", default_value_t = OptionalRange(TfidfParams::default().char_ngrams), help_heading = "Features")]
    char_ngrams: OptionalRange,
    /// Keep features of at least this many articles
    #[arg(long, value_name = "N", default_value_t = TfidfParams::default().min_df, help_heading = "Features")]
    min_df: u32,
    /// Keep only the most frequent features of each family
    #[arg(long, value_name = "N", help_heading = "Features")]
    max_features: Option<usize>,
    /// How many times a word of the title counts
    #[arg(long, value_name = "N", default_value_t = TfidfParams::default().title_weight, help_heading = "Features")]
    title_weight: u32,
    /// Weight of the character n-grams against the words
    #[arg(long, value_name = "W", default_value_t = TfidfParams::default().char_weight, help_heading = "Features")]
    char_weight: f32,
}

impl SettingsArgs {
    pub fn columns(&self) -> Columns {
        Columns {
            group: self.group_by.clone(),
            ..self.labels.columns()
        }
    }

    pub fn task(&self) -> Option<Task> {
        self.task.map(|task| match task {
            TaskArg::MultiLabel => Task::MultiLabel,
            TaskArg::MultiClass => Task::MultiClass,
        })
    }

    /// The flags that make `train` use some settings, and what else was said on the command line.
    pub fn flags(&self, settings: &TrialSettings) -> Vec<String> {
        let mut flags = self.labels.flags();
        let name = |task: TaskArg| task.to_possible_value().map(|v| v.get_name().to_owned());
        flag(&mut flags, "--task", self.task.and_then(name));
        let order = self.label_order.as_ref().map(|labels| labels.join(","));
        flag(&mut flags, "--label-order", order);
        flag(&mut flags, "--group-by", self.group_by.clone());
        let defaults = Trainer::default();
        let other = |value: String, default: String| (value != default).then_some(value);
        flag(
            &mut flags,
            "--folds",
            other(self.folds.to_string(), defaults.folds.to_string()),
        );
        flag(
            &mut flags,
            "--f-beta",
            other(self.f_beta.to_string(), defaults.beta.to_string()),
        );
        flag(
            &mut flags,
            "--seed",
            other(self.seed.to_string(), defaults.seed.to_string()),
        );
        flag(
            &mut flags,
            "--max-features",
            self.max_features.map(|n| n.to_string()),
        );
        let title_weight = defaults.features.title_weight.to_string();
        flag(
            &mut flags,
            "--title-weight",
            other(self.title_weight.to_string(), title_weight),
        );
        flags.extend(searched_flags(settings));
        flags
    }

    pub fn trainer(&self) -> Trainer {
        Trainer {
            features: TfidfParams {
                word_ngrams: self.word_ngrams.0,
                char_ngrams: self.char_ngrams.0,
                min_df: self.min_df,
                max_features: self.max_features,
                title_weight: self.title_weight,
                char_weight: self.char_weight,
                ..TfidfParams::default()
            },
            model: LogisticParams::default()
                .c(self.c)
                .class_weight(match self.class_weight {
                    ClassWeightArg::None => ClassWeight::None,
                    ClassWeightArg::Balanced => ClassWeight::Balanced,
                    ClassWeightArg::Half => ClassWeight::Half,
                })
                .log_ratio_exponent(self.log_ratio_exponent.unwrap_or(match self.solver {
                    SolverArg::Newton => Trainer::LOG_RATIO_EXPONENT,
                    SolverArg::Linfa => 0.0,
                }))
                .solver(match self.solver {
                    SolverArg::Newton => Solver::Newton,
                    SolverArg::Linfa => Solver::Linfa,
                }),
            task: self.task(),
            labels: self.label_order.clone(),
            folds: self.folds,
            beta: self.f_beta,
            seed: self.seed,
        }
    }
}

/// The searched settings as flags of `train`.
pub fn searched_flags(settings: &TrialSettings) -> Vec<String> {
    let features = &settings.features;
    let class_weight = match settings.class_weight {
        ClassWeight::None => "none",
        ClassWeight::Half => "half",
        ClassWeight::Balanced => "balanced",
    };
    [
        ("--c", settings.c.to_string()),
        ("--class-weight", class_weight.to_owned()),
        (
            "--log-ratio-exponent",
            settings.log_ratio_exponent.to_string(),
        ),
        (
            "--word-ngrams",
            OptionalRange(features.word_ngrams).to_string(),
        ),
        (
            "--char-ngrams",
            OptionalRange(features.char_ngrams).to_string(),
        ),
        ("--char-weight", features.char_weight.to_string()),
        ("--min-df", features.min_df.to_string()),
    ]
    .into_iter()
    .flat_map(|(name, value)| [name.to_owned(), value])
    .collect()
}
