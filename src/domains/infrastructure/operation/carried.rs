//! What nodes carry: what depends on them, directly or through others, and what they rest on in turn.

use crate::operation::dependency::{DependencyKind, ON_THE_LEFT, ON_THE_RIGHT};
use crate::operation::recorded::{self, End, PAST};
use diesel::prelude::*;
use steward_core::database::{Closure, Connection};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_schema::infrastructure::{dependencies, services};
use steward_schema::service::{edges, registry};

/// No state: what is past counts as well.
const NONE: &[&str] = &[""];

/// The services that depend on a node, it included: by the dependencies that are declared, and by what is recorded of where things run and
/// lie. What is retired since counts as well.
pub fn services_on(connection: &mut Connection, node: Id) -> Result<Vec<Id>> {
    let carried = services::table.filter(services::id.eq_any(dependents(&[node], NONE))).order(services::id);
    Ok(carried.select(services::id).load(connection)?)
}

/// The services in use that depend on some nodes, likewise, but without what is past: what a change of them may affect.
pub fn services_in_use_on(connection: &mut Connection, nodes: &[Id]) -> Result<Vec<Id>> {
    let carried = services::table.filter(services::id.eq_any(dependents(nodes, PAST)).and(services::state.ne("retired"))).order(services::id);
    Ok(carried.select(services::id).load(connection)?)
}

/// Some nodes and all that depends on them, directly or through others, without what is past.
pub fn dependents_of(connection: &mut Connection, nodes: &[Id]) -> Result<Vec<Id>> {
    Ok(dependents(nodes, PAST).load(connection)?)
}

/// Some nodes and all that they depend on, directly or through others, without what is past.
pub fn supports_of(connection: &mut Connection, nodes: &[Id]) -> Result<Vec<Id>> {
    Ok(supports(nodes, PAST).load(connection)?)
}

/// A node and all that it depends on, directly or through others. What is retired since counts as well.
pub fn supports_ever_of(connection: &mut Connection, node: Id) -> Result<Vec<Id>> {
    Ok(supports(&[node], NONE).load(connection)?)
}

/// The nodes that some nodes depend on, they included, by references that are held in none of some states.
fn supports(nodes: &[Id], past: &'static [&'static str]) -> Closure<'static> {
    reached(nodes, past, (ON_THE_RIGHT, End::Holder), (ON_THE_LEFT, End::Named))
}

/// What depends on some nodes, they included, by references that are held in none of some states.
fn dependents(nodes: &[Id], past: &'static [&'static str]) -> Closure<'static> {
    reached(nodes, past, (ON_THE_LEFT, End::Named), (ON_THE_RIGHT, End::Holder))
}

/// The dependencies of some kinds, and the recorded references of which the record at one end depends.
type Links = ([DependencyKind; 2], End);

/// The nodes reached from some nodes, they included, along links as they are written and along others against that, by references that are held
/// in none of some states.
fn reached(nodes: &[Id], past: &'static [&'static str], (kinds, dependent): Links, (kinds_against, dependent_against): Links) -> Closure<'static> {
    let of_kinds = |kinds: [DependencyKind; 2]| dependencies::table.filter(dependencies::kind.eq_any(kinds));
    let held = |dependent: End| {
        let is_of = registry::collection.concat(".").concat(edges::field).eq_any(recorded::names(dependent));
        let is_there = registry::state.is_null().or(registry::state.assume_not_null().ne_all(past));
        edges::table.inner_join(registry::table.on(registry::id.eq(edges::from_id))).filter(is_of.and(is_there))
    };
    Closure::from_all(registry::table.filter(registry::id.eq_any(nodes.to_vec())).select(registry::id))
        .along(of_kinds(kinds).select((dependencies::from_id, dependencies::to_id)))
        .along(of_kinds(kinds_against).select((dependencies::to_id, dependencies::from_id)))
        .along(held(dependent).select((edges::from_id, edges::to_id)))
        .along(held(dependent_against).select((edges::to_id, edges::from_id)))
}
