//! A portfolio at a glance: cost, value, risk and health of its projects.

use super::portfolio_row::PortfolioRow;
use crate::portfolio::candidates::{PortfolioProject, projects_of, sum};
use crate::portfolio::portfolio::Portfolio;
use crate::project::benefit::Benefit;
use crate::project::figures::project_status::status_of;
use crate::project::project::Project;
use crate::quality::{defect::Defect, quality_check::QualityCheck};
use crate::schedule::{baseline::Baseline, work_dependency::WorkDependency, work_item::WorkItem};
use steward_core::view::prelude::*;

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
            data.push(PortfolioRow::of(project, &status));
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
