//! Corrective actions that still owe the proof that they work.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::Title;
use steward_core::resource::{Check, UnmetGuard};
use steward_schema::governance::corrective_actions;

diesel::alias!(corrective_actions as later: Later);

/// The debts of a finding's actions before it can be closed: the proof that they work, once the day for it has come, and something
/// better in place of one that did not work.
pub fn unmet(check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let due = corrective_actions::table
        .filter(corrective_actions::finding_id.eq(check.id))
        .filter(corrective_actions::state.eq("done").and(corrective_actions::verify_on.le(check.today)))
        .order(corrective_actions::id)
        .select(corrective_actions::title);
    let better = later
        .filter(later.field(corrective_actions::finding_id).eq(corrective_actions::finding_id))
        .filter(later.field(corrective_actions::state).eq_any(["done", "verified"]))
        .filter(later.field(corrective_actions::created_at).ge(corrective_actions::created_at));
    let failed = corrective_actions::table
        .filter(corrective_actions::finding_id.eq(check.id))
        .filter(corrective_actions::state.eq("ineffective").and(not(exists(better))))
        .order(corrective_actions::id)
        .select(corrective_actions::title);
    let (due, failed): (Vec<Title>, Vec<Title>) = (due.load(check.connection)?, failed.load(check.connection)?);
    let owed = |titles: Vec<Title>, code: &'static str, advice: &'static str| {
        titles.into_iter().map(move |title| UnmetGuard::new("", code, format!("The action \"{}\" {advice}", title.0)))
    };
    let unjudged = owed(due, "effectiveness", "is done, and nobody has judged whether it works. Verify it, or declare it ineffective.");
    Ok(unjudged.chain(owed(failed, "ineffective", "did not work. Plan and do something else.")).collect())
}
