//! How much of a person's time allocations take, as a pure function of their spans.

use steward_core::choice;
use steward_core::resource::value::Date;

choice! {
    /// Firmness of an allocation.
    pub enum Firmness {
        /// Soft: may still be moved, and counts towards no limit.
        Soft = "soft",
        /// Hard: firm and relied on.
        Hard = "hard",
    }
}

/// A share of a person's time over some days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub ends_on: Date,
    /// Percent of the person's time.
    pub percent: f64,
}

/// The greatest percentage on any day of one load, with all others that there are on that day. The sum changes only where one
/// starts, so that those days are looked at.
pub fn peak(own: Load, others: &[Load]) -> f64 {
    let days = others.iter().map(|other| other.starts_on).filter(|day| (own.starts_on..=own.ends_on).contains(day)).chain([own.starts_on]);
    let on = |day: Date| others.iter().filter(|other| (other.starts_on..=other.ends_on).contains(&day)).map(|other| other.percent).sum::<f64>();
    days.map(|day| own.percent + on(day)).fold(0.0, f64::max)
}

/// The spans from a day on in which somebody is allocated and not there, merged, the earliest first.
pub fn clashes(loads: &[Load], away: &[(Date, Option<Date>)], from: Date) -> Vec<(Date, Date)> {
    let mut spans: Vec<(Date, Date)> = Vec::new();
    for load in loads {
        for (starts_on, ends_on) in away {
            let first = load.starts_on.max(*starts_on).max(from);
            let last = ends_on.map_or(load.ends_on, |ends_on| ends_on.min(load.ends_on));
            if first <= last {
                spans.push((first, last));
            }
        }
    }
    spans.sort_unstable();
    let mut merged: Vec<(Date, Date)> = Vec::new();
    for (first, last) in spans {
        match merged.last_mut() {
            Some((_, end)) if first <= end.plus_days(1) => *end = last.max(*end),
            _ => merged.push((first, last)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_without_somebody_who_is_relied_on_are_told_once_and_merged() {
        let day = Date::sample;
        let loads = [load("2026-07-01", "2026-07-31", 50.0), load("2026-07-20", "2026-09-30", 40.0)];
        let away = [(day("2026-06-01"), Some(day("2026-07-02"))), (day("2026-07-30"), Some(day("2026-08-05"))), (day("2026-12-01"), None)];
        assert_eq!(clashes(&loads, &away, day("2026-06-15")), [(day("2026-07-01"), day("2026-07-02")), (day("2026-07-30"), day("2026-08-05"))]);
        assert_eq!(clashes(&loads, &away, day("2026-08-06")), []);
        assert_eq!(clashes(&loads, &[(day("2026-09-01"), None)], day("2026-06-15")), [(day("2026-09-01"), day("2026-09-30"))], "who left is away for good");
    }

    fn load(starts_on: &str, ends_on: &str, percent: f64) -> Load {
        Load { starts_on: Date::sample(starts_on), ends_on: Date::sample(ends_on), percent }
    }

    #[test]
    fn what_is_not_on_the_same_day_does_not_add_up() {
        let own = load("2026-07-01", "2026-07-31", 50.0);
        let others = [load("2026-06-01", "2026-07-10", 40.0), load("2026-07-11", "2026-07-20", 60.0), load("2026-08-01", "2026-08-31", 100.0)];
        assert_eq!(peak(own, &others), 110.0);
        assert_eq!(peak(own, &others[..1]), 90.0);
        assert_eq!(peak(own, &[]), 50.0);
        assert_eq!(peak(own, &[load("2026-07-31", "2026-07-31", 60.0), load("2026-07-31", "2026-09-30", 10.0)]), 120.0, "the last day counts");
    }
}
