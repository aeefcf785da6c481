//! What nodes carry: what depends on them, directly or through others, and what they rest on in turn.

use crate::operation::dependency::{ON_THE_LEFT, ON_THE_RIGHT};
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
    let needs = dependencies::table.filter(dependencies::kind.eq_any(ON_THE_RIGHT)).select((dependencies::from_id, dependencies::to_id));
    let carries = dependencies::table.filter(dependencies::kind.eq_any(ON_THE_LEFT)).select((dependencies::to_id, dependencies::from_id));
    let held = edges::table.inner_join(registry::table.on(registry::id.eq(edges::from_id)));
    let is_there = || registry::state.is_null().or(registry::state.assume_not_null().ne_all(PAST));
    let is_of = |dependent: End| registry::collection.concat(".").concat(edges::field).eq_any(recorded::names(dependent)).and(is_there());
    let supports = Closure::from_all(registry::table.filter(registry::id.eq_any(nodes.to_vec())).select(registry::id))
        .along(needs)
        .along(carries)
        .along(held.filter(is_of(End::Holder)).select((edges::from_id, edges::to_id)))
        .along(held.filter(is_of(End::Named)).select((edges::to_id, edges::from_id)));
    Ok(supports.load(connection)?)
}

/// What depends on some nodes, they included, by references that are held in none of some states.
fn dependents(nodes: &[Id], past: &'static [&'static str]) -> Closure<'static> {
    let needs = dependencies::table.filter(dependencies::kind.eq_any(ON_THE_RIGHT)).select((dependencies::to_id, dependencies::from_id));
    let carries = dependencies::table.filter(dependencies::kind.eq_any(ON_THE_LEFT)).select((dependencies::from_id, dependencies::to_id));
    let held = edges::table.inner_join(registry::table.on(registry::id.eq(edges::from_id)));
    let is_there = move || registry::state.is_null().or(registry::state.assume_not_null().ne_all(past));
    let is_of = move |dependent: End| registry::collection.concat(".").concat(edges::field).eq_any(recorded::names(dependent)).and(is_there());
    Closure::from_all(registry::table.filter(registry::id.eq_any(nodes.to_vec())).select(registry::id))
        .along(needs)
        .along(carries)
        .along(held.filter(is_of(End::Holder)).select((edges::to_id, edges::from_id)))
        .along(held.filter(is_of(End::Named)).select((edges::from_id, edges::to_id)))
}
