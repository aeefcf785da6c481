//! Money and hours of projects together: what is funded and has nobody to do it cannot be carried out.

use crate::allocation::{
    allocation::Allocation,
    allocation_load::Firmness,
    capacity::{Asked, Task, Worker, asked_by_month, by_month},
    hours_cover::{RoleHours, missing},
    resource_request::ResourceRequest,
    roster,
};
use crate::budget::{
    budget::Budget,
    budget_line::BudgetLine,
    budget_transfer::BudgetTransfer,
    carry_forward::CarryForward,
    fiscal_year::FiscalYear,
    line::Line,
    line_flow::{Counted, positions},
    position::Position,
};
use std::collections::HashMap;
use steward_core::database::Narrowed;
use steward_core::ports::books::{self, WorkingWeek};
use steward_core::ports::work::{self, ProjectEstimate};
use steward_core::resource::value::{Text, Title};
use steward_core::view::prelude::*;
use steward_schema::finance::{allocations, budget_lines, budgets, resource_requests};

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Fiscal year.
    #[param(inline)]
    pub fiscal_year_id: IdOf<FiscalYear>,
}

/// Hours that nobody has free.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissingHours {
    /// Role that is needed; null if anybody can do it.
    pub role_profile_id: Option<Id>,
    /// Its title, if it is in sight.
    pub role_profile: Option<Title>,
    /// Missing hours.
    pub hours: Figure,
}

/// Money and hours of a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectMeans {
    /// Project of the row.
    pub project_id: Id,
    /// Its name.
    pub project: Title,
    /// Budget of its lines in the active budgets of the year, by currency; empty if it has none.
    pub funded: Vec<Money>,
    /// Hours that its work needs in the span, by the effort that is left and the dates of its plan.
    pub effort_hours: Figure,
    /// Hours of hard allocations to it in the span that are confirmed, active or completed.
    pub allocated_hours: Figure,
    /// Hours that open requests for it ask for in the span, less what is allocated for them.
    pub requested_hours: Figure,
    /// Hours that are still without a person: requested_hours, or effort_hours − allocated_hours if that is more.
    pub demand_hours: Figure,
    /// Hours of those that people have free, once projects of a higher priority are served.
    pub available_hours: Figure,
    /// The rest, by role.
    pub missing: Vec<MissingHours>,
    /// True if it is funded and its hours are covered; null if nothing says how many hours it needs.
    pub executable: Option<bool>,
    /// Cause, unless it is executable.
    pub reason: Option<Text<1, 200>>,
}

/// Feasibility of projects: their money and their hours together.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectFeasibility {
    /// Fiscal year.
    pub fiscal_year_id: IdOf<FiscalYear>,
    /// First day that counts: that of the year, or today if it has begun; the day after a year that is over.
    pub from: Date,
    /// Last day of the year.
    pub to: Date,
    /// Hours that people have free for projects in the span.
    pub free_hours: Figure,
    /// Projects that are funded or need hours, in the order in which they are served.
    pub data: Vec<ProjectMeans>,
}

impl View for ProjectFeasibility {
    const PATH: &'static str = "finance/project-feasibility";
    const OPERATION_ID: &'static str = "get_project_feasibility";
    const SUMMARY: &'static str = "Get the feasibility of projects";
    const DESCRIPTION: &'static str = "Checks the money and the hours of projects together, over what you may see: a project that is funded but finds nobody to do its work is not executable. \
        Its lines in the active budgets of the year fund it. Its open requests and the effort of its plan are set against the hours that people have free: capacity less hard allocations, person by person. \
        Projects are served by their priority; needs for a role are met by people in that role, other work by anybody. Closed, cancelled and proposed projects are left out.";
    const FORMULA: &'static str = "free_hours = Σ max(0, capacity_hours − allocated_hours) of each person; demand_hours = max(requested_hours, effort_hours − allocated_hours); executable = funded and Σ missing = 0";
    const SOURCE: &'static str = "PMBOK 7, resource optimisation; Axelos, MoP, balance of the portfolio";
    type Reads = (FiscalYear, Budget, BudgetLine, Allocation, ResourceRequest, IfPermitted<BudgetTransfer>, IfPermitted<CarryForward>);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let (_, year) = cx.get_typed::<FiscalYear>(query.fiscal_year_id.id)?;
        // Nothing is left of a year that is over.
        let after = year.ends_on.plus_days(1);
        let from = year.starts_on.max(cx.today()).min(after);
        let span = (from, after);
        let mut funded = funded(cx, query.fiscal_year_id.id)?;
        let week = cx.ask(books::working_week)?;
        let (free, roles) = free(cx, &week, span)?;
        let mut projects = projects(cx, (from, year.ends_on))?;
        let hours = hours(cx, &projects, &week, span)?;
        projects.retain(|project| funded.contains_key(&project.project) || hours.get(&project.project).is_some_and(|hours| hours.need() > 0.0));
        projects.sort_by_key(|project| (std::cmp::Reverse(project.rank), project.project));
        let needs: Vec<RoleHours> = projects.iter().map(|project| hours.get(&project.project).map(|hours| hours.by_role(&roles)).unwrap_or_default()).collect();
        let free_hours = free.values().sum();
        let lacking = missing(free, &needs);
        let ids: Vec<Id> = lacking.iter().flat_map(|missing| missing.keys().copied().flatten()).collect();
        let titles = cx.titles("teams/role-profiles", &ids)?;
        let means = |((project, missing), need): ((ProjectEstimate, RoleHours), RoleHours)| {
            let money = funded.remove(&project.project).unwrap_or_default();
            let hours = hours.get(&project.project);
            means(project, money, hours, (need.values().sum(), missing), &titles)
        };
        let data = projects.into_iter().zip(lacking).zip(needs).map(means).collect();
        Ok(ProjectFeasibility { fiscal_year_id: query.fiscal_year_id, from, to: year.ends_on, free_hours: Figure(Some(free_hours)), data })
    }
}

/// What projects need in a span.
#[derive(Debug, Default)]
struct ProjectHours {
    effort: f64,
    allocated: f64,
    /// By role, or by person where one is wanted.
    requested: HashMap<(Option<Id>, Option<Id>), f64>,
}

impl ProjectHours {
    fn requested(&self) -> f64 {
        self.requested.values().sum()
    }

    fn need(&self) -> f64 {
        self.effort.max(self.allocated + self.requested())
    }

    /// What is still without a person, by role: a wanted person's is that of the person; what is beyond the requests, anybody does.
    fn by_role(&self, roles: &HashMap<Id, Option<Id>>) -> RoleHours {
        let mut needs = RoleHours::new();
        for ((role, person), hours) in &self.requested {
            let role = role.or_else(|| person.and_then(|person| roles.get(&person).copied().flatten()));
            *needs.entry(role).or_default() += hours;
        }
        let beyond = self.effort - self.allocated - self.requested();
        if beyond > 0.0 {
            *needs.entry(None).or_default() += beyond;
        }
        needs.retain(|_, hours| *hours > 0.0);
        needs
    }
}

fn means(
    project: ProjectEstimate,
    funded: Vec<Money>,
    hours: Option<&ProjectHours>,
    (demand, missing): (f64, RoleHours),
    titles: &HashMap<Id, Title>,
) -> ProjectMeans {
    let lacking: f64 = missing.values().sum();
    let known = hours.is_some_and(|hours| hours.need() > 0.0);
    let executable = match (funded.is_empty(), known) {
        (true, _) => Some(false),
        (false, false) => None,
        (false, true) => Some(missing.is_empty()),
    };
    let reason = match (funded.is_empty(), known, missing.is_empty()) {
        (true, ..) => Some("No line of an active budget of the year pays for it.".to_owned()),
        (_, false, _) => Some("Neither its work nor requests tell how many hours it needs in the span.".to_owned()),
        (_, _, false) => Some(format!("It is funded, but {lacking:.1} of {demand:.1} hours find nobody who has them free.")),
        _ => None,
    };
    let figure = |hours: Option<f64>| Figure(Some(hours.unwrap_or(0.0)));
    let of_role = |(role, hours): (Option<Id>, f64)| MissingHours {
        role_profile_id: role,
        role_profile: role.and_then(|role| titles.get(&role).cloned()),
        hours: Figure(Some(hours)),
    };
    ProjectMeans {
        project_id: project.project,
        project: project.name,
        funded,
        effort_hours: figure(hours.map(|hours| hours.effort)),
        allocated_hours: figure(hours.map(|hours| hours.allocated)),
        requested_hours: figure(hours.map(ProjectHours::requested)),
        demand_hours: Figure(Some(demand)),
        available_hours: Figure(Some(demand - lacking)),
        missing: missing.into_iter().map(of_role).collect(),
        executable,
        reason: reason.map(|reason| Text::cut(&reason)),
    }
}

/// The budgets of projects in the active budgets of a year, by currency: with what was transferred and carried forward, as far as the caller
/// may see it.
fn funded(cx: &mut Context<'_, '_>, year: Id) -> Result<HashMap<Id, Vec<Money>>> {
    let (seen, seen_budgets) = (cx.sees::<BudgetLine>()?, cx.sees::<Budget>()?);
    let counted = Counted {
        transfers: cx.sees::<BudgetTransfer>()?,
        carried: cx.sees::<CarryForward>()?,
        entries: Narrowed::nothing(),
        commitments: Narrowed::nothing(),
        as_of: None,
    };
    let rows: Vec<(Id, Line)> = budget_lines::table
        .inner_join(budgets::table)
        .filter(budgets::fiscal_year_id.eq(year).and(budgets::state.eq("active")).and(budget_lines::project_id.is_not_null()))
        .filter(seen.clone())
        .filter(seen_budgets)
        .order(budget_lines::id)
        .select((budget_lines::project_id.assume_not_null(), Line::as_select()))
        .load(cx.within(&seen))?;
    let (lines, today): (Vec<Line>, Date) = (rows.iter().map(|(_, line)| *line).collect(), cx.today());
    let positions = positions(cx.within(&seen), &lines, &counted, today)?;
    let mut funded: HashMap<Id, Vec<Money>> = HashMap::new();
    for (project, line) in rows {
        let (position, currency) = (positions.get(&line.id).copied().unwrap_or(Position::EMPTY), line.currency);
        let minor = position.current_budget();
        let sums = funded.entry(project).or_default();
        match sums.iter_mut().find(|sum| sum.currency == currency) {
            Some(sum) => sum.minor = sum.minor.saturating_add(minor),
            None => sums.push(Money::new(minor, currency)),
        }
    }
    Ok(funded)
}

/// The hours that people in sight have free for projects, by role, and the role of each.
fn free(cx: &mut Context<'_, '_>, week: &WorkingWeek, span: (Date, Date)) -> Result<(RoleHours, HashMap<Id, Option<Id>>)> {
    let share = cx.ask(books::capacity_rules)?.project_share();
    let seen = cx.sees::<Allocation>()?;
    let (mut free, mut roles) = (RoleHours::new(), HashMap::new());
    for listed in roster::read(cx, span, &seen)? {
        let hours: f64 = by_month(&listed.worker, week, share, span).values().map(|hours| hours.capacity - hours.allocated).sum();
        *free.entry(listed.person.role_profile).or_default() += hours.max(0.0);
        roles.insert(listed.person.id, listed.person.role_profile);
    }
    Ok((free, roles))
}

/// The projects in sight that go on.
fn projects(cx: &mut Context<'_, '_>, span: (Date, Date)) -> Result<Vec<ProjectEstimate>> {
    let mut all = cx.ask(|check| work::estimates(check, &[span]))?;
    let ids: Vec<Id> = all.iter().map(|project| project.project).collect();
    let visible = cx.titles("projects/projects", &ids)?;
    all.retain(|project| !project.is_over && visible.contains_key(&project.project));
    Ok(all)
}

/// What projects need in a span, by project.
fn hours(cx: &mut Context<'_, '_>, projects: &[ProjectEstimate], week: &WorkingWeek, span: (Date, Date)) -> Result<HashMap<Id, ProjectHours>> {
    let of = |project: &ProjectEstimate| project.items.iter().copied().chain([project.project]).map(|id| (id, project.project)).collect::<Vec<_>>();
    let by_work: HashMap<Id, Id> = projects.iter().flat_map(of).collect();
    let begin = |project: &ProjectEstimate| (project.project, ProjectHours { effort: project.hours.iter().sum(), ..ProjectHours::default() });
    let mut hours: HashMap<Id, ProjectHours> = projects.iter().map(begin).collect();
    let mut for_request: HashMap<Id, f64> = HashMap::new();
    for (request, work, allocated) in allocated(cx, week, span)? {
        if let Some(project) = work.and_then(|work| hours.get_mut(by_work.get(&work)?)) {
            project.allocated += allocated;
        }
        if let Some(request) = request {
            *for_request.entry(request).or_default() += allocated;
        }
    }
    let seen = cx.sees::<ResourceRequest>()?;
    type Row = (Id, Option<Id>, Option<Id>, Option<Id>, (Date, Date), (Option<f64>, Option<f64>));
    let rows: Vec<Row> = resource_requests::table
        .filter(resource_requests::state.eq_any(["submitted", "proposed", "partly_fulfilled"]).and(resource_requests::work_id.is_not_null()))
        .filter(resource_requests::ends_on.ge(span.0).and(resource_requests::starts_on.lt(span.1)))
        .filter(seen.clone())
        .select((
            resource_requests::id,
            resource_requests::work_id,
            resource_requests::role_profile_id,
            resource_requests::person_id,
            (resource_requests::starts_on, resource_requests::ends_on),
            (resource_requests::hours, resource_requests::percent),
        ))
        .load(cx.within(&seen))?;
    for (request, work, role, person, (starts_on, ends_on), (asked, percent)) in rows {
        let Some(project) = work.and_then(|work| hours.get_mut(by_work.get(&work)?)) else { continue };
        let asked: f64 = asked_by_month(&Asked { starts_on, ends_on, hours: asked, percent }, week, span).values().sum();
        let open = asked - for_request.get(&request).copied().unwrap_or(0.0);
        *project.requested.entry((role, person)).or_default() += open.max(0.0);
    }
    Ok(hours)
}

/// The hours of hard allocations in sight in a span: the request, the work, and how many.
fn allocated(cx: &mut Context<'_, '_>, week: &WorkingWeek, span: (Date, Date)) -> Result<Vec<(Option<Id>, Option<Id>, f64)>> {
    let people: HashMap<Id, f64> =
        cx.ask(|check| steward_core::ports::people::roster(check, span.0, span.1))?.into_iter().map(|person| (person.id, person.weekly_hours)).collect();
    let seen = cx.sees::<Allocation>()?;
    type Row = ((Id, Id), (Option<Id>, Option<Id>), (Date, Date), (Option<f64>, Option<f64>));
    let rows: Vec<Row> = allocations::table
        .filter(allocations::state.eq_any(["confirmed", "active", "completed"]).and(allocations::kind.eq(Firmness::Hard)))
        .filter(allocations::ends_on.ge(span.0).and(allocations::starts_on.lt(span.1)))
        .filter(seen.clone())
        .order(allocations::id)
        .select((
            (allocations::id, allocations::person_id),
            (allocations::request_id, allocations::work_id),
            (allocations::starts_on, allocations::ends_on),
            (allocations::percent, allocations::weekly_hours),
        ))
        .load(cx.within(&seen))?;
    let told = |((id, person), (request, work), (starts_on, ends_on), (percent, weekly_hours)): Row| {
        let task = Task { id, starts_on, ends_on, percent, weekly_hours, hard: true };
        let worker = Worker { weekly_hours: people.get(&person).copied().unwrap_or(0.0), away: Vec::new(), tasks: vec![task] };
        (request, work, by_month(&worker, week, 1.0, span).values().map(|hours| hours.allocated).sum())
    };
    Ok(rows.into_iter().map(told).collect())
}
