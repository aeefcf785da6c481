//! The regular periods of fiscal years: those that a day falls into, adjustments aside.

use diesel::dsl::not;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::Date;
use steward_core::resource::{Check, Id};
use steward_schema::finance::{budget_lines, budgets, fiscal_periods};

/// A regular period of a fiscal year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct RegularPeriod {
    /// The period.
    pub id: Id,
    /// Its fiscal year.
    pub fiscal_year: Id,
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub ends_on: Date,
    /// Whether it takes no postings.
    pub is_closed: bool,
}

impl RegularPeriod {
    /// Whether it has a day.
    pub fn has(&self, day: Date) -> bool {
        self.starts_on <= day && day <= self.ends_on
    }
}

/// The fiscal year of a budget line; none where there is no such line.
pub fn year_of_line(check: &mut Check<'_>, line: Id) -> Result<Option<Id>> {
    let of_line = budget_lines::table.inner_join(budgets::table).filter(budget_lines::id.eq(line));
    Ok(of_line.select(budgets::fiscal_year_id).first(check.connection).optional()?)
}

/// The fiscal year of a period; none where there is no such period.
pub fn year_of_period(check: &mut Check<'_>, period: Id) -> Result<Option<Id>> {
    Ok(fiscal_periods::table.find(period).select(fiscal_periods::fiscal_year_id).first(check.connection).optional()?)
}

/// The regular periods of fiscal years, in order of their days.
pub fn of_years(check: &mut Check<'_>, years: &[Id]) -> Result<Vec<RegularPeriod>> {
    Ok(fiscal_periods::table
        .filter(fiscal_periods::fiscal_year_id.eq_any(years).and(not(fiscal_periods::adjustment)))
        .order((fiscal_periods::starts_on, fiscal_periods::id))
        .select((fiscal_periods::id, fiscal_periods::fiscal_year_id, fiscal_periods::starts_on, fiscal_periods::ends_on, fiscal_periods::state.eq("closed")))
        .load(check.connection)?)
}
