//! A project in the overview of its portfolio.

use crate::portfolio::candidates::PortfolioProject;
use crate::project::figures::project_status::ProjectStatus;
use crate::project::project::Project;
use crate::project::status::Colour;
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

impl PortfolioRow {
    /// Row of a project with its status.
    pub fn of(project: PortfolioProject, status: &ProjectStatus) -> PortfolioRow {
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
}
