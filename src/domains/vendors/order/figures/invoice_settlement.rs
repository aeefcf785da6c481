//! What of invoices is paid, and how late.

use crate::order::{invoice::Invoice, payment::Payment};
use std::collections::HashMap;
use steward_core::database::expression::total;
use steward_core::resource::value::Whole;
use steward_core::view::prelude::*;
use steward_schema::vendors::{invoices, payments};

/// Days between two dates.
pub type Days = Whole<-4_000_000, 4_000_000>;

/// Settlement of an invoice, over the payments that you may see.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvoiceSettlement {
    /// Sum of its posted payments; of a credit note also of the invoices that it settles. Null where you may not read payments.
    pub paid: Option<Money>,
    /// Gross amount less what is paid; null where you may not read payments.
    pub open: Option<Money>,
    /// Days since the last day to pay it, while something of it is owed; null if it is not overdue.
    pub overdue_days: Option<Days>,
    /// Days from its receipt to the payment that completed it; null until then.
    pub payment_days: Option<Days>,
}

/// An invoice as far as it counts here: its gross amount, its state, and its days.
type Billed = (Id, Money, String, Option<Date>, Date, Option<Date>);

impl View for InvoiceSettlement {
    const PATH: &'static str = Invoice::PATH;
    const FORMULA: &'static str = "open = gross − paid; overdue_days = today − due_on while approved or partially_paid; payment_days = paid_on − received_on";
    type Reads = (Invoice, IfPermitted<Payment>);
    type Query = Records;
    type Answer = PerRecord<Self>;

    fn run(cx: &mut Context<'_, '_>, Records(ids): Records) -> Result<PerRecord<Self>> {
        let (seen, today) = (cx.sees::<Invoice>()?, cx.today());
        let gross = (invoices::gross_amount, invoices::gross_currency);
        let rows: Vec<Billed> = invoices::table
            .filter(invoices::id.eq_any(&ids[..]))
            .filter(seen.clone())
            .select((invoices::id, gross, invoices::state, invoices::due_on, invoices::received_on, invoices::paid_on))
            .load(cx.within(&seen))?;
        let paid = paid(cx, &ids)?;
        let settlement = |(id, gross, state, due_on, received_on, paid_on): Billed| {
            let sum = paid.as_ref().map(|paid| Money::new(paid.get(&id).copied().unwrap_or_default(), gross.currency));
            let owed = matches!(state.as_str(), "approved" | "partially_paid");
            let figures = InvoiceSettlement {
                paid: sum,
                open: sum.map(|sum| Money::new(gross.minor.saturating_sub(sum.minor), gross.currency)),
                overdue_days: due_on.filter(|due_on| owed && *due_on < today).map(|due_on| days(due_on, today)),
                payment_days: paid_on.map(|paid_on| days(received_on, paid_on)),
            };
            (id, figures)
        };
        Ok(rows.into_iter().map(settlement).collect())
    }
}

/// Days from one day to another.
pub fn days(from: Date, to: Date) -> Days {
    Whole((to.0 - from.0).num_days())
}

/// What posted payments in sight have paid of invoices, or settled of credit notes, in minor units; none without sight of payments.
fn paid(reader: &mut Reader<'_>, ids: &[Id]) -> Result<Option<HashMap<Id, i64>>> {
    let seen = reader.sees::<Payment>()?;
    if seen.is_nothing() {
        return Ok(None);
    }
    let posted = payments::table.filter(payments::state.eq("posted").and(payments::invoice_id.eq_any(ids))).filter(seen.clone());
    let sums: Vec<(Id, Option<i64>)> =
        posted.group_by(payments::invoice_id).select((payments::invoice_id, total(payments::amount_amount))).load(reader.within(&seen))?;
    let note = payments::credit_note_id.assume_not_null();
    let offset = payments::table.filter(payments::state.eq("posted").and(note.eq_any(ids))).filter(seen.clone());
    let offset: Vec<(Id, Option<i64>)> = offset.group_by(payments::credit_note_id).select((note, total(payments::amount_amount))).load(reader.within(&seen))?;
    let mut paid: HashMap<Id, i64> = HashMap::new();
    for (id, sum) in sums.into_iter().chain(offset) {
        let known = paid.entry(id).or_default();
        *known = known.saturating_add(sum.unwrap_or_default());
    }
    Ok(Some(paid))
}
