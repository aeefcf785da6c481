//! What is bought, in the books: receipts accrue, invoices book and end what was accrued, prepayments become cost month by month, credit
//! notes give back, and each relieves or binds again what the order or the contract promised.

use super::booking::plain_entry;
use super::cost_entry::CostEntry;
use super::entry_place::CostBearer;
use super::place_in_time::{Place, place};
use super::posting::{CostSource, base_cost};
use super::prepaid_span::ScheduleMethod;
use super::prepayment::Prepayment;
use super::relief::{self, PREPAID, Relief};
use super::standing_entry::{self, StandingEntry};
use crate::budget::funds;
use crate::budget::period_cover::Span;
use crate::budget::regular_period::{year_of_line, year_of_period};
use crate::rate::exchange_rate::booking_rate;
use diesel::prelude::*;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap, HashSet};
use steward_core::database::CHUNK;
use steward_core::error::{Problem, Result};
use steward_core::ports::books;
use steward_core::ports::purchase::{self, AccruedLine, BilledLine, Posting, PrepaidLine};
use steward_core::resource::record::Placement;
use steward_core::resource::value::{Currency, Date, DocumentNumber, Money, Number, Precise, round_half_away};
use steward_core::resource::{Check, Effect, Id};
use steward_schema::finance::{budget_lines, budgets, cost_entries, prepayments};

/// The books of what is bought, as this domain keeps them.
pub struct Purchases;

impl purchase::Purchases for Purchases {
    fn post(&self, check: &mut Check<'_>, posting: &Posting) -> Result<Vec<Effect>> {
        let mut book = Book::new(posting);
        for line in &posting.taken_back {
            book.take_back(check, CostSource::Invoice, *line)?;
        }
        for line in &posting.accrued {
            book.accrue(check, line)?;
        }
        for line in &posting.billed {
            book.bill(check, line)?;
        }
        for line in &posting.prepaid {
            book.prepay(check, line)?;
        }
        book.effects(check)
    }

    fn booked(&self, check: &mut Check<'_>, lines: &[Id]) -> Result<HashSet<Id>> {
        let mut booked = HashSet::new();
        for chunk in lines.chunks(CHUNK) {
            let entries = cost_entries::table.filter(cost_entries::source.eq(CostSource::Invoice).and(cost_entries::source_id.eq_any(chunk)));
            let entries: Vec<Option<Id>> = entries.select(cost_entries::source_id).distinct().load(check.connection)?;
            let advances = prepayments::table.filter(prepayments::invoice_line_id.eq_any(chunk).and(prepayments::state.ne("cancelled")));
            let advances: Vec<Option<Id>> = advances.select(prepayments::invoice_line_id).load(check.connection)?;
            booked.extend(entries.into_iter().chain(advances).flatten());
        }
        Ok(booked)
    }
}

/// What a posting writes.
struct Book<'a> {
    posting: &'a Posting,
    relief: Relief,
    /// What reversals of the posting bind again of each promise: the source of the promise, and minor units.
    freed: BTreeMap<Id, (Id, i64)>,
    reversals: Vec<Effect>,
    entries: Vec<Effect>,
    /// The next free line of each document.
    lines: HashMap<(CostSource, Option<Id>, String), i64>,
}

impl<'a> Book<'a> {
    fn new(posting: &'a Posting) -> Self {
        Book { posting, relief: Relief::default(), freed: BTreeMap::new(), reversals: Vec::new(), entries: Vec::new(), lines: HashMap::new() }
    }

    /// First what is relieved, so that what was promised is free for the cost; then what is reversed; then what is booked.
    fn effects(self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let relieved = self.relief.effects(check)?;
        Ok(relieved.into_iter().chain(self.reversals).chain(self.entries).collect())
    }

    /// Reverses what stands of a source: on its own day while its period is not closed, else in the next open one.
    fn take_back(&mut self, check: &mut Check<'_>, source: CostSource, source_id: Id) -> Result<()> {
        for entry in standing_entry::of(check, source, source_id)? {
            let at = entry.reversal_place(check)?;
            self.reverse(check, source, &entry, at, None)?;
        }
        Ok(())
    }

    /// Reverses an entry in a place; in another fiscal year on a budget line of that year.
    fn reverse(&mut self, check: &mut Check<'_>, source: CostSource, entry: &StandingEntry, at: Place, elsewhere: Option<Id>) -> Result<()> {
        let line = self.next_line(check, source, entry.vendor, &entry.document.0)?;
        let reversed = entry.reversed(check, source, at, elsewhere, line)?;
        self.reversals.push(Effect::create(self.placement(Some(entry.unit)), reversed));
        self.relief.add(entry.commitment, entry.net, -1);
        if let Some(commitment) = entry.commitment
            && let Some((source, _)) = relief::promise_of(check, commitment)?
        {
            let freed = self.freed.entry(commitment).or_insert((source, 0));
            freed.1 = freed.1.saturating_add(entry.net.minor);
        }
        Ok(())
    }

    /// The promise of a source that a cost keeps: the one that a reversal of the same posting binds again, as far as that suffices, else the
    /// one of the period.
    fn promise(&mut self, check: &mut Check<'_>, source: Id, net: Money, period: Id) -> Result<Option<Id>> {
        match self.freed_promise(source, net) {
            Some(commitment) => Ok(Some(commitment)),
            None => relief::of_source(check, source, period),
        }
    }

    /// The promise of a source that a reversal of the same posting binds again, if that suffices for a cost.
    fn freed_promise(&mut self, source: Id, net: Money) -> Option<Id> {
        let freed = self.freed.iter_mut().find(|(_, (of, minor))| *of == source && net.minor > 0 && *minor >= net.minor);
        freed.map(|(commitment, (_, minor))| {
            *minor -= net.minor;
            *commitment
        })
    }

    /// Who bears a cost in a period: its budget line in the fiscal year of that; in another year the line on which the cost is promised there,
    /// such as by a carry-forward, else the line that continues its own, and where there is none its cost center and category.
    fn bearer(&self, check: &mut Check<'_>, line: Option<Id>, center: Option<Id>, promise: Option<Id>, period: Id) -> Result<CostBearer> {
        let Some(line) = line else { return Ok(CostBearer { center, ..CostBearer::default() }) };
        let own = CostBearer::of_line(check, line, period)?;
        let promised = match promise {
            Some(promise) if own.line != Some(line) => relief::promise_of(check, promise)?.map(|(_, line)| line),
            _ => None,
        };
        if let Some(promised) = promised
            && year_of_line(check, promised)? == year_of_period(check, period)?
        {
            return Ok(CostBearer { line: Some(promised), ..CostBearer::default() });
        }
        Ok(CostBearer { center: own.center.or(center.filter(|_| own.line.is_none())), ..own })
    }

    /// Brings what is accrued for a receipt line to what is received and not billed.
    fn accrue(&mut self, check: &mut Check<'_>, line: &AccruedLine) -> Result<()> {
        let standing = standing_entry::of(check, CostSource::Accrual, line.receipt_line)?;
        let accrued = standing.iter().map(|entry| entry.net.minor).fold(0, i64::saturating_add);
        if accrued == line.amount.minor {
            return Ok(());
        }
        let Some(at) = place(check, self.posting.day, Some(line.budget_line), None, Some(line.fiscal_period))? else { return Ok(()) };
        let expected = relief::of_source(check, line.order_line, at.period)?;
        let bearer = self.bearer(check, Some(line.budget_line), None, expected, at.period)?;
        for entry in &standing {
            self.reverse(check, CostSource::Accrual, entry, at, bearer.line)?;
        }
        if line.amount.minor <= 0 {
            return Ok(());
        }
        let number = self.next_line(check, CostSource::Accrual, Some(line.vendor), &line.receipt_line.to_string())?;
        let commitment = self.freed_promise(line.order_line, line.amount).or(expected);
        let entry = CostEntry {
            budget_line_id: bearer.line,
            cost_center_id: bearer.center,
            cost_category_id: bearer.category,
            vendor_id: Some(line.vendor),
            quantity: Some(line.quantity),
            commitment_id: commitment,
            ..plain_entry(at.period, at.day, line.amount, CostSource::Accrual, line.receipt_line, number)
        };
        let entry = self.in_base(check, entry, bearer.line, at.day)?;
        self.relief.add(commitment, line.amount, 1);
        self.entries.push(Effect::create(self.placement(None), entry));
        Ok(())
    }

    /// Books a line of an invoice. One that names neither a budget line nor a cost center is no cost of anybody's, and neither is one on a
    /// day that no period has.
    fn bill(&mut self, check: &mut Check<'_>, line: &BilledLine) -> Result<()> {
        if (line.budget_line.is_none() && line.cost_center.is_none()) || line.net.minor == 0 {
            return Ok(());
        }
        let Some(at) = place(check, self.posting.day, line.budget_line, line.named_period, line.expected_period)? else { return Ok(()) };
        let document = self.posting.number.as_ref().map_or_else(|| line.invoice_line.to_string(), |number| number.0.clone());
        let number = self.next_line(check, CostSource::Invoice, self.posting.vendor, &document)?;
        let commitment = match line.promised_by {
            Some(source) => self.promise(check, source, line.net, at.period)?,
            None => None,
        };
        let bearer = self.bearer(check, line.budget_line, line.cost_center, commitment, at.period)?;
        let tax = line.tax_percent.map(|percent| Money::new(tax_on(line.net, percent.0), line.net.currency));
        let entry = CostEntry {
            budget_line_id: bearer.line,
            cost_center_id: bearer.center,
            cost_category_id: bearer.category,
            vendor_id: self.posting.vendor,
            service_starts_on: self.posting.service_starts_on,
            service_ends_on: self.posting.service_ends_on,
            tax_rate_percent: line.tax_percent.map(|percent| Number(percent.0)),
            tax,
            gross: Money::new(line.net.minor.saturating_add(tax.map_or(0, |tax| tax.minor)), line.net.currency),
            quantity: Some(line.quantity),
            document: DocumentNumber(document),
            commitment_id: commitment,
            override_reason: bearer.line.map_or(Ok(None), |line| funds::override_reason(check, line))?,
            ..plain_entry(at.period, at.day, line.net, CostSource::Invoice, line.invoice_line, number)
        };
        let entry = self.in_base(check, entry, bearer.line, at.day)?;
        self.relief.add(commitment, line.net, 1);
        self.entries.push(Effect::create(self.placement(None), entry));
        Ok(())
    }

    /// Brings what is paid in advance for a line to its amount: what stands with another one is taken back with all its months, and made
    /// anew. It is worth in the currency of the budget what it was on its day, and is not converted again (IFRIC 22).
    fn prepay(&mut self, check: &mut Check<'_>, line: &PrepaidLine) -> Result<()> {
        let standing = prepaid_of(check, line.invoice_line)?;
        let known = standing.iter().map(|(_, _, invoiced)| invoiced.minor).fold(0, i64::saturating_add);
        if known == line.net.minor {
            return Ok(());
        }
        for (id, commitment, invoiced) in standing {
            self.relief.add(commitment, invoiced, -1);
            self.reversals.push(Effect::transition::<Prepayment>(id, "reversed"));
        }
        if (line.budget_line.is_none() && line.cost_center.is_none()) || line.net.minor == 0 {
            return Ok(());
        }
        let day = self.posting.day;
        let at = place(check, day, line.budget_line, None, line.expected_period)?;
        let commitment = match (line.promised_by, at) {
            (Some(source), Some(at)) => relief::of_source(check, source, at.period)?,
            _ => None,
        };
        let budget_line = match (line.budget_line, at) {
            (Some(own), Some(at)) => self.bearer(check, Some(own), None, commitment, at.period)?.line.or(Some(own)),
            (own, _) => own,
        };
        let (base, rate) = self.rate(check, line.net.currency, budget_line, day)?;
        let worth = base_cost(line.net, 0, 100.0, rate, base).ok_or_else(|| Problem::conflict("/net", "range", "The amount is too large to be booked."))?;
        let span = Span { starts_on: line.starts_on, ends_on: line.ends_on };
        let prepayment = Prepayment {
            name: line.name.clone(),
            vendor_id: self.posting.vendor,
            invoice_line_id: Some(line.invoice_line),
            budget_line_id: budget_line,
            cost_category_id: None,
            cost_center_id: line.cost_center.filter(|_| budget_line.is_none()),
            amount: Money::new(worth, base),
            starts_on: span.starts_on,
            ends_on: span.ends_on,
            method: ScheduleMethod::of(span),
            description: None,
            invoiced: Some(line.net),
            commitment_id: commitment,
            override_reason: budget_line.map_or(Ok(None), |line| funds::override_reason(check, line))?,
            reversed_at: None,
        };
        self.relief.add(commitment, line.net, 1);
        self.entries.push(Effect::create_in(self.placement(None), prepayment, "active"));
        Ok(())
    }

    fn placement(&self, unit: Option<Id>) -> Placement {
        Placement { unit_id: unit.or(Some(self.posting.unit)), owner_id: None }
    }

    /// The entry with its cost in the currency of its budget, or of the books.
    fn in_base(&self, check: &mut Check<'_>, entry: CostEntry, budget_line: Option<Id>, day: Date) -> Result<CostEntry> {
        let own = entry.net.currency;
        let (base, rate) = self.rate(check, own, budget_line, day)?;
        let tax = entry.tax.map_or(0, |tax| tax.minor);
        let cost = base_cost(entry.net, tax, entry.recoverable_percent.0, rate, base);
        let cost = cost.ok_or_else(|| Problem::conflict("/net", "range", "The amount is too large to be booked."))?;
        Ok(CostEntry { base_amount: Money::new(cost, base), exchange_rate: (own != base).then_some(Precise(rate)), ..entry })
    }

    /// The currency of the budget of a line, or of the books, and what another one is worth in it on a day: what is spent counts at the rate
    /// of the day, what is planned or promised at the budget rate.
    fn rate(&self, check: &mut Check<'_>, own: Currency, budget_line: Option<Id>, day: Date) -> Result<(Currency, Decimal)> {
        let base = match budget_line {
            Some(line) => currency_of(check, line)?,
            None => books::base_currency(check)?,
        };
        let base = base.unwrap_or(own);
        let rate = if own == base { Some(Decimal::ONE) } else { booking_rate(check.connection, own, base, day)? };
        let Some(rate) = rate else {
            let detail = format!("What {} is worth in {} on {day} is not recorded. Record the exchange rate first.", own.code(), base.code());
            return Err(Problem::conflict("/net", "exchange_rate", detail).into());
        };
        Ok((base, rate))
    }

    fn next_line(&mut self, check: &mut Check<'_>, source: CostSource, vendor: Option<Id>, document: &str) -> Result<i64> {
        let key = (source, vendor, document.to_owned());
        let last = match self.lines.get(&key) {
            Some(last) => *last,
            None => standing_entry::last_line(check, source, vendor, document)?,
        };
        self.lines.insert(key, last + 1);
        Ok(last + 1)
    }
}

/// The tax on an amount, in minor units: rounded once, half away from zero.
fn tax_on(net: Money, percent: f64) -> i64 {
    let percent: Decimal = percent.to_string().parse().unwrap_or_default();
    let exact = Decimal::from(net.minor).saturating_mul(percent) / Decimal::ONE_HUNDRED;
    i64::try_from(round_half_away(exact, 0).normalize().mantissa()).unwrap_or_default()
}

/// The prepayments in force of an invoice line that its approval has made: id, promise, invoiced amount.
fn prepaid_of(check: &mut Check<'_>, invoice_line: Id) -> Result<Vec<(Id, Option<Id>, Money)>> {
    let invoiced = (prepayments::invoiced_amount, prepayments::invoiced_currency);
    let rows: Vec<(Id, Option<Id>, Option<Money>)> = prepayments::table
        .filter(prepayments::invoice_line_id.eq(invoice_line).and(prepayments::state.eq_any(PREPAID)))
        .order(prepayments::id)
        .select((prepayments::id, prepayments::commitment_id, invoiced))
        .load(check.connection)?;
    Ok(rows.into_iter().filter_map(|(id, commitment, invoiced)| Some((id, commitment, invoiced?))).collect())
}

fn currency_of(check: &mut Check<'_>, line: Id) -> Result<Option<Currency>> {
    Ok(budget_lines::table.inner_join(budgets::table).filter(budget_lines::id.eq(line)).select(budgets::currency).first(check.connection).optional()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tax_is_rounded_once_away_from_zero() {
        let of = |minor: i64, percent: f64| tax_on(Money::new(minor, Currency::sample("EUR")), percent);
        // 0.50 · 21 % = 0.105; 333.33 · 7.7 % = 25.66641.
        assert_eq!([of(50, 21.0), of(-50, 21.0), of(33_333, 7.7), of(768_000, 21.0), of(100_000, 0.0)], [11, -11, 2_567, 161_280, 0]);
    }
}
