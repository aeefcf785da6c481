//! What tests and activations of recovery plans share: a result for each thing in scope, and a finding for each miss.

use crate::database::{Cell, Kind, Statement};
use crate::error::Result;
use crate::resource::{Check, Effect, Id, Unmet};
use serde_json::json;
use std::collections::HashSet;

/// How many things without a result an answer names.
const NAMED: usize = 20;

/// What is missing before a test or activation is closed: a result for each thing in its scope.
pub fn missing_results(check: &mut Check<'_>, scope: &[Id]) -> Result<Vec<Unmet>> {
    let query = Statement::new("SELECT subject_id FROM recovery_results WHERE source_id = ").with(check.id, "");
    let measured: HashSet<Id> = query.rows(check.connection, &[Kind::Id])?.iter().filter_map(|row| row.first()?.as_id()).collect();
    let missing = scope.iter().filter(|id| !measured.contains(id)).take(NAMED);
    Ok(missing.map(|id| Unmet::new("", "result", format!("Record a recovery result for {id}."))).collect())
}

/// A finding for each result of a test or activation that missed what was promised.
pub fn findings(check: &mut Check<'_>, plan: Id) -> Result<Vec<Effect>> {
    let query = Statement::new("SELECT p.unit_id, p.name FROM recovery_plans p WHERE p.id = ").with(plan, "");
    let Some(row) = query.first(check.connection, &[Kind::Id, Kind::Text])? else { return Ok(Vec::new()) };
    let (Some(unit), Some(name)) = (row.first().and_then(Cell::as_id), row.get(1).and_then(Cell::as_text)) else { return Ok(Vec::new()) };
    let missed = Statement::new(
        "SELECT r.id, r.measured_rto_seconds, r.target_rto_seconds, r.measured_rpo_seconds, r.target_rpo_seconds, g.title \
         FROM recovery_results r JOIN registry g ON g.id = r.subject_id \
         WHERE (NOT r.recovered OR r.measured_rto_seconds > r.target_rto_seconds OR r.measured_rpo_seconds > r.target_rpo_seconds) AND r.source_id = ",
    )
    .with(check.id, " ORDER BY r.id");
    let kinds = [Kind::Id, Kind::Integer, Kind::Integer, Kind::Integer, Kind::Integer, Kind::Text];
    let today = check.today.to_string();
    let rows = missed.rows(check.connection, &kinds)?;
    let finding = |row: &crate::database::Row| {
        let seconds = |at: usize| row.get(at).and_then(Cell::as_integer).map_or_else(|| "unknown".to_owned(), |seconds| format!("{seconds} s"));
        let subject = row.get(5)?.as_text()?;
        let title: String = format!("{subject} was not recovered as promised ({name})").chars().take(200).collect();
        let description = format!("RTO measured {}, promised {}; RPO measured {}, promised {}.", seconds(1), seconds(2), seconds(3), seconds(4));
        Some(Effect::create(
            "governance/findings",
            json!({
                "unit_id": unit.to_string(),
                "title": title,
                "kind": "minor",
                "description": description,
                "source_id": row.first()?.as_id()?.to_string(),
                "found_on": today,
            }),
        ))
    };
    Ok(rows.iter().filter_map(finding).collect())
}
