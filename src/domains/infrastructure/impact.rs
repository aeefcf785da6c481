//! The impact of losing a node.

use super::dependency::{Dependency, DependencyKind, NODES, ON_THE_LEFT, ON_THE_RIGHT};
use super::loss::{self, Edge};
use crate::database::expression::Condition;
use crate::database::{CHUNK, Narrowed};
use crate::error::{Problem, Result};
use crate::http::view::{Call, Run, View};
use crate::resource::Id;
use crate::resource::value::of_type;
use crate::store::Reader;
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use steward_schema::infrastructure::dependencies;
use utoipa::openapi::schema::{ArrayBuilder, Schema, SchemaFormat, SchemaType, Type};

/// `GET infrastructure/impact/{id}`.
pub static IMPACT: View = View {
    path: "infrastructure/impact/{id}",
    operation_id: "get_infrastructure_impact",
    summary: "Get the impact of losing a node",
    description: "What goes down, and what is degraded, when a node is lost (a service, device, virtual machine, cluster, circuit, cloud resource, volume, storage pool, location or site), over the dependencies that you may see.\n\n\
        A node is down if something that it requires, or that hosts it, is down, or if fewer of a redundancy group stand than `min_up`; it is degraded if something that it uses or is copied from is down, or if a group has shrunk. \
        What is only degraded brings nothing down. `path` leads from the lost node to this one. Nodes that you may not see are left out, and so is their place in a path.",
    permissions: &["infrastructure.dependencies:read"],
    parameters: &[],
    answer,
    run: Run::Read(run),
};

fn run(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let lost = call.id()?;
    if nodes(reader, &[lost])?.is_empty() {
        return Err(Problem::not_found().into());
    }
    let found = loss::follow(lost, |fallen| edges_on(reader, fallen))?;
    let ids: Vec<Id> = [lost].into_iter().chain(found.down.iter().chain(&found.degraded).map(|(node, _)| *node)).collect();
    let seen = nodes(reader, &ids)?;
    let through: HashMap<Id, Id> = found.down.iter().chain(&found.degraded).copied().collect();
    let listed = |affected: &[(Id, Id)]| -> Vec<Value> {
        let shown = affected.iter().filter_map(|(node, _)| seen.get(node));
        shown
            .map(|node| {
                let mut node = node.clone();
                let path = path_to(&node, &through).into_iter().filter(|id| seen.contains_key(id));
                node.insert("path".into(), path.map(|id| id.to_string()).collect());
                node.into()
            })
            .collect()
    };
    let (down, degraded) = (listed(&found.down), listed(&found.degraded));
    let services = |nodes: &[Value]| nodes.iter().filter(|node| node["collection"] == "infrastructure/services").count();
    Ok(json!({
        "lost": seen.get(&lost),
        "services_down": services(&down),
        "services_degraded": services(&degraded),
        "down": down,
        "degraded": degraded,
    }))
}

/// The nodes from the lost one to this one; each was reached through one that fell before it.
fn path_to(node: &Map<String, Value>, through: &HashMap<Id, Id>) -> Vec<Id> {
    let mut path: Vec<Id> = node.get("id").and_then(Value::as_str).and_then(Id::parse).into_iter().collect();
    while let Some(before) = path.last().and_then(|last| through.get(last)) {
        path.push(*before);
    }
    path.reverse();
    path
}

/// The nodes that the session may see, of these.
fn nodes(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, Map<String, Value>>> {
    let mut seen = HashMap::new();
    for definition in NODES.iter().filter_map(|path| reader.store.definitions.get(path)) {
        for stored in reader.find_all(definition, ids)? {
            let document = reader.document(definition, &stored);
            let mut node = Map::new();
            node.insert("id".into(), stored.meta.id.to_string().into());
            node.insert("collection".into(), definition.path.into());
            for (name, field) in [("title", definition.title), ("state", "state"), ("criticality_tier", "criticality_tier")] {
                node.insert(name.into(), document.get(field).cloned().unwrap_or(Value::Null));
            }
            seen.insert(stored.meta.id, node);
        }
    }
    Ok(seen)
}

/// The edges that stand on these nodes, and the whole of each group that one of them belongs to.
fn edges_on(reader: &mut Reader<'_>, fallen: &[Id]) -> Result<Vec<Edge>> {
    let seen = reader.sees::<Dependency>()?;
    let mut edges = Vec::new();
    for chunk in fallen.chunks(CHUNK) {
        edges.extend(edges_where(reader, &seen, ON_THE_RIGHT, dependencies::to_id.eq_any(chunk))?);
        edges.extend(edges_where(reader, &seen, ON_THE_LEFT, dependencies::from_id.eq_any(chunk))?);
    }
    let mut grouped: Vec<Id> = edges.iter().filter(|edge| edge.group.is_some()).map(|edge| edge.dependent).collect();
    grouped.sort_unstable();
    grouped.dedup();
    for chunk in grouped.chunks(CHUNK) {
        let in_group = || dependencies::redundancy_group.is_not_null();
        edges.extend(edges_where(reader, &seen, ON_THE_RIGHT, dependencies::from_id.eq_any(chunk).and(in_group()))?);
        edges.extend(edges_where(reader, &seen, ON_THE_LEFT, dependencies::to_id.eq_any(chunk).and(in_group()))?);
    }
    Ok(edges)
}

/// The edges in sight of some kinds that satisfy a condition.
fn edges_where<'c>(
    reader: &mut Reader<'_>,
    seen: &Narrowed<dependencies::table>,
    kinds: [DependencyKind; 2],
    condition: impl Condition<'c, dependencies::table>,
) -> Result<Vec<Edge>> {
    let rows: Vec<(Id, Id, DependencyKind, Option<String>, Option<i64>)> = dependencies::table
        .filter(dependencies::kind.eq_any(kinds))
        .filter(condition)
        .filter(seen.clone())
        .order(dependencies::id)
        .select((dependencies::from_id, dependencies::to_id, dependencies::kind, dependencies::redundancy_group, dependencies::min_up))
        .load(reader.within(seen))?;
    let edge = |(from, to, kind, group, min_up): (Id, Id, DependencyKind, Option<String>, Option<i64>)| {
        let must_stand = min_up.and_then(|least| usize::try_from(least).ok()).unwrap_or(1);
        Edge::new(from, to, kind, group.map(|name| (name, must_stand)))
    };
    Ok(rows.into_iter().map(edge).collect())
}

fn answer() -> Schema {
    let text = |description: &str| of_type(Type::String).description(Some(description));
    let count = |description: &str| of_type(Type::Integer).minimum(Some(0.0)).description(Some(description));
    let or_null = |kind: Type, description: &str| of_type(kind.clone()).schema_type(SchemaType::from_iter([kind, Type::Null])).description(Some(description));
    let node = |description: &str| {
        of_type(Type::Object)
            .description(Some(description))
            .property("id", Id::described("The node."))
            .property("collection", text("The collection that it is in."))
            .property("title", text("What people know it by."))
            .property("state", or_null(Type::String, "Where it is in its lifecycle."))
            .property("criticality_tier", or_null(Type::Integer, "How much hangs on it, 1 to 4, if it is a service."))
            .required("id")
            .required("collection")
            .required("title")
            .required("state")
            .required("criticality_tier")
    };
    let path = || {
        ArrayBuilder::new()
            .items(of_type(Type::String).format(Some(SchemaFormat::Custom("uuid".into()))).description(Some("A node.")))
            .description(Some("The nodes from the lost one to this one, both included."))
    };
    let affected = |description: &str| {
        let item = node("An affected node.").property("path", path()).required("path");
        ArrayBuilder::new().items(item).description(Some(description))
    };
    of_type(Type::Object)
        .description(Some("What a loss affects."))
        .property("lost", node("The node that is lost."))
        .property("services_down", count("How many services are down."))
        .property("services_degraded", count("How many services are degraded."))
        .property("down", affected("What is down, in the order in which it falls."))
        .property("degraded", affected("What still stands, with less under it."))
        .required("lost")
        .required("services_down")
        .required("services_degraded")
        .required("down")
        .required("degraded")
        .into()
}
