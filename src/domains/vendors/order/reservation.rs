//! What requisitions reserve of budgets: what their lines are estimated to cost, less what is ordered for them.

use super::line_price::line_amount;
use diesel::prelude::*;
use rust_decimal::Decimal;
use std::collections::{BTreeSet, HashMap, HashSet};
use steward_core::error::Result;
use steward_core::ports::ledger::{self, CommittedLine};
use steward_core::resource::value::{Precise, PreciseMoney};
use steward_core::resource::{Check, Effect, Id};
use steward_schema::vendors::{purchase_order_lines, purchase_orders, requisition_lines, requisitions};

/// The states of an order that take over what its requisition reserved.
const STANDING: [&str; 4] = ["approved", "sent", "acknowledged", "closed"];

/// The lines of a requisition.
pub fn lines_of(check: &mut Check<'_>, requisition: Id) -> Result<Vec<Id>> {
    let lines = requisition_lines::table.filter(requisition_lines::requisition_id.eq(requisition)).order(requisition_lines::id);
    Ok(lines.select(requisition_lines::id).load(check.connection)?)
}

/// The effects that reserve what lines of requisitions are estimated to cost, less the quantities that are ordered for them.
pub fn reserve(check: &mut Check<'_>, lines: &[Id], ordered: &HashMap<Id, Decimal>) -> Result<Vec<Effect>> {
    let (budget_line, period) = (requisition_lines::budget_line_id, requisition_lines::fiscal_period_id);
    let quantity = (requisition_lines::quantity_units, requisition_lines::quantity_pico);
    let price = (requisition_lines::unit_price_units, requisition_lines::unit_price_pico, requisition_lines::unit_price_currency);
    let lines: Vec<(Id, Id, Id, Precise, Option<PreciseMoney>)> = requisition_lines::table
        .filter(requisition_lines::id.eq_any(lines))
        .filter(budget_line.is_not_null().and(period.is_not_null()))
        .order(requisition_lines::id)
        .select((requisition_lines::id, budget_line.assume_not_null(), period.assume_not_null(), quantity, price))
        .load(check.connection)?;
    let reserved = lines.into_iter().filter_map(|(source, budget_line, fiscal_period, quantity, price)| {
        let rest = quantity.0 - ordered.get(&source).copied().unwrap_or_default();
        let amount = line_amount(Precise(rest.max(Decimal::ZERO)), price?, None).filter(|money| money.minor > 0)?;
        Some(CommittedLine { source, budget_line, fiscal_period, amount })
    });
    let reserved: Vec<CommittedLine> = reserved.collect();
    ledger::commit(check, &reserved)
}

/// The effects that bring what requisitions reserve to what is not ordered, when an order for them comes to stand or no longer does: for the
/// lines that its lines name, or for all lines of its requisition where none is named.
pub fn settle(check: &mut Check<'_>, order: Id, requisition: Option<Id>, stands: bool) -> Result<Vec<Effect>> {
    let named = purchase_order_lines::purchase_order_id.eq(order).and(purchase_order_lines::requisition_line_id.is_not_null());
    let named = purchase_order_lines::table.filter(named).select(purchase_order_lines::requisition_line_id.assume_not_null());
    let mut lines: Vec<Id> = named.distinct().load(check.connection)?;
    let whole = requisition.filter(|_| lines.is_empty());
    if let Some(requisition) = whole {
        lines = lines_of(check, requisition)?;
    }
    let mut effects = ledger::release(check, &lines)?;
    if stands && whole.is_some() {
        return Ok(effects);
    }
    let live = requisition_lines::table
        .inner_join(requisitions::table)
        .filter(requisition_lines::id.eq_any(&lines).and(requisitions::state.eq_any(["approved", "sourcing", "ordered"])))
        .select((requisition_lines::id, requisitions::id));
    let live: Vec<(Id, Id)> = live.load(check.connection)?;
    let taken = ordered_as_a_whole(check, order, live.iter().map(|(_, requisition)| *requisition).collect())?;
    let open: Vec<Id> = live.into_iter().filter(|(_, requisition)| !taken.contains(requisition)).map(|(line, _)| line).collect();
    let ordered = ordered(check, &open, order, stands)?;
    effects.extend(reserve(check, &open, &ordered)?);
    Ok(effects)
}

/// How much of each requisition line orders have ordered that stand, and one that comes to stand.
fn ordered(check: &mut Check<'_>, lines: &[Id], order: Id, stands: bool) -> Result<HashMap<Id, Decimal>> {
    let rows: Vec<(Id, Id, Precise, String)> = purchase_order_lines::table
        .inner_join(purchase_orders::table)
        .filter(purchase_order_lines::requisition_line_id.eq_any(lines))
        .select((
            purchase_order_lines::requisition_line_id.assume_not_null(),
            purchase_orders::id,
            (purchase_order_lines::quantity_units, purchase_order_lines::quantity_pico),
            purchase_orders::state,
        ))
        .load(check.connection)?;
    let mut sums: HashMap<Id, Decimal> = HashMap::new();
    for (line, of, quantity, state) in rows {
        if if of == order { stands } else { STANDING.contains(&state.as_str()) } {
            let sum = sums.entry(line).or_default();
            *sum = sum.saturating_add(quantity.0);
        }
    }
    Ok(sums)
}

/// The requisitions, of some, that another order stands for as a whole: it names no line of them.
fn ordered_as_a_whole(check: &mut Check<'_>, order: Id, requisitions: BTreeSet<Id>) -> Result<HashSet<Id>> {
    let named = purchase_order_lines::table.filter(purchase_order_lines::requisition_line_id.is_not_null()).select(purchase_order_lines::purchase_order_id);
    let whole: Vec<Option<Id>> = purchase_orders::table
        .filter(purchase_orders::requisition_id.eq_any(requisitions).and(purchase_orders::id.ne(order)))
        .filter(purchase_orders::state.eq_any(STANDING).and(purchase_orders::id.ne_all(named)))
        .select(purchase_orders::requisition_id)
        .load(check.connection)?;
    Ok(whole.into_iter().flatten().collect())
}
