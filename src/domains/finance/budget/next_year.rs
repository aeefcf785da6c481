//! What the lines of a next year follow from: contracts with indexation, positions, and what the year before cost. Pure functions.

use super::charge_day::charge_days;
use crate::ports::contracts::{ChargedLine, Indexation};
use crate::resource::value::Date;
use rust_decimal::Decimal;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Id;
    use crate::resource::value::{Precise, PreciseMoney};

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
}
