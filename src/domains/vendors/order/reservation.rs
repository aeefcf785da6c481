//! What requisitions reserve of budgets: what their lines are estimated to cost, less what is ordered for them.

use super::line_cost;
use super::line_price::{LinePrice, line_amount};
use diesel::prelude::*;
use rust_decimal::Decimal;
use std::collections::{BTreeSet, HashMap, HashSet};
use steward_core::error::Result;
use steward_core::ports::ledger::{self, CommittedLine};
use steward_core::resource::value::{Precise, PreciseMoney};
use steward_core::resource::{Check, Effect, Id};
use steward_schema::vendors::{purchase_order_lines, purchase_orders, requisition_lines, requisitions};

/// The decimals of a quantity.
const PRECISION: u32 = 12;

/// The states of an order that take over what its requisition reserved, or its contract line has committed.
pub const STANDING: [&str; 4] = ["approved", "sent", "acknowledged", "closed"];

/// The lines of a requisition.
pub fn lines_of(check: &mut Check<'_>, requisition: Id) -> Result<Vec<Id>> {
    let lines = requisition_lines::table.filter(requisition_lines::requisition_id.eq(requisition)).order(requisition_lines::id);
    Ok(lines.select(requisition_lines::id).load(check.connection)?)
}

/// The effects that reserve what lines of requisitions are estimated to cost.
pub fn reserve(check: &mut Check<'_>, lines: &[Id]) -> Result<Vec<Effect>> {
    let reserved = rest(check, lines, &Ordered::default())?;
    ledger::commit(check, &reserved)
}

/// What lines of requisitions are estimated to cost, less what is ordered for them.
fn rest(check: &mut Check<'_>, lines: &[Id], ordered: &Ordered) -> Result<Vec<CommittedLine>> {
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
        let named = ordered.quantities.get(&source).copied().unwrap_or_default();
        let rest = (quantity.0 - quantity.0.saturating_mul(ordered.share)).round_dp(PRECISION) - named;
        let amount = line_amount(Precise(rest.max(Decimal::ZERO)), price?, None).filter(|money| money.minor > 0)?;
        Some(CommittedLine { source, budget_line, fiscal_period, amount })
    });
    Ok(reserved.collect())
}

/// What is ordered of requisition lines.
#[derive(Default)]
struct Ordered {
    /// How much of each, by the order lines that name it.
    quantities: HashMap<Id, Decimal>,
    /// The share of all of them, by an order that names none and of which a part has become cost.
    share: Decimal,
}

/// The effects that bring what requisitions reserve to what is not ordered when an order for them comes to stand: for the lines that its lines
/// name, or for all lines of its requisition where none is named.
pub fn take_over(check: &mut Check<'_>, order: Id, requisition: Option<Id>) -> Result<Vec<Effect>> {
    let reserved = Reserved::find(check, order, requisition)?;
    let mut effects = ledger::release(check, &reserved.lines)?;
    if !reserved.whole {
        let rest = reserved.not_ordered(check, order, true)?;
        effects.extend(ledger::commit(check, &rest)?);
    }
    Ok(effects)
}

/// The effects that bring what requisitions reserve, and what contract lines commit of the same order, to what is not ordered when the order
/// with these lines no longer stands. What has come or is billed stays ordered. They give back as much as the budget lines take,
/// and lack no funds.
pub fn give_back(check: &mut Check<'_>, order: Id, order_lines: &[Id], requisition: Option<Id>, agreed: Vec<CommittedLine>) -> Result<Vec<Effect>> {
    let reserved = Reserved::find(check, order, requisition)?;
    let mut effects = ledger::release(check, &reserved.lines)?;
    let mut rest = reserved.not_ordered(check, order, false)?;
    rest.extend(agreed);
    let released: Vec<Id> = reserved.lines.into_iter().chain(order_lines.iter().copied()).collect();
    effects.extend(ledger::give_back(check, &rest, &released)?);
    Ok(effects)
}

/// What requisitions have reserved for an order.
struct Reserved {
    /// The requisition lines.
    lines: Vec<Id>,
    /// True if the order stands for its requisition as a whole: its lines name none of them.
    whole: bool,
}

impl Reserved {
    fn find(check: &mut Check<'_>, order: Id, requisition: Option<Id>) -> Result<Reserved> {
        let named = purchase_order_lines::purchase_order_id.eq(order).and(purchase_order_lines::requisition_line_id.is_not_null());
        let named = purchase_order_lines::table.filter(named).select(purchase_order_lines::requisition_line_id.assume_not_null());
        let named: Vec<Id> = named.distinct().load(check.connection)?;
        match requisition.filter(|_| named.is_empty()) {
            Some(requisition) => Ok(Reserved { lines: lines_of(check, requisition)?, whole: true }),
            None => Ok(Reserved { lines: named, whole: false }),
        }
    }

    /// What of its lines is not ordered, of requisitions that still wait for it.
    fn not_ordered(&self, check: &mut Check<'_>, order: Id, stands: bool) -> Result<Vec<CommittedLine>> {
        let live = requisition_lines::table
            .inner_join(requisitions::table)
            .filter(requisition_lines::id.eq_any(&self.lines).and(requisitions::state.eq_any(["approved", "sourcing", "ordered"])))
            .select((requisition_lines::id, requisitions::id));
        let live: Vec<(Id, Id)> = live.load(check.connection)?;
        let taken = ordered_as_a_whole(check, order, live.iter().map(|(_, requisition)| *requisition).collect())?;
        let open: Vec<Id> = live.into_iter().filter(|(_, requisition)| !taken.contains(requisition)).map(|(line, _)| line).collect();
        let share = if self.whole { share_of_cost(check, order)? } else { Decimal::ZERO };
        let ordered = Ordered { quantities: quantities(check, &open, order, stands)?, share };
        rest(check, &open, &ordered)
    }
}

/// The lines of an order.
pub fn order_lines(check: &mut Check<'_>, order: Id) -> Result<Vec<Id>> {
    let lines = purchase_order_lines::table.filter(purchase_order_lines::purchase_order_id.eq(order)).order(purchase_order_lines::id);
    Ok(lines.select(purchase_order_lines::id).load(check.connection)?)
}

/// The share of an order that has become cost.
fn share_of_cost(check: &mut Check<'_>, order: Id) -> Result<Decimal> {
    let of_order = purchase_order_lines::table.filter(purchase_order_lines::purchase_order_id.eq(order));
    let lines: Vec<(Id, LinePrice)> = of_order.select((purchase_order_lines::id, LinePrice::as_select())).load(check.connection)?;
    let costs = line_cost::costs(check, &lines.iter().map(|(line, _)| *line).collect::<Vec<_>>())?;
    let sum = |amounts: &mut dyn Iterator<Item = i64>| amounts.map(Decimal::from).fold(Decimal::ZERO, Decimal::saturating_add);
    let value = sum(&mut lines.iter().filter_map(|(_, price)| price.amount()).map(|amount| amount.minor));
    let cost = sum(&mut costs.into_values());
    Ok(cost.checked_div(value).unwrap_or_default().clamp(Decimal::ZERO, Decimal::ONE))
}

/// How much of each requisition line orders have ordered that stand, and one that comes to stand; of the others what has come or is billed.
fn quantities(check: &mut Check<'_>, lines: &[Id], order: Id, stands: bool) -> Result<HashMap<Id, Decimal>> {
    let rows: Vec<(Id, Id, Id, Precise, String)> = purchase_order_lines::table
        .inner_join(purchase_orders::table)
        .filter(purchase_order_lines::requisition_line_id.eq_any(lines))
        .select((
            purchase_order_lines::requisition_line_id.assume_not_null(),
            purchase_order_lines::id,
            purchase_orders::id,
            (purchase_order_lines::quantity_units, purchase_order_lines::quantity_pico),
            purchase_orders::state,
        ))
        .load(check.connection)?;
    let came = line_cost::quantities(check, &rows.iter().map(|row| row.1).collect::<Vec<_>>())?;
    let mut sums: HashMap<Id, Decimal> = HashMap::new();
    for (line, order_line, of, quantity, state) in rows {
        let counts = if of == order { stands } else { STANDING.contains(&state.as_str()) };
        let came = came.get(&order_line).copied().unwrap_or_default().min(quantity.0);
        let sum = sums.entry(line).or_default();
        *sum = sum.saturating_add(if counts { quantity.0 } else { came });
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
