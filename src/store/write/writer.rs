//! A session's hand on the data: what one transaction knows. Its steps stand beside it, a file each.

use super::constraint::explain_late;
use super::lookup_cache::LookupCache;
use crate::access::Session;
use crate::database::Connection;
use crate::error::{Problem, Result};
use crate::resource::value::Instant;
use crate::resource::{Id, Resource, ResourceType, Stored};
use crate::store::Origin;
use crate::store::Store;
use crate::store::read::reader::Reader;
use indexmap::IndexSet;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// A session's hand on the data, in one transaction.
pub struct Writer<'a> {
    /// The service.
    pub store: &'a Store,
    /// Who writes.
    pub session: &'a Session,
    /// The request behind it.
    pub origin: &'a Origin,
    /// The open transaction.
    pub connection: &'a mut Connection,
    /// When: the same instant for all that one request writes.
    pub now: Instant,
    /// Records that this transaction has already written a revision of, in the order in which it did.
    pub(in crate::store) touched: IndexSet<Id>,
    /// What this transaction has looked up.
    pub(in crate::store) lookups: LookupCache,
    /// What was made in this transaction and is to be shown once, by record.
    pub(in crate::store) once: HashMap<Id, Vec<(&'static str, String)>>,
    /// True if nobody sees the answer: what would be shown once is refused then.
    pub(in crate::store) unseen: bool,
    /// True if the rows of new records wait for one another.
    pub(in crate::store) gathers: bool,
    /// What was let through and must be known.
    pub(in crate::store) warnings: Vec<String>,
    /// What was refused for want of a permission while the rest went on.
    pub(in crate::store) refusals: Vec<Refusal>,
}

/// A part of a request that was refused for want of a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The single call that it stands for.
    pub subject: String,
    /// What was answered.
    pub detail: String,
}

/// Which version a change is meant for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// Whatever it is now (`*`).
    Any,
    /// One of these revisions.
    OneOf(Vec<i64>),
}

impl<'a> Writer<'a> {
    /// A hand for a session.
    pub fn new(store: &'a Store, session: &'a Session, origin: &'a Origin, connection: &'a mut Connection) -> Self {
        Writer {
            store,
            session,
            origin,
            connection,
            now: store.now(),
            touched: IndexSet::new(),
            lookups: LookupCache::default(),
            once: HashMap::new(),
            unseen: false,
            gathers: false,
            warnings: Vec::new(),
            refusals: Vec::new(),
        }
    }

    /// Does something and writes what waits, so that what speaks against it is known and explained.
    pub(in crate::store) fn complete<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outcome = work(self).and_then(|done| Ok(self.connection.flush().map(|()| done)?));
        outcome.map_err(|error| explain_late(&self.store.definitions, error))
    }

    /// Makes many records whose rows are written together, where a database gains by it. What the database has against one of them is told when
    /// something is read or the savepoint ends, by its fields, but not of which record.
    pub fn gathering<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let gathered = std::mem::replace(&mut self.gathers, true);
        let outcome = work(self);
        self.gathers = gathered;
        outcome
    }

    /// The same session's view of the data, inside the transaction.
    pub fn reader(&mut self) -> Reader<'_> {
        Reader::new(self.store, self.session, self.connection)
    }

    /// A record as the session sees it.
    pub fn document(&self, definition: &'static ResourceType, stored: &Stored) -> Map<String, Value> {
        crate::store::read::reader::seen(self.session, definition, stored)
    }

    /// The records that were written so far, in the order in which they were.
    pub fn written(&self) -> Vec<Id> {
        self.touched.iter().copied().collect()
    }

    /// What was let through so far and must be known; each is told once.
    pub fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    /// Notes that a part of the request was refused.
    pub fn refuse(&mut self, refusal: Refusal) {
        self.refusals.push(refusal);
    }

    /// What was refused so far; each is told once.
    pub fn take_refusals(&mut self) -> Vec<Refusal> {
        std::mem::take(&mut self.refusals)
    }

    /// Does something for a reason of its own.
    pub fn because<T>(&mut self, reason: Option<String>, work: impl FnOnce(&mut Writer<'_>) -> Result<T>) -> Result<T> {
        let origin = Origin { request_id: self.origin.request_id.clone(), reason: reason.or_else(|| self.origin.reason.clone()), ..self.origin.clone() };
        let mut writer = Writer {
            store: self.store,
            session: self.session,
            origin: &origin,
            connection: self.connection,
            now: self.now,
            touched: std::mem::take(&mut self.touched),
            lookups: std::mem::take(&mut self.lookups),
            once: std::mem::take(&mut self.once),
            unseen: self.unseen,
            gathers: self.gathers,
            warnings: std::mem::take(&mut self.warnings),
            refusals: std::mem::take(&mut self.refusals),
        };
        let outcome = work(&mut writer);
        (self.touched, self.lookups, self.once) = (writer.touched, writer.lookups, writer.once);
        (self.warnings, self.refusals) = (writer.warnings, writer.refusals);
        outcome
    }

    /// The definition of a resource type.
    pub fn definition<R: Resource>(&self) -> Result<&'static ResourceType> {
        self.store.definitions.get(R::PATH).ok_or_else(|| Problem::not_found().into())
    }
}
