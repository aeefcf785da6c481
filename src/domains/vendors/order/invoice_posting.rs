//! An invoice in the books: what its approval books, and what is taken back when it is no longer approved.

use super::delivery;
use super::invoice_kind::{APPROVED, InvoiceKind};
use crate::database::CHUNK;
use crate::error::Result;
use crate::ports::purchase::{self, BilledLine, Posting};
use crate::resource::value::{Code, Date, Money, Percent, Precise};
use crate::resource::{Check, Effect, Id, Move};
use diesel::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_schema::vendors::{contract_lines, invoice_lines, invoices, purchase_order_lines, purchase_orders};

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
}

/// A line of an invoice, with what its order and its contract say of who pays.
#[derive(Queryable)]
struct Line {
    id: Id,
    quantity: Precise,
    net: Money,
    tax_percent: Option<Percent>,
    own: Payer,
    order_line: Option<Id>,
    contract_line: Option<Id>,
    cost_center: Option<Id>,
}

/// A budget line and its period.
type Payer = (Option<Id>, Option<Id>);

/// The effects of a move of an invoice in the books. It is booked while it is approved, be it paid or not; one that is held, disputed or
/// void is taken back, and what came for it is accrued again. What is paid before it is delivered is no cost yet.
pub fn effects(invoice: &Document, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
    let (was, is) = (APPROVED.contains(&step.from), APPROVED.contains(&step.to));
    if was == is || invoice.kind == InvoiceKind::Prepayment {
        return Ok(Vec::new());
    }
    let unit: Option<Id> = invoices::table.find(check.id).select(invoices::unit_id).first(check.connection).optional()?;
    let Some(unit) = unit else { return Ok(Vec::new()) };
    let lines = lines(check)?;
    let order_lines: Vec<Id> = lines.iter().filter_map(|line| line.order_line).collect();
    let mut accrued = delivery::unbilled(check, &order_lines)?;
    let payers = if is { Payers::find(check, &lines)? } else { Payers::default() };
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
        billed: if is { lines.iter().map(|line| billed(invoice, line, &payers)).collect() } else { Vec::new() },
    };
    purchase::post(check, &posting)
}

fn lines(check: &mut Check<'_>) -> Result<Vec<Line>> {
    Ok(invoice_lines::table
        .filter(invoice_lines::invoice_id.eq(check.id))
        .order((invoice_lines::position, invoice_lines::id))
        .select((
            invoice_lines::id,
            (invoice_lines::quantity_units, invoice_lines::quantity_pico),
            (invoice_lines::net_amount, invoice_lines::net_currency),
            invoice_lines::tax_percent,
            (invoice_lines::budget_line_id, invoice_lines::fiscal_period_id),
            invoice_lines::purchase_order_line_id,
            invoice_lines::contract_line_id,
            invoice_lines::cost_center_id,
        ))
        .load(check.connection)?)
}

/// The payers of order lines and of contract lines.
#[derive(Default)]
struct Payers {
    /// Of order lines, with the cost center of the order.
    ordered: HashMap<Id, (Payer, Option<Id>)>,
    /// Of contract lines.
    contracted: HashMap<Id, Payer>,
}

impl Payers {
    fn find(check: &mut Check<'_>, lines: &[Line]) -> Result<Payers> {
        let mut payers = Payers::default();
        for chunk in lines.chunks(CHUNK) {
            let named = chunk.iter().filter_map(|line| line.order_line);
            let ordered = purchase_order_lines::table.inner_join(purchase_orders::table).filter(purchase_order_lines::id.eq_any(named));
            let paid = ((purchase_order_lines::budget_line_id, purchase_order_lines::fiscal_period_id), purchase_orders::cost_center_id);
            payers.ordered.extend(ordered.select((purchase_order_lines::id, paid)).load::<(Id, (Payer, Option<Id>))>(check.connection)?);
            let named = chunk.iter().filter_map(|line| line.contract_line);
            let paid = (contract_lines::budget_line_id, contract_lines::fiscal_period_id);
            let contracted = contract_lines::table.filter(contract_lines::id.eq_any(named)).select((contract_lines::id, paid));
            payers.contracted.extend(contracted.load::<(Id, Payer)>(check.connection)?);
        }
        Ok(payers)
    }
}

/// A line as it is booked: the budget line that it names itself pays, else that of its order, else that of its contract.
fn billed(invoice: &Document, line: &Line, payers: &Payers) -> BilledLine {
    let sign = if invoice.kind == InvoiceKind::CreditNote { -1 } else { 1 };
    let (mut payer, of_order) = line.order_line.and_then(|line| payers.ordered.get(&line)).copied().unwrap_or_default();
    if payer.0.is_none()
        && let Some(contract_line) = line.contract_line
    {
        payer = payers.contracted.get(&contract_line).copied().unwrap_or_default();
    }
    let (own_line, own_period) = line.own;
    BilledLine {
        invoice_line: line.id,
        promised_by: line.order_line.or(line.contract_line),
        budget_line: own_line.or(payer.0),
        cost_center: line.cost_center.or(of_order),
        named_period: own_period,
        expected_period: if own_line.is_some() { None } else { payer.1 },
        quantity: Precise(line.quantity.0 * Decimal::from(sign)),
        net: Money::new(line.net.minor.saturating_mul(sign), line.net.currency),
        tax_percent: line.tax_percent,
    }
}
