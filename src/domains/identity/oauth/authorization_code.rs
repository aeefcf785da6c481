//! The grant `authorization_code`: a code of the login page, and what shows that the client asked for it.

use super::issue::{REFRESH_SECONDS, issue};
use super::refusal::{BAD_CODE, Refusal, UNREADABLE};
use super::token_request::TokenRequest;
use serde_json::Value;
use steward_core::access::Session;
use steward_core::access::authorization::{self, CodeProof, Redeemed};
use steward_core::access::login;
use steward_core::access::secret::new_secret;
use steward_core::access::security_event::SecurityEventKind;
use steward_core::error::Result;

/// Length of a verifier (RFC 7636, section 4.1), in characters.
const VERIFIER: std::ops::RangeInclusive<usize> = 43..=128;

/// Answers the grant. A code is spent by the first try.
pub async fn by_code(asked: TokenRequest<'_>) -> Result<Result<Value, Refusal>> {
    let value = |name: &str| asked.form.filled(name).map(str::to_owned);
    let client = asked.client.as_ref().map(|client| client.id.clone());
    let (Some(code), Some(client), Some(redirect_uri), Some(verifier)) = (value("code"), client, value("redirect_uri"), value("code_verifier")) else {
        return Ok(Err(UNREADABLE));
    };
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    if !VERIFIER.contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
        return Ok(Err(BAD_CODE));
    }
    let (state, secret, now) = (asked.state, new_secret(), asked.state.store.now());
    let event = asked.event(SecurityEventKind::TokenReused, None, "authorization_code");
    let (recorded, next, proof) = (event.clone(), secret.clone(), CodeProof { client: client.clone(), redirect_uri, verifier });
    let redeemed = state
        .store
        .by_itself(move |connection| {
            let redeemed = authorization::redeem(connection, &code, &proof, now)?;
            match redeemed {
                Redeemed::Good(begun) if Session::load(connection, begun.principal)?.is_none() => {
                    login::end(connection, begun.id, now)?;
                    Ok(Redeemed::None)
                }
                Redeemed::Good(begun) => {
                    begun.keep_token(connection, &next, now.plus_seconds(REFRESH_SECONDS))?;
                    Ok(redeemed)
                }
                Redeemed::Reused => {
                    recorded.record(connection, now)?;
                    Ok(redeemed)
                }
                Redeemed::None => Ok(redeemed),
            }
        })
        .await?;
    match redeemed {
        Redeemed::Good(begun) => issue(state, &begun, &client, Some(&secret)).await,
        Redeemed::Reused => {
            state.store.changes.settle();
            event.tell();
            Ok(Err(BAD_CODE))
        }
        Redeemed::None => Ok(Err(BAD_CODE)),
    }
}
