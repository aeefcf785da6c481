//! What of an invoice is paid: the sum of its posted payments, and the state that follows from it.

use super::invoice_kind::{APPROVED, InvoiceKind};
use diesel::dsl::max;
use diesel::prelude::*;
use serde_json::json;
use steward_core::database::expression::total;
use steward_core::error::{Problem, Result};
use steward_core::resource::effect::Change;
use steward_core::resource::value::{Code, Date, Money};
use steward_core::resource::{Check, Effect, Id, UnmetGuard};
use steward_schema::vendors::{invoices, payments};

/// The collection that payments move.
const INVOICES: &str = "vendors/invoices";

/// An invoice or a credit note as far as payments concern it.
#[derive(Debug, Clone)]
pub struct Payable {
    number: Code,
    kind: InvoiceKind,
    state: String,
    gross: Money,
    paid: i64,
    invoiced_on: Date,
    /// The vendor.
    pub vendor: Id,
    /// The account that the invoice names.
    pub bank_account: Option<Id>,
}

impl Payable {
    /// That of an id; none if there is no such invoice.
    pub fn find(check: &mut Check<'_>, invoice: Id) -> Result<Option<Payable>> {
        let gross = (invoices::gross_amount, invoices::gross_currency);
        let columns = (invoices::number, invoices::kind, invoices::state, gross, invoices::invoiced_on, invoices::vendor_id, invoices::bank_account_id);
        let found: Option<(Code, InvoiceKind, String, Money, Date, Id, Option<Id>)> =
            invoices::table.find(invoice).select(columns).first(check.connection).optional()?;
        let Some((number, kind, state, gross, invoiced_on, vendor, bank_account)) = found else { return Ok(None) };
        let paid = paid(check, invoice)?;
        Ok(Some(Payable { number, kind, state, gross, paid, invoiced_on, vendor, bank_account }))
    }

    /// Refuses a payment of a day before the invoice (409), but for what is paid in advance.
    pub fn require_invoiced(&self, paid_on: Date) -> Result<()> {
        if self.kind == InvoiceKind::Prepayment || paid_on >= self.invoiced_on {
            return Ok(());
        }
        let detail = format!("Invoice {} is of {}, and is not paid before that day. Correct the day, or the invoice.", self.number.0, self.invoiced_on);
        Err(Problem::conflict("/paid_on", "before_invoice", detail).into())
    }

    /// What is not paid of it.
    pub fn open(&self) -> Money {
        Money::new(self.gross.minor.saturating_sub(self.paid).max(0), self.gross.currency)
    }

    /// True if it asks for money, which goes to a verified account of the vendor; a credit note brings money back.
    pub fn needs_account(&self) -> bool {
        self.kind != InvoiceKind::CreditNote
    }

    /// What keeps an amount of it from being paid: it is not approved, is in another currency, or less of it is open.
    pub fn unmet(&self, pointer: &str, amount: Money) -> Vec<UnmetGuard> {
        let mut unmet = Vec::new();
        let (number, state) = (&self.number.0, &self.state);
        if !APPROVED.contains(&state.as_str()) {
            let detail = format!("Invoice {number} is {state}; it is paid once it is approved.");
            unmet.push(UnmetGuard::new(pointer, "state", detail));
        }
        if amount.currency != self.gross.currency {
            let detail = format!("Invoice {number} is in {}. Give the amount in that currency.", self.gross.currency.code());
            unmet.push(UnmetGuard::new("/amount/currency", "currency", detail));
        } else if amount.minor > self.open().minor {
            let detail = format!("{} is open of invoice {number}, and the payment is {}. Pay at most what is open.", self.open(), amount);
            unmet.push(UnmetGuard::new("/amount", "open", detail));
        }
        unmet
    }
}

/// What posted payments have paid of an invoice, or settled of a credit note, in minor units.
pub fn paid(check: &mut Check<'_>, invoice: Id) -> Result<i64> {
    let posted = payments::table.filter(payments::state.eq("posted").and(payments::invoice_id.eq(invoice).or(payments::credit_note_id.eq(invoice))));
    let sum: Option<i64> = posted.select(total(payments::amount_amount)).first(check.connection)?;
    Ok(sum.unwrap_or_default())
}

/// The effects that bring an invoice to the state that its posted payments give. One that is held or disputed stays so.
pub fn settle(check: &mut Check<'_>, invoice: Id) -> Result<Vec<Effect>> {
    let Some(payable) = Payable::find(check, invoice)? else { return Ok(Vec::new()) };
    let state = state_of(payable.paid, payable.gross.minor);
    let paid_on = if state == "paid" { last_paid_on(check, invoice)? } else { None };
    let change = Change::to([("paid_on".to_owned(), json!(paid_on.map(|day| day.to_string())))].into_iter().collect());
    let mut effects = vec![Effect::Update { collection: INVOICES, id: invoice, change }];
    if APPROVED.contains(&payable.state.as_str()) && payable.state != state {
        effects.push(Effect::Transition { collection: INVOICES, id: invoice, to: state });
    }
    Ok(effects)
}

/// The day of the last payment of an invoice.
fn last_paid_on(check: &mut Check<'_>, invoice: Id) -> Result<Option<Date>> {
    let posted = payments::table.filter(payments::state.eq("posted").and(payments::invoice_id.eq(invoice).or(payments::credit_note_id.eq(invoice))));
    Ok(posted.select(max(payments::paid_on)).first(check.connection)?)
}

/// The state of an approved invoice by what of it is paid.
fn state_of(paid: i64, gross: i64) -> &'static str {
    match paid {
        0 => "approved",
        all if all >= gross => "paid",
        _ => "partially_paid",
    }
}

/// The refusal of an invoice that asks for less than is paid already.
pub fn unmet_of_gross(check: &mut Check<'_>, gross: Money) -> Result<Option<UnmetGuard>> {
    let paid = Money::new(paid(check, check.id)?, gross.currency);
    Ok((paid.minor > gross.minor).then(|| {
        let detail = format!("{} of the invoice is paid, and its gross amount is {}. Reverse a payment first.", paid, gross);
        UnmetGuard::new("/gross", "paid", detail)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payment_that_completes_an_invoice_makes_it_paid() {
        assert_eq!([0, 1, 999, 1_000].map(|paid| state_of(paid, 1_000)), ["approved", "partially_paid", "partially_paid", "paid"]);
    }
}
