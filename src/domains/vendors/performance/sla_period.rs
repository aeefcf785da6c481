//! The windows over which service levels are measured and credits are claimed.

use super::sla_target::{Direction, SlaWindow, is_percent};
use diesel::prelude::*;
use steward_core::database::Dialect;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Date, Text};
use steward_core::resource::{Check, Id};
use steward_schema::vendors::{contracts, sla_targets};

/// A target with the contract that promises it, as far as windows and credits need them.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = sla_targets, check_for_backend(Dialect))]
pub struct Promise {
    /// What must be reached.
    pub target: f64,
    unit: Text<1, 40>,
    direction: Direction,
    measurement_window: SlaWindow,
    starts_on: Date,
    ends_on: Option<Date>,
    /// Within how many days of the end of a window a credit must be claimed.
    pub claim_days: Option<i64>,
    /// The currency of the contract.
    #[diesel(select_expression = contracts::currency)]
    pub currency: Currency,
    /// The vendor of the contract.
    #[diesel(select_expression = contracts::vendor_id)]
    pub vendor: Id,
}

/// The promise behind a target.
pub fn promise(check: &mut Check<'_>, target: Id) -> Result<Option<Promise>> {
    Ok(sla_targets::table.inner_join(contracts::table).filter(sla_targets::id.eq(target)).select(Promise::as_select()).first(check.connection).optional()?)
}

impl Promise {
    /// True if a value keeps the promise.
    pub fn is_met_by(&self, value: f64) -> bool {
        match self.direction {
            Direction::AtLeast => value >= self.target,
            Direction::AtMost => value <= self.target,
        }
    }

    /// True if a value is possible in the unit of the target.
    pub fn can_be(&self, value: f64) -> bool {
        value <= 100.0 || !is_percent(&self.unit.0)
    }

    /// Refuses a window that is none of the target's, or not within its days (409); the first and the last may be cut by those.
    pub fn require_window(&self, starts_on: Date, ends_on: Date) -> Result<()> {
        if starts_on < self.starts_on || self.ends_on.is_some_and(|last| ends_on > last) {
            let last = self.ends_on.map_or("on".to_owned(), |last| format!("to {last}"));
            let detail = format!("The target holds from {} {last}, and the window is {starts_on} to {ends_on}. Choose one within.", self.starts_on);
            return Err(Problem::conflict(if starts_on < self.starts_on { "/starts_on" } else { "/ends_on" }, "outside", detail).into());
        }
        let Some((first, last)) = self.measurement_window.around(starts_on) else { return Ok(()) };
        let (first, last) = (first.max(self.starts_on), self.ends_on.map_or(last, |ends_on| last.min(ends_on)));
        if (starts_on, ends_on) != (first, last) {
            let detail = format!("The target is measured by the {}: that of {starts_on} is {first} to {last}.", self.measurement_window.word());
            return Err(Problem::conflict("/ends_on", "window", detail).into());
        }
        Ok(())
    }
}
