//! What was received or billed beyond an order: it is kept, raises a conflict about the order line, and holds its invoices.

use super::billed_line::{accepted, allowed, billed, billing};
use super::invoice::Invoice;
use super::invoice_kind::InvoiceKind;
use super::line_price::LinePrice;
use diesel::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::resource::value::{Money, Percent, Text};
use steward_core::resource::{Check, Effect, Flag, Id, Watch};
use steward_schema::vendors::purchase_order_lines;

/// By how many of the smallest units of its currency what is billed may exceed what is ordered, as vendors round each line.
const ROUNDING: i64 = 10;

const LINE: &str = "vendors/purchase-order-lines";

/// More was accepted than was ordered, the tolerance of the line included.
pub const OVER_RECEIPT: Flag = Flag {
    code: "over_receipt",
    about: LINE,
    watches: &[
        Watch::itself(LINE),
        Watch::by("vendors/receipt-lines", "purchase_order_line_id"),
        Watch::beside("vendors/receipts", "id", ("vendors/receipt-lines", "receipt_id", "purchase_order_line_id")),
    ],
    judge: over_received,
    hold: Some(hold),
};

/// More was billed than was ordered, the tolerance of the line included. Approved credit notes count the other way.
pub const OVER_BILLING: Flag = Flag {
    code: "over_billing",
    about: LINE,
    watches: &[
        Watch::itself(LINE),
        Watch::by("vendors/invoice-lines", "purchase_order_line_id"),
        Watch::beside("vendors/invoices", "id", ("vendors/invoice-lines", "invoice_id", "purchase_order_line_id")),
    ],
    judge: over_billed,
    hold: Some(hold),
};

fn over_received(check: &mut Check<'_>, line: Id) -> Result<Option<String>> {
    let came = accepted(check, line)?;
    let Some(ordered) = ordered(check, line)? else { return Ok(None) };
    Ok(ordered.told(came, "received"))
}

fn over_billed(check: &mut Check<'_>, line: Id) -> Result<Option<String>> {
    let billed = billed(check, line)?;
    let Some(ordered) = ordered(check, line)? else { return Ok(None) };
    let Some(detail) = ordered.told(billed.quantity, "billed") else { return Ok(ordered.told_amount(billed.minor)) };
    Ok(Some(detail))
}

/// An order line as it was ordered.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = purchase_order_lines, check_for_backend(Dialect))]
struct Ordered {
    unit: Text<1, 40>,
    tolerance_percent: Percent,
    #[diesel(embed)]
    price: LinePrice,
}

fn ordered(check: &mut Check<'_>, line: Id) -> Result<Option<Ordered>> {
    Ok(purchase_order_lines::table.find(line).select(Ordered::as_select()).first(check.connection).optional()?)
}

impl Ordered {
    fn tolerance(&self) -> Decimal {
        Decimal::try_from(self.tolerance_percent.0).unwrap_or_default().normalize()
    }

    /// What speaks against a quantity that was received or billed.
    fn told(&self, done: Decimal, how: &str) -> Option<String> {
        let (ordered, tolerance) = (self.price.quantity.0, self.tolerance());
        let (exceeds, done, unit) = (done > allowed(ordered, tolerance), done.normalize(), &self.unit.0);
        exceeds.then(|| format!("{done} {unit} are {how}, and {} are ordered with a tolerance of {tolerance} %.", ordered.normalize()))
    }

    /// What speaks against an amount that was billed.
    fn told_amount(&self, minor: i128) -> Option<String> {
        let amount = self.price.amount()?;
        let most = allowed(Decimal::from(amount.minor), self.tolerance());
        let billed = Decimal::from_i128(minor)?;
        if billed <= most + Decimal::from(ROUNDING) {
            return None;
        }
        let billed = i64::try_from(minor).map_or("More than any amount".to_owned(), |minor| Money::new(minor, amount.currency).to_string());
        Some(format!("{billed} are billed, and {amount} are ordered with a tolerance of {} %.", self.tolerance()))
    }
}

/// Holds the invoices of a line that nobody approved yet.
fn hold(check: &mut Check<'_>, line: Id) -> Result<Vec<Effect>> {
    let billing = billing(check, line, &["received", "matched", "exception"])?;
    let held = billing.into_iter().filter(|(_, kind)| *kind != InvoiceKind::CreditNote);
    Ok(held.map(|(id, _)| Effect::transition::<Invoice>(id, "on_hold")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tolerance_comes_on_top_of_what_was_ordered() {
        let of = |ordered: i64, tolerance: i64| allowed(Decimal::from(ordered), Decimal::from(tolerance));
        assert_eq!(of(100, 5), Decimal::from(105));
        assert_eq!(of(12, 0), Decimal::from(12));
    }
}
