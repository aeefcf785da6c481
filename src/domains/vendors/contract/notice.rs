//! Notice: until when a contract can be ended, and to which day. Pure calculations on days of the calendar.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use diesel::prelude::{Queryable, Selectable};
use steward_core::choice;
use steward_core::database::Dialect;
use steward_core::resource::value::{Date, Whole};
use steward_schema::vendors::contracts;

choice! {
    /// Unit of a notice period.
    pub enum NoticeUnit {
        /// Calendar days.
        Days = "days",
        /// Calendar months.
        Months = "months",
    }
}

choice! {
    /// Days to which a contract can be ended.
    pub enum NoticeTo {
        /// End of its term.
        EndOfTerm = "end_of_term",
        /// End of a month.
        MonthEnd = "month_end",
        /// End of a quarter of the calendar year.
        QuarterEnd = "quarter_end",
        /// Any day.
        AnyTime = "any_time",
    }
}

choice! {
    /// Renewal at the end of the term.
    pub enum RenewalKind {
        /// No renewal: the contract ends.
        None = "none",
        /// Automatic renewal for another term unless a party gives notice.
        Tacit = "tacit",
        /// Renewal only by agreement of the parties.
        Express = "express",
    }
}

steward_core::value! {
    /// Notice period before the end.
    pub struct NoticePeriod {
        /// Number of days or months; 0 for no period.
        pub value: Whole<0, 3650>,
        /// Unit: calendar days or months.
        pub unit: NoticeUnit,
    }
}

/// Terms of a contract that decide when it can end.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = contracts, check_for_backend(Dialect))]
pub struct Terms {
    /// Its first day.
    pub starts_on: Date,
    /// The last day of its first term; none if it is evergreen.
    pub ends_on: Option<Date>,
    /// The last day before which it cannot be ended.
    pub minimum_ends_on: Option<Date>,
    /// What happens at the end of the term.
    pub renewal: RenewalKind,
    /// How many months a further term lasts.
    pub renewal_months: Option<i64>,
    /// How long before the end notice must be given; none if it is not known.
    #[diesel(column_name = notice_period)]
    pub notice: Option<NoticePeriod>,
    /// To which days it can be ended.
    pub notice_to: NoticeTo,
}

/// A day to which a contract can be ended, and the last working day for the notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// The last day of the contract.
    pub ends_on: Date,
    /// The last working day on which notice counts.
    pub notice_on: Date,
    /// The last day on which it counts, be that a working day or not.
    pub last_on: Date,
}

impl Exit {
    /// The end of a contract on a day, with the days by which notice must be given.
    fn to(ends_on: Date, period: &NoticePeriod) -> Option<Exit> {
        let last_on = last_day(ends_on, period)?;
        Some(Exit { ends_on, notice_on: working_day(last_on)?, last_on })
    }

    /// The same if notice is given on a day, which may be a Saturday or Sunday.
    fn given(self, on: Date) -> Exit {
        Exit { notice_on: self.notice_on.max(on), ..self }
    }
}

/// How many ends are tried at most in the search for one that can still be reached.
const TRIES: u32 = 1_000;

/// The last day on which notice to `end` is in time: the latest day that, with the period added, is not after `end`. Months are
/// those of the calendar, and a day that a month does not have is its last one (as in BGB § 187, § 188).
pub fn last_day(end: Date, period: &NoticePeriod) -> Option<Date> {
    let value = u32::try_from(period.value.0).ok()?;
    match period.unit {
        NoticeUnit::Days => end.0.checked_sub_days(Days::new(value.into())).and_then(Date::within),
        NoticeUnit::Months => {
            let day = end.0.checked_sub_months(Months::new(value))?;
            if is_month_end(end.0) { month_end(day).and_then(Date::within) } else { Date::within(day) }
        }
    }
}

/// The same day if it is one from Monday to Friday, else the Friday before.
pub fn working_day(day: Date) -> Option<Date> {
    let back = match day.0.weekday() {
        Weekday::Sat => 1,
        Weekday::Sun => 2,
        _ => 0,
    };
    day.0.checked_sub_days(Days::new(back)).and_then(Date::within)
}

/// The earliest day to which notice given on a day can end a contract, if it can be ended to any day.
fn after_notice(given: Date, period: &NoticePeriod) -> Option<Date> {
    let value = u32::try_from(period.value.0).ok()?;
    match period.unit {
        NoticeUnit::Days => given.later(value),
        NoticeUnit::Months => given.months_later(value),
    }
}

fn month_end(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}

fn is_month_end(day: NaiveDate) -> bool {
    month_end(day) == Some(day)
}

/// So many months later; the end of a month stays the end of a month.
fn months_later(day: Date, months: u32) -> Option<Date> {
    let later = day.0.checked_add_months(Months::new(months))?;
    if is_month_end(day.0) { month_end(later).and_then(Date::within) } else { Date::within(later) }
}

/// The last day of the month or quarter that a day is in.
fn period_end(day: Date, quarters: bool) -> Option<Date> {
    let ahead = if quarters { 2 - day.0.month0() % 3 } else { 0 };
    month_end(day.0.with_day(1)?.checked_add_months(Months::new(ahead))?).and_then(Date::within)
}

impl Terms {
    /// The end of the term that runs on a day: a tacit renewal adds terms to the first one. None if it is evergreen or has ended.
    pub fn term_end(&self, on: Date) -> Option<Date> {
        let first = self.ends_on?;
        if first >= on {
            return Some(first);
        }
        let step = self.step()?;
        let passed = (on.0.year() - first.0.year()) * 12 + on.0.month0() as i32 - first.0.month0() as i32;
        let terms = u32::try_from(passed).ok()? / step;
        (terms..=terms.checked_add(1)?).filter_map(|count| months_later(first, count.checked_mul(step)?)).find(|end| *end >= on)
    }

    /// The end of the term after the one that ends on a day; none unless it is renewed tacitly.
    fn next_term_end(&self, end: Date) -> Option<Date> {
        let step = self.step()?;
        let first = self.ends_on?;
        // Counted from the first end, so that the 31st comes back after a shorter month.
        let passed = (end.0.year() - first.0.year()) * 12 + end.0.month0() as i32 - first.0.month0() as i32;
        months_later(first, u32::try_from(passed).ok()?.checked_add(step)?)
    }

    fn step(&self) -> Option<u32> {
        let months = self.renewal_months.filter(|_| self.renewal == RenewalKind::Tacit)?;
        u32::try_from(months).ok().filter(|months| *months > 0)
    }

    /// The deadline that counts on a day: for the end of the running term, which may have passed, or, where there is no term, for
    /// the first end that can still be reached. None where notice is possible on any day, or too little is known.
    pub fn notice_deadline(&self, on: Date) -> Option<Exit> {
        let period = self.notice.as_ref()?;
        match self.term_end(on) {
            Some(ends_on) => Exit::to(ends_on, period),
            None if self.ends_on.is_none() && self.notice_to != NoticeTo::AnyTime => self.earliest_exit(on),
            None => None,
        }
    }

    /// The first end that can be reached by notice given on a day or later, or, without notice, by waiting.
    pub fn earliest_exit(&self, on: Date) -> Option<Exit> {
        let Some(period) = &self.notice else { return None };
        let bound = [Some(on), Some(self.starts_on), self.minimum_ends_on].into_iter().flatten().max()?;
        let own_end = self.term_end(on);
        let found = match self.notice_to {
            NoticeTo::EndOfTerm => self.term_exit(on, bound, period),
            NoticeTo::AnyTime => {
                let ends_on = after_notice(on, period)?.max(bound);
                Exit::to(ends_on, period).map(|exit| Exit { last_on: exit.last_on.max(on), ..exit.given(on) })
            }
            NoticeTo::MonthEnd | NoticeTo::QuarterEnd => {
                let quarters = self.notice_to == NoticeTo::QuarterEnd;
                let start = after_notice(on, period).map_or(bound, |end| end.max(bound));
                let first = period_end(start, quarters)?;
                (0..TRIES)
                    .filter_map(|count| months_later(first, count * if quarters { 3 } else { 1 }))
                    .filter_map(|ends_on| Exit::to(ends_on, period))
                    .find(|exit| exit.last_on >= on)
                    .map(|exit| exit.given(on))
            }
        };
        // What ends by itself ends no later than that.
        let by_itself = own_end.filter(|_| self.renewal != RenewalKind::Tacit).map(|ends_on| Exit { ends_on, notice_on: on, last_on: on });
        match (found, by_itself) {
            (Some(found), Some(itself)) if itself.ends_on < found.ends_on => Some(itself),
            (None, itself) => itself,
            (found, _) => found,
        }
    }

    /// The first end of a term that notice can still reach.
    fn term_exit(&self, on: Date, bound: Date, period: &NoticePeriod) -> Option<Exit> {
        let mut end = self.term_end(on)?;
        for _ in 0..TRIES {
            let exit = Exit::to(end, period)?;
            if exit.last_on >= on && end >= bound {
                return Some(exit.given(on));
            }
            end = self.next_term_end(end)?;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn months(value: i64) -> NoticePeriod {
        NoticePeriod { value: Whole(value), unit: NoticeUnit::Months }
    }

    fn days(value: i64) -> NoticePeriod {
        NoticePeriod { value: Whole(value), unit: NoticeUnit::Days }
    }

    fn terms(ends_on: Option<&str>, notice: NoticePeriod, notice_to: NoticeTo) -> Terms {
        let renewal = if ends_on.is_some() { RenewalKind::Tacit } else { RenewalKind::None };
        Terms {
            starts_on: day("2024-01-01"),
            ends_on: ends_on.map(day),
            minimum_ends_on: None,
            renewal,
            renewal_months: ends_on.map(|_| 12),
            notice: Some(notice),
            notice_to,
        }
    }

    /// The end of a contract and the last working day for notice to it.
    fn exit(ends_on: &str, notice_on: &str) -> Option<(Date, Date)> {
        Some((day(ends_on), day(notice_on)))
    }

    fn days_of(exit: Option<Exit>) -> Option<(Date, Date)> {
        exit.map(|exit| (exit.ends_on, exit.notice_on))
    }

    /// Worked by hand after BGB § 187 (1) and § 188 (2), (3): the day of the notice does not count, and the period ends with the
    /// day of the same number, or with the last day of a month that has none.
    #[test]
    fn the_last_day_for_notice_is_the_latest_from_which_the_period_fits() {
        let cases = [
            ("2026-12-31", months(3), "2026-09-30"),
            ("2026-06-30", months(3), "2026-03-31"),
            ("2026-06-15", months(3), "2026-03-15"),
            ("2026-08-31", months(6), "2026-02-28"),
            ("2028-08-31", months(6), "2028-02-29"),
            ("2026-03-30", months(1), "2026-02-28"),
            ("2027-02-28", months(3), "2026-11-30"),
            ("2026-12-31", days(30), "2026-12-01"),
            ("2026-12-31", days(0), "2026-12-31"),
        ];
        for (end, period, last) in cases {
            assert_eq!(last_day(day(end), &period), Some(day(last)), "{end} {period:?}");
            let next = Date(day(last).0.succ_opt().unwrap());
            assert!(after_notice(day(last), &period).unwrap() <= day(end) && after_notice(next, &period).unwrap() > day(end), "{end} {period:?}");
        }
    }

    #[test]
    fn a_deadline_on_a_weekend_moves_back_to_friday() {
        assert_eq!(working_day(day("2026-05-31")), Some(day("2026-05-29")));
        assert_eq!(working_day(day("2026-05-30")), Some(day("2026-05-29")));
        assert_eq!(working_day(day("2026-06-01")), Some(day("2026-06-01")));
        let notice_on = |period: NoticePeriod| Exit::to(day("2026-08-31"), &period).map(|exit| exit.notice_on);
        assert_eq!(notice_on(months(6)), Some(day("2026-02-27")), "28 February 2026 is a Saturday");
        assert_eq!(notice_on(months(3)), Some(day("2026-05-29")), "31 May 2026 is a Sunday");
    }

    #[test]
    fn an_evergreen_contract_ends_at_the_first_month_or_quarter_end_that_notice_reaches() {
        let quarter = terms(None, months(3), NoticeTo::QuarterEnd);
        // 30 June less three months is Tuesday 31 March; a day later it is 30 September, with notice by 30 June.
        assert_eq!(days_of(quarter.earliest_exit(day("2026-03-31"))), exit("2026-06-30", "2026-03-31"));
        assert_eq!(days_of(quarter.earliest_exit(day("2026-04-01"))), exit("2026-09-30", "2026-06-30"));
        assert_eq!(days_of(quarter.notice_deadline(day("2026-04-01"))), exit("2026-09-30", "2026-06-30"));
        let month = terms(None, days(30), NoticeTo::MonthEnd);
        // 31 March less 30 days is Sunday 1 March, so best Friday 27 February, yet Saturday is in time; after that it is 30 April less 30 days.
        assert_eq!(days_of(month.earliest_exit(day("2026-02-27"))), exit("2026-03-31", "2026-02-27"));
        assert_eq!(days_of(month.earliest_exit(day("2026-02-28"))), exit("2026-03-31", "2026-02-28"));
        assert_eq!(days_of(month.earliest_exit(day("2026-03-02"))), exit("2026-04-30", "2026-03-31"));
    }

    #[test]
    fn notice_given_on_a_weekend_counts_on_that_day() {
        let month = terms(None, months(1), NoticeTo::MonthEnd);
        // BGB §§ 187, 188: notice of Saturday 31 January, a month later is 28 February; § 193 moves no day on which notice is given.
        assert_eq!(days_of(month.earliest_exit(day("2026-01-31"))), exit("2026-02-28", "2026-01-31"));
        assert_eq!(days_of(month.earliest_exit(day("2026-02-01"))), exit("2026-03-31", "2026-02-27"));
        let yearly = terms(Some("2026-08-31"), months(3), NoticeTo::EndOfTerm);
        assert_eq!(days_of(yearly.earliest_exit(day("2026-05-31"))), exit("2026-08-31", "2026-05-31"), "a Sunday");
        assert_eq!(days_of(yearly.earliest_exit(day("2026-06-01"))), exit("2027-08-31", "2027-05-31"));
    }

    #[test]
    fn nothing_renews_beyond_the_last_day_of_the_calendar() {
        let last = terms(Some("2200-12-31"), months(3), NoticeTo::EndOfTerm);
        assert_eq!((last.term_end(day("2200-12-31")), last.next_term_end(day("2200-12-31"))), (Some(day("2200-12-31")), None));
        assert_eq!(last.earliest_exit(day("2200-12-01")), None);
    }

    #[test]
    fn an_evergreen_contract_to_any_day_ends_when_the_period_is_over_and_has_no_deadline() {
        let any = terms(None, months(1), NoticeTo::AnyTime);
        assert_eq!(any.earliest_exit(day("2026-01-31")).map(|exit| exit.ends_on), Some(day("2026-02-28")));
        assert_eq!(any.notice_deadline(day("2026-01-31")), None);
        let bound = Terms { minimum_ends_on: Some(day("2026-12-31")), ..any };
        assert_eq!(days_of(bound.earliest_exit(day("2026-01-31"))), exit("2026-12-31", "2026-11-30"));
    }

    #[test]
    fn a_tacit_renewal_adds_terms_and_a_missed_deadline_leads_to_the_next_one() {
        let yearly = terms(Some("2024-12-31"), months(3), NoticeTo::EndOfTerm);
        assert_eq!(yearly.term_end(day("2024-12-31")), Some(day("2024-12-31")));
        assert_eq!(yearly.term_end(day("2026-06-15")), Some(day("2026-12-31")));
        assert_eq!(days_of(yearly.notice_deadline(day("2026-06-15"))), exit("2026-12-31", "2026-09-30"));
        assert_eq!(days_of(yearly.notice_deadline(day("2026-10-01"))), exit("2026-12-31", "2026-09-30"));
        // 30 September 2027 is a Thursday.
        assert_eq!(days_of(yearly.earliest_exit(day("2026-10-01"))), exit("2027-12-31", "2027-09-30"));
        let leap = terms(Some("2027-02-28"), days(0), NoticeTo::EndOfTerm);
        assert_eq!(leap.term_end(day("2027-03-01")), Some(day("2028-02-29")));
    }

    #[test]
    fn a_term_without_renewal_ends_by_itself_whatever_the_deadline() {
        let once = Terms { renewal: RenewalKind::Express, ..terms(Some("2026-12-31"), months(3), NoticeTo::EndOfTerm) };
        assert_eq!(days_of(once.notice_deadline(day("2026-11-01"))), exit("2026-12-31", "2026-09-30"));
        assert_eq!(days_of(once.earliest_exit(day("2026-11-01"))), exit("2026-12-31", "2026-11-01"));
        assert_eq!(once.term_end(day("2027-01-01")), None);
        let monthly = Terms { notice_to: NoticeTo::MonthEnd, ..once };
        assert_eq!(days_of(monthly.earliest_exit(day("2026-06-15"))), exit("2026-09-30", "2026-06-30"));
    }

    #[test]
    fn nothing_is_said_where_the_period_is_not_known() {
        let unknown = Terms { notice: None, ..terms(None, days(0), NoticeTo::MonthEnd) };
        assert_eq!(unknown.notice_deadline(day("2026-06-15")), None);
        assert_eq!(unknown.earliest_exit(day("2026-06-15")), None);
    }
}
