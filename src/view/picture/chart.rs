//! Lines over time or over another value.

use super::canvas::{Area, Drawn, cut, short, text, width_of};
use super::palette::{ALARM, INK, QUIET, series};
use plotters::prelude::{AreaSeries, ChartBuilder, DashedLineSeries, LineSeries, Rectangle};
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, RGBColor};
use std::ops::Range;

/// Width and height of a chart, in pixels.
pub const SIZE: (u32, u32) = (800, 440);

/// Lines over a common axis.
#[derive(Debug, Clone, Default)]
pub struct Chart {
    /// What lies along the horizontal axis, with its unit.
    pub horizontal: String,
    /// What lies along the vertical axis, with its unit.
    pub vertical: String,
    /// The names of the places 0, 1, 2 … of the horizontal axis; none where it shows numbers.
    pub places: Vec<String>,
    /// The lines.
    pub series: Vec<Series>,
}

/// A line.
#[derive(Debug, Clone)]
pub struct Series {
    /// What it is.
    pub name: String,
    /// How it is drawn.
    pub pen: Pen,
    /// Its points, along the horizontal axis.
    pub points: Vec<(f64, f64)>,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pen {
    /// A line.
    Line,
    /// A line with its surface filled.
    Surface,
    /// Broken: what is planned or expected.
    Dashed,
    /// A limit that should not be passed.
    Limit,
}

impl Series {
    /// A line over the places of an axis; where there is no value it has no point.
    pub fn over_places(name: &str, pen: Pen, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let points = values.into_iter().enumerate().filter_map(|(at, value)| Some((at as f64, value?)));
        Series { name: name.to_owned(), pen, points: points.collect() }
    }
}

impl Chart {
    pub(super) fn draw(&self, area: &Area<'_>) -> Drawn {
        let (across, up) = (self.across(), self.up());
        let mut chart = ChartBuilder::on(area).margin(14).margin_top(30).x_label_area_size(44).y_label_area_size(74).build_cartesian_2d(across, up)?;
        let place = |at: &f64| self.place(*at);
        let value = |value: &f64| short(*value);
        chart
            .configure_mesh()
            .x_labels(if self.places.is_empty() { 8 } else { self.places.len().clamp(2, 9) })
            .y_labels(7)
            .x_label_formatter(&place)
            .y_label_formatter(&value)
            .axis_style(INK)
            .bold_line_style(QUIET)
            .light_line_style(QUIET.mix(0.0))
            .label_style(text(12, &INK, HPos::Center))
            .x_desc(self.horizontal.as_str())
            .y_desc(self.vertical.as_str())
            .axis_desc_style(text(13, &INK, HPos::Center))
            .draw()?;
        for (number, line) in self.series.iter().enumerate() {
            let (color, points) = (line.color(number), line.points.iter().copied());
            match line.pen {
                Pen::Line => chart.draw_series(LineSeries::new(points, color.stroke_width(2)))?,
                Pen::Surface => chart.draw_series(AreaSeries::new(points, 0.0, color.mix(0.25)).border_style(color.stroke_width(2)))?,
                Pen::Dashed | Pen::Limit => chart.draw_series(DashedLineSeries::new(points, 6, 4, color.stroke_width(2)))?,
            };
        }
        self.legend(area)
    }

    /// The names of the lines, above them.
    fn legend(&self, area: &Area<'_>) -> Drawn {
        let mut left = 88;
        for (number, line) in self.series.iter().enumerate() {
            area.draw(&Rectangle::new([(left, 8), (left + 14, 14)], line.color(number).filled()))?;
            let name = cut(&line.name, 28);
            area.draw_text(&name, &text(12, &INK, HPos::Left), (left + 20, 11))?;
            left += i32::try_from(width_of(name.chars().count(), 12)).unwrap_or_default() + 44;
        }
        Ok(())
    }

    fn values(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.series.iter().flat_map(|line| line.points.iter().copied()).filter(|(at, value)| at.is_finite() && value.is_finite())
    }

    fn across(&self) -> Range<f64> {
        if !self.places.is_empty() {
            return 0.0..(self.places.len() as f64 - 1.0).max(1.0);
        }
        spread(self.values().map(|(at, _)| at))
    }

    /// From zero, or below it where something is, to a little over the greatest.
    fn up(&self) -> Range<f64> {
        let Range { start, end } = spread(self.values().map(|(_, value)| value).chain([0.0]));
        start..end + (end - start) * 0.05
    }

    fn place(&self, at: f64) -> String {
        if self.places.is_empty() {
            return short(at);
        }
        let whole = (at - at.round()).abs() < 1e-6 && at >= 0.0;
        self.places.get(at.round() as usize).filter(|_| whole).cloned().unwrap_or_default()
    }

    pub(super) fn said(&self) -> String {
        let ends = |line: &Series| match (line.points.first(), line.points.last()) {
            (Some(first), Some(last)) => {
                let points = line.points.len();
                format!("{}: {} at {}, {} at {} ({points} points).", line.name, short(first.1), self.place(first.0), short(last.1), self.place(last.0))
            }
            _ => format!("{}: no values.", line.name),
        };
        format!("{} by {}. {}", self.vertical, self.horizontal, self.series.iter().map(ends).collect::<Vec<_>>().join(" "))
    }
}

impl Series {
    fn color(&self, number: usize) -> RGBColor {
        if self.pen == Pen::Limit { ALARM } else { series(number) }
    }
}

/// From the least to the greatest, and never nothing.
fn spread(values: impl Iterator<Item = f64>) -> Range<f64> {
    let (least, greatest) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)));
    if least > greatest {
        return 0.0..1.0;
    }
    if greatest - least > 0.0 { least..greatest } else { least..least + least.abs().max(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_says_its_data() {
        let chart = Chart {
            horizontal: "month".into(),
            vertical: "EUR".into(),
            places: vec!["Jan".into(), "Feb".into()],
            series: vec![Series::over_places("Budget", Pen::Line, [Some(1_500.0), None]), Series::over_places("Spent", Pen::Line, [Some(1.0), Some(2.0)])],
        };
        assert_eq!(chart.said(), "EUR by month. Budget: 1.5 k at Jan, 1.5 k at Jan (1 points). Spent: 1 at Jan, 2 at Feb (2 points).");
    }
}
