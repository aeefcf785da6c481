//! Places one above the other, seen from the front and from the rear.

use super::canvas::{Area, Drawn, fitted, text};
use super::palette::{INK, QUIET, SURFACE, readable_on, series};
use plotters::prelude::Rectangle;
use plotters::style::Color;
use plotters::style::text_anchor::HPos;

/// Places and what takes them.
#[derive(Debug, Clone, Default)]
pub struct Slots {
    /// How many places there are; number 1 is the lowest.
    pub count: u32,
    /// The names of the two sides.
    pub sides: [String; 2],
    /// What takes places.
    pub slots: Vec<Slot>,
}

/// What takes places on one side or both.
#[derive(Debug, Clone)]
pub struct Slot {
    /// What it is.
    pub name: String,
    /// The lowest place that it takes, from 1; halves count.
    pub from: f64,
    /// How many places it takes.
    pub height: f64,
    /// Whether it is seen from each of the sides.
    pub seen: [bool; 2],
}

const HIGH: f64 = 18.0;
const WIDE: i32 = 280;
const LEFT: [i32; 2] = [48, 360];
const TOP: i32 = 28;

impl Slots {
    pub(super) fn size(&self) -> (u32, u32) {
        (664, self.count * HIGH as u32 + 36 + TOP.unsigned_abs() + 16)
    }

    pub(super) fn draw(&self, area: &Area<'_>) -> Drawn {
        // The height of the top of a place.
        let top = |place: f64| TOP + ((f64::from(self.count) - place) * HIGH).round() as i32;
        for (left, side) in LEFT.iter().zip(&self.sides) {
            area.draw_text(side, &text(13, &INK, HPos::Left), (*left, 12))?;
            area.draw(&Rectangle::new([(*left, TOP), (left + WIDE, top(0.0))], SURFACE.filled()))?;
            for place in 1..=self.count {
                let y = top(f64::from(place));
                area.draw(&Rectangle::new([(*left, y), (left + WIDE, y + HIGH as i32)], QUIET.stroke_width(1)))?;
                area.draw_text(&place.to_string(), &text(10, &INK, HPos::Right), (left - 6, y + HIGH as i32 / 2))?;
            }
        }
        for (number, slot) in self.slots.iter().enumerate() {
            let color = series(number);
            let (upper, lower) = (top(slot.from - 1.0 + slot.height), top(slot.from - 1.0));
            for (left, _) in LEFT.iter().zip(slot.seen).filter(|(_, seen)| *seen) {
                area.draw(&Rectangle::new([(left + 1, upper + 1), (left + WIDE - 1, lower - 1)], color.filled()))?;
                let ink = readable_on(color);
                area.draw_text(&fitted(&slot.name, 268, 11), &text(11, &ink, HPos::Left), (left + 8, (upper + lower) / 2))?;
            }
        }
        Ok(())
    }

    pub(super) fn said(&self) -> String {
        let slot = |slot: &Slot| {
            let sides: Vec<&str> = self.sides.iter().zip(slot.seen).filter(|(_, seen)| *seen).map(|(side, _)| side.as_str()).collect();
            format!("{} from {}, {} high, {}.", slot.name, slot.from, slot.height, sides.join(" and "))
        };
        format!("{} places. {}", self.count, self.slots.iter().map(slot).collect::<Vec<_>>().join(" "))
    }
}
