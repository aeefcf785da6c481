//! What every record was: one revision for each change, chained by hashes from the first.
//!
//! It writes and reads revisions, uses `database` alone, and is called by the store within its transaction: nothing else may
//! write one, or the chain would tell of what did not happen.
//!
//! A revision keeps the record as it is after the change, as canonical JSON (RFC 8785). Its hash covers the previous
//! hash, who did what when and why, and a salted digest of every field: when a field must be erased by law, its text and
//! salt go, its digest stays, and the chain remains valid.
//!
//! A revision has a position in the order of all that was committed: the feed of events is read along it, and the revisions are sealed along it
//! by signed roots of hash trees.

mod canonical;
mod seal;
mod tree;
mod verify;

pub use canonical::canonical;
use canonical::canonical_object;
pub use seal::{Fault, Proof, SEAL, Seal, Sealed, is_due, leaf, proof, seal_next, seals, verify_seals};
pub use tree::{Node, root_by};
pub use verify::{Breach, Broken, LastRevision, Verified, last_revisions, latest, verify, verify_all};

use crate::database::expression::{Fixed, NextNumber};
use crate::database::{Compiled, Dialect};
use crate::error::{Error, Result};
use crate::resource::Id;
use crate::resource::value::{Instant, hex};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use steward_schema::service::revisions;

/// A change on its way into history.
pub struct Change<'a> {
    /// The record.
    pub resource_id: Id,
    /// Its collection, as `domain/collection`.
    pub collection: &'a str,
    /// The record's revision after the change.
    pub revision: i64,
    /// `create`, `update`, `delete`, or the name of the move.
    pub action: &'a str,
    /// Who did it.
    pub actor_id: Id,
    /// When.
    pub at: Instant,
    /// In which request.
    pub request_id: &'a str,
    /// Why, if it was said.
    pub reason: Option<&'a str>,
    /// The record after the change; none when it was deleted.
    pub document: Option<&'a Map<String, Value>>,
    /// The hash of the record's revision before this one.
    pub previous_hash: Option<&'a str>,
}

/// A revision as it is to be written, and its hash.
pub fn revision(dialect: Dialect, change: &Change<'_>) -> Result<(String, Compiled)> {
    let salt = hex(uuid::Uuid::new_v4().as_bytes());
    let hash = hash_of(change, &salt)?;
    let stored = (
        revisions::id.eq(Id::new()),
        revisions::resource_id.eq(change.resource_id),
        revisions::collection.eq(change.collection),
        revisions::revision.eq(change.revision),
        revisions::action.eq(change.action),
        revisions::actor_id.eq(change.actor_id),
        revisions::at.eq(change.at),
        revisions::request_id.eq(change.request_id),
        revisions::reason.eq(change.reason),
        revisions::document.eq(change.document.map(canonical_object)),
        revisions::salt.eq(&salt),
        revisions::hash.eq(&hash),
        revisions::previous_hash.eq(change.previous_hash),
        revisions::position.eq(NextNumber::of(revisions::position)),
    );
    let write = Compiled::of(&Fixed::<Change<'static>, _>::of(diesel::insert_into(revisions::table).values(stored)), dialect)?;
    Ok((hash, write))
}

/// What the hash of a revision covers. Its members stand in canonical order, as do the names of fields, which are ASCII; so the text that
/// serde writes is canonical.
#[derive(Serialize)]
struct Head<'a> {
    action: &'a str,
    actor_id: String,
    at: String,
    collection: &'a str,
    fields: BTreeMap<&'a str, String>,
    previous_hash: Option<&'a str>,
    reason: Option<&'a str>,
    request_id: &'a str,
    resource_id: String,
    revision: i64,
}

impl<'a> Head<'a> {
    fn of(change: &Change<'a>, salt: &str) -> Head<'a> {
        Head {
            action: change.action,
            actor_id: change.actor_id.to_string(),
            at: change.at.to_string(),
            collection: change.collection,
            fields: change.document.into_iter().flatten().map(|(name, value)| (name.as_str(), field_digest(salt, name, value))).collect(),
            previous_hash: change.previous_hash,
            reason: change.reason,
            request_id: change.request_id,
            resource_id: change.resource_id.to_string(),
            revision: change.revision,
        }
    }
}

/// The hash of a revision: SHA-256 over the canonical JSON of its head and the salted digests of its fields.
fn hash_of(change: &Change<'_>, salt: &str) -> Result<String> {
    let head = serde_json::to_vec(&Head::of(change, salt)).map_err(|error| Error::broken(error.to_string()))?;
    Ok(hex(&Sha256::digest(head)))
}

/// The digest of one field under a salt of its own, derived from the revision's.
fn field_digest(salt: &str, name: &str, value: &Value) -> String {
    let own_salt = Sha256::digest(format!("{salt}/{name}").as_bytes());
    let mut digest = Sha256::new();
    digest.update(own_salt);
    digest.update(canonical(value).as_bytes());
    hex(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_head_of_a_revision_is_hashed_as_canonical_text() {
        let document = json!({"name": "Zoë \"Z\"\n", "code": null, "custom": {"b": 1, "a": [2.5]}, "Name": "\u{2028}"});
        let change = Change {
            resource_id: Id::new(),
            collection: "teams/people",
            revision: 3,
            action: "update",
            actor_id: Id::new(),
            at: Instant::parse("2026-06-15T09:00:00Z").unwrap(),
            request_id: "r\u{7f}\t1",
            reason: Some("because \\ of \u{1f600}"),
            document: document.as_object(),
            previous_hash: None,
        };
        let head = Head::of(&change, "salt");
        assert_eq!(serde_json::to_string(&head).unwrap(), canonical(&serde_json::to_value(&head).unwrap()));
    }
}
