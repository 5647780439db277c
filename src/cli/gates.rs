//! Limits that figures must not fall below: `--fail-under`.

use std::fmt;
use std::str::FromStr;

use newstopics::evaluation::Evaluation;
use newstopics::metrics::{Figure, LabelReport};
use newstopics::{Error, ErrorKind, Result};

/// A figure and its least value.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    what: Gated,
    least: f64,
}

#[derive(Debug, Clone, PartialEq)]
enum Gated {
    Figure(Figure),
    Label(String, LabelFigure),
}

/// A figure of one label.
#[derive(Debug, Clone, Copy, PartialEq)]
enum LabelFigure {
    Precision,
    Recall,
    F1,
    AveragePrecision,
    RocAuc,
}

const LABEL_FIGURES: [(&str, LabelFigure); 5] = [
    ("precision", LabelFigure::Precision),
    ("recall", LabelFigure::Recall),
    ("f1", LabelFigure::F1),
    ("average-precision", LabelFigure::AveragePrecision),
    ("roc-auc", LabelFigure::RocAuc),
];

impl LabelFigure {
    fn of(self, label: &LabelReport) -> Option<f64> {
        match self {
            Self::Precision => label.precision(),
            Self::Recall => label.recall(),
            Self::F1 => label.f1(),
            Self::AveragePrecision => label.average_precision,
            Self::RocAuc => label.roc_auc,
        }
    }
}

impl FromStr for Gate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        // A label may contain the signs that separate.
        let Some((name, limit)) = text.rsplit_once('=') else {
            return Err(Error::usage(
                "expected a figure and its limit, as micro-f1=0.9",
            ));
        };
        let least = limit
            .parse()
            .ok()
            .filter(|least: &f64| (-1.0..=1.0).contains(least))
            .ok_or_else(|| {
                Error::usage(format!(
                    "found the limit `{limit}`, expected a number from -1 to 1"
                ))
            })?;
        let what = match name.rsplit_once(':') {
            Some((label, figure)) => Gated::Label(label.to_owned(), label_figure(figure)?),
            None => Gated::Figure(figure(name)?),
        };
        Ok(Self { what, least })
    }
}

fn figure(name: &str) -> Result<Figure> {
    let names: Vec<&str> = Figure::ALL
        .iter()
        .filter(|figure| figure.higher_is_better())
        .map(|figure| figure.name())
        .collect();
    name.parse()
        .ok()
        .filter(|figure: &Figure| figure.higher_is_better())
        .ok_or_else(|| {
            Error::usage(format!(
                "found the figure `{name}`, expected one of which more is better: {}",
                names.join(", ")
            ))
        })
}

fn label_figure(name: &str) -> Result<LabelFigure> {
    LABEL_FIGURES
        .iter()
        .find(|(own, _)| *own == name)
        .map(|(_, figure)| *figure)
        .ok_or_else(|| {
            let names = LABEL_FIGURES.map(|(name, _)| name);
            Error::usage(format!(
                "found the figure `{name}` of a label, expected one of: {}",
                names.join(", ")
            ))
        })
}

impl fmt::Display for Gated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Figure(figure) => figure.fmt(f),
            Self::Label(label, figure) => {
                let name = LABEL_FIGURES.iter().find(|(_, own)| own == figure);
                write!(f, "{label}:{}", name.map_or("", |(name, _)| name))
            }
        }
    }
}

impl Gate {
    /// Complains of a label that there is not.
    pub fn check_label(&self, labels: &[String]) -> Result<()> {
        match &self.what {
            Gated::Label(label, _) if !labels.contains(label) => Err(Error::usage(format!(
                "found the label `{label}` in --fail-under, expected one of: {}",
                labels.join(", ")
            ))),
            _ => Ok(()),
        }
    }

    /// What is wrong, if something is: a figure without a value does not reach its limit.
    fn failure(&self, evaluation: &Evaluation) -> Option<String> {
        let report = &evaluation.report;
        let value = match &self.what {
            Gated::Figure(figure) => report.figure(*figure),
            Gated::Label(name, figure) => report
                .labels
                .iter()
                .find(|label| label.label == *name)
                .and_then(|label| figure.of(label)),
        };
        match value {
            Some(value) if value >= self.least => None,
            Some(value) => Some(format!(
                "{} is {value:.4}, below the limit of {}",
                self.what, self.least
            )),
            None => Some(format!(
                "{} has no value on these articles, the limit is {}",
                self.what, self.least
            )),
        }
    }
}

/// An error of kind `Gate` when a figure is below its limit.
pub fn check(gates: &[Gate], evaluation: &Evaluation) -> Result<()> {
    let failures: Vec<String> = gates
        .iter()
        .filter_map(|gate| gate.failure(evaluation))
        .collect();
    if failures.is_empty() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Gate, failures.join("; ")))
}
