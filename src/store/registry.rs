//! The registry: one row for every record there is or was, whatever its kind.

use super::scope::Place;
use crate::database::{Cell, Connection, Kind, Statement};
use crate::error::Result;
use crate::resource::value::Instant;
use crate::resource::{Definition, Definitions, Id, Scope};

/// A record as the registry knows it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The record.
    pub id: Id,
    /// Its collection, as `domain/collection`.
    pub collection: String,
    /// What people call it.
    pub title: String,
    /// Its state, where it has one.
    pub state: Option<String>,
    /// The record whose scope decides for it; itself if it stands alone.
    pub root_id: Id,
    /// The unit of that record.
    pub unit_id: Option<Id>,
    /// The principal of that record, where it belongs to who made it.
    pub principal_id: Option<Id>,
    /// Its revision.
    pub revision: i64,
    /// The hash of that revision.
    pub hash: String,
    /// Its parent, if it is a part.
    pub parent_id: Option<Id>,
    /// The people for whom alone the record exists whose scope decides for it; none if permissions alone decide.
    pub private_to: Option<String>,
}

const SELECT: &str = "SELECT r.id, r.collection, r.title, r.state, r.root_id, o.unit_id, r.revision, r.hash, r.parent_id, o.private_to, o.principal_id FROM registry r JOIN registry o ON o.id = r.root_id \
     WHERE r.deleted_at IS NULL AND r.id ";
const KINDS: &[Kind] = &[Kind::Id, Kind::Text, Kind::Text, Kind::Text, Kind::Id, Kind::Id, Kind::Integer, Kind::Text, Kind::Id, Kind::Text, Kind::Id];

impl Entry {
    /// Where the record stands.
    pub fn place(&self, definitions: &Definitions) -> Place {
        let shared = definitions.get(&self.collection).is_some_and(|definition| definitions.root_of(definition).scope == Scope::Shared);
        match self.principal_id {
            Some(principal) => Place::Own(principal),
            None if shared => Place::Shared,
            None => Place::Unit(self.unit_id),
        }
    }
}

/// The entries of some records; those that are absent or deleted are left out.
pub fn find(connection: &mut Connection, ids: &[Id]) -> Result<Vec<Entry>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Statement::new(SELECT);
    if let [only] = ids {
        query.push("= ").bind(*only);
    } else {
        query.push("IN (").bind_all(ids.iter().map(|id| Cell::Id(*id))).push(")");
        query = query.once();
    }
    let rows = query.rows(connection, KINDS)?;
    Ok(rows.into_iter().filter_map(entry).collect())
}

/// The entry of one record.
pub fn find_one(connection: &mut Connection, id: Id) -> Result<Option<Entry>> {
    Ok(find(connection, &[id])?.pop())
}

/// Locks a record until the end of the transaction.
pub fn lock(connection: &mut Connection, id: Id) -> Result<()> {
    if connection.is_postgres() {
        Statement::new("SELECT 1 FROM registry WHERE id = ").with(id, " FOR UPDATE").execute(connection)?;
    }
    Ok(())
}

fn entry(row: Vec<Cell>) -> Option<Entry> {
    Some(Entry {
        id: row[0].as_id()?,
        collection: row[1].as_text()?.to_owned(),
        title: row[2].as_text()?.to_owned(),
        state: row[3].as_text().map(str::to_owned),
        root_id: row[4].as_id()?,
        unit_id: row[5].as_id(),
        revision: row[6].as_integer()?,
        hash: row[7].as_text()?.to_owned(),
        parent_id: row[8].as_id(),
        private_to: row[9].as_text().map(str::to_owned),
        principal_id: row[10].as_id(),
    })
}

/// Writes the entry of a new record, or of one that has changed.
pub fn put(connection: &mut Connection, entry: &Entry, definition: &Definition) -> Result<()> {
    let own_unit = match definition.scope {
        Scope::Unit => entry.unit_id,
        Scope::Tree => Some(entry.id),
        _ => None,
    };
    let own_principal = entry.principal_id.filter(|_| definition.scope == Scope::Own);
    let id = |id: Option<Id>| id.map_or(Cell::Null(Kind::Id), Cell::Id);
    let state = entry.state.clone().map_or(Cell::Null(Kind::Text), Cell::Text);
    let mut put =
        Statement::new("INSERT INTO registry (id, collection, title, state, unit_id, root_id, parent_id, revision, hash, private_to, principal_id) VALUES (");
    put.bind_all([
        entry.id.into(),
        entry.collection.as_str().into(),
        entry.title.as_str().into(),
        state,
        id(own_unit),
        entry.root_id.into(),
        id(entry.parent_id),
        entry.revision.into(),
        entry.hash.as_str().into(),
        entry.private_to.clone().map_or(Cell::Null(Kind::Text), Cell::Text),
        id(own_principal),
    ]);
    put.push(
        ") ON CONFLICT (id) DO UPDATE SET title = excluded.title, state = excluded.state, unit_id = excluded.unit_id, root_id = excluded.root_id, \
         revision = excluded.revision, hash = excluded.hash, private_to = excluded.private_to, deleted_at = NULL",
    );
    put.execute(connection)?;
    Ok(())
}

/// Leaves a tombstone in the place of a deleted record.
pub fn bury(connection: &mut Connection, id: Id, revision: i64, hash: &str, at: Instant) -> Result<()> {
    let mut bury = Statement::new("UPDATE registry SET deleted_at = ");
    bury.bind(at).push(", revision = ").bind(revision).push(", hash = ").bind(hash).push(" WHERE id = ").bind(id);
    bury.execute(connection)?;
    Ok(())
}

/// The end of a deleted record's chain.
pub fn buried_hash(connection: &mut Connection, id: Id) -> Result<Option<String>> {
    let row = Statement::new("SELECT hash FROM registry WHERE id = ").with(id, "").first(connection, &[Kind::Text])?;
    Ok(row.and_then(|row| row[0].as_text().map(str::to_owned)))
}
