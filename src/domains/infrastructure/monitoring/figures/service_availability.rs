//! The availability of a service over a span of days.

use crate::monitoring::agreed_time::{clipped, spans_of, without};
use crate::monitoring::attainment::{failures, kept, unknown};
use crate::monitoring::live_time::live_within;
use crate::monitoring::outage_time::{excluding_maintenance, maintenance_within, outages_within, seconds_between};
use crate::monitoring::service_hours::service_hours;
use crate::monitoring::slo::Slo;
use crate::operation::{it_service::Service, outage::Outage};
use steward_core::resource::value::{Note, Whole};
use steward_core::view::prelude::*;

/// Availability of a service over a span of days.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceAvailability {
    /// Evaluated service.
    pub service: Ref<Service>,
    /// First day evaluated.
    pub from: Date,
    /// Day after the last.
    pub to: Date,
    /// Share of the agreed time in which it was up, in percent; null when no time was agreed, or the service was not live.
    pub availability_percent: Figure,
    /// Agreed time in seconds: the service hours of the days up to now while the service was live, around the clock where it has no calendar,
    /// less approved maintenance where an agreed availability excludes it.
    pub agreed_seconds: Figure,
    /// Agreed time lost to outages, in seconds: each by the lost share of the service, several at a time as the worst of them.
    pub downtime_seconds: Figure,
    /// Number of failures: outages in the service hours outside approved maintenance; those that overlap or follow at once count as one.
    pub failures: Count,
    /// Mean time between failures, in seconds; null without a failure.
    pub mtbf_seconds: Figure,
    /// Mean time to restore service, in seconds; null without a failure.
    pub mtrs_seconds: Figure,
    /// Reason why a figure cannot be computed; null where all are.
    pub reason: Option<Note>,
}

impl View for ServiceAvailability {
    const PATH: &'static str = "infrastructure/services/{id}/availability";
    const SUMMARY: &'static str = "Get the availability of a service";
    const DESCRIPTION: &'static str = "Availability of a service over a span of days (UTC), over the outages that you may see. Of a service with a calendar only its service hours count, and outages outside them are no failures. Maintenance is the time of a window that expects an outage, was approved before it began, and names the service or a node that it depends on, or no target where an outage of the service names it. The service counts from its move to `live`, unless an outage was recorded before, to its retirement; voided outages do not count.";
    const FORMULA: &'static str = "availability_percent = 100 · (agreed_seconds − downtime_seconds) ÷ agreed_seconds; mtbf_seconds = (agreed_seconds − downtime_seconds) ÷ failures; mtrs_seconds = time in failures ÷ failures";
    const SOURCE: &'static str = "ITIL 4, availability management; ISO/IEC 20000-1";
    type Reads = (Service, IfPermitted<Outage>, IfPermitted<Slo>);
    type Query = Period;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Period) -> Result<Self> {
        let id = cx.id()?;
        let (stored, service) = cx.get_typed::<Service>(id)?;
        let (from, to, span) = query.span(cx)?;
        let excludes = excluding_maintenance(cx, &[id])?.contains(&id);
        let outages = outages_within(cx, Some(id), span)?;
        let live = live_within(cx, &[id], span)?.remove(&id);
        let maintenance = maintenance_within(cx, Some(id), span)?.remove(&id).unwrap_or_default();
        let hours = cx.ask(|check| service_hours(check, &[id]))?;
        let (all, seconds) = (spans_of(hours.get(&id), span.0, span.1), seconds_between(span.0, span.1));
        let has_hours = !all.is_empty();
        let spans = clipped(all, live.unwrap_or_default());
        let reason = match unknown(live, outages.is_some(), seconds > 0.0) {
            None if !has_hours => Some("The calendar of the service agrees no hours on these days."),
            None if spans.is_empty() => Some("The service was live on these days beside its service hours only."),
            reason => reason,
        };
        let downs = outages.filter(|_| live.is_some_and(|(from, to)| from < to || seconds <= 0.0)).map(|mut outages| outages.remove(&id).unwrap_or_default());
        let beside = without(&spans, &maintenance);
        let kept = downs.as_ref().map(|downs| kept(downs, if excludes { &beside } else { &spans }));
        let (count, failed) = downs.as_ref().map_or((0, 0.0), |downs| failures(downs, &beside));
        let each = |sum: f64| (count > 0).then(|| sum / count as f64);
        Ok(ServiceAvailability {
            service: Ref::new(id, &service.name.0, stored.meta.state.as_deref()),
            from,
            to,
            availability_percent: Figure(kept.and_then(|kept| kept.percent())),
            agreed_seconds: Figure(kept.map(|kept| kept.agreed)),
            downtime_seconds: Figure(kept.map(|kept| kept.lost)),
            failures: Whole(i64::try_from(count).unwrap_or_default()),
            mtbf_seconds: Figure(kept.and_then(|kept| each(kept.agreed - kept.lost))),
            mtrs_seconds: Figure(each(failed)),
            reason: reason.map(Note::cut),
        })
    }
}
