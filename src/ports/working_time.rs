//! Working calendars: on which days people work, and for how long.

use crate::error::Result;
use crate::resource::value::Date;
use crate::resource::{Check, Id};

/// The working hours of a calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkingHours {
    /// Hours from Monday to Sunday.
    pub week: [f64; 7],
    /// The days that differ from their weekday, with their hours.
    pub exceptions: Vec<(Date, f64)>,
}

/// The owner of the calendars.
pub trait Calendars: Send + Sync {
    /// The working hours of some calendars, each with its id.
    fn working_hours(&self, check: &mut Check<'_>, ids: &[Id]) -> Result<Vec<(Id, WorkingHours)>>;

    /// The working hours of all calendars, each with its id, in order of their ids.
    fn all(&self, check: &mut Check<'_>) -> Result<Vec<(Id, WorkingHours)>>;

    /// The calendar of the organisation; none if the settings name none.
    fn usual(&self, check: &mut Check<'_>) -> Result<Option<Id>>;

    /// The time zones of some calendars, by their IANA names, each with its id.
    fn time_zones(&self, check: &mut Check<'_>, ids: &[Id]) -> Result<Vec<(Id, String)>>;
}

fn port(check: &Check<'_>) -> Option<&'static dyn Calendars> {
    check.definitions.answers.get::<&'static dyn Calendars>().copied()
}

/// The working hours of some calendars, each with its id; none where nobody keeps calendars.
pub fn working_hours(check: &mut Check<'_>, ids: &[Id]) -> Result<Vec<(Id, WorkingHours)>> {
    port(check).map_or(Ok(Vec::new()), |port| port.working_hours(check, ids))
}

/// The working hours of all calendars, each with its id; none where nobody keeps calendars.
pub fn all(check: &mut Check<'_>) -> Result<Vec<(Id, WorkingHours)>> {
    port(check).map_or(Ok(Vec::new()), |port| port.all(check))
}

/// The calendar of the organisation; none if it has none.
pub fn usual(check: &mut Check<'_>) -> Result<Option<Id>> {
    port(check).map_or(Ok(None), |port| port.usual(check))
}

/// The time zones of some calendars, by their IANA names, each with its id; none where nobody keeps calendars.
pub fn time_zones(check: &mut Check<'_>, ids: &[Id]) -> Result<Vec<(Id, String)>> {
    port(check).map_or(Ok(Vec::new()), |port| port.time_zones(check, ids))
}
