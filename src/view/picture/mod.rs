//! Answers as pictures: SVG by plotters, legible on light and on dark ground, with their data as a text alternative.
//!
//! A figure that can be drawn names the function that turns its answer into a [`Picture`] as [`View::PICTURE`](super::View::PICTURE);
//! the same address then answers `Accept: image/svg+xml`. A picture is data: what is drawn and in which of five forms. How it
//! looks is decided here.

mod bars;
mod canvas;
mod chart;
mod grid;
mod map;
mod palette;
mod slots;

pub use bars::{Bar, Bars};
pub use chart::{Chart, Pen, Series};
pub use grid::{Cell, Grid};
pub use map::{Node, NodeMap};
pub use slots::{Slot, Slots};

use crate::error::{Error, Result};
use canvas::{Drawn, cut, fitted, text};
use palette::{GROUND, INK, STYLE};
use plotters::prelude::{IntoDrawingArea, SVGBackend};
use plotters::style::text_anchor::HPos;

/// Media type of a picture.
pub const SVG: &str = "image/svg+xml";

/// An answer to look at.
#[derive(Debug, Clone)]
pub struct Picture {
    /// What it shows, in a line.
    pub title: String,
    /// What is drawn.
    pub form: Form,
}

/// What a picture can be.
#[derive(Debug, Clone)]
pub enum Form {
    /// Values over time or over another value.
    Chart(Chart),
    /// Amounts side by side, by part.
    Bars(Bars),
    /// Cells in rows and columns.
    Grid(Grid),
    /// Places one above the other, seen from two sides.
    Slots(Slots),
    /// Things and what connects them.
    Map(NodeMap),
}

/// The greatest length of the text alternative, in characters.
const SAID: usize = 4_000;

impl Picture {
    /// A picture of a form.
    pub fn new(title: impl Into<String>, form: Form) -> Self {
        Picture { title: title.into(), form }
    }

    /// The picture as a document.
    pub fn svg(&self) -> Result<String> {
        let size = match &self.form {
            Form::Chart(_) => chart::SIZE,
            Form::Bars(bars) => bars.size(),
            Form::Grid(grid) => grid.size(),
            Form::Slots(slots) => slots.size(),
            Form::Map(map) => map.size(),
        };
        let mut drawing = String::new();
        self.draw(&mut drawing, size).map_err(|fault| Error::broken(format!("a picture that cannot be drawn: {fault}")))?;
        let body = drawing.split_once('>').map_or("", |(_, body)| body);
        let (width, height) = size;
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-labelledby=\"title data\">\n<title id=\"title\">{}</title>\n<desc id=\"data\">{}</desc>\n<style>{STYLE}</style>{body}",
            escaped(&self.title),
            escaped(&cut(&self.said(), SAID)),
        ))
    }

    fn draw(&self, into: &mut String, size: (u32, u32)) -> Drawn {
        let area = SVGBackend::with_string(into, size).into_drawing_area();
        area.fill(&GROUND)?;
        area.draw_text(&fitted(&self.title, size.0 - 32, 16), &text(16, &INK, HPos::Left), (16, 22))?;
        let (_, below) = area.split_vertically(36);
        match &self.form {
            Form::Chart(chart) => chart.draw(&below)?,
            Form::Bars(bars) => bars.draw(&below)?,
            Form::Grid(grid) => grid.draw(&below)?,
            Form::Slots(slots) => slots.draw(&below)?,
            Form::Map(map) => map.draw(&below)?,
        }
        area.present()?;
        Ok(())
    }

    /// What the picture shows, in words: its data.
    fn said(&self) -> String {
        match &self.form {
            Form::Chart(chart) => chart.said(),
            Form::Bars(bars) => bars.said(),
            Form::Grid(grid) => grid.said(),
            Form::Slots(slots) => slots.said(),
            Form::Map(map) => map.said(),
        }
    }
}

fn escaped(text: &str) -> String {
    cut(text, SAID).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_text_in_a_picture() {
        let node = |name: &str| Node { name: name.into(), layer: 0, note: None, strong: false };
        let map = NodeMap { nodes: vec![node("</text><script>alert(1)</script>\u{1}")], edges: Vec::new() };
        let svg = Picture::new("A & B <i>", Form::Map(map)).svg().expect("drawn");
        assert!(!svg.contains("<script") && !svg.contains("<i>") && !svg.contains('\u{1}'), "{svg}");
        roxmltree::Document::parse(&svg).expect("well-formed");
    }

    #[test]
    fn a_chart_is_drawn_also_where_it_has_no_values_or_one() {
        let with = |points: &[(f64, f64)], places: &[&str]| Chart {
            horizontal: "day".into(),
            vertical: "EUR".into(),
            places: places.iter().map(ToString::to_string).collect(),
            series: [Pen::Line, Pen::Surface, Pen::Dashed, Pen::Limit].map(|pen| Series { name: format!("{pen:?}"), pen, points: points.to_vec() }).into(),
        };
        let points = [(0.0, -5.0), (1.0, 1e6), (2.0, 12.0)];
        for chart in [with(&[], &[]), with(&[(3.0, 0.0)], &[]), with(&points, &["Jan", "Feb", "Mar"]), with(&points, &[]), with(&points[..1], &["Jan"])] {
            let svg = Picture::new("A chart", Form::Chart(chart)).svg().expect("drawn");
            roxmltree::Document::parse(&svg).expect("well-formed");
            assert!(svg.contains("prefers-color-scheme: dark") && svg.contains("role=\"img\""));
        }
    }

    #[test]
    fn bars_say_and_show_what_is_below_zero_too() {
        let bar = |name: &str, values: [f64; 2]| Bar { name: name.into(), values: values.into() };
        let bars = Bars {
            unit: "EUR".into(),
            names: vec!["Budget".into(), "Actual".into()],
            groups: vec![("Profile".into(), vec![bar("run", [1_000.0, -200.0]), bar("grow", [f64::NAN, 3.0])]), ("Tower".into(), Vec::new())],
        };
        assert_eq!(bars.said(), "In EUR. Profile: run Budget 1 k, Actual -200; grow Budget NaN, Actual 3. Tower: .");
        roxmltree::Document::parse(&Picture::new("Spend", Form::Bars(bars)).svg().expect("drawn")).expect("well-formed");
    }

    #[test]
    fn what_takes_places_is_drawn_on_the_sides_from_which_it_is_seen() {
        let slot = |name: &str, from: f64, height: f64, seen| Slot { name: name.into(), from, height, seen };
        let slots = Slots {
            count: 3,
            sides: ["Front".into(), "Rear".into()],
            slots: vec![slot("db-1", 1.0, 2.0, [true, true]), slot("patch", 3.0, 0.5, [false, true])],
        };
        assert_eq!(slots.said(), "3 places. db-1 from 1, 2 high, Front and Rear. patch from 3, 0.5 high, Rear.");
        let svg = Picture::new("Rack", Form::Slots(slots)).svg().expect("drawn");
        assert_eq!((svg.matches("\ndb-1").count(), svg.matches("\npatch").count()), (2, 1), "{svg}");
    }
}
