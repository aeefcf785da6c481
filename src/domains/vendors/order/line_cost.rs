//! What of order lines has become cost: what was billed for them less what was credited, and what came and is not billed.

use super::delivery;
use super::invoice_kind::{APPROVED, InvoiceKind};
use super::line_price::LinePrice;
use super::matching::Matching;
use diesel::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_core::error::Result;
use steward_core::resource::value::{Currency, Money};
use steward_core::resource::{Check, Id};
use steward_schema::vendors::{invoice_lines, invoices, purchase_order_lines};

/// The amounts of approved documents of an order line in its currency, in minor units.
#[derive(Debug, Clone, Copy, Default)]
struct Billed {
    invoiced: i64,
    credited: i64,
}

/// What of order lines has become cost, in minor units of the currency of each; nothing of those for which nothing came or was billed.
pub fn costs(check: &mut Check<'_>, order_lines: &[Id]) -> Result<HashMap<Id, i64>> {
    let billed = billed(check, order_lines)?;
    let mut costs: HashMap<Id, i64> = billed.into_iter().map(|(line, billed)| (line, billed.invoiced.saturating_sub(billed.credited))).collect();
    for open in delivery::unbilled(check, order_lines)? {
        let cost = costs.entry(open.order_line).or_default();
        *cost = cost.saturating_add(open.amount.minor);
    }
    Ok(costs)
}

/// What order lines cost more than was billed for them, of those whose whole quantity is billed. A line that is matched with nothing has no
/// quantity that counts: more may be billed for it at any time.
pub fn unused(check: &mut Check<'_>, order_lines: &[Id]) -> Result<HashMap<Id, Money>> {
    let quantities = delivery::billed(check, order_lines)?;
    let whole: Vec<(Id, LinePrice)> = purchase_order_lines::table
        .filter(purchase_order_lines::id.eq_any(order_lines).and(purchase_order_lines::matching.ne(Matching::None)))
        .select((purchase_order_lines::id, LinePrice::as_select()))
        .load(check.connection)?;
    let is_whole = |(line, price): &(Id, LinePrice)| quantities.get(line).is_some_and(|billed| *billed >= price.quantity.0);
    let whole: Vec<(Id, LinePrice)> = whole.into_iter().filter(is_whole).collect();
    if whole.is_empty() {
        return Ok(HashMap::new());
    }
    let billed = billed(check, &whole.iter().map(|(line, _)| *line).collect::<Vec<_>>())?;
    let rest = |(line, price): (Id, LinePrice)| {
        let amount = price.amount()?;
        let invoiced = billed.get(&line).map_or(0, |billed| billed.invoiced);
        Some((line, Money::new(amount.minor.saturating_sub(invoiced).max(0), amount.currency)))
    };
    Ok(whole.into_iter().filter_map(rest).collect())
}

/// How much of order lines has come or is billed, whichever is more.
pub fn quantities(check: &mut Check<'_>, order_lines: &[Id]) -> Result<HashMap<Id, Decimal>> {
    let mut quantities = delivery::billed(check, order_lines)?;
    for (line, came) in delivery::accepted(check, order_lines)? {
        let came = came.iter().fold(Decimal::ZERO, |sum, (_, quantity)| sum.saturating_add(*quantity));
        let known = quantities.entry(line).or_default();
        *known = came.max(*known);
    }
    Ok(quantities)
}

/// What approved invoices have billed of order lines, and approved credit notes have taken back.
fn billed(check: &mut Check<'_>, order_lines: &[Id]) -> Result<HashMap<Id, Billed>> {
    type Row = (Id, Currency, Money, InvoiceKind);
    let rows: Vec<Row> = invoice_lines::table
        .inner_join(invoices::table)
        .inner_join(purchase_order_lines::table)
        .filter(purchase_order_lines::id.eq_any(order_lines).and(invoices::state.eq_any(APPROVED)))
        .select((purchase_order_lines::id, purchase_order_lines::unit_price_currency, (invoice_lines::net_amount, invoice_lines::net_currency), invoices::kind))
        .load(check.connection)?;
    let mut sums: HashMap<Id, Billed> = HashMap::new();
    for (line, currency, net, kind) in rows {
        let sum = sums.entry(line).or_default();
        let side = if kind == InvoiceKind::CreditNote { &mut sum.credited } else { &mut sum.invoiced };
        *side = side.saturating_add(if net.currency == currency { net.minor } else { 0 });
    }
    Ok(sums)
}
