//! The burn-down of a sprint.

use crate::project::project::Project;
use crate::project::reach::covers;
use crate::schedule::plan::{date_of, day_number, project_time};
use crate::schedule::sprint::Sprint;
use crate::schedule::sprint_work;
use crate::schedule::work_item::WorkItem;
use steward_core::resource::value::Whole;
use steward_core::view::picture::{Chart, Form, Pen, Picture, Series};
use steward_core::view::prelude::*;

/// Remaining work of a sprint at the end of a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BurnDownDay {
    /// Working day.
    pub on: Date,
    /// Story points that are not done; null for a future day.
    pub remaining_points: Figure,
    /// Number of work items that are not done; null for a future day.
    pub remaining_count: Option<Count>,
    /// Ideal remaining story points on a straight line over the working days.
    pub ideal_points: Figure,
}

/// Burn-down of a sprint.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BurnDown {
    /// Sprint evaluated.
    pub sprint_id: IdOf<Sprint>,
    /// Reference date that counts as today.
    pub as_of: Date,
    /// Story points in the sprint.
    pub total_points: Figure,
    /// Story points committed at its start.
    pub committed_points: Figure,
    /// Number of work items in the sprint.
    pub item_count: Count,
    /// Number of work items without story points.
    pub unestimated_count: Count,
    /// Working days of the sprint in order.
    pub data: Vec<BurnDownDay>,
    /// True if work of the project that you may not see is left out.
    pub partial: bool,
}

impl View for BurnDown {
    const PATH: &'static str = "projects/sprints/{id}/burn-down";
    const SUMMARY: &'static str = "Get the burn-down of a sprint";
    const DESCRIPTION: &'static str = "Story points of the work items in the sprint that were not done at the end of each working day; an item burns on its actual end. Cancelled items do not count.";
    const FORMULA: &'static str =
        "remaining_points = Σ points of items without an actual end until the day; ideal_points = total_points · (1 − working days passed / working days)";
    const SOURCE: &'static str = "Schwaber and Sutherland, The Scrum Guide; Cohn 2005, Agile Estimating and Planning";
    const PICTURE: Option<fn(&Self) -> Picture> = Some(picture);
    type Reads = (Sprint, Project, WorkItem);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: AsOf) -> Result<Self> {
        let (id, as_of) = (cx.id()?, query.or_today(cx));
        let (_, sprint) = cx.get_typed::<Sprint>(id)?;
        let (stored, project) = cx.get_typed::<Project>(sprint.project_id)?;
        let partial = !covers::<WorkItem>(cx, &stored)?;
        let time = project_time(cx, &project)?;
        let items = sprint_work::of_sprint(cx, id)?;
        let total: f64 = items.iter().filter_map(|item| item.story_points).sum();
        let span = day_number(sprint.starts_on)..=day_number(sprint.ends_on);
        let days: Vec<i64> = span.filter(|day| time.on(*day) > 0).collect();
        let count = |number: usize| Whole(i64::try_from(number).unwrap_or(i64::MAX));
        let day = |(at, day): (usize, &i64)| {
            let on = date_of(*day)?;
            let open = || items.iter().filter(|item| item.is_open_on(on));
            Some(BurnDownDay {
                on,
                remaining_points: Figure((on <= as_of).then(|| open().filter_map(|item| item.story_points).sum())),
                remaining_count: (on <= as_of).then(|| count(open().count())),
                ideal_points: Figure(Some(total * (1.0 - (at + 1) as f64 / days.len() as f64))),
            })
        };
        Ok(BurnDown {
            sprint_id: id.into(),
            as_of,
            total_points: Figure(Some(total)),
            committed_points: Figure(sprint.committed_points.map(|points| points.0)),
            item_count: count(items.len()),
            unestimated_count: count(items.iter().filter(|item| item.story_points.is_none()).count()),
            data: days.iter().enumerate().filter_map(day).collect(),
            partial,
        })
    }
}

/// What is left, day by day, and the straight line to nothing.
fn picture(burn: &BurnDown) -> Picture {
    let line = |name: &str, pen: Pen, value: fn(&BurnDownDay) -> Option<f64>| Series::over_places(name, pen, burn.data.iter().map(value));
    let chart = Chart {
        horizontal: "Working day".into(),
        vertical: "Story points".into(),
        places: burn.data.iter().map(|day| day.on.to_string()).collect(),
        series: vec![line("Remaining", Pen::Line, |day| day.remaining_points.0), line("Ideal", Pen::Dashed, |day| day.ideal_points.0)],
    };
    Picture::new(format!("Burn-down, as of {}", burn.as_of), Form::Chart(chart))
}
