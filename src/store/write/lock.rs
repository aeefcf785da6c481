//! The order in which writes lock records on PostgreSQL, so that no two wait for each other: who writes many records first waits
//! for whoever makes many of the same kinds, then locks all that it names, by id; a record is locked after its parent, and its row
//! after its entry in the registry.

use super::writer::Writer;
use crate::database::expression::locked;
use crate::error::Result;
use crate::resource::{Id, Lock, ResourceType};
use crate::store::index::registry;
use diesel::prelude::*;
use std::collections::BTreeSet;
use steward_schema::service::registry as entries;

impl Writer<'_> {
    /// Locks a record before it is loaded to be changed, after the parent whose revision the change moves.
    pub(in crate::store) fn lock_record(&mut self, definition: &ResourceType, id: Id) -> Result<()> {
        if self.connection.is_postgres() && definition.part_of.is_some_and(|part| !part.loose) {
            let parent: Option<Option<Id>> = entries::table.find(id).select(entries::parent_id).get_result(self.connection).optional()?;
            if let Some(parent) = parent.flatten() {
                registry::lock(self.connection, parent)?;
            }
        }
        registry::lock(self.connection, id)
    }

    /// Takes what a request with many records needs: turns with others that make records of these kinds, and the records that it
    /// names, with their parents.
    pub fn lock_many(&mut self, made: &[&'static ResourceType], named: &[Id]) -> Result<()> {
        if !self.connection.is_postgres() {
            return Ok(());
        }
        let kinds: BTreeSet<&str> = made.iter().filter(|definition| !definition.unique.is_empty()).map(|definition| definition.path).collect();
        self.take_locks(kinds.into_iter().map(|path| Lock::Named(format!("many/{path}"))).collect())?;
        if named.is_empty() {
            return Ok(());
        }
        let parents: Vec<Option<Id>> = entries::table.filter(entries::id.eq_any(named)).select(entries::parent_id).load(self.connection)?;
        // A parent is older than its parts, so that its id comes first.
        let all: BTreeSet<Id> = named.iter().copied().chain(parents.into_iter().flatten()).collect();
        let all: Vec<Id> = all.into_iter().collect();
        locked(entries::table.filter(entries::id.eq_any(&all)).order(entries::id).select(entries::id)).load::<Id>(self.connection)?;
        Ok(())
    }
}
