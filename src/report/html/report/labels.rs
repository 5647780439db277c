//! The table of topics.

use maud::html;

use super::{Section, between, count, scrolling, value};
use crate::error::Result;
use crate::evaluation::Evaluation;
use crate::report::plots::{Caption, whisker, whisker_axis};

pub fn table(evaluation: &Evaluation) -> Result<Section> {
    let intervals = evaluation.intervals.as_ref();
    let f1_interval = |label: usize| intervals.and_then(|i| i.labels.get(label)?.f1);
    let lows = evaluation.report.labels.iter().enumerate();
    let from =
        scale_from(lows.filter_map(|(at, l)| Some(f1_interval(at).map_or(l.f1()?, |i| i.low))));
    let mut rows = Vec::new();
    for (at, (label, detail)) in evaluation
        .report
        .labels
        .iter()
        .zip(&evaluation.details)
        .enumerate()
    {
        let interval = f1_interval(at);
        let caption = Caption {
            title: format!("F1 of {}", label.label),
            ..Caption::default()
        };
        let picture = label
            .f1()
            .map(|f1| whisker(&caption, from, f1, interval.map(|i| (i.low, i.high))))
            .transpose()?;
        rows.push(html! {
            tr {
                th scope="row" { bdi { (label.label) } }
                td.n { (count(label.counts.support())) }
                td.n { (count(label.counts.given())) }
                td.n { (value(label.precision())) }
                td.n { (value(label.recall())) }
                td.n { strong { (value(label.f1())) } }
                td.n { (between(interval)) }
                td.whisker { @if let Some(picture) = picture { (picture) } }
                td.n { (value(detail.threshold)) }
                td.n { (value(label.average_precision)) }
                td.n { (value(label.roc_auc)) }
                td.n { (format!("{:.3}", label.brier_score)) }
                td.n { (format!("{:.3}", label.calibration_error)) }
            }
        });
    }
    let table = html! {
        table.labels {
            thead {
                tr {
                    th { "topic" }
                    th.n { "articles" br; "with it" }
                    th.n { "given" br; "to" }
                    th.n { "precision" }
                    th.n { "recall" }
                    th.n { "F1" }
                    th.n { "95 % interval" }
                    th.whisker { (whisker_axis(from)?) }
                    th.n { "threshold" }
                    th.n { "average" br; "precision" }
                    th.n { "ROC" br; "AUC" }
                    th.n { "Brier" br; "score" }
                    th.n { "calib." br; "error" }
                }
            }
            tbody { @for row in &rows { (row) } }
        }
    };
    Ok(Section {
        id: "topics",
        heading: "Topics",
        body: html! {
            p {
                "A wide interval means few articles: label more of that topic before you trust or "
                "distrust its figure."
            }
            (scrolling("Topics", &table))
        },
    })
}

/// Where a scale to 1 has to begin to hold all values, in steps of a tenth.
pub fn scale_from(values: impl Iterator<Item = f64>) -> f64 {
    let least = values.fold(0.9, f64::min);
    ((10.0 * least).floor() / 10.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_begin_below_the_least_value() {
        assert_eq!(scale_from([0.97, 0.63].into_iter()), 0.6);
        assert_eq!(scale_from([0.99].into_iter()), 0.9);
        assert_eq!(scale_from([0.0].into_iter()), 0.0);
        assert_eq!(scale_from(std::iter::empty()), 0.9);
    }
}
