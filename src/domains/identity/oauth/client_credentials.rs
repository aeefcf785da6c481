//! The grant `client_credentials` (RFC 6749, section 4.4): a service account's own credentials for an access token.

use super::form::{Client, Form};
use super::issue::issue;
use super::refusal::{BAD_CLIENT, NO_CLIENT, Refusal};
use super::token_request::TokenRequest;
use diesel::prelude::*;
use serde_json::Value;
use steward_core::access::key::LIFETIME_SECONDS;
use steward_core::access::login::Login;
use steward_core::access::secret::digest;
use steward_core::access::security_event::{SecurityEvent, SecurityEventKind};
use steward_core::database::Connection;
use steward_core::error::Result;
use steward_core::http::AppState;
use steward_core::resource::Id;
use steward_schema::identity::service_accounts;

/// Ports with an access token alone: who has the credentials needs no refresh token.
pub async fn by_client_credentials(asked: TokenRequest<'_>) -> Result<Result<Value, Refusal>> {
    let state = asked.state;
    let account = match client(state, &asked.form, asked.client.as_ref(), asked.authorized).await? {
        Ok(account) => account,
        Err(refusal) => {
            failed(&asked).await?;
            return Ok(Err(refusal));
        }
    };
    let now = state.store.now();
    let event = asked.event(SecurityEventKind::LoginSucceeded, Some(account), "client_credentials");
    let recorded = event.clone();
    let begin = move |connection: &mut Connection| {
        recorded.record(connection, now)?;
        Login::begin(connection, account, now, now.plus_seconds(LIFETIME_SECONDS))
    };
    let login = state.store.by_itself(begin).await?;
    event.tell();
    issue(state, &login, &account.to_string(), None).await
}

/// Keeps that a client's credentials were refused.
async fn failed(asked: &TokenRequest<'_>) -> Result<()> {
    let named = asked.client.as_ref().and_then(|client| Id::parse(&client.id));
    let (event, now) = (asked.event(SecurityEventKind::LoginFailed, None, "client_credentials"), asked.state.store.now());
    let record = move |connection: &mut Connection| {
        // A name that is nobody's is not kept.
        let known = named.map(|id| service_accounts::table.find(id).select(service_accounts::id).get_result(connection).optional()).transpose()?;
        let event = SecurityEvent { principal: known.flatten(), ..event.clone() };
        event.record(connection, now)?;
        Ok(event)
    };
    asked.state.store.by_itself(record).await?.tell();
    Ok(())
}

/// The service account that authenticates as a client.
pub async fn client(state: &AppState, form: &Form, client: Option<&Client>, authorized: bool) -> Result<Result<Id, Refusal>> {
    match credentials(form, client, authorized) {
        Ok((id, secret)) => Ok(authenticate(state, id, secret).await?.ok_or(BAD_CLIENT)),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Why a request is refused whose client need not authenticate: one that does so all the same has to be believed.
pub async fn fault(asked: &TokenRequest<'_>) -> Result<Option<Refusal>> {
    match &asked.client {
        Some(Client { secret: Some(_), in_header, .. }) => {
            // Another scheme in the header, such as a token that a frontend sends along, is no authentication of the client.
            let refusal = client(asked.state, &asked.form, asked.client.as_ref(), *in_header).await?.err();
            if refusal.is_some() {
                failed(asked).await?;
            }
            Ok(refusal)
        }
        // A public client has nothing to prove by.
        Some(Client { in_header: true, .. }) => Ok(None),
        _ => Ok(asked.basic.then_some(BAD_CLIENT)),
    }
}

/// The credentials of the header or of the form; a client uses one way only (RFC 6749, section 2.3).
fn credentials<'a>(form: &Form, client: Option<&'a Client>, authorized: bool) -> Result<(&'a str, &'a str), Refusal> {
    let Some(Client { id, secret: Some(secret), in_header }) = client else {
        return Err(if authorized { BAD_CLIENT } else { NO_CLIENT });
    };
    let sent_twice = *in_header && (form.filled("client_secret").is_some() || form.filled("client_id").is_some_and(|named| named != id));
    if sent_twice || (authorized && !in_header) { Err(NO_CLIENT) } else { Ok((id, secret)) }
}

/// The active service account that has these credentials. Its secret is random and long, so its digest is looked up as it is.
async fn authenticate(state: &AppState, id: &str, secret: &str) -> Result<Option<Id>> {
    let (Some(id), kept, now) = (Id::parse(id), digest(secret), state.store.now()) else { return Ok(None) };
    let find = move |connection: &mut Connection| {
        let previous = service_accounts::previous_secret.eq(&kept).and(service_accounts::previous_secret_until.gt(now));
        let accepted = service_accounts::client_secret.eq(&kept).or(previous);
        let active = service_accounts::id.eq(id).and(service_accounts::state.eq("active"));
        // A secret that is null is equal to none.
        let account = service_accounts::table.filter(active).filter(accepted).select(service_accounts::id);
        Ok(account.get_result(connection).optional()?)
    };
    state.store.unauthenticated(find).await
}
