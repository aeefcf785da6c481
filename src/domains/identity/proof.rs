//! Proving by a password who one is: who guesses is slowed down, and a refusal takes as long where there is no account.

use super::bootstrap::address_key;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::access::lockout::{Attempt, Verdict, wait};
use steward_core::access::password;
use steward_core::access::security_event::{SecurityEvent, SecurityEventKind};
use steward_core::database::Connection;
use steward_core::database::expression::locked;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::Instant;
use steward_core::store::Store;
use steward_schema::identity::users;
use steward_schema::service::registry;

/// An active user has said the right password.
#[derive(Clone)]
pub struct Proof {
    /// Who it is.
    pub user: Id,
    hash: String,
    attempt: Attempt,
}

/// The proof of an address and a password; none if no active user has these. What follows begins with [`Proof::holds`], in
/// its transaction.
pub async fn prove(store: &Store, login: &str, (peer, request_id): (&str, &str), plain: String) -> Result<Option<Proof>> {
    let (key, attempt, now) = (address_key(login), Attempt::new(login, peer), store.now());
    let asked = attempt.clone();
    let look = move |connection: &mut Connection| {
        let verdict = asked.judge(connection, now)?;
        let user = users::table.filter(users::email_key.eq(key).and(users::state.eq("active"))).select((users::id, users::password));
        let known: Option<(Id, Option<String>)> = user.get_result(connection).optional()?;
        Ok((verdict, known))
    };
    let (verdict, known) = store.unauthenticated(look).await?;
    if let Verdict::Wait(seconds) = verdict {
        return Err(wait(seconds).into());
    }
    let user = known.as_ref().map(|(user, _)| *user);
    let right = password::verify(plain, known.as_ref().and_then(|(_, hash)| hash.clone())).await?;
    if let (true, Some((user, Some(hash)))) = (right, known) {
        return Ok(Some(Proof { user, hash, attempt }));
    }
    let event = SecurityEvent {
        kind: SecurityEventKind::LoginFailed,
        principal: user,
        address: Some(peer.to_owned()),
        subject: Some("password".into()),
        request_id: Some(request_id.to_owned()),
    };
    let failed = event.clone();
    let locks = move |connection: &mut Connection| {
        failed.record(connection, now)?;
        let locks = attempt.failed(connection, now)?;
        if locks {
            SecurityEvent { kind: SecurityEventKind::LockedOut, ..failed.clone() }.record(connection, now)?;
        }
        Ok(locks)
    };
    let locks = store.by_itself(locks).await?;
    event.tell();
    if locks {
        SecurityEvent { kind: SecurityEventKind::LockedOut, ..event }.tell();
    }
    Ok(None)
}

impl Proof {
    /// Whether it still proves it: the user is active, the password has not changed meanwhile, and cannot change before the
    /// transaction ends. Then the attempt has succeeded; if too many others failed meanwhile, it has to wait (429).
    pub fn holds(&self, connection: &mut Connection, now: Instant) -> Result<bool> {
        if connection.is_postgres() {
            // What the store locks before it changes a user.
            locked(registry::table.find(self.user).select(registry::id)).execute(connection)?;
        }
        let same = users::table.filter(users::id.eq(self.user).and(users::state.eq("active")).and(users::password.eq(&self.hash)));
        let holds: bool = select(exists(same)).get_result(connection)?;
        if !holds {
            return Ok(false);
        }
        self.attempt.settle(connection, now)?;
        Ok(true)
    }
}
