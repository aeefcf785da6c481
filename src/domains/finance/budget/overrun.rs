//! Budget overruns: whether an exception lets a line be exceeded.

use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::exception::{self, Days, ExceptionKind};
use steward_core::resource::{Check, Id};
use steward_schema::finance::budget_lines;

/// Whether an exception that is in force lets the line or its budget be exceeded.
pub fn is_allowed(check: &mut Check<'_>, line: Id) -> Result<bool> {
    let budget: Option<Id> = budget_lines::table.find(line).select(budget_lines::budget_id).first(check.connection).optional()?;
    let subjects: Vec<Id> = [Some(line), budget].into_iter().flatten().collect();
    let today = Days::on(check.today);
    exception::in_force(check, ExceptionKind::BudgetOverrun, &subjects, today)
}
