//! What stands on what by what is recorded of it: the references that say where a thing runs, lies, or comes from. The one list that
//! impact, the services of a target and retiring read.

use crate::error::Result;
use crate::resource::Id;
use crate::store::{Reader, Reference};
use std::collections::HashSet;

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
    on("infrastructure/racks", "location_id"),
    on("infrastructure/racks", "site_id"),
    on("infrastructure/locations", "parent_id"),
    on("infrastructure/locations", "site_id"),
    on("infrastructure/clusters", "site_id"),
    on("infrastructure/circuits", "a_site_id"),
    on("infrastructure/circuits", "z_site_id"),
    on("infrastructure/circuits", "provider_id"),
    on("infrastructure/cloud-resources", "provider_id"),
];

/// The references of which the record at one end depends: their kinds and names.
fn fields(dependent: End) -> Vec<(&'static str, &'static str)> {
    RECORDED.iter().filter(|each| each.dependent == dependent).map(|each| (each.collection, each.field)).collect()
}

/// The same as `domain/collection.field`.
pub fn names(dependent: End) -> Vec<String> {
    fields(dependent).into_iter().map(|(collection, field)| format!("{collection}.{field}")).collect()
}

/// Something that stands on another by what is recorded.
pub struct Standing {
    /// Which depends.
    pub dependent: Id,
    /// What it depends on.
    pub support: Id,
    /// True if it is down without that, false if it is degraded.
    pub hard: bool,
}

/// What stands on some nodes, as far as the session may see the records that say so. A machine of a cluster is started elsewhere when its
/// host is lost, and is degraded meanwhile; what is retired stands on nothing.
pub fn on_nodes(reader: &mut Reader<'_>, nodes: &[Id]) -> Result<Vec<Standing>> {
    let holding = reader.references(&fields(End::Holder), nodes, false)?;
    let named = reader.references(&fields(End::Named), nodes, true)?;
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
    let is_there = |each: &Reference| each.state.as_deref() != Some("retired");
    let by_holder = holding.into_iter().filter(is_there).map(|each| {
        let hard = each.field != "device_id" || !clustered.contains(&each.holder);
        Standing { dependent: each.holder, support: each.named, hard }
    });
    let by_named = named.into_iter().filter(is_there).map(|each| Standing { dependent: each.named, support: each.holder, hard: true });
    Ok(by_holder.chain(by_named).collect())
}
