//! The hours in which a service is agreed to be there, as a pure function of its calendar.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use std::collections::HashMap;
use steward_core::ports::working_time::WorkingHours;
use steward_core::resource::value::{Date, Instant};

/// How many days are looked at to find the end of an agreed time.
const MOST_DAYS: i64 = 3660;

/// When a service is agreed to be there: on each day of a calendar for its hours, from a minute of the day on.
#[derive(Debug, Clone)]
pub struct AgreedTime {
    week: [f64; 7],
    exceptions: HashMap<NaiveDate, f64>,
    zone: Tz,
    opens_at_minute: i64,
}

/// A span in seconds from the beginning of the time that is asked for.
pub type Span = (f64, f64);

impl AgreedTime {
    /// Of the hours of a calendar, its time zone, and the minute of the day at which they begin.
    pub fn new(hours: &WorkingHours, zone: &str, opens_at_minute: i64) -> Self {
        let exceptions = hours.exceptions.iter().map(|(day, hours)| (day.0, *hours)).collect();
        AgreedTime { week: hours.week, exceptions, zone: zone.parse().unwrap_or(Tz::UTC), opens_at_minute }
    }

    /// The agreed spans between two times, in order and apart from each other.
    pub fn spans(&self, from: Instant, to: Instant) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        if to <= from {
            return spans;
        }
        let seconds = |at: DateTime<Utc>| (at - from.0).num_milliseconds() as f64 / 1000.0;
        let end = seconds(to.0);
        // What begins on the day before may last into the first.
        let mut day = self.day_of(from).pred_opt();
        while let Some((opens, closes)) = day.and_then(|day| self.open_on(day)) {
            if opens >= to.0 {
                break;
            }
            let (begins, ends) = (seconds(opens).max(0.0), seconds(closes).min(end));
            match spans.last_mut() {
                Some(last) if begins <= last.1 => last.1 = last.1.max(ends),
                _ if ends > begins => spans.push((begins, ends)),
                _ => {}
            }
            day = day.and_then(|day| day.checked_add_days(Days::new(1)));
        }
        spans
    }

    /// How many agreed seconds lie between two times.
    pub fn between(&self, from: Instant, to: Instant) -> f64 {
        self.spans(from, to).into_iter().map(|(begins, ends)| ends - begins).sum()
    }

    /// When so many agreed seconds have gone by since a time; none if that is not within ten years.
    pub fn after(&self, from: Instant, seconds: i64) -> Option<Instant> {
        let mut left = seconds as f64;
        let mut begin = from;
        let last = from.plus_seconds(MOST_DAYS * 86_400);
        // A month at a time.
        while begin < last {
            let end = begin.plus_seconds(30 * 86_400);
            for (opens, closes) in self.spans(begin, end) {
                if closes - opens >= left {
                    return Some(Instant(begin.0 + TimeDelta::milliseconds(((opens + left) * 1000.0) as i64)));
                }
                left -= closes - opens;
            }
            begin = end;
        }
        None
    }

    /// The day of a time in the zone of the calendar.
    fn day_of(&self, at: Instant) -> NaiveDate {
        at.0.with_timezone(&self.zone).date_naive()
    }

    /// When it opens and closes on a day; at once where the day is free.
    fn open_on(&self, day: NaiveDate) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        Date::within(day)?;
        let usual = self.week.get(day.weekday().num_days_from_monday() as usize).copied().unwrap_or(0.0);
        let hours = self.exceptions.get(&day).copied().unwrap_or(usual);
        let opens = day.and_hms_opt(0, 0, 0)? + TimeDelta::minutes(self.opens_at_minute);
        // A time that the clock leaves out is an hour later.
        let local = self.zone.from_local_datetime(&opens).earliest().or_else(|| self.zone.from_local_datetime(&(opens + TimeDelta::hours(1))).earliest())?;
        let opens = local.with_timezone(&Utc);
        Some((opens, opens + TimeDelta::milliseconds((hours * 3_600_000.0) as i64)))
    }
}

/// The agreed spans between two times: all of it where there are no hours.
pub fn spans_of(agreed: Option<&AgreedTime>, from: Instant, to: Instant) -> Vec<Span> {
    let whole = (to.0 - from.0).num_milliseconds() as f64 / 1000.0;
    agreed.map_or_else(|| if whole > 0.0 { vec![(0.0, whole)] } else { Vec::new() }, |agreed| agreed.spans(from, to))
}

/// The part of spans within another.
pub fn clipped(spans: Vec<Span>, (from, to): Span) -> Vec<Span> {
    spans.into_iter().map(|(begins, ends)| (begins.max(from), ends.min(to))).filter(|(begins, ends)| begins < ends).collect()
}

/// The part of spans, in order and apart from each other, beside others in any order.
pub fn without(spans: &[Span], others: &[Span]) -> Vec<Span> {
    let mut others: Vec<Span> = others.to_vec();
    others.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut left = Vec::new();
    for &(begins, ends) in spans {
        let mut at = begins;
        for &(from, to) in others.iter().filter(|(from, to)| *from < ends && *to > begins) {
            if at < from {
                left.push((at, from));
            }
            at = at.max(to);
        }
        if at < ends {
            left.push((at, ends));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: f64 = 3600.0;

    #[test]
    fn what_is_cut_out_of_spans_leaves_the_rest_of_them() {
        let spans = [(0.0, 10.0), (20.0, 30.0)];
        assert_eq!(without(&spans, &[]), spans);
        assert_eq!(without(&spans, &[(25.0, 26.0), (8.0, 22.0), (2.0, 3.0), (9.0, 11.0)]), [(0.0, 2.0), (3.0, 8.0), (22.0, 25.0), (26.0, 30.0)]);
        assert!(without(&spans, &[(0.0, 40.0)]).is_empty());
        assert_eq!(clipped(spans.to_vec(), (5.0, 20.0)), [(5.0, 10.0)]);
    }

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    /// Ten hours on working days from eight o'clock in Amsterdam, and none on King's Day.
    fn office() -> AgreedTime {
        let hours = WorkingHours { week: [10.0, 10.0, 10.0, 10.0, 10.0, 0.0, 0.0], exceptions: vec![(Date::sample("2026-04-27"), 0.0)] };
        AgreedTime::new(&hours, "Europe/Amsterdam", 480)
    }

    #[test]
    fn the_hours_of_each_working_day_are_agreed_by_the_clock_of_the_calendar() {
        // Friday 24 April to Wednesday 29 April 2026, summer time: 06:00 to 16:00 UTC; Monday is King's Day.
        let spans = office().spans(at("2026-04-24T12:00:00Z"), at("2026-04-29T07:00:00Z"));
        assert_eq!(spans, [(0.0, 4.0 * HOUR), (90.0 * HOUR, 100.0 * HOUR), (114.0 * HOUR, 115.0 * HOUR)]);
        // In winter it is 07:00 to 17:00 UTC.
        assert!((office().between(at("2026-01-05T06:00:00Z"), at("2026-01-05T08:00:00Z")) - HOUR).abs() < 1e-6);
        assert!(office().spans(at("2026-04-25T00:00:00Z"), at("2026-04-26T00:00:00Z")).is_empty());
    }

    #[test]
    fn around_the_clock_is_one_span() {
        let always = AgreedTime::new(&WorkingHours { week: [24.0; 7], exceptions: Vec::new() }, "UTC", 0);
        assert_eq!(always.spans(at("2026-06-01T05:00:00Z"), at("2026-06-03T05:00:00Z")), [(0.0, 48.0 * HOUR)]);
        assert_eq!(spans_of(None, at("2026-06-01T05:00:00Z"), at("2026-06-01T06:00:00Z")), [(0.0, HOUR)]);
        // A night of ten hours from 20:00 lasts into the next day.
        let nights = AgreedTime::new(&WorkingHours { week: [10.0; 7], exceptions: Vec::new() }, "UTC", 1200);
        assert_eq!(nights.spans(at("2026-06-01T00:00:00Z"), at("2026-06-02T00:00:00Z")), [(0.0, 6.0 * HOUR), (20.0 * HOUR, 24.0 * HOUR)]);
    }

    #[test]
    fn a_time_is_reached_when_the_agreed_hours_have_gone_by() {
        // Friday at 15:00 UTC there is one hour left; three more are on Tuesday from 06:00 on.
        assert_eq!(office().after(at("2026-04-24T15:00:00Z"), 4 * 3600), Some(at("2026-04-28T09:00:00Z")));
        assert_eq!(office().after(at("2026-04-24T15:00:00Z"), 3600), Some(at("2026-04-24T16:00:00Z")));
        let never = AgreedTime::new(&WorkingHours { week: [0.0; 7], exceptions: Vec::new() }, "UTC", 0);
        assert_eq!(never.after(at("2026-04-24T15:00:00Z"), 1), None);
    }
}
