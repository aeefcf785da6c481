//! API tokens on their way in: opaque, looked up by their digest, good for what their owner holds as far as their scopes go.

use super::secret::digest;
use super::{Pattern, Session, patterns};
use crate::database::{Connection, Kind, Statement};
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::Instant;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What every API token begins with, so that people and scanners for leaked secrets know one.
pub const PREFIX: &str = "stw_";
/// The length of a token: the prefix and 256 bits in Base64.
const LENGTH: usize = PREFIX.len() + 43;
/// How exactly it is known when a token was used last.
const MINUTE: i64 = 60;

/// An API token that is valid.
pub struct Shown {
    /// The token.
    pub id: Id,
    /// Who it acts as, and how far.
    pub session: Session,
    /// When it is known to have been used last.
    pub last_used_at: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
}

/// Whether a bearer token is one of these.
pub fn is_one(text: &str) -> bool {
    text.len() == LENGTH && text.starts_with(PREFIX)
}

/// The token that a caller shows; none if it is unknown, revoked or expired, or its owner is disabled.
pub fn find(connection: &mut Connection, text: &str, now: Instant) -> Result<Option<Shown>> {
    let wanted = Statement::new(" AND token = ").with(digest(text), "");
    load(connection, wanted, now)
}

/// The token by its text as long as it is not revoked, whatever has become of its owner.
pub fn unrevoked(connection: &mut Connection, text: &str) -> Result<Option<Id>> {
    let query = Statement::new("SELECT id FROM api_tokens WHERE state = 'active' AND token = ").with(digest(text), "");
    Ok(query.first(connection, &[Kind::Id])?.and_then(|row| row[0].as_id()))
}

/// A session by a token that was shown before, as work that is done later needs it.
pub fn session(connection: &mut Connection, id: Id, now: Instant) -> Result<Option<Session>> {
    let wanted = Statement::new(" AND id = ").with(id, "");
    Ok(load(connection, wanted, now)?.map(|shown| shown.session))
}

fn load(connection: &mut Connection, wanted: Statement, now: Instant) -> Result<Option<Shown>> {
    let mut query =
        Statement::new("SELECT id, principal_id, scopes, last_used_at, created_at, expires_at FROM api_tokens WHERE state = 'active' AND expires_at > ")
            .with(now, "");
    query.append(wanted);
    let Some(row) = query.first(connection, &[Kind::Id, Kind::Id, Kind::Doc, Kind::Instant, Kind::Instant, Kind::Instant])? else { return Ok(None) };
    let (Some(id), Some(principal)) = (row[0].as_id(), row[1].as_id()) else { return Ok(None) };
    let scopes: Vec<Pattern> = patterns(&row[2]).unwrap_or_default();
    let (last_used_at, Some(created_at), Some(expires_at)) = (row[3].as_instant(), row[4].as_instant(), row[5].as_instant()) else { return Ok(None) };
    let session = Session::load(connection, principal)?.map(|session| session.narrowed(id, scopes));
    Ok(session.map(|session| Shown { id, session, last_used_at, created_at, expires_at }))
}

/// Which uses this process has written down: one a minute for each token, however many requests there are.
#[derive(Default)]
pub struct Uses(Mutex<HashMap<Id, Instant>>);

impl Uses {
    /// Whether a use is to be written down now; whoever is told so does it.
    pub fn is_due(&self, id: Id, last_used_at: Option<Instant>, now: Instant) -> bool {
        let fresh = |at: Instant| at <= now && now < at.plus_seconds(MINUTE);
        if last_used_at.is_some_and(fresh) {
            return false;
        }
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.get(&id).is_some_and(|at| fresh(*at)) {
            return false;
        }
        noted.retain(|_, at| fresh(*at));
        noted.insert(id, now);
        true
    }
}

/// Writes down that a token was used, beside its revisions.
pub fn note_use(connection: &mut Connection, id: Id, now: Instant) -> Result<()> {
    let mut note = Statement::new("UPDATE api_tokens SET last_used_at = ");
    note.bind(now).push(" WHERE id = ").bind(id).push(" AND (last_used_at IS NULL OR last_used_at < ").bind(now).push(")");
    note.execute(connection)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_written_down_once_a_minute() {
        let (uses, id, start) = (Uses::default(), Id::new(), Instant::parse("2026-06-15T09:00:00Z").unwrap());
        assert!(uses.is_due(id, None, start));
        assert!(!uses.is_due(id, None, start.plus_seconds(59)), "the one before is being written");
        assert!(uses.is_due(id, Some(start), start.plus_seconds(60)));
        assert!(!uses.is_due(Id::new(), Some(start), start.plus_seconds(1)), "another process wrote it");
        assert!(uses.is_due(Id::new(), Some(start), start.plus_seconds(-1)), "a clock that went back is believed");
        assert_eq!(uses.0.lock().unwrap().len(), 1, "what is older than a minute is forgotten");
    }

    #[test]
    fn a_token_is_known_by_its_form() {
        let one = format!("{PREFIX}{}", super::super::secret::new_secret());
        assert!(is_one(&one));
        assert!(!is_one(&one[1..]) && !is_one(&format!("{one}x")) && !is_one("stw_") && !is_one(""));
    }
}
