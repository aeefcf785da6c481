//! The registry: one row for every record there is or was, whatever its kind.

use crate::database::expression::{Fixed, locked};
use crate::database::{Compiled, Connection, Dialect};
use crate::error::Result;
use crate::resource::value::Instant;
use crate::resource::{Id, ResourceType, ResourceTypes, Scope};
use crate::store::index::place::Place;
use diesel::prelude::*;
use diesel::query_source::AliasedField;
use diesel::upsert::excluded;
use steward_schema::service::registry;

/// A record as the registry knows it.
#[derive(Debug, Clone, Queryable)]
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

diesel::alias!(registry as roots: Roots);

impl Entry {
    /// Where the record stands.
    pub fn place(&self, definitions: &ResourceTypes) -> Place {
        let shared = definitions.get(&self.collection).is_some_and(|definition| definitions.root_of(definition).scope == Scope::Shared);
        match self.principal_id {
            Some(principal) => Place::Own(principal),
            None if shared => Place::Shared,
            None => Place::Unit(self.unit_id),
        }
    }
}

/// The columns of an entry.
type Columns = (
    registry::id,
    registry::collection,
    registry::title,
    registry::state,
    registry::root_id,
    AliasedField<Roots, registry::unit_id>,
    AliasedField<Roots, registry::principal_id>,
    registry::revision,
    registry::hash,
    registry::parent_id,
    AliasedField<Roots, registry::private_to>,
);

fn columns() -> Columns {
    use registry::{collection, hash, id, parent_id, revision, root_id, state, title};
    let (unit, principal, people) = (roots.field(registry::unit_id), roots.field(registry::principal_id), roots.field(registry::private_to));
    (id, collection, title, state, root_id, unit, principal, revision, hash, parent_id, people)
}

/// The entries of some records; those that are absent or deleted are left out.
pub fn find(connection: &mut Connection, ids: &[Id]) -> Result<Vec<Entry>> {
    if let [only] = ids {
        return Ok(find_one(connection, *only)?.into_iter().collect());
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let there = registry::table.inner_join(roots.on(roots.field(registry::id).eq(registry::root_id))).filter(registry::deleted_at.is_null());
    Ok(there.filter(registry::id.eq_any(ids)).select(columns()).load(connection)?)
}

/// The entry of one record.
pub fn find_one(connection: &mut Connection, id: Id) -> Result<Option<Entry>> {
    let there = registry::table.inner_join(roots.on(roots.field(registry::id).eq(registry::root_id))).filter(registry::deleted_at.is_null());
    Ok(there.filter(registry::id.eq(id)).select(columns()).get_result(connection).optional()?)
}

/// Locks a record until the end of the transaction.
pub fn lock(connection: &mut Connection, id: Id) -> Result<()> {
    if connection.is_postgres() {
        locked(registry::table.find(id).select(registry::id)).load::<Id>(connection)?;
    }
    Ok(())
}

/// The entry of a new record, or of one that has changed, as it is to be written.
pub fn put(dialect: Dialect, entry: &Entry, definition: &ResourceType) -> Result<Compiled> {
    let own_unit = match definition.scope {
        Scope::Unit => entry.unit_id,
        Scope::Tree => Some(entry.id),
        _ => None,
    };
    let own_principal = entry.principal_id.filter(|_| definition.scope == Scope::Own);
    let values = (
        registry::id.eq(entry.id),
        registry::collection.eq(&entry.collection),
        registry::title.eq(&entry.title),
        registry::state.eq(&entry.state),
        registry::unit_id.eq(own_unit),
        registry::root_id.eq(entry.root_id),
        registry::parent_id.eq(entry.parent_id),
        registry::revision.eq(entry.revision),
        registry::hash.eq(&entry.hash),
        registry::private_to.eq(&entry.private_to),
        registry::principal_id.eq(own_principal),
        registry::deleted_at.eq(None::<Instant>),
    );
    let anew = (
        registry::title.eq(excluded(registry::title)),
        registry::state.eq(excluded(registry::state)),
        registry::unit_id.eq(excluded(registry::unit_id)),
        registry::root_id.eq(excluded(registry::root_id)),
        registry::revision.eq(excluded(registry::revision)),
        registry::hash.eq(excluded(registry::hash)),
        registry::private_to.eq(excluded(registry::private_to)),
        registry::deleted_at.eq(excluded(registry::deleted_at)),
    );
    let write = diesel::insert_into(registry::table).values(values).on_conflict(registry::id).do_update().set(anew);
    Ok(Compiled::of(&Fixed::<Entry, _>::of(write), dialect)?)
}

/// Leaves a tombstone in the place of a deleted record.
pub fn bury(connection: &mut Connection, id: Id, revision: i64, hash: &str, at: Instant) -> Result<()> {
    let end = (registry::deleted_at.eq(at), registry::revision.eq(revision), registry::hash.eq(hash));
    diesel::update(registry::table.find(id)).set(end).execute(connection)?;
    Ok(())
}

/// The end of a deleted record's chain.
pub fn buried_hash(connection: &mut Connection, id: Id) -> Result<Option<String>> {
    Ok(registry::table.find(id).select(registry::hash).get_result(connection).optional()?)
}
