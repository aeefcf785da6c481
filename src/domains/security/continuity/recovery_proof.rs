//! What tests and activations of recovery plans share: a result for each thing in scope, and a finding for each miss.

use crate::error::Result;
use crate::ports::finding::{self, Nonconformity};
use crate::resource::value::{Note, Title};
use crate::resource::{Check, Effect, Id, UnmetGuard};
use diesel::dsl::not;
use diesel::prelude::*;
use std::collections::HashSet;
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

/// A result that missed what was promised, and the title of what was to be brought back.
#[derive(Queryable)]
struct Missed {
    id: Id,
    measured_rto: Option<i64>,
    target_rto: Option<i64>,
    measured_rpo: Option<i64>,
    target_rpo: Option<i64>,
    subject: String,
}

/// The results of a test or activation that missed what was promised.
fn missed(check: &mut Check<'_>) -> Result<Vec<Missed>> {
    use recovery_results::{id, measured_rpo_seconds, measured_rto_seconds, recovered, source_id, subject_id, target_rpo_seconds, target_rto_seconds};
    let late = measured_rto_seconds.gt(target_rto_seconds).or(measured_rpo_seconds.gt(target_rpo_seconds));
    let query = recovery_results::table
        .inner_join(registry::table.on(registry::id.eq(subject_id)))
        .filter(source_id.eq(check.id).and(not(recovered).or(late)))
        .order(id)
        .select((id, measured_rto_seconds, target_rto_seconds, measured_rpo_seconds, target_rpo_seconds, registry::title));
    Ok(query.load(check.connection)?)
}

/// A finding for each result of a test or activation that missed what was promised.
pub fn findings(check: &mut Check<'_>, plan: Id) -> Result<Vec<Effect>> {
    let query = recovery_plans::table.find(plan).select((recovery_plans::unit_id, recovery_plans::name));
    let Some((unit, name)) = query.first::<(Id, Title)>(check.connection).optional()? else { return Ok(Vec::new()) };
    let today = check.today;
    let nonconformity = |missed: Missed| {
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
    let missed = missed(check)?;
    Ok(finding::raise(check, missed.into_iter().map(nonconformity)))
}
