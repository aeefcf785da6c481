//! The further term of a contract that is renewed by agreement alone, once it is decided that it goes on.

use super::agreed::Term;
use super::notice::RenewalKind;
use diesel::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_core::error::Result;
use steward_core::ports::contracts::ChargedLine;
use steward_core::resource::value::{Date, Money, Precise, PreciseMoney};
use steward_core::resource::{Check, Id};
use steward_core::view::grouped;
use steward_schema::vendors::renewals;

/// A decision to go on.
#[derive(Debug, Clone, Copy)]
pub struct NextTerm {
    term_ends_on: Option<Date>,
    /// The price of the further term as a share of that of the term that ends; none if the two are not known.
    ratio: Option<Decimal>,
}

/// The decisions to go on, by contract, the latest first.
pub fn decided(check: &mut Check<'_>) -> Result<HashMap<Id, Vec<NextTerm>>> {
    type Row = (Id, Option<Date>, Option<Money>, Option<Money>);
    let offered = (renewals::offered_price_amount, renewals::offered_price_currency);
    let current = (renewals::current_price_amount, renewals::current_price_currency);
    let rows: Vec<Row> = renewals::table
        .filter(renewals::state.eq_any(["decided_renew", "decided_renegotiate"]))
        .order(renewals::id.desc())
        .select((renewals::contract_id, renewals::term_ends_on, offered, current))
        .load(check.connection)?;
    let next = |(contract, term_ends_on, offered, current): Row| (contract, NextTerm { term_ends_on, ratio: ratio(offered, current) });
    Ok(grouped(rows.into_iter().map(next)))
}

/// One price as a share of another in the same currency.
fn ratio(offered: Option<Money>, current: Option<Money>) -> Option<Decimal> {
    let (offered, current) = offered.zip(current)?;
    let comparable = offered.currency == current.currency && offered.minor >= 0 && current.minor > 0;
    Decimal::from(offered.minor).checked_div(Decimal::from(current.minor)).filter(|_| comparable)
}

/// The last day of a further term of so many months; none if its length is not agreed.
pub fn last_of(end: Date, months: Option<i64>) -> Option<Date> {
    // Counted from the first day, so that the end of a month stays one.
    let months = u32::try_from(months?).ok()?;
    end.later(1)?.months_later(months).map(|next| next.earlier(1))
}

impl NextTerm {
    /// True if a term that would end by itself goes on by this decision.
    pub fn follows(&self, term: &Term) -> bool {
        let ends = term.ends_on.filter(|_| term.renewal == RenewalKind::Express && term.exit_on.is_none());
        ends.is_some_and(|end| self.term_ends_on.is_none_or(|of| of == end))
    }

    /// A line that is charged beyond the end of the term, at the price of the further term from then on.
    pub fn lines(&self, line: ChargedLine, end: Date, until: Date) -> Vec<ChargedLine> {
        let price = self.ratio.and_then(|ratio| line.unit_price.amount.0.checked_mul(ratio));
        let begins = line.interval_months.and_then(|interval| first_after(line.starts_on, interval, end));
        let (Some(price), Some(begins)) = (price, begins) else { return vec![line] };
        let unit_price = PreciseMoney { amount: Precise(price.round_dp(12)), ..line.unit_price };
        let after = ChargedLine { starts_on: begins, unit_price, indexation: None, ..line.clone() };
        let before = ChargedLine { ends_on: Some(line.ends_on.map_or(end, |last| last.min(end))), renews: false, ..line };
        // A year that lies in the further term bears nothing of the one before.
        let is_over = end.months_later(12).is_some_and(|later| later <= until);
        if is_over { vec![after] } else { vec![before, after] }
    }
}

/// The first day after another on which something is charged every so many months.
fn first_after(starts_on: Date, interval: i64, end: Date) -> Option<Date> {
    let interval = u32::try_from(interval).ok().filter(|interval| *interval > 0)?;
    (0..).map_while(|count: u32| starts_on.months_later(count.checked_mul(interval)?)).find(|day| *day > end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use steward_core::resource::value::Currency;

    fn line() -> ChargedLine {
        ChargedLine {
            id: Id::new(),
            title: "Rack".into(),
            contract: Id::new(),
            vendor: Id::new(),
            budget_line: None,
            unit_price: PreciseMoney::sample("100", "EUR"),
            quantity: Precise(Decimal::ONE),
            interval_months: Some(1),
            starts_on: Date::sample("2025-01-31"),
            ends_on: Date::parse("2027-12-31"),
            renews: false,
            indexation: None,
        }
    }

    #[test]
    fn a_further_term_is_charged_at_its_own_price() {
        let euros = |minor: i64| Some(Money::new(minor, Currency::sample("EUR")));
        let next = NextTerm { term_ends_on: None, ratio: ratio(euros(110), euros(100)) };
        let end = Date::sample("2026-12-31");
        let told = |until: &str| {
            let lines = next.lines(line(), end, Date::sample(until));
            lines.into_iter().map(|line| (line.starts_on.to_string(), line.unit_price.amount.0.normalize().to_string())).collect::<Vec<_>>()
        };
        let pair = |day: &str, price: &str| (day.to_owned(), price.to_owned());
        assert_eq!(told("2027-12-31"), [pair("2027-01-31", "110")]);
        assert_eq!(told("2027-06-30"), [pair("2025-01-31", "100"), pair("2027-01-31", "110")]);
        let unknown = NextTerm { ratio: ratio(euros(110), None), ..next };
        assert_eq!(unknown.lines(line(), end, end).len(), 1);
        assert_eq!(last_of(end, Some(12)), Date::parse("2027-12-31"));
        assert_eq!(last_of(Date::sample("2027-02-28"), Some(12)), Date::parse("2028-02-29"));
    }
}
