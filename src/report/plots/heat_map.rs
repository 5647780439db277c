//! Counts of pairs of labels as a table of tinted cells.

use maud::Markup;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::canvas::{BLUE, Caption, INK, LINE, MUTED, ORANGE};
use super::canvas::{fixed_picture, px, stroke, text};
use crate::error::Result;

/// Counts by row and column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatMap<'a> {
    /// Names of the rows; the columns have the same in the same order and are numbered.
    pub labels: &'a [&'a str],
    /// `counts[row][column]`, as many rows and columns as labels.
    pub counts: &'a [Vec<usize>],
    /// What is the whole of each row: a cell as large is the deepest.
    pub totals: &'a [usize],
}

/// Height of a cell, and its least width.
const CELL: (u32, u32) = (36, 28);
/// Width of a digit.
const DIGIT: u32 = 8;
const HEAD: u32 = 26;
/// Characters of a name that have room before its row.
const NAME: usize = 20;
/// Width of such a name.
const NAMES: u32 = 172;

/// Cells on the diagonal are blue, all others orange; the deeper, the larger the share of their
/// row. At most as deep as text on them can be read.
pub fn heat_map(caption: &Caption, map: &HeatMap) -> Result<Markup> {
    let n = map.labels.len() as u32;
    let most = map.counts.iter().flatten().max().copied().unwrap_or(0);
    let cell = (
        CELL.0.max((most.to_string().len() as u32 + 1) * DIGIT),
        CELL.1,
    );
    let size = (NAMES + n * cell.0 + 2, HEAD + n * cell.1 + 2);
    fixed_picture(size, caption, |area| {
        let centre = Pos::new(HPos::Center, VPos::Center);
        for (row, (name, counts)) in map.labels.iter().zip(map.counts).enumerate() {
            let row = row as u32;
            let top = HEAD + row * cell.1;
            let middle = (top + cell.1 / 2) as i32;
            let at = |x: u32, y: i32| (px(x) as i32, y * px(1) as i32);
            let number = (row + 1).to_string();
            let left = Pos::new(HPos::Left, VPos::Center);
            let right = Pos::new(HPos::Right, VPos::Center);
            area.draw_text(&number, &text(MUTED).pos(right), at(20, middle))?;
            area.draw_text(&cut(name), &text(INK).pos(left), at(27, middle))?;
            let above = NAMES + row * cell.0 + cell.0 / 2;
            area.draw_text(
                &number,
                &text(MUTED).pos(centre),
                at(above, HEAD as i32 / 2),
            )?;
            let total = map.totals.get(row as usize).copied().unwrap_or(0).max(1);
            for (column, &count) in counts.iter().enumerate() {
                let column = column as u32;
                let x = NAMES + column * cell.0;
                let corners = [
                    (px(x) as i32, px(top) as i32),
                    (px(x + cell.0) as i32, px(top + cell.1) as i32),
                ];
                let color = if row == column { BLUE } else { ORANGE };
                if count > 0 {
                    let share = (count as f64 / total as f64).min(1.0);
                    area.draw(&Rectangle::new(
                        corners,
                        color.mix(0.06 + 0.34 * share).filled(),
                    ))?;
                }
                area.draw(&Rectangle::new(corners, stroke(LINE, 3)))?;
                let color = if count > 0 { INK } else { MUTED };
                area.draw_text(
                    &count.to_string(),
                    &text(color).pos(centre),
                    at(x + cell.0 / 2, middle),
                )?;
            }
        }
        Ok(())
    })
}

fn cut(name: &str) -> String {
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    let mut cut: String = name.chars().take(NAME - 1).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(cut("critical_minerals"), "critical_minerals");
        assert_eq!(cut("Außenwirtschaftsförderung"), "Außenwirtschaftsför…");
    }
}
