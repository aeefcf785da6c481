//! How an objective is kept, and what is left of its error budget.

use crate::monitoring::agreed_time::{clipped, spans_of, without};
use crate::monitoring::attainment::kept;
use crate::monitoring::live_time::live_within;
use crate::monitoring::metric_sample::MetricSample;
use crate::monitoring::outage_time::{maintenance_within, outages_within, seconds_between};
use crate::monitoring::service_hours::service_hours;
use crate::monitoring::slo::{Indicator, Slo};
use crate::operation::outage::Outage;
use steward_core::resource::value::Note;
use steward_core::view::prelude::*;
use steward_schema::infrastructure::metric_samples;

/// Status of a service level objective.
#[derive(Debug, Serialize, ToSchema)]
pub struct SloStatus {
    /// Service level objective.
    pub slo: Ref<Slo>,
    /// Last day of its window, up to now.
    pub as_of: Date,
    /// Target share of good, in percent.
    pub target_percent: Percent,
    /// Attained share of good in the window, in percent; null where it was not measured.
    pub attained_percent: Figure,
    /// Error budget: part of the window that may be bad, in seconds.
    pub error_budget_seconds: Figure,
    /// Remaining error budget in seconds; negative when the objective is missed.
    pub error_budget_left_seconds: Figure,
    /// Burn rate of the error budget: 1 uses all of it in one window, more uses it sooner.
    pub burn_rate: Figure,
    /// Number of samples measured; null where outages are measured.
    pub samples: Option<Count>,
    /// Reason why a figure cannot be computed; null where all are.
    pub reason: Option<Note>,
}

/// What was good: its share of the time or samples, and the seconds that it is of.
type Measured = std::result::Result<(f64, f64), &'static str>;

impl View for SloStatus {
    const PATH: &'static str = "infrastructure/slos/{id}/status";
    const SUMMARY: &'static str = "Get the status of a service level objective";
    const DESCRIPTION: &'static str = "Status of an objective in its window, which ends now or with the day named. Availability is measured by outages within the service hours while the service was live, any other indicator by the samples of its series: for latency and freshness samples at or below the threshold are good, for throughput samples at or above it; \
        for error rate and correctness the samples are percentages, of bad and of good.";
    const FORMULA: &'static str = "error_budget_seconds = (100 − target_percent) ÷ 100 · agreed seconds; error_budget_left_seconds = error_budget_seconds − (100 − attained_percent) ÷ 100 · agreed seconds; burn_rate = (100 − attained_percent) ÷ (100 − target_percent)";
    const SOURCE: &'static str = "Beyer, Murphy, Rensin, Kawahara, Thorne, The Site Reliability Workbook, chapters 2 and 5";
    type Reads = (Slo, IfPermitted<Outage>, IfPermitted<MetricSample>);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: AsOf) -> Result<Self> {
        let (id, as_of) = (cx.id()?, query.or_today(cx));
        let (stored, slo) = cx.get_typed::<Slo>(id)?;
        let end = as_of.plus_days(1).midnight().min(cx.store.now());
        let span = (end.plus_seconds(-slo.window_days.0 * 86_400), end);
        let (measured, samples) = if as_of > cx.today() {
            (Err("The day lies ahead. Ask for today, or a day before it."), None)
        } else if slo.indicator == Indicator::Availability {
            (by_outages(cx, &slo, span)?, None)
        } else {
            by_samples(cx, &slo, span)?
        };
        let bad = 1.0 - slo.target_percent.0 / 100.0;
        let told = measured.ok();
        Ok(SloStatus {
            slo: Ref::new(id, &slo.name.0, stored.meta.state.as_deref()),
            as_of,
            target_percent: slo.target_percent,
            attained_percent: Figure(told.map(|(good, _)| good * 100.0)),
            error_budget_seconds: Figure(told.map(|(_, seconds)| bad * seconds)),
            error_budget_left_seconds: Figure(told.map(|(good, seconds)| (bad - (1.0 - good)) * seconds)),
            burn_rate: Figure(told.map(|(good, _)| (1.0 - good) / bad)),
            samples,
            reason: measured.err().map(Note::cut),
        })
    }
}

fn by_outages(cx: &mut Context<'_, '_>, slo: &Slo, span: (Instant, Instant)) -> Result<Measured> {
    let id = slo.service_id;
    let Some(live) = live_within(cx, &[id], span)?.remove(&id) else { return Ok(Err("The service has not been live yet.")) };
    let Some(mut outages) = outages_within(cx, Some(id), span)? else { return Ok(Err("You may not see outages.")) };
    if live.0 >= live.1 {
        return Ok(Err("The service was not live in the window."));
    }
    let downs = outages.remove(&id).unwrap_or_default();
    let hours = cx.ask(|check| service_hours(check, &[id]))?;
    let mut spans = clipped(spans_of(hours.get(&id), span.0, span.1), live);
    if slo.excludes_maintenance {
        spans = without(&spans, &maintenance_within(cx, Some(id), span)?.remove(&id).unwrap_or_default());
    }
    let kept = kept(&downs, &spans);
    Ok(kept.percent().map(|percent| (percent / 100.0, kept.agreed)).ok_or("No time of the window is agreed: it is maintenance, or beside the service hours."))
}

fn by_samples(cx: &mut Context<'_, '_>, slo: &Slo, (from, to): (Instant, Instant)) -> Result<(Measured, Option<Count>)> {
    let Some(series) = slo.series_id else { return Ok((Err("Name the series that it is measured by, in series_id."), None)) };
    let seen = cx.sees::<MetricSample>()?;
    if seen.is_nothing() {
        return Ok((Err("You may not see samples."), None));
    }
    let values: Vec<f64> = metric_samples::table
        .filter(metric_samples::series_id.eq(series).and(metric_samples::measured_at.gt(from)).and(metric_samples::measured_at.le(to)))
        .filter(seen.clone())
        .select(metric_samples::value)
        .load(cx.within(&seen))?;
    let count = Some(steward_core::resource::value::Whole(i64::try_from(values.len()).unwrap_or_default()));
    let measured = good_share(slo.indicator, slo.threshold.map(|threshold| threshold.0), &values);
    Ok((measured.map(|good| (good, seconds_between(from, to))), count))
}

/// The share of samples that are good.
fn good_share(indicator: Indicator, threshold: Option<f64>, values: &[f64]) -> std::result::Result<f64, &'static str> {
    if values.is_empty() {
        return Err("Its series has no sample in the window.");
    }
    let mean = |part: &dyn Fn(f64) -> f64| values.iter().map(|value| part(*value)).sum::<f64>() / values.len() as f64;
    let within = |good: fn(f64, f64) -> bool| {
        let threshold = threshold.ok_or("Say which values are good, in threshold.")?;
        Ok(mean(&|value| f64::from(good(value, threshold))))
    };
    match indicator {
        Indicator::Throughput => within(|value, least| value >= least),
        Indicator::ErrorRate => Ok(1.0 - mean(&|value| value.clamp(0.0, 100.0) / 100.0)),
        Indicator::Correctness => Ok(mean(&|value| value.clamp(0.0, 100.0) / 100.0)),
        _ => within(|value, most| value <= most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_good_of_samples_follows_from_the_indicator() {
        assert_eq!(good_share(Indicator::Latency, Some(300.0), &[100.0, 300.0, 301.0, 250.0]), Ok(0.75));
        assert_eq!(good_share(Indicator::Throughput, Some(50.0), &[49.0, 50.0]), Ok(0.5));
        assert_eq!(good_share(Indicator::ErrorRate, None, &[0.0, 10.0]), Ok(0.95));
        assert_eq!(good_share(Indicator::Correctness, None, &[99.0, 97.0]), Ok(0.98));
        assert!(good_share(Indicator::Freshness, None, &[1.0]).is_err() && good_share(Indicator::Latency, Some(1.0), &[]).is_err());
    }
}
