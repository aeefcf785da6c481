//! The grant `refresh_token`: each is good once, and brings the next.

use super::issue::{REFRESH_SECONDS, issue};
use super::refusal::{BAD_GRANT, Refusal, UNREADABLE};
use super::token_request::TokenRequest;
use crate::access::Session;
use crate::access::login::{self, Turn};
use crate::access::secret::new_secret;
use crate::access::security_event::SecurityEventKind;
use crate::error::Result;
use serde_json::Value;

/// Ports the grant. Nobody can tell a client that sent its token twice from a thief: whoever comes second, even at the
/// same moment, ends the login for all.
pub async fn by_refresh_token(asked: TokenRequest<'_>) -> Result<Result<Value, Refusal>> {
    let (state, Some(token)) = (asked.state, asked.form.filled("refresh_token").map(str::to_owned)) else { return Ok(Err(UNREADABLE)) };
    let (now, secret) = (state.store.now(), new_secret());
    let event = asked.event(SecurityEventKind::TokenReused, None, "refresh_token");
    let recorded = event.clone();
    let next = secret.clone();
    let turn = state
        .store
        .by_itself(move |connection| {
            let turn = login::take_turn(connection, &token, &next, now, now.plus_seconds(REFRESH_SECONDS))?;
            match turn {
                Turn::Taken(login) if Session::load(connection, login.principal)?.is_none() => {
                    login::end(connection, login.id, now)?;
                    Ok(Turn::None)
                }
                Turn::Reused => {
                    recorded.record(connection, now)?;
                    Ok(turn)
                }
                turn => Ok(turn),
            }
        })
        .await?;
    if turn == Turn::Reused {
        state.store.changes.settle();
        event.tell();
    }
    match turn {
        Turn::Taken(login) => issue(state, &login, &login.principal.to_string(), Some(&secret)).await,
        Turn::Reused | Turn::None => Ok(Err(BAD_GRANT)),
    }
}
