//! What is paid in advance by a prepayment invoice: its lines, less what approved credit notes have taken back.

use super::invoice_kind::{APPROVED, InvoiceKind};
use super::invoice_payer::{Line, Payers, lines as lines_of};
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::purchase::PrepaidLine;
use steward_core::resource::value::{Code, Date, Money, Title};
use steward_core::resource::{Check, Id, UnmetGuard};
use steward_schema::vendors::{invoice_lines, invoices};

/// What is billed: a line of an order, and one of a contract.
type Matter = (Option<Id>, Option<Id>);

/// True if an invoice asks for money in advance.
pub fn is_prepayment(check: &mut Check<'_>, invoice: Id) -> Result<bool> {
    let kind: Option<InvoiceKind> = invoices::table.find(invoice).select(invoices::kind).first(check.connection).optional()?;
    Ok(kind == Some(InvoiceKind::Prepayment))
}

/// What is missing of the days for which it is paid.
pub fn unmet_span(starts_on: Option<Date>, ends_on: Option<Date>) -> Vec<UnmetGuard> {
    let missing = [("/service_starts_on", starts_on), ("/service_ends_on", ends_on)].into_iter().filter(|(_, day)| day.is_none());
    let detail = "A prepayment becomes cost over the days for which it is paid. Set service_starts_on and service_ends_on first.";
    missing.map(|(pointer, _)| UnmetGuard::new(pointer, "required", detail)).collect()
}

/// The lines of a prepayment invoice as they are to stand in the books: with nothing of them unless it is approved.
pub fn lines(check: &mut Check<'_>, invoice: Id) -> Result<Vec<PrepaidLine>> {
    let columns = (invoices::number, invoices::state, invoices::invoiced_on, invoices::service_starts_on, invoices::service_ends_on);
    let found: Option<(Code, String, Date, Option<Date>, Option<Date>)> = invoices::table.find(invoice).select(columns).first(check.connection).optional()?;
    let Some((number, state, invoiced_on, starts_on, ends_on)) = found else { return Ok(Vec::new()) };
    let lines = lines_of(check, invoice)?;
    let payers = Payers::find(check, &lines)?;
    let credits = credits(check, invoice)?;
    let matters: Vec<(Matter, i64)> = lines.iter().map(|line| ((line.order_line, line.contract_line), line.net.minor)).collect();
    let left = if APPROVED.contains(&state.as_str()) { left(&matters, &credits) } else { vec![0; lines.len()] };
    let starts_on = starts_on.unwrap_or(invoiced_on);
    let prepaid = |(line, minor): (&Line, i64)| {
        let bearer = payers.bearer(line);
        PrepaidLine {
            invoice_line: line.id,
            name: Title::cut(&format!("{}: {}", number.0, line.title.0)),
            promised_by: line.order_line.or(line.contract_line),
            budget_line: bearer.budget_line,
            cost_center: bearer.cost_center,
            expected_period: bearer.named_period.or(bearer.expected_period),
            net: Money::new(minor, line.net.currency),
            starts_on,
            ends_on: ends_on.unwrap_or(starts_on),
        }
    };
    Ok(lines.iter().zip(left).map(prepaid).collect())
}

/// What approved credit notes have taken back of an invoice, by what they name.
fn credits(check: &mut Check<'_>, invoice: Id) -> Result<Vec<(Matter, i64)>> {
    Ok(invoice_lines::table
        .inner_join(invoices::table)
        .filter(invoices::corrects_id.eq(invoice).and(invoices::kind.eq(InvoiceKind::CreditNote)).and(invoices::state.eq_any(APPROVED)))
        .order(invoice_lines::id)
        .select(((invoice_lines::purchase_order_line_id, invoice_lines::contract_line_id), invoice_lines::net_amount))
        .load(check.connection)?)
}

/// What is left of each line: a credit is taken from the lines that bill the same, then from the first ones on.
fn left(lines: &[(Matter, i64)], credits: &[(Matter, i64)]) -> Vec<i64> {
    let mut left: Vec<i64> = lines.iter().map(|(_, minor)| *minor).collect();
    let mut take = |credit: &mut i64, same: &dyn Fn(&Matter) -> bool| {
        for (own, _) in left.iter_mut().zip(lines).filter(|(_, (matter, _))| same(matter)) {
            let taken = (*own).min(*credit).max(0);
            *own -= taken;
            *credit -= taken;
        }
    };
    let mut open: Vec<(Matter, i64)> = credits.to_vec();
    for (matter, credit) in &mut open {
        let named = *matter;
        take(credit, &|own| named != (None, None) && *own == named);
    }
    for (_, credit) in &mut open {
        take(credit, &|_| true);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_is_taken_from_the_lines_that_bill_the_same() {
        let [one, other] = [Id::new(), Id::new()].map(|line| (Some(line), None));
        let lines = [(one, 1_000), (other, 600), ((None, None), 400)];
        assert_eq!(left(&lines, &[]), [1_000, 600, 400]);
        assert_eq!(left(&lines, &[(other, 500)]), [1_000, 100, 400]);
        // 700 of the second line, which has 600: the rest is taken from the first.
        assert_eq!(left(&lines, &[(other, 700), ((None, None), 50)]), [850, 0, 400]);
        assert_eq!(left(&lines, &[((None, None), 2_000)]), [0, 0, 0]);
    }
}
