//! Tokens on their way out: what every grant ends in.

use super::refusal::{CANNOT_SIGN, Refusal};
use serde_json::{Value, json};
use steward_core::access::key::LIFETIME_SECONDS;
use steward_core::access::login::Login;
use steward_core::error::Result;
use steward_core::http::AppState;

/// How long a refresh token is valid: 14 days.
pub const REFRESH_SECONDS: i64 = 14 * 24 * 3600;

/// The tokens of a login; one that cannot be prolonged has no refresh token.
pub async fn issue(state: &AppState, login: &Login, client_id: &str, refresh_token: Option<&str>) -> Result<Result<Value, Refusal>> {
    state.authenticator.renew_keys(&state.store, &state.keys).await?;
    let Some(access) = state.keys.sign(login, client_id, state.store.now()) else { return Ok(Err(CANNOT_SIGN)) };
    let mut answer = json!({"access_token": access, "token_type": "Bearer", "expires_in": LIFETIME_SECONDS});
    if let Some(token) = refresh_token {
        answer["refresh_token"] = token.into();
    }
    Ok(Ok(answer))
}
