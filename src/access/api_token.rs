//! API tokens on their way in: opaque, looked up by their digest, good for what their owner holds as far as their scopes go.

use super::secret::digest;
use super::{Permissions, Session};
use crate::database::Connection;
use crate::database::expression::Condition;
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::Instant;
use diesel::prelude::*;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use steward_schema::identity::api_tokens;

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
    load(connection, api_tokens::token.assume_not_null().eq(digest(text)), now)
}

/// The token by its text as long as it is not revoked, whatever has become of its owner.
pub fn unrevoked(connection: &mut Connection, text: &str) -> Result<Option<Id>> {
    let token = api_tokens::table.filter(api_tokens::token.eq(digest(text)).and(api_tokens::state.eq("active")));
    Ok(token.select(api_tokens::id).get_result(connection).optional()?)
}

/// A session by a token that was shown before, as work that is done later needs it.
pub fn session(connection: &mut Connection, id: Id, now: Instant) -> Result<Option<Session>> {
    Ok(load(connection, api_tokens::id.eq(id), now)?.map(|shown| shown.session))
}

/// A valid token as it is stored.
#[derive(Queryable)]
struct Stored {
    id: Id,
    principal_id: Option<Id>,
    scopes: Permissions,
    last_used_at: Option<Instant>,
    created_at: Instant,
    expires_at: Option<Instant>,
}

fn load<'c, C>(connection: &mut Connection, wanted: C, now: Instant) -> Result<Option<Shown>>
where
    C: Condition<'c, api_tokens::table>,
{
    let valid = api_tokens::table.filter(api_tokens::state.eq("active")).filter(api_tokens::expires_at.gt(now)).filter(wanted);
    let columns = (api_tokens::id, api_tokens::principal_id, api_tokens::scopes, api_tokens::last_used_at, api_tokens::created_at, api_tokens::expires_at);
    let Some(stored) = valid.select(columns).get_result::<Stored>(connection).optional()? else { return Ok(None) };
    let Stored { id, principal_id: Some(principal), scopes, last_used_at, created_at, expires_at: Some(expires_at) } = stored else { return Ok(None) };
    let session = Session::load(connection, principal)?.map(|session| session.narrowed(id, scopes.0));
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
    let token = api_tokens::table.filter(api_tokens::id.eq(id).and(api_tokens::last_used_at.is_null().or(api_tokens::last_used_at.lt(now))));
    diesel::update(token).set(api_tokens::last_used_at.eq(now)).execute(connection)?;
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
