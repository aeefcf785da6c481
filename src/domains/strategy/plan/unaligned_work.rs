//! Work that leads to no objective: projects, and lines of budgets.

use super::orphan::{Orphan, orphans_in_sight};
use std::collections::HashSet;
use steward_core::error::Result;
use steward_core::ports::ledger::{self, FundedLine};
use steward_core::ports::work::{self, ProjectAim, UnalignedProject};
use steward_core::resource::Id;
use steward_core::store::Reader;

/// The projects of some units and those below them that lead to no objective; `sources` are the records with an alignment.
pub fn unaligned_projects(reader: &mut Reader<'_>, unit: &[Id], sources: &HashSet<Id>) -> Result<Vec<Orphan>> {
    let unaligned = reader.ask(|check| work::without_objective(check, unit))?;
    let leads = |project: &UnalignedProject| sources.contains(&project.id) || project.initiative.is_some_and(|initiative| sources.contains(&initiative));
    let alone: Vec<Id> = unaligned.iter().filter(|project| !leads(project)).map(|project| project.id).collect();
    orphans_in_sight(reader, "projects/projects", &alone)
}

/// The lines of active budgets of some units and those below them that lead to no objective; `sources` are the records with an alignment.
pub fn unaligned_budget_lines(reader: &mut Reader<'_>, unit: &[Id], sources: &HashSet<Id>) -> Result<Vec<Orphan>> {
    let lines = reader.ask(|check| ledger::active_budget_lines(check, unit))?;
    let projects: Vec<Id> = lines.iter().filter_map(|line| line.project).collect();
    let aims = reader.ask(|check| work::aims(check, &projects))?;
    let aligned = |project: &ProjectAim| {
        project.objective.is_some() || sources.contains(&project.id) || project.initiative.is_some_and(|initiative| sources.contains(&initiative))
    };
    let leading: HashSet<Id> = aims.iter().filter(|project| aligned(project)).map(|project| project.id).collect();
    let leads = |line: &FundedLine| {
        let named = line.versions.iter().chain(&line.pays_for).any(|id| sources.contains(id));
        named || line.project.is_some_and(|project| leading.contains(&project))
    };
    let alone: Vec<Id> = lines.iter().filter(|line| !leads(line)).map(|line| line.id).collect();
    orphans_in_sight(reader, "finance/budget-lines", &alone)
}
