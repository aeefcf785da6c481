//! Capacity of people, day by day: pure functions of the working week, contracts, absences and allocations.

use std::collections::BTreeMap;
use steward_core::ports::books::WorkingWeek;
use steward_core::ports::presence::Away;
use steward_core::resource::Id;
use steward_core::resource::value::Date;

/// A person with what takes their time.
#[derive(Debug, Clone, Default)]
pub struct Worker {
    /// Contracted hours a week.
    pub weekly_hours: f64,
    /// Spans on which the person is not there; an end that is none lasts for ever.
    pub away: Vec<(Date, Option<Date>)>,
    /// What takes the person's time.
    pub tasks: Vec<Task>,
}

/// An allocation of a person.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    /// The allocation.
    pub id: Id,
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub ends_on: Date,
    /// Percent of the contracted week.
    pub percent: Option<f64>,
    /// Hours a week.
    pub weekly_hours: Option<f64>,
    /// True if it is hard and confirmed.
    pub hard: bool,
}

/// Hours in a span.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Hours {
    /// What people can do for projects.
    pub capacity: f64,
    /// What hard allocations take.
    pub allocated: f64,
    /// What soft allocations would take.
    pub soft: f64,
}

impl Hours {
    /// The two together.
    pub fn plus(self, other: Hours) -> Hours {
        Hours { capacity: self.capacity + other.capacity, allocated: self.allocated + other.allocated, soft: self.soft + other.soft }
    }
}

/// A span on which a person is relied on for more than there is.
#[derive(Debug, Clone, PartialEq)]
pub struct OverAllocation {
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub ends_on: Date,
    /// The greatest load of a day in percent of the contracted time; none where there is no time.
    pub peak_percent: Option<f64>,
    /// True if the person is not there on one of the days.
    pub absent: bool,
    /// The allocations that take the time.
    pub causes: Vec<Id>,
}

/// What part of a contracted week falls on a day: its working hours in proportion to those of a usual week.
pub fn share_of_day(week: &WorkingWeek, day: Date) -> f64 {
    week.share_of(day)
}

/// The days of a span, its end not included.
pub fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |day| Some(day.plus_days(1))).take_while(move |day| *day < to)
}

/// The hours of a person by month (`YYYY-MM`), from a day to before another one.
pub fn by_month(worker: &Worker, week: &WorkingWeek, project_share: f64, (from, to): (Date, Date)) -> BTreeMap<String, Hours> {
    let mut months: BTreeMap<String, Hours> = BTreeMap::new();
    for day in days(from, to) {
        let share = share_of_day(week, day);
        let there = if is_away(worker, day) { 0.0 } else { worker.weekly_hours * share * project_share };
        let (mut allocated, mut soft) = (0.0, 0.0);
        for task in worker.tasks.iter().filter(|task| task.starts_on <= day && day <= task.ends_on) {
            let hours = share * task_hours(task, worker.weekly_hours);
            if task.hard { allocated += hours } else { soft += hours }
        }
        let month: String = day.to_string().chars().take(7).collect();
        let sum = months.entry(month).or_default();
        *sum = sum.plus(Hours { capacity: there, allocated, soft });
    }
    months
}

/// Time that is asked for: hours in all, or a percentage of a full week of the calendar.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub ends_on: Date,
    /// Hours in all.
    pub hours: Option<f64>,
    /// Percent of a full week.
    pub percent: Option<f64>,
}

/// The hours that are asked for by month, from a day to before another one: spread evenly over the working days.
pub fn asked_by_month(asked: &Asked, week: &WorkingWeek, (from, to): (Date, Date)) -> BTreeMap<String, f64> {
    let full: f64 = week.hours.iter().sum();
    let whole: f64 = days(asked.starts_on, asked.ends_on.plus_days(1)).map(|day| share_of_day(week, day)).sum();
    let mut months: BTreeMap<String, f64> = BTreeMap::new();
    for day in days(asked.starts_on.max(from), asked.ends_on.plus_days(1).min(to)) {
        let share = share_of_day(week, day);
        let of_day = match (asked.hours, asked.percent) {
            (Some(hours), _) if whole > 0.0 => hours * share / whole,
            (_, Some(percent)) => full * percent / 100.0 * share,
            _ => 0.0,
        };
        if of_day > 0.0 {
            *months.entry(day.to_string().chars().take(7).collect()).or_default() += of_day;
        }
    }
    months
}

fn is_away(worker: &Worker, day: Date) -> bool {
    worker.away.iter().any(|(first, last)| Away { starts_on: *first, ends_on: *last }.covers(day))
}

/// What an allocation takes in a usual week.
fn task_hours(task: &Task, weekly_hours: f64) -> f64 {
    task.weekly_hours.or(task.percent.map(|percent| percent / 100.0 * weekly_hours)).unwrap_or(0.0)
}

/// Where hard allocations pass the contracted time by more than a tolerance, or rely on somebody who is not there: days in a row are one span, and
/// free days between them do not part it.
pub fn over_allocations(worker: &Worker, week: &WorkingWeek, tolerance_percent: f64, (from, to): (Date, Date)) -> Vec<OverAllocation> {
    let mut spans: Vec<OverAllocation> = Vec::new();
    let mut goes_on = false;
    for day in days(from, to).filter(|day| share_of_day(week, *day) > 0.0) {
        let busy: Vec<&Task> = worker.tasks.iter().filter(|task| task.hard && task.starts_on <= day && day <= task.ends_on).collect();
        let hours: f64 = busy.iter().map(|task| task_hours(task, worker.weekly_hours)).sum();
        let away = is_away(worker, day);
        let percent = (!away && worker.weekly_hours > 0.0).then(|| hours / worker.weekly_hours * 100.0);
        // A hair above the limit is the arithmetic of fractions.
        let over = hours > 0.0 && percent.is_none_or(|percent| percent > 100.0 + tolerance_percent + 1e-9);
        if over {
            if !goes_on {
                spans.push(OverAllocation { starts_on: day, ends_on: day, peak_percent: None, absent: false, causes: Vec::new() });
            }
            if let Some(span) = spans.last_mut() {
                span.ends_on = day;
                span.absent |= away;
                span.peak_percent = match (span.peak_percent, percent) {
                    (Some(peak), Some(percent)) => Some(peak.max(percent)),
                    (peak, percent) => peak.or(percent),
                };
                let new: Vec<Id> = busy.iter().map(|task| task.id).filter(|id| !span.causes.contains(id)).collect();
                span.causes.extend(new);
            }
        }
        goes_on = over;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::sample(text)
    }

    fn week() -> WorkingWeek {
        WorkingWeek { hours: [8.0, 8.0, 8.0, 8.0, 8.0, 0.0, 0.0], exceptions: vec![(day("2026-07-15"), 0.0)] }
    }

    fn task(starts_on: &str, ends_on: &str, percent: f64, hard: bool) -> Task {
        Task { id: Id::new(), starts_on: day(starts_on), ends_on: day(ends_on), percent: Some(percent), weekly_hours: None, hard }
    }

    #[test]
    fn capacity_is_what_the_calendar_the_contract_and_absences_leave() {
        // July 2026 has 23 working days, one of them a holiday, five on leave: 17 of 32 ÷ 5 = 6.4 hours, less a fifth for other work.
        let worker = Worker {
            weekly_hours: 32.0,
            away: vec![(day("2026-07-20"), Some(day("2026-07-24")))],
            tasks: vec![task("2026-07-01", "2026-07-31", 50.0, true), task("2026-07-01", "2026-07-03", 25.0, false)],
        };
        let months = by_month(&worker, &week(), 0.8, (day("2026-07-01"), day("2026-08-01")));
        let july = months["2026-07"];
        assert!((july.capacity - 17.0 * 6.4 * 0.8).abs() < 1e-9, "{july:?}");
        // Half of 22 days, and a quarter of three.
        assert!((july.allocated - 22.0 * 3.2).abs() < 1e-9 && (july.soft - 3.0 * 1.6).abs() < 1e-9);
        assert_eq!(months.len(), 1);
    }

    #[test]
    fn over_allocations_are_merged_over_free_days() {
        let (one, two) = (task("2026-07-01", "2026-07-31", 70.0, true), task("2026-07-09", "2026-07-14", 50.0, true));
        let worker =
            Worker { weekly_hours: 40.0, away: vec![(day("2026-07-30"), None)], tasks: vec![one, two, task("2026-07-01", "2026-07-31", 100.0, false)] };
        let spans = over_allocations(&worker, &week(), 10.0, (day("2026-07-01"), day("2026-08-01")));
        // Thursday 9 to Tuesday 14, over a weekend; and the last two days, when nobody is there.
        assert_eq!(spans.len(), 2, "{spans:?}");
        assert_eq!(
            (spans[0].starts_on, spans[0].ends_on, spans[0].absent, &spans[0].causes),
            (day("2026-07-09"), day("2026-07-14"), false, &vec![one.id, two.id])
        );
        assert!((spans[0].peak_percent.unwrap() - 120.0).abs() < 1e-9);
        assert_eq!((spans[1].starts_on, spans[1].ends_on, spans[1].absent, spans[1].peak_percent), (day("2026-07-30"), day("2026-07-31"), true, None));
        assert!(over_allocations(&worker, &week(), 20.0, (day("2026-07-01"), day("2026-07-30"))).is_empty(), "120 % are within 20 %");
    }
}
