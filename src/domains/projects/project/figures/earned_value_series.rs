//! Planned value, earned value and actual cost over time, for a chart.

use super::earned_value::lacking;
use crate::project::performance::Performance;
use crate::project::project::Project;
use crate::schedule::baseline::Baseline;
use crate::schedule::plan::{date_of, day_number};
use crate::schedule::progress_record::ProgressRecord;
use crate::schedule::work_item::WorkItem;
use chrono::{Datelike, Months};
use steward_core::choice;
use steward_core::resource::value::Note;
use steward_core::view::picture::{Chart, Form, Pen, Picture, Series};
use steward_core::view::prelude::*;

choice! {
    /// Length of a period.
    pub enum Interval {
        /// Calendar week, Monday to Sunday.
        Week = "week",
        /// Calendar month.
        Month = "month",
    }
}

/// Parameters of a series.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct SeriesQuery {
    /// Length of a period; week if left out.
    #[param(inline)]
    pub interval: Option<Interval>,
    /// Reference date that counts as today, as YYYY-MM-DD; today if left out.
    #[param(inline)]
    pub as_of: Option<Date>,
}

/// Cumulative values at the end of a period.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EarnedValuePoint {
    /// Last day of the period.
    pub ends_on: Date,
    /// Planned value.
    pub pv: Option<Money>,
    /// Earned value; null for a period that begins after `as_of`.
    pub ev: Option<Money>,
    /// Actual cost; null for a period that begins after `as_of`, or where cost entries may not be read.
    pub ac: Option<Money>,
}

/// Earned value over time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EarnedValueSeries {
    /// Project evaluated.
    pub project_id: IdOf<Project>,
    /// Reference date that counts as today.
    pub as_of: Date,
    /// Periods in order, from the first day of the plan to its last or to `as_of`; empty where the plan has no dates.
    pub data: Vec<EarnedValuePoint>,
    /// Cause of missing figures, those of periods after `as_of` aside.
    pub reason: Option<Note>,
    /// True if cost entries, work or progress records of the project that the caller may not see are left out.
    pub partial: bool,
}

impl View for EarnedValueSeries {
    const PATH: &'static str = "projects/projects/{id}/earned-value/series";
    const OPERATION_ID: &'static str = "get_project_earned_value_series";
    const SUMMARY: &'static str = "Get the earned value of a project over time";
    const DESCRIPTION: &'static str =
        "Cumulative PV, EV and AC at the end of each week or month, as `/earned-value` computes them. The period of `as_of` counts until `as_of`.";
    const PICTURE: Option<fn(&Self) -> Picture> = Some(picture);
    type Reads = (Project, WorkItem, ProgressRecord, IfPermitted<Baseline>);
    type Query = SeriesQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: SeriesQuery) -> Result<Self> {
        let (id, as_of) = (cx.id()?, cx.day_or_today(query.as_of));
        let performance = Performance::of(cx, id, as_of)?;
        let told = |data: Vec<EarnedValuePoint>, dated: Option<&'static str>| {
            let reasons: Vec<&str> = dated.into_iter().chain(lacking(&performance)).collect();
            let reason = (!reasons.is_empty()).then(|| Note::cut(&reasons.join(" ")));
            EarnedValueSeries { project_id: id.into(), as_of, data, reason, partial: performance.partial }
        };
        let Some((first, last)) = performance.span() else { return Ok(told(Vec::new(), Some("The plan has no dates."))) };
        let interval = query.interval.unwrap_or(Interval::Week);
        let (first, last) = (date_of(first).unwrap_or(as_of), date_of(last).unwrap_or(as_of).max(as_of));
        let ends = period_ends(interval, first, last);
        if ends.len() > MOST {
            let detail = format!("That would be {} periods, {MOST} are the most. Ask by month.", ends.len());
            return Err(Problem::bad_request(detail).into());
        }
        let mut begins = first;
        let mut data = Vec::new();
        for ends_on in ends {
            data.push(point(&performance, (begins, ends_on), as_of));
            begins = ends_on.plus_days(1);
        }
        Ok(told(data, None))
    }
}

/// Planned value, earned value and actual cost as lines.
fn picture(series: &EarnedValueSeries) -> Picture {
    let line = |name: &str, pen: Pen, value: fn(&EarnedValuePoint) -> Option<Money>| {
        Series::over_places(name, pen, series.data.iter().map(|point| value(point).map(Money::drawn)))
    };
    let currency = series.data.iter().find_map(|point| point.pv).map_or_else(String::new, |value| value.currency.code().to_owned());
    let chart = Chart {
        horizontal: "End of period".into(),
        vertical: currency,
        places: series.data.iter().map(|point| point.ends_on.to_string()).collect(),
        series: vec![
            line("Planned value", Pen::Dashed, |point| point.pv),
            line("Earned value", Pen::Line, |point| point.ev),
            line("Actual cost", Pen::Line, |point| point.ac),
        ],
    };
    Picture::new(format!("Earned value, as of {}", series.as_of), Form::Chart(chart))
}

/// The most periods of a series.
const MOST: usize = 1_000;

fn point(performance: &Performance, (begins_on, ends_on): (Date, Date), as_of: Date) -> EarnedValuePoint {
    let money = |minor: f64| performance.currency.map(|currency| Money::new(minor.round() as i64, currency));
    let known = (begins_on <= as_of).then(|| ends_on.min(as_of));
    EarnedValuePoint {
        ends_on,
        pv: money(performance.planned(day_number(ends_on))),
        ev: known.and_then(|day| money(performance.earned(day))),
        ac: known.and_then(|day| money(performance.cost(day)?)),
    }
}

/// The last day of each period from one day to another.
fn period_ends(interval: Interval, first: Date, last: Date) -> Vec<Date> {
    let mut ends = Vec::new();
    let mut day = first;
    while day <= last {
        let end = match interval {
            Interval::Week => day.later(6 - day.0.weekday().num_days_from_monday()),
            Interval::Month => day.0.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))?.pred_opt()).and_then(Date::within),
        };
        let Some(end) = end else { break };
        ends.push(end);
        let Some(next) = end.later(1) else { break };
        day = next;
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_end_on_sundays_or_with_the_month() {
        let day = |text: &str| Date::sample(text);
        let of = |interval| -> Vec<String> { period_ends(interval, day("2026-01-28"), day("2026-02-10")).iter().map(Date::to_string).collect() };
        assert_eq!(of(Interval::Week), ["2026-02-01", "2026-02-08", "2026-02-15"]);
        assert_eq!(of(Interval::Month), ["2026-01-31", "2026-02-28"]);
    }
}
