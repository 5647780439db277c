//! Reliability diagram of one label's probabilities.

use maud::Markup;
use plotters::prelude::*;

use super::canvas::{Axis, BLUE, Caption, MUTED, PANEL};
use super::canvas::{chart, dashed, picture, px, stroke};
use crate::error::Result;

/// Articles of similar probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Mean of their probabilities.
    pub predicted: f64,
    /// Share of them that carry the label.
    pub observed: f64,
    /// Their number, at least 1.
    pub articles: usize,
}

/// Dots on the diagonal are probabilities that come true as often as they say; the larger a dot,
/// the more articles.
pub fn reliability(caption: &Caption, bins: &[Bin]) -> Result<Markup> {
    let most = bins
        .iter()
        .map(|bin| bin.articles)
        .max()
        .unwrap_or(1)
        .max(1);
    picture(PANEL, caption, |area| {
        let mut chart = chart(
            area,
            Axis::unit("probability"),
            Axis::unit("share that carry it"),
        )?;
        chart.draw_series([dashed(vec![(0.0, 0.0), (1.0, 1.0)], MUTED)])?;
        let path: Vec<(f64, f64)> = bins.iter().map(|b| (b.predicted, b.observed)).collect();
        chart.draw_series([PathElement::new(path, stroke(BLUE, 4))])?;
        chart.draw_series(bins.iter().map(|bin| {
            // Areas, not radii, grow with the number; the smallest dot can still be seen.
            let share = bin.articles as f64 / most as f64;
            let radius = 2.5 + 4.5 * share.sqrt();
            Circle::new(
                (bin.predicted, bin.observed),
                (radius * f64::from(px(1))) as u32,
                BLUE.filled(),
            )
        }))?;
        Ok(())
    })
}
