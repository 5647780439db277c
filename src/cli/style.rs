//! Colours: one for each label, and the marks of evidence.

use anstyle::{AnsiColor, Color, Style};

const LABEL_COLOURS: [AnsiColor; 6] = [
    AnsiColor::Magenta,
    AnsiColor::Yellow,
    AnsiColor::Cyan,
    AnsiColor::Green,
    AnsiColor::Blue,
    AnsiColor::Red,
];

/// The style of a label's name.
pub fn label(index: usize) -> Style {
    let colour = LABEL_COLOURS[index % LABEL_COLOURS.len()];
    Style::new().bold().fg_color(Some(Color::Ansi(colour)))
}

/// The style of words of lesser weight.
pub fn faint() -> Style {
    Style::new().dimmed()
}

/// The style of a warning.
pub fn warning() -> Style {
    Style::new().fg_color(Some(Color::Ansi(AnsiColor::Red)))
}

/// The style of a heading.
pub fn heading() -> Style {
    Style::new().bold()
}

/// A text in a style.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
