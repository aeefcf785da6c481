//! Projects: work in progress, for the domains that steer by it.

use super::ask;
use crate::error::Result;
use crate::resource::value::{Date, Money, Title};
use crate::resource::{Check, Effect, Id};
use diesel::Queryable;

/// A project that is neither closed nor cancelled and names no objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnalignedProject {
    /// The project.
    pub id: Id,
    /// The initiative that it carries out.
    pub initiative: Option<Id>,
}

/// What a project is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProjectAim {
    /// The project.
    pub id: Id,
    /// The objective that it serves first.
    pub objective: Option<Id>,
    /// The initiative that it carries out.
    pub initiative: Option<Id>,
}

/// A project that a budget pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundedProject {
    /// The project.
    pub id: Id,
    /// Its code.
    pub code: String,
    /// True if it is carried out.
    pub is_executing: bool,
}

/// Remaining cost of a work item in some spans of days, by the plan.
#[derive(Debug, Clone)]
pub struct WorkEstimate {
    /// The work item.
    pub work_item: Id,
    /// The budget line that pays for it.
    pub budget_line: Option<Id>,
    /// Rest of its budget at completion.
    pub remaining: Money,
    /// Share of that in each span, in minor units; none if the work has no dates.
    pub amounts: Option<Vec<i64>>,
}

/// Remaining cost and work of a project.
#[derive(Debug, Clone)]
pub struct ProjectEstimate {
    /// The project.
    pub project: Id,
    /// Its name.
    pub name: Title,
    /// True if it is closed or cancelled.
    pub is_over: bool,
    /// The budget that pays for it.
    pub budget: Option<Id>,
    /// The initiative that it carries out.
    pub initiative: Option<Id>,
    /// The last day that its plan or it tells.
    pub ends_on: Option<Date>,
    /// Priority: 0 for the lowest, 3 for the highest.
    pub rank: i64,
    /// The work that has a budget, finished work included.
    pub work: Vec<WorkEstimate>,
    /// All of its work items.
    pub items: Vec<Id>,
    /// Hours of work that are left in each span; what has no dates is left out.
    pub hours: Vec<f64>,
}

/// Work that a loss delays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct DelayedWork {
    /// The work item.
    pub work_item: Id,
    /// Its project.
    pub project: Id,
    /// What it waits for, or the person who works on it or is responsible for it.
    pub because: Id,
}

/// Ports of the domain that keeps projects.
pub trait Work: Send + Sync {
    /// What some projects are for.
    fn aims(&self, check: &mut Check<'_>, projects: &[Id]) -> Result<Vec<ProjectAim>>;

    /// The open projects of some units and the units below them that name no objective, in order of their ids, whoever may see them.
    fn without_objective(&self, check: &mut Check<'_>, units: &[Id]) -> Result<Vec<UnalignedProject>>;

    /// The work that is not done and waits for one of some records, or that one of some people is responsible for or assigned to today or
    /// later, and all that waits for that work; each once, the nearest first.
    fn delayed(&self, check: &mut Check<'_>, records: &[Id], people: &[Id]) -> Result<Vec<DelayedWork>>;

    /// The milestones that are to come of open projects for some services, each with its planned day in a span of days, the last one excluded; in
    /// order of their days.
    fn milestones(&self, check: &mut Check<'_>, services: &[Id], days: (Date, Date)) -> Result<Vec<(Id, Date)>>;

    /// The projects that a budget pays and that are neither closed nor cancelled, in order of their ids, regardless of permission.
    fn funded(&self, check: &mut Check<'_>, budget: Id) -> Result<Vec<FundedProject>>;

    /// The code of a project, if it is closed.
    fn closed(&self, check: &mut Check<'_>, project: Id) -> Result<Option<String>>;

    /// The effect by which another budget pays a project.
    fn fund(&self, project: Id, budget: Id) -> Effect;

    /// Remaining cost and work of projects in some spans of days, which follow each other; of all but proposed ones, in order of their
    /// ids.
    fn estimates(&self, check: &mut Check<'_>, spans: &[(Date, Date)]) -> Result<Vec<ProjectEstimate>>;

    /// The first number of the outline of a project that no work item begins with.
    fn next_outline(&self, check: &mut Check<'_>, project: Id) -> Result<i64>;
}

/// The open projects of some units and the units below them that name no objective; none where nobody keeps projects.
pub fn without_objective(check: &mut Check<'_>, units: &[Id]) -> Result<Vec<UnalignedProject>> {
    ask(check, |port: &'static dyn Work, check| port.without_objective(check, units))
}

/// What some projects are for; nothing is known where nobody keeps projects.
pub fn aims(check: &mut Check<'_>, projects: &[Id]) -> Result<Vec<ProjectAim>> {
    ask(check, |port: &'static dyn Work, check| port.aims(check, projects))
}

/// The work that waits for one of some records or people; none where nobody keeps projects.
pub fn delayed(check: &mut Check<'_>, records: &[Id], people: &[Id]) -> Result<Vec<DelayedWork>> {
    ask(check, |port: &'static dyn Work, check| port.delayed(check, records, people))
}

/// The milestones that are to come of open projects for some services; none where nobody keeps projects.
pub fn milestones(check: &mut Check<'_>, services: &[Id], days: (Date, Date)) -> Result<Vec<(Id, Date)>> {
    ask(check, |port: &'static dyn Work, check| port.milestones(check, services, days))
}

/// The projects that a budget pays and that are neither closed nor cancelled; none where nobody keeps projects.
pub fn funded(check: &mut Check<'_>, budget: Id) -> Result<Vec<FundedProject>> {
    ask(check, |port: &'static dyn Work, check| port.funded(check, budget))
}

/// The code of a project, if it is closed; none where nobody keeps projects.
pub fn closed(check: &mut Check<'_>, project: Id) -> Result<Option<String>> {
    ask(check, |port: &'static dyn Work, check| port.closed(check, project))
}

/// The effects by which another budget pays what one has paid; none where nobody keeps projects.
pub fn fund_by(check: &mut Check<'_>, before: Id, after: Id) -> Result<Vec<Effect>> {
    let Some(port) = check.definitions.answers.get::<&'static dyn Work>().copied() else { return Ok(Vec::new()) };
    Ok(port.funded(check, before)?.into_iter().map(|project| port.fund(project.id, after)).collect())
}

/// The first number of the outline of a project that no work item begins with; 1 where nobody keeps projects.
pub fn next_outline(check: &mut Check<'_>, project: Id) -> Result<i64> {
    match check.definitions.answers.get::<&'static dyn Work>() {
        Some(port) => port.next_outline(check, project),
        None => Ok(1),
    }
}

/// Remaining cost and work of projects in some spans of days; none where no domain keeps projects.
pub fn estimates(check: &mut Check<'_>, spans: &[(Date, Date)]) -> Result<Vec<ProjectEstimate>> {
    ask(check, |port: &'static dyn Work, check| port.estimates(check, spans))
}
