//! What a run of `predict` says at its end.

use std::time::Instant;

use newstopics::Prediction;

use super::output;

/// Labels that are named in the summary; of hundreds, the most frequent.
const NAMED: usize = 12;

/// Counts what was answered.
pub struct Summary {
    start: Instant,
    articles: usize,
    without: usize,
    skipped: usize,
    per_label: Vec<usize>,
}

impl Summary {
    /// Nothing yet, for a model of so many labels.
    pub fn new(labels: usize) -> Self {
        Self {
            start: Instant::now(),
            articles: 0,
            without: 0,
            skipped: 0,
            per_label: vec![0; labels],
        }
    }

    /// An article was answered.
    pub fn answered(&mut self, prediction: &Prediction) {
        self.articles += 1;
        self.without += usize::from(prediction.labels.is_empty());
        for &label in &prediction.labels {
            self.per_label[label] += 1;
        }
    }

    /// A record or a file was skipped.
    pub fn skipped(&mut self) {
        self.skipped += 1;
    }

    /// Says the counts on standard error; gives the number of what was skipped.
    pub fn say(&self, labels: &[String]) -> usize {
        let seconds = self.start.elapsed().as_secs_f64();
        let rate = self.articles as f64 / seconds.max(1e-6);
        let mut line = format!(
            "{} {} in {}, {} a second",
            output::count(self.articles),
            if self.articles == 1 {
                "article"
            } else {
                "articles"
            },
            duration(seconds),
            output::count(rate.round() as usize),
        );
        if self.skipped > 0 {
            line += &format!("; {} skipped", output::count(self.skipped));
        }
        output::note(format_args!("{line}"));
        output::note(format_args!("{}", self.topics(labels)));
        self.skipped
    }

    fn topics(&self, labels: &[String]) -> String {
        let mut order: Vec<usize> = (0..labels.len()).collect();
        if labels.len() > NAMED {
            order.sort_by_key(|&l| std::cmp::Reverse(self.per_label[l]));
        }
        let mut parts: Vec<String> = order
            .iter()
            .take(NAMED)
            .map(|&l| format!("{} {}", labels[l], output::count(self.per_label[l])))
            .collect();
        if labels.len() > NAMED {
            parts.push(format!("({} more labels)", labels.len() - NAMED));
        }
        parts.push(format!("no topic {}", output::count(self.without)));
        parts.join(", ")
    }
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 0.01 => format!("{:.1} ms", 1000.0 * s),
        s if s < 1.0 => format!("{:.0} ms", 1000.0 * s),
        s if s < 120.0 => format!("{s:.1} s"),
        s => format!(
            "{:.0} min {:02.0} s",
            (s / 60.0).floor(),
            (s % 60.0).floor()
        ),
    }
}
