//! Numbers of fiscal periods inside values: they name periods that the year has.

use diesel::prelude::*;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::{Check, Id};
use steward_schema::finance::fiscal_periods;

/// The numbers that a field names, in order.
pub struct Named {
    /// The field: a list of values with a period each.
    pub field: &'static str,
    /// The numbers.
    pub numbers: Vec<i64>,
    /// Whether they may be of periods for adjustments.
    pub adjusts: bool,
}

/// Refuses numbers of periods that a fiscal year does not have (422). A year whose periods are not made yet has all.
pub fn require(check: &mut Check<'_>, year: Id, named: &[Named]) -> Result<()> {
    if named.iter().all(|each| each.numbers.is_empty()) {
        return Ok(());
    }
    let columns = (fiscal_periods::number, fiscal_periods::adjustment);
    let periods: Vec<(i64, bool)> =
        fiscal_periods::table.filter(fiscal_periods::fiscal_year_id.eq(year)).order(fiscal_periods::number).select(columns).load(check.connection)?;
    if periods.is_empty() {
        return Ok(());
    }
    let mut errors = Vec::new();
    for each in named {
        let has = |number: i64| periods.iter().any(|(own, adjustment)| *own == number && (each.adjusts || !adjustment));
        for (at, number) in each.numbers.iter().enumerate().filter(|(_, number)| !has(**number)) {
            let told: Vec<String> = periods.iter().filter(|(_, adjustment)| each.adjusts || !adjustment).map(|(number, _)| number.to_string()).collect();
            let detail = format!("The fiscal year has no period {number} for this. Name one of {}.", told.join(", "));
            errors.push(FieldError::new(format!("/{}/{at}/period", each.field), "period", detail));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::invalid(errors).into()) }
}
