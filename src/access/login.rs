//! Logins: what all tokens of one grant share, and what ends them together (`sid` in an access token).

use super::secret::digest;
use crate::database::{Cell, Connection, Kind, Statement};
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::Instant;

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
        let mut insert = Statement::new("INSERT INTO logins (id, principal_id, started_at, expires_at) VALUES (");
        insert.bind_all([login.id.into(), principal.into(), now.into(), until.into()]).push(")").execute(connection)?;
        Ok(login)
    }

    /// A login of a principal that has not ended.
    pub fn find(connection: &mut Connection, id: Id, principal: Id) -> Result<Option<Login>> {
        let query = Statement::new("SELECT started_at FROM logins WHERE revoked_at IS NULL AND id = ").with(id, " AND principal_id = ").with(principal, "");
        let row = query.first(connection, &[Kind::Instant])?;
        Ok(row.and_then(|row| row[0].as_instant()).map(|started_at| Login { id, principal, started_at }))
    }

    /// Keeps the digest of a refresh token of this login, and the login as long as the token.
    pub fn keep_token(&self, connection: &mut Connection, secret: &str, until: Instant) -> Result<()> {
        let mut insert = Statement::new("INSERT INTO refresh_tokens (id, login_id, digest, expires_at) VALUES (");
        insert.bind_all([Id::new().into(), self.id.into(), digest(secret).into(), until.into()]).push(")").execute(connection)?;
        Statement::new("UPDATE logins SET expires_at = ").with(until, " WHERE id = ").with(self.id, "").execute(connection)?;
        Ok(())
    }
}

/// Uses a refresh token, once: who comes second, even at the same moment, has stolen it, or was stolen from; so the login
/// ends for both. All turns of one login wait for one another.
pub fn take_turn(connection: &mut Connection, token: &str, next: &str, now: Instant, until: Instant) -> Result<Turn> {
    let Some(id) = of_refresh_token(connection, token)? else { return Ok(Turn::None) };
    let lock = if connection.is_postgres() { " FOR UPDATE" } else { "" };
    let query = Statement::new("SELECT principal_id, started_at, revoked_at FROM logins WHERE id = ").with(id, lock);
    let Some(row) = query.first(connection, &[Kind::Id, Kind::Instant, Kind::Instant])? else { return Ok(Turn::None) };
    let (Some(principal), Some(started_at), true) = (row[0].as_id(), row[1].as_instant(), row[2].is_null()) else { return Ok(Turn::None) };
    let query = Statement::new("SELECT id, expires_at, used_at FROM refresh_tokens WHERE digest = ").with(digest(token), "");
    let Some(row) = query.first(connection, &[Kind::Id, Kind::Instant, Kind::Instant])? else { return Ok(Turn::None) };
    if !row[2].is_null() {
        end(connection, id, now)?;
        return Ok(Turn::Reused);
    }
    let (Some(used), true) = (row[0].as_id(), row[1].as_instant().is_some_and(|expires| expires > now)) else { return Ok(Turn::None) };
    Statement::new("UPDATE refresh_tokens SET used_at = ").with(now, " WHERE id = ").with(Cell::Id(used), "").execute(connection)?;
    let login = Login { id, principal, started_at };
    login.keep_token(connection, next, until)?;
    Ok(Turn::Taken(login))
}

/// The login that a refresh token belongs to, whatever became of either.
pub fn of_refresh_token(connection: &mut Connection, token: &str) -> Result<Option<Id>> {
    let row = Statement::new("SELECT login_id FROM refresh_tokens WHERE digest = ").with(digest(token), "").first(connection, &[Kind::Id])?;
    Ok(row.and_then(|row| row[0].as_id()))
}

/// Ends a login: none of its tokens is good from now on.
pub fn end(connection: &mut Connection, id: Id, now: Instant) -> Result<()> {
    Statement::new("UPDATE logins SET revoked_at = ").with(now, " WHERE revoked_at IS NULL AND id = ").with(id, "").execute(connection)?;
    Ok(())
}

/// Ends all logins of a principal, but one if that is to stay.
pub fn end_all(connection: &mut Connection, principal: Id, but: Option<Id>, now: Instant) -> Result<()> {
    let mut end = Statement::new("UPDATE logins SET revoked_at = ").with(now, " WHERE revoked_at IS NULL AND principal_id = ").with(principal, "");
    if let Some(id) = but {
        end.push(" AND id <> ").bind(id);
    }
    end.execute(connection)?;
    Ok(())
}

/// Forgets the tokens and logins that have expired, and says how many tokens there were. A token that was used stays
/// known until it would have expired: only then is its reuse no sign of theft any more.
pub fn forget_expired(connection: &mut Connection, now: Instant) -> Result<usize> {
    let tokens = Statement::new("DELETE FROM refresh_tokens WHERE expires_at < ").with(now, "").execute(connection)?;
    // An hour more, so that no access token outlives its login.
    Statement::new("DELETE FROM logins WHERE expires_at < ").with(now.plus_seconds(-3600), "").execute(connection)?;
    Ok(tokens)
}
