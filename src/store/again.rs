//! Requests that come again: the answer is kept with the effect, in its transaction, and given again for a day.

use super::write::Writer;
use crate::database::{Cell, Kind, Statement};
use crate::error::{Broken, Kind as ProblemKind, Problem, Result};
use serde_json::Value;

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
    /// True if the answer was given before.
    pub replayed: bool,
    /// Where in the body stands what is shown this once (JSON pointers): it is not kept with a key, and null when the answer comes again.
    pub once: Vec<String>,
}

impl Outcome {
    /// An answer with a body.
    pub fn new(status: u16, body: Value) -> Self {
        Outcome { status, location: None, revision: None, body: Some(body), replayed: false, once: Vec::new() }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Outcome { status, location: None, revision: None, body: None, replayed: false, once: Vec::new() }
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
            let free = Statement::new("SELECT pg_try_advisory_xact_lock(hashtextextended(").with(name, ", 1))").first(self.connection, &[Kind::Bool])?;
            if !free.is_some_and(|row| row[0].is_true()) {
                return Err(still_running().into());
            }
        }
        if let Some(known) = self.answered(key)? {
            return Ok(known);
        }
        let outcome = work(self)?;
        let text = |text: Option<&str>| text.map_or(Cell::Null(Kind::Text), Cell::from);
        let mut keep =
            Statement::new("INSERT INTO idempotency_keys (principal_id, key, request_digest, status, location, revision, body, created_at) VALUES (");
        keep.bind_all([
            self.session.principal.into(),
            key.key.as_str().into(),
            key.request_digest.as_str().into(),
            i64::from(outcome.status).into(),
            text(outcome.location.as_deref()),
            outcome.revision.map_or(Cell::Null(Kind::Integer), Cell::from),
            text(outcome.keepable().as_ref().map(Value::to_string).as_deref()),
            self.now.into(),
        ]);
        keep.push(")").execute(self.connection)?;
        Ok(outcome)
    }

    fn answered(&mut self, key: &Key) -> Result<Option<Outcome>> {
        let query = Statement::new("SELECT request_digest, status, location, revision, body, created_at FROM idempotency_keys WHERE principal_id = ")
            .with(self.session.principal, " AND key = ")
            .with(key.key.as_str(), "");
        let row = query.first(self.connection, &[Kind::Text, Kind::Integer, Kind::Text, Kind::Integer, Kind::Text, Kind::Instant])?;
        let Some(row) = row else { return Ok(None) };
        if row[5].as_instant().is_none_or(|at| at.plus_seconds(KEPT_SECONDS) <= self.now) {
            let forget =
                Statement::new("DELETE FROM idempotency_keys WHERE principal_id = ").with(self.session.principal, " AND key = ").with(key.key.as_str(), "");
            forget.execute(self.connection)?;
            return Ok(None);
        }
        if row[0].as_text() != Some(&key.request_digest) {
            let detail = "The same Idempotency-Key came before with another request. Use a new key for a new request.";
            let broken = Broken::new("", "idempotency_key", detail);
            return Err(Problem { errors: vec![broken], ..Problem::new(ProblemKind::Invalid, detail) }.into());
        }
        Ok(Some(Outcome {
            status: row[1].as_integer().and_then(|status| u16::try_from(status).ok()).unwrap_or(200),
            location: row[2].as_text().map(str::to_owned),
            revision: row[3].as_integer(),
            body: row[4].as_text().and_then(|text| serde_json::from_str(text).ok()),
            replayed: true,
            once: Vec::new(),
        }))
    }
}

/// The first request with the key has not been answered yet.
pub fn still_running() -> Problem {
    Problem::conflict("", "idempotency_key", "A request with the same Idempotency-Key is still running. Send it again in a moment.").header("Retry-After", "1")
}
