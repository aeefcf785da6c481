//! What stays as it was once others rely on it.

use steward_core::error::{Problem, Result};
use steward_core::resource::{Check, Resource};

/// Refuses a change of fields that others rely on (409).
pub fn require_kept<R: Resource>(check: &Check<'_>, record: &R, fields: &[&str], detail: &str) -> Result<()> {
    let Some(before) = check.before::<R>()?.map(R::to_json) else { return Ok(()) };
    let after = record.to_json();
    match fields.iter().find(|name| before.get(**name) != after.get(**name)) {
        Some(name) => Err(Problem::conflict(format!("/{name}"), "frozen", detail).into()),
        None => Ok(()),
    }
}
