//! Requests that come again: the answer is kept with the effect, in its transaction, and given again for a day.

use super::writer::Writer;
use crate::database::{Dialect, Statement};
use crate::error::{Error, FieldError, Kind as ProblemKind, Problem, Result};
use crate::resource::value::Instant;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde_json::Value;
use steward_schema::service::idempotency_keys;

/// How long an answer is kept, in seconds.
pub const KEPT_SECONDS: i64 = 24 * 3600;

/// A key that a client gave a request, and what the request was.
#[derive(Debug, Clone)]
pub struct Key {
    /// The key.
    pub key: String,
    /// SHA-256 of the method, the address and the body, in hexadecimal.
    pub request_digest: String,
}

/// What a write answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The HTTP status.
    pub status: u16,
    /// Where the new record is.
    pub location: Option<String>,
    /// The record's revision, where the body is one.
    pub revision: Option<i64>,
    /// The body, if there is one.
    pub body: Option<Value>,
    /// What was let through and must be known.
    pub warnings: Vec<String>,
    /// True if the answer was given before.
    pub replayed: bool,
    /// Where in the body stands what is shown this once (JSON pointers): it is not kept with a key, and null when the answer comes again.
    pub once: Vec<String>,
}

impl Outcome {
    /// An answer with a body.
    pub fn new(status: u16, body: Value) -> Self {
        Outcome { status, location: None, revision: None, body: Some(body), warnings: Vec::new(), replayed: false, once: Vec::new() }
    }

    /// An answer with a typed body.
    pub fn of<A: serde::Serialize>(status: u16, answer: &A) -> Result<Self> {
        let body = serde_json::to_value(answer).map_err(Error::unwritable)?;
        Ok(Outcome::new(status, body))
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Outcome { status, location: None, revision: None, body: None, warnings: Vec::new(), replayed: false, once: Vec::new() }
    }

    /// The same with the revision of the record in it.
    pub fn at(mut self, revision: i64) -> Self {
        self.revision = Some(revision);
        self
    }

    /// The same with what is shown this once: JSON pointers into the body.
    pub fn showing_once(mut self, pointers: impl IntoIterator<Item = String>) -> Self {
        self.once.extend(pointers);
        self
    }

    /// The body as it may be kept.
    fn keepable(&self) -> Option<Value> {
        let mut body = self.body.clone()?;
        for pointer in &self.once {
            if let Some(secret) = body.pointer_mut(pointer) {
                *secret = Value::Null;
            }
        }
        Some(body)
    }

    /// The same with what was let through and must be known.
    pub fn warned(mut self, warnings: Vec<String>) -> Self {
        self.warnings = warnings;
        self
    }

    /// The same with where the new record is.
    pub fn located(mut self, location: String) -> Self {
        self.location = Some(location);
        self
    }
}

impl Writer<'_> {
    /// Does something once for a key: the first time it is done, after that its answer is given again.
    pub fn once(&mut self, key: &Key, work: impl FnOnce(&mut Self) -> Result<Outcome>) -> Result<Outcome> {
        if self.connection.is_postgres() {
            let name = format!("{}/{}", self.session.principal, key.key);
            let free = Statement::new("SELECT pg_try_advisory_xact_lock(hashtextextended(").with(name, ", 1))").load::<Bool, bool>(self.connection)?;
            if free != [true] {
                return Err(still_running().into());
            }
        }
        if let Some(known) = self.answered(key)? {
            return Ok(known);
        }
        let outcome = work(self)?;
        let warnings = (!outcome.warnings.is_empty()).then(|| Value::from(outcome.warnings.clone()).to_string());
        let kept = (
            idempotency_keys::principal_id.eq(self.session.principal),
            idempotency_keys::key.eq(&key.key),
            idempotency_keys::request_digest.eq(&key.request_digest),
            idempotency_keys::status.eq(i64::from(outcome.status)),
            idempotency_keys::location.eq(&outcome.location),
            idempotency_keys::revision.eq(outcome.revision),
            idempotency_keys::body.eq(outcome.keepable().as_ref().map(Value::to_string)),
            idempotency_keys::created_at.eq(self.now),
            idempotency_keys::warnings.eq(warnings),
        );
        diesel::insert_into(idempotency_keys::table).values(kept).execute(self.connection)?;
        Ok(outcome)
    }

    fn answered(&mut self, key: &Key) -> Result<Option<Outcome>> {
        let mine = idempotency_keys::table.find((self.session.principal, &key.key));
        let Some(kept) = mine.select(StoredReply::as_select()).get_result(self.connection).optional()? else { return Ok(None) };
        if kept.created_at.plus_seconds(KEPT_SECONDS) <= self.now {
            diesel::delete(mine).execute(self.connection)?;
            return Ok(None);
        }
        if kept.request_digest != key.request_digest {
            let detail = "The same Idempotency-Key came before with another request. Use a new key for a new request.";
            let broken = FieldError::new("", "idempotency_key", detail);
            return Err(Problem { errors: vec![broken], ..Problem::new(ProblemKind::Invalid, detail) }.into());
        }
        let broken = |_| Error::broken("a kept answer that is none");
        Ok(Some(Outcome {
            status: u16::try_from(kept.status).map_err(|_| Error::broken("a kept answer without a status"))?,
            location: kept.location,
            revision: kept.revision,
            body: kept.body.map(|text| serde_json::from_str(&text)).transpose().map_err(broken)?,
            warnings: kept.warnings.map(|text| serde_json::from_str(&text)).transpose().map_err(broken)?.unwrap_or_default(),
            replayed: true,
            once: Vec::new(),
        }))
    }
}

/// An answer as it is kept.
#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency_keys, check_for_backend(Dialect))]
struct StoredReply {
    request_digest: String,
    status: i64,
    location: Option<String>,
    revision: Option<i64>,
    body: Option<String>,
    created_at: Instant,
    warnings: Option<String>,
}

/// The first request with the key has not been answered yet.
pub fn still_running() -> Problem {
    Problem::conflict("", "idempotency_key", "A request with the same Idempotency-Key is still running. Send it again in a moment.").header("Retry-After", "1")
}
