//! Every wrong decision as a row of CSV.

use crate::error::{Error, ErrorKind, Result};
use crate::evaluation::{Evaluation, Mistake, MistakeKind};

/// All mistakes as CSV with a header, likely errors of the data first.
///
/// Errors: none in practice; the writer into memory cannot fail.
pub fn errors_csv(evaluation: &Evaluation) -> Result<Vec<u8>> {
    let failed = |e: &dyn std::fmt::Display| {
        Error::new(ErrorKind::Failed, format!("cannot write the mistakes: {e}"))
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record([
            "rank",
            "id",
            "file",
            "line",
            "mistake",
            "label",
            "probability",
            "threshold",
            "self_confidence",
            "labels",
            "given",
            "title",
            "beginning",
            "words",
        ])
        .map_err(|e| failed(&e))?;
    for (index, mistake) in evaluation.mistakes.ranked.iter().enumerate() {
        writer
            .write_record(row(index + 1, mistake, &evaluation.labels))
            .map_err(|e| failed(&e))?;
    }
    writer.into_inner().map_err(|e| failed(&e))
}

fn row(rank: usize, mistake: &Mistake, labels: &[String]) -> [String; 14] {
    let names = |numbers: &[usize]| -> String {
        let names: Vec<&str> = numbers.iter().map(|&l| labels[l].as_str()).collect();
        names.join(";")
    };
    let position = &mistake.position;
    let words: Vec<String> = mistake
        .evidence
        .iter()
        .map(|term| format!("{} {:+.2}", term.term, term.contribution))
        .collect();
    [
        rank.to_string(),
        mistake.id.clone(),
        position
            .file
            .as_ref()
            .map_or(String::new(), |f| f.display().to_string()),
        position.line.map_or(String::new(), |line| line.to_string()),
        match mistake.kind {
            MistakeKind::False => "false".to_owned(),
            MistakeKind::Missed => "missed".to_owned(),
        },
        labels[mistake.label].clone(),
        format!("{:.6}", mistake.probability),
        mistake
            .threshold
            .map_or(String::new(), |t| format!("{t:.6}")),
        format!("{:.6}", mistake.self_confidence),
        names(&mistake.carries),
        names(&mistake.given),
        mistake.title.clone(),
        mistake.excerpt.clone(),
        words.join(", "),
    ]
}
