//! The grant `password`: an e-mail address and a password.

use super::super::proof::{Proof, prove};
use super::issue::{REFRESH_SECONDS, issue};
use super::refusal::{BAD_GRANT, Refusal, UNREADABLE};
use super::token_request::TokenRequest;
use serde_json::Value;
use steward_core::access::login::Login;
use steward_core::access::secret::new_secret;
use steward_core::access::security_event::SecurityEventKind;
use steward_core::error::Result;

/// Ports the grant.
pub async fn by_password(asked: TokenRequest<'_>) -> Result<Result<Value, Refusal>> {
    let (Some(username), Some(plain)) = (asked.form.filled("username"), asked.form.filled("password")) else { return Ok(Err(UNREADABLE)) };
    match prove(&asked.state.store, username, (&asked.peer, &asked.request_id), plain.to_owned()).await? {
        Some(proof) => begin(&asked, proof).await,
        None => Ok(Err(BAD_GRANT)),
    }
}

/// Begins a login of a user who has proved who it is.
async fn begin(asked: &TokenRequest<'_>, proof: Proof) -> Result<Result<Value, Refusal>> {
    let state = asked.state;
    let (user, secret, now) = (proof.user, new_secret(), state.store.now());
    let event = asked.event(SecurityEventKind::LoginSucceeded, Some(user), "password");
    let recorded = event.clone();
    let until = now.plus_seconds(REFRESH_SECONDS);
    let kept = secret.clone();
    let login = state
        .store
        .by_itself(move |connection| {
            if !proof.holds(connection, now)? {
                return Ok(None);
            }
            let login = Login::begin(connection, user, now, until)?;
            login.keep_token(connection, &kept, until)?;
            recorded.record(connection, now)?;
            Ok(Some(login))
        })
        .await?;
    match login {
        Some(login) => {
            event.tell();
            issue(state, &login, &user.to_string(), Some(&secret)).await
        }
        None => Ok(Err(BAD_GRANT)),
    }
}
