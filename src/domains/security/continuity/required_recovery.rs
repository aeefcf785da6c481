//! How soon processes require what they stand on to be back.

use super::business_process::ProcessNeed;
use super::recovery_path::Recovery;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::error::Result;
use steward_core::ports::dependency;
use steward_core::resource::{Check, Id};
use steward_schema::security::business_processes;

/// A process, and how soon it is to be back.
#[derive(Debug, Clone, Queryable)]
pub struct Process {
    /// The process.
    pub id: Id,
    /// Recovery time objective.
    pub rto: Option<i64>,
    /// Recovery point objective.
    pub rpo: Option<i64>,
    /// What it needs.
    pub needs: Vec<ProcessNeed>,
}

/// The recovery objectives that something has to keep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Required {
    /// Number of processes that need it, directly or not.
    pub processes: i64,
    /// Recovery time objective.
    pub rto: Option<i64>,
    /// Recovery point objective.
    pub rpo: Option<i64>,
}

/// What is required of everything that some processes stand on, and of the processes themselves.
pub fn required(processes: &[Process], recovery: &Recovery) -> HashMap<Id, Required> {
    let least = |one: Option<i64>, other: Option<i64>| one.into_iter().chain(other).min();
    let mut found: HashMap<Id, Required> = HashMap::new();
    for process in processes {
        for node in recovery.below(process.id) {
            let known = found.entry(node).or_default();
            let needed = i64::from(node != process.id);
            *known = Required { processes: known.processes + needed, rto: least(known.rto, process.rto), rpo: least(known.rpo, process.rpo) };
        }
    }
    found
}

/// What all processes require of what they stand on, whoever asks.
pub fn required_by_processes(check: &mut Check<'_>) -> Result<HashMap<Id, Required>> {
    use business_processes::{depends_on, id, rpo_seconds, rto_seconds};
    let processes: Vec<Process> = business_processes::table.order(id).select((id, rto_seconds, rpo_seconds, depends_on)).load(check.connection)?;
    let mut pairs: Vec<(Id, Id)> = dependency::supports(check)?;
    pairs.extend(processes.iter().flat_map(|process| process.needs.iter().map(|need| (process.id, need.subject_id))));
    Ok(required(&processes, &Recovery::new(&pairs, Vec::new())))
}
