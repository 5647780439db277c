//! The commands, and the arguments that several of them share.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use newstopics::Decision;
use newstopics::corpus::readers::{Columns, Format};

use super::{
    check, compare, completions, cv, evaluate, explain, inspect, man, predict, train, tune,
};

/// Says which topics a news article is about, offline, with its reasons.
///
/// The model inside the program knows export_controls, critical_minerals, tariffs and defense in
/// German and English news; an article may carry several of them, or none. With `train` it learns
/// your own topics from labelled articles.
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
    /// Say nothing but errors on standard error: no notes, no summary, no progress
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say which topics articles are about
    #[command(visible_alias = "classify", after_help = predict::EXAMPLES)]
    Predict(predict::PredictArgs),
    /// Find what is wrong with labelled articles before a model learns it
    #[command(after_help = check::EXAMPLES)]
    Check(check::CheckArgs),
    /// Learn topics from labelled articles
    #[command(after_help = train::EXAMPLES)]
    Train(train::TrainArgs),
    /// Search better settings of the training, and train with them
    #[command(after_help = tune::EXAMPLES)]
    Tune(tune::TuneArgs),
    /// Measure how well a model labels articles whose labels are known
    #[command(after_help = evaluate::EXAMPLES)]
    Evaluate(evaluate::EvaluateArgs),
    /// Measure how well models trained on labelled articles label others of the kind
    #[command(after_help = cv::EXAMPLES)]
    Cv(cv::CvArgs),
    /// Say whether one model labels articles better than another
    #[command(after_help = compare::EXAMPLES)]
    Compare(compare::CompareArgs),
    /// Show the words that speak for and against each topic of an article
    #[command(after_help = explain::EXAMPLES)]
    Explain(explain::ExplainArgs),
    /// Show what a model is and where it comes from
    #[command(after_help = inspect::EXAMPLES)]
    Inspect(inspect::InspectArgs),
    /// Print what a shell needs to complete commands and options
    #[command(after_help = completions::EXAMPLES)]
    Completions(completions::CompletionsArgs),
    /// Print the manual page, or write the pages of all commands
    #[command(after_help = man::EXAMPLES)]
    Man(man::ManArgs),
}

/// Where the articles are in their files.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Format of the input, where its name does not tell it
    #[arg(long, value_name = "FORMAT", value_parser = format_parser())]
    input_format: Option<Format>,
    /// Column or field with the text [default: text]
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// Column or field with the title [default: title, if there]
    #[arg(long, value_name = "NAME")]
    title_column: Option<String>,
    /// Column or field with the id [default: id, if there; else the record's number]
    #[arg(long, value_name = "NAME")]
    id_column: Option<String>,
    /// What separates the columns: one character, or `tab` [default: found by itself among `,`
    /// `;` tab and `|`]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// The first row of separated values is an article, not the names of the columns
    #[arg(long, requires = "columns")]
    no_header: bool,
    /// Names of the columns where there is no header, such as `label,title,text`
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        requires = "no_header"
    )]
    columns: Option<Vec<String>>,
    /// Encoding of the input, such as windows-1252 [default: found by itself]
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
}

/// Takes the name of a format.
fn format_parser() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::all().map(Format::name))
        .try_map(|name| Format::named(&name).ok_or_else(|| format!("there is no format `{name}`")))
}

/// A delimiter as it is written on a command line.
fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err("expected one character of ASCII, no quote and no line end, or `tab`".to_owned()),
    }
}

impl InputArgs {
    pub fn format(&self) -> Option<Format> {
        self.input_format
    }

    pub fn columns(&self) -> Columns {
        Columns {
            text: self.text_column.clone(),
            title: self.title_column.clone(),
            id: self.id_column.clone(),
            header: self.columns.clone(),
            delimiter: self.delimiter,
            encoding: self.encoding.clone(),
            ..Columns::default()
        }
    }
}

impl InputArgs {
    /// What was said on the command line, to be said again.
    fn flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        let format = self.input_format.map(|format| format.name().to_owned());
        flag(&mut flags, "--input-format", format);
        flag(&mut flags, "--text-column", self.text_column.clone());
        flag(&mut flags, "--title-column", self.title_column.clone());
        flag(&mut flags, "--id-column", self.id_column.clone());
        let delimiter = self.delimiter.map(|byte| match byte {
            b'\t' => "tab".to_owned(),
            byte => char::from(byte).to_string(),
        });
        flag(&mut flags, "--delimiter", delimiter);
        if self.no_header {
            flags.push("--no-header".to_owned());
        }
        let columns = self.columns.as_ref().map(|names| names.join(","));
        flag(&mut flags, "--columns", columns);
        flag(&mut flags, "--encoding", self.encoding.clone());
        flags
    }
}

/// Adds a flag and its value, where it has one.
pub fn flag(flags: &mut Vec<String>, name: &str, value: Option<String>) {
    if let Some(value) = value {
        flags.push(name.to_owned());
        flags.push(value);
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
    /// What was said on the command line, to be said again.
    pub fn flags(&self) -> Vec<String> {
        let mut flags = self.input.flags();
        flag(&mut flags, "--labels-column", self.labels_column.clone());
        flags
    }

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
pub enum ReportFormat {
    /// For people
    Text,
    /// For machines
    Json,
}
