//! A portfolio at a glance: cost, value, risk and health of its projects.

use crate::portfolio::candidates::{PortfolioProject, projects_of, sum};
use crate::portfolio::portfolio::Portfolio;
use crate::project::benefit::Benefit;
use crate::project::figures::project_status::{ProjectStatus, status_of};
use crate::project::project::Project;
use crate::project::status::Colour;
use crate::quality::{defect::Defect, quality_check::QualityCheck};
use crate::schedule::{baseline::Baseline, work_dependency::WorkDependency, work_item::WorkItem};
use steward_core::resource::value::Whole;
use steward_core::view::prelude::*;

/// Project in a portfolio.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortfolioRow {
    /// Project of the row.
    pub project: Ref<Project>,
    /// Primary objective of the project.
    pub objective_id: Option<Id>,
    /// Budget of the project.
    pub cost: Option<Money>,
    /// Effort of the work that is not done, in hours; null without work, or where neither effort nor duration of some is recorded.
    pub hours: Figure,
    /// Planned benefits; null without any, or in several currencies.
    pub value: Option<Money>,
    /// Number of threats that are not closed; null if the caller may see no risks, and `partial` is true then.
    pub risk_count: Option<Count>,
    /// Progress in percent.
    pub progress_percent: Figure,
    /// Finish by the schedule.
    pub ends_on: Option<Date>,
    /// Slip in working days; null without a baseline.
    pub slip_days: Option<Whole<-10_000_000, 10_000_000>>,
    /// Worst of the six colours of its status.
    pub health: Option<Colour>,
}

/// Overview of a portfolio.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortfolioOverview {
    /// Portfolio of the overview.
    pub portfolio_id: IdOf<Portfolio>,
    /// Reference date that counts as today.
    pub as_of: Date,
    /// Limit of funding.
    pub funding_limit: Option<Money>,
    /// Sum of budgets; null without any, or in several currencies.
    pub cost: Option<Money>,
    /// Sum of planned benefits; null without any, or in several currencies.
    pub value: Option<Money>,
    /// Capacity in hours.
    pub capacity_hours: Figure,
    /// Sum of the effort that is not done, in hours; null where that of a project is null.
    pub hours: Figure,
    /// Projects that are not closed or cancelled, in the order of their codes; 200 at most.
    pub data: Vec<PortfolioRow>,
    /// True if records that the caller may not see are left out: risks, or what the figures are computed from.
    pub partial: bool,
}

impl View for PortfolioOverview {
    const PATH: &'static str = "projects/portfolios/{id}/overview";
    const SUMMARY: &'static str = "Get the overview of a portfolio";
    const DESCRIPTION: &'static str = "Cost, value, risk and health of the running projects of a portfolio, over what the caller may see. Health is that of `/projects/projects/{id}/status`.";
    type Reads = (
        Portfolio,
        Project,
        WorkItem,
        IfPermitted<WorkDependency>,
        IfPermitted<Baseline>,
        IfPermitted<Defect>,
        IfPermitted<QualityCheck>,
        IfPermitted<Benefit>,
    );
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: AsOf) -> Result<Self> {
        let (id, as_of) = (cx.id()?, query.or_today(cx));
        let (_, portfolio) = cx.get_typed::<Portfolio>(id)?;
        let projects = projects_of(cx, id, 200)?;
        let amounts = |of: fn(&PortfolioProject) -> Option<Money>| -> Vec<Money> { projects.iter().filter_map(of).collect() };
        let (cost, value) = (sum(&amounts(|project| project.cost)), sum(&amounts(|project| project.value)));
        let hours = projects.iter().map(|project| project.hours).sum();
        let partial = partial::<Self::Reads>(cx)? || projects.iter().any(|project| project.threats.is_none());
        let mut data = Vec::new();
        for project in projects {
            let status = status_of(cx, project.id, as_of)?;
            data.push(row(project, &status));
        }
        Ok(PortfolioOverview {
            portfolio_id: id.into(),
            as_of,
            funding_limit: portfolio.funding_limit,
            cost,
            value,
            capacity_hours: Figure(portfolio.capacity_hours.map(|hours| hours.0)),
            hours: Figure(hours),
            data,
            partial,
        })
    }
}

fn row(project: PortfolioProject, status: &ProjectStatus) -> PortfolioRow {
    PortfolioRow {
        project: Ref::new(project.id, &project.name.0, Some(&project.state)),
        objective_id: project.objective_id,
        cost: project.cost,
        hours: Figure(project.hours),
        value: project.value,
        risk_count: project.threats.map(|count| Whole(i64::try_from(count).unwrap_or(i64::MAX))),
        progress_percent: status.progress_percent,
        ends_on: status.ends_on,
        slip_days: status.slip_days,
        health: status.colour,
    }
}
