//! The nodes of the dependency graph as figures tell them, and what is left out for who may not read it.

use crate::operation::{
    dependency::{BESIDE, NODES},
    it_service::Service,
};
use serde_json::Value;
use std::collections::HashMap;
use steward_core::access::Reach;
use steward_core::database::CHUNK;
use steward_core::resource::value::Text;
use steward_core::store::Node as Record;
use steward_core::view::prelude::*;
use steward_core::view::{ReferenceTo, Referred};
use steward_schema::infrastructure::services;

/// What others may depend on.
#[derive(Debug)]
pub struct Nodes;

impl Referred for Nodes {
    const COLLECTIONS: &'static [&'static str] = NODES;
}

/// Id of a node of the dependency graph.
pub type NodeReference = ReferenceTo<Nodes>;

/// Node of the dependency graph.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImpactNode {
    /// Identifier of the node.
    pub id: Id,
    /// Collection of the node, as domain/collection.
    pub collection: &'static str,
    /// Title of the node.
    pub title: String,
    /// State of the node; null if it has no lifecycle.
    pub state: Option<String>,
    /// Criticality tier of a service, 1 to 4; null for other nodes.
    pub criticality_tier: Option<i64>,
}

/// So many.
pub fn counted(many: usize) -> Count {
    steward_core::resource::value::Whole(i64::try_from(many).unwrap_or(i64::MAX))
}

/// The collections that the caller may not read, as they come up.
#[derive(Debug, Default)]
pub struct Partial(Vec<&'static str>);

impl Partial {
    /// Whether the caller may read some of a collection; noted if not.
    pub fn readable(&mut self, reader: &Reader<'_>, collection: &'static str) -> bool {
        let readable =
            reader.store.definitions.get(collection).is_some_and(|definition| reader.session.reach(&definition.permission("read")) != Reach::Nothing);
        if !readable && !self.0.contains(&collection) {
            self.0.push(collection);
        }
        readable
    }

    /// Their names, in order.
    pub fn told(mut self) -> Vec<Text<1, 100>> {
        self.0.sort_unstable();
        self.0.into_iter().map(Text::cut).collect()
    }
}

/// The nodes that the session may see, of these.
pub fn nodes(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, ImpactNode>> {
    let is_node = |path: &'static str| NODES.contains(&path) || BESIDE.contains(&path);
    let found: Vec<_> = reader.records(ids)?.into_iter().filter(|record| is_node(record.definition.path)).collect();
    let services: Vec<Id> = found.iter().filter(|record| record.definition.path == Service::PATH).map(|record| record.id).collect();
    let tiers = criticality_tiers(reader, &services)?;
    let node = |record: Record| ImpactNode {
        id: record.id,
        collection: record.definition.path,
        title: record.title,
        state: record.state,
        criticality_tier: tiers.get(&record.id).copied(),
    };
    Ok(found.into_iter().map(|record| (record.id, node(record))).collect())
}

/// The criticality tiers of services in sight.
fn criticality_tiers(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, i64>> {
    let (seen, mut tiers) = (reader.sees::<Service>()?, HashMap::new());
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(Id, i64)> = services::table
            .filter(services::id.eq_any(chunk))
            .filter(seen.clone())
            .select((services::id, services::criticality_tier))
            .load(reader.within(&seen))?;
        tiers.extend(rows);
    }
    Ok(tiers)
}

/// The owner of a node in sight; none if it has none.
pub fn owner_of(reader: &mut Reader<'_>, node: &ImpactNode) -> Result<Option<Id>> {
    let Some(definition) = reader.store.definitions.get(node.collection) else { return Ok(None) };
    let Some(stored) = reader.find(definition, node.id)? else { return Ok(None) };
    Ok(reader.document(definition, &stored).get("owner_id").and_then(Value::as_str).and_then(Id::parse))
}

/// Those of some nodes that are of a collection.
pub fn of(nodes: &[ImpactNode], collection: &str) -> Vec<Id> {
    nodes.iter().filter(|node| node.collection == collection).map(|node| node.id).collect()
}
