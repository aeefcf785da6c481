//! Ports of projects to other domains.

use super::delayed_work;
use super::remaining_cost;
use crate::access::within_units;
use crate::database::CHUNK;
use crate::error::Result;
use crate::ports::work::{self, DelayedWork, ProjectAim, ProjectEstimate, UnalignedProject};
use crate::resource::value::Date;
use crate::resource::{Check, Id};
use diesel::prelude::*;
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

    fn delayed(&self, check: &mut Check<'_>, records: &[Id]) -> Result<Vec<DelayedWork>> {
        delayed_work::delayed(check, records)
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
