//! Logins: what all tokens of one grant share, and what ends them together (`sid` in an access token).

use super::secret::digest;
use crate::database::Connection;
use crate::database::expression::locked;
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::Instant;
use diesel::prelude::*;
use steward_schema::service::{logins, refresh_tokens};

/// A login that was begun and has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Login {
    /// Its id.
    pub id: Id,
    /// Who logged in.
    pub principal: Id,
    /// When.
    pub started_at: Instant,
}

/// What became of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It was good, and the next one is kept in its place.
    Taken(Login),
    /// It has been used before: the login has ended.
    Reused,
    /// It is none, or it or its login has ended.
    None,
}

impl Login {
    /// Begins a login that lasts until some instant, if nothing prolongs it.
    pub fn begin(connection: &mut Connection, principal: Id, now: Instant, until: Instant) -> Result<Login> {
        let login = Login { id: Id::new(), principal, started_at: now };
        let stored = (logins::id.eq(login.id), logins::principal_id.eq(principal), logins::started_at.eq(now), logins::expires_at.eq(until));
        diesel::insert_into(logins::table).values(stored).execute(connection)?;
        Ok(login)
    }

    /// A login of a principal that has not ended.
    pub fn find(connection: &mut Connection, id: Id, principal: Id) -> Result<Option<Login>> {
        let login = logins::table.filter(logins::id.eq(id).and(logins::principal_id.eq(principal)).and(logins::revoked_at.is_null()));
        let started_at: Option<Instant> = login.select(logins::started_at).get_result(connection).optional()?;
        Ok(started_at.map(|started_at| Login { id, principal, started_at }))
    }

    /// Keeps the digest of a refresh token of this login, and the login as long as the token.
    pub fn keep_token(&self, connection: &mut Connection, secret: &str, until: Instant) -> Result<()> {
        let stored = (
            refresh_tokens::id.eq(Id::new()),
            refresh_tokens::login_id.eq(self.id),
            refresh_tokens::digest.eq(digest(secret)),
            refresh_tokens::expires_at.eq(until),
        );
        diesel::insert_into(refresh_tokens::table).values(stored).execute(connection)?;
        diesel::update(logins::table.find(self.id)).set(logins::expires_at.eq(until)).execute(connection)?;
        Ok(())
    }
}

/// Uses a refresh token, once: who comes second, even at the same moment, has stolen it, or was stolen from; so the login
/// ends for both. All turns of one login wait for one another.
pub fn take_turn(connection: &mut Connection, token: &str, next: &str, now: Instant, until: Instant) -> Result<Turn> {
    let Some(id) = of_refresh_token(connection, token)? else { return Ok(Turn::None) };
    let login = logins::table.find(id).select((logins::principal_id, logins::started_at, logins::revoked_at));
    let login: Option<(Id, Instant, Option<Instant>)> = locked(login).get_result(connection).optional()?;
    let Some((principal, started_at, None)) = login else { return Ok(Turn::None) };
    let shown = refresh_tokens::table.filter(refresh_tokens::digest.eq(digest(token)));
    let shown: Option<(Id, Instant, Option<Instant>)> =
        shown.select((refresh_tokens::id, refresh_tokens::expires_at, refresh_tokens::used_at)).get_result(connection).optional()?;
    let Some((used, expires_at, used_at)) = shown else { return Ok(Turn::None) };
    if used_at.is_some() {
        end(connection, id, now)?;
        return Ok(Turn::Reused);
    }
    if expires_at <= now {
        return Ok(Turn::None);
    }
    diesel::update(refresh_tokens::table.find(used)).set(refresh_tokens::used_at.eq(now)).execute(connection)?;
    let login = Login { id, principal, started_at };
    login.keep_token(connection, next, until)?;
    Ok(Turn::Taken(login))
}

/// The client to which the refresh tokens of a login belong; none where the login was not begun on the login page.
pub fn client_of(connection: &mut Connection, id: Id) -> Result<Option<String>> {
    Ok(logins::table.find(id).select(logins::client).get_result::<Option<String>>(connection).optional()?.flatten())
}

/// Forgets the refresh tokens of a login.
pub fn forget_tokens(connection: &mut Connection, id: Id) -> Result<()> {
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::login_id.eq(id))).execute(connection)?;
    Ok(())
}

/// The login that a refresh token belongs to, whatever became of either.
pub fn of_refresh_token(connection: &mut Connection, token: &str) -> Result<Option<Id>> {
    let shown = refresh_tokens::table.filter(refresh_tokens::digest.eq(digest(token)));
    Ok(shown.select(refresh_tokens::login_id).get_result(connection).optional()?)
}

/// Ends a login: none of its tokens is good from now on.
pub fn end(connection: &mut Connection, id: Id, now: Instant) -> Result<()> {
    let login = logins::table.filter(logins::id.eq(id).and(logins::revoked_at.is_null()));
    diesel::update(login).set(logins::revoked_at.eq(now)).execute(connection)?;
    Ok(())
}

/// Ends all logins of a principal, but one if that is to stay.
pub fn end_all(connection: &mut Connection, principal: Id, but: Option<Id>, now: Instant) -> Result<()> {
    let all = logins::table.filter(logins::principal_id.eq(principal).and(logins::revoked_at.is_null()));
    let ended = logins::revoked_at.eq(now);
    match but {
        Some(id) => diesel::update(all.filter(logins::id.ne(id))).set(ended).execute(connection)?,
        None => diesel::update(all).set(ended).execute(connection)?,
    };
    Ok(())
}

/// Forgets the tokens and logins that have expired, and says how many tokens there were. A token that was used stays
/// known until it would have expired: only then is its reuse no sign of theft any more.
pub fn forget_expired(connection: &mut Connection, now: Instant) -> Result<usize> {
    let tokens = diesel::delete(refresh_tokens::table.filter(refresh_tokens::expires_at.lt(now))).execute(connection)?;
    // An hour more, so that no access token outlives its login.
    diesel::delete(logins::table.filter(logins::expires_at.lt(now.plus_seconds(-3600)))).execute(connection)?;
    Ok(tokens)
}
