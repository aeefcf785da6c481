//! Budget overruns: whether an exception lets a line be exceeded.

use crate::database::{Kind, Statement};
use crate::error::Result;
use crate::ports::exception::{self, Days, ExceptionKind};
use crate::resource::{Check, Id};

/// Whether an exception that is in force lets the line or its budget be exceeded.
pub fn is_allowed(check: &mut Check<'_>, line: Id) -> Result<bool> {
    let query = Statement::new("SELECT budget_id FROM budget_lines WHERE id = ").with(line, "");
    let budget = check.value(query, Kind::Id)?.and_then(|cell| cell.as_id());
    let subjects: Vec<Id> = [Some(line), budget].into_iter().flatten().collect();
    let today = Days::on(check.today);
    exception::in_force(check, ExceptionKind::BudgetOverrun, &subjects, today)
}
