//! Whether history is as it was written: every revision's hash, its place in the chain of its record, and the end of that chain.

use super::{Change, hash_of};
use crate::database::Connection;
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::Instant;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use steward_schema::service::{registry, revisions};

/// Number of records whose revisions are read at once.
const RECORDS: i64 = 200;

/// A revision as it is stored.
#[derive(Queryable, Selectable)]
#[diesel(table_name = revisions, check_for_backend(crate::database::Dialect))]
struct Stored {
    resource_id: Id,
    collection: String,
    revision: i64,
    action: String,
    actor_id: Id,
    at: Instant,
    request_id: String,
    reason: Option<String>,
    document: Option<String>,
    salt: String,
    hash: String,
    previous_hash: Option<String>,
}

impl Stored {
    /// Whether it is as it was written.
    fn is_as_written(&self) -> Result<bool> {
        let document: Option<Map<String, Value>> = self.document.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let change = Change {
            resource_id: self.resource_id,
            collection: &self.collection,
            revision: self.revision,
            action: &self.action,
            actor_id: self.actor_id,
            at: self.at,
            request_id: &self.request_id,
            reason: self.reason.as_deref(),
            document: document.as_ref(),
            previous_hash: self.previous_hash.as_deref(),
        };
        Ok(self.hash == hash_of(&change, &self.salt)?)
    }
}

/// Whether the revisions of a record form an unbroken chain; the first revision that does not fit otherwise.
pub fn verify(connection: &mut Connection, resource_id: Id) -> Result<std::result::Result<usize, i64>> {
    let all = revisions::table.filter(revisions::resource_id.eq(resource_id)).order(revisions::revision);
    let stored: Vec<Stored> = all.select(Stored::as_select()).load(connection)?;
    Ok(first_misfit(&stored)?.map_or(Ok(stored.len()), |(misfit, _)| Err(misfit.revision)))
}

/// The first revision of a record that does not fit, and why.
fn first_misfit(stored: &[Stored]) -> Result<Option<(&Stored, Breach)>> {
    let mut previous: Option<&str> = None;
    for each in stored {
        if each.previous_hash.as_deref() != previous {
            return Ok(Some((each, Breach::Detached)));
        }
        if !each.is_as_written()? {
            return Ok(Some((each, Breach::Altered)));
        }
        previous = Some(&each.hash);
    }
    Ok(None)
}

/// The last revision of a record.
#[derive(Debug, Clone)]
pub struct LastRevision {
    /// The record.
    pub resource_id: Id,
    /// Its collection, as `domain/collection`.
    pub collection: String,
    /// The record after it; none when it was deleted.
    pub document: Option<Map<String, Value>>,
}

diesel::alias!(revisions as later: Later);

/// The last revisions of so many records after one, in the order of their ids.
pub fn last_revisions(connection: &mut Connection, after: Option<Id>, most: i64) -> Result<Vec<LastRevision>> {
    let mut next = revisions::table.select(revisions::resource_id).distinct().order(revisions::resource_id).limit(most).into_boxed();
    if let Some(after) = after {
        next = next.filter(revisions::resource_id.gt(after));
    }
    let ids: Vec<Id> = next.load(connection)?;
    let of_same = later.field(revisions::resource_id).eq(revisions::resource_id);
    let followed = exists(later.filter(of_same.and(later.field(revisions::revision).gt(revisions::revision))));
    let last = revisions::table.filter(revisions::resource_id.eq_any(ids)).filter(not(followed)).order(revisions::resource_id);
    let rows: Vec<(Id, String, Option<String>)> = last.select((revisions::resource_id, revisions::collection, revisions::document)).load(connection)?;
    let revision = |(resource_id, collection, document): (Id, String, Option<String>)| LastRevision {
        resource_id,
        collection,
        document: document.as_deref().and_then(|text| serde_json::from_str(text).ok()),
    };
    Ok(rows.into_iter().map(revision).collect())
}

/// When the last change was made; none if there is none.
pub fn latest(connection: &mut Connection) -> Result<Option<Instant>> {
    Ok(revisions::table.select(revisions::at).order(revisions::at.desc()).first(connection).optional()?)
}

/// What happened to a history that is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// The revision does not say any more what it said.
    Altered,
    /// The revision does not follow the one before it: one between them is missing, or one of both was inserted.
    Detached,
    /// The revisions after this one are missing, or the record was changed without one.
    CutOff,
    /// The record has no history at all.
    Missing,
}

/// A record whose history is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The record.
    pub resource_id: Id,
    /// Its collection, as `domain/collection`.
    pub collection: String,
    /// The first revision that does not fit, or the last one if what followed it is missing.
    pub revision: i64,
    /// What happened there.
    pub breach: Breach,
}

/// What the whole history comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Number of records with a history.
    pub records: u64,
    /// Number of revisions.
    pub revisions: u64,
    /// Records whose history is broken.
    pub broken: Vec<Broken>,
}

/// Verifies every chain, and that it ends where the registry says. Tells how many revisions have been looked at.
pub fn verify_all(connection: &mut Connection, seen: &mut dyn FnMut(u64)) -> Result<Verified> {
    let mut verified = Verified::default();
    let mut after: Option<Id> = None;
    loop {
        let mut next = revisions::table.select(revisions::resource_id).distinct().order(revisions::resource_id).limit(RECORDS).into_boxed();
        if let Some(after) = after {
            next = next.filter(revisions::resource_id.gt(after));
        }
        let ids: Vec<Id> = next.load(connection)?;
        let Some(last) = ids.last() else { break };
        after = Some(*last);
        verify_some(connection, &ids, &mut verified)?;
        seen(verified.revisions);
    }
    without_revisions(connection, &mut verified)?;
    Ok(verified)
}

/// Records of which the registry knows and history does not.
fn without_revisions(connection: &mut Connection, verified: &mut Verified) -> Result<()> {
    let mut after: Option<Id> = None;
    loop {
        let mut next = registry::table.select((registry::id, registry::collection)).order(registry::id).limit(RECORDS).into_boxed();
        if let Some(after) = after {
            next = next.filter(registry::id.gt(after));
        }
        let known: Vec<(Id, String)> = next.load(connection)?;
        let Some((last, _)) = known.last() else { return Ok(()) };
        after = Some(*last);
        let ids: Vec<Id> = known.iter().map(|(id, _)| *id).collect();
        let told: HashSet<Id> =
            revisions::table.filter(revisions::resource_id.eq_any(ids)).select(revisions::resource_id).load(connection)?.into_iter().collect();
        let untold = known.into_iter().filter(|(id, _)| !told.contains(id));
        verified.broken.extend(untold.map(|(resource_id, collection)| Broken { resource_id, collection, revision: 0, breach: Breach::Missing }));
    }
}

fn verify_some(connection: &mut Connection, ids: &[Id], verified: &mut Verified) -> Result<()> {
    let all = revisions::table.filter(revisions::resource_id.eq_any(ids.to_vec())).order((revisions::resource_id, revisions::revision));
    let stored: Vec<Stored> = all.select(Stored::as_select()).load(connection)?;
    let ends = registry::table.filter(registry::id.eq_any(ids.to_vec())).select((registry::id, registry::hash));
    let ends: HashMap<Id, String> = ends.load::<(Id, String)>(connection)?.into_iter().collect();
    for chain in stored.chunk_by(|one, next| one.resource_id == next.resource_id) {
        verified.records += 1;
        verified.revisions += chain.len() as u64;
        let cut_off = chain.last().filter(|last| ends.get(&last.resource_id).is_some_and(|end| *end != last.hash));
        if let Some((broken, breach)) = first_misfit(chain)?.or(cut_off.map(|last| (last, Breach::CutOff))) {
            let collection = broken.collection.clone();
            verified.broken.push(Broken { resource_id: broken.resource_id, collection, revision: broken.revision, breach });
        }
    }
    Ok(())
}
