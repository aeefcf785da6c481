//! Budget lines that are overdrawn: what the ledger says was spent is spent, and raises a conflict.

use super::budget::BudgetControl;
use super::line::Line;
use super::line_flow::{Counted, position_of};
use super::overrun;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::Money;
use steward_core::resource::{Check, Flag, Id, Watch};
use steward_schema::finance::{budget_lines, budgets};

const LINES: &str = "finance/budget-lines";

/// More flowed out of a line of an active budget than it holds, its tolerance included, and no exception covers it.
pub const OVERDRAWN: Flag = Flag {
    code: "overdrawn",
    about: LINES,
    watches: &[
        Watch::by("finance/cost-entries", "budget_line_id"),
        Watch::by("finance/commitments", "budget_line_id"),
        Watch::by("finance/budget-transfers", "from_line_id"),
        Watch::by("finance/budget-transfers", "to_line_id"),
        Watch::by("governance/exceptions", "subject_id"),
        Watch::beside("governance/exceptions", "subject_id", (LINES, "budget_id", "id")),
    ],
    judge: overdrawn,
    hold: None,
};

fn overdrawn(check: &mut Check<'_>, id: Id) -> Result<Option<String>> {
    let found: Option<(Line, Option<BudgetControl>)> = budget_lines::table
        .inner_join(budgets::table)
        .filter(budgets::state.eq("active").and(budget_lines::id.eq(id)))
        .select((Line::as_select(), budgets::control))
        .first(check.connection)
        .optional()?;
    let Some((line, control)) = found else { return Ok(None) };
    let tolerance = control.map_or(0, |control| control.tolerance_percent.0);
    let counted = Counted::all();
    let position = position_of(check.connection, line, &counted, check.today)?;
    let Some(left) = position.available() else { return Ok(None) };
    if left.saturating_add(position.tolerance(tolerance)) >= 0 {
        return Ok(None);
    }
    if overrun::is_allowed(check, id)? {
        return Ok(None);
    }
    let over = Money::new(left.saturating_neg(), line.currency);
    Ok(Some(format!("Outflows exceed the amount of the line by {over}.")))
}
