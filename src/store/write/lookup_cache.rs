//! What one transaction has looked up, so that thousands of rows that refer to the same few records look them up once.

use super::defined_field::CustomField;
use crate::database::Connection;
use crate::error::Result;
use crate::resource::{Id, Lock};
use crate::store::index::registry::{self, Entry};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What was looked up and has not been written since.
#[derive(Default)]
pub struct LookupCache {
    entries: HashMap<Id, Entry>,
    /// The first unit of the service.
    pub(super) first_unit: Option<Id>,
    /// The custom fields of collections.
    pub(super) custom_fields: HashMap<&'static str, Arc<[CustomField]>>,
    /// The locks of rules that are held until the end of the transaction.
    locks: HashSet<Lock>,
}

impl LookupCache {
    /// The entries of some records; those that are absent or deleted are left out.
    pub fn entries(&mut self, connection: &mut Connection, ids: &[Id]) -> Result<Vec<Entry>> {
        let missing: Vec<Id> = ids.iter().filter(|id| !self.entries.contains_key(id)).copied().collect();
        self.entries.extend(registry::find(connection, &missing)?.into_iter().map(|entry| (entry.id, entry)));
        Ok(ids.iter().filter_map(|id| self.entries.get(id).cloned()).collect())
    }

    /// True if a lock is held.
    pub fn holds(&self, lock: &Lock) -> bool {
        self.locks.contains(lock)
    }

    /// Notes a lock that was taken.
    pub fn hold(&mut self, lock: Lock) {
        self.locks.insert(lock);
    }

    /// Something has changed that others may stand below or be judged by.
    pub fn forget(&mut self) {
        *self = LookupCache::default();
    }
}
