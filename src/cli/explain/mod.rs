//! `newstopics explain`.

mod json;
mod text;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use newstopics::corpus::readers;
use newstopics::report::html::ExplainedArticle;
use newstopics::{Error, Result, TopicClassifier, report};

use super::args::{InputArgs, ReportFormat};
use super::files;
use super::interrupt;
use super::output::{self, write_error};

pub const EXAMPLES: &str = "\
Examples:
  newstopics explain article.txt
  newstopics explain article.txt --label tariffs --format json
  newstopics explain articles/ --html reasons.html";

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
    /// Write a page for the browser to FILE too, with the words marked by what they say
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    #[command(flatten)]
    pub columns: InputArgs,
}

pub fn run(args: ExplainArgs) -> Result<()> {
    let classifier = super::load(args.model.as_deref())?;
    let labels = chosen_labels(&classifier, args.label.as_deref())?;
    let mut out = output::stdout();
    let terminal = output::terminal_width();
    let mut explained = Vec::new();
    let inputs = readers::expand(std::slice::from_ref(&args.input))?;
    files::check_outputs(&args.html, &[&inputs, args.model.as_slice()])?;
    files::check_stdout(&inputs)?;
    for input in &inputs {
        let mut records = readers::open(input, args.columns.format(), &args.columns.columns())?;
        while let Some(record) = records.next() {
            output::notes(&records.take_notes());
            let document = record?.document;
            let explanation = classifier.explain(document.title(), &document.text);
            let article = ExplainedArticle {
                document,
                explanation,
            };
            let _whole = interrupt::whole();
            match args.format {
                ReportFormat::Text => {
                    let page = text::page(&classifier, &article, &labels, args.top, terminal);
                    out.write_all(page.as_bytes())
                }
                ReportFormat::Json => {
                    serde_json::to_writer(&mut out, &json::object(&classifier, &article, &labels))
                        .map_err(std::io::Error::from)
                        .and_then(|()| writeln!(out))
                }
            }
            .and_then(|()| out.flush())
            .map_err(write_error)?;
            if args.html.is_some() {
                explained.push(article);
            }
        }
    }
    if let Some(file) = &args.html {
        let page = report::html::explanations(&classifier, &explained, &labels, args.top);
        let _whole = interrupt::whole();
        report::save(file, &page)?;
        output::note(format_args!(
            "wrote {} ({})",
            file.display(),
            output::size(page.len())
        ));
    }
    Ok(())
}

fn chosen_labels(classifier: &TopicClassifier, asked: Option<&str>) -> Result<Vec<usize>> {
    let Some(asked) = asked else {
        return Ok((0..classifier.labels().len()).collect());
    };
    match classifier.labels().iter().position(|label| label == asked) {
        Some(label) => Ok(vec![label]),
        None => Err(Error::usage(format!(
            "found the label `{asked}`, expected one of: {}",
            classifier.labels().join(", ")
        ))),
    }
}
