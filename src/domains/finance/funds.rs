//! The funds check: whether a budget line has what something new would take.

use super::budget::{BudgetControl, ControlAction, ControlBasis};
use super::budget_line::BudgetLine;
use super::line_flow::{Counted, Line, available, rates_to};
use super::overrun;
use super::position::converted;
use super::spread;
use crate::database::{Cell, Kind, Row, Statement};
use crate::error::{Problem, Result};
use crate::resource::value::{FieldType, Money};
use crate::resource::{Check, Id, Record};
use diesel::prelude::*;
use steward_schema::finance::budget_lines;

/// Refuses what would take more of a line than is available (409), where the control of its budget blocks that. The caller has
/// locked the line, so that of many at once none passes the limit.
pub fn require(check: &mut Check<'_>, line: Id, period: Id, source: Id, amount: Money) -> Result<()> {
    let query = Statement::new(
        "SELECT b.control, b.state, b.fiscal_year_id, r.collection FROM budget_lines l JOIN budgets b ON b.id = l.budget_id \
         LEFT JOIN registry r ON r.id = ",
    )
    .with(source, " WHERE l.id = ")
    .with(line, "");
    let Some(row) = query.first(check.connection, &[Kind::Doc, Kind::Text, Kind::Id, Kind::Text])? else { return Ok(()) };
    let Some(control) = row.get(..1).and_then(<BudgetControl as FieldType>::load) else { return Ok(()) };
    let action = match row.get(3).and_then(Cell::as_text) {
        Some("vendors/requisition-lines") => control.requisition,
        Some("finance/allocations") => control.allocation,
        _ => control.order,
    };
    if action != ControlAction::Block {
        return Ok(());
    }
    let state = row.get(1).and_then(Cell::as_text).unwrap_or_default();
    if state != "active" {
        return Err(Problem::conflict("/budget_line_id", "state", format!("Its budget is {state}, and takes commitments only while it is active.")).into());
    }
    let Some(record) = load_line(check, line)? else { return Ok(()) };
    let year = row.get(2).and_then(Cell::as_id).unwrap_or_default();
    let (budget, periods) = looked_at(check, &record, control.basis, year, period)?;
    let currency = record.amount.currency;
    let rates = if amount.currency == currency { Default::default() } else { rates_to(check.connection, currency, check.today)? };
    let counted = Counted { periods, ..Counted::all() };
    let left = available(check.connection, Line { id: line, budget, currency }, &counted, check.today)?;
    let (Some(left), Some(taken)) = (left, converted(&[(amount.currency, amount.minor)], currency, &rates)) else {
        return Err(Problem::conflict("/amount", "exchange_rate", "What is available cannot be told. Record the exchange rate first.").into());
    };
    let tolerance = i128::from(budget) * i128::from(control.tolerance_percent.0) / 100;
    if i128::from(taken) > i128::from(left) + tolerance && !overrun::is_allowed(check, line)? {
        let detail = format!(
            "Only {} {} is available of that budget line. Take less, have money moved to it, or have an overrun approved.",
            Money::new(left, currency).amount(),
            currency.code()
        );
        return Err(Problem::conflict("/amount", "funds", detail).into());
    }
    Ok(())
}

/// The part of a line's budget that is looked at, and the periods in which what flows counts; none for the whole year.
fn looked_at(check: &mut Check<'_>, line: &BudgetLine, basis: ControlBasis, year: Id, period: Id) -> Result<(i64, Option<Vec<Id>>)> {
    let own = Statement::new("SELECT number FROM fiscal_periods WHERE id = ").with(period, " AND fiscal_year_id = ").with(year, "");
    let own = check.value(own, Kind::Integer)?.and_then(|cell| cell.as_integer());
    let (Some(own), false) = (own, basis == ControlBasis::Annual) else { return Ok((line.amount.minor, None)) };
    let counts = |number: i64| if basis == ControlBasis::Period { number == own } else { number <= own };
    let query = Statement::new("SELECT id, number FROM fiscal_periods WHERE fiscal_year_id = ").with(year, "");
    let rows = query.rows(check.connection, &[Kind::Id, Kind::Integer])?;
    let counted = |row: &Row| Some((row.first()?.as_id()?, row.get(1)?.as_integer()?));
    let periods = rows.iter().filter_map(counted).filter(|(_, number)| counts(*number)).map(|(id, _)| id).collect();
    let amounts = spread::of_line(check.connection, line)?;
    let budget: i64 = amounts.iter().filter(|each| counts(each.period.0)).map(|each| each.amount.minor).sum();
    Ok((budget, Some(periods)))
}

fn load_line(check: &mut Check<'_>, line: Id) -> Result<Option<BudgetLine>> {
    let query = budget_lines::table.filter(budget_lines::id.eq(line)).select(Record::<BudgetLine>::as_select());
    let found: Option<Record<BudgetLine>> = query.first(check.connection).optional()?;
    Ok(found.map(|record| record.own))
}
