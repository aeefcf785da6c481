//! The match of an invoice: its lines with its amount and its tax, with what was ordered, with what came, and a credit note with what it corrects.

use super::billed_line::{accepted, allowed, billed};
use super::invoice_kind::{APPROVED, Bill, InvoiceKind};
use super::line_price::{LinePrice, line_amount};
use super::matching::Matching;
use diesel::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::resource::value::{Code, Money, Percent, Precise, PreciseMoney, round_half_away};
use steward_core::resource::{Check, Id, UnmetGuard};
use steward_schema::vendors::{contract_lines, contracts, invoice_lines, purchase_order_lines, purchase_orders};

/// The states in which an invoice counts as owed.
const OWED: &[&str] = &["matched", "approved", "partially_paid", "paid"];

/// The states of an order that may be billed.
const BILLABLE: &[&str] = &["approved", "sent", "acknowledged", "closed"];

/// The states of a contract that may be billed: it is signed, or was in force.
const CONTRACTED: &[&str] = &["signed", "active", "suspended", "expired", "terminated", "renewed"];

/// By how many of the smallest units of its currency a line may differ from quantity × price, as vendors round.
const ROUNDING: i64 = 1;

/// A line of an invoice as far as it counts here.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = invoice_lines, check_for_backend(Dialect))]
struct BilledLine {
    position: i64,
    #[diesel(select_expression = (invoice_lines::quantity_units, invoice_lines::quantity_pico))]
    quantity: Precise,
    #[diesel(select_expression = (invoice_lines::unit_price_units, invoice_lines::unit_price_pico, invoice_lines::unit_price_currency))]
    unit_price: PreciseMoney,
    #[diesel(select_expression = (invoice_lines::net_amount, invoice_lines::net_currency))]
    net: Money,
    tax_percent: Option<Percent>,
    purchase_order_line_id: Option<Id>,
    contract_line_id: Option<Id>,
}

/// The order line that a line bills.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = purchase_order_lines, check_for_backend(Dialect))]
struct OrderedLine {
    id: Id,
    matching: Matching,
    tolerance_percent: Percent,
    #[diesel(embed)]
    price: LinePrice,
}

/// What does not agree of an invoice that is in a state, or comes into it.
pub fn unmet(invoice: &Bill, state: &str, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    if !OWED.contains(&state) {
        return Ok(Vec::new());
    }
    let lines: Vec<BilledLine> = invoice_lines::table
        .filter(invoice_lines::invoice_id.eq(check.id))
        .order((invoice_lines::position, invoice_lines::id))
        .select(BilledLine::as_select())
        .load(check.connection)?;
    let mut unmet = sums(invoice, &lines);
    // What was approved before stays payable.
    if !check.state.is_some_and(|state| APPROVED.contains(&state)) {
        unmet.extend(tax(invoice, &lines));
    }
    unmet.extend(orders(invoice, &lines, check)?);
    // What was approved before stays payable.
    if !check.state.is_some_and(|state| APPROVED.contains(&state)) {
        unmet.extend(contracts(invoice, &lines, check)?);
    }
    if invoice.kind == InvoiceKind::CreditNote {
        unmet.extend(super::credit_note::unmet(invoice, check)?);
    } else if state == "matched" || (state == "approved" && check.state == Some("matched")) {
        unmet.extend(matches(invoice, &lines, check)?);
    }
    Ok(unmet)
}

/// The lines add up to the invoice, and each is its quantity times its price.
fn sums(invoice: &Bill, lines: &[BilledLine]) -> Vec<UnmetGuard> {
    let mut unmet = Vec::new();
    if lines.is_empty() {
        return unmet;
    }
    let total: i128 = lines.iter().map(|line| i128::from(line.net.minor)).sum();
    if total != i128::from(invoice.net.minor) {
        let detail = match i64::try_from(total).map(|total| Money::new(total, invoice.net.currency)) {
            Ok(total) => format!("The invoice is {} net, and its lines are {} together. Correct the lines or the amount.", invoice.net, total),
            Err(_) => "The lines of the invoice are beyond any amount together. Correct them.".to_owned(),
        };
        unmet.push(UnmetGuard::new("/net", "lines_sum", detail));
    }
    let only_value = |line: &&BilledLine| invoice.kind == InvoiceKind::CreditNote && line.quantity.0.is_zero();
    for line in lines.iter().filter(|line| !only_value(line)) {
        let expected = line_amount(line.quantity, line.unit_price, None);
        if expected.is_none_or(|expected| (expected.minor - line.net.minor).abs() > ROUNDING) {
            let product = expected.map_or("beyond any amount".to_owned(), |expected| expected.to_string());
            let detail = format!("Line {} is {} net, and its quantity times its price is {product}. Correct the line.", line.position, line.net);
            unmet.push(UnmetGuard::new("/net", "line_sum", detail));
        }
    }
    unmet
}

/// The tax is what the rates of the lines give, as far as vendors round: each line or all of them. A line without a rate says nothing of its
/// tax, and nothing is compared.
fn tax(invoice: &Bill, lines: &[BilledLine]) -> Option<UnmetGuard> {
    if lines.is_empty() || lines.iter().any(|line| line.tax_percent.is_none()) {
        return None;
    }
    let exact = |line: &BilledLine| {
        let percent: Decimal = line.tax_percent?.0.to_string().parse().ok()?;
        Decimal::from(line.net.minor).checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)
    };
    let sum = lines.iter().map(exact).try_fold(Decimal::ZERO, |sum, tax| sum.checked_add(tax?));
    if sum.is_some_and(|sum| (sum - Decimal::from(invoice.tax.minor)).abs() <= Decimal::from(lines.len())) {
        return None;
    }
    let given = sum.and_then(|sum| round_half_away(sum, 0).to_i64()).map(|minor| Money::new(minor, invoice.net.currency).to_string());
    let given = given.unwrap_or("beyond any amount".to_owned());
    let detail = format!("The tax is {}, and the net amounts of the lines with their tax_percent give {given}. Correct the rates or the tax.", invoice.tax);
    Some(UnmetGuard::new("/tax", "lines_tax", detail))
}

/// The orders that it bills stand, and where it names one each of its lines says which line of that it bills.
fn orders(invoice: &Bill, lines: &[BilledLine], check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let mut unmet = Vec::new();
    if invoice.purchase_order.is_some() {
        let open = lines.iter().filter(|line| line.purchase_order_line_id.is_none());
        unmet.extend(open.map(|line| {
            let detail = format!("Line {} names no line of the order that the invoice names. Set its purchase_order_line_id.", line.position);
            UnmetGuard::new("/purchase_order_id", "no_order", detail)
        }));
    }
    let billed: Vec<Id> = lines.iter().filter_map(|line| line.purchase_order_line_id).collect();
    let of_lines = purchase_order_lines::table.filter(purchase_order_lines::id.eq_any(billed)).select(purchase_order_lines::purchase_order_id);
    let mut orders: Vec<Id> = of_lines.load(check.connection)?;
    orders.extend(invoice.purchase_order);
    let found: Vec<(Code, String)> = purchase_orders::table
        .filter(purchase_orders::state.ne_all(BILLABLE).and(purchase_orders::id.eq_any(orders)))
        .order(purchase_orders::id)
        .select((purchase_orders::code, purchase_orders::state))
        .load(check.connection)?;
    unmet.extend(found.into_iter().map(|(code, state)| {
        let detail = format!("The purchase order {} is {state}; it is billed once it is {}.", code.0, BILLABLE.join(" or "));
        UnmetGuard::new("/purchase_order_id", "state", detail)
    }));
    Ok(unmet)
}

/// The contracts that it bills are signed.
fn contracts(invoice: &Bill, lines: &[BilledLine], check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let billed: Vec<Id> = lines.iter().filter_map(|line| line.contract_line_id).collect();
    let of_lines = contract_lines::table.filter(contract_lines::id.eq_any(billed)).select(contract_lines::contract_id);
    let mut named: Vec<Id> = of_lines.load(check.connection)?;
    named.extend(invoice.contract);
    let found: Vec<(Code, String)> = contracts::table
        .filter(contracts::state.ne_all(CONTRACTED).and(contracts::id.eq_any(named)))
        .order(contracts::id)
        .select((contracts::code, contracts::state))
        .load(check.connection)?;
    let told = |(code, state): (Code, String)| {
        UnmetGuard::new("/contract_id", "state", format!("The contract {} is {state}; it is billed once it is signed. Have it signed first.", code.0))
    };
    Ok(found.into_iter().map(told).collect())
}

/// Each line agrees with the order, the receipt and the contract.
fn matches(invoice: &Bill, lines: &[BilledLine], check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let mut unmet = Vec::new();
    for line in lines {
        if let Some(ordered) = line.purchase_order_line_id {
            let query = purchase_order_lines::table.find(ordered).select(OrderedLine::as_select());
            if let Some(ordered) = query.first(check.connection).optional()?.filter(|ordered: &OrderedLine| ordered.matching != Matching::None) {
                unmet.extend(price_of_order(line, &ordered));
                unmet.extend(quantity(invoice, line, &ordered, check)?);
            }
        }
        if let Some(agreed) = line.contract_line_id {
            unmet.extend(price_of_contract(invoice, line, agreed, check)?);
        }
    }
    Ok(unmet)
}

fn price_of_order(line: &BilledLine, ordered: &OrderedLine) -> Option<UnmetGuard> {
    let expected = line_amount(line.quantity, ordered.price.unit_price, ordered.price.discount_percent);
    if expected.is_some_and(|expected| expected.currency == line.net.currency && line.net.minor <= expected.minor.saturating_add(ROUNDING)) {
        return None;
    }
    let expected = expected.map_or("beyond any amount".to_owned(), |expected| expected.to_string());
    let detail = format!("Line {} is {}, and at the price of the order it is {expected}. Have it corrected, or record the exception.", line.position, line.net);
    Some(UnmetGuard::new("/net", "price", detail))
}

fn quantity(invoice: &Bill, line: &BilledLine, ordered: &OrderedLine, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
    let total = billed(check, ordered.id)?.quantity;
    let (quantity, tolerance) = (ordered.price.quantity.0, Decimal::try_from(ordered.tolerance_percent.0).unwrap_or_default());
    if total > allowed(quantity, tolerance) {
        let detail = format!("With line {} {} are billed, and {} are ordered.", line.position, total.normalize(), quantity.normalize());
        return Ok(Some(UnmetGuard::new("/purchase_order_id", "quantity", detail)));
    }
    if ordered.matching != Matching::ThreeWay || invoice.kind != InvoiceKind::Invoice {
        return Ok(None);
    }
    let came = accepted(check, ordered.id)?;
    let code = if came.is_zero() { "no_receipt" } else { "quantity" };
    let detail = || {
        format!(
            "With line {} {} are billed, and {} were received. Post the receipt, or record the exception.",
            line.position,
            total.normalize(),
            came.normalize()
        )
    };
    Ok((total > came).then(|| UnmetGuard::new("/purchase_order_id", code, detail())))
}

fn price_of_contract(invoice: &Bill, line: &BilledLine, agreed: Id, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
    let price = (contract_lines::unit_price_units, contract_lines::unit_price_pico, contract_lines::unit_price_currency);
    let query = contract_lines::table.inner_join(contracts::table).filter(contract_lines::id.eq(agreed)).select((price, contracts::id, contracts::vendor_id));
    let Some((price, contract, vendor)) = query.first::<(PreciseMoney, Id, Id)>(check.connection).optional()? else { return Ok(None) };
    if vendor != invoice.vendor || invoice.contract.is_some_and(|named| named != contract) {
        let detail = format!("Line {} bills a line of another contract than the invoice names, or of another vendor's.", line.position);
        return Ok(Some(UnmetGuard::new("/contract_id", "other_contract", detail)));
    }
    let above = price.currency != line.unit_price.currency || line.unit_price.amount.0 > price.amount.0;
    let detail = || format!("Line {} has a higher price than the contract. Have it corrected, or record the exception.", line.position);
    Ok(above.then(|| UnmetGuard::new("/net", "price", detail())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use steward_core::resource::value::{Currency, Number};

    fn euros(minor: i64) -> Money {
        Money::new(minor, Currency::sample("EUR"))
    }

    fn line(minor: i64, percent: Option<f64>) -> BilledLine {
        BilledLine {
            position: 1,
            quantity: Precise(Decimal::ONE),
            unit_price: PreciseMoney::sample("1", "EUR"),
            net: euros(minor),
            tax_percent: percent.map(Number),
            purchase_order_line_id: None,
            contract_line_id: None,
        }
    }

    #[test]
    fn tax_may_be_rounded_by_line_or_in_all_and_is_else_what_the_rates_give() {
        let is_wrong = |tax_minor: i64, lines: &[BilledLine]| {
            let net = lines.iter().map(|line| line.net.minor).sum();
            let (kind, vendor) = (InvoiceKind::Invoice, Id::new());
            let bill = Bill {
                kind,
                vendor,
                purchase_order: None,
                contract: None,
                corrects: None,
                net: euros(net),
                tax: euros(tax_minor),
                gross: euros(net + tax_minor),
            };
            tax(&bill, lines).is_some()
        };
        assert_eq!([2_100, 2_101, 2_103, 9_900].map(|tax| is_wrong(tax, &[line(10_000, Some(21.0))])), [false, false, true, true]);
        // Three times 0.105 is 0.33 by line and 0.315 in all.
        let parts = [line(50, Some(21.0)); 3];
        assert_eq!([33, 32, 29].map(|tax| is_wrong(tax, &parts)), [false, false, false]);
        assert_eq!([0, 2_100].map(|tax| is_wrong(tax, &[line(10_000, None)])), [false, false], "without a rate nothing is known of the tax");
    }
}
