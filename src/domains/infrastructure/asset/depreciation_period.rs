//! The periods of a depreciation schedule, and the depreciation in each.

use super::book_value::Valued;
use super::depreciation::Terms;
use chrono::{Datelike, Months, NaiveDate};
use steward_core::choice;
use steward_core::view::prelude::*;

choice! {
    /// Length of a period of a schedule.
    pub enum Interval {
        /// A calendar month.
        Month = "month",
        /// A calendar year.
        Year = "year",
    }
}

/// Depreciation of a period.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DepreciationPeriod {
    /// First day of the period.
    pub starts_on: Date,
    /// Last day of the period.
    pub ends_on: Date,
    /// Depreciation in the period, impairment losses included.
    pub depreciation: Money,
    /// Impairment losses in the period, a part of its depreciation.
    pub impairment: Money,
    /// Accumulated depreciation at its end, impairment losses included.
    pub accumulated_depreciation: Money,
    /// Book value at its end.
    pub book_value: Money,
}

/// The periods in which something is written off.
pub fn periods(valued: &Valued, terms: &Terms, interval: Interval, currency: Currency) -> Vec<DepreciationPeriod> {
    let of_life = terms.ends_on().or_else(|| terms.usage.last().map(|(read_on, _)| *read_on));
    let of_life = of_life.into_iter().chain(terms.impairments.last().map(|impairment| impairment.on)).max();
    let Some(until) = of_life.into_iter().chain(valued.leaves_on().map(|day| day.0)).min() else { return Vec::new() };
    let (mut periods, mut starts_on, mut before) = (Vec::new(), terms.starts_on, 0);
    while starts_on <= until {
        let Some(next) = next_period(starts_on, interval) else { break };
        let last = next.pred_opt().unwrap_or(next);
        let after = valued.written_off_by(terms, last);
        let money = |minor: i64| Money::new(minor, currency);
        if after > before {
            periods.push(DepreciationPeriod {
                starts_on: Date(starts_on),
                ends_on: Date(last),
                depreciation: money(after - before),
                impairment: money(valued.impaired_within(Date(starts_on), Date(last))),
                accumulated_depreciation: money(after),
                book_value: money(terms.cost.saturating_sub(after)),
            });
        }
        (before, starts_on) = (after, next);
    }
    periods
}

/// The first day of the next month or year.
fn next_period(day: NaiveDate, interval: Interval) -> Option<NaiveDate> {
    match interval {
        Interval::Month => day.with_day(1)?.checked_add_months(Months::new(1)),
        Interval::Year => NaiveDate::from_ymd_opt(day.year() + 1, 1, 1),
    }
    .filter(|next| Date::within(*next).is_some())
}
