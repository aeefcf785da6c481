//! What the lines of a next year follow from: contracts with indexation, positions, and what the year before cost. Pure functions.

use super::charge_day::charge_days;
use chrono::{Datelike, Days, Months, NaiveDate};
use rust_decimal::Decimal;
use steward_core::ports::contracts::{ChargedLine, Indexation};
use steward_core::ports::estate::LicenceNeed;
use steward_core::resource::value::Date;

/// The change of a price under an index that changes by so many percent: within cap and floor, and for the share that follows it.
pub fn passed_on(rule: &Indexation, index_percent: Decimal) -> Decimal {
    let bound = |percent: Option<f64>| percent.and_then(|percent| Decimal::try_from(percent).ok());
    let mut change = index_percent;
    if let Some(cap) = bound(rule.cap_percent) {
        change = change.min(cap);
    }
    if let Some(floor) = bound(rule.floor_percent) {
        change = change.max(floor);
    }
    let follows = Decimal::ONE_HUNDRED - Decimal::try_from(rule.fixed_share_percent).unwrap_or_default();
    change * follows / Decimal::ONE_HUNDRED
}

/// How often a line is charged in a span, both ends included.
pub fn charges(line: &ChargedLine, first: Date, last: Date) -> i64 {
    let last = line.ends_on.map_or(last, |end| end.min(last));
    charge_days(line.starts_on, line.interval_months, last).map(|day| i64::from(day >= first)).sum()
}

/// What a line of a contract costs in a span, in its own currency, with the change of its price in percent.
pub fn contract_cost(line: &ChargedLine, index_percent: Decimal, first: Date, last: Date) -> Option<(i64, Decimal, Decimal)> {
    let count = charges(line, first, last);
    let change = line.indexation.as_ref().map_or(Decimal::ZERO, |rule| passed_on(rule, index_percent));
    let factor = (Decimal::ONE_HUNDRED + change) / Decimal::ONE_HUNDRED;
    let amount = line.unit_price.amount.0.checked_mul(line.quantity.0)?.checked_mul(Decimal::from(count))?.checked_mul(factor)?;
    Some((count, change, amount))
}

/// How often a term begins anew in a span, both ends included: on the day after its last, and each time as long after that as it lasts. A term
/// without a first day lasts a year; without a last day it never begins anew.
pub fn renewals(starts_on: Option<Date>, ends_on: Option<Date>, first: Date, last: Date) -> i64 {
    let Some(next) = ends_on.and_then(|end| end.0.succ_opt()) else { return 0 };
    let months = starts_on.map_or(Some(12), |start| whole_months(start.0, next));
    let days = starts_on.map_or(0, |start| (next - start.0).num_days()).max(1);
    let after = |count: i64| match months {
        Some(months) => next.checked_add_months(Months::new(u32::try_from(count * months).ok()?)),
        None => next.checked_add_days(Days::new(u64::try_from(count * days).ok()?)),
    };
    (0..).map_while(after).take_while(|day| *day <= last.0).map(|day| i64::from(day >= first.0)).sum()
}

/// The number of months from one day to another, if they are whole ones; at least 1.
fn whole_months(from: NaiveDate, to: NaiveDate) -> Option<i64> {
    let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month()) - i64::from(from.month());
    let whole = from.checked_add_months(Months::new(u32::try_from(months).ok()?))? == to;
    (whole && months > 0).then_some(months)
}

/// How many of a licence are bought in a year in which its term begins anew so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LicenseUnits {
    /// At each renewal: all of them if it renews by itself, else those that are in use.
    pub renewed: i64,
    /// Beyond what it entitles to, at each renewal, or once where there is none.
    pub added: i64,
    /// How often those are bought.
    pub purchases: i64,
}

/// What is bought of a licence in a year in which its term begins anew so often.
pub fn license_units(need: &LicenceNeed, renewals: i64) -> LicenseUnits {
    let renewed = if need.auto_renew { need.entitled } else { need.entitled.min(need.in_use) };
    LicenseUnits { renewed, added: need.over_used, purchases: renewals.max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use steward_core::resource::Id;
    use steward_core::resource::value::{Precise, PreciseMoney};

    fn line(interval_months: Option<i64>, starts_on: &str, ends_on: Option<&str>) -> ChargedLine {
        ChargedLine {
            id: Id::new(),
            title: "Rack".into(),
            contract: Id::new(),
            vendor: Id::new(),
            budget_line: None,
            unit_price: PreciseMoney::sample("640", "EUR"),
            quantity: Precise::parse("12").unwrap(),
            interval_months,
            starts_on: Date::sample(starts_on),
            ends_on: ends_on.map(Date::sample),
            renews: ends_on.is_none(),
            indexation: Some(Indexation { cap_percent: Some(3.0), floor_percent: Some(0.0), fixed_share_percent: 20.0 }),
        }
    }

    #[test]
    fn a_contract_is_charged_as_often_as_its_days_fall_into_the_year() {
        let year = (Date::sample("2027-01-01"), Date::sample("2027-12-31"));
        let count = |line: ChargedLine| charges(&line, year.0, year.1);
        assert_eq!(count(line(Some(1), "2023-01-15", None)), 12);
        assert_eq!(count(line(Some(3), "2026-02-01", Some("2027-08-31"))), 3, "February, May and August");
        assert_eq!(count(line(Some(12), "2024-01-31", None)), 1);
        assert_eq!(count(line(Some(1), "2027-10-31", None)), 3, "the last of each month");
        assert_eq!((count(line(None, "2027-03-01", None)), count(line(None, "2026-03-01", None))), (1, 0));
    }

    #[test]
    fn a_price_follows_its_index_within_its_bounds() {
        let (first, last) = (Date::sample("2027-01-01"), Date::sample("2027-12-31"));
        // 5 % is capped at 3 %, of which four fifths follow: 2.4 %. 640 · 12 · 12 · 1.024.
        let told = contract_cost(&line(Some(1), "2023-01-01", None), Decimal::from(5), first, last).unwrap();
        assert_eq!((told.0, told.1.normalize(), told.2.normalize()), (12, "2.4".parse().unwrap(), "94371.84".parse().unwrap()));
        assert_eq!(contract_cost(&line(Some(1), "2023-01-01", None), Decimal::from(-2), first, last).unwrap().1, Decimal::ZERO, "prices do not fall");
    }

    #[test]
    fn a_term_begins_anew_on_the_day_after_its_last() {
        let count = |starts: Option<&str>, ends: Option<&str>| {
            renewals(starts.map(Date::sample), ends.map(Date::sample), Date::sample("2027-01-01"), Date::sample("2027-12-31"))
        };
        assert_eq!(count(Some("2026-01-01"), Some("2026-12-31")), 1, "a year, on 1 January");
        assert_eq!(count(Some("2024-07-01"), Some("2027-06-30")), 1, "three years, on 1 July");
        assert_eq!(count(Some("2027-01-01"), Some("2029-12-31")), 0, "three years, after the year");
        assert_eq!(count(Some("2026-12-01"), Some("2026-12-31")), 12, "a month");
        assert_eq!(count(Some("2026-12-02"), Some("2026-12-31")), 13, "thirty days, from 1 January: on the 1st, 31st and so on until 27 December");
        assert_eq!((count(None, Some("2026-08-31")), count(Some("2026-01-01"), None)), (1, 0));
    }

    #[test]
    fn a_licence_that_renews_by_itself_is_renewed_as_it_is_and_others_as_far_as_they_are_used() {
        let need = |auto_renew: bool, in_use: i64, over_used: i64| LicenceNeed {
            id: Id::new(),
            name: "Agent".into(),
            vendor: None,
            contract: None,
            order_line: None,
            entitled: 100,
            in_use,
            over_used,
            unit_cost: None,
            starts_on: None,
            ends_on: None,
            auto_renew,
        };
        let units = |need: &LicenceNeed, renewals: i64| {
            let units = license_units(need, renewals);
            (units.renewed * renewals, units.added * units.purchases)
        };
        assert_eq!((units(&need(true, 80, 0), 1), units(&need(false, 80, 0), 1)), ((100, 0), (80, 0)));
        assert_eq!((units(&need(false, 112, 12), 1), units(&need(false, 112, 12), 0)), ((100, 12), (0, 12)));
    }
}
