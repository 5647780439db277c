//! `newstopics predict`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::slice;

use clap::{Args, ValueEnum};
use newstopics::corpus::readers::{self, Columns, Record, Records};
use newstopics::corpus::{Document, Labels};
use newstopics::{Batches, Error, ErrorKind, Result, TermEvidence, TopicClassifier};

use super::args::{DecisionArgs, InputArgs};
use super::files;
use super::interrupt;
use super::output::{self, Output, write_error};
use super::printers::{self, Answer, Printer};
use super::progress::Progress;
use super::summary::Summary;

pub const EXAMPLES: &str = "\
Examples:
  newstopics predict article.txt
  newstopics predict articles/ --format jsonl > topics.jsonl
  newstopics predict articles.csv --text-column body --evidence
  newstopics predict scraped.jsonl --on-error skip --format csv > topics.csv
  newstopics predict long-page.html --passages
  curl -s https://example.org/article.txt | newstopics predict";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PredictFormat {
    /// A readable line an article
    Table,
    /// A JSON object a line: id, labels (most probable first), scores
    Jsonl,
    /// A row an article: the input's columns, labels, a column a score
    Csv,
    /// A line of labels and probabilities an article, as `fasttext predict-prob` prints it; an
    /// article without a label is an empty line
    Fasttext,
}

/// What is done about a record that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnError {
    /// Stop with its place and exit code 3; what stands before it is answered
    Stop,
    /// Give an error in its place, go on, and end with exit code 3
    Skip,
}

#[derive(Debug, Args)]
pub struct PredictArgs {
    /// Files (text, HTML, CSV, JSON lines, fastText; .gz and .zst of them), folders, or - for
    /// standard input [default: -]
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
    /// Label each passage too (a paragraph, or several short ones), and show which carry a topic;
    /// the decision on the article stays its own
    #[arg(long)]
    pub passages: bool,
    /// Add title and text of each article (csv has the input's columns in any case)
    #[arg(long)]
    pub include_text: bool,
    /// What to do about a record that cannot be read
    #[arg(long, value_name = "WHAT", default_value = "stop")]
    pub on_error: OnError,
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
/// ... or bytes of them, whichever comes first.
const BATCH_BYTES: usize = 4 << 20;
/// Beside a batch that has become larger, by its last record, no other is read.
const READ_AHEAD_BYTES: usize = 2 * BATCH_BYTES;
/// Words of evidence shown for a label.
const EVIDENCE_WORDS: usize = 6;

pub fn run(args: PredictArgs) -> Result<()> {
    super::use_threads(args.threads)?;
    let classifier = super::load(args.model.as_deref())?;
    let printer = printers::printer(&args, &classifier)?;
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
    files::check_stdout(&inputs)?;
    let mut run = Run {
        args: &args,
        classifier: &classifier,
        columns: Columns {
            keep_fields: args.format == PredictFormat::Csv,
            ..args.input.columns()
        },
        workers: predictor.batches(),
        printer,
        out: output::stdout(),
        summary: Summary::new(classifier.labels().len()),
        progress: progress_of(&inputs),
    };
    for input in &inputs {
        run.file(input)?;
    }
    run.end()
}

/// Progress in bytes; standard input has no end that is known. When the answers scroll over the
/// terminal, they are progress enough.
fn progress_of(inputs: &[PathBuf]) -> Progress {
    match output::terminal_width() {
        Some(_) => Progress::hidden(),
        None => Progress::bytes("predict", inputs.iter().map(|input| size(input)).sum()),
    }
}

fn size(input: &Path) -> Option<u64> {
    let data = std::fs::metadata(input).ok()?;
    data.is_file().then_some(data.len())
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

/// One run of the command.
struct Run<'c> {
    args: &'c PredictArgs,
    classifier: &'c TopicClassifier,
    columns: Columns,
    workers: Batches<'c>,
    printer: Box<dyn Printer + 'c>,
    out: Output,
    summary: Summary,
    progress: Progress,
}

impl Run<'_> {
    fn file(&mut self, input: &Path) -> Result<()> {
        let mut records = match self.open(input) {
            Ok(records) => records,
            Err(error) if self.skips(&error) => return self.print(vec![Err(error)]),
            Err(error) => return Err(error),
        };
        let on_error = self.args.on_error;
        let is_file = size(input).is_some();
        let mut batch = next_batch(&mut records, on_error);
        loop {
            output::notes(&records.take_notes());
            // A file is read on while it is answered. What comes through a pipe may be long in
            // coming: its answers do not wait for it.
            let ended = batch.ended;
            let reads_on = is_file && !ended && batch.bytes <= READ_AHEAD_BYTES;
            let answer = || answers(&mut self.workers, self.classifier, self.args, batch.records);
            let (answers, next) = match reads_on {
                false => (answer(), None),
                true => rayon::join(answer, || Some(next_batch(&mut records, on_error))),
            };
            self.print(answers)?;
            if ended {
                return Ok(());
            }
            batch = next.unwrap_or_else(|| next_batch(&mut records, on_error));
        }
    }

    fn open(&self, input: &Path) -> Result<Records> {
        readers::open_through(input, self.args.input.format(), &self.columns, |bytes| {
            self.progress.of_reading(bytes)
        })
    }

    /// Whether the run goes on after an error: wrong usage is mended better than skipped.
    fn skips(&self, error: &Error) -> bool {
        self.args.on_error == OnError::Skip && error.kind() != ErrorKind::Usage
    }

    /// Prints answers; what was read before a bad record is answered before the record is
    /// complained of.
    fn print(&mut self, answers: Vec<Result<Answer>>) -> Result<()> {
        let _whole = interrupt::whole();
        self.printer.prepare(&answers);
        for answer in answers {
            let bad = match answer {
                Ok(answer) => match self.printer.answer(&mut self.out, &answer) {
                    // What the format has no place for is a bad record too.
                    Err(error) if error.kind() == ErrorKind::Data => error,
                    written => {
                        written?;
                        self.summary.answered(&answer.prediction);
                        continue;
                    }
                },
                Err(error) => error,
            };
            if !self.skips(&bad) {
                self.out.flush().map_err(write_error)?;
                return Err(bad);
            }
            self.printer.failure(&mut self.out, &bad)?;
            self.summary.skipped();
        }
        // Whoever reads along, and whoever interrupts, gets whole batches.
        self.out.flush().map_err(write_error)
    }

    fn end(mut self) -> Result<()> {
        drop(self.progress);
        self.printer.end(&mut self.out)?;
        self.out.flush().map_err(write_error)?;
        match self.summary.say(self.classifier.labels()) {
            0 => Ok(()),
            skipped => Err(Error::data(format!(
                "{} could not be read and {} skipped; the output says which and why",
                if skipped == 1 {
                    "1 record or file".to_owned()
                } else {
                    format!("{} records or files", output::count(skipped))
                },
                if skipped == 1 { "was" } else { "were" },
            ))),
        }
    }
}

/// The answers to a batch in its order.
fn answers(
    workers: &mut Batches<'_>,
    classifier: &TopicClassifier,
    args: &PredictArgs,
    batch: Vec<Result<Record>>,
) -> Vec<Result<Answer>> {
    let said = workers.map(&batch, |predictor, record| {
        // Nothing is said of what could not be read.
        let empty = Document::default();
        let document = record.as_ref().map_or(&empty, |record| &record.document);
        let (title, text) = (document.title(), document.text.as_str());
        let prediction = predictor.predict(title, text);
        let evidence = args
            .evidence
            .then(|| strongest_terms(classifier, title, text, &prediction.labels));
        let passages = args.passages.then(|| predictor.passages(text));
        (prediction, evidence, passages)
    });
    batch
        .into_iter()
        .zip(said)
        .map(|(record, (prediction, evidence, passages))| {
            Ok(Answer {
                record: record?,
                prediction,
                evidence,
                passages,
            })
        })
        .collect()
}

/// Records that are answered together.
struct Batch {
    /// What was read and what could not be, in their order.
    records: Vec<Result<Record>>,
    /// What they take.
    bytes: usize,
    /// Whether they are the last of their input.
    ended: bool,
}

/// The next records. An error is the last, unless it is of one record and the records after it
/// can be read.
fn next_batch(records: &mut Records, on_error: OnError) -> Batch {
    let mut batch = Batch {
        records: Vec::new(),
        bytes: 0,
        ended: false,
    };
    while !batch.ended && batch.records.len() < BATCH && batch.bytes < BATCH_BYTES {
        let Some(record) = records.next() else {
            batch.ended = true;
            break;
        };
        match &record {
            Ok(record) => batch.bytes += bytes(record),
            Err(error) => {
                batch.bytes += error.message().len();
                batch.ended = on_error == OnError::Stop || error.position().record.is_none();
            }
        }
        batch.records.push(record);
    }
    batch
}

/// About the bytes that a record takes, with all its fields.
fn bytes(record: &Record) -> usize {
    let document = &record.document;
    let optional = [&document.title, &record.lang, &record.date, &record.group];
    let optional = optional.into_iter().flatten();
    let labels = match &record.labels {
        Some(Labels::Cell(cell)) => slice::from_ref(cell),
        Some(Labels::List(labels)) => labels,
        Some(Labels::Undecided) | None => &[],
    };
    [&document.id, &document.text]
        .into_iter()
        .chain(optional)
        .chain(labels)
        .chain(record.fields.names.iter())
        .chain(&record.fields.values)
        .map(|text| size_of::<String>() + text.len())
        .sum()
}

/// For each label given the words that speak most for it.
fn strongest_terms(
    classifier: &TopicClassifier,
    title: &str,
    text: &str,
    labels: &[usize],
) -> Vec<(usize, Vec<TermEvidence>)> {
    if labels.is_empty() {
        return Vec::new();
    }
    let explanation = classifier.explain(title, text);
    labels
        .iter()
        .map(|&label| {
            let terms = explanation.strongest_terms(label, true, EVIDENCE_WORDS);
            (label, terms)
        })
        .collect()
}
