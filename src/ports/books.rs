//! The books of the organisation: the currency in which its totals are told.

use super::ask;
use crate::error::Result;
use crate::resource::Check;
use crate::resource::value::{Currency, Date};
use chrono::Datelike;

/// The working hours of a usual week, and the days that are not as their weekday says.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkingWeek {
    /// The hours of each weekday, from Monday on.
    pub hours: [f64; 7],
    /// The days that differ, with their hours.
    pub exceptions: Vec<(Date, f64)>,
}

impl WorkingWeek {
    /// Monday to Friday, eight hours.
    pub fn usual() -> Self {
        WorkingWeek { hours: [8.0, 8.0, 8.0, 8.0, 8.0, 0.0, 0.0], exceptions: Vec::new() }
    }

    /// The working hours of a day.
    pub fn hours_on(&self, day: Date) -> f64 {
        let weekday = day.0.weekday().num_days_from_monday() as usize;
        let usual = self.hours.get(weekday).copied().unwrap_or(0.0);
        self.exceptions.iter().find(|(on, _)| *on == day).map_or(usual, |(_, hours)| *hours)
    }

    /// What part of a contracted week falls on a day: its working hours in proportion to those of a usual week.
    pub fn share_of(&self, day: Date) -> f64 {
        let whole: f64 = self.hours.iter().sum();
        if whole > 0.0 { self.hours_on(day) / whole } else { 0.0 }
    }
}

/// How people's capacity is counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CapacityRules {
    /// The share of their time for other work than projects, in percent.
    pub non_project_percent: f64,
    /// By how many percent hard allocations may pass it.
    pub tolerance_percent: f64,
}

impl CapacityRules {
    /// The share of people's time that is for projects.
    pub fn project_share(&self) -> f64 {
        1.0 - self.non_project_percent / 100.0
    }
}

/// Where nothing is set: all of their time, and a tenth more.
pub const USUAL_CAPACITY: CapacityRules = CapacityRules { non_project_percent: 0.0, tolerance_percent: 10.0 };

/// Who keeps the settings of the books.
pub trait Books: Send + Sync {
    /// The working week of the organisation.
    fn working_week(&self, check: &mut Check<'_>) -> Result<WorkingWeek>;

    /// How people's capacity is counted.
    fn capacity_rules(&self, check: &mut Check<'_>) -> Result<CapacityRules>;

    /// The base currency of the organisation.
    fn base_currency(&self, check: &mut Check<'_>) -> Result<Option<Currency>>;
}

/// The base currency of the organisation; none where nobody keeps it.
pub fn base_currency(check: &mut Check<'_>) -> Result<Option<Currency>> {
    ask(check, |port: &'static dyn Books, check| port.base_currency(check))
}

/// The working week of the organisation; the usual one where nobody keeps it.
pub fn working_week(check: &mut Check<'_>) -> Result<WorkingWeek> {
    match check.definitions.answers.get::<&'static dyn Books>() {
        Some(port) => port.working_week(check),
        None => Ok(WorkingWeek::usual()),
    }
}

/// How people's capacity is counted; the usual way where nobody keeps it.
pub fn capacity_rules(check: &mut Check<'_>) -> Result<CapacityRules> {
    match check.definitions.answers.get::<&'static dyn Books>() {
        Some(port) => port.capacity_rules(check),
        None => Ok(USUAL_CAPACITY),
    }
}
