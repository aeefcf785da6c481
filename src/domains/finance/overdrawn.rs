//! Budget lines that are overdrawn: what the ledger says was spent is spent, and raises a conflict.

use super::budget::BudgetControl;
use super::line_flow::{Counted, Line, available};
use super::overrun;
use crate::database::{Kind, Statement};
use crate::error::Result;
use crate::resource::value::FieldType;
use crate::resource::value::{Currency, Money};
use crate::resource::{Check, Flag, Id, Watch};

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

fn overdrawn(check: &mut Check<'_>, line: Id) -> Result<Option<String>> {
    let query = Statement::new(
        "SELECT b.control, l.amount_amount, l.amount_currency FROM budget_lines l JOIN budgets b ON b.id = l.budget_id WHERE b.state = 'active' AND l.id = ",
    )
    .with(line, "");
    let Some(row) = query.first(check.connection, &[Kind::Doc, Kind::Integer, Kind::Text])? else { return Ok(None) };
    let [_, budget, currency] = row.as_slice() else { return Ok(None) };
    let (Some(budget), Some(currency)) = (budget.as_integer(), currency.as_text().and_then(Currency::parse)) else { return Ok(None) };
    let tolerance = row.get(..1).and_then(<BudgetControl as FieldType>::load).map_or(0, |control| control.tolerance_percent.0);
    let counted = Counted::all();
    let Some(left) = available(check.connection, Line { id: line, budget, currency }, &counted, check.today)? else { return Ok(None) };
    if i128::from(left) + i128::from(budget) * i128::from(tolerance) / 100 >= 0 {
        return Ok(None);
    }
    if overrun::is_allowed(check, line)? {
        return Ok(None);
    }
    let over = Money::new(left.saturating_neg(), currency);
    Ok(Some(format!("More has flowed out than the line holds: {} {} too much.", over.amount(), currency.code())))
}
