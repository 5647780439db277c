//! The sections that consist of one plot for each topic, and the learning curve.

use maud::{Markup, html};

use super::{MOST_CURVES, Section, absent, count, largest, micro, of_all, scrolling};
use crate::error::Result;
use crate::evaluation::{Evaluation, LabelDetail};
use crate::metrics::LabelReport;
use crate::report::plots::{self, Bin, Caption, Chosen, ScoreHistogram, Step};
use crate::report::table::cell;

/// The curves of the topics that have one.
pub fn precision_recall(evaluation: &Evaluation) -> Result<Option<Section>> {
    let panels = panels(evaluation, |label, detail| {
        let chosen = detail
            .thresholds
            .iter()
            .find(|row| row.chosen)
            .and_then(|row| {
                Some(Chosen {
                    threshold: row.threshold?,
                    precision: row.precision?,
                    recall: row.recall?,
                })
            });
        let points: Vec<(f64, f64)> = detail
            .precision_recall
            .iter()
            .map(|p| (p.recall, p.precision))
            .collect();
        if points.is_empty() {
            return Ok(None);
        }
        let share = label.counts.support() as f64 / evaluation.report.articles as f64;
        let caption = Caption {
            title: format!("Precision-recall curve of {}", label.label),
            description: chosen.map_or(String::new(), |at| {
                format!(
                    "at the threshold {:.3} precision {:.3} and recall {:.3}",
                    at.threshold, at.precision, at.recall
                )
            }),
        };
        let picture = plots::precision_recall(&caption, &points, chosen, Some(share))?;
        Ok(Some((
            picture,
            format!("average precision {}", cell(label.average_precision)),
        )))
    })?;
    Ok(Some(Section {
        id: "curves",
        heading: "Precision and recall",
        body: html! {
            p {
                "Each curve shows what other thresholds would give: further right more articles are "
                "found, further up fewer are wrong. The orange dot is the threshold in use, with its "
                "value; the dashed line is what labels given at random would score."
            }
            (panels)
        },
    }))
}

pub fn reliability(evaluation: &Evaluation) -> Result<Section> {
    let panels = panels(evaluation, |label, detail| {
        let bins: Vec<Bin> = detail
            .reliability
            .iter()
            .filter_map(|bin| {
                Some(Bin {
                    predicted: bin.mean_probability?,
                    observed: bin.share_carrying?,
                    articles: bin.articles,
                })
            })
            .collect();
        let words: Vec<String> = bins
            .iter()
            .map(|bin| {
                format!(
                    "{:.2} came true in {:.2} of {} articles",
                    bin.predicted, bin.observed, bin.articles
                )
            })
            .collect();
        let caption = Caption {
            title: format!("Reliability of the probabilities of {}", label.label),
            description: words.join("; "),
        };
        let picture = plots::reliability(&caption, &bins)?;
        Ok(Some((
            picture,
            format!("calibration error {:.3}", label.calibration_error),
        )))
    })?;
    Ok(Section {
        id: "reliability",
        heading: "Reliability of probabilities",
        body: html! {
            p {
                "Dots on the dashed line are probabilities that mean what they say: of the articles "
                "given 0.7, seven in ten carry the topic. Below the line they promise too much, above "
                "it too little. The larger a dot, the more articles; small dots scatter by chance."
            }
            (panels)
        },
    })
}

pub fn histograms(evaluation: &Evaluation) -> Result<Section> {
    let panels = panels(evaluation, |label, detail| {
        let carriers: Vec<usize> = detail.histogram.iter().map(|bin| bin.carrying).collect();
        let others: Vec<usize> = detail
            .histogram
            .iter()
            .map(|bin| bin.not_carrying)
            .collect();
        let caption = Caption {
            title: format!("Probabilities of {}", label.label),
            description: format!(
                "{} articles carry it, {} do not; {} are falsely given it and {} are missed",
                label.counts.support(),
                evaluation.report.articles - label.counts.support(),
                label.counts.false_positives,
                label.counts.false_negatives
            ),
        };
        let histogram = ScoreHistogram {
            carriers: &carriers,
            others: &others,
            threshold: detail.threshold,
        };
        let picture = plots::score_histogram(&caption, &histogram)?;
        let note = format!(
            "{} false, {} missed",
            count(label.counts.false_positives),
            count(label.counts.false_negatives)
        );
        Ok(Some((picture, note)))
    })?;
    Ok(Section {
        id: "scores",
        heading: "Where the probabilities lie",
        body: html! {
            p {
                "Articles by probability: those that carry the topic upwards, the others downwards; "
                "heights are logarithmic, so that single articles can be seen. The dashed line is the "
                "threshold: blue left of it is missed, orange right of it is false."
            }
            (panels)
        },
    })
}

pub fn learning_curve(evaluation: &Evaluation) -> Result<Option<Section>> {
    let steps: Vec<Step> = evaluation
        .learning_curve
        .iter()
        .map(|point| Step {
            articles: point.articles,
            micro: point.report.averages.micro.f1,
            macro_: point.report.averages.macro_.f1,
        })
        .collect();
    if steps.is_empty() {
        return Ok(None);
    }
    let first = micro(evaluation.task);
    let words: Vec<String> = steps
        .iter()
        .map(|s| format!("{} articles {first} {:.3}", s.articles, s.micro))
        .collect();
    let caption = Caption {
        title: "Learning curve".to_owned(),
        description: words.join("; "),
    };
    let table = html! {
        table {
            thead { tr { th.n { "share" } th.n { "training articles" } th.n { (first) } th.n { "macro F1" } } }
            tbody {
                @for (point, step) in evaluation.learning_curve.iter().zip(&steps) {
                    tr {
                        td.n { (format!("{:.0} %", 100.0 * point.share)) }
                        td.n { (count(step.articles)) }
                        td.n { (format!("{:.3}", step.micro)) }
                        td.n { (format!("{:.3}", step.macro_)) }
                    }
                }
            }
        }
    };
    Ok(Some(Section {
        id: "learning",
        heading: "Learning curve",
        body: html! {
            p {
                "The figures of models trained on a share of the articles. A curve that still rises at "
                "its end says that more labelled articles would help."
            }
            div.beside {
                figure.single { (plots::learning_curve(&caption, first, &steps)?) }
                (scrolling("Learning curve", &table))
            }
        },
    }))
}

/// One small picture with a line of text for each of the largest topics.
fn panels(
    evaluation: &Evaluation,
    draw: impl Fn(&LabelReport, &LabelDetail) -> Result<Option<(Markup, String)>>,
) -> Result<Markup> {
    let shown = largest(evaluation, MOST_CURVES);
    let mut figures = Vec::new();
    for &at in &shown {
        let label = &evaluation.report.labels[at];
        let drawn = draw(label, &evaluation.details[at])?;
        figures.push(html! {
            figure {
                figcaption { strong { bdi { (label.label) } } @if let Some((_, note)) = &drawn { " " span.note { (note) } } }
                @match drawn {
                    Some((picture, _)) => (picture),
                    None => p.note {
                        (absent()) ": a curve needs articles with the topic and articles without it."
                    },
                }
            }
        });
    }
    Ok(html! {
        (of_all(evaluation, shown.len()))
        div.panels.even[matches!(shown.len(), 2 | 4)] { @for figure in &figures { (figure) } }
    })
}
