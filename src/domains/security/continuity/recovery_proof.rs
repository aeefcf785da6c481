//! What tests and activations of recovery plans share: a result for each thing in scope, and a finding for each miss.

use super::business_process::Seconds;
use super::recovery_plan::{scope_of, subjects_of};
use super::recovery_test_kind::TestedSubject;
use super::required_recovery::required_by_processes;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use steward_core::error::Result;
use steward_core::ports::finding::{self, Nonconformity};
use steward_core::resource::value::{Note, Title};
use steward_core::resource::{Check, Effect, Id, UnmetGuard};
use steward_schema::security::{recovery_activations, recovery_plans, recovery_results, recovery_tests};
use steward_schema::service::registry;

/// How many things without a result an answer names.
const NAMED: usize = 20;

/// What a test or activation is to bring back: what the test names, else all that its plan does.
pub fn scope_of_source(check: &mut Check<'_>, source: Id) -> Result<Vec<Id>> {
    let test = recovery_tests::table.find(source).select((recovery_tests::recovery_plan_id, recovery_tests::scope));
    let test: Option<(Id, Vec<TestedSubject>)> = test.first(check.connection).optional()?;
    let plan = match test {
        Some((_, tested)) if !tested.is_empty() => return Ok(tested.into_iter().map(|each| each.subject_id).collect()),
        Some((plan, _)) => Some(plan),
        None => recovery_activations::table.find(source).select(recovery_activations::recovery_plan_id).first(check.connection).optional()?,
    };
    plan.map_or(Ok(Vec::new()), |plan| subjects_of(check, plan))
}

/// What is missing before a test or activation is closed: a result for each thing in its scope.
pub fn missing_results(check: &mut Check<'_>, scope: &[Id]) -> Result<Vec<UnmetGuard>> {
    let results = recovery_results::table.filter(recovery_results::source_id.eq(check.id)).select(recovery_results::subject_id);
    let measured: HashSet<Id> = results.load(check.connection)?.into_iter().collect();
    let missing: Vec<Id> = scope.iter().copied().filter(|id| !measured.contains(id)).take(NAMED).collect();
    let names = named(check, &missing)?;
    Ok(names.into_iter().map(|name| UnmetGuard::new("", "result", format!("Record a recovery result for {name} (security/recovery-results)."))).collect())
}

/// What is not measured although it was promised: the loss of work of what came back.
pub fn unmeasured(check: &mut Check<'_>, plan: Id) -> Result<Vec<UnmetGuard>> {
    let lacking = results(check, plan)?.into_iter().filter(|result| result.recovered && result.measured_rpo.is_none());
    let lacking: Vec<(Id, i64)> = lacking.filter_map(|result| Some((result.subject_id, result.target_rpo?))).take(NAMED).collect();
    let names = named(check, &lacking.iter().map(|(id, _)| *id).collect::<Vec<Id>>())?;
    let asks = |(name, (_, target)): (String, (Id, i64))| {
        let detail = format!("A loss of work of {target} seconds at most is promised for {name}, and it was not measured. Record it in measured_rpo_seconds.");
        UnmetGuard::new("", "unmeasured", detail)
    };
    Ok(names.into_iter().zip(lacking).map(asks).collect())
}

/// Some records by their titles, as far as the caller may read them.
fn named(check: &mut Check<'_>, ids: &[Id]) -> Result<Vec<String>> {
    let query = registry::table.filter(registry::id.eq_any(ids)).select((registry::id, (registry::collection, registry::title, registry::unit_id)));
    let entries: HashMap<Id, (String, String, Option<Id>)> = query.load(check.connection)?.into_iter().collect();
    let (holds, mut names) = (check.holds, Vec::new());
    for id in ids {
        let Some((collection, title, unit)) = entries.get(id) else { continue };
        let Some(definition) = check.definitions.get(collection) else { continue };
        let is_visible = holds(check.connection, &definition.permission("read"), *unit)?;
        let kind = definition.kind_name().to_lowercase();
        names.push(if is_visible { title.clone() } else { format!("a {kind} that you may not see") });
    }
    Ok(names)
}

/// A result, and the title of what was to be brought back.
#[derive(Queryable)]
struct Measured {
    id: Id,
    subject_id: Id,
    recovered: bool,
    measured_rto: Option<i64>,
    target_rto: Option<i64>,
    measured_rpo: Option<i64>,
    target_rpo: Option<i64>,
    subject: String,
}

impl Measured {
    /// Whether it did not come back, or came back later or with more lost than promised.
    fn is_missed(&self) -> bool {
        let late = |measured: Option<i64>, target: Option<i64>| measured.zip(target).is_some_and(|(measured, target)| measured > target);
        !self.recovered || late(self.measured_rto, self.target_rto) || late(self.measured_rpo, self.target_rpo)
    }
}

/// The strictest of the target of a result, the promise of the plan and what the processes require.
fn least(target: Option<i64>, promise: Option<Seconds>, required: Option<i64>) -> Option<i64> {
    target.into_iter().chain(promise.map(|seconds| seconds.0)).chain(required).min()
}

/// The results of a test or activation, each with the strictest target that counts for it.
fn results(check: &mut Check<'_>, plan: Id) -> Result<Vec<Measured>> {
    use recovery_results::{id, measured_rpo_seconds, measured_rto_seconds, recovered, source_id, subject_id, target_rpo_seconds, target_rto_seconds};
    let query = recovery_results::table.inner_join(registry::table.on(registry::id.eq(subject_id))).filter(source_id.eq(check.id)).order(id).select((
        id,
        subject_id,
        recovered,
        measured_rto_seconds,
        target_rto_seconds,
        measured_rpo_seconds,
        target_rpo_seconds,
        registry::title,
    ));
    let mut results: Vec<Measured> = query.load(check.connection)?;
    let (promised, required) = (scope_of(check, plan)?, required_by_processes(check)?);
    for result in &mut results {
        let promise = promised.iter().find(|each| each.subject_id == result.subject_id);
        let required = required.get(&result.subject_id);
        result.target_rto = least(result.target_rto, promise.and_then(|each| each.rto_seconds), required.and_then(|each| each.rto));
        result.target_rpo = least(result.target_rpo, promise.and_then(|each| each.rpo_seconds), required.and_then(|each| each.rpo));
    }
    Ok(results)
}

/// A finding for each result of a test or activation that missed what the plan promises or a process requires.
pub fn findings(check: &mut Check<'_>, plan: Id) -> Result<Vec<Effect>> {
    let query = recovery_plans::table.find(plan).select((recovery_plans::unit_id, recovery_plans::name));
    let Some((unit, name)) = query.first::<(Id, Title)>(check.connection).optional()? else { return Ok(Vec::new()) };
    let today = check.today;
    let nonconformity = |missed: Measured| {
        let seconds = |measured: Option<i64>| measured.map_or_else(|| "unknown".to_owned(), |seconds| format!("{seconds} s"));
        let rto = format!("RTO measured {}, promised or required {}", seconds(missed.measured_rto), seconds(missed.target_rto));
        let rpo = format!("RPO measured {}, promised or required {}", seconds(missed.measured_rpo), seconds(missed.target_rpo));
        Nonconformity {
            unit,
            title: Title::cut(&format!("{} was not recovered as promised ({})", missed.subject, name.0)),
            description: Note::cut(&format!("{rto}; {rpo}.")),
            source: missed.id,
            found_on: today,
        }
    };
    let missed = results(check, plan)?.into_iter().filter(Measured::is_missed);
    Ok(finding::raise(check, missed.map(nonconformity)))
}
