//! What work waits for outside of projects, and when that has happened.

use crate::error::Result;
use crate::resource::{Check, Id, UnmetGuard};
use diesel::prelude::*;
use steward_schema::projects::work_dependencies;
use steward_schema::service::registry;

/// The states in which what is waited for has happened, or will not happen any more, by collection.
const HAPPENED: &[(&str, &[&str])] = &[
    ("vendors/purchase-orders", &["closed", "cancelled", "rejected"]),
    ("vendors/contracts", &["signed", "active", "suspended", "expired", "terminated", "renewed", "closed"]),
    ("infrastructure/changes", &["implemented", "reviewed", "closed", "cancelled", "rejected"]),
    ("infrastructure/maintenance-windows", &["done", "cancelled"]),
    ("teams/person-certifications", &["valid", "renewed"]),
    ("governance/audits", &["closed"]),
];

/// What a work item still waits for outside of projects.
pub fn awaited(check: &mut Check<'_>, successor: Id) -> Result<Vec<UnmetGuard>> {
    let collections: Vec<&str> = HAPPENED.iter().map(|(collection, _)| *collection).collect();
    let rows: Vec<(String, String, Option<String>)> = work_dependencies::table
        .inner_join(registry::table.on(registry::id.eq(work_dependencies::predecessor_id)))
        .filter(work_dependencies::successor_id.eq(successor))
        .filter(registry::collection.eq_any(collections))
        .order(registry::id)
        .select((registry::collection, registry::title, registry::state))
        .load(check.connection)?;
    let pending = rows.into_iter().filter_map(|(collection, title, state)| {
        let (_, states) = HAPPENED.iter().find(|(each, _)| *each == collection)?;
        let state = state.unwrap_or_default();
        (!states.contains(&state.as_str())).then(|| {
            let detail = format!("It waits for \"{title}\" ({collection}), which is {state}: that must be {} first.", states.join(" or "));
            UnmetGuard::new("", "predecessor", detail)
        })
    });
    Ok(pending.take(20).collect())
}
