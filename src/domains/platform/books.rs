//! The books of the organisation, as the settings have them.

use super::calendar::{CalendarException, WeekHours};
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::books::{self, CapacityRules, WorkingWeek};
use steward_core::resource::value::Currency;
use steward_core::resource::{Check, Id};
use steward_schema::platform::{calendars, settings};

/// The settings of the books.
pub struct Books;

impl books::Books for Books {
    fn base_currency(&self, check: &mut Check<'_>) -> Result<Option<Currency>> {
        Ok(settings::table.order(settings::id).select(settings::base_currency).first(check.connection).optional()?)
    }

    fn working_week(&self, check: &mut Check<'_>) -> Result<WorkingWeek> {
        let set: Option<Option<Id>> = settings::table.order(settings::id).select(settings::calendar_id).first(check.connection).optional()?;
        let Some(calendar) = set.flatten() else { return Ok(WorkingWeek::usual()) };
        let columns = (calendars::week, calendars::exceptions);
        let found: Option<(WeekHours, Vec<CalendarException>)> = calendars::table.find(calendar).select(columns).first(check.connection).optional()?;
        let Some((week, exceptions)) = found else { return Ok(WorkingWeek::usual()) };
        let hours = [week.monday, week.tuesday, week.wednesday, week.thursday, week.friday, week.saturday, week.sunday].map(|hours| hours.0);
        Ok(WorkingWeek { hours, exceptions: exceptions.into_iter().map(|each| (each.on, each.hours.0)).collect() })
    }

    fn capacity_rules(&self, check: &mut Check<'_>) -> Result<CapacityRules> {
        let columns = (settings::non_project_percent, settings::allocation_tolerance_percent);
        let set: Option<(f64, f64)> = settings::table.order(settings::id).select(columns).first(check.connection).optional()?;
        let rules = |(non_project_percent, tolerance_percent)| CapacityRules { non_project_percent, tolerance_percent };
        Ok(set.map_or(books::USUAL_CAPACITY, rules))
    }
}
