//! What every record was: one revision for each change, chained by hashes from the first.
//!
//! It writes and reads revisions, uses `database` alone, and is called by the store within its transaction: nothing else may
//! write one, or the chain would tell of what did not happen.
//!
//! A revision keeps the record as it is after the change, as canonical JSON (RFC 8785). Its hash covers the previous
//! hash, who did what when and why, and a salted digest of every field: when a field must be erased by law, its text and
//! salt go, its digest stays, and the chain remains valid.

mod canonical;

pub use canonical::canonical;

use crate::database::{Cell, Connection, Kind, Statement};
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::{Instant, hex};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

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

/// Writes a revision and returns its hash.
pub fn record(connection: &mut Connection, change: &Change<'_>) -> Result<String> {
    let salt = hex(uuid::Uuid::new_v4().as_bytes());
    let hash = hash_of(change, &salt);
    let document = change.document.map(|members| canonical(&Value::Object(members.clone())));
    let mut insert = Statement::new(
        "INSERT INTO revisions (id, resource_id, collection, revision, action, actor_id, at, request_id, reason, document, salt, hash, previous_hash) VALUES (",
    );
    let text = |text: Option<String>| text.map_or(Cell::Null(Kind::Text), Cell::Text);
    insert.bind_all([
        Id::new().into(),
        change.resource_id.into(),
        change.collection.into(),
        change.revision.into(),
        change.action.into(),
        change.actor_id.into(),
        change.at.into(),
        change.request_id.into(),
        text(change.reason.map(str::to_owned)),
        text(document),
        salt.into(),
        hash.clone().into(),
        text(change.previous_hash.map(str::to_owned)),
    ]);
    insert.push(")").execute(connection)?;
    Ok(hash)
}

/// The hash of a revision: SHA-256 over the canonical JSON of its head and the salted digests of its fields.
fn hash_of(change: &Change<'_>, salt: &str) -> String {
    let digests: Map<String, Value> =
        change.document.into_iter().flatten().map(|(name, value)| (name.clone(), field_digest(salt, name, value).into())).collect();
    let head = json!({
        "resource_id": change.resource_id.to_string(),
        "collection": change.collection,
        "revision": change.revision,
        "action": change.action,
        "actor_id": change.actor_id.to_string(),
        "at": change.at.to_string(),
        "request_id": change.request_id,
        "reason": change.reason,
        "fields": digests,
        "previous_hash": change.previous_hash,
    });
    hex(&Sha256::digest(canonical(&head).as_bytes()))
}

/// The digest of one field under a salt of its own, derived from the revision's.
fn field_digest(salt: &str, name: &str, value: &Value) -> String {
    let own_salt = Sha256::digest(format!("{salt}/{name}").as_bytes());
    let mut digest = Sha256::new();
    digest.update(own_salt);
    digest.update(canonical(value).as_bytes());
    hex(&digest.finalize())
}

/// Whether the revisions of a record form an unbroken chain; the first revision that does not fit otherwise.
pub fn verify(connection: &mut Connection, resource_id: Id) -> Result<std::result::Result<usize, i64>> {
    let query = Statement::new(
        "SELECT collection, revision, action, actor_id, at, request_id, reason, document, salt, hash, previous_hash FROM revisions WHERE resource_id = ",
    )
    .with(resource_id, " ORDER BY revision");
    let kinds = [Kind::Text, Kind::Integer, Kind::Text, Kind::Id, Kind::Instant, Kind::Text, Kind::Text, Kind::Text, Kind::Text, Kind::Text, Kind::Text];
    let rows = query.rows(connection, &kinds)?;
    let mut previous: Option<String> = None;
    for row in &rows {
        let revision = row[1].as_integer().unwrap_or_default();
        let document: Option<Map<String, Value>> = row[7].as_text().and_then(|text| serde_json::from_str(text).ok());
        let (Some(actor_id), Some(at)) = (row[3].as_id(), row[4].as_instant()) else { return Ok(Err(revision)) };
        let change = Change {
            resource_id,
            collection: row[0].as_text().unwrap_or_default(),
            revision,
            action: row[2].as_text().unwrap_or_default(),
            actor_id,
            at,
            request_id: row[5].as_text().unwrap_or_default(),
            reason: row[6].as_text(),
            document: document.as_ref(),
            previous_hash: previous.as_deref(),
        };
        let hash = hash_of(&change, row[8].as_text().unwrap_or_default());
        if row[9].as_text() != Some(&hash) || row[10].as_text() != previous.as_deref() {
            return Ok(Err(revision));
        }
        previous = Some(hash);
    }
    Ok(Ok(rows.len()))
}
