//! An invoice in the books: what its approval books, and what is taken back when it is no longer approved.

use super::delivery;
use super::invoice_kind::{APPROVED, InvoiceKind};
use super::invoice_payer::{Line, Payers, lines};
use super::prepaid;
use diesel::prelude::*;
use rust_decimal::Decimal;
use steward_core::error::Result;
use steward_core::ports::purchase::{self, BilledLine, Posting};
use steward_core::resource::value::{Code, Date, Money, Precise};
use steward_core::resource::{Check, Effect, Id, Move};
use steward_schema::vendors::invoices;

/// What of an invoice its bookings follow from.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it is.
    pub kind: InvoiceKind,
    /// Its number.
    pub number: Code,
    /// The vendor.
    pub vendor: Id,
    /// The date that it bears.
    pub invoiced_on: Date,
    /// First day of what it is for.
    pub service_starts_on: Option<Date>,
    /// Last day of what it is for.
    pub service_ends_on: Option<Date>,
    /// The invoice that a credit note corrects.
    pub corrects: Option<Id>,
}

/// The effects of a move of an invoice in the books. It is booked while it is approved, be it paid or not; one that is held, disputed or
/// void is taken back, and what came for it is accrued again. What is paid in advance becomes cost in the months for which it is paid, and a
/// credit note for it leaves less of it.
pub fn effects(invoice: &Document, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
    let (was, is) = (APPROVED.contains(&step.from), APPROVED.contains(&step.to));
    if was == is {
        return Ok(Vec::new());
    }
    let unit: Option<Id> = invoices::table.find(check.id).select(invoices::unit_id).first(check.connection).optional()?;
    let Some(unit) = unit else { return Ok(Vec::new()) };
    let lines = lines(check, check.id)?;
    let advance = match (invoice.kind, invoice.corrects) {
        (InvoiceKind::Prepayment, _) => Some(check.id),
        (InvoiceKind::CreditNote, Some(corrected)) if prepaid::is_prepayment(check, corrected)? => Some(corrected),
        _ => None,
    };
    let books_at_once = is && advance.is_none();
    let order_lines: Vec<Id> = lines.iter().filter_map(|line| line.order_line).collect();
    let mut accrued = delivery::unbilled(check, &order_lines)?;
    let payers = if books_at_once { Payers::find(check, &lines)? } else { Payers::default() };
    for line in &mut accrued {
        // A line of a later year that pays ends what is accrued there.
        let own = lines.iter().find(|own| own.order_line == Some(line.order_line)).map(|own| own.own);
        if let Some((Some(budget_line), period)) = own {
            line.budget_line = budget_line;
            line.fiscal_period = period.unwrap_or(line.fiscal_period);
        }
    }
    let posting = Posting {
        unit,
        day: invoice.invoiced_on,
        number: Some(invoice.number.clone()),
        vendor: Some(invoice.vendor),
        service_starts_on: invoice.service_starts_on,
        service_ends_on: invoice.service_ends_on,
        taken_back: if was { lines.iter().map(|line| line.id).collect() } else { Vec::new() },
        accrued,
        billed: if books_at_once { lines.iter().map(|line| billed(invoice, line, &payers)).collect() } else { Vec::new() },
        prepaid: advance.map_or(Ok(Vec::new()), |advance| prepaid::lines(check, advance))?,
    };
    purchase::post(check, &posting)
}

/// A line as it is booked.
fn billed(invoice: &Document, line: &Line, payers: &Payers) -> BilledLine {
    let sign = if invoice.kind == InvoiceKind::CreditNote { -1 } else { 1 };
    let bearer = payers.bearer(line);
    BilledLine {
        invoice_line: line.id,
        promised_by: line.order_line.or(line.contract_line),
        budget_line: bearer.budget_line,
        cost_center: bearer.cost_center,
        named_period: bearer.named_period,
        expected_period: bearer.expected_period,
        quantity: Precise(line.quantity.0 * Decimal::from(sign)),
        net: Money::new(line.net.minor.saturating_mul(sign), line.net.currency),
        tax_percent: line.tax_percent,
    }
}
