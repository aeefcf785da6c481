//! Authority over others: what a principal holds, whether anybody is left who may do everything, and what a move in the tree would give.

use super::{Pattern, patterns, unit_and_above};
use crate::database::{Cell, Connection, Kind, Statement};
use crate::error::Result;
use crate::resource::Id;
use std::collections::BTreeSet;

/// The lock under which all is written that decides who may do what: two changes that are each sound may not be so together.
pub const LOCK: &str = "authority";

/// What all that there is stands for.
pub const EVERYTHING: &str = "*.*:*";

/// What a principal was granted, whether it is active or not: permissions, each with the unit; no unit means everything.
pub fn held(connection: &mut Connection, principal: Id) -> Result<BTreeSet<(Pattern, Option<Id>)>> {
    let query = Statement::new("SELECT g.unit_id, r.permissions FROM grants g JOIN roles r ON r.id = g.role_id WHERE g.principal_id = ").with(principal, "");
    read(connection, &query)
}

/// What a role holds on a unit, or on everything.
pub fn of_role(connection: &mut Connection, role: Id, unit: Option<Id>) -> Result<BTreeSet<(Pattern, Option<Id>)>> {
    let row = Statement::new("SELECT permissions FROM roles WHERE id = ").with(role, "").first(connection, &[Kind::Doc])?;
    let permissions = row.and_then(|row| patterns(row.first()?)).unwrap_or_default();
    Ok(permissions.into_iter().map(|permission| (permission, unit)).collect())
}

fn read(connection: &mut Connection, query: &Statement) -> Result<BTreeSet<(Pattern, Option<Id>)>> {
    let rows = query.rows(connection, &[Kind::Id, Kind::Doc])?;
    Ok(rows.iter().flat_map(|row| patterns(&row[1]).unwrap_or_default().into_iter().map(|permission| (permission, row[0].as_id()))).collect())
}

/// What somebody would come to hold on a unit and all below it if it stood under another one: what is granted on that and above it,
/// but not on what the unit stands under now.
pub fn given_by_move(connection: &mut Connection, unit: Id, parent: Id) -> Result<BTreeSet<Pattern>> {
    let known = unit_and_above(connection, unit)?;
    let new: Vec<Id> = unit_and_above(connection, parent)?.into_iter().filter(|above| !known.contains(above)).collect();
    if new.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut query = Statement::new("SELECT g.unit_id, r.permissions FROM grants g JOIN roles r ON r.id = g.role_id WHERE g.unit_id IN (");
    query.bind_all(new.into_iter().map(Cell::Id)).push(")");
    Ok(read(connection, &query)?.into_iter().map(|(permission, _)| permission).collect())
}

/// Something that gives somebody the power to do everything, and may be about to go.
#[derive(Debug, Clone, Copy)]
pub enum Pillar {
    /// A user.
    User(Id),
    /// The password of a user.
    Password(Id),
    /// A role.
    Role(Id),
    /// A grant.
    Grant(Id),
}

/// Whether there is an active user who may do everything and can log in, apart from what stands on a pillar.
pub fn stands_without(connection: &mut Connection, pillar: Pillar) -> Result<bool> {
    let mut query = administrators();
    match pillar {
        Pillar::User(id) => query.push(" AND u.id <> ").bind(id),
        Pillar::Password(id) => query.push(" AND (").push(LINKED).push(" OR u.id <> ").bind(id).push(")"),
        Pillar::Role(id) => query.push(" AND r.id <> ").bind(id),
        Pillar::Grant(id) => query.push(" AND g.id <> ").bind(id),
    };
    Ok(query.first(connection, &[])?.is_some())
}

/// Whether an active user may do everything by it.
pub fn carries(connection: &mut Connection, pillar: Pillar) -> Result<bool> {
    let mut query = administrators();
    match pillar {
        Pillar::User(id) | Pillar::Password(id) => query.push(" AND u.id = ").bind(id),
        Pillar::Role(id) => query.push(" AND r.id = ").bind(id),
        Pillar::Grant(id) => query.push(" AND g.id = ").bind(id),
    };
    Ok(query.first(connection, &[])?.is_some())
}

/// That a user `u` can log in through an identity provider.
const LINKED: &str =
    "EXISTS (SELECT 1 FROM external_identities e JOIN identity_providers p ON p.id = e.provider_id WHERE e.user_id = u.id AND p.state = 'active')";

/// The users who may do everything and have something to log in with.
fn administrators() -> Statement {
    let mut query = Statement::new(
        "SELECT 1 FROM users u JOIN grants g ON g.principal_id = u.id JOIN roles r ON r.id = g.role_id \
         WHERE u.state = 'active' AND g.unit_id IS NULL AND (u.password IS NOT NULL OR ",
    );
    query.push(LINKED).push(") AND CAST(r.permissions AS text) LIKE ").bind(format!("%\"{EVERYTHING}\"%"));
    query
}
