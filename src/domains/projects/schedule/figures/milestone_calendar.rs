//! The milestones and deadlines of a project as a calendar.

use crate::project::project::Project;
use crate::schedule::figures::project_schedule::scheduled;
use crate::schedule::plan::{PlannedItem, date_of};
use crate::schedule::work_dependency::WorkDependency;
use crate::schedule::work_item::{WorkItem, WorkKind};
use sha2::{Digest, Sha256};
use steward_core::formats::icalendar::{self, Event, When};
use steward_core::resource::value::hex;
use steward_core::view::Download;
use steward_core::view::prelude::*;

/// `GET projects/projects/{id}/milestones`.
#[derive(Debug)]
pub struct MilestoneCalendar;

impl View for MilestoneCalendar {
    const PATH: &'static str = "projects/projects/{id}/milestones";
    const OPERATION_ID: &'static str = "download_project_milestones";
    const SUMMARY: &'static str = "Download the milestones of a project as a calendar";
    const DESCRIPTION: &'static str =
        "Calendar in iCalendar format (RFC 5545): each milestone on its early finish by `/schedule`, and each deadline of work that is not done.";
    type Reads = (Project, WorkItem, WorkDependency);
    type Query = NoQuery;
    type Answer = Download;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Download> {
        let (id, today) = (cx.id()?, cx.today());
        let (_, project) = cx.get_typed::<Project>(id)?;
        let (planned, schedule) = scheduled(cx, id, today)?;
        let stamp = cx.moment().at;
        let mut events = Vec::new();
        for (item, dates) in planned.items.iter().zip(&schedule.dates) {
            if let Some(day) = date_of(dates.early_finish).filter(|_| item.kind == WorkKind::Milestone) {
                events.push(event(item, "milestone", day, stamp));
            }
            if let Some(day) = item.deadline_on.filter(|_| !item.is_finished()) {
                events.push(event(item, "deadline", day, stamp));
            }
        }
        let product = "-//Steward//Projects//EN".into();
        let calendar = icalendar::Calendar { product, name: format!("{} {}", project.code.0, project.name.0), refresh_hours: 12, events };
        let bytes = icalendar::print(&calendar).into_bytes();
        let name = format!("{}.ics", project.code.0);
        Ok(Download { name, content_type: "text/calendar".into(), sha256: hex(&Sha256::digest(&bytes)), bytes })
    }
}

fn event(item: &PlannedItem, what: &str, day: Date, stamp: Instant) -> Event {
    Event {
        uid: format!("{}-{what}@steward", item.id),
        stamp: stamp.0,
        when: When::Day(day.0),
        until: None,
        summary: format!("{} {}", item.wbs_code, item.name),
        description: String::new(),
        categories: vec!["projects".into(), what.into()],
        url: String::new(),
    }
}
