//! A value with its interval on one line, to stand in a row of a table.

use maud::Markup;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::canvas::{Area, BLUE, Caption, Drawn, GRID, MUTED, UNIT};
use super::canvas::{picture, px, stroke, text};
use crate::error::Result;

const WIDTH: u32 = 180;
const HEIGHT: u32 = 22;
/// Room at both ends for half a dot and half the axis's outer numbers.
const END: u32 = 12;

/// A dot at the value and a line over its interval, on a scale from `from` to 1.
pub fn whisker(
    caption: &Caption,
    from: f64,
    value: f64,
    interval: Option<(f64, f64)>,
) -> Result<Markup> {
    picture((WIDTH, HEIGHT), caption, |area| {
        let middle = px(HEIGHT / 2) as i32;
        grid(area, from, 0, px(HEIGHT) as i32)?;
        if let Some((low, high)) = interval {
            let ends = vec![(x(from, low), middle), (x(from, high), middle)];
            area.draw(&PathElement::new(ends, stroke(BLUE, 8)))?;
        }
        area.draw(&Circle::new((x(from, value), middle), px(4), BLUE.filled()))
    })
}

/// The scale of the whiskers below.
pub fn whisker_axis(from: f64) -> Result<Markup> {
    let caption = Caption {
        title: format!("Scale from {from} to 1"),
        ..Caption::default()
    };
    picture((WIDTH, HEIGHT), &caption, |area| {
        let style = text(MUTED).pos(Pos::new(HPos::Center, VPos::Bottom));
        for tick in ticks(from) {
            let at = (x(from, tick), px(HEIGHT - 6) as i32);
            area.draw_text(&short(tick), &style, at)?;
        }
        grid(area, from, px(HEIGHT - 5) as i32, px(HEIGHT) as i32)
    })
}

fn grid(area: &Area, from: f64, top: i32, bottom: i32) -> Drawn {
    for tick in ticks(from) {
        let at = x(from, tick);
        area.draw(&PathElement::new(
            vec![(at, top), (at, bottom)],
            stroke(GRID, 4),
        ))?;
    }
    Ok(())
}

fn ticks(from: f64) -> [f64; 3] {
    [from, f64::midpoint(from, 1.0), 1.0]
}

fn short(tick: f64) -> String {
    let name = format!("{tick:.3}");
    name.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Place of a value on the line; what lies left of the scale stands at its end.
fn x(from: f64, value: f64) -> i32 {
    let share = ((value - from) / (1.0 - from)).clamp(0.0, 1.0);
    ((f64::from(END) + share * f64::from(WIDTH - 2 * END)) * f64::from(UNIT)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_on_the_line() {
        assert_eq!(x(0.0, 0.0), 48);
        assert_eq!(x(0.5, 1.0), 672);
        assert_eq!(x(0.5, 0.2), 48);
        assert_eq!([0.5, 0.75, 1.0].map(short), ["0.5", "0.75", "1"]);
    }
}
