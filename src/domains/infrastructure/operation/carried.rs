//! What a node carries: the services that depend on it, itself or through others.

use crate::operation::dependency::DependencyKind;
use crate::operation::recorded::{self, End};
use diesel::prelude::*;
use steward_core::database::{Closure, Connection};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_schema::infrastructure::{dependencies, services};
use steward_schema::service::{edges, registry};

/// The services that depend on a node, it included: by the dependencies that are declared, and by what is recorded of where things run and lie.
pub fn services_on(connection: &mut Connection, node: Id) -> Result<Vec<Id>> {
    let needing = [DependencyKind::Requires, DependencyKind::Uses];
    let needs = dependencies::table.filter(dependencies::kind.eq_any(needing)).select((dependencies::to_id, dependencies::from_id));
    let carrying = [DependencyKind::Hosts, DependencyKind::Replicates];
    let carries = dependencies::table.filter(dependencies::kind.eq_any(carrying)).select((dependencies::from_id, dependencies::to_id));
    let held = edges::table.inner_join(registry::table.on(registry::id.eq(edges::from_id)));
    let is_of = |dependent: End| registry::collection.concat(".").concat(edges::field).eq_any(recorded::names(dependent));
    let dependents = Closure::from_id(node)
        .along(needs)
        .along(carries)
        .along(held.filter(is_of(End::Holder)).select((edges::to_id, edges::from_id)))
        .along(held.filter(is_of(End::Named)).select((edges::from_id, edges::to_id)));
    Ok(services::table.filter(services::id.eq_any(dependents)).order(services::id).select(services::id).load(connection)?)
}
