//! What vendors would owe for a loss, by their targets of availability.

use super::sla_target::{CreditTier, Direction, SlaMetric, SlaWindow};
use crate::contract::agreed::applied;
use crate::contract::contract_line::ChargeKind;
use diesel::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_core::error::Result;
use steward_core::ports::service_level::{self, OwedCredit};
use steward_core::resource::value::{Date, Money, Precise, PreciseMoney, Title};
use steward_core::resource::{Check, Id};
use steward_core::view::grouped;
use steward_schema::vendors::{contract_lines, contracts, sla_targets};

/// Service levels, as this domain keeps them.
pub struct ServiceLevels;

/// Of a target: its id, name, contract, the vendor of that, the service that stands on it.
type Named = (Id, Title, Id, Id, Option<Id>);
/// Of a target: what is promised, over which window, what is owed, the most that is.
type Promised = (f64, SlaWindow, Vec<CreditTier>, Option<f64>);

impl service_level::ServiceLevels for ServiceLevels {
    fn owed(&self, check: &mut Check<'_>, services: &[Id], contracts: &[Id], seconds: f64) -> Result<Vec<OwedCredit>> {
        let today = check.today;
        let in_force = sla_targets::starts_on.le(today).and(sla_targets::ends_on.is_null().or(sla_targets::ends_on.ge(today)));
        let rows: Vec<(Named, Promised)> = sla_targets::table
            .inner_join(contracts::table)
            .filter(contracts::state.eq_any(["active", "suspended"]))
            .filter(sla_targets::metric.eq(SlaMetric::Availability).and(sla_targets::direction.eq(Direction::AtLeast)))
            .filter(in_force)
            .filter(sla_targets::amendment_id.is_null().or(sla_targets::amendment_id.eq_any(applied())))
            .order(sla_targets::id)
            .select((
                (sla_targets::id, sla_targets::name, sla_targets::contract_id, contracts::vendor_id, sla_targets::service_id),
                (sla_targets::target, sla_targets::measurement_window, sla_targets::credit_tiers, sla_targets::credit_cap_percent),
            ))
            .load(check.connection)?;
        let concerned = |(_, _, contract, _, service): &Named| contracts.contains(contract) || service.is_some_and(|service| services.contains(&service));
        let rows: Vec<(Named, Promised)> = rows.into_iter().filter(|(named, _)| concerned(named)).collect();
        let fees = yearly_fees(check, rows.iter().map(|(named, _)| named.2).collect(), today)?;
        Ok(rows.into_iter().filter_map(|(named, promised)| owed(named, promised, &fees, today, seconds)).collect())
    }
}

/// What is owed by a target; none if nothing is.
fn owed(named: Named, promised: Promised, fees: &HashMap<Id, PreciseMoney>, today: Date, seconds: f64) -> Option<OwedCredit> {
    let ((target, name, contract, vendor, service), (target_percent, window, tiers, cap)) = (named, promised);
    let (first, last) = window.around(today)?;
    let whole = ((last.0 - first.0).num_days() + 1) as f64 * 86_400.0;
    let attained_percent = 100.0 * (1.0 - seconds.clamp(0.0, whole) / whole);
    let credit_percent = credit_of(&tiers, cap, Direction::AtLeast, attained_percent);
    if credit_percent <= 0.0 {
        return None;
    }
    let fee = fees.get(&contract).and_then(|year| share(*year, share_of_year(window)));
    let amount = fee.and_then(|fee| percent_of(fee, credit_percent));
    Some(OwedCredit { target, name, contract, vendor, service, window: (first, last), target_percent, attained_percent, credit_percent, fee, amount })
}

/// The credit that is owed for a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowCredit {
    /// The share of the fee that is owed, in percent.
    pub percent: f64,
    /// The amount; none if the fee is not known.
    pub amount: Option<Money>,
}

/// The credit that a target owes for a measured value, by the fee on a day of the window; none if there is no such target.
pub fn of_window(check: &mut Check<'_>, target: Id, day: Date, measured: f64) -> Result<Option<WindowCredit>> {
    type Row = (Id, SlaWindow, Direction, Vec<CreditTier>, Option<f64>);
    let columns =
        (sla_targets::contract_id, sla_targets::measurement_window, sla_targets::direction, sla_targets::credit_tiers, sla_targets::credit_cap_percent);
    let found: Option<Row> = sla_targets::table.find(target).select(columns).first(check.connection).optional()?;
    let Some((contract, window, direction, tiers, cap)) = found else { return Ok(None) };
    let percent = credit_of(&tiers, cap, direction, measured);
    let fees = yearly_fees(check, vec![contract], day)?;
    let fee = fees.get(&contract).and_then(|year| share(*year, share_of_year(window)));
    Ok(Some(WindowCredit { percent, amount: fee.and_then(|fee| percent_of(fee, percent)) }))
}

/// The share of the fee that is owed, in percent: that of the worst tier that applies, at most the cap.
fn credit_of(tiers: &[CreditTier], cap: Option<f64>, direction: Direction, measured: f64) -> f64 {
    let applies = |tier: &&CreditTier| match direction {
        Direction::AtLeast => measured < tier.beyond.0,
        Direction::AtMost => measured > tier.beyond.0,
    };
    let owed = tiers.iter().filter(applies).map(|tier| tier.credit_percent.0).fold(0.0, f64::max);
    owed.min(cap.unwrap_or(100.0))
}

/// So many percent of a fee.
fn percent_of(fee: Money, percent: f64) -> Option<Money> {
    let price = PreciseMoney { amount: Precise(Decimal::new(fee.minor, fee.currency.scale())), currency: fee.currency };
    share(price, (Decimal::try_from(percent).ok()?, Decimal::ONE_HUNDRED))
}

/// The share that a window is of a year: months are twelfths, days 365ths.
fn share_of_year(window: SlaWindow) -> (Decimal, Decimal) {
    let (part, whole) = match window {
        SlaWindow::Day => (1, 365),
        SlaWindow::Week => (7, 365),
        SlaWindow::Month => (1, 12),
        SlaWindow::Quarter => (1, 4),
        SlaWindow::Year => (1, 1),
    };
    (Decimal::from(part), Decimal::from(whole))
}

/// So many of so many parts of an amount, rounded once.
fn share(amount: PreciseMoney, (part, whole): (Decimal, Decimal)) -> Option<Money> {
    let value = amount.amount.0.checked_mul(part)?.checked_div(whole)?;
    PreciseMoney { amount: Precise(value), currency: amount.currency }.rounded()
}

/// Of a line of a contract: the contract, every how many months it is charged, how much, and the price of one.
type Line = (Id, Option<i64>, Option<Precise>, PreciseMoney);

/// What some contracts cost in a year by their recurring lines that are charged on a day; none where no line tells.
fn yearly_fees(check: &mut Check<'_>, contracts: Vec<Id>, day: Date) -> Result<HashMap<Id, PreciseMoney>> {
    let begun = contract_lines::starts_on.is_null().or(contract_lines::starts_on.le(day));
    let lasts = contract_lines::ends_on.is_null().or(contract_lines::ends_on.ge(day));
    let rows: Vec<Line> = contract_lines::table
        .filter(contract_lines::contract_id.eq_any(contracts))
        .filter(contract_lines::charge.eq(ChargeKind::Recurring))
        .filter(contract_lines::amendment_id.is_null().or(contract_lines::amendment_id.eq_any(applied())))
        .filter(begun)
        .filter(lasts)
        .order(contract_lines::id)
        .select((
            contract_lines::contract_id,
            contract_lines::interval_months,
            (contract_lines::quantity_units, contract_lines::quantity_pico),
            (contract_lines::unit_price_units, contract_lines::unit_price_pico, contract_lines::unit_price_currency),
        ))
        .load(check.connection)?;
    let lines = grouped(rows.into_iter().map(|(contract, interval, quantity, price)| (contract, (interval, quantity, price))));
    Ok(lines.into_iter().filter_map(|(contract, lines)| Some((contract, yearly_fee(&lines)?))).collect())
}

/// Σ quantity · price · 12 ÷ interval; none if nothing is known, or in several currencies.
fn yearly_fee(lines: &[(Option<i64>, Option<Precise>, PreciseMoney)]) -> Option<PreciseMoney> {
    let (_, _, first) = lines.first()?;
    let mut sum = Decimal::ZERO;
    for (interval, quantity, price) in lines {
        let times = Decimal::from(12) / Decimal::from(interval.unwrap_or(1).max(1));
        let of_line = quantity.as_ref()?.0.checked_mul(price.amount.0)?.checked_mul(times)?;
        sum = sum.checked_add(of_line).filter(|_| price.currency == first.currency)?;
    }
    Some(PreciseMoney { amount: Precise(sum), currency: first.currency })
}

#[cfg(test)]
mod tests {
    use super::*;
    use steward_core::resource::value::{Currency, Number};

    fn tier(beyond: f64, percent: f64) -> CreditTier {
        CreditTier { beyond: Number(beyond), credit_percent: Number(percent) }
    }

    #[test]
    fn the_worst_tier_that_applies_is_owed_up_to_the_cap() {
        // The tiers of Amazon's Compute Service Level Agreement: below 99.99 a tenth, below 99.0 three tenths, below 95.0 all.
        let tiers = [tier(99.99, 10.0), tier(99.0, 30.0), tier(95.0, 100.0)];
        let owed: Vec<f64> = [99.99, 99.98, 99.0, 98.9, 94.0].into_iter().map(|attained| credit_of(&tiers, None, Direction::AtLeast, attained)).collect();
        assert_eq!(owed, [0.0, 10.0, 10.0, 30.0, 100.0]);
        assert!((credit_of(&tiers, Some(50.0), Direction::AtLeast, 94.0) - 50.0).abs() < f64::EPSILON);
        // Minutes to a response: beyond an hour a twentieth.
        let slow: Vec<f64> = [60.0, 61.0].into_iter().map(|minutes| credit_of(&[tier(60.0, 5.0)], None, Direction::AtMost, minutes)).collect();
        assert_eq!(slow, [0.0, 5.0]);
    }

    #[test]
    fn a_fee_is_that_of_the_lines_by_their_intervals() {
        let line = |interval, quantity: &str, price: &str| (Some(interval), Precise::parse(quantity), PreciseMoney::sample(price, "EUR"));
        // 12 racks at 640 a month and a licence of 1,200 a year: 92,160 + 1,200 in a year, 7,780 in a month.
        let year = yearly_fee(&[line(1, "12", "640.00"), line(12, "1", "1200")]).unwrap();
        assert_eq!(share(year, share_of_year(SlaWindow::Year)), Some(Money::new(9_336_000, Currency::sample("EUR"))));
        assert_eq!(share(year, share_of_year(SlaWindow::Month)), Some(Money::new(778_000, Currency::sample("EUR"))));
        assert_eq!(yearly_fee(&[(Some(1), None, PreciseMoney::sample("1", "EUR"))]), None, "as needed");
    }
}
