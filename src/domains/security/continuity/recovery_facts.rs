//! What is known of recoveries: the plans, what tests and activations have proven, and the latest backups.

use super::business_process::{BusinessProcess, ProcessNeed, RECOVERABLE};
use super::recovery_activation::RecoveryActivation;
use super::recovery_path::{CriticalPath, Recovery};
use super::recovery_plan::{PlanScope, RecoveryPlan};
use super::recovery_result::RecoveryResult;
use super::recovery_step;
use super::recovery_test::RecoveryTest;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::error::Result;
use steward_core::ports::dependency;
use steward_core::resource::value::{Date, Instant, Title};
use steward_core::resource::{Check, Id};
use steward_core::store::Reader;
use steward_schema::security::{business_processes, recovery_activations, recovery_plans, recovery_results, recovery_tests};

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

/// The latest measured recovery of something.
#[derive(Debug, Clone, Copy)]
pub struct Proof {
    /// Its day.
    pub on: Date,
    /// Whether it came back at all.
    pub recovered: bool,
    /// Measured recovery time.
    pub rto: Option<i64>,
    /// Measured loss of work.
    pub rpo: Option<i64>,
}

/// What is known, over what the reader sees.
#[derive(Debug, Default)]
pub struct RecoveryFacts {
    /// The processes.
    pub processes: Vec<Process>,
    /// What stands on what, with the recovery of each.
    pub recovery: Recovery,
    /// The latest proof of each.
    pub proofs: HashMap<Id, Proof>,
    /// The latest recovery point of each.
    pub points: HashMap<Id, Instant>,
    /// The collection and title of what is visible and can be recovered.
    pub titles: HashMap<Id, (&'static str, Title)>,
    /// Today, and now.
    pub today: Option<(Date, Instant)>,
}

/// A recovery objective beside what is known of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// What is wanted.
    pub required: Option<i64>,
    /// What would come to pass.
    pub effective: Option<i64>,
    /// What was measured last.
    pub measured: Option<i64>,
    /// When.
    pub measured_on: Option<Date>,
    /// Whether it was kept in a test or an activation of the last twelve months.
    pub proven: bool,
}

impl RecoveryFacts {
    /// All that is known.
    pub fn load(reader: &mut Reader<'_>) -> Result<Self> {
        let processes = processes(reader)?;
        let mut pairs: Vec<(Id, Id)> = reader.ask(dependency::supports)?;
        pairs.extend(processes.iter().flat_map(|process| process.needs.iter().map(|need| (process.id, need.subject_id))));
        let recovery = Recovery::new(&pairs, planned(reader)?);
        let mut below: Vec<Id> = processes.iter().flat_map(|process| recovery.below(process.id)).collect();
        below.sort_unstable();
        below.dedup();
        let mut titles = HashMap::new();
        for collection in RECOVERABLE {
            titles.extend(reader.titles(collection, &below)?.into_iter().map(|(id, title)| (id, (*collection, title))));
        }
        let points = reader.ask(|check| dependency::recovery_points(check, &below))?;
        let today = Some((reader.today(), reader.store.clock.now()));
        Ok(RecoveryFacts { processes, recovery, proofs: proofs(reader)?, points, titles, today })
    }

    /// The critical path of something.
    pub fn path(&self, node: Id) -> Option<CriticalPath> {
        self.recovery.critical_path(node)
    }

    /// The recovery time of something beside what is wanted.
    pub fn rto(&self, node: Id, required: Option<i64>) -> Held {
        let effective = self.path(node).map(|path| path.seconds);
        self.held(node, required, effective, |proof| proof.rto)
    }

    /// The loss of work of something, by the oldest of the latest backups of it and of what it stands on, beside what is wanted.
    pub fn rpo(&self, node: Id, required: Option<i64>) -> Held {
        let oldest = self.recovery.below(node).into_iter().filter_map(|id| self.points.get(&id)).min();
        let effective = oldest.zip(self.today).map(|(point, (_, now))| (now.0 - point.0).num_seconds().max(0));
        self.held(node, required, effective, |proof| proof.rpo)
    }

    fn held(&self, node: Id, required: Option<i64>, effective: Option<i64>, measured: impl Fn(&Proof) -> Option<i64>) -> Held {
        let proof = self.proofs.get(&node);
        let value = proof.and_then(&measured);
        let is_recent = |on: Date| self.today.is_some_and(|(today, _)| on.later(365).is_none_or(|last| today <= last));
        let kept = value.is_some_and(|value| required.is_none_or(|required| value <= required));
        let proven = proof.is_some_and(|proof| proof.recovered && is_recent(proof.on)) && kept;
        Held { required, effective, measured: value, measured_on: proof.map(|proof| proof.on), proven }
    }
}

fn processes(reader: &mut Reader<'_>) -> Result<Vec<Process>> {
    use business_processes::{depends_on, id, rpo_seconds, rto_seconds};
    let seen = reader.sees::<BusinessProcess>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let query = business_processes::table.filter(seen.clone()).order(id).select((id, rto_seconds, rpo_seconds, depends_on));
    Ok(query.load(reader.within(&seen))?)
}

/// How long the recovery of each thing takes alone: by the steps that name it, else by all steps, of the active or approved plan that
/// brings it back soonest.
fn planned(reader: &mut Reader<'_>) -> Result<HashMap<Id, i64>> {
    use recovery_plans::{id, scope, state};
    let seen = reader.sees::<RecoveryPlan>()?;
    if seen.is_nothing() {
        return Ok(HashMap::new());
    }
    let query = recovery_plans::table.filter(state.eq_any(["approved", "active"])).filter(seen.clone()).order(id).select((id, scope));
    let plans: Vec<(Id, Vec<PlanScope>)> = query.load(reader.within(&seen))?;
    reader.ask(|check| own_times(check, plans))
}

/// The same of some plans, each with what it promises to bring back.
pub fn own_times(check: &mut Check<'_>, plans: Vec<(Id, Vec<PlanScope>)>) -> Result<HashMap<Id, i64>> {
    let mut own: HashMap<Id, i64> = HashMap::new();
    for (plan, promised) in plans {
        let ends = recovery_step::ends(check, plan)?;
        let Some(whole) = ends.iter().map(|(_, end)| *end).max() else { continue };
        for subject in promised.iter().map(|each| each.subject_id) {
            let end = ends.iter().filter(|(named, _)| *named == Some(subject)).map(|(_, end)| *end).max().unwrap_or(whole);
            own.entry(subject).and_modify(|known| *known = (*known).min(end)).or_insert(end);
        }
    }
    Ok(own)
}

/// The latest result of each thing, of closed tests and activations.
fn proofs(reader: &mut Reader<'_>) -> Result<HashMap<Id, Proof>> {
    use recovery_results::{measured_rpo_seconds, measured_rto_seconds, source_id, subject_id};
    let (tests, activations, seen) = (reader.sees::<RecoveryTest>()?, reader.sees::<RecoveryActivation>()?, reader.sees::<RecoveryResult>()?);
    if seen.is_nothing() {
        return Ok(HashMap::new());
    }
    let held = recovery_tests::table.filter(recovery_tests::state.eq("closed")).filter(tests.clone());
    let days: Vec<(Id, Option<Date>)> = held.select((recovery_tests::id, recovery_tests::tested_on)).load(reader.within(&tests))?;
    let mut days: HashMap<Id, Date> = days.into_iter().filter_map(|(id, on)| Some((id, on?))).collect();
    let needed = recovery_activations::table.filter(recovery_activations::state.eq("closed")).filter(activations.clone());
    let at: Vec<(Id, Instant)> = needed.select((recovery_activations::id, recovery_activations::activated_at)).load(reader.within(&activations))?;
    days.extend(at.into_iter().map(|(id, at)| (id, at.date())));
    type Row = (Id, Id, bool, Option<i64>, Option<i64>);
    let results = recovery_results::table.filter(seen.clone()).order(recovery_results::id);
    let rows: Vec<Row> =
        results.select((source_id, subject_id, recovery_results::recovered, measured_rto_seconds, measured_rpo_seconds)).load(reader.within(&seen))?;
    let mut proofs: HashMap<Id, Proof> = HashMap::new();
    for (source, subject, recovered, rto, rpo) in rows {
        let Some(on) = days.get(&source).copied() else { continue };
        if proofs.get(&subject).is_none_or(|known| known.on <= on) {
            proofs.insert(subject, Proof { on, recovered, rto, rpo });
        }
    }
    Ok(proofs)
}
