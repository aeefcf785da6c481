//! What stays as it was approved.

use steward_core::error::{Problem, Result};
use steward_core::resource::{Check, Resource};

/// Whether a write changes one of some fields.
pub fn differs<R: Resource>(check: &Check<'_>, record: &R, fields: &[&str]) -> Result<bool> {
    let Some(before) = check.before::<R>()?.map(R::to_json) else { return Ok(false) };
    let after = record.to_json();
    Ok(fields.iter().any(|name| before.get(*name) != after.get(*name)))
}

/// Refuses a change of fields that were approved (409).
pub fn require_kept<R: Resource>(check: &Check<'_>, record: &R, fields: &[&str]) -> Result<()> {
    let Some(before) = check.before::<R>()?.map(R::to_json) else { return Ok(()) };
    let after = record.to_json();
    match fields.iter().find(|name| before.get(**name) != after.get(**name)) {
        Some(name) => {
            Err(Problem::conflict(format!("/{name}"), "approved", "This stays as it was approved. Cancel the record and make another one instead.").into())
        }
        None => Ok(()),
    }
}
