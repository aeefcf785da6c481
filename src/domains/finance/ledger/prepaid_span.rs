//! The months on which a prepayment falls.

use crate::budget::{distribution::split, period_cover::Span};
use chrono::{Datelike, Months};
use steward_core::choice;
use steward_core::resource::value::Date;

choice! {
    /// Distribution of an amount over the months of a period.
    pub enum ScheduleMethod {
        /// Equal amounts in all calendar months concerned.
        Equal = "equal",
        /// In proportion to the days in each calendar month.
        ByDays = "by_days",
    }
}

impl ScheduleMethod {
    /// The method of a span that none was chosen for: the same on each month where it is of whole months, else by days.
    pub fn of(span: Span) -> ScheduleMethod {
        let is_whole = span.starts_on.0.day() == 1 && span.ends_on.0.succ_opt().is_none_or(|next| next.day() == 1);
        if is_whole { ScheduleMethod::Equal } else { ScheduleMethod::ByDays }
    }
}

/// Each month that a span touches, cut to it, and how much of an amount falls on it, in minor units.
pub fn months(span: Span, method: ScheduleMethod, minor: i64) -> Vec<(Span, i64)> {
    let months = months_of(span);
    let parts = split(minor, &weights(&months, method));
    months.into_iter().zip(parts).collect()
}

/// The calendar months that a span touches, each cut to the span.
fn months_of(span: Span) -> Vec<Span> {
    let mut months = Vec::new();
    let mut starts_on = span.starts_on;
    while starts_on <= span.ends_on {
        let next = starts_on.0.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))).filter(|next| Date::within(*next).is_some());
        let last = next.and_then(|next| next.pred_opt()).map_or(span.ends_on, Date);
        months.push(Span { starts_on, ends_on: last.min(span.ends_on) });
        match next {
            Some(next) => starts_on = Date(next),
            None => break,
        }
    }
    months
}

fn weights(months: &[Span], method: ScheduleMethod) -> Vec<i64> {
    let days = |span: &Span| (span.ends_on.0 - span.starts_on.0).num_days() + 1;
    months.iter().map(|span| if method == ScheduleMethod::Equal { 1 } else { days(span) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(starts_on: &str, ends_on: &str) -> Span {
        Span { starts_on: Date::sample(starts_on), ends_on: Date::sample(ends_on) }
    }

    #[test]
    fn a_span_is_cut_at_the_months() {
        let months = months_of(span("2026-01-16", "2026-03-10"));
        assert_eq!(months, [span("2026-01-16", "2026-01-31"), span("2026-02-01", "2026-02-28"), span("2026-03-01", "2026-03-10")]);
        assert_eq!(months_of(span("2200-12-30", "2200-12-31")), [span("2200-12-30", "2200-12-31")]);
    }

    #[test]
    fn whole_months_bear_the_same_and_others_by_their_days() {
        let of = |starts_on: &str, ends_on: &str| ScheduleMethod::of(span(starts_on, ends_on));
        assert_eq!(of("2026-06-01", "2027-05-31"), ScheduleMethod::Equal);
        assert_eq!([of("2026-06-02", "2027-05-31"), of("2026-06-01", "2027-05-30")], [ScheduleMethod::ByDays; 2]);
    }

    #[test]
    fn a_year_of_insurance_expires_by_fifty_a_month() {
        // Weygandt, Kimmel, Kieso, Accounting Principles, chapter 3, Pioneer Advertising: 600 for a year from 1 October on are 50 a month.
        let told = months(span("2026-10-01", "2027-09-30"), ScheduleMethod::Equal, 60_000);
        assert_eq!(told.iter().map(|(_, minor)| *minor).collect::<Vec<_>>(), [5_000; 12]);
    }

    #[test]
    fn a_prepayment_falls_on_its_months_to_the_cent() {
        let months = months_of(span("2026-01-16", "2026-03-10"));
        // 16, 28 and 10 of 54 days; 54.00 is 16.00, 28.00 and 10.00.
        assert_eq!(split(5_400, &weights(&months, ScheduleMethod::ByDays)), [1_600, 2_800, 1_000]);
        assert_eq!(split(100, &weights(&months, ScheduleMethod::Equal)), [34, 33, 33]);
    }
}
