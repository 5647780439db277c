//! A readable line an article: a tab after the id in a pipe, columns on a terminal.

use std::io::Write;

use newstopics::{Error, Passage, Prediction, Result, TermEvidence, TopicClassifier};

use super::{Answer, Printer, no_place, one_line, place};
use crate::cli::output::write_error;
use crate::cli::predict::PredictArgs;
use crate::cli::{layout, style};

/// Columns of the first words of a passage, at most and at least.
const FIRST_WORDS: usize = 60;
const LEAST_ROOM: usize = 12;

pub struct Table<'c> {
    classifier: &'c TopicClassifier,
    /// Columns of the terminal, if it is one.
    terminal: Option<usize>,
    /// Columns of the ids on a terminal: as wide as the widest so far.
    id_width: usize,
}

impl<'c> Table<'c> {
    pub fn new(classifier: &'c TopicClassifier, terminal: Option<usize>) -> Self {
        Self {
            classifier,
            terminal,
            id_width: 0,
        }
    }

    /// The id, and the columns it takes on a terminal.
    fn id_column(&self, id: &str) -> (String, usize) {
        let id = one_line(id);
        match self.terminal {
            // A tab ends the id, so that the line can be cut as well as read.
            None => (format!("{id}\t"), 0),
            Some(_) => {
                let shortened = layout::shorten(&id, self.id_width);
                (
                    layout::pad(&shortened, self.id_width + 2),
                    self.id_width + 2,
                )
            }
        }
    }

    fn scores(&self, labels: &[usize], scores: &[f64]) -> Vec<String> {
        labels
            .iter()
            .map(|&l| {
                let name = style::paint(style::label(l), &self.classifier.labels()[l]);
                format!("{name} {:.2}", scores[l])
            })
            .collect()
    }

    fn pieces(&self, prediction: &Prediction) -> Vec<String> {
        let names = self.classifier.labels();
        let score = |l: usize| prediction.scores[l];
        let mut pieces = self.scores(&prediction.labels, &prediction.scores);
        if pieces.is_empty() {
            let best = (0..names.len())
                .max_by(|&a, &b| score(a).total_cmp(&score(b)))
                .map(|l| format!("(highest: {} {:.2})", names[l], score(l)))
                .unwrap_or_default();
            let best = style::paint(style::faint(), &best);
            match self.terminal {
                None => pieces.push(format!("no topic {best}")),
                Some(_) => pieces.extend(["no topic".to_owned(), best]),
            }
        }
        pieces.extend(
            prediction
                .warnings
                .iter()
                .map(|w| style::paint(style::warning(), &format!("! {}", w.message()))),
        );
        pieces
    }

    /// What each passage carries, and its first words.
    fn passages(&self, passages: &[Passage], text: &str) -> String {
        let said: Vec<String> = passages
            .iter()
            .map(|passage| match passage.labels.is_empty() {
                true => "no topic".to_owned(),
                false => self.scores(&passage.labels, &passage.scores).join("  "),
            })
            .collect();
        let widest = said.iter().map(|s| layout::width(s)).max().unwrap_or(0);
        let (indent, column, room) = match self.terminal {
            None => ("\t  ", 0, FIRST_WORDS),
            Some(columns) => ("    ", widest, columns.saturating_sub(widest + 6)),
        };
        let mut lines = String::new();
        for (passage, said) in passages.iter().zip(said) {
            let text = &text[passage.span.clone()];
            let words: Vec<&str> = text.split_whitespace().take(FIRST_WORDS).collect();
            let words = one_line(&words.join(" "));
            let words = layout::cut(&words, room.clamp(LEAST_ROOM, FIRST_WORDS));
            let style = match passage.labels.is_empty() {
                true => style::faint(),
                false => anstyle::Style::new(),
            };
            let said = layout::pad(&said, column);
            lines += &format!("{indent}{said}  {}\n", style::paint(style, &words));
        }
        lines
    }

    fn evidence(&self, label: usize, terms: &[TermEvidence]) -> String {
        let words: Vec<String> = terms
            .iter()
            .map(|t| format!("{} +{:.2}", t.term, t.contribution))
            .collect();
        let name = &self.classifier.labels()[label];
        let (indent, start) = match self.terminal {
            None => ("\t  ", 0),
            Some(_) => ("    ", 4 + layout::width(name) + 2),
        };
        format!(
            "{indent}{}: {}",
            style::paint(style::label(label), name),
            layout::flow(&words, ", ", start, 6, self.terminal)
        )
    }
}

impl Printer for Table<'_> {
    fn check(&self, args: &PredictArgs) -> Result<()> {
        if args.include_text {
            return Err(no_place("--include-text", "table", "jsonl or csv"));
        }
        Ok(())
    }

    fn prepare(&mut self, answers: &[Result<Answer>]) {
        let Some(columns) = self.terminal else {
            return;
        };
        let widths = answers.iter().map(|answer| match answer {
            Ok(answer) => layout::width(&one_line(&answer.record.document.id)),
            Err(error) => layout::width(&one_line(&place(error))),
        });
        // The labels have more than half of the line.
        let most = columns * 2 / 5;
        self.id_width = widths.fold(self.id_width, usize::max).min(most);
    }

    fn answer(&mut self, out: &mut dyn Write, answer: &Answer) -> Result<()> {
        let (id, start) = self.id_column(&answer.record.document.id);
        let pieces = self.pieces(&answer.prediction);
        let line = layout::flow(&pieces, "  ", start, start, self.terminal);
        writeln!(out, "{id}{line}").map_err(write_error)?;
        for (label, terms) in answer.evidence.iter().flatten() {
            writeln!(out, "{}", self.evidence(*label, terms)).map_err(write_error)?;
        }
        if let Some(passages) = &answer.passages {
            let lines = self.passages(passages, &answer.record.document.text);
            out.write_all(lines.as_bytes()).map_err(write_error)?;
        }
        Ok(())
    }

    fn failure(&mut self, out: &mut dyn Write, error: &Error) -> Result<()> {
        let (id, start) = self.id_column(&place(error));
        let words: Vec<String> = format!("error: {}", one_line(&reason(error)))
            .split(' ')
            .map(str::to_owned)
            .collect();
        let line = layout::flow(&words, " ", start, start, self.terminal);
        writeln!(out, "{id}{}", style::paint(style::warning(), &line)).map_err(write_error)
    }
}

/// The message with the field, which the place does not name.
fn reason(error: &Error) -> String {
    match &error.position().field {
        Some(field) => format!("field `{field}`: {}", error.message()),
        None => error.message().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use newstopics::corpus::Document;
    use newstopics::corpus::readers::Record;

    fn answers(classifier: &TopicClassifier) -> Vec<Result<Answer>> {
        let texts = [
            (
                "kurz",
                "Die EU erhebt Zölle auf Gallium und kauft Fregatten für die Marine.",
            ),
            ("輸出/管理.txt", "Es regnet."),
            ("a/very/long/path/of/an/article.txt", "Zölle auf Stahl."),
        ];
        texts
            .iter()
            .map(|(id, text)| {
                let prediction = classifier.predict(text);
                Ok(Answer {
                    record: Record {
                        document: Document::new(*id, "", *text),
                        ..Record::default()
                    },
                    prediction,
                    evidence: None,
                    passages: Some(classifier.passages(text)),
                })
            })
            .chain([Err(Error::data("found `x`, expected a label")
                .in_file("b.csv")
                .at_record(4, None))])
            .collect()
    }

    fn print(terminal: Option<usize>) -> String {
        let classifier = TopicClassifier::pretrained();
        let answers = answers(&classifier);
        let mut table = Table::new(&classifier, terminal);
        let mut out = Vec::new();
        table.prepare(&answers);
        for answer in &answers {
            match answer {
                Ok(answer) => table.answer(&mut out, answer).unwrap(),
                Err(error) => table.failure(&mut out, error).unwrap(),
            }
        }
        let out = String::from_utf8(out).unwrap();
        anstream::adapter::strip_str(&out).to_string()
    }

    #[test]
    fn on_a_terminal_columns_are_aligned_and_nothing_is_wider() {
        for columns in [60, 80, 120] {
            let page = print(Some(columns));
            assert!(
                page.lines().all(|line| layout::width(line) <= columns),
                "{page}"
            );
            assert!(!page.contains('\t'), "{page}");
            // Each answer's first line has its labels in the same column.
            let starts: Vec<usize> = page
                .lines()
                .filter(|line| !line.starts_with(' '))
                .map(|line| {
                    let (id, _) = line.rsplit_once("  ").unwrap();
                    let id = id.split("  ").next().unwrap();
                    let said = line[id.len()..].trim_start();
                    layout::width(&line[..line.len() - said.len()])
                })
                .collect();
            assert_eq!(starts.len(), 4, "{page}");
            assert!(starts.iter().all(|start| *start == starts[0]), "{page}");
        }
    }

    #[test]
    fn in_a_pipe_a_tab_ends_the_whole_id() {
        let page = print(None);
        let ids: Vec<&str> = page
            .lines()
            .map(|line| line.split('\t').next().unwrap())
            .collect();
        let expected = [
            "kurz",
            "",
            "輸出/管理.txt",
            "",
            "a/very/long/path/of/an/article.txt",
            "",
            "b.csv, record 4",
        ];
        assert_eq!(ids, expected);
    }
}
