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
    /// How many lines have invoiced it.
    parts: i64,
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

/// What order lines cost more than was billed for them, of those whose whole quantity is billed. The quantity of a line that is matched with
/// nothing does not count, so that more may be billed for it: of that only what the rounding of its parts has left, half a minor unit each.
pub fn unused(check: &mut Check<'_>, order_lines: &[Id]) -> Result<HashMap<Id, Money>> {
    let quantities = delivery::billed(check, order_lines)?;
    let whole: Vec<(Id, Matching, LinePrice)> = purchase_order_lines::table
        .filter(purchase_order_lines::id.eq_any(order_lines))
        .select((purchase_order_lines::id, purchase_order_lines::matching, LinePrice::as_select()))
        .load(check.connection)?;
    let is_whole = |(line, _, price): &(Id, Matching, LinePrice)| quantities.get(line).is_some_and(|billed| *billed >= price.quantity.0);
    let whole: Vec<(Id, Matching, LinePrice)> = whole.into_iter().filter(is_whole).collect();
    if whole.is_empty() {
        return Ok(HashMap::new());
    }
    let billed = billed(check, &whole.iter().map(|(line, ..)| *line).collect::<Vec<_>>())?;
    let rest = |(line, matching, price): (Id, Matching, LinePrice)| {
        let (amount, billed) = (price.amount()?, billed.get(&line).copied().unwrap_or_default());
        let rest = amount.minor.saturating_sub(billed.invoiced).max(0);
        let counts = matching != Matching::None || rest.saturating_mul(2) <= billed.parts;
        counts.then(|| (line, Money::new(rest, amount.currency)))
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
        sum.parts += i64::from(kind != InvoiceKind::CreditNote);
        let side = if kind == InvoiceKind::CreditNote { &mut sum.credited } else { &mut sum.invoiced };
        *side = side.saturating_add(if net.currency == currency { net.minor } else { 0 });
    }
    Ok(sums)
}
