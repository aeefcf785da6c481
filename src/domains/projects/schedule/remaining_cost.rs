//! What is left to be spent and done on projects, by the plan of their work: the budget at completion less what is earned, and the effort that is
//! left, over the working time that is left.

use super::earned_value::planned_share;
use super::plan::{PlannedItem, day_number, time_of};
use super::work_time::WorkTime;
use crate::project::project::ProjectPriority;
use crate::project::status;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::work::{ProjectEstimate, WorkEstimate};
use steward_core::ports::working_time;
use steward_core::resource::value::{Date, Money, Title};
use steward_core::resource::{Check, Id};
use steward_core::view::grouped;
use steward_schema::projects::{projects, work_items};

/// Of a project: id, name, state, priority, budget, initiative, calendar and last day.
type Row = (Id, Title, String, ProjectPriority, Option<Id>, Option<Id>, Option<Id>, Option<Date>);
/// Seconds in an hour.
const SECONDS: f64 = 3600.0;

/// Work with its project and the budget line that pays for it.
type Item = (Id, Option<Id>, PlannedItem);

/// What is left to be spent on projects in some spans of days, which follow each other; of all but proposed ones, in order of their ids.
pub fn estimates(check: &mut Check<'_>, spans: &[(Date, Date)]) -> Result<Vec<ProjectEstimate>> {
    let paid = (projects::budget_id, projects::initiative_id, projects::calendar_id, projects::ends_on);
    let columns = (projects::id, projects::name, projects::state, projects::priority, paid.0, paid.1, paid.2, paid.3);
    let rows: Vec<Row> = projects::table.filter(projects::state.ne("proposed")).order(projects::id).select(columns).load(check.connection)?;
    let is_over = |state: &str| matches!(state, "closed" | "cancelled");
    let open: Vec<Id> = rows.iter().filter(|row| !is_over(&row.2)).map(|row| row.0).collect();
    let mut items: HashMap<Id, Vec<(Option<Id>, PlannedItem)>> =
        grouped(work_of(check, &open)?.into_iter().map(|(project, line, item)| (project, (line, item))));
    let usual = working_time::usual(check)?;
    let times: HashMap<Id, WorkTime> = working_time::all(check)?.into_iter().map(|(id, hours)| (id, time_of(hours))).collect();
    let standard = WorkTime::standard();
    let today = check.today;
    let estimate = |(project, name, state, priority, budget, initiative, calendar, last): Row| {
        let work = items.remove(&project).unwrap_or_default();
        let ends_on = work.iter().filter_map(|(_, item)| item.ends_on).chain(last).max();
        let time = |item: &PlannedItem| item.calendar_id.or(calendar).or(usual).and_then(|id| times.get(&id)).unwrap_or(&standard);
        let days = |item: &PlannedItem| Some((item.starts_on.map(day_number), day_number(item.ends_on.or(last)?)));
        let falls = |item: &PlannedItem, amount: i64| days(item).map(|days| spread(time(item), amount, days, day_number(today), spans));
        let of_work = |(line, item): &(Option<Id>, PlannedItem)| {
            let budget = item.budget_at_completion?;
            let remaining = Money::new(remaining(budget.minor, item.work().percent_done(today)), budget.currency);
            Some(WorkEstimate { work_item: item.id, budget_line: *line, remaining, amounts: falls(item, remaining.minor) })
        };
        let leaves = leaves(&work);
        let mut hours = vec![0.0; spans.len()];
        for (_, item) in &leaves {
            let seconds = falls(item, (hours_left(item, today) * SECONDS).round() as i64).unwrap_or_default();
            hours.iter_mut().zip(seconds).for_each(|(sum, seconds)| *sum += seconds as f64 / SECONDS);
        }
        let rank = match priority {
            ProjectPriority::Low => 0,
            ProjectPriority::Medium => 1,
            ProjectPriority::High => 2,
            ProjectPriority::Critical => 3,
        };
        let items = work.iter().map(|(_, item)| item.id).collect();
        let work = leaves.into_iter().filter_map(of_work).collect();
        ProjectEstimate { project, name, is_over: is_over(&state), budget, initiative, ends_on, rank, work, items, hours }
    };
    Ok(rows.into_iter().map(estimate).collect())
}

fn work_of(check: &mut Check<'_>, projects: &[Id]) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for chunk in projects.chunks(CHUNK) {
        let of_projects = work_items::table.filter(work_items::project_id.eq_any(chunk)).order(work_items::id);
        let columns = (work_items::project_id, work_items::budget_line_id, PlannedItem::as_select());
        items.extend(of_projects.select(columns).load::<Item>(check.connection)?);
    }
    Ok(items)
}

/// The work that has nothing under it, as the budgets of that are counted.
fn leaves(work: &[(Option<Id>, PlannedItem)]) -> Vec<&(Option<Id>, PlannedItem)> {
    let plain: Vec<status::Work> = work.iter().map(|(_, item)| item.work()).collect();
    let leaves: std::collections::HashSet<Id> = status::leaves(&plain).iter().map(|item| item.id).collect();
    work.iter().filter(|(_, item)| leaves.contains(&item.id)).collect()
}

/// The hours of people that are left of work: as they are told, else its effort less what is done of it; none once it is finished.
fn hours_left(item: &PlannedItem, today: Date) -> f64 {
    let done = item.work().percent_done(today).clamp(0.0, 100.0);
    let left = || item.effort_hours.map_or(0.0, |effort| effort * (1.0 - done / 100.0));
    if done >= 100.0 { 0.0 } else { item.remaining_hours.unwrap_or_else(left).max(0.0) }
}

/// What is left of a budget at completion when so many percent are done, rounded once: BAC − EV (PMBOK Guide, 6th edition, 7.4.2.3: the
/// estimate to complete of work that goes on as planned).
fn remaining(budget: i64, percent: f64) -> i64 {
    budget.saturating_sub((budget as f64 * percent.clamp(0.0, 100.0) / 100.0).round() as i64)
}

/// What of an amount falls on each span: by the working time between the first day, or today where that has passed, and the last one; what should
/// be over falls on today. It is rounded once, on what falls until the end of each span.
fn spread(time: &WorkTime, amount: i64, (starts, ends): (Option<i64>, i64), today: i64, spans: &[(Date, Date)]) -> Vec<i64> {
    let (starts, ends) = (starts.map(|starts| starts.max(today)), ends.max(today));
    let until = |day: i64| (amount as f64 * planned_share(time, starts, ends, day)).round() as i64;
    spans.iter().map(|(first, last)| until(day_number(*last)) - until(day_number(*first) - 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> i64 {
        day_number(Date::sample(text))
    }

    #[test]
    fn what_is_left_is_the_budget_less_what_is_earned() {
        // Kerzner, Project Management, ch. 15: BAC 10,000, 40 % done: EV is 4,000, and 6,000 are left.
        assert_eq!(remaining(1_000_000, 40.0), 600_000);
        assert_eq!((remaining(100, 0.0), remaining(100, 100.0), remaining(333, 50.0)), (100, 0, 166));
    }

    #[test]
    fn what_is_left_falls_on_the_working_days_that_are_left() {
        let time = WorkTime::standard();
        let spans = [(Date::sample("2026-12-28"), Date::sample("2026-12-31")), (Date::sample("2027-01-01"), Date::sample("2027-01-31"))];
        // Monday 28 December to Friday 8 January: ten working days, of which four fall into the old year.
        let days = (Some(day("2026-12-28")), day("2027-01-08"));
        assert_eq!(spread(&time, 1_000, days, day("2026-06-01"), &spans), [400, 600]);
        // From Monday 4 January on, half of the time has passed and all that is left falls into the new year.
        assert_eq!(spread(&time, 1_000, days, day("2027-01-04"), &spans), [0, 1_000]);
        // What should be over is due today; what has an end alone, then.
        assert_eq!(spread(&time, 1_000, (None, day("2026-03-01")), day("2026-12-30"), &spans), [1_000, 0]);
        assert_eq!(spread(&time, 1_000, (None, day("2027-01-08")), day("2026-06-01"), &spans), [0, 1_000]);
        // The parts add up, whatever they are rounded to.
        assert_eq!(spread(&time, 1_001, days, day("2026-06-01"), &spans).iter().sum::<i64>(), 1_001);
    }
}
