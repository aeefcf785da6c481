//! What a credit note may take back: no more than the invoice that it corrects has billed, and from those who paid for it.

use super::invoice_kind::{APPROVED, Bill, InvoiceKind};
use super::invoice_payer::{Payers, lines};
use diesel::prelude::*;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap};
use steward_core::error::Result;
use steward_core::resource::value::{Code, Money, Precise};
use steward_core::resource::{Check, Id, UnmetGuard};
use steward_schema::vendors::{invoice_lines, invoices};

/// What a credit note would take back beyond its invoice.
pub fn unmet(note: &Bill, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let Some(corrected) = note.corrects else {
        return Ok(vec![UnmetGuard::new("/corrects_id", "required", "A credit note takes back what an invoice has billed. Set corrects_id first.")]);
    };
    let query = invoices::table.find(corrected).select((
        invoices::number,
        invoices::kind,
        invoices::state,
        (invoices::net_amount, invoices::net_currency),
        (invoices::gross_amount, invoices::gross_currency),
    ));
    let found: Option<(Code, InvoiceKind, String, Money, Money)> = query.first(check.connection).optional()?;
    let Some((number, kind, state, net, gross)) = found else { return Ok(Vec::new()) };
    if kind == InvoiceKind::CreditNote || state == "void" {
        let what = if state == "void" { "void" } else { "a credit note itself" };
        return Ok(vec![UnmetGuard::new("/corrects_id", "state", format!("The invoice that it corrects is {what}. Name one that asks for money."))]);
    }
    if is_new(check) && !APPROVED.contains(&state.as_str()) {
        let detail = format!("Invoice {} is {state}, and nothing of it is booked that could be given back. Have it approved first.", number.0);
        return Ok(vec![UnmetGuard::new("/corrects_id", "state", detail)]);
    }
    if net.currency != note.net.currency {
        return Ok(vec![UnmetGuard::new("/net", "currency", format!("The invoice that it corrects is in {}. Use that currency.", net.currency.code()))]);
    }
    let mut unmet = Vec::new();
    let others = invoices::table.filter(is_other_note(check.id, corrected)).select((invoices::net_amount, invoices::gross_amount));
    let others: Vec<(i64, i64)> = others.load(check.connection)?;
    let taken = |of: fn(&(i64, i64)) -> i64| others.iter().map(|other| i128::from(of(other))).sum::<i128>();
    for (pointer, own, most, known) in [("/net", note.net, net, taken(|other| other.0)), ("/gross", note.gross, gross, taken(|other| other.1))] {
        if known + i128::from(own.minor) > i128::from(most.minor) {
            let detail = format!("With this note of {} more would be credited than the invoice billed ({}).", own, most);
            unmet.push(UnmetGuard::new(pointer, "beyond_invoice", detail));
        }
    }
    unmet.extend(beyond_lines(corrected, check)?);
    if unmet.is_empty() && is_new(check) {
        unmet.extend(beyond_payers(corrected, check)?);
    }
    Ok(unmet)
}

/// True if the note is not approved yet: what counts already was asked when it was approved.
fn is_new(check: &Check<'_>) -> bool {
    !check.state.is_some_and(|state| APPROVED.contains(&state))
}

/// A payer of lines: a budget line, or the cost center where there is none.
type PayerKey = (Option<Id>, Option<Id>);

/// What the lines of an invoice take from each payer, in minor units, and the position of the first of them.
fn by_payer(check: &mut Check<'_>, invoice: Id) -> Result<HashMap<PayerKey, (i128, i64)>> {
    let lines = lines(check, invoice)?;
    let payers = Payers::find(check, &lines)?;
    let mut sums: HashMap<PayerKey, (i128, i64)> = HashMap::new();
    for line in &lines {
        sums.entry(payers.bearer(line).payer()).or_insert((0, line.position)).0 += i128::from(line.net.minor);
    }
    Ok(sums)
}

/// The lines of a note that give back to somebody who paid less of the invoice, or nothing.
fn beyond_payers(corrected: Id, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let (own, billed) = (by_payer(check, check.id)?, by_payer(check, corrected)?);
    let others: Vec<Id> = invoices::table.filter(is_other_note(check.id, corrected)).order(invoices::id).select(invoices::id).load(check.connection)?;
    let mut credited: HashMap<PayerKey, i128> = HashMap::new();
    for note in others {
        by_payer(check, note)?.into_iter().for_each(|(payer, (minor, _))| *credited.entry(payer).or_default() += minor);
    }
    let mut beyond: Vec<(i64, UnmetGuard)> = Vec::new();
    for (payer, (minor, first)) in own {
        let Some((most, _)) = billed.get(&payer) else {
            let detail = format!("Line {first} gives back to a budget line or a cost center that paid nothing of the invoice. Name what the invoice names.");
            beyond.push((first, UnmetGuard::new("/corrects_id", "other_payer", detail)));
            continue;
        };
        if minor + credited.get(&payer).copied().unwrap_or_default() > *most {
            let detail = format!("With line {first} more would be given back to its budget line or cost center than it paid of the invoice.");
            beyond.push((first, UnmetGuard::new("/corrects_id", "beyond_payer", detail)));
        }
    }
    beyond.sort_by_key(|(first, _)| *first);
    Ok(beyond.into_iter().map(|(_, unmet)| unmet).collect())
}

/// Approved credit notes of an invoice beside one.
#[diesel::dsl::auto_type(no_type_alias)]
fn is_other_note(id: Id, corrected: Id) -> _ {
    let note: InvoiceKind = InvoiceKind::CreditNote;
    let states: [&'static str; 3] = ["approved", "partially_paid", "paid"];
    invoices::corrects_id.eq(corrected).and(invoices::id.ne(id)).and(invoices::kind.eq(note)).and(invoices::state.eq_any(states))
}

/// The order lines of which more would be taken back than the invoice billed.
fn beyond_lines(corrected: Id, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let line = (invoice_lines::purchase_order_line_id, (invoice_lines::quantity_units, invoice_lines::quantity_pico));
    let own: Vec<(Option<Id>, Precise)> = invoice_lines::table.filter(invoice_lines::invoice_id.eq(check.id)).select(line).load(check.connection)?;
    let billed: Vec<(Option<Id>, Precise)> = invoice_lines::table.filter(invoice_lines::invoice_id.eq(corrected)).select(line).load(check.connection)?;
    let others: Vec<(Option<Id>, Precise)> =
        invoice_lines::table.inner_join(invoices::table).filter(is_other_note(check.id, corrected)).select(line).load(check.connection)?;
    let billed = sums(billed);
    let mut credited = sums(own.clone());
    let named: Vec<Id> = credited.keys().copied().collect();
    sums(others).into_iter().for_each(|(line, quantity)| *credited.entry(line).or_default() += quantity);
    let beyond = named.into_iter().filter_map(|line| {
        let (of, most) = (credited.get(&line).copied().unwrap_or_default(), billed.get(&line).copied().unwrap_or_default());
        (of > most).then(|| {
            let detail = format!("{} of an order line would be credited, and the invoice billed {}.", of.normalize(), most.normalize());
            UnmetGuard::new("/corrects_id", "beyond_invoice", detail)
        })
    });
    Ok(beyond.collect())
}

fn sums(lines: Vec<(Option<Id>, Precise)>) -> BTreeMap<Id, Decimal> {
    let mut sums = BTreeMap::new();
    for (line, quantity) in lines.into_iter().filter_map(|(line, quantity)| Some((line?, quantity))) {
        *sums.entry(line).or_insert(Decimal::ZERO) += quantity.0;
    }
    sums
}
