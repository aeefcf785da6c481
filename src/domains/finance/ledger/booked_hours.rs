//! Hours of work in the ledger: booked as a cost, and taken back.

use super::booking::plain_entry;
use super::cost_entry::CostEntry;
use super::place_in_time::place;
use super::posting::CostSource;
use super::relief::{self, Relief};
use super::standing_entry;
use crate::budget::funds;
use steward_core::error::Result;
use steward_core::ports::ledger::WorkedHours;
use steward_core::resource::record::Placement;
use steward_core::resource::{Check, Effect, Id};

/// The effects that book hours, on the day of the work or the day of the period that is next to it, and relieve what an allocation of the
/// person promised of the budget line. Hours that were taken back are booked as a further line of their document.
pub fn book(check: &mut Check<'_>, hours: &WorkedHours) -> Result<Vec<Effect>> {
    let at = place(check, hours.worked_on, None, Some(hours.fiscal_period), None)?;
    let posted_on = at.map_or(hours.worked_on, |at| at.day);
    let mut relief = Relief::default();
    let promise = match hours.budget_line {
        Some(line) => relief::of_person(check, hours.person, line, hours.fiscal_period)?,
        None => None,
    };
    relief.add(promise, hours.cost, 1);
    let line = standing_entry::last_line(check, CostSource::Time, None, &hours.time_entry.to_string())? + 1;
    let entry = CostEntry {
        budget_line_id: hours.budget_line,
        commitment_id: promise,
        service_starts_on: Some(hours.worked_on),
        service_ends_on: Some(hours.worked_on),
        override_reason: hours.budget_line.map_or(Ok(None), |line| funds::override_reason(check, line))?,
        ..plain_entry(hours.fiscal_period, posted_on, hours.cost, CostSource::Time, hours.time_entry, line)
    };
    let booked = Effect::create(Placement { unit_id: hours.unit, owner_id: None }, entry);
    Ok(relief.effects(check)?.into_iter().chain([booked]).collect())
}

/// The effects that take back what a time entry has booked, and bind again what that relieved.
pub fn take_back(check: &mut Check<'_>, time_entry: Id) -> Result<Vec<Effect>> {
    standing_entry::take_back(check, CostSource::Time, time_entry, None)
}
