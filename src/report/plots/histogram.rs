//! Where the probabilities of one label lie.

use maud::Markup;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::canvas::{Axis, BLUE, Caption, INK, ORANGE, PANEL, PAPER};
use super::canvas::{chart, dashed, picture, stroke, text};
use crate::error::Result;

/// Numbers of articles in equal bins of probability from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreHistogram<'a> {
    /// Articles that carry the label.
    pub carriers: &'a [usize],
    /// Articles that do not.
    pub others: &'a [usize],
    /// Probability from which the label is given; `None` when the highest is.
    pub threshold: Option<f64>,
}

/// Carriers stand upwards, the others hang down. The heights are logarithmic: a few articles on
/// the wrong side of the threshold are what a reader looks for, beside thousands on the right one.
pub fn score_histogram(caption: &Caption, histogram: &ScoreHistogram) -> Result<Markup> {
    let most = |bins: &[usize]| bins.iter().copied().max().unwrap_or(0).max(9);
    let (up, down) = (
        height(most(histogram.carriers)) * 1.12,
        height(most(histogram.others)) * 1.12,
    );
    let y = Axis {
        name: "articles",
        range: -down..up,
        ticks: ticks(-down, up),
    };
    picture(PANEL, caption, |area| {
        let mut chart = chart(area, Axis::unit("probability"), y)?;
        let bars = |bins: &[usize], sign: f64, color: RGBColor| {
            let width = 1.0 / bins.len().max(1) as f64;
            let gap = 0.06 * width;
            let bars: Vec<_> = bins
                .iter()
                .enumerate()
                .filter(|(_, articles)| **articles > 0)
                .map(|(bin, &articles)| {
                    let (left, right) = (bin as f64 * width + gap, (bin + 1) as f64 * width - gap);
                    let ends = [(left, 0.0), (right, sign * height(articles))];
                    Rectangle::new(ends, color.filled())
                })
                .collect();
            bars
        };
        chart.draw_series(bars(histogram.carriers, 1.0, BLUE))?;
        chart.draw_series(bars(histogram.others, -1.0, ORANGE))?;
        chart.draw_series([PathElement::new(
            vec![(0.0, 0.0), (1.0, 0.0)],
            stroke(INK, 4),
        )])?;
        if let Some(threshold) = histogram.threshold {
            chart.draw_series([PathElement::new(
                vec![(threshold, -down), (threshold, up)],
                stroke(PAPER, 12),
            )])?;
            chart.draw_series([dashed(vec![(threshold, -down), (threshold, up)], INK)])?;
        }
        chart.draw_series([
            Text::new(
                "carry it",
                (0.02, up * 0.97),
                text(INK).pos(Pos::new(HPos::Left, VPos::Top)),
            ),
            Text::new(
                "do not carry it",
                (0.98, -down * 0.97),
                text(INK).pos(Pos::new(HPos::Right, VPos::Bottom)),
            ),
        ])?;
        Ok(())
    })
}

/// Height of a bar: a bar of one article can be seen, none has no height.
fn height(articles: usize) -> f64 {
    (1.0 + articles as f64).log10()
}

/// Ticks at whole powers of ten, in both directions.
fn ticks(from: f64, to: f64) -> Vec<(f64, String)> {
    let powers = (1..=12).map(|exponent| 10_usize.pow(exponent));
    let places = powers.flat_map(|articles| {
        [-1.0, 1.0].map(|sign| (sign * height(articles), articles.to_string()))
    });
    let mut ticks = vec![(0.0, "0".to_owned())];
    ticks.extend(places.filter(|(place, _)| (from..=to).contains(place)));
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_powers_of_ten_within_the_range() {
        let names: Vec<String> = ticks(-2.1, 1.1).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["0", "10", "10", "100"]);
    }
}
