//! The utilisation of people across projects, and the weeks in which they are overbooked.

use crate::project::project::Project;
use crate::schedule::assignment::Assignment;
use crate::schedule::plan::{date_of, day_number, usual_time};
use crate::schedule::work_item::WorkItem;
use crate::schedule::work_time::{HOUR, WorkTime};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use steward_core::ports::books::{self, WorkingWeek};
use steward_core::ports::people;
use steward_core::ports::presence::{self, Away};
use steward_core::resource::value::{Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::projects::{assignments, work_items};

/// Parameters of a utilisation.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct Span {
    /// First day, as YYYY-MM-DD.
    #[param(inline)]
    pub from: Date,
    /// Day after the last, as YYYY-MM-DD; at most two years after `from`.
    #[param(inline)]
    pub to: Date,
}

/// Week in which a person is assigned more than their available time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OverbookedWeek {
    /// First day of the week in the span.
    pub starts_on: Date,
    /// Hours assigned.
    pub assigned_hours: Figure,
    /// Hours available.
    pub capacity_hours: Figure,
    /// Projects that assign them.
    pub project_ids: Vec<IdOf<Project>>,
}

/// Utilisation of a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonUtilization {
    /// Person evaluated.
    pub person_id: Id,
    /// Name of the person; null if the caller may not see the person.
    pub name: Option<Title>,
    /// Hours assigned in the span.
    pub assigned_hours: Figure,
    /// Hours available for projects in the span; 0 for a person not employed then.
    pub capacity_hours: Figure,
    /// Utilisation: assigned_hours / capacity_hours · 100.
    pub utilization_percent: Figure,
    /// Weeks in which the person is overbooked.
    pub conflicts: Vec<OverbookedWeek>,
}

/// Utilisation of people across projects.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Utilization {
    /// People with assignments in the span, by id.
    pub data: Vec<PersonUtilization>,
    /// Number of assignments left out because they have no hours or no last day.
    pub unplanned_count: Count,
}

impl View for Utilization {
    const PATH: &'static str = "projects/utilization";
    const OPERATION_ID: &'static str = "get_projects_utilization";
    const SUMMARY: &'static str = "Get the utilisation of people across projects";
    const DESCRIPTION: &'static str = "Planned hours of assignments, spread evenly over the working time of the organisation's calendar between their first and last day, \
        against the capacity of each person for projects, which is that of finance/capacity: the contracted weekly hours on working days on which they are employed and not absent, less the \
        share for other work than projects of the settings. Assignments to work that is done or cancelled do not count.";
    const FORMULA: &'static str = "assigned = Σ planned_hours · working time of the assignment in the span / its whole working time; \
        capacity = Σ weekly hours · working hours of the day / working hours of a usual week · (1 − non_project_percent / 100) over the days on which the person is there";
    type Reads = (Assignment, WorkItem);
    type Query = Span;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Span) -> Result<Self> {
        let (from, to) = (day_number(query.from), day_number(query.to));
        if !(1..=LONGEST).contains(&(to - from)) {
            let detail = format!("Expected a day after from, at most {LONGEST} days later.");
            return Err(Problem::bad_request(detail).into());
        }
        let time = usual_time(cx)?;
        let (booked, unplanned) = booked(cx, query)?;
        let people: Vec<Id> = booked.keys().copied().collect();
        let names = cx.titles("teams/people", &people)?;
        let mut capacities = Capacities::of(cx, &people, query)?;
        let mut data = Vec::new();
        for (person, bookings) in booked {
            let available = capacities.of_person(person, query);
            let assigned: f64 = bookings.iter().map(|booking| booking.hours(&time, from, to)).sum();
            let capacity: f64 = available.iter().sum();
            data.push(PersonUtilization {
                person_id: person,
                name: names.get(&person).cloned(),
                assigned_hours: Figure(Some(assigned)),
                capacity_hours: Figure(Some(capacity)),
                utilization_percent: Figure((capacity > 0.0).then(|| assigned / capacity * 100.0)),
                conflicts: overbooked(&time, &bookings, &available, (from, to)),
            });
        }
        let unplanned_count = Whole(unplanned);
        Ok(Utilization { data, unplanned_count })
    }
}

/// The longest span, in days.
const LONGEST: i64 = 731;

/// Hours of a person between two days.
struct Booking {
    project: Id,
    starts: i64,
    ends: i64,
    planned: f64,
}

impl Booking {
    /// The hours that fall between two days, the last not included.
    fn hours(&self, time: &WorkTime, from: i64, to: i64) -> f64 {
        let whole = time.before(self.ends + 1) - time.before(self.starts);
        let (first, after) = (self.starts.max(from), (self.ends + 1).min(to));
        if whole <= 0 || after <= first { 0.0 } else { self.planned * (time.before(after) - time.before(first)) as f64 / whole as f64 }
    }
}

/// What the capacity of people follows from.
struct Capacities {
    week: WorkingWeek,
    project_share: f64,
    weekly_hours: HashMap<Id, f64>,
    away: HashMap<Id, Vec<Away>>,
}

impl Capacities {
    fn of(reader: &mut Reader<'_>, people: &[Id], span: Span) -> Result<Capacities> {
        let last = span.to.0.pred_opt().map_or(span.to, Date);
        let roster = reader.ask(|check| people::roster(check, span.from, last))?;
        Ok(Capacities {
            week: reader.ask(books::working_week)?,
            project_share: reader.ask(books::capacity_rules)?.project_share(),
            weekly_hours: roster.into_iter().map(|person| (person.id, person.weekly_hours)).collect(),
            away: reader.ask(|check| presence::all_away(check, people, span.from))?,
        })
    }

    /// The hours of a person for projects on each day of a span.
    fn of_person(&mut self, person: Id, span: Span) -> Vec<f64> {
        let weekly = self.weekly_hours.get(&person).copied().unwrap_or(0.0) * self.project_share;
        let away = self.away.remove(&person).unwrap_or_default();
        let there = |day: &Date| if away.iter().any(|away| away.covers(*day)) { 0.0 } else { weekly * self.week.share_of(*day) };
        std::iter::successors(Some(span.from), |day| day.later(1)).take_while(|day| *day < span.to).map(|day| there(&day)).collect()
    }
}

/// The weeks, from Monday to Sunday, in which more is assigned than there is.
fn overbooked(time: &WorkTime, bookings: &[Booking], available: &[f64], (from, to): (i64, i64)) -> Vec<OverbookedWeek> {
    let mut found = Vec::new();
    let mut first = from;
    while first < to {
        let after = (first + 7 - (first + 3).rem_euclid(7)).min(to);
        let assigned: f64 = bookings.iter().map(|booking| booking.hours(time, first, after)).sum();
        let capacity: f64 = (first..after).filter_map(|day| available.get(usize::try_from(day - from).ok()?)).sum();
        if let Some(starts_on) = date_of(first).filter(|_| assigned > capacity + 1.0 / HOUR as f64) {
            let projects: BTreeSet<Id> = bookings.iter().filter(|booking| booking.hours(time, first, after) > 0.0).map(|booking| booking.project).collect();
            let project_ids = projects.into_iter().map(IdOf::from).collect();
            found.push(OverbookedWeek { starts_on, assigned_hours: Figure(Some(assigned)), capacity_hours: Figure(Some(capacity)), project_ids });
        }
        first = after;
    }
    found
}

/// The bookings of each person in a span, and the number of assignments that tell no hours or no last day.
fn booked(reader: &mut Reader<'_>, span: Span) -> Result<(BTreeMap<Id, Vec<Booking>>, i64)> {
    let (seen, work_seen) = (reader.sees::<Assignment>()?, reader.sees::<WorkItem>()?);
    let query = assignments::table
        .inner_join(work_items::table)
        .filter(work_items::state.ne_all(["done", "cancelled"]))
        .filter(assignments::starts_on.lt(span.to))
        .filter(assignments::ends_on.is_null().or(assignments::ends_on.ge(span.from)))
        .filter(seen.clone())
        .filter(work_seen)
        .order(assignments::id);
    let columns = (assignments::person_id, work_items::project_id, assignments::starts_on, assignments::ends_on, assignments::planned_hours);
    let rows: Vec<(Id, Id, Date, Option<Date>, Option<f64>)> = query.select(columns).load(reader.within(&seen))?;
    let (mut booked, mut unplanned): (HashMap<Id, Vec<Booking>>, i64) = (HashMap::new(), 0);
    for (person, project, starts_on, ends_on, hours) in rows {
        let bookings = booked.entry(person).or_default();
        match ends_on.zip(hours) {
            Some((ends_on, planned)) => bookings.push(Booking { project, starts: day_number(starts_on), ends: day_number(ends_on), planned }),
            None => unplanned += 1,
        }
    }
    Ok((booked.into_iter().collect(), unplanned))
}
