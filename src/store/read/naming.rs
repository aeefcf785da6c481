//! What names a record: whether anything does, whether a session reads any of it, and whether something of it is sealed.
//!
//! What belongs to who made it, as a file does, is for others what the records are that name it.

use super::scope;
use crate::access::Session;
use crate::database::{Connection, SqlValue, Statement};
use crate::error::Result;
use crate::resource::{Field, Id, ResourceType, ResourceTypes};

/// How what names a record stands to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// Nothing names it.
    Nothing,
    /// Records name it, and the session reads none of them.
    Unseen,
    /// The session reads a record that names it.
    Seen,
    /// A record that is sealed names it.
    Sealed,
}

impl Naming {
    /// Whether what names a record keeps it from a session that could reach it otherwise.
    pub fn withholds(self) -> bool {
        matches!(self, Naming::Unseen | Naming::Sealed)
    }
}

/// How what names a record of a collection stands to a session.
pub(in crate::store) fn of(connection: &mut Connection, definitions: &ResourceTypes, session: &Session, collection: &str, id: Id) -> Result<Naming> {
    if is_sealed(connection, definitions, collection, id)? {
        return Ok(Naming::Sealed);
    }
    if is_seen(connection, definitions, session, collection, id)? || is_seen_in_facts(connection, definitions, session, collection, id)? {
        return Ok(Naming::Seen);
    }
    Ok(if is_named(connection, definitions, collection, id)? { Naming::Unseen } else { Naming::Nothing })
}

/// Whether a field that nobody reads yet names it. Such a field has no edges.
fn is_sealed(connection: &mut Connection, definitions: &ResourceTypes, collection: &str, id: Id) -> Result<bool> {
    for (source, field) in definitions.references_to(collection).filter(|(_, field)| field.secret) {
        if is_any(connection, naming(source, field, id))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the session reads a record that names it by a field which all who read the record read.
fn is_seen(connection: &mut Connection, definitions: &ResourceTypes, session: &Session, collection: &str, id: Id) -> Result<bool> {
    let mut query = Statement::new(format!("SELECT r.id FROM edges e JOIN registry r ON r.id = e.from_id{} WHERE e.to_id = ", scope::around(0)));
    query.bind(id).push(" AND r.deleted_at IS NULL AND ").append(scope::seen(definitions, session));
    let closed: Vec<SqlValue> =
        definitions.references_to(collection).filter(|(_, field)| !field.is_open()).map(|(_, field)| SqlValue::from(field.name)).collect();
    if !closed.is_empty() {
        query.push(" AND e.field NOT IN (").bind_all(closed).push(")");
    }
    is_any(connection, query)
}

/// Whether the session reads a fact that names it. Facts have no edges.
fn is_seen_in_facts(connection: &mut Connection, definitions: &ResourceTypes, session: &Session, collection: &str, id: Id) -> Result<bool> {
    for (source, field) in definitions.references_to(collection).filter(|(source, field)| source.fact && field.is_open()) {
        let Ok(narrowed) = scope::condition(definitions, source, session, "read") else { continue };
        let mut query = naming(source, field, id);
        if let Some(narrowed) = narrowed {
            query.push(" AND ").append(narrowed);
        }
        if is_any(connection, query)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether anything names it.
fn is_named(connection: &mut Connection, definitions: &ResourceTypes, collection: &str, id: Id) -> Result<bool> {
    let edges = "SELECT e.from_id FROM edges e JOIN registry r ON r.id = e.from_id WHERE r.deleted_at IS NULL AND e.to_id = ";
    if is_any(connection, Statement::new(edges).with(id, ""))? {
        return Ok(true);
    }
    for (source, field) in definitions.references_to(collection).filter(|(source, _)| source.fact) {
        if is_any(connection, naming(source, field, id))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The rows of a collection that name it by a field.
fn naming(source: &ResourceType, field: &Field, id: Id) -> Statement {
    Statement::new(format!("SELECT id FROM {} WHERE {} = ", source.table, field.name)).with(id, "")
}

fn is_any(connection: &mut Connection, mut query: Statement) -> Result<bool> {
    query.push(" LIMIT 1");
    Ok(query.finds(connection)?)
}
