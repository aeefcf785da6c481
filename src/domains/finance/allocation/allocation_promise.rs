//! What an allocation promises of a budget: the hours of its days at the person's rate, period by period.

use crate::budget::regular_period::{of_years, year_of_line};
use rust_decimal::Decimal;
use steward_core::error::Result;
use steward_core::ports::books::WorkingWeek;
use steward_core::ports::ledger::{self, CommittedLine};
use steward_core::ports::{books, people};
use steward_core::resource::value::{Date, Money, Precise, PreciseMoney};
use steward_core::resource::{Check, Effect, Id};

/// An allocation that a budget line pays: the person, the hours and the days that its commitments follow from.
#[derive(Debug, Clone, Copy)]
pub struct Assigned {
    /// The person.
    pub person: Id,
    /// The budget line that pays.
    pub budget_line: Id,
    /// Hours a week, if it says so.
    pub weekly_hours: Option<f64>,
    /// Percent of the contracted week, if it says so.
    pub percent: Option<f64>,
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub ends_on: Date,
}

/// The commitments of an allocation that a budget line pays: of each period of its fiscal year that is not closed. Nothing where the person
/// has no rate or no contracted week: what it costs cannot be told.
pub fn commit(check: &mut Check<'_>, allocation: &Assigned) -> Result<Vec<Effect>> {
    let budget_line = allocation.budget_line;
    let week = people::weekly_hours(check, allocation.person)?;
    let weekly = allocation.weekly_hours.or_else(|| Some(week? * allocation.percent? / 100.0));
    let rate = ledger::labor_rate(check, allocation.person, allocation.starts_on)?;
    let (Some(weekly), Some(rate)) = (weekly, rate) else { return Ok(Vec::new()) };
    let working = books::working_week(check)?;
    let Some(year) = year_of_line(check, budget_line)? else { return Ok(Vec::new()) };
    let open = of_years(check, &[year])?.into_iter().filter(|period| !period.is_closed);
    let committed = open.filter_map(|period| {
        let hours = hours_within(&working, weekly, (allocation.starts_on.max(period.starts_on), allocation.ends_on.min(period.ends_on)));
        let amount = cost(hours, rate).filter(|amount| amount.minor > 0)?;
        Some(CommittedLine { source: check.id, budget_line, fiscal_period: period.id, amount })
    });
    let committed: Vec<CommittedLine> = committed.collect();
    ledger::commit(check, &committed)
}

/// The hours of a span: on each day weekly hours · working hours of the day ÷ working hours of the week.
fn hours_within(working: &WorkingWeek, weekly: f64, (first, last): (Date, Date)) -> f64 {
    let days = std::iter::successors(Some(first), |day| day.later(1)).take_while(|day| *day <= last);
    days.map(|day| weekly * working.share_of(day)).sum()
}

/// Hours · rate, rounded once.
fn cost(hours: f64, rate: PreciseMoney) -> Option<Money> {
    // To a millionth of an hour: sums of fractions of a week are not exact.
    let hours = Decimal::try_from(hours).ok()?.round_dp(6);
    rate.times(Precise(hours), 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_fall_on_working_days() {
        let day = |text: &str| Date::sample(text);
        let of = |weekly: f64, from: &str, to: &str| hours_within(&WorkingWeek::usual(), weekly, (day(from), day(to)));
        // 1 July 2026 is a Wednesday: three days of the first week, and four weeks and five days in all of July.
        assert_eq!((of(20.0, "2026-07-01", "2026-07-05"), of(40.0, "2026-07-01", "2026-07-31")), (12.0, 184.0));
        assert_eq!((of(40.0, "2026-07-04", "2026-07-05"), of(40.0, "2026-07-05", "2026-07-04")), (0.0, 0.0));
    }

    #[test]
    fn a_third_of_a_week_costs_its_rate_rounded_once() {
        let rate = PreciseMoney::sample("87.50", "EUR");
        assert_eq!(cost(40.0 / 3.0, rate).map(|money| money.amount()).as_deref(), Some("1166.67"));
    }
}
