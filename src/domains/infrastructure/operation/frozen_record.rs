//! What stays as it was approved.

use steward_core::error::{Problem, Result};
use steward_core::resource::{Check, Resource};

/// Whether a write changes one of some fields.
pub fn differs<R: Resource>(check: &Check<'_>, record: &R, fields: &[&str]) -> Result<bool> {
    Ok(first_changed(check, record, fields)?.is_some())
}

/// Refuses a change of fields that were approved (409).
pub fn require_kept<R: Resource>(check: &Check<'_>, record: &R, fields: &[&str]) -> Result<()> {
    match first_changed(check, record, fields)? {
        Some(name) => {
            Err(Problem::conflict(format!("/{name}"), "approved", "This stays as it was approved. Cancel the record and make another one instead.").into())
        }
        None => Ok(()),
    }
}

/// The first of some fields that a write changes.
fn first_changed<'f, R: Resource>(check: &Check<'_>, record: &R, fields: &[&'f str]) -> Result<Option<&'f str>> {
    let Some(before) = check.before::<R>()?.map(R::to_json) else { return Ok(None) };
    let after = record.to_json();
    Ok(fields.iter().copied().find(|name| before.get(*name) != after.get(*name)))
}
