//! The funds check: whether a budget line has what something new would take.

use super::budget::{BudgetControl, ControlAction, ControlBasis};
use super::line_flow::{Counted, Line, available};
use super::overrun;
use super::position::converted;
use crate::domains::finance::budget::figures::spread::{self, Spreadable};
use crate::domains::finance::rate::exchange_rate::rates_to;
use crate::error::{Problem, Result};
use crate::resource::value::Money;
use crate::resource::{Check, Id};
use diesel::prelude::*;
use steward_schema::finance::{budget_lines, budgets, fiscal_periods};
use steward_schema::service::registry;

/// Refuses what would take more of a line than is available (409), where the control of its budget blocks that. The caller has
/// locked the line, so that of many at once none passes the limit.
pub fn require(check: &mut Check<'_>, line: Id, period: Id, source: Id, amount: Money) -> Result<()> {
    let Some(held) = Held::find(check, line, source)? else { return Ok(()) };
    let Some(control) = held.control else { return Ok(()) };
    let action = match held.collection.as_deref() {
        Some("vendors/requisition-lines") => control.requisition,
        Some("finance/allocations") => control.allocation,
        _ => control.order,
    };
    if action != ControlAction::Block {
        return Ok(());
    }
    if held.state != "active" {
        return Err(
            Problem::conflict("/budget_line_id", "state", format!("Its budget is {}, and takes commitments only while it is active.", held.state)).into()
        );
    }
    let currency = held.line.amount.currency;
    let (budget, periods) = looked_at(check, held.line, control.basis, held.year, period)?;
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
fn looked_at(check: &mut Check<'_>, line: Spreadable, basis: ControlBasis, year: Id, period: Id) -> Result<(i64, Option<Vec<Id>>)> {
    let whole_year = line.amount.minor;
    if basis == ControlBasis::Annual {
        return Ok((whole_year, None));
    }
    let periods: Vec<(Id, i64)> =
        fiscal_periods::table.filter(fiscal_periods::fiscal_year_id.eq(year)).select((fiscal_periods::id, fiscal_periods::number)).load(check.connection)?;
    let Some((_, own)) = periods.iter().copied().find(|(id, _)| *id == period) else { return Ok((whole_year, None)) };
    let counts = |number: i64| if basis == ControlBasis::Period { number == own } else { number <= own };
    let amounts = spread::amounts_of(check.connection, line)?;
    let budget: i64 = amounts.iter().filter(|each| counts(each.period.0)).map(|each| each.amount.minor).sum();
    Ok((budget, Some(periods.into_iter().filter(|(_, number)| counts(*number)).map(|(id, _)| id).collect())))
}

/// A line, with how its budget holds spending, and the collection of what would take from it.
#[derive(Queryable)]
struct Held {
    line: Spreadable,
    control: Option<BudgetControl>,
    state: String,
    year: Id,
    collection: Option<String>,
}

impl Held {
    fn find(check: &mut Check<'_>, line: Id, source: Id) -> Result<Option<Held>> {
        let collection = registry::table.filter(registry::id.eq(source)).select(registry::collection).into_boxed().single_value();
        Ok(budget_lines::table
            .inner_join(budgets::table)
            .filter(budget_lines::id.eq(line))
            .select((Spreadable::as_select(), budgets::control, budgets::state, budgets::fiscal_year_id, collection))
            .first(check.connection)
            .optional()?)
    }
}
