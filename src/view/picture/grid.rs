//! Cells in rows and columns.

use super::canvas::{Area, Drawn, fitted, text};
use super::palette::{INK, SURFACE, parsed, readable_on, scaled};
use plotters::prelude::Rectangle;
use plotters::style::Color;
use plotters::style::text_anchor::HPos;

/// A table of coloured cells.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    /// What the rows are.
    pub vertical: String,
    /// What the columns are.
    pub horizontal: String,
    /// The rows, from the top down.
    pub rows: Vec<String>,
    /// The columns, from left to right.
    pub columns: Vec<String>,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Its row, from 0.
    pub row: usize,
    /// Its column, from 0.
    pub column: usize,
    /// Its lines of text.
    pub lines: Vec<String>,
    /// Its colour, as #RRGGBB; that of its share where it has none.
    pub color: Option<String>,
    /// Where it lies between the least (0) and the greatest (1); no colour without.
    pub share: Option<f64>,
    /// What it says in words; nothing where it is empty.
    pub said: Option<String>,
}

const LEFT: i32 = 150;
const WIDE: i32 = 122;
const HIGH: i32 = 66;

impl Grid {
    pub(super) fn size(&self) -> (u32, u32) {
        let of = |count: usize, each: i32| u32::try_from(count).unwrap_or_default() * each.unsigned_abs();
        (of(self.columns.len().max(3), WIDE) + LEFT.unsigned_abs() + 24, of(self.rows.len(), HIGH) + 36 + 72)
    }

    pub(super) fn draw(&self, area: &Area<'_>) -> Drawn {
        let place = |at: usize, each: i32| i32::try_from(at).unwrap_or_default() * each;
        area.draw_text(&fitted(&self.vertical, 130, 13), &text(13, &INK, HPos::Left), (16, 10))?;
        for (at, name) in self.rows.iter().enumerate() {
            area.draw_text(&fitted(name, 126, 12), &text(12, &INK, HPos::Right), (LEFT - 10, 24 + place(at, HIGH) + HIGH / 2))?;
        }
        for cell in &self.cells {
            let (x, y) = (LEFT + place(cell.column, WIDE), 24 + place(cell.row, HIGH));
            let color = cell.color.as_deref().and_then(parsed).or_else(|| cell.share.map(scaled)).unwrap_or(SURFACE);
            area.draw(&Rectangle::new([(x, y), (x + WIDE - 2, y + HIGH - 2)], color.filled()))?;
            let ink = if color == SURFACE { INK } else { readable_on(color) };
            for (at, line) in cell.lines.iter().take(4).enumerate() {
                area.draw_text(&fitted(line, 114, 11), &text(11, &ink, HPos::Left), (x + 6, y + 11 + place(at, 14)))?;
            }
        }
        let below = 24 + place(self.rows.len(), HIGH) + 12;
        for (at, name) in self.columns.iter().enumerate() {
            area.draw_text(&fitted(name, 116, 12), &text(12, &INK, HPos::Center), (LEFT + place(at, WIDE) + WIDE / 2, below))?;
        }
        let middle = LEFT + place(self.columns.len(), WIDE) / 2;
        area.draw_text(&self.horizontal, &text(13, &INK, HPos::Center), (middle, below + 22))?;
        Ok(())
    }

    pub(super) fn said(&self) -> String {
        let name = |names: &[String], at: usize| names.get(at).cloned().unwrap_or_default();
        let cell = |cell: &Cell| Some(format!("{} × {}: {}.", name(&self.rows, cell.row), name(&self.columns, cell.column), cell.said.as_ref()?));
        let cells: Vec<String> = self.cells.iter().filter_map(cell).collect();
        format!("{} × {}. {}", self.vertical, self.horizontal, if cells.is_empty() { "All cells are empty.".to_owned() } else { cells.join(" ") })
    }
}
