//! Learning curve: figures against the number of training articles.

use maud::Markup;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::canvas::{Axis, BLUE, Caption, INK, ORANGE, WIDE};
use super::canvas::{chart, dashed, picture, px, stroke, text};
use crate::error::Result;

/// What was reached with a number of training articles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Training articles.
    pub articles: usize,
    /// The micro F1 (of a multi-class model: the accuracy).
    pub micro: f64,
    /// The macro F1.
    pub macro_: f64,
}

/// `steps` have ascending numbers of articles; `micro` is what the first figure is called.
pub fn learning_curve(caption: &Caption, micro: &str, steps: &[Step]) -> Result<Markup> {
    let most = steps.iter().map(|step| step.articles).max().unwrap_or(1) as f64;
    let x = Axis {
        name: "training articles",
        range: 0.0..most * 1.04,
        ticks: round_ticks(most),
    };
    let points = |value: fn(&Step) -> f64| -> Vec<(f64, f64)> {
        steps
            .iter()
            .map(|s| (s.articles as f64, value(s)))
            .collect()
    };
    let (pooled, mean) = (points(|s| s.micro), points(|s| s.macro_));
    let legend = text(INK).pos(Pos::new(HPos::Left, VPos::Center));
    picture(WIDE, caption, |area| {
        let mut chart = chart(area, x, Axis::unit("figure"))?;
        chart.draw_series([PathElement::new(pooled.clone(), stroke(BLUE, 9))])?;
        chart.draw_series(
            pooled
                .iter()
                .map(|&at| Circle::new(at, px(4), BLUE.filled())),
        )?;
        chart.draw_series([dashed(mean.clone(), ORANGE)])?;
        chart.draw_series(
            mean.iter()
                .map(|&at| TriangleMarker::new(at, px(5), ORANGE.filled())),
        )?;
        // The lower right corner is where a learning curve never is.
        let at = most * 0.66;
        chart.draw_series([Circle::new((at, 0.2), px(4), BLUE.filled())])?;
        chart.draw_series([TriangleMarker::new((at, 0.1), px(5), ORANGE.filled())])?;
        chart.draw_series([
            Text::new(micro.to_owned(), (most * 0.69, 0.2), legend.clone()),
            Text::new("macro F1".to_owned(), (most * 0.69, 0.1), legend),
        ])?;
        Ok(())
    })
}

/// Four or so ticks at round numbers.
fn round_ticks(most: f64) -> Vec<(f64, String)> {
    let rough = most / 4.0;
    let power = 10_f64.powf(rough.max(1.0).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| *step >= rough)
        .unwrap_or(10.0 * power);
    (0..)
        .map(|number| f64::from(number) * step)
        .take_while(|tick| *tick <= most)
        .map(|tick| (tick, format!("{tick:.0}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        let names = |most| -> Vec<String> { round_ticks(most).into_iter().map(|t| t.1).collect() };
        assert_eq!(names(4082.0), ["0", "2000", "4000"]);
        assert_eq!(names(1.0), ["0", "1"]);
        assert_eq!(names(950.0), ["0", "500"]);
    }
}
