//! The work in a sprint: its story points and the days on which it was finished.

use super::work_item::WorkItem;
use steward_core::view::prelude::*;
use steward_schema::projects::work_items;

/// A work item in a sprint.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct SprintItem {
    /// Story points; none if it is not estimated.
    pub story_points: Option<f64>,
    /// Day on which it was finished.
    pub finished_on: Option<Date>,
}

impl SprintItem {
    /// True if it is not done at the end of a day.
    pub fn is_open_on(&self, day: Date) -> bool {
        self.finished_on.is_none_or(|finished| finished > day)
    }
}

/// The work of a sprint in sight that is not cancelled.
pub fn of_sprint(reader: &mut Reader<'_>, sprint: Id) -> Result<Vec<SprintItem>> {
    let seen = reader.sees::<WorkItem>()?;
    let query = work_items::table.filter(work_items::sprint_id.eq(sprint)).filter(work_items::state.ne("cancelled")).filter(seen.clone());
    Ok(query.order(work_items::id).select((work_items::story_points, work_items::actual_ends_on)).load(reader.within(&seen))?)
}
