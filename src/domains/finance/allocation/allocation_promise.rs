//! What an allocation promises of a budget: the hours of its days at the person's rate, period by period.

use crate::budget::funds;
use crate::budget::regular_period::{of_years, year_of_line};
use diesel::prelude::*;
use rust_decimal::Decimal;
use steward_core::error::Result;
use steward_core::ports::books::WorkingWeek;
use steward_core::ports::ledger::{self, CommittedLine, FundsEvent};
use steward_core::ports::{books, people};
use steward_core::resource::value::{Date, Money, Precise, PreciseMoney};
use steward_core::resource::{Check, Effect, Flag, Id, UnmetGuard, Watch};
use steward_schema::finance::{allocations, labor_rates};

/// An allocation that a budget line pays: the person, the hours and the days that its commitments follow from.
#[derive(Debug, Clone, Copy, Queryable)]
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

/// The commitments of an allocation that a budget line pays: of each period of its fiscal year that is not closed, at the rates of its days.
/// Nothing for days on which the person has no rate, or without a contracted week: what they cost cannot be told.
pub fn commit(check: &mut Check<'_>, allocation: &Assigned) -> Result<Vec<Effect>> {
    let mut committed = Vec::new();
    for part in parts(check, allocation)? {
        if let Some(amount) = part.rate.and_then(|rate| cost(part.hours, rate)).filter(|amount| amount.minor > 0) {
            committed.push(CommittedLine { source: check.id, budget_line: allocation.budget_line, fiscal_period: part.period, amount });
        }
    }
    ledger::commit(check, &committed)
}

/// Missing part of the price where the budget blocks what it has no funds for: without a price the control would see nothing.
pub fn unmet_of_rate(check: &mut Check<'_>, allocation: &Assigned) -> Result<Option<UnmetGuard>> {
    if !funds::blocks(check, allocation.budget_line, FundsEvent::Allocation)? {
        return Ok(None);
    }
    if allocation.weekly_hours.is_none() && people::weekly_hours(check, allocation.person)?.is_none() {
        let detail = "The person has no contracted week, so that a percentage of it has no cost, and the budget blocks what it cannot weigh. Say weekly_hours.";
        return Ok(Some(UnmetGuard::new("/weekly_hours", "required", detail)));
    }
    Ok(first_unpriced(check, allocation)?.map(|day| {
        let detail = format!("The person has no labour rate on {day}, and the budget blocks what it cannot weigh. Record the rate first.");
        UnmetGuard::new("/person_id", "labor_rate", detail)
    }))
}

/// A confirmed allocation that a budget pays has days without a labour rate, which commit nothing.
pub const LABOR_RATE: Flag = Flag {
    code: "labor_rate",
    about: "finance/allocations",
    watches: &[Watch::itself("finance/allocations"), Watch::beside("finance/labor-rates", "subject_id", ("finance/allocations", "person_id", "id"))],
    judge: unpriced,
    hold: None,
};

fn unpriced(check: &mut Check<'_>, allocation: Id) -> Result<Option<String>> {
    let columns = (
        allocations::person_id,
        allocations::budget_line_id.assume_not_null(),
        allocations::weekly_hours,
        allocations::percent,
        allocations::starts_on,
        allocations::ends_on,
    );
    let paid = allocations::id.eq(allocation).and(allocations::state.eq_any(["confirmed", "active"])).and(allocations::budget_line_id.is_not_null());
    let found: Option<Assigned> = allocations::table.filter(paid).select(columns).first(check.connection).optional()?;
    let Some(assigned) = found else { return Ok(None) };
    let missing = first_unpriced(check, &assigned)?;
    Ok(missing.map(|day| format!("The person has no labour rate on {day}: from then on the allocation commits nothing of its budget.")))
}

/// The first day of hours of an allocation for which the person has no rate.
fn first_unpriced(check: &mut Check<'_>, allocation: &Assigned) -> Result<Option<Date>> {
    Ok(parts(check, allocation)?.into_iter().find(|part| part.rate.is_none() && part.hours > 0.0).map(|part| part.first))
}

/// Hours of an allocation in a period at one rate.
struct Part {
    period: Id,
    first: Date,
    rate: Option<PreciseMoney>,
    hours: f64,
}

/// The hours of an allocation in the open periods of the year of its budget line, by rate; none without weekly hours or a contracted week.
fn parts(check: &mut Check<'_>, allocation: &Assigned) -> Result<Vec<Part>> {
    let week = people::weekly_hours(check, allocation.person)?;
    let weekly = allocation.weekly_hours.or_else(|| Some(week? * allocation.percent? / 100.0));
    let Some((weekly, year)) = weekly.zip(year_of_line(check, allocation.budget_line)?) else { return Ok(Vec::new()) };
    let working = books::working_week(check)?;
    let rates = rates_of(check, allocation.person)?;
    let mut parts = Vec::new();
    for period in of_years(check, &[year])?.into_iter().filter(|period| !period.is_closed) {
        let (first, last) = (allocation.starts_on.max(period.starts_on), allocation.ends_on.min(period.ends_on));
        for ((first, last), rate) in cut(&rates, (first, last)) {
            parts.push(Part { period: period.id, first, rate, hours: hours_within(&working, weekly, (first, last)) });
        }
    }
    Ok(parts)
}

/// A rate, with its first and its last day.
type Rate = (Date, Option<Date>, PreciseMoney);

/// The labour rates of a person, in order of their days.
fn rates_of(check: &mut Check<'_>, person: Id) -> Result<Vec<Rate>> {
    let rate = (labor_rates::hourly_rate_units, labor_rates::hourly_rate_pico, labor_rates::hourly_rate_currency);
    let own = labor_rates::table.filter(labor_rates::subject_id.eq(person)).order((labor_rates::starts_on, labor_rates::id));
    Ok(own.select((labor_rates::starts_on, labor_rates::ends_on, rate)).load(check.connection)?)
}

/// A span, cut where its rate changes; without a rate where there is none. Spans of rates do not overlap.
fn cut(rates: &[Rate], (first, last): (Date, Date)) -> Vec<((Date, Date), Option<PreciseMoney>)> {
    let (mut parts, mut next) = (Vec::new(), first);
    for (starts_on, ends_on, rate) in rates {
        let (from, to) = (next.max(*starts_on), ends_on.map_or(last, |ends_on| ends_on.min(last)));
        if from > to {
            continue;
        }
        if next < from {
            parts.push(((next, from.earlier(1)), None));
        }
        parts.push(((from, to), Some(*rate)));
        next = to.plus_days(1);
    }
    if next <= last {
        parts.push(((next, last), None));
    }
    parts
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
    fn a_span_is_cut_where_the_rate_changes() {
        let day = Date::sample;
        let of = |price: &str| PreciseMoney::sample(price, "EUR");
        let rates = [(day("2026-01-01"), Some(day("2026-06-30")), of("80")), (day("2026-07-10"), None, of("90"))];
        let parts = cut(&rates, (day("2026-06-01"), day("2026-08-31")));
        let whole: Vec<_> = parts.iter().map(|((first, last), rate)| (first.to_string(), last.to_string(), rate.map(|rate| rate.amount.0))).collect();
        let part = |first: &str, last: &str, rate: Option<i64>| (first.to_owned(), last.to_owned(), rate.map(Decimal::from));
        assert_eq!(whole, [part("2026-06-01", "2026-06-30", Some(80)), part("2026-07-01", "2026-07-09", None), part("2026-07-10", "2026-08-31", Some(90))]);
        assert_eq!(cut(&rates, (day("2026-03-02"), day("2026-03-01"))).len(), 0, "no day, no part");
        assert_eq!(cut(&[], (day("2026-03-01"), day("2026-03-02"))), [((day("2026-03-01"), day("2026-03-02")), None)]);
    }

    #[test]
    fn a_third_of_a_week_costs_its_rate_rounded_once() {
        let rate = PreciseMoney::sample("87.50", "EUR");
        assert_eq!(cost(40.0 / 3.0, rate).map(|money| money.amount()).as_deref(), Some("1166.67"));
    }
}
