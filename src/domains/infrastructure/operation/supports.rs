//! What stands on what, for the domains that plan for its loss.

use super::dependency::DependencyKind;
use super::recorded;
use crate::compute::last_copy::last_copies;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::dependency;
use steward_core::resource::value::Instant;
use steward_core::resource::{Check, Id};
use steward_schema::infrastructure::{backup_runs, dependencies, installations, services};

/// The dependencies of infrastructure.
pub struct Dependencies;

impl dependency::Dependencies for Dependencies {
    fn supports(&self, check: &mut Check<'_>) -> Result<Vec<(Id, Id)>> {
        let hard = dependencies::table.filter(dependencies::kind.eq_any([DependencyKind::Requires, DependencyKind::Hosts])).order(dependencies::id);
        let columns = (dependencies::from_id, dependencies::to_id, dependencies::kind);
        let edges: Vec<(Id, Id, DependencyKind)> = hard.select(columns).load(check.connection)?;
        let recorded = recorded::supports(check.connection)?;
        let declared = edges.into_iter().map(|(from, to, kind)| if kind == DependencyKind::Hosts { (to, from) } else { (from, to) });
        Ok(declared.chain(recorded).collect())
    }

    fn tiers(&self, check: &mut Check<'_>) -> Result<HashMap<Id, i64>> {
        let there = services::table.filter(services::state.ne("retired")).select((services::id, services::criticality_tier));
        Ok(there.load::<(Id, i64)>(check.connection)?.into_iter().collect())
    }

    fn hosts(&self, check: &mut Check<'_>, ids: &[Id]) -> Result<HashMap<Id, Id>> {
        let mut hosts = HashMap::new();
        for chunk in ids.chunks(CHUNK) {
            let query = installations::table.filter(installations::id.eq_any(chunk)).select((installations::id, installations::host_id));
            hosts.extend(query.load::<(Id, Id)>(check.connection)?);
        }
        Ok(hosts)
    }

    fn recovery_points(&self, check: &mut Check<'_>, targets: &[Id]) -> Result<HashMap<Id, Instant>> {
        let mut latest = HashMap::new();
        for chunk in targets.chunks(CHUNK) {
            latest.extend(last_copies(check.connection, backup_runs::target_id.eq_any(chunk))?);
        }
        Ok(latest)
    }
}
