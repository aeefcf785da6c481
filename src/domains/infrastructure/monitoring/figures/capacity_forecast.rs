//! When a capacity is full, by the growth of its samples.

use crate::monitoring::capacity_target::CapacityTarget;
use crate::monitoring::growth::{FEWEST, Line, days_to, line};
use crate::monitoring::metric_sample::MetricSample;
use crate::monitoring::outage_time::seconds_between;
use chrono::TimeDelta;
use steward_core::resource::value::{Note, Number, Whole};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::metric_samples;

/// Most samples that a line is drawn through, the newest.
const MOST: i64 = 100_000;

/// Selection of samples.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct Query {
    /// Last day that counts, as YYYY-MM-DD, up to now; today if left out.
    #[param(inline)]
    pub as_of: Option<Date>,
    /// Number of days of samples for the fitted line; all of them if left out.
    #[param(minimum = 1, maximum = 3660)]
    pub days: Option<i64>,
}

/// Forecast of the use of a capacity.
#[derive(Debug, Serialize, ToSchema)]
pub struct CapacityForecast {
    /// Capacity target.
    pub target: Ref<CapacityTarget>,
    /// Value of the last sample; null without a sample.
    pub used: Figure,
    /// Available capacity.
    pub capacity: Figure,
    /// Threshold from which more capacity is needed.
    pub threshold: Figure,
    /// Share of the capacity that is used, in percent.
    pub used_percent: Figure,
    /// Number of samples for the fitted line.
    pub samples: Count,
    /// Value of the fitted line for now; null without a line.
    pub fitted: Figure,
    /// Slope of the fitted line per day; null without a line.
    pub slope_per_day: Figure,
    /// Coefficient of determination of the fitted line, 0 to 1; null without a line, or where all samples are the same.
    pub r_squared: Figure,
    /// Days until the threshold is reached; 0 if it is already, null if use is flat or falling, or it cannot be computed.
    pub days_to_threshold: Figure,
    /// Date on which the threshold is reached; null where it is not, or lies beyond the calendar.
    pub threshold_on: Option<Date>,
    /// Date on which the threshold is reached with the planned demand that starts after the last sample; null where it is not, or lies beyond
    /// the calendar.
    pub threshold_planned_on: Option<Date>,
    /// Last day to order more in time: `threshold_planned_on` less the lead time.
    pub order_by: Option<Date>,
    /// Days as in `days_to_threshold`, with the planned demand that starts after the last sample.
    pub days_to_threshold_planned: Figure,
    /// Reason why a figure cannot be computed; null where all are.
    pub reason: Option<Note>,
}

impl View for CapacityForecast {
    const PATH: &'static str = "infrastructure/capacity-targets/{id}/forecast";
    const SUMMARY: &'static str = "Get the forecast of a capacity target";
    const DESCRIPTION: &'static str = "Date on which the threshold of a capacity is reached if its use continues to grow as its samples do: a straight line fitted by least squares through at least three of them.";
    const FORMULA: &'static str = "slope_per_day = Σ(d − d̄)(u − ū) ÷ Σ(d − d̄)²; r_squared = (Σ(d − d̄)(u − ū))² ÷ (Σ(d − d̄)² · Σ(u − ū)²); days_to_threshold = (threshold − fitted) ÷ slope_per_day, with d the days of the samples and u their values";
    const SOURCE: &'static str = "Ordinary least squares; ITIL 4, capacity and performance management";
    type Reads = (CapacityTarget, MetricSample);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let id = cx.id()?;
        let (stored, target) = cx.get_typed::<CapacityTarget>(id)?;
        if query.days.is_some_and(|days| !(1..=3660).contains(&days)) {
            return Err(Problem::bad_request("days is a number from 1 to 3660.").into());
        }
        // A day counts to its end, as far as it has gone by.
        let (clock, end) = (cx.store.now(), query.as_of.map(|day| day.plus_days(1).midnight()));
        let now = end.map_or(clock, |end| end.min(clock));
        let days = |at: Instant| seconds_between(now, at) / 86_400.0;
        let samples = samples(cx, target.series_id, (now, end.is_some_and(|end| end <= clock)), query.days)?;
        let points: Vec<(f64, f64)> = samples.iter().map(|(at, value)| (days(*at), *value)).collect();
        let used = samples.first().map(|(_, value)| *value);
        let line = line(&points);
        let threshold = target.threshold.0;
        let last = samples.first().map(|(at, _)| at.date());
        let planned: Vec<(f64, f64)> = target
            .planned_demand
            .iter()
            .filter(|demand| last.is_none_or(|last| demand.starts_on > last))
            .map(|demand| (days(demand.starts_on.midnight()).max(0.0), demand.amount.0))
            .collect();
        let met = |steps: &[(f64, f64)]| match (used.filter(|used| *used >= threshold), line) {
            (Some(_), _) => Some(0.0),
            (None, Some(Line { intercept, slope, .. })) => days_to(threshold, intercept, slope, steps),
            (None, None) => None,
        };
        let (days_to_threshold, days_planned) = (met(&[]), met(&planned));
        let (threshold_on, planned_on) = (days_to_threshold.and_then(|days| date_after(now, days)), days_planned.and_then(|days| date_after(now, days)));
        let reason = if line.is_none() {
            Some(format!("A line takes {FEWEST} samples at different times, and there are {}.", samples.len()))
        } else {
            days_to_threshold.is_none().then(|| "Its use is flat or falling.".to_owned())
        };
        Ok(CapacityForecast {
            target: Ref::new(id, &target.name.0, stored.meta.state.as_deref()),
            used: Figure(used),
            capacity: Figure(Some(target.capacity.0)),
            threshold: Figure(Some(threshold)),
            used_percent: Figure(used.map(|used| used / target.capacity.0 * 100.0)),
            samples: Whole(i64::try_from(samples.len()).unwrap_or_default()),
            fitted: Figure(line.map(|line| line.intercept)),
            slope_per_day: Figure(line.map(|line| line.slope)),
            r_squared: Figure(line.and_then(|line| line.r_squared)),
            days_to_threshold: Figure(days_to_threshold),
            threshold_on,
            threshold_planned_on: planned_on,
            order_by: planned_on.map(|day| day.earlier(u32::try_from(target.lead_time_days.0).unwrap_or_default())),
            days_to_threshold_planned: Figure(days_planned),
            reason: reason.as_deref().map(Note::cut),
        })
    }
}

/// The date so many days after a time; none beyond the calendar.
fn date_after(now: Instant, days: f64) -> Option<Date> {
    let seconds = TimeDelta::try_seconds((days < 1e6).then_some((days * 86_400.0).round() as i64)?)?;
    Date::within(now.0.checked_add_signed(seconds)?.date_naive())
}

/// When and what was measured up to a time, or before it, the newest first.
fn samples(cx: &mut Context<'_, '_>, series: Id, (until, is_before): (Instant, bool), days: Option<i64>) -> Result<Vec<(Instant, f64)>> {
    let seen = cx.sees::<MetricSample>()?;
    let mut query = metric_samples::table
        .filter(metric_samples::series_id.eq(series).and(metric_samples::measured_at.le(until)))
        .filter(seen.clone())
        .order(metric_samples::measured_at.desc())
        .limit(MOST)
        .select((metric_samples::measured_at, metric_samples::value))
        .into_boxed();
    if is_before {
        query = query.filter(metric_samples::measured_at.lt(until));
    }
    if let Some(days) = days {
        query = query.filter(metric_samples::measured_at.gt(until.plus_seconds(-days * 86_400)));
    }
    Ok(query.load::<(Instant, Number<-1_000_000_000_000_000, 1_000_000_000_000_000>)>(cx.within(&seen))?.into_iter().map(|(at, value)| (at, value.0)).collect())
}
