//! What is on its way out takes on nothing new.

use diesel::prelude::*;
use serde_json::{Map, Value};
use steward_core::error::{Problem, Result};
use steward_core::resource::{Check, Id, Resource};
use steward_schema::infrastructure::interfaces;
use steward_schema::service::registry;

/// The states in which a node is on its way out.
pub const LEAVING: [&str; 2] = ["decommissioning", "retired"];

/// Refuses references of a record, new or changed, to what is on its way out (409). A new record with a lifecycle may be made: it begins
/// nothing there yet.
pub fn require_staying<R: Resource>(check: &mut Check<'_>, record: &R, fields: &[&str]) -> Result<()> {
    if check.before.is_none() && R::lifecycle().is_some() {
        return Ok(());
    }
    let (before, after) = (check.before::<R>()?.map(R::to_json), record.to_json());
    for name in fields {
        let known = before.as_ref().map(|before| named(before, name)).unwrap_or_default();
        let new: Vec<Id> = named(&after, name).into_iter().filter(|id| !known.contains(id)).collect();
        refuse_leaving(check, &format!("/{name}"), &new)?;
    }
    Ok(())
}

/// Refuses interfaces of a node that is on its way out (409).
pub fn require_staying_node_of(check: &mut Check<'_>, pointer: &str, interface_ids: &[Id]) -> Result<()> {
    let nodes: Vec<Id> = interfaces::table.filter(interfaces::id.eq_any(interface_ids)).select(interfaces::node_id).load(check.connection)?;
    refuse_leaving(check, pointer, &nodes)
}

fn refuse_leaving(check: &mut Check<'_>, pointer: &str, ids: &[Id]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let leaving = registry::table
        .filter(registry::id.eq_any(ids).and(registry::state.eq_any(LEAVING)))
        .order(registry::id)
        .select((registry::title, registry::state.assume_not_null()));
    let found: Option<(String, String)> = leaving.first(check.connection).optional()?;
    match found {
        Some((title, state)) => {
            let detail = format!("\"{title}\" is {state} and takes on nothing new. Choose another, or leave it out.");
            Err(Problem::conflict(pointer, "leaving", detail).into())
        }
        None => Ok(()),
    }
}

/// The ids that a field names: one, or a list.
fn named(record: &Map<String, Value>, field: &str) -> Vec<Id> {
    let id = |value: &Value| value.as_str().and_then(Id::parse);
    match record.get(field) {
        Some(Value::Array(list)) => list.iter().filter_map(id).collect(),
        Some(value) => id(value).into_iter().collect(),
        None => Vec::new(),
    }
}
