//! `newstopics predict`.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use newstopics::corpus::readers::{self, Record};
use newstopics::{Error, Prediction, Predictor, Result, TopicClassifier};
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::args::{DecisionArgs, InputArgs};
use super::output::{self, Output, write_error};
use super::style;

pub const EXAMPLES: &str = "\
Examples:
  newstopics predict article.txt
  newstopics predict articles/ --format jsonl > topics.jsonl
  newstopics predict articles.csv --text-column body --evidence
  curl -s https://example.org/article.txt | newstopics predict";

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

/// Articles that are read before they are classified together.
const BATCH: usize = 1024;
/// ... or bytes of text, whichever comes first.
const BATCH_BYTES: usize = 4 << 20;
/// Words of evidence shown for a label.
const EVIDENCE_WORDS: usize = 6;

pub fn run(args: PredictArgs) -> Result<()> {
    super::use_threads(args.threads)?;
    let classifier = super::load(args.model.as_deref())?;
    let predictor = classifier
        .predictor()
        .with_decision(args.decision.decision())?;
    if let Some(target) = args.decision.target_precision {
        say_recall(&classifier, target)?;
    }
    let inputs = if args.inputs.is_empty() {
        vec![PathBuf::from("-")]
    } else {
        readers::expand(&args.inputs)?
    };
    let mut printer = Printer {
        out: output::stdout(),
        classifier: &classifier,
        format: args.format,
        evidence: args.evidence,
    };
    printer.header()?;
    let mut workers = vec![predictor];
    for input in &inputs {
        predict_file(input, &args, &mut workers, &mut printer)?;
    }
    printer.out.flush().map_err(write_error)
}

/// What is given up for the precision that was asked for.
fn say_recall(classifier: &TopicClassifier, target: f64) -> Result<()> {
    for (label, point) in classifier
        .labels()
        .iter()
        .zip(classifier.precision_points(target)?)
    {
        match point.threshold {
            Some(threshold) => output::note(format_args!(
                "{label}: precision {:.2} from probability {threshold:.3} on, out-of-fold recall {:.2}",
                point.target, point.recall
            )),
            None => output::note(format_args!(
                "{label}: no threshold reached precision {:.2} out-of-fold; the label is not given",
                point.target
            )),
        }
    }
    Ok(())
}

fn predict_file<'c>(
    input: &Path,
    args: &PredictArgs,
    workers: &mut Vec<Predictor<'c>>,
    printer: &mut Printer<'_>,
) -> Result<()> {
    let mut records = readers::open(input, args.input.format(), &args.input.columns())?;
    loop {
        let (batch, failure) = next_batch(&mut records);
        output::notes(&records.take_notes());
        if batch.is_empty() && failure.is_none() {
            return Ok(());
        }
        // What was read before a bad record is answered before the record is complained of.
        for (record, prediction) in batch.iter().zip(predict_batch(&batch, workers)) {
            printer.print(record, &prediction)?;
        }
        if let Some(error) = failure {
            printer.out.flush().map_err(write_error)?;
            return Err(error);
        }
    }
}

fn next_batch(records: &mut readers::Records) -> (Vec<Record>, Option<Error>) {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while batch.len() < BATCH && bytes < BATCH_BYTES {
        match records.next() {
            Some(Ok(record)) => {
                bytes += record.document.text.len();
                batch.push(record);
            }
            Some(Err(error)) => return (batch, Some(error)),
            None => break,
        }
    }
    (batch, None)
}

/// Predictions of a batch in its order, each worker taking one run of it.
fn predict_batch(batch: &[Record], workers: &mut Vec<Predictor<'_>>) -> Vec<Prediction> {
    let predict = |worker: &mut Predictor<'_>, records: &[Record]| -> Vec<Prediction> {
        records
            .iter()
            .map(|record| worker.predict(record.document.title(), &record.document.text))
            .collect()
    };
    // Starting threads costs more than a few articles.
    if batch.len() < 8 {
        return predict(&mut workers[0], batch);
    }
    while workers.len() < rayon::current_num_threads() {
        workers.push(workers[0].clone());
    }
    let run = batch.len().div_ceil(workers.len());
    workers
        .par_iter_mut()
        .zip(batch.par_chunks(run))
        .flat_map_iter(|(worker, records)| predict(worker, records))
        .collect()
}

struct Printer<'c> {
    out: Output,
    classifier: &'c TopicClassifier,
    format: PredictFormat,
    evidence: bool,
}

impl Printer<'_> {
    fn header(&mut self) -> Result<()> {
        if self.format != PredictFormat::Csv {
            return Ok(());
        }
        let names = ["id", "labels"].into_iter().map(str::to_owned);
        let scores = self
            .classifier
            .labels()
            .iter()
            .map(|label| format!("score_{label}"));
        self.csv_row(names.chain(scores).collect())
    }

    fn csv_row(&mut self, fields: Vec<String>) -> Result<()> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer
            .write_record(&fields)
            .and_then(|()| writer.flush().map_err(csv::Error::from))
            .map_err(|e| write_error(e.into()))?;
        let line = writer
            .into_inner()
            .map_err(|e| write_error(e.into_error()))?;
        self.out.write_all(&line).map_err(write_error)
    }

    fn print(&mut self, record: &Record, prediction: &Prediction) -> Result<()> {
        match self.format {
            PredictFormat::Table => self.print_line(record, prediction),
            PredictFormat::Jsonl => {
                let object = self.json(record, prediction);
                writeln!(self.out, "{object}").map_err(write_error)
            }
            PredictFormat::Csv => {
                let labels = self.classifier.label_names(prediction).join(";");
                let scores = prediction
                    .scores
                    .iter()
                    .map(|score| format!("{}", rounded(*score)));
                self.csv_row(
                    [record.document.id.clone(), labels]
                        .into_iter()
                        .chain(scores)
                        .collect(),
                )
            }
        }
    }

    fn json(&self, record: &Record, prediction: &Prediction) -> Value {
        let scores: Map<String, Value> = self
            .classifier
            .labels()
            .iter()
            .zip(&prediction.scores)
            .map(|(label, &score)| (label.clone(), json!(rounded(score))))
            .collect();
        let mut object = json!({
            "id": record.document.id,
            "labels": self.classifier.label_names(prediction),
            "scores": scores,
            "language": prediction.language,
        });
        if !prediction.warnings.is_empty() {
            object["warnings"] = json!(prediction.warnings);
        }
        if self.evidence {
            let evidence: Map<String, Value> = self
                .evidence(record, prediction)
                .into_iter()
                .map(|(label, terms)| (self.classifier.labels()[label].clone(), json!(terms)))
                .collect();
            object["evidence"] = Value::Object(evidence);
        }
        object
    }

    /// For each label given the words that speak most for it.
    fn evidence(
        &self,
        record: &Record,
        prediction: &Prediction,
    ) -> Vec<(usize, Vec<newstopics::TermEvidence>)> {
        if prediction.labels.is_empty() {
            return Vec::new();
        }
        let explanation = self
            .classifier
            .explain(record.document.title(), &record.document.text);
        prediction
            .labels
            .iter()
            .map(|&label| {
                (
                    label,
                    explanation.strongest_terms(label, true, EVIDENCE_WORDS),
                )
            })
            .collect()
    }

    fn print_line(&mut self, record: &Record, prediction: &Prediction) -> Result<()> {
        let names = self.classifier.labels();
        let labels: Vec<String> = prediction
            .labels
            .iter()
            .map(|&l| {
                let name = style::paint(style::label(l), &names[l]);
                format!("{name} {:.2}", prediction.scores[l])
            })
            .collect();
        let mut line = if labels.is_empty() {
            let best = (0..names.len())
                .max_by(|&a, &b| prediction.scores[a].total_cmp(&prediction.scores[b]))
                .map(|l| format!("(highest: {} {:.2})", names[l], prediction.scores[l]))
                .unwrap_or_default();
            format!("no topic {}", style::paint(style::faint(), &best))
        } else {
            labels.join("  ")
        };
        for warning in &prediction.warnings {
            line += &style::paint(style::warning(), &format!("  ! {}", warning.message()));
        }
        // A tab ends the id, so that the line can be cut as well as read.
        writeln!(self.out, "{}\t{line}", one_line(&record.document.id)).map_err(write_error)?;
        if self.evidence {
            for (label, terms) in self.evidence(record, prediction) {
                let words: Vec<String> = terms
                    .iter()
                    .map(|t| format!("{} +{:.2}", t.term, t.contribution))
                    .collect();
                writeln!(
                    self.out,
                    "\t  {}: {}",
                    style::paint(style::label(label), &names[label]),
                    words.join(", ")
                )
                .map_err(write_error)?;
            }
        }
        Ok(())
    }
}

/// Scores are given to six decimals: the data tell less.
fn rounded(score: f64) -> f64 {
    (score * 1e6).round() / 1e6
}

/// An id without line breaks and control characters.
fn one_line(id: &str) -> String {
    id.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
