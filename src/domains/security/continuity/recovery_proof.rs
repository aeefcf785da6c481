//! What tests and activations of recovery plans share: a result for each thing in scope, and a finding for each miss.

use super::business_process::Seconds;
use super::recovery_plan::{PlanScope, scope_of};
use diesel::prelude::*;
use std::collections::HashSet;
use steward_core::error::Result;
use steward_core::ports::finding::{self, Nonconformity};
use steward_core::resource::value::{Note, Title};
use steward_core::resource::{Check, Effect, Id, UnmetGuard};
use steward_schema::security::{recovery_plans, recovery_results};
use steward_schema::service::registry;

/// How many things without a result an answer names.
const NAMED: usize = 20;

/// What is missing before a test or activation is closed: a result for each thing in its scope.
pub fn missing_results(check: &mut Check<'_>, scope: &[Id]) -> Result<Vec<UnmetGuard>> {
    let results = recovery_results::table.filter(recovery_results::source_id.eq(check.id)).select(recovery_results::subject_id);
    let measured: HashSet<Id> = results.load(check.connection)?.into_iter().collect();
    let missing = scope.iter().filter(|id| !measured.contains(id)).take(NAMED);
    Ok(missing.map(|id| UnmetGuard::new("", "result", format!("Record a recovery result for {id}."))).collect())
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

/// The stricter of the target of a result and the promise of the plan.
fn least(target: Option<i64>, promise: Option<Seconds>) -> Option<i64> {
    target.into_iter().chain(promise.map(|seconds| seconds.0)).min()
}

/// The results of a test or activation that missed what was promised by them or by the plan.
fn missed(check: &mut Check<'_>, promised: &[PlanScope]) -> Result<Vec<Measured>> {
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
    for result in &mut results {
        let promise = promised.iter().find(|each| each.subject_id == result.subject_id);
        result.target_rto = least(result.target_rto, promise.and_then(|each| each.rto_seconds));
        result.target_rpo = least(result.target_rpo, promise.and_then(|each| each.rpo_seconds));
    }
    results.retain(Measured::is_missed);
    Ok(results)
}

/// A finding for each result of a test or activation that missed what was promised.
pub fn findings(check: &mut Check<'_>, plan: Id) -> Result<Vec<Effect>> {
    let query = recovery_plans::table.find(plan).select((recovery_plans::unit_id, recovery_plans::name));
    let Some((unit, name)) = query.first::<(Id, Title)>(check.connection).optional()? else { return Ok(Vec::new()) };
    let today = check.today;
    let nonconformity = |missed: Measured| {
        let seconds = |measured: Option<i64>| measured.map_or_else(|| "unknown".to_owned(), |seconds| format!("{seconds} s"));
        let rto = format!("RTO measured {}, promised {}", seconds(missed.measured_rto), seconds(missed.target_rto));
        let rpo = format!("RPO measured {}, promised {}", seconds(missed.measured_rpo), seconds(missed.target_rpo));
        Nonconformity {
            unit,
            title: Title::cut(&format!("{} was not recovered as promised ({})", missed.subject, name.0)),
            description: Note::cut(&format!("{rto}; {rpo}.")),
            source: missed.id,
            found_on: today,
        }
    };
    let promised = scope_of(check, plan)?;
    let missed = missed(check, &promised)?;
    Ok(finding::raise(check, missed.into_iter().map(nonconformity)))
}
