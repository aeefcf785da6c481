//! What is known of recoveries: the plans, what tests and activations have proven, and the latest backups.

use super::business_process::{BusinessProcess, RECOVERABLE};
use super::recovery_activation::RecoveryActivation;
use super::recovery_path::{CriticalPath, Holding, PlanEnds, Recovery};
use super::recovery_plan::{PlanScope, RecoveryPlan};
use super::recovery_result::RecoveryResult;
use super::recovery_step;
use super::recovery_test::RecoveryTest;
use super::recovery_test_kind::{ON_PAPER, TestedSubject};
use super::required_recovery::{Process, Required, required};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::{CHUNK, Connection};
use steward_core::error::Result;
use steward_core::ports::dependency;
use steward_core::resource::value::{Date, Instant, Title};
use steward_core::resource::{Check, Id};
use steward_core::store::Reader;
use steward_schema::security::{business_processes, recovery_activations, recovery_plans, recovery_results, recovery_tests};
use steward_schema::service::registry;

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

/// The states of the plans by which something would be recovered, and whose tests and activations prove that.
pub const IN_FORCE: [&str; 2] = ["approved", "active"];

/// What is known, over what the reader sees.
#[derive(Debug, Default)]
pub struct RecoveryFacts {
    /// What stands on what, with the recovery of each.
    pub recovery: Recovery,
    /// The latest proof of each.
    pub proofs: HashMap<Id, Proof>,
    /// The latest recovery point of each.
    pub points: HashMap<Id, Instant>,
    /// The collection and title of what is visible and can be recovered.
    pub titles: HashMap<Id, (&'static str, Title)>,
    /// What is required of everything that a process needs, and of the processes: the strictest of those that need it.
    pub required: HashMap<Id, Required>,
    /// Today, and now.
    pub today: Option<(Date, Instant)>,
}

/// Which of some records can be recovered, and what they hold.
pub fn recoverable(connection: &mut Connection, ids: &[Id]) -> Result<HashMap<Id, Holding>> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let there = registry::table.filter(registry::id.eq_any(chunk)).filter(registry::collection.eq_any(RECOVERABLE)).filter(registry::deleted_at.is_null());
        let rows: Vec<(Id, String)> = there.select((registry::id, registry::collection)).load(connection)?;
        let holding = |collection: &str| match collection {
            "infrastructure/devices" => Holding::Hardware,
            "infrastructure/virtual-machines" => Holding::Machine,
            _ => Holding::Data,
        };
        found.extend(rows.into_iter().map(|(id, collection)| (id, holding(&collection))));
    }
    Ok(found)
}

/// A recovery objective beside what is known of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// What is wanted.
    pub required: Option<i64>,
    /// What would come to pass; none if nobody can say.
    pub effective: Option<i64>,
    /// What it comes to at least, by what is known.
    pub at_least: Option<i64>,
    /// What keeps it from being known: the records that no plan recovers, or of which there is no copy.
    pub open: Vec<Id>,
    /// Whether it is nothing that a plan recovers, and needs nothing that is.
    pub is_beyond: bool,
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
        let below = recovery.below_all(processes.iter().map(|process| process.id));
        let kinds = recoverable(reader.unscoped("whether something can be recovered at all is no content of it"), &below)?;
        let recovery = recovery.of_recoverable(kinds);
        let mut titles = HashMap::new();
        for collection in RECOVERABLE {
            titles.extend(reader.titles(collection, &below)?.into_iter().map(|(id, title)| (id, (*collection, title))));
        }
        let points = reader.ask(|check| dependency::recovery_points(check, &below))?;
        let today = Some((reader.today(), reader.store.clock.now()));
        Ok(RecoveryFacts { required: required(&processes, &recovery), recovery, proofs: proofs(reader)?, points, titles, today })
    }

    /// The critical path of something.
    pub fn path(&self, node: Id) -> Option<CriticalPath> {
        self.recovery.critical_path(node)
    }

    /// The recovery time of something beside what the processes that need it want.
    pub fn rto(&self, node: Id) -> Held {
        let known = self.path(node).map(|path| path.seconds);
        let held = Held { required: self.required.get(&node).and_then(|required| required.rto), at_least: known, ..Held::default() };
        self.held(node, Held { open: self.recovery.uncovered(node), ..held }, |proof| proof.rto)
    }

    /// The loss of work of something, by the oldest of the latest backups of it and of what it stands on, beside what the processes that need it
    /// want.
    pub fn rpo(&self, node: Id) -> Held {
        let oldest = self.recovery.below(node).into_iter().filter_map(|id| self.points.get(&id)).min();
        let known = oldest.zip(self.today).map(|(point, (_, now))| (now.0 - point.0).num_seconds().max(0));
        let held = Held { required: self.required.get(&node).and_then(|required| required.rpo), at_least: known, ..Held::default() };
        self.held(node, Held { open: self.recovery.without_copy(node, |id| self.points.contains_key(&id)), ..held }, |proof| proof.rpo)
    }

    fn held(&self, node: Id, held: Held, measured: impl Fn(&Proof) -> Option<i64>) -> Held {
        let proof = self.proofs.get(&node);
        let value = proof.and_then(&measured);
        let is_recent = |on: Date| self.today.is_some_and(|(today, _)| on.later(365).is_none_or(|last| today <= last));
        let kept = value.is_some_and(|value| held.required.is_none_or(|required| value <= required));
        let proven = proof.is_some_and(|proof| proof.recovered && is_recent(proof.on)) && kept;
        let effective = held.at_least.filter(|_| held.open.is_empty());
        let is_beyond = !self.recovery.is_recoverable(node) && self.recovery.nearest_recoverable(node).is_empty();
        Held { effective, is_beyond, measured: value, measured_on: proof.map(|proof| proof.on), proven, ..held }
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

/// When the active and approved plans bring back what they promise: each by the steps that name it or nothing else.
fn planned(reader: &mut Reader<'_>) -> Result<Vec<PlanEnds>> {
    use recovery_plans::{id, scope, state};
    let seen = reader.sees::<RecoveryPlan>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let query = recovery_plans::table.filter(state.eq_any(IN_FORCE)).filter(seen.clone()).order(id).select((id, scope));
    let plans: Vec<(Id, Vec<PlanScope>)> = query.load(reader.within(&seen))?;
    reader.ask(|check| plan_ends(check, plans))
}

/// The same of some plans, each with what it promises to bring back.
pub fn plan_ends(check: &mut Check<'_>, plans: Vec<(Id, Vec<PlanScope>)>) -> Result<Vec<PlanEnds>> {
    let mut found = Vec::new();
    for (plan, promised) in plans {
        let ends = recovery_step::ends(check, plan)?;
        if !ends.is_empty() {
            let end = |each: &PlanScope| (each.subject_id, recovery_step::end_of(&ends, each.subject_id).unwrap_or_default());
            found.push(promised.iter().map(end).collect());
        }
    }
    Ok(found)
}

/// The latest result of each thing in scope, of closed tests that were carried out and of activations, as far as their plan is in force.
fn proofs(reader: &mut Reader<'_>) -> Result<HashMap<Id, Proof>> {
    use recovery_results::{measured_rpo_seconds, measured_rto_seconds, source_id, subject_id};
    let seen = reader.sees::<RecoveryResult>()?;
    if seen.is_nothing() {
        return Ok(HashMap::new());
    }
    let sources = sources(reader)?;
    type Row = (Id, Id, bool, Option<i64>, Option<i64>);
    let results = recovery_results::table.filter(seen.clone()).order(recovery_results::id);
    let rows: Vec<Row> =
        results.select((source_id, subject_id, recovery_results::recovered, measured_rto_seconds, measured_rpo_seconds)).load(reader.within(&seen))?;
    let mut proofs: HashMap<Id, Proof> = HashMap::new();
    for (source, subject, recovered, rto, rpo) in rows {
        let Some((on, scope)) = sources.get(&source) else { continue };
        // Nobody has planned to bring back what lies outside the scope.
        if scope.contains(&subject) && proofs.get(&subject).is_none_or(|known| known.on <= *on) {
            proofs.insert(subject, Proof { on: *on, recovered, rto, rpo });
        }
    }
    Ok(proofs)
}

/// What can prove something: the closed tests and activations in sight whose plan is in force, each with its day and its scope.
fn sources(reader: &mut Reader<'_>) -> Result<HashMap<Id, (Date, Vec<Id>)>> {
    let (tests, activations) = (reader.sees::<RecoveryTest>()?, reader.sees::<RecoveryActivation>()?);
    let (mut found, zone) = (HashMap::new(), reader.ask(|check| Ok(check.zone))?);
    let carried_out = recovery_tests::state.eq("closed").and(recovery_tests::kind.ne_all(ON_PAPER));
    let held = recovery_tests::table.inner_join(recovery_plans::table).filter(carried_out).filter(recovery_plans::state.eq_any(IN_FORCE)).filter(tests.clone());
    type Test = (Id, Option<Date>, Vec<TestedSubject>, Vec<PlanScope>);
    let columns = (recovery_tests::id, recovery_tests::tested_on, recovery_tests::scope, recovery_plans::scope);
    for (id, on, tested, promised) in held.select(columns).load::<Test>(reader.within(&tests))? {
        let Some(on) = on else { continue };
        let whole = || promised.iter().map(|each| each.subject_id).collect();
        found.insert(id, (on, if tested.is_empty() { whole() } else { tested.into_iter().map(|each| each.subject_id).collect() }));
    }
    let happened = recovery_activations::state.eq("closed").and(recovery_plans::state.eq_any(IN_FORCE));
    let needed = recovery_activations::table.inner_join(recovery_plans::table).filter(happened).filter(activations.clone());
    let columns = (recovery_activations::id, recovery_activations::activated_at, recovery_plans::scope);
    let needed: Vec<(Id, Instant, Vec<PlanScope>)> = needed.select(columns).load(reader.within(&activations))?;
    for (id, at, promised) in needed {
        found.insert(id, (at.date_in(zone), promised.into_iter().map(|each| each.subject_id).collect()));
    }
    Ok(found)
}
