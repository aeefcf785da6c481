//! Ports of projects to other domains.

use super::delayed_work;
use super::remaining_cost;
use super::work_kind::WorkKind;
use crate::project::project::Project;
use diesel::prelude::*;
use steward_core::access::within_units;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::work::{self, DelayedWork, FundedProject, ProjectAim, ProjectEstimate, UnalignedProject};
use steward_core::resource::value::Date;
use steward_core::resource::{Check, Effect, Id};
use steward_schema::projects::{projects, work_items};

/// Projects, as this domain keeps them.
pub struct Work;

impl work::Work for Work {
    fn aims(&self, check: &mut Check<'_>, ids: &[Id]) -> Result<Vec<ProjectAim>> {
        let mut aims = Vec::new();
        for chunk in ids.chunks(CHUNK) {
            let columns = (projects::id, projects::objective_id, projects::initiative_id);
            let rows: Vec<(Id, Option<Id>, Option<Id>)> = projects::table.filter(projects::id.eq_any(chunk)).select(columns).load(check.connection)?;
            aims.extend(rows.into_iter().map(|(id, objective, initiative)| ProjectAim { id, objective, initiative }));
        }
        Ok(aims)
    }

    fn without_objective(&self, check: &mut Check<'_>, units: &[Id]) -> Result<Vec<UnalignedProject>> {
        let open: Vec<(Id, Option<Id>)> = projects::table
            .filter(projects::objective_id.is_null())
            .filter(projects::state.ne_all(["closed", "cancelled"]))
            .filter(within_units(projects::unit_id, units))
            .order(projects::id)
            .select((projects::id, projects::initiative_id))
            .load(check.connection)?;
        Ok(open.into_iter().map(|(id, initiative)| UnalignedProject { id, initiative }).collect())
    }

    fn delayed(&self, check: &mut Check<'_>, records: &[Id], people: &[Id]) -> Result<Vec<DelayedWork>> {
        delayed_work::delayed(check, records, people)
    }

    fn milestones(&self, check: &mut Check<'_>, services: &[Id], (from, to): (Date, Date)) -> Result<Vec<(Id, Date)>> {
        let mut found: Vec<(Id, Date)> = Vec::new();
        for chunk in services.chunks(CHUNK) {
            let open = work_items::table
                .inner_join(projects::table)
                .filter(projects::service_id.eq_any(chunk).and(projects::state.ne_all(["closed", "cancelled"])))
                .filter(work_items::kind.eq(WorkKind::Milestone).and(work_items::state.ne_all(["done", "cancelled"])));
            let rows: Vec<(Id, Option<Date>, Option<Date>)> =
                open.select((work_items::id, work_items::ends_on, work_items::starts_on)).load(check.connection)?;
            found.extend(rows.into_iter().filter_map(|(id, ends, starts)| Some((id, ends.or(starts)?))));
        }
        found.retain(|(_, on)| from <= *on && *on < to);
        found.sort_unstable_by_key(|(id, on)| (*on, *id));
        Ok(found)
    }

    fn funded(&self, check: &mut Check<'_>, budget: Id) -> Result<Vec<FundedProject>> {
        let open = projects::table.filter(projects::budget_id.eq(budget)).filter(projects::state.ne_all(["closed", "cancelled"])).order(projects::id);
        let rows: Vec<(Id, String, String)> = open.select((projects::id, projects::code, projects::state)).load(check.connection)?;
        Ok(rows.into_iter().map(|(id, code, state)| FundedProject { id, code, is_executing: state == "executing" }).collect())
    }

    fn closed(&self, check: &mut Check<'_>, project: Id) -> Result<Option<String>> {
        let closed = projects::table.find(project).filter(projects::state.eq("closed")).select(projects::code);
        Ok(closed.first(check.connection).optional()?)
    }

    fn fund(&self, project: Id, budget: Id) -> Effect {
        Effect::update::<Project>(project, move |project| project.budget_id = Some(budget))
    }

    fn estimates(&self, check: &mut Check<'_>, spans: &[(Date, Date)]) -> Result<Vec<ProjectEstimate>> {
        remaining_cost::estimates(check, spans)
    }

    fn next_outline(&self, check: &mut Check<'_>, project: Id) -> Result<i64> {
        let codes: Vec<String> = work_items::table.filter(work_items::project_id.eq(project)).select(work_items::wbs_code).load(check.connection)?;
        let first = |code: &String| code.split('.').next()?.parse::<i64>().ok();
        Ok(codes.iter().filter_map(first).max().unwrap_or(0).saturating_add(1))
    }
}
