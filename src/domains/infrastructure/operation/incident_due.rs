//! By when an incident is to be put right: the agreed time of its service, on the clock of its service hours.

use super::it_service::ResolutionTarget;
use crate::monitoring::service_hours::service_hours;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::Instant;
use steward_core::resource::{Check, Id};
use steward_schema::infrastructure::services;

/// An incident, as far as it says when it is due.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// The service.
    pub service: Option<Id>,
    /// Time of detection.
    pub detected_at: Option<Instant>,
    /// Priority, 1 to 5.
    pub priority: i64,
    /// Seconds of service hours on hold.
    pub held_seconds: i64,
}

/// When an incident is due; none where its service agrees nothing for its priority, or is not detected yet.
pub fn due_at(clock: Clock, check: &mut Check<'_>) -> Result<Option<Instant>> {
    let (Some(service), Some(detected)) = (clock.service, clock.detected_at) else { return Ok(None) };
    let targets: Option<Vec<ResolutionTarget>> = services::table.find(service).select(services::resolution_targets).first(check.connection).optional()?;
    let target = targets.into_iter().flatten().find(|target| target.priority.0 == clock.priority);
    let Some(seconds) = target.map(|target| target.minutes.0 * 60 + clock.held_seconds) else { return Ok(None) };
    let hours = service_hours(check, &[service])?;
    Ok(hours.get(&service).map_or_else(|| Some(detected.plus_seconds(seconds)), |hours| hours.after(detected, seconds)))
}

/// How many seconds of the service hours of a service have gone by since a time: all of them without a calendar.
pub fn service_seconds(service: Option<Id>, since: Instant, check: &mut Check<'_>) -> Result<i64> {
    let hours = match service {
        Some(service) => service_hours(check, &[service])?.remove(&service),
        None => None,
    };
    let now = check.now;
    let seconds = hours.map_or_else(|| (now.0 - since.0).num_seconds() as f64, |hours| hours.between(since, now));
    Ok(seconds.max(0.0) as i64)
}
