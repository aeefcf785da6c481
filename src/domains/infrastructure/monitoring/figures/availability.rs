//! The measure of infrastructure: the availability that was agreed for live services, and what was attained.

use crate::monitoring::{
    agreed_time::{clipped, spans_of, without},
    attainment::kept,
    live_time::live_within,
    outage_time::{maintenance_within, outages_within},
    service_hours::service_hours,
    slo::{Indicator, Slo},
};
use crate::operation::{it_service::Service, outage::Outage};
use std::collections::{HashMap, HashSet};
use steward_core::view::measure::{Basis, Measured, Sense, so_many};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{services, slos};

/// 30 days, in seconds.
const SECONDS: i64 = 30 * 86_400;
const UNIT: &str = "percent";

/// The measure.
#[derive(Debug)]
pub struct Availability;

impl View for Availability {
    const PATH: &'static str = "infrastructure/availability";
    const FORMULA: &'static str = "Over the availability objectives of live services: the plan is the mean of their targets; actual the mean of what was attained in the service hours of the last 30 days (720 hours without a calendar), from the move to `live` on, \
        100 less the share of the agreed time that outages took, each by how much of the service was lost, where several at a time count as the worst of them. \
        Where an objective leaves out maintenance, the windows of the service or what it rests on that expect an outage and were approved before they began leave the agreed time. The status compares what is missing of 100: (100 − plan) ÷ (100 − actual).";
    type Reads = (IfPermitted<Slo>, IfPermitted<Service>, IfPermitted<Outage>);
    type Query = Basis;
    type Answer = Measured;

    fn run(cx: &mut Context<'_, '_>, _: Basis) -> Result<Measured> {
        let (agreements, seen) = (cx.sees::<Slo>()?, cx.sees::<Service>()?);
        if agreements.is_nothing() || seen.is_nothing() {
            return Ok(Measured::unknown(UNIT, "You may not see services and their objectives."));
        }
        let available = slos::service_id.eq(services::id).and(slos::indicator.eq(Indicator::Availability));
        let rows: Vec<(Id, Option<f64>, Option<bool>)> = services::table
            .left_join(slos::table.on(available.and(agreements)))
            .filter(services::state.eq("live"))
            .filter(seen.clone())
            .order(services::id)
            .select((services::id, slos::target_percent.nullable(), slos::excludes_maintenance.nullable()))
            .load(cx.within(&seen))?;
        let live: HashSet<Id> = rows.iter().map(|(service, ..)| *service).collect();
        let agreed: Vec<(Id, f64, bool)> =
            rows.into_iter().filter_map(|(service, target, excludes)| Some((service, target?, excludes.unwrap_or_default()))).collect();
        let with: HashSet<Id> = agreed.iter().map(|(service, ..)| *service).collect();
        let bare = live.len() - with.len();
        let nothing = if bare == 0 { String::new() } else { format!(" For {} none is agreed.", so_many(bare, "live service", "live services")) };
        if agreed.is_empty() {
            return Ok(Measured::unknown(UNIT, format!("No availability is agreed for a live service that you may see.{nothing}")));
        }
        let count = agreed.len() as f64;
        let plan = agreed.iter().map(|(_, target, _)| target).sum::<f64>() / count;
        let now = cx.store.now();
        let span = (now.plus_seconds(-SECONDS), now);
        let Some(outages) = outages_within(cx, None, span)? else {
            let mut told = Measured::unknown(UNIT, format!("You may not see outages.{nothing}"));
            told.plan = Some(plan);
            return Ok(told);
        };
        let with: Vec<Id> = with.into_iter().collect();
        let (hours, none) = (cx.ask(|check| service_hours(check, &with))?, Vec::new());
        let lives = live_within(cx, &with, span)?;
        let excluded = agreed.iter().any(|(.., excludes)| *excludes);
        let maintenance = if excluded { maintenance_within(cx, None, span)? } else { HashMap::new() };
        let each = agreed.iter().map(|(service, target, excludes)| {
            let mut spans = clipped(spans_of(hours.get(service), span.0, span.1), lives.get(service).copied().unwrap_or_default());
            if let Some(windows) = maintenance.get(service).filter(|_| *excludes) {
                spans = without(&spans, windows);
            }
            (*target, kept(outages.get(service).unwrap_or(&none), &spans).percent())
        });
        let known: Vec<(f64, f64)> = each.filter_map(|(target, attained)| Some((target, attained?))).collect();
        let actual = (!known.is_empty()).then(|| known.iter().map(|(_, attained)| attained).sum::<f64>() / known.len() as f64);
        let missed = known.iter().filter(|(target, attained)| attained < target).count();
        let reason = format!(
            "In 30 days {} of {} missed.{nothing}",
            if missed == 0 { "none".to_owned() } else { missed.to_string() },
            so_many(agreed.len(), "agreed availability was", "agreed availabilities were")
        );
        let told = Measured::of(UNIT, Sense::LessMissing, (Some(plan), actual), None, reason);
        Ok(told.and("objectives_missed", "objectives", Some(missed as f64)).and("live_services_without_objective", "services", Some(bare as f64)))
    }
}
