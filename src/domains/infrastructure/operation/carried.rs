//! What a node carries: the services that depend on it, itself or through others.

use crate::database::Closure;
use crate::domains::infrastructure::operation::dependency::DependencyKind;
use crate::error::Result;
use crate::resource::{Check, Id};
use diesel::prelude::*;
use steward_schema::infrastructure::{dependencies, services, virtual_machines};

/// The services that depend on a node, it included: by the dependencies that are recorded, and by where virtual machines run.
pub fn services_on(check: &mut Check<'_>, node: Id) -> Result<Vec<Id>> {
    let needing = [DependencyKind::Requires, DependencyKind::Uses];
    let needs = dependencies::table.filter(dependencies::kind.eq_any(needing)).select((dependencies::to_id, dependencies::from_id));
    let carrying = [DependencyKind::Hosts, DependencyKind::Replicates];
    let carries = dependencies::table.filter(dependencies::kind.eq_any(carrying)).select((dependencies::from_id, dependencies::to_id));
    let dependents = Closure::from_id(node)
        .along(needs)
        .along(carries)
        .along(virtual_machines::table.select((virtual_machines::cluster_id, virtual_machines::id)))
        .along(virtual_machines::table.select((virtual_machines::device_id, virtual_machines::id)));
    Ok(services::table.filter(services::id.eq_any(dependents)).order(services::id).select(services::id).load(check.connection)?)
}
