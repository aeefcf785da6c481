//! What stands on what by what is recorded of it: the references that say where a thing runs, lies, or comes from. The one list that
//! impact, the services of a target and retiring read.

use diesel::prelude::*;
use std::collections::HashSet;
use steward_core::database::Connection;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::store::{Reader, Reference};
use steward_schema::service::{edges, registry};

/// A reference by which one thing stands on another.
#[derive(Debug, Clone, Copy)]
pub struct Recorded {
    /// The kind that holds it.
    collection: &'static str,
    /// Its name.
    field: &'static str,
    /// Which of the two depends.
    dependent: End,
}

/// One end of a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The record that holds it.
    Holder,
    /// The record that it names.
    Named,
}

const fn on(collection: &'static str, field: &'static str) -> Recorded {
    Recorded { collection, field, dependent: End::Holder }
}

const MACHINES: &str = "infrastructure/virtual-machines";
/// Power feeds: of several into one rack, one is enough.
const FEEDS: &str = "infrastructure/power-feeds";

/// All of them.
const RECORDED: &[Recorded] = &[
    on(MACHINES, "cluster_id"),
    on(MACHINES, "device_id"),
    on("infrastructure/storage-pools", "node_id"),
    on("infrastructure/volumes", "storage_pool_id"),
    Recorded { collection: "infrastructure/volumes", field: "attached_to_id", dependent: End::Named },
    on("infrastructure/devices", "rack_id"),
    on("infrastructure/devices", "location_id"),
    on("infrastructure/devices", "site_id"),
    Recorded { collection: FEEDS, field: "rack_id", dependent: End::Named },
    on("infrastructure/racks", "location_id"),
    on("infrastructure/racks", "site_id"),
    on("infrastructure/locations", "parent_id"),
    on("infrastructure/locations", "site_id"),
    on("infrastructure/clusters", "site_id"),
    on("infrastructure/circuits", "a_site_id"),
    on("infrastructure/circuits", "z_site_id"),
    on("infrastructure/circuits", "provider_id"),
    on("infrastructure/circuits", "contract_id"),
    on("infrastructure/cloud-resources", "provider_id"),
    on("vendors/contracts", "vendor_id"),
];

/// The states of what holds a reference in which that says nothing any more.
pub const PAST: &[&str] = &["retired", "draft", "in_review", "expired", "terminated", "renewed", "closed"];

/// What does not stand, whatever is under it: the collections and the states in which what they hold is down.
const DOWN: &[(&str, &[&str])] = &[
    ("infrastructure/devices", &["offline", "failed", "retired"]),
    (MACHINES, &["offline", "failed", "retired"]),
    ("infrastructure/circuits", &["offline", "retired"]),
    ("infrastructure/cloud-resources", &["stopped", "retired"]),
    ("infrastructure/clusters", &["retired"]),
    ("infrastructure/storage-pools", &["retired"]),
    ("infrastructure/volumes", &["retired"]),
    ("infrastructure/services", &["retired"]),
    ("infrastructure/racks", &["retired"]),
    (FEEDS, &["offline", "failed"]),
    ("infrastructure/locations", &["retired"]),
    ("infrastructure/sites", &["retired"]),
    ("teams/people", &["left"]),
];

/// What is not there yet, or no longer for long, and stands in for nothing: as an alternative it does not count.
const ABSENT: &[(&str, &[&str])] = &[
    ("infrastructure/devices", &["planned", "staged", "decommissioning"]),
    (MACHINES, &["planned", "staged", "decommissioning"]),
    ("infrastructure/circuits", &["planned", "provisioning", "decommissioning"]),
    ("infrastructure/cloud-resources", &["planned"]),
    ("infrastructure/clusters", &["planned"]),
    ("infrastructure/storage-pools", &["planned"]),
    ("infrastructure/volumes", &["planned"]),
    ("infrastructure/services", &["planned"]),
    ("infrastructure/racks", &["planned"]),
    (FEEDS, &["planned"]),
    ("infrastructure/locations", &["planned"]),
    ("infrastructure/sites", &["planned"]),
];

/// What stands as things are: not what is down, and, as an alternative, not what is absent.
#[derive(Debug, Clone, Default)]
pub struct Missing {
    /// What is down, and brings down what requires it.
    pub down: Vec<Id>,
    /// What stands in for nothing.
    pub absent: Vec<Id>,
}

/// What does not stand, of what the session may see. What is asked of a node that is not there yet is asked of the plan, in which all that
/// is planned stands.
pub fn missing(reader: &mut Reader<'_>, state: Option<&str>) -> Result<Missing> {
    let is_plan = state.is_some_and(|state| ["planned", "staged", "provisioning"].contains(&state));
    Ok(Missing { down: reader.in_states(DOWN)?, absent: if is_plan { Vec::new() } else { reader.in_states(ABSENT)? } })
}

/// The references of which the record at one end depends: their kinds and names.
fn fields(dependent: End) -> Vec<(&'static str, &'static str)> {
    RECORDED.iter().filter(|each| each.dependent == dependent).map(|each| (each.collection, each.field)).collect()
}

/// The same as `domain/collection.field`.
pub fn names(dependent: End) -> Vec<String> {
    fields(dependent).into_iter().map(|(collection, field)| format!("{collection}.{field}")).collect()
}

/// Each dependent with what it stands on by what is recorded, whoever may see it; what is past stands on nothing.
pub fn supports(connection: &mut Connection) -> Result<Vec<(Id, Id)>> {
    let mut all = Vec::new();
    for dependent in [End::Holder, End::Named] {
        let collections: Vec<&str> = fields(dependent).into_iter().map(|(collection, _)| collection).collect();
        let is_there = registry::state.is_null().or(registry::state.assume_not_null().ne_all(PAST));
        let held: Vec<(Id, Id)> = edges::table
            .inner_join(registry::table.on(registry::id.eq(edges::from_id)))
            .filter(registry::collection.eq_any(collections).and(registry::deleted_at.is_null()).and(is_there))
            .filter(registry::collection.concat(".").concat(edges::field).eq_any(names(dependent)))
            .order((edges::from_id, edges::field, edges::to_id))
            .select((edges::from_id, edges::to_id))
            .load(connection)?;
        all.extend(held.into_iter().map(|(holder, named)| if dependent == End::Holder { (holder, named) } else { (named, holder) }));
    }
    Ok(all)
}

/// Something that stands on another by what is recorded.
pub struct Standing {
    /// Which depends.
    pub dependent: Id,
    /// What it depends on.
    pub support: Id,
    /// True if it is down without that, false if it is degraded.
    pub hard: bool,
    /// What the alternatives are called that this is one of: one of them is enough.
    pub alternatives: Option<&'static str>,
}

/// What stands on some nodes, as far as the session may see the records that say so. A machine of a cluster is started elsewhere when its
/// host is lost, and is degraded meanwhile; what is retired stands on nothing.
pub fn on_nodes(reader: &mut Reader<'_>, nodes: &[Id]) -> Result<Vec<Standing>> {
    let holding = reader.references(&fields(End::Holder), nodes, false)?;
    let mut named = reader.references(&fields(End::Named), nodes, true)?;
    // Alternatives are told as a whole.
    let fed: Vec<Id> = named.iter().filter(|each| each.field == "rack_id").map(|each| each.named).collect();
    named.extend(reader.references(&[(FEEDS, "rack_id")], &fed, false)?);
    standing(reader, holding, named)
}

/// What some nodes stand on, likewise.
pub fn under_nodes(reader: &mut Reader<'_>, nodes: &[Id]) -> Result<Vec<Standing>> {
    let holding = reader.references(&fields(End::Holder), nodes, true)?;
    let named = reader.references(&fields(End::Named), nodes, false)?;
    standing(reader, holding, named)
}

/// References as what stands on what: of the first the holder depends, of the others what is named.
fn standing(reader: &mut Reader<'_>, holding: Vec<Reference>, named: Vec<Reference>) -> Result<Vec<Standing>> {
    let hosted: Vec<Id> = holding.iter().filter(|each| each.field == "device_id").map(|each| each.holder).collect();
    let clustered: HashSet<Id> = reader.references(&[(MACHINES, "cluster_id")], &hosted, true)?.into_iter().map(|each| each.holder).collect();
    let is_there = |each: &Reference| !each.state.as_deref().is_some_and(|state| PAST.contains(&state));
    let by_holder = holding.into_iter().filter(is_there).map(|each| {
        let hard = each.field != "device_id" || !clustered.contains(&each.holder);
        Standing { dependent: each.holder, support: each.named, hard, alternatives: None }
    });
    // A feed that is planned feeds nothing yet.
    let feeds = |each: &Reference| each.field != "rack_id" || each.state.as_deref() != Some("planned");
    let by_named = named.into_iter().filter(is_there).filter(feeds).map(|each| {
        let alternatives = (each.field == "rack_id").then_some("power feeds");
        Standing { dependent: each.named, support: each.holder, hard: true, alternatives }
    });
    Ok(by_holder.chain(by_named).collect())
}
