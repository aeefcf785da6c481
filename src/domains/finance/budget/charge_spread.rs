//! Charges of contracts over fiscal periods: what each period has to bear.

use super::charge_day::charge_days;
use super::regular_period::{RegularPeriod, of_years};
use diesel::prelude::*;
use std::collections::BTreeMap;
use steward_core::error::Result;
use steward_core::ports::ledger::{CommittedLine, RecurringLine};
use steward_core::resource::value::{Date, Money};
use steward_core::resource::{Check, Id};
use steward_schema::finance::{budget_lines, budgets};

/// A regular period that is not closed, and the budget line that pays in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bearer {
    budget_line: Id,
    period: RegularPeriod,
}

/// The commitments of recurring lines in each period that is not closed.
pub fn spread(check: &mut Check<'_>, lines: &[RecurringLine]) -> Result<Vec<CommittedLine>> {
    let mut committed = Vec::new();
    for line in lines {
        committed.extend(charged(line, &bearers(check, line)?));
    }
    Ok(committed)
}

/// The periods of the fiscal year of its budget line, and of each other year with an active budget that has a line for the contract.
fn bearers(check: &mut Check<'_>, line: &RecurringLine) -> Result<Vec<Bearer>> {
    let named = budgets::state.eq("active").and(budget_lines::contract_id.eq(line.contract));
    let found: Vec<(Id, Id)> = budget_lines::table
        .inner_join(budgets::table)
        .filter(named.or(budget_lines::id.eq(line.budget_line)))
        .order((budget_lines::id.ne(line.budget_line), budget_lines::id))
        .select((budgets::fiscal_year_id, budget_lines::id))
        .load(check.connection)?;
    let mut by_year: BTreeMap<Id, Id> = BTreeMap::new();
    for (year, budget_line) in found {
        by_year.entry(year).or_insert(budget_line);
    }
    let years: Vec<Id> = by_year.keys().copied().collect();
    let open = of_years(check, &years)?.into_iter().filter(|period| !period.is_closed);
    Ok(open.filter_map(|period| Some(Bearer { budget_line: *by_year.get(&period.fiscal_year)?, period })).collect())
}

/// The commitments of a line: in each period as often as it is charged in it.
fn charged(line: &RecurringLine, bearers: &[Bearer]) -> Vec<CommittedLine> {
    let Some(last) = bearers.iter().map(|bearer| bearer.period.ends_on).max() else { return Vec::new() };
    let last = line.ends_on.map_or(last, |end| end.min(last));
    let days = charge_days(line.starts_on, line.interval_months, last);
    let days: Vec<Date> = days.filter(|day| line.from.is_none_or(|from| *day >= from)).collect();
    let of_period = |bearer: &Bearer| {
        let count = days.iter().filter(|day| bearer.period.has(**day)).count();
        let minor = line.amount.minor.checked_mul(i64::try_from(count).ok()?).filter(|minor| *minor > 0)?;
        let amount = Money::new(minor, line.amount.currency);
        Some(CommittedLine { source: line.source, budget_line: bearer.budget_line, fiscal_period: bearer.period.id, amount })
    };
    bearers.iter().filter_map(of_period).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use steward_core::resource::value::Currency;

    fn year(number: i32) -> Vec<Bearer> {
        let (budget_line, fiscal_year) = (Id::new(), Id::new());
        let quarter = |(from, to): (&str, &str)| {
            let day = |text: &str| Date::sample(&format!("{number}-{text}"));
            let period = RegularPeriod { id: Id::new(), fiscal_year, starts_on: day(from), ends_on: day(to), is_closed: false };
            Bearer { budget_line, period }
        };
        [("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30"), ("10-01", "12-31")].map(quarter).into()
    }

    fn minor(interval: Option<i64>, starts_on: &str, ends_on: Option<&str>, from: Option<&str>, bearers: &[Bearer]) -> Vec<(usize, i64)> {
        let day = |text: &str| Date::sample(text);
        let line = RecurringLine {
            source: Id::new(),
            budget_line: Id::new(),
            contract: Id::new(),
            amount: Money::new(1_000, Currency::sample("EUR")),
            interval_months: interval,
            starts_on: day(starts_on),
            ends_on: ends_on.map(day),
            from: from.map(day),
        };
        let place = |period: Id| bearers.iter().position(|bearer| bearer.period.id == period).unwrap();
        charged(&line, bearers).iter().map(|committed| (place(committed.fiscal_period), committed.amount.minor)).collect()
    }

    #[test]
    fn a_contract_binds_each_period_as_often_as_it_is_charged_in_it() {
        let bearers = [year(2026), year(2027)].concat();
        // Monthly from the last of January 2026 to the end of April 2027: 3 + 3 + 3 + 3, 3 + 1 charges; 31 January is charged on 28 February.
        let monthly = minor(Some(1), "2026-01-31", Some("2027-04-30"), None, &bearers);
        assert_eq!(monthly, [(0, 3_000), (1, 3_000), (2, 3_000), (3, 3_000), (4, 3_000), (5, 1_000)]);
        assert_eq!(minor(Some(12), "2025-05-01", None, None, &bearers), [(1, 1_000), (5, 1_000)], "yearly, without end");
        assert_eq!(minor(None, "2026-08-15", None, None, &bearers), [(2, 1_000)], "once");
        assert_eq!(minor(Some(3), "2026-01-01", None, Some("2026-12-01"), &bearers), [(4, 1_000), (5, 1_000), (6, 1_000), (7, 1_000)], "from a day on");
        assert_eq!(minor(Some(1), "2026-01-01", None, None, &[]), []);
    }
}
