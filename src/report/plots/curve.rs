//! Precision-recall curve of one label.

use maud::Markup;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::canvas::{Axis, BLUE, Caption, INK, MUTED, ORANGE, PANEL, PAPER};
use super::canvas::{chart, dashed, picture, px, stroke, text};
use crate::error::Result;

/// The point of a curve that a threshold chooses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chosen {
    pub threshold: f64,
    pub precision: f64,
    pub recall: f64,
}

/// `points` are (recall, precision) with recall ascending; `prevalence` is the precision of
/// labels given at random.
pub fn precision_recall(
    caption: &Caption,
    points: &[(f64, f64)],
    chosen: Option<Chosen>,
    prevalence: Option<f64>,
) -> Result<Markup> {
    picture(PANEL, caption, |area| {
        let mut chart = chart(area, Axis::unit("recall"), Axis::unit("precision"))?;
        if let Some(share) = prevalence {
            chart.draw_series([dashed(vec![(0.0, share), (1.0, share)], MUTED)])?;
        }
        chart.draw_series([PathElement::new(steps(points), stroke(BLUE, 9))])?;
        if let Some(at) = chosen {
            let place = (at.recall, at.precision);
            chart.draw_series([
                Circle::new(place, px(6), PAPER.filled()),
                Circle::new(place, px(5), ORANGE.filled()),
            ])?;
            chart.draw_series([beside(at)])?;
        }
        Ok(())
    })
}

/// A precision holds from the recall before it to its own.
fn steps(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut path: Vec<(f64, f64)> = Vec::with_capacity(2 * points.len());
    let mut before = 0.0;
    for &(recall, precision) in points {
        path.push((before, precision));
        path.push((recall, precision));
        before = recall;
    }
    path.dedup();
    path
}

/// The threshold's value, written on the side below the curve.
fn beside(at: Chosen) -> Text<'static, (f64, f64), String> {
    let (side, across) = if at.recall > 0.45 {
        (HPos::Right, -0.035)
    } else {
        (HPos::Left, 0.035)
    };
    let (vertical, down) = if at.precision > 0.25 {
        (VPos::Top, -0.035)
    } else {
        (VPos::Bottom, 0.05)
    };
    Text::new(
        format!("{:.2}", at.threshold),
        (at.recall + across, at.precision + down),
        text(INK).pos(Pos::new(side, vertical)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_holds_from_the_recall_before() {
        let path = steps(&[(0.5, 1.0), (0.5, 0.5), (1.0, 0.75)]);
        let expected = [(0.0, 1.0), (0.5, 1.0), (0.5, 0.5), (0.5, 0.75), (1.0, 0.75)];
        assert_eq!(path, expected);
        assert_eq!(steps(&[]), []);
    }
}
