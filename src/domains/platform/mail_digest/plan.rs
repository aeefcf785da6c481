//! When digests are sent: times of the organisation's day.

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use steward_core::choice;
use steward_core::resource::value::Instant;

choice! {
    /// Days on which a digest is sent.
    pub enum Frequency {
        /// Every day.
        Daily = "daily",
        /// From Monday to Friday.
        Workdays = "workdays",
        /// Once a week.
        Weekly = "weekly",
    }
}

choice! {
    /// Day of the week.
    pub enum Weekday {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

impl Weekday {
    /// Number of days after Monday.
    fn after_monday(self) -> u32 {
        match self {
            Weekday::Monday => 0,
            Weekday::Tuesday => 1,
            Weekday::Wednesday => 2,
            Weekday::Thursday => 3,
            Weekday::Friday => 4,
            Weekday::Saturday => 5,
            Weekday::Sunday => 6,
        }
    }
}

/// Times at which a digest is sent.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// The days.
    pub frequency: Frequency,
    /// The day, where it is one of the week.
    pub weekday: Option<Weekday>,
    /// The hour of the day.
    pub hour: i64,
}

impl Times {
    fn has(&self, day: NaiveDate) -> bool {
        let day = day.weekday().num_days_from_monday();
        match self.frequency {
            Frequency::Daily => true,
            Frequency::Workdays => day < 5,
            Frequency::Weekly => self.weekday.is_some_and(|wanted| wanted.after_monday() == day),
        }
    }

    /// The first time after an instant, in a time zone. An hour that a day does not have is its next one.
    pub fn next(&self, after: Instant, zone: Tz) -> Option<Instant> {
        let today = after.date_in(zone).0;
        let days = (0..=8).filter_map(|ahead| today.checked_add_days(Days::new(ahead))).filter(|day| self.has(*day));
        let at = |day: NaiveDate| {
            let hours = (u32::try_from(self.hour).ok()?..24).filter_map(|hour| NaiveTime::from_hms_opt(hour, 0, 0));
            hours.filter_map(|hour| zone.from_local_datetime(&day.and_time(hour)).earliest()).next()
        };
        days.filter_map(at).map(|at| Instant(at.with_timezone(&Utc))).find(|at| *at > after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(frequency: Frequency, weekday: Option<Weekday>, hour: i64, after: &str) -> Option<Instant> {
        Times { frequency, weekday, hour }.next(Instant::parse(after).unwrap(), chrono_tz::Europe::Amsterdam)
    }

    #[test]
    fn the_next_time_is_after_now_on_a_day_that_was_chosen() {
        // 15 June 2026 is a Monday, and Amsterdam two hours ahead.
        assert_eq!(next(Frequency::Daily, None, 7, "2026-06-15T04:59:59Z"), Instant::parse("2026-06-15T05:00:00Z"));
        assert_eq!(next(Frequency::Daily, None, 7, "2026-06-15T05:00:00Z"), Instant::parse("2026-06-16T05:00:00Z"));
        assert_eq!(next(Frequency::Workdays, None, 7, "2026-06-19T12:00:00Z"), Instant::parse("2026-06-22T05:00:00Z"), "after a Friday comes Monday");
        assert_eq!(next(Frequency::Weekly, Some(Weekday::Wednesday), 0, "2026-06-15T12:00:00Z"), Instant::parse("2026-06-16T22:00:00Z"));
        assert_eq!(next(Frequency::Weekly, Some(Weekday::Monday), 7, "2026-06-15T05:00:00Z"), Instant::parse("2026-06-22T05:00:00Z"));
    }

    #[test]
    fn where_the_clock_is_changed_a_day_has_one_digest() {
        assert_eq!(next(Frequency::Daily, None, 2, "2026-03-28T12:00:00Z"), Instant::parse("2026-03-29T01:00:00Z"), "there is no 02:00, so it is 03:00");
        assert_eq!(next(Frequency::Daily, None, 2, "2026-10-24T12:00:00Z"), Instant::parse("2026-10-25T00:00:00Z"));
        assert_eq!(next(Frequency::Daily, None, 2, "2026-10-25T00:00:00Z"), Instant::parse("2026-10-26T01:00:00Z"), "the second 02:00 is none");
    }
}
