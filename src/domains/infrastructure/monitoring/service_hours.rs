//! The hours in which services are agreed to be there, as their records and calendars say.

use super::agreed_time::AgreedTime;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::working_time;
use steward_core::resource::{Check, Id};
use steward_schema::infrastructure::services;

/// The agreed hours of some services; one without a calendar is to be there around the clock, and left out.
pub fn service_hours(check: &mut Check<'_>, ids: &[Id]) -> Result<HashMap<Id, AgreedTime>> {
    let mut rows: Vec<(Id, Id, i64)> = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let columns = (services::id, services::calendar_id.assume_not_null(), services::opens_at_minute);
        let query = services::table.filter(services::id.eq_any(chunk)).filter(services::calendar_id.is_not_null()).select(columns);
        rows.extend(query.load::<(Id, Id, i64)>(check.connection)?);
    }
    let mut calendars: Vec<Id> = rows.iter().map(|(_, calendar, _)| *calendar).collect();
    calendars.sort_unstable();
    calendars.dedup();
    if calendars.is_empty() {
        return Ok(HashMap::new());
    }
    let hours: HashMap<Id, _> = working_time::working_hours(check, &calendars)?.into_iter().collect();
    let zones: HashMap<Id, String> = working_time::time_zones(check, &calendars)?.into_iter().collect();
    let agreed = |(service, calendar, opens): (Id, Id, i64)| {
        Some((service, AgreedTime::new(hours.get(&calendar)?, zones.get(&calendar).map_or("UTC", String::as_str), opens)))
    };
    Ok(rows.into_iter().filter_map(agreed).collect())
}
