//! The grant `urn:ietf:params:oauth:grant-type:jwt-bearer` (RFC 7523): the ID token of an identity provider.

use super::super::openid;
use super::issue::{REFRESH_SECONDS, issue};
use super::refusal::{BAD_ASSERTION, Refusal, UNREADABLE};
use super::token_request::TokenRequest;
use serde_json::Value;
use steward_core::access::secret::new_secret;
use steward_core::access::security_event::SecurityEventKind;
use steward_core::error::Result;

/// The grant type of a JWT that says who somebody is (RFC 7523, section 2.1).
pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Ports the grant.
pub async fn by_assertion(asked: TokenRequest<'_>) -> Result<Result<Value, Refusal>> {
    let (state, Some(token)) = (asked.state, asked.form.filled("assertion")) else { return Ok(Err(UNREADABLE)) };
    let secret = new_secret();
    let until = state.store.now().plus_seconds(REFRESH_SECONDS);
    let login = openid::exchange(state, token, &openid::Renewal { secret: secret.clone(), until }).await?;
    let kind = if login.is_some() { SecurityEventKind::LoginSucceeded } else { SecurityEventKind::LoginFailed };
    asked.record(asked.event(kind, login.as_ref().map(|login| login.principal), "jwt-bearer")).await?;
    match login {
        Some(login) => issue(state, &login, &login.principal.to_string(), Some(&secret)).await,
        None => Ok(Err(BAD_ASSERTION)),
    }
}
