//! Capacity of people against what they are allocated to and what is asked for.

use crate::allocation::{
    allocation::Allocation,
    capacity::{Asked, Hours, asked_by_month, by_month, over_allocations},
    resource_request::ResourceRequest,
    roster::{self, Listed},
};
use std::collections::{BTreeMap, HashMap};
use steward_core::choice;
use steward_core::ports::books::{self, WorkingWeek};
use steward_core::resource::value::{Text, Title};
use steward_core::view::prelude::*;
use steward_schema::finance::resource_requests;

/// The longest span, in days.
const LONGEST: i64 = 1_100;

choice! {
    /// Grouping of capacity.
    pub enum CapacityGroup {
        /// By person.
        Person = "person",
        /// By role profile.
        RoleProfile = "role_profile",
        /// By unit.
        Unit = "unit",
    }
}

/// Parameters of the figure.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// First day.
    #[param(inline)]
    pub from: Date,
    /// Day after the last one.
    #[param(inline)]
    pub to: Date,
    /// Grouping; person if left out.
    #[param(inline)]
    pub group_by: Option<CapacityGroup>,
}

/// Hours of a month.
#[derive(Debug, Serialize, ToSchema)]
pub struct CapacityMonth {
    /// Month as YYYY-MM.
    pub month: Text<7, 7>,
    /// Capacity in hours.
    pub capacity_hours: Figure,
    /// Hours of hard allocations.
    pub allocated_hours: Figure,
    /// Open demand of the role; null for other groupings.
    pub demand_hours: Figure,
}

/// A span on which a person is over-allocated.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverAllocated {
    /// Id of the person.
    pub person_id: Text<1, 36>,
    /// Name of the person.
    pub person: Title,
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub ends_on: Date,
    /// Peak load of a day in percent of the contracted time; null without contracted time.
    pub peak_percent: Figure,
    /// True if the person is absent on one of the days.
    pub absent: bool,
    /// Allocations that take the time.
    pub allocation_ids: Vec<IdOf<Allocation>>,
}

/// Capacity of a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct CapacityRow {
    /// Id of the person, role profile or unit; null for people without a role.
    pub id: Option<Text<1, 36>>,
    /// Title of the person, role profile or unit, if visible to you.
    pub title: Option<Title>,
    /// Number of people in the group.
    pub people: Count,
    /// Capacity for projects.
    pub capacity_hours: Figure,
    /// Hours of hard allocations that are confirmed, active or completed.
    pub allocated_hours: Figure,
    /// Hours of soft or proposed allocations.
    pub soft_hours: Figure,
    /// Open demand of the role; null for other groupings.
    pub demand_hours: Figure,
    /// Capacity less hard allocations, in hours.
    pub available_hours: Figure,
    /// Hard allocations in percent of the capacity; null without capacity.
    pub utilization_percent: Figure,
    /// Months of the span.
    pub months: Vec<CapacityMonth>,
    /// Over-allocations, merged into spans.
    pub over_allocations: Vec<OverAllocated>,
}

/// Capacity in a span.
#[derive(Debug, Serialize, ToSchema)]
pub struct Capacity {
    /// First day.
    pub from: Date,
    /// Day after the last one.
    pub to: Date,
    /// Grouping of the rows.
    pub group_by: CapacityGroup,
    /// Share of people's time for other work than projects, in percent.
    pub non_project_percent: Figure,
    /// Percentage by which hard allocations may exceed the contracted time.
    pub tolerance_percent: Figure,
    /// Groups, by title.
    pub data: Vec<CapacityRow>,
}

impl View for Capacity {
    const PATH: &'static str = "finance/capacity";
    const OPERATION_ID: &'static str = "get_capacity";
    const SUMMARY: &'static str = "Get the capacity of people";
    const DESCRIPTION: &'static str = "Capacity of people in a period compared with their allocations, over the people and allocations visible to you; at most 1,100 days. A day has the working hours of the organisation's calendar, in proportion to the person's contracted week; absences and the time outside the contract have none. \
        Days on which hard allocations exceed the contracted time by more than the tolerance, or rely on an absent person, are merged into date ranges across free days; the kind of an absence is not shown. \
        Grouped by role, also the open demand: requests for the role that are submitted, proposed or partly fulfilled, with their hours spread evenly over the working days of the request.";
    const FORMULA: &'static str = "capacity_hours = Σ weekly hours · working hours of the day ÷ working hours of the week · (1 − non_project_percent ÷ 100); utilization_percent = allocated_hours ÷ capacity_hours · 100";
    const SOURCE: &'static str = "PMBOK 7, resource optimisation; ITIL 4, capacity and performance management";
    type Reads = (Allocation, IfPermitted<ResourceRequest>);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let span = (query.from, query.to);
        if query.to <= query.from || (query.to.0 - query.from.0).num_days() > LONGEST {
            return Err(Problem::bad_request(format!("to is after from, by at most {LONGEST} days.")).into());
        }
        let group_by = query.group_by.unwrap_or(CapacityGroup::Person);
        let rules = cx.ask(books::capacity_rules)?;
        let week = cx.ask(books::working_week)?;
        let seen = cx.sees::<Allocation>()?;
        let listed = roster::read(cx, span, &seen)?;
        let demand = if group_by == CapacityGroup::RoleProfile { demand(cx, &week, span)? } else { HashMap::new() };
        let key = |person: &Listed| match group_by {
            CapacityGroup::Person => Some(person.person.id),
            CapacityGroup::RoleProfile => person.person.role_profile,
            CapacityGroup::Unit => Some(person.person.unit),
        };
        let mut groups = grouped(listed.into_iter().map(|person| (key(&person), person)));
        for role in demand.keys() {
            groups.entry(Some(*role)).or_default();
        }
        let ids: Vec<Id> = groups.keys().copied().flatten().collect();
        let titles = match group_by {
            CapacityGroup::Person => cx.titles("teams/people", &ids)?,
            CapacityGroup::RoleProfile => cx.titles("teams/role-profiles", &ids)?,
            CapacityGroup::Unit => cx.titles("teams/units", &ids)?,
        };
        let none = BTreeMap::new();
        let of_role = |id: Option<Id>| (group_by == CapacityGroup::RoleProfile).then(|| id.and_then(|id| demand.get(&id)).unwrap_or(&none));
        let row = |(id, people): (Option<Id>, Vec<Listed>)| {
            let title = id.and_then(|id| titles.get(&id).cloned());
            group(id, title, &people, (&week, rules.non_project_percent, rules.tolerance_percent), span, of_role(id))
        };
        let mut data: Vec<CapacityRow> = groups.into_iter().map(row).collect();
        data.sort_by(|one, other| {
            (one.id.is_none(), one.title.as_ref().map(|title| &title.0), one.id.as_ref().map(|id| &id.0)).cmp(&(
                other.id.is_none(),
                other.title.as_ref().map(|title| &title.0),
                other.id.as_ref().map(|id| &id.0),
            ))
        });
        Ok(Capacity {
            from: query.from,
            to: query.to,
            group_by,
            non_project_percent: Figure(Some(rules.non_project_percent)),
            tolerance_percent: Figure(Some(rules.tolerance_percent)),
            data,
        })
    }
}

/// The row of a group of people.
fn group(
    id: Option<Id>,
    title: Option<Title>,
    people: &[Listed],
    (week, non_project, tolerance): (&WorkingWeek, f64, f64),
    span: (Date, Date),
    demand: Option<&BTreeMap<String, f64>>,
) -> CapacityRow {
    let mut months: BTreeMap<String, Hours> = BTreeMap::new();
    let mut over = Vec::new();
    for listed in people {
        for (month, hours) in by_month(&listed.worker, week, 1.0 - non_project / 100.0, span) {
            let sum = months.entry(month).or_default();
            *sum = sum.plus(hours);
        }
        over.extend(over_allocations(&listed.worker, week, tolerance, span).into_iter().map(|span| OverAllocated {
            person_id: Text::cut(&listed.person.id.to_string()),
            person: listed.name.clone(),
            starts_on: span.starts_on,
            ends_on: span.ends_on,
            peak_percent: Figure(span.peak_percent),
            absent: span.absent,
            allocation_ids: span.causes.into_iter().map(IdOf::from).collect(),
        }));
    }
    let asked = |month: &str| Figure(demand.map(|demand| demand.get(month).copied().unwrap_or(0.0)));
    for month in demand.into_iter().flat_map(BTreeMap::keys) {
        months.entry(month.clone()).or_default();
    }
    let sum = months.values().fold(Hours::default(), |sum, hours| sum.plus(*hours));
    let figure = |hours: f64| Figure(Some(hours));
    CapacityRow {
        id: id.map(|id| Text::cut(&id.to_string())),
        title,
        people: steward_core::resource::value::Whole(people.len() as i64),
        capacity_hours: figure(sum.capacity),
        allocated_hours: figure(sum.allocated),
        soft_hours: figure(sum.soft),
        demand_hours: Figure(demand.map(|demand| demand.values().sum())),
        available_hours: figure(sum.capacity - sum.allocated),
        utilization_percent: Figure((sum.capacity > 0.0).then(|| sum.allocated / sum.capacity * 100.0)),
        months: months
            .iter()
            .map(|(month, hours)| CapacityMonth {
                month: Text::cut(month),
                capacity_hours: figure(hours.capacity),
                allocated_hours: figure(hours.allocated),
                demand_hours: asked(month),
            })
            .collect(),
        over_allocations: over,
    }
}

/// Open demand by role and month, in hours; a percentage is of a full week of the calendar.
fn demand(cx: &mut Context<'_, '_>, week: &WorkingWeek, (from, to): (Date, Date)) -> Result<HashMap<Id, BTreeMap<String, f64>>> {
    let seen = cx.sees::<ResourceRequest>()?;
    if seen.is_nothing() {
        return Ok(HashMap::new());
    }
    type Row = (Option<Id>, Date, Date, Option<f64>, Option<f64>);
    let rows: Vec<Row> = resource_requests::table
        .filter(resource_requests::state.eq_any(["submitted", "proposed", "partly_fulfilled"]).and(resource_requests::role_profile_id.is_not_null()))
        .filter(resource_requests::ends_on.ge(from).and(resource_requests::starts_on.lt(to)))
        .filter(seen.clone())
        .select((
            resource_requests::role_profile_id,
            resource_requests::starts_on,
            resource_requests::ends_on,
            resource_requests::hours,
            resource_requests::percent,
        ))
        .load(cx.within(&seen))?;
    let mut demand: HashMap<Id, BTreeMap<String, f64>> = HashMap::new();
    for (role, starts_on, ends_on, hours, percent) in rows {
        let Some(role) = role else { continue };
        let of_role = demand.entry(role).or_default();
        for (month, hours) in asked_by_month(&Asked { starts_on, ends_on, hours, percent }, week, (from, to)) {
            *of_role.entry(month).or_default() += hours;
        }
    }
    demand.retain(|_, months| !months.is_empty());
    Ok(demand)
}
