//! Working time: a calendar as an axis of worked seconds, and back to days.
//!
//! A day is the number of days since 1970-01-01, an instant the seconds since then, with the working hours of a day at its
//! beginning. Worked seconds are counted from 1970-01-01.

/// Seconds in an hour.
pub const HOUR: i64 = 3600;
/// Seconds in a day.
pub const DAY: i64 = 86_400;
/// The days on either side of 1970-01-01 that are told apart: a million years.
const MOST_DAYS: i64 = 400_000_000;

/// The working hours of the days: a week, and the days that differ from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkTime {
    week: [i64; 7],
    /// The seconds of a week before each of its days.
    before: [i64; 7],
    total: i64,
    exceptions: Vec<Exception>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Exception {
    day: i64,
    seconds: i64,
    /// By how much the exceptions up to this one change what is worked.
    seconds_changed: i64,
    /// By how many working days they change the days that are worked.
    days_changed: i64,
}

impl WorkTime {
    /// The working hours of Monday to Sunday, and those of single days. A week without any is Monday to Friday, eight hours.
    pub fn new(hours: [f64; 7], exceptions: impl IntoIterator<Item = (i64, f64)>) -> WorkTime {
        let seconds = |hours: f64| (hours * HOUR as f64).round().clamp(0.0, DAY as f64) as i64;
        let mut week = hours.map(seconds);
        if week.iter().sum::<i64>() == 0 {
            week = [8 * HOUR, 8 * HOUR, 8 * HOUR, 8 * HOUR, 8 * HOUR, 0, 0];
        }
        let (mut before, mut total) = ([0; 7], 0);
        for (at, day) in week.iter().enumerate() {
            before[at] = total;
            total += day;
        }
        let mut days: Vec<(i64, i64)> = exceptions.into_iter().map(|(day, hours)| (day, seconds(hours))).collect();
        days.sort_unstable();
        let (mut seconds_changed, mut days_changed) = (0, 0);
        let changes = days.into_iter().map(|(day, seconds)| {
            let usual = week[weekday(day)];
            seconds_changed += seconds - usual;
            days_changed += i64::from(seconds > 0) - i64::from(usual > 0);
            Exception { day, seconds, seconds_changed, days_changed }
        });
        let exceptions = changes.collect();
        WorkTime { week, before, total, exceptions }
    }

    /// Monday to Friday, eight hours.
    pub fn standard() -> WorkTime {
        WorkTime::new([8.0, 8.0, 8.0, 8.0, 8.0, 0.0, 0.0], [])
    }

    /// The working seconds of a day.
    pub fn on(&self, day: i64) -> i64 {
        match self.exceptions.binary_search_by_key(&day, |exception| exception.day) {
            Ok(at) => self.exceptions[at].seconds,
            Err(_) => self.week[weekday(day)],
        }
    }

    /// The seconds that are worked before a day.
    pub fn before(&self, day: i64) -> i64 {
        let since_monday = day.saturating_add(3);
        let weeks = since_monday.div_euclid(7).saturating_mul(self.total) + self.before[weekday(day)];
        let changed = self.last_exception_before(day).map_or(0, |exception| exception.seconds_changed);
        // 1970-01-01 was a Thursday: what is worked from the Monday before it does not count.
        weeks + changed - self.before[3]
    }

    fn last_exception_before(&self, day: i64) -> Option<&Exception> {
        let after = self.exceptions.partition_point(|exception| exception.day < day);
        after.checked_sub(1).map(|at| &self.exceptions[at])
    }

    /// The seconds that are worked before an instant.
    pub fn worked(&self, instant: i64) -> i64 {
        let day = instant.div_euclid(DAY);
        self.before(day) + instant.rem_euclid(DAY).min(self.on(day))
    }

    /// The instant at which so many seconds have been worked: the end of a day rather than the beginning of the next.
    pub fn finish(&self, worked: i64) -> i64 {
        let day = self.last_day(worked, |before| before < worked);
        day * DAY + (worked - self.before(day)).min(DAY)
    }

    /// The instant at which the next second is worked once so many have been: the beginning of a day rather than the end of the last.
    pub fn start(&self, worked: i64) -> i64 {
        let day = self.last_day(worked, |before| before <= worked);
        day * DAY + (worked - self.before(day)).min(DAY)
    }

    /// The last day of which what is worked before it still satisfies a condition, looked for from where a calendar without exceptions
    /// has it.
    fn last_day(&self, worked: i64, holds: impl Fn(i64) -> bool) -> i64 {
        let near = (worked.div_euclid(self.total) * 7).clamp(-MOST_DAYS, MOST_DAYS);
        let (mut low, mut high, mut step) = (near, near, 8);
        while low > -MOST_DAYS && !holds(self.before(low)) {
            (low, step) = (low - step, step * 2);
        }
        while high < MOST_DAYS && holds(self.before(high)) {
            (high, step) = (high + step, step * 2);
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if holds(self.before(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The days that are worked before a day.
    fn days_before(&self, day: i64) -> i64 {
        let in_week = self.week.iter().filter(|seconds| **seconds > 0).count() as i64;
        let rest = self.week.iter().take(weekday(day)).filter(|seconds| **seconds > 0).count() as i64;
        let changed = self.last_exception_before(day).map_or(0, |exception| exception.days_changed);
        (day + 3).div_euclid(7) * in_week + rest + changed
    }

    /// The number of working days after one day up to another; less than 0 if that one is earlier.
    pub fn days_between(&self, from: i64, to: i64) -> i64 {
        self.days_before(to + 1) - self.days_before(from + 1)
    }
}

/// 0 on Mondays, 6 on Sundays.
fn weekday(day: i64) -> usize {
    day.saturating_add(3).rem_euclid(7) as usize
}

/// The day in which an instant lies as a beginning.
pub fn day_of_start(instant: i64) -> i64 {
    instant.div_euclid(DAY)
}

/// The day in which an instant lies as an end: midnight is of the day before.
pub fn day_of_finish(instant: i64) -> i64 {
    (instant - 1).div_euclid(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-06-01 is a Monday.
    const MONDAY: i64 = 20_605;

    #[test]
    fn the_first_of_june_2026_is_a_monday() {
        let days = chrono::NaiveDate::from_ymd_opt(2026, 6, 1).unwrap().signed_duration_since(chrono::NaiveDate::default()).num_days();
        assert_eq!((days, weekday(MONDAY)), (MONDAY, 0));
    }

    #[test]
    fn worked_time_leads_to_its_instant_and_back() {
        let time = WorkTime::new([8.0, 8.0, 8.0, 8.0, 6.5, 0.0, 0.0], [(MONDAY + 2, 0.0), (MONDAY + 5, 4.0)]);
        for hour in -2000..2000 {
            let worked = hour * HOUR / 2;
            assert_eq!([time.worked(time.start(worked)), time.worked(time.finish(worked))], [worked; 2], "{hour}");
            assert!(time.finish(worked) <= time.start(worked));
        }
        // Wednesday is a holiday, on Saturday four hours are worked.
        let week: i64 = (MONDAY..MONDAY + 7).map(|day| time.on(day)).sum();
        assert_eq!((week, time.before(MONDAY + 7) - time.before(MONDAY)), (8 * HOUR * 3 + 13 * HOUR / 2 + 4 * HOUR, week));
    }

    #[test]
    fn an_end_is_on_the_last_day_that_was_worked_and_a_beginning_on_the_next() {
        let time = WorkTime::standard();
        let friday_evening = time.before(MONDAY + 5);
        assert_eq!(day_of_finish(time.finish(friday_evening)), MONDAY + 4);
        assert_eq!(day_of_start(time.start(friday_evening)), MONDAY + 7);
        let always = WorkTime::new([24.0; 7], []);
        assert_eq!(day_of_finish(always.finish(always.before(MONDAY))), MONDAY - 1);
    }

    #[test]
    fn working_days_are_those_of_the_calendar() {
        // Monday to Thursday, with a free Tuesday and a working Saturday.
        let time = WorkTime::new([9.0, 9.0, 9.0, 9.0, 0.0, 0.0, 0.0], [(MONDAY + 8, 0.0), (MONDAY + 12, 5.0)]);
        assert_eq!(time.days_between(MONDAY - 1, MONDAY + 6), 4);
        assert_eq!(time.days_between(MONDAY + 6, MONDAY + 13), 4);
        assert_eq!(time.days_between(MONDAY + 13, MONDAY + 6), -4);
        assert_eq!(WorkTime::standard().days_between(MONDAY + 4, MONDAY + 7), 1);
    }

    #[test]
    fn a_week_without_work_is_the_standard_one() {
        assert_eq!(WorkTime::new([0.0; 7], []), WorkTime::standard());
    }
}
