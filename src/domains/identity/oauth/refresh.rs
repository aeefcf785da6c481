//! The grant `refresh_token`: each is good once, and brings the next.

use super::issue::{REFRESH_SECONDS, issue};
use super::redirect;
use super::refusal::{BAD_GRANT, Refusal, UNREADABLE};
use super::token_request::TokenRequest;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::Value;
use steward_core::access::Session;
use steward_core::access::login::{self, Turn};
use steward_core::access::secret::new_secret;
use steward_core::access::security_event::SecurityEventKind;
use steward_core::database::Connection;
use steward_core::error::Result;
use steward_schema::identity::login_clients;

/// Whether a client of the login page may log users in.
fn is_active(connection: &mut Connection, client: &str) -> Result<bool> {
    let active = login_clients::table.filter(login_clients::code.eq(client).and(login_clients::state.eq("active")));
    Ok(client == redirect::DOCS || select(exists(active)).get_result(connection)?)
}

/// Ports the grant. Nobody can tell a client that sent its token twice from a thief: whoever comes second, even at the
/// same moment, ends the login for all.
pub async fn by_refresh_token(asked: TokenRequest<'_>) -> Result<Result<Value, Refusal>> {
    let (state, Some(token)) = (asked.state, asked.form.filled("refresh_token").map(str::to_owned)) else { return Ok(Err(UNREADABLE)) };
    let (now, secret) = (state.store.now(), new_secret());
    let event = asked.event(SecurityEventKind::TokenReused, None, "refresh_token");
    let recorded = event.clone();
    let (next, client) = (secret.clone(), asked.client.as_ref().map(|client| client.id.clone()));
    let turn = state
        .store
        .by_itself(move |connection| {
            // A token of the login page belongs to its client: shown by another it is none, and stays good for its own.
            let bound = match login::of_refresh_token(connection, &token)? {
                Some(id) => login::client_of(connection, id)?,
                None => None,
            };
            if let Some(bound) = bound
                && (client.as_ref() != Some(&bound) || !is_active(connection, &bound)?)
            {
                return Ok(Turn::None);
            }
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
        Turn::Taken(login) => {
            let id = login.id;
            let client = state.store.unauthenticated(move |connection| login::client_of(connection, id)).await?;
            issue(state, &login, &client.unwrap_or_else(|| login.principal.to_string()), Some(&secret)).await
        }
        Turn::Reused | Turn::None => Ok(Err(BAD_GRANT)),
    }
}
