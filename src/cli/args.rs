//! The arguments of every command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use newstopics::corpus::readers::{Columns, Format};
use newstopics::features::TfidfParams;
use newstopics::model::{ClassWeight, LogisticParams, Solver, Task};
use newstopics::text::NgramRange;
use newstopics::{Decision, Trainer};

/// Says which topics a news article is about, offline, with its reasons.
///
/// The model inside the program knows export_controls, critical_minerals, tariffs and defense in
/// German and English news; an article may carry several of them, or none. With `train` it learns
/// your own topics from labelled CSV.
#[derive(Debug, Parser)]
#[command(
    name = "newstopics",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say which topics articles are about
    #[command(visible_alias = "classify", after_help = PREDICT_EXAMPLES)]
    Predict(PredictArgs),
    /// Learn topics from labelled articles
    #[command(after_help = TRAIN_EXAMPLES)]
    Train(TrainArgs),
    /// Measure how well a model labels articles whose labels are known
    #[command(after_help = EVALUATE_EXAMPLES)]
    Evaluate(EvaluateArgs),
    /// Show the words that speak for and against each topic of an article
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// Show what a model is and where it comes from
    #[command(after_help = INSPECT_EXAMPLES)]
    Inspect(InspectArgs),
}

const PREDICT_EXAMPLES: &str = "\
Examples:
  newstopics predict article.txt
  newstopics predict articles/ --format jsonl > topics.jsonl
  newstopics predict articles.csv --text-column body --evidence
  curl -s https://example.org/article.txt | newstopics predict";

const TRAIN_EXAMPLES: &str = "\
The files have the columns `text`, `labels` (or `label`) and, if there is one, `title`. Several
labels are separated by `;` or `|`; an empty cell is an article without a topic.

Examples:
  newstopics train news.csv --model news.model
  newstopics train a.csv b.csv --model news.model --c 30 --char-ngrams none
  newstopics train desks.tsv --model desks.model --task multi-class --class-weight balanced";

const EVALUATE_EXAMPLES: &str = "\
Examples:
  newstopics evaluate labelled.csv
  newstopics evaluate test.csv --model news.model --format json";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  newstopics explain article.txt
  newstopics explain article.txt --label tariffs --format json";

const INSPECT_EXAMPLES: &str = "\
Examples:
  newstopics inspect
  newstopics inspect news.model --format json";

/// Formats of input.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum InputFormat {
    Text,
    Csv,
    Tsv,
    Jsonl,
}

impl From<InputFormat> for Format {
    fn from(format: InputFormat) -> Self {
        match format {
            InputFormat::Text => Self::Text,
            InputFormat::Csv => Self::Csv,
            InputFormat::Tsv => Self::Tsv,
            InputFormat::Jsonl => Self::Jsonl,
        }
    }
}

/// Where the articles are in their files.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Format of the input, where its name does not tell it
    #[arg(long, value_name = "FORMAT")]
    pub input_format: Option<InputFormat>,
    /// Column or field with the text [default: text]
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// Column or field with the title [default: title, if there]
    #[arg(long, value_name = "NAME")]
    title_column: Option<String>,
    /// Column or field with the id [default: id, if there; else the record's number]
    #[arg(long, value_name = "NAME")]
    id_column: Option<String>,
}

impl InputArgs {
    pub fn format(&self) -> Option<Format> {
        self.input_format.map(Format::from)
    }

    pub fn columns(&self) -> Columns {
        Columns {
            text: self.text_column.clone(),
            title: self.title_column.clone(),
            id: self.id_column.clone(),
            ..Columns::default()
        }
    }
}

/// The labels of labelled articles.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct LabelArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Column or field with the labels [default: labels or label]
    #[arg(long, value_name = "NAME")]
    labels_column: Option<String>,
}

impl LabelArgs {
    pub fn columns(&self) -> Columns {
        Columns {
            labels: self.labels_column.clone(),
            ..self.input.columns()
        }
    }
}

/// How labels are chosen.
#[derive(Debug, Args)]
#[command(next_help_heading = "Decision")]
pub struct DecisionArgs {
    /// Give every label whose probability is at least P, instead of the model's own thresholds
    #[arg(long, value_name = "P")]
    threshold: Option<f64>,
    /// Use the thresholds that reached this precision out-of-fold, from 0.80 to 0.99
    #[arg(long, value_name = "P", conflicts_with = "threshold")]
    pub target_precision: Option<f64>,
    /// Give the K most probable labels (with a threshold: those of them that reach it)
    #[arg(long, value_name = "K")]
    top_k: Option<usize>,
}

impl DecisionArgs {
    pub fn decision(&self) -> Decision {
        Decision {
            threshold: self.threshold,
            top_k: self.top_k,
            target_precision: self.target_precision,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PredictFormat {
    /// A readable line an article
    Table,
    /// A JSON object a line: id, labels (most probable first), scores
    Jsonl,
    /// A row an article: id, labels, a column a score
    Csv,
}

#[derive(Debug, Args)]
pub struct PredictArgs {
    /// Files (.txt, .md, .csv, .tsv, .jsonl), folders, or - for standard input [default: -]
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Model file [default: the model inside the program]
    #[arg(long, short, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Format of the output
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub format: PredictFormat,
    /// Add the words that speak for each label given
    #[arg(long)]
    pub evidence: bool,
    /// Number of threads, 0 for all processors
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    #[command(flatten)]
    pub decision: DecisionArgs,
    #[command(flatten)]
    pub input: InputArgs,
}

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

#[derive(Debug, Args)]
pub struct TrainArgs {
    /// Labelled files (.csv, .tsv, .jsonl), or - for standard input
    #[arg(value_name = "DATA", required = true)]
    pub data: Vec<PathBuf>,
    /// File to write the model to
    #[arg(long, short, value_name = "FILE")]
    pub model: PathBuf,
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
    /// Number of threads, 0 for all processors; the model does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
}

impl TrainArgs {
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people
    Text,
    /// For machines
    Json,
}

#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// Labelled files (.csv, .tsv, .jsonl), or - for standard input
    #[arg(value_name = "DATA", required = true)]
    pub data: Vec<PathBuf>,
    /// Model file [default: the model inside the program]
    #[arg(long, short, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Format of the report
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
    /// Leave out labels of the data that the model does not know
    #[arg(long)]
    pub ignore_unknown_labels: bool,
    /// Number of threads, 0 for all processors
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    #[command(flatten)]
    pub decision: DecisionArgs,
    #[command(flatten)]
    pub labels: LabelArgs,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// File with one or more articles, or - for standard input [default: -]
    #[arg(value_name = "INPUT", default_value = "-", hide_default_value = true)]
    pub input: PathBuf,
    /// Model file [default: the model inside the program]
    #[arg(long, short, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Explain this label only
    #[arg(long, short, value_name = "LABEL")]
    pub label: Option<String>,
    /// Words to list for each label and direction
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub top: usize,
    /// Format of the output
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
    #[command(flatten)]
    pub columns: InputArgs,
}

#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Model file [default: the model inside the program]
    #[arg(value_name = "MODEL")]
    pub model: Option<PathBuf>,
    /// Strongest terms to list for each label
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub top: usize,
    /// Format of the output
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
}
