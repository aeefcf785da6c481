//! Proving by a password who one is: who guesses is slowed down, and a refusal takes as long where there is no account.

use super::house::address_key;
use crate::access::lockout::{Attempt, Verdict, wait};
use crate::access::password;
use crate::database::{Connection, Kind, Statement};
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::Instant;
use crate::store::Store;

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
pub async fn prove(store: &Store, login: &str, peer: &str, plain: String) -> Result<Option<Proof>> {
    let (key, attempt, now) = (address_key(login), Attempt::new(login, peer), store.now());
    let asked = attempt.clone();
    let look = move |connection: &mut Connection| {
        let query = Statement::new("SELECT id, password FROM users WHERE state = 'active' AND email_key = ").with(key, "");
        Ok((asked.judge(connection, now)?, query.first(connection, &[Kind::Id, Kind::Text])?))
    };
    let (verdict, known) = store.unauthenticated(look).await?;
    if let Verdict::Wait(seconds) = verdict {
        return Err(wait(seconds).into());
    }
    let (user, hash) = match known.as_deref() {
        Some([id, hash]) => (id.as_id(), hash.as_text().map(str::to_owned)),
        _ => (None, None),
    };
    let right = password::verify(plain, hash.clone()).await?;
    if let (true, Some(user), Some(hash)) = (right, user, hash) {
        return Ok(Some(Proof { user, hash, attempt }));
    }
    store.by_itself(move |connection| attempt.failed(connection, now)).await?;
    Ok(None)
}

impl Proof {
    /// Whether it still proves it: the user is active, the password has not changed meanwhile, and cannot change before the
    /// transaction ends. Then the attempt has succeeded; if too many others failed meanwhile, it has to wait (429).
    pub fn holds(&self, connection: &mut Connection, now: Instant) -> Result<bool> {
        if connection.is_postgres() {
            // What the store locks before it changes a user.
            Statement::new("SELECT 1 FROM registry WHERE id = ").with(self.user, " FOR UPDATE").execute(connection)?;
        }
        let query = Statement::new("SELECT 1 FROM users WHERE state = 'active' AND id = ").with(self.user, " AND password = ");
        if query.with(self.hash.as_str(), "").first(connection, &[])?.is_none() {
            return Ok(false);
        }
        self.attempt.settle(connection, now)?;
        Ok(true)
    }
}
