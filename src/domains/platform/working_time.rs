//! The working hours of the calendars, for the domains that count by them.

use super::calendar::{CalendarException, WeekHours};
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::working_time::{self, WorkingHours};
use steward_core::resource::{Check, Id};
use steward_schema::platform::{calendars, settings};

/// Calendars, as this domain keeps them.
pub struct Calendars;

impl working_time::Calendars for Calendars {
    fn working_hours(&self, check: &mut Check<'_>, ids: &[Id]) -> Result<Vec<(Id, WorkingHours)>> {
        let query = calendars::table.filter(calendars::id.eq_any(ids)).select((calendars::id, calendars::week, calendars::exceptions));
        Ok(query.load(check.connection)?.into_iter().map(hours).collect())
    }

    fn all(&self, check: &mut Check<'_>) -> Result<Vec<(Id, WorkingHours)>> {
        let query = calendars::table.order(calendars::id).select((calendars::id, calendars::week, calendars::exceptions));
        Ok(query.load(check.connection)?.into_iter().map(hours).collect())
    }

    fn usual(&self, check: &mut Check<'_>) -> Result<Option<Id>> {
        let named: Option<Option<Id>> = settings::table.order(settings::id).select(settings::calendar_id).first(check.connection).optional()?;
        Ok(named.flatten())
    }

    fn time_zones(&self, check: &mut Check<'_>, ids: &[Id]) -> Result<Vec<(Id, String)>> {
        Ok(calendars::table.filter(calendars::id.eq_any(ids)).select((calendars::id, calendars::time_zone)).load(check.connection)?)
    }
}

fn hours((id, week, exceptions): (Id, WeekHours, Vec<CalendarException>)) -> (Id, WorkingHours) {
    let days = [week.monday, week.tuesday, week.wednesday, week.thursday, week.friday, week.saturday, week.sunday];
    let exceptions = exceptions.into_iter().map(|exception| (exception.on, exception.hours.0)).collect();
    (id, WorkingHours { week: days.map(|hours| hours.0), exceptions })
}
