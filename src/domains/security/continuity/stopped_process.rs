//! The business processes that a loss stops, for the domains that ask what it means.

use super::business_process::ProcessNeed;
use super::recovery_facts::{IN_FORCE, plan_ends, recoverable};
use super::recovery_path::Recovery;
use diesel::prelude::*;
use recovery::StoppedProcess;
use std::collections::HashSet;
use steward_core::error::Result;
use steward_core::ports::{dependency, recovery};
use steward_core::resource::{Check, Id};
use steward_schema::security::{business_processes, recovery_plans};

/// Processes and recovery plans, as this domain keeps them.
pub struct Recoveries;

impl recovery::Recoveries for Recoveries {
    fn stopped(&self, check: &mut Check<'_>, nodes: &[Id]) -> Result<Vec<StoppedProcess>> {
        let columns = (business_processes::id, business_processes::rto_seconds, business_processes::depends_on);
        let processes: Vec<(Id, Option<i64>, Vec<ProcessNeed>)> =
            business_processes::table.order(business_processes::id).select(columns).load(check.connection)?;
        let needs: Vec<(Id, Id)> = processes.iter().flat_map(|(process, _, needs)| needs.iter().map(|need| (*process, need.subject_id))).collect();
        let (lost, needed): (HashSet<Id>, Recovery) = (nodes.iter().copied().collect(), Recovery::new(&needs, Default::default()));
        let of_lost = |process: Id| needed.below(process).into_iter().filter(|need| lost.contains(need)).collect::<Vec<Id>>();
        let mut stopped: Vec<StoppedProcess> = processes
            .iter()
            .map(|(process, rto, _)| StoppedProcess { process: *process, required_seconds: *rto, effective_seconds: None, needs: of_lost(*process) })
            .filter(|process| !process.needs.is_empty())
            .collect();
        if stopped.is_empty() {
            return Ok(stopped);
        }
        let in_force = recovery_plans::table.filter(recovery_plans::state.eq_any(IN_FORCE)).order(recovery_plans::id);
        let plans = in_force.select((recovery_plans::id, recovery_plans::scope)).load(check.connection)?;
        let pairs: Vec<(Id, Id)> = dependency::supports(check)?.into_iter().chain(needs).collect();
        let recovery = Recovery::new(&pairs, plan_ends(check, plans)?);
        let below = recovery.below_all(stopped.iter().map(|process| process.process));
        let recovery = recovery.of_recoverable(recoverable(check.connection, &below)?);
        stopped.iter_mut().for_each(|process| process.effective_seconds = recovery.effective(process.process));
        Ok(stopped)
    }
}
