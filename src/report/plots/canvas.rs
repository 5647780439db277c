//! The drawing surface: plotters' SVG, made part of a page.

use std::ops::Range;

use maud::{Markup, PreEscaped, html};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::error::{Error, ErrorKind, Result};

/// plotters places everything on whole pixels: this many of them make one unit of the picture.
pub const UNIT: u32 = 4;

/// Size of the small pictures, in units.
pub const PANEL: (u32, u32) = (320, 250);

/// Size of a picture that stands alone, in units.
pub const WIDE: (u32, u32) = (400, 270);

/// Room above a chart for the name of its vertical axis, and at its right for the last tick.
const TOP: u32 = 26;
const RIGHT: u32 = 12;

/// Height of text, in units; the pictures are shown at about one CSS pixel a unit.
const TEXT: f64 = 13.0;

/// plotters writes font sizes divided by this.
const FONT_SCALE: f64 = 1.24;

/// The page's colours. plotters knows only numbers, so each colour travels as a number that no
/// plot uses otherwise and becomes a custom property of the page's style.
pub const INK: RGBColor = RGBColor(1, 0, 0);
pub const MUTED: RGBColor = RGBColor(2, 0, 0);
pub const LINE: RGBColor = RGBColor(3, 0, 0);
pub const GRID: RGBColor = RGBColor(4, 0, 0);
pub const BLUE: RGBColor = RGBColor(5, 0, 0);
pub const ORANGE: RGBColor = RGBColor(6, 0, 0);
pub const PAPER: RGBColor = RGBColor(7, 0, 0);
const PROPERTIES: [(&str, &str); 7] = [
    ("\"#010000\"", "\"var(--ink)\""),
    ("\"#020000\"", "\"var(--muted)\""),
    ("\"#030000\"", "\"var(--line)\""),
    ("\"#040000\"", "\"var(--grid)\""),
    ("\"#050000\"", "\"var(--blue)\""),
    ("\"#060000\"", "\"var(--orange)\""),
    ("\"#070000\"", "\"var(--paper)\""),
];

pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub type Drawn = std::result::Result<(), DrawingAreaErrorKind<std::io::Error>>;
pub type Plane = Cartesian2d<Scale, Scale>;
pub type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Plane>;

/// What a picture says to those who do not see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caption {
    /// Its name.
    pub title: String,
    /// What it shows, in words.
    pub description: String,
}

impl Caption {
    fn spoken(&self) -> String {
        if self.description.is_empty() {
            return self.title.clone();
        }
        format!("{}: {}", self.title, self.description)
    }
}

/// Draws a picture of a size in units, as wide as there is room.
pub fn picture(
    size: (u32, u32),
    caption: &Caption,
    draw: impl FnOnce(&Area) -> Drawn,
) -> Result<Markup> {
    styled(size, None, caption, draw)
}

/// Draws a picture of a size in units that keeps about its size: at one pixel a unit its text
/// can be read.
pub fn fixed_picture(
    size: (u32, u32),
    caption: &Caption,
    draw: impl FnOnce(&Area) -> Drawn,
) -> Result<Markup> {
    let (least, most) = (size.0 * 9 / 10, size.0);
    let style = format!("min-width: {least}px; max-width: {most}px");
    styled(size, Some(style), caption, draw)
}

fn styled(
    (width, height): (u32, u32),
    style: Option<String>,
    caption: &Caption,
    draw: impl FnOnce(&Area) -> Drawn,
) -> Result<Markup> {
    let (width, height) = (width * UNIT, height * UNIT);
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
        draw(&area).and_then(|()| area.present()).map_err(|error| {
            Error::new(
                ErrorKind::Failed,
                format!("cannot draw the plot `{}`: {error}", caption.title),
            )
        })?;
    }
    Ok(html! {
        svg.plot role="img" aria-label=(caption.spoken()) viewBox=(format!("0 0 {width} {height}")) style=[style] {
            (PreEscaped(themed(content(&svg))))
        }
    })
}

/// What stands between the opening and the closing tag of the document.
fn content(svg: &str) -> &str {
    let begin = svg.find('>').map_or(0, |at| at + 1);
    let end = svg.rfind("</svg>").unwrap_or(svg.len());
    svg.get(begin..end).unwrap_or_default().trim()
}

/// Colours and font of the page instead of plotters' own.
fn themed(svg: &str) -> String {
    let plain = svg
        .replace(" font-family=\"sans-serif\"", "")
        .replace(" opacity=\"1\"", "");
    PROPERTIES.iter().fold(plain, |svg, (number, property)| {
        svg.replace(number, property)
    })
}

/// Units as plotters' pixels.
pub fn px(units: u32) -> u32 {
    units * UNIT
}

/// A line of a width in quarters of a unit.
pub fn stroke(color: RGBColor, quarters: u32) -> ShapeStyle {
    color.stroke_width(quarters * UNIT / 4)
}

/// Text of the usual size.
pub fn text(color: RGBColor) -> TextStyle<'static> {
    ("sans-serif", TEXT * FONT_SCALE * f64::from(UNIT))
        .into_font()
        .color(&color)
}

/// An axis: its name, its range, and the ticks with what they are called.
pub struct Axis<'a> {
    pub name: &'a str,
    pub range: Range<f64>,
    pub ticks: Vec<(f64, String)>,
}

impl Axis<'_> {
    /// From 0 to 1.
    pub fn unit(name: &str) -> Axis<'_> {
        let ticks = [
            (0.0, "0"),
            (0.2, "0.2"),
            (0.4, "0.4"),
            (0.6, "0.6"),
            (0.8, "0.8"),
            (1.0, "1"),
        ];
        Axis {
            name,
            range: 0.0..1.0,
            ticks: ticks.map(|(at, name)| (at, name.to_owned())).into(),
        }
    }

    fn scale(&self) -> Scale {
        Scale {
            inner: self.range.clone().into(),
            ticks: self.ticks.iter().map(|(at, _)| *at).collect(),
        }
    }

    fn tick_name(&self, place: f64) -> String {
        let tick = self.ticks.iter().find(|(at, _)| *at == place);
        tick.map_or(String::new(), |(_, name)| name.clone())
    }
}

/// plotters' scale of numbers with ticks where an axis wants them.
pub struct Scale {
    inner: RangedCoordf64,
    ticks: Vec<f64>,
}

impl Ranged for Scale {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        self.inner.map(value, limit)
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.inner.range()
    }
}

/// A plane with axes, ready to be drawn into. The vertical axis is named above it, so that nobody
/// has to read sideways.
pub fn chart<'a, 'b>(
    area: &'a Area<'b>,
    x: Axis,
    y: Axis,
) -> std::result::Result<Chart<'a, 'b>, DrawingAreaErrorKind<std::io::Error>> {
    let (width, height) = area.dim_in_pixel();
    let name = text(INK).pos(Pos::new(HPos::Left, VPos::Top));
    area.draw_text(y.name, &name, (px(2) as i32, px(2) as i32))?;
    let name = text(INK).pos(Pos::new(HPos::Right, VPos::Bottom));
    let corner = ((width - px(RIGHT)) as i32, (height - px(2)) as i32);
    area.draw_text(x.name, &name, corner)?;
    let mut chart = ChartBuilder::on(area)
        .margin_top(px(TOP))
        .margin_right(px(RIGHT))
        .x_label_area_size(px(42))
        .y_label_area_size(px(36))
        .build_cartesian_2d(x.scale(), y.scale())?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(stroke(GRID, 4))
        .axis_style(stroke(LINE, 4))
        .x_label_formatter(&|place| x.tick_name(*place))
        .y_label_formatter(&|place| y.tick_name(*place))
        .set_all_tick_mark_size(px(3))
        .label_style(text(MUTED))
        .draw()?;
    Ok(chart)
}

/// A dashed line of thin dashes.
pub fn dashed(
    points: Vec<(f64, f64)>,
    color: RGBColor,
) -> DashedPathElement<std::vec::IntoIter<(f64, f64)>, u32> {
    DashedPathElement::new(points, px(4), px(4), stroke(color, 5))
}
