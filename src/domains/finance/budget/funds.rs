//! The funds check: whether a budget line has what something new would take.

use super::budget::{BudgetControl, ControlAction};
use super::line::Line;
use super::line_lineage;
use super::line_room::{self, Asked};
use super::line_spread::Spreadable;
use super::overrun;
use super::position::converted;
use crate::database::expression::shared;
use crate::domains::finance::rate::exchange_rate::rates_to;
use crate::error::{Problem, Result};
use crate::resource::value::{Money, Title};
use crate::resource::{Check, Id};
use diesel::prelude::*;
use steward_schema::finance::{budget_lines, budgets, fiscal_periods};
use steward_schema::service::registry;

/// Refuses what a line cannot take (409): while its budget is not active or in a period of another year whatever the control of the
/// budget says, and more than is available where that blocks it. The caller has locked the line, so that of many at once none passes the
/// limit.
pub fn require(check: &mut Check<'_>, line: Id, period: Id, source: Id, amount: Money) -> Result<()> {
    let Some(held) = Held::find(check, line, source)? else { return Ok(()) };
    held.require_active(check)?;
    held.require_own_year(check, period)?;
    let Some(control) = &held.control else { return Ok(()) };
    let action = match held.collection.as_deref() {
        Some("vendors/requisition-lines") => control.requisition,
        Some("finance/allocations") => control.allocation,
        _ => control.order,
    };
    if action != ControlAction::Block {
        return Ok(());
    }
    let currency = held.line.currency;
    let rates = if amount.currency == currency {
        Default::default()
    } else {
        let year = line_lineage::year_of(check, line)?;
        rates_to(check.connection, currency, year, check.today)?
    };
    let control = control.clone();
    let asked = Asked { line: held.line, spread: held.spread, year: held.year, period };
    let room = line_room::of(check, asked, &control)?;
    let (Some(room), Some(taken)) = (room, converted(&[(amount.currency, amount.minor)], currency, &rates)) else {
        return Err(Problem::conflict("/amount", "exchange_rate", "What is available cannot be told. Record the exchange rate first.").into());
    };
    if taken > room.at_most && !overrun::is_allowed(check, line)? {
        let detail = format!(
            "Only {} {} is available of that budget line. Take less, have money moved to it, or have an overrun approved.",
            Money::new(room.left, currency).amount(),
            currency.code()
        );
        return Err(Problem::conflict("/amount", "funds", detail).into());
    }
    Ok(())
}

/// A line, with how its budget holds spending, and the collection of what would take from it.
#[derive(Queryable)]
struct Held {
    line: Line,
    spread: Spreadable,
    control: Option<BudgetControl>,
    budget: Id,
    name: Title,
    year: Id,
    collection: Option<String>,
}

impl Held {
    fn find(check: &mut Check<'_>, line: Id, source: Id) -> Result<Option<Held>> {
        let collection = registry::table.filter(registry::id.eq(source)).select(registry::collection).into_boxed().single_value();
        Ok(budget_lines::table
            .inner_join(budgets::table)
            .filter(budget_lines::id.eq(line))
            .select((Line::as_select(), Spreadable::as_select(), budgets::control, budgets::id, budgets::name, budgets::fiscal_year_id, collection))
            .first(check.connection)
            .optional()?)
    }

    /// Refuses a budget that is not active (409); it stays active until the write is done.
    fn require_active(&self, check: &mut Check<'_>) -> Result<()> {
        let state: Option<String> =
            shared(budgets::table.filter(budgets::id.eq(self.budget)).select(budgets::state)).get_result(check.connection).optional()?;
        let state = state.unwrap_or_default();
        if state == "active" {
            return Ok(());
        }
        let detail =
            format!("Budget \"{}\" is {state}, and takes commitments only while it is active. Choose a line of an active budget, or activate it.", self.name.0);
        Err(Problem::conflict("/budget_line_id", "state", detail).into())
    }

    /// Refuses a period of another year than the budget's (409).
    fn require_own_year(&self, check: &mut Check<'_>, period: Id) -> Result<()> {
        let year: Option<Id> = fiscal_periods::table.find(period).select(fiscal_periods::fiscal_year_id).first(check.connection).optional()?;
        if year.is_none_or(|year| year == self.year) {
            return Ok(());
        }
        let detail =
            format!("The period is of another fiscal year than budget \"{}\". Choose a period of its year, or a line of the budget of that year.", self.name.0);
        Err(Problem::conflict("/fiscal_period_id", "other_year", detail).into())
    }
}
