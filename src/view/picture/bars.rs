//! Amounts side by side: two of each part.

use super::canvas::{Area, Drawn, cut, fitted, short, text, width_of};
use super::palette::{INK, QUIET, series};
use plotters::prelude::{PathElement, Rectangle};
use plotters::style::Color;
use plotters::style::text_anchor::HPos;

/// Bars, one below the other, in groups.
#[derive(Debug, Clone, Default)]
pub struct Bars {
    /// The unit of the values.
    pub unit: String,
    /// What the values of a bar are, in order.
    pub names: Vec<String>,
    /// The bars, by group, in order.
    pub groups: Vec<(String, Vec<Bar>)>,
}

/// A part and its values.
#[derive(Debug, Clone)]
pub struct Bar {
    /// The part.
    pub name: String,
    /// One value for each of the names.
    pub values: Vec<f64>,
}

const WIDTH: u32 = 800;
/// Where bars begin, and where they end, in pixels.
const ACROSS: (i32, i32) = (210, 700);
const LINE: i32 = 14;
const GAP: i32 = 8;
const HEAD: i32 = 28;

impl Bars {
    fn height_of(&self) -> i32 {
        let lines = i32::try_from(self.names.len()).unwrap_or(1).max(1);
        let of = |bars: &Vec<Bar>| HEAD + i32::try_from(bars.len()).unwrap_or(0) * (lines * LINE + GAP);
        self.groups.iter().map(|(_, bars)| of(bars)).sum::<i32>() + 40
    }

    pub(super) fn size(&self) -> (u32, u32) {
        (WIDTH, u32::try_from(self.height_of()).unwrap_or_default() + 48)
    }

    pub(super) fn draw(&self, area: &Area<'_>) -> Drawn {
        let values = || self.groups.iter().flat_map(|(_, bars)| bars).flat_map(|bar| bar.values.iter().copied());
        let (least, most) = values().filter(|value| value.is_finite()).fold((0.0f64, 0.0f64), |(least, most), value| (least.min(value), most.max(value)));
        let span = if most - least > 0.0 { most - least } else { 1.0 };
        let at = |value: f64| ACROSS.0 + (f64::from(ACROSS.1 - ACROSS.0) * (value.clamp(least, most) - least) / span).round() as i32;
        self.legend(area)?;
        let mut top = 30;
        for (group, bars) in &self.groups {
            area.draw_text(&fitted(group, WIDTH - 32, 13), &text(13, &INK, HPos::Left), (16, top + HEAD / 2))?;
            top += HEAD;
            for bar in bars {
                let lines = i32::try_from(bar.values.len()).unwrap_or(1);
                area.draw_text(&fitted(&bar.name, 180, 12), &text(12, &INK, HPos::Right), (ACROSS.0 - 8, top + lines * LINE / 2))?;
                for (number, value) in bar.values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
                    let (from, to) = (at(0.0).min(at(*value)), at(0.0).max(at(*value)));
                    area.draw(&Rectangle::new([(from, top), (to.max(from + 1), top + LINE - 2)], series(number).filled()))?;
                    area.draw_text(&short(*value), &text(11, &INK, HPos::Left), (to + 6, top + LINE / 2))?;
                    top += LINE;
                }
                top += GAP;
            }
        }
        area.draw(&PathElement::new([(at(0.0), 30), (at(0.0), top)], QUIET))?;
        Ok(())
    }

    fn legend(&self, area: &Area<'_>) -> Drawn {
        let mut left = ACROSS.0;
        for (number, name) in self.names.iter().enumerate() {
            area.draw(&Rectangle::new([(left, 8), (left + 14, 14)], series(number).filled()))?;
            let name = format!("{} ({})", cut(name, 28), self.unit);
            area.draw_text(&name, &text(12, &INK, HPos::Left), (left + 20, 11))?;
            left += i32::try_from(width_of(name.chars().count(), 12)).unwrap_or_default() + 44;
        }
        Ok(())
    }

    pub(super) fn said(&self) -> String {
        let bar = |bar: &Bar| {
            let values = self.names.iter().zip(&bar.values).map(|(name, value)| format!("{name} {}", short(*value)));
            format!("{} {}", bar.name, values.collect::<Vec<_>>().join(", "))
        };
        let group = |(name, bars): &(String, Vec<Bar>)| format!("{name}: {}.", bars.iter().map(bar).collect::<Vec<_>>().join("; "));
        format!("In {}. {}", self.unit, self.groups.iter().map(group).collect::<Vec<_>>().join(" "))
    }
}
