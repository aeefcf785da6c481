//! What work waits for outside of projects, and when that has happened.

use diesel::prelude::*;
use serde_json::Value;
use std::collections::HashMap;
use steward_core::error::Result;
use steward_core::ports::deliveries;
use steward_core::resource::value::Date;
use steward_core::resource::{Check, Id, UnmetGuard};
use steward_core::store::Reader;
use steward_schema::projects::work_dependencies;
use steward_schema::service::registry;

/// What work can wait for outside of projects: the collection, the states in which it has happened or will not happen any more, and the
/// fields that tell on which day it ends, the best known first.
const HAPPENED: &[(&str, &[&str], &[&str])] = &[
    ("vendors/purchase-orders", &["closed", "cancelled", "rejected"], &["promised_on", "delivery_due_on"]),
    ("vendors/contracts", &["signed", "active", "suspended", "expired", "terminated", "renewed", "closed"], &["starts_on"]),
    ("infrastructure/changes", &["implemented", "reviewed", "closed", "cancelled", "rejected"], &["implementation_ends_at", "ends_at"]),
    ("infrastructure/maintenance-windows", &["done", "cancelled"], &["ends_at"]),
    ("teams/person-certifications", &["valid", "renewed"], &["issued_on", "planned_on"]),
    ("governance/audits", &["closed"], &["reported_on", "ends_on"]),
];

/// Orders, which have happened once all of them has been received as well.
const ORDERS: &str = "vendors/purchase-orders";

/// When something outside of projects happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrence {
    /// It has happened, or will not happen any more: nothing waits for it.
    Past,
    /// It is expected on a day, or was seen to happen on it.
    Dated(Date),
    /// Nobody has said when.
    Undated,
}

/// When some events outside of projects happen, of those that the reader may see.
pub fn occurrences(reader: &mut Reader<'_>, events: &[(Id, String)]) -> Result<HashMap<Id, Occurrence>> {
    let mut found = HashMap::new();
    let orders: Vec<Id> = events.iter().filter(|(_, collection)| collection == ORDERS).map(|(id, _)| *id).collect();
    let received = reader.ask(|check| deliveries::received_on(check, &orders))?;
    for (collection, past, days) in HAPPENED {
        let ids: Vec<Id> = events.iter().filter(|(_, each)| each == collection).map(|(id, _)| *id).collect();
        let Some(definition) = reader.store.definitions.get(collection).filter(|_| !ids.is_empty()) else { continue };
        for stored in reader.find_all(definition, &ids)? {
            let document = reader.document(definition, &stored);
            let day = |name: &&str| document.get(*name).and_then(Value::as_str).and_then(|text| Date::parse(text.get(..10)?));
            let state = stored.meta.state.as_deref().unwrap_or_default();
            // What has come is no promise any more: its day is that of the receipt.
            let known = || received.get(&stored.meta.id).copied().or_else(|| days.iter().find_map(day));
            let expected = || known().map_or(Occurrence::Undated, Occurrence::Dated);
            found.insert(stored.meta.id, if past.contains(&state) { Occurrence::Past } else { expected() });
        }
    }
    Ok(found)
}

/// What a work item still waits for outside of projects.
pub fn awaited(check: &mut Check<'_>, successor: Id) -> Result<Vec<UnmetGuard>> {
    let collections: Vec<&str> = HAPPENED.iter().map(|(collection, ..)| *collection).collect();
    let rows: Vec<(Id, String, String, Option<String>)> = work_dependencies::table
        .inner_join(registry::table.on(registry::id.eq(work_dependencies::predecessor_id)))
        .filter(work_dependencies::successor_id.eq(successor))
        .filter(registry::collection.eq_any(collections))
        .order(registry::id)
        .select((registry::id, registry::collection, registry::title, registry::state))
        .load(check.connection)?;
    let orders: Vec<Id> = rows.iter().filter(|(_, collection, ..)| collection == ORDERS).map(|(id, ..)| *id).collect();
    let received = deliveries::received_on(check, &orders)?;
    let pending = rows.into_iter().filter(|(id, ..)| !received.contains_key(id)).filter_map(|(_, collection, title, state)| {
        let (_, states, _) = HAPPENED.iter().find(|(each, ..)| *each == collection)?;
        let state = state.unwrap_or_default();
        (!states.contains(&state.as_str())).then(|| {
            let received = if collection == ORDERS { "received in full, or " } else { "" };
            let detail = format!("It waits for \"{title}\" ({collection}), which is {state}: that must be {received}{} first.", states.join(" or "));
            UnmetGuard::new("", "predecessor", detail)
        })
    });
    Ok(pending.take(20).collect())
}
