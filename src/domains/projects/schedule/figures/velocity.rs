//! The velocity of a project: story points done in each sprint.

use crate::project::project::Project;
use crate::project::reach::covers;
use crate::schedule::sprint::Sprint;
use crate::schedule::work_item::WorkItem;
use std::collections::HashMap;
use steward_core::resource::value::Title;
use steward_core::view::prelude::*;
use steward_schema::projects::{sprints, work_items};

/// Story points of a sprint.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SprintVelocity {
    /// Sprint of the row.
    pub sprint_id: IdOf<Sprint>,
    /// Name of the sprint.
    pub name: Title,
    /// Last day of the sprint.
    pub ends_on: Date,
    /// Story points committed at its start.
    pub committed_points: Figure,
    /// Story points done by its last day.
    pub completed_points: Figure,
}

/// Velocity of a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Velocity {
    /// Project evaluated.
    pub project_id: IdOf<Project>,
    /// Velocity: mean of the last three completed sprints; null without any.
    pub velocity: Figure,
    /// Completed sprints in order.
    pub data: Vec<SprintVelocity>,
    /// True if work of the project that you may not see is left out.
    pub partial: bool,
}

impl View for Velocity {
    const PATH: &'static str = "projects/projects/{id}/velocity";
    const SUMMARY: &'static str = "Get the velocity of a project";
    const DESCRIPTION: &'static str = "Velocity of a project: story points done in each completed sprint.";
    const FORMULA: &'static str = "velocity = Σ completed_points of the last three sprints / their number";
    const SOURCE: &'static str = "Cohn 2005, Agile Estimating and Planning";
    type Reads = (Project, Sprint, WorkItem);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, _) = cx.get_typed::<Project>(id)?;
        let partial = !covers::<WorkItem>(cx, &stored)?;
        let seen = cx.sees::<Sprint>()?;
        let completed = sprints::table.filter(sprints::project_id.eq(id)).filter(sprints::state.eq("completed")).filter(seen.clone());
        let columns = (sprints::id, sprints::name, sprints::ends_on, sprints::committed_points);
        let rows: Vec<(Id, Title, Date, Option<f64>)> = completed.order((sprints::ends_on, sprints::id)).select(columns).load(cx.within(&seen))?;
        let done = done(cx, id)?;
        let sprint = |(sprint, name, ends_on, committed): (Id, Title, Date, Option<f64>)| {
            let points = done.get(&sprint).into_iter().flatten().filter(|(day, _)| day.is_none_or(|day| day <= ends_on)).map(|(_, points)| points);
            SprintVelocity { sprint_id: sprint.into(), name, ends_on, committed_points: Figure(committed), completed_points: Figure(Some(points.sum())) }
        };
        let data: Vec<SprintVelocity> = rows.into_iter().map(sprint).collect();
        let last: Vec<f64> = data.iter().rev().take(3).filter_map(|sprint| sprint.completed_points.0).collect();
        let velocity = (!last.is_empty()).then(|| last.iter().sum::<f64>() / last.len() as f64);
        Ok(Velocity { project_id: id.into(), velocity: Figure(velocity), data, partial })
    }
}

/// The story points that were done, with their day, by sprint.
fn done(reader: &mut Reader<'_>, project: Id) -> Result<HashMap<Id, Vec<(Option<Date>, f64)>>> {
    let seen = reader.sees::<WorkItem>()?;
    let query = work_items::table.filter(work_items::project_id.eq(project)).filter(work_items::state.ne("cancelled")).filter(seen.clone());
    let query = query.filter(work_items::state.eq("done").or(work_items::actual_ends_on.is_not_null()));
    let columns = (work_items::sprint_id, work_items::actual_ends_on, work_items::story_points);
    let rows: Vec<(Option<Id>, Option<Date>, Option<f64>)> = query.order(work_items::id).select(columns).load(reader.within(&seen))?;
    Ok(grouped(rows.into_iter().filter_map(|(sprint, on, points)| Some((sprint?, (on, points?))))))
}
