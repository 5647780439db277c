//! The figures of parts of the articles.

use maud::{Markup, html};

use super::labels::scale_from;
use super::{Section, between, count, micro, scrolling, value};
use crate::error::Result;
use crate::evaluation::{Evaluation, Slice, Slicing};
use crate::metrics::Interval;
use crate::model::Task;
use crate::report::plots::{Caption, whisker, whisker_axis};

/// `None` when there is nothing but wholes.
pub fn section(evaluation: &Evaluation) -> Result<Option<Section>> {
    let parted: Vec<&Slicing> = evaluation
        .slicings
        .iter()
        .filter(|s| s.slices.len() > 1)
        .collect();
    if parted.is_empty() {
        return Ok(None);
    }
    let measured = parted
        .iter()
        .flat_map(|s| &s.slices)
        .filter_map(|s| main_figure(evaluation.task, s));
    let from = scale_from(measured.map(|(value, interval)| interval.map_or(value, |i| i.low)));
    let mut tables = Vec::new();
    for slicing in parted {
        tables.push(html! {
            h3 { "By " bdi { (slicing.by) } }
            (scrolling(&format!("By {}", slicing.by), &table(evaluation.task, slicing, from)?))
            @if slicing.left_out > 0 { p.note { (count(slicing.left_out)) " smaller ones are left out." } }
        });
    }
    Ok(Some(Section {
        id: "slices",
        heading: "Parts of the articles",
        body: html! {
            p {
                "Whether it is as good on every kind of article. Parts differ only where their "
                "intervals hardly overlap."
            }
            @for table in &tables { (table) }
        },
    }))
}

/// The micro F1, of a multi-class model the accuracy, with its interval.
fn main_figure(task: Task, slice: &Slice) -> Option<(f64, Option<Interval>)> {
    match task {
        Task::MultiLabel => {
            let carried = slice.report.labels.iter().any(|l| l.score.support > 0);
            carried.then_some((slice.report.averages.micro.f1, slice.micro_f1))
        }
        Task::MultiClass => Some((slice.report.accuracy, slice.accuracy)),
    }
}

fn table(task: Task, slicing: &Slicing, from: f64) -> Result<Markup> {
    let multi_label = task == Task::MultiLabel;
    let mut rows = Vec::new();
    for slice in &slicing.slices {
        let figure = main_figure(task, slice);
        let caption = Caption {
            title: format!("{} of {}", micro(task), slice.value),
            ..Caption::default()
        };
        let picture = figure
            .map(|(value, interval)| {
                whisker(&caption, from, value, interval.map(|i| (i.low, i.high)))
            })
            .transpose()?;
        let carried = slice.report.averages.macro_carried;
        rows.push(html! {
            tr {
                th scope="row" { bdi { (slice.value) } }
                td.n { (count(slice.report.articles)) }
                td.n { strong { (value(figure.map(|(value, _)| value))) } }
                td.n { (between(figure.and_then(|(_, interval)| interval))) }
                td.whisker { @if let Some(picture) = picture { (picture) } }
                td.n { (value(figure.map(|_| carried.f1))) }
                @if multi_label {
                    td.n { (format!("{:.3}", slice.report.accuracy)) }
                    td.n { (count(slice.report.abstention.false_labels)) " / " (count(slice.report.abstention.carrying_none)) }
                }
            }
        });
    }
    Ok(html! {
        table.slices {
            thead {
                tr {
                    th { bdi { (slicing.by) } }
                    th.n { "articles" }
                    th.n { (micro(task)) }
                    th.n { "95 % interval" }
                    th.whisker { (whisker_axis(from)?) }
                    th.n { "macro F1" }
                    @if multi_label {
                        th.n { "subset" br; "accuracy" }
                        th.n { "false labels /" br; "articles without" }
                    }
                }
            }
            tbody { @for row in &rows { (row) } }
        }
    })
}
