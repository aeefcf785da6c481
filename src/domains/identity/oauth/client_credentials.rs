//! The grant `client_credentials` (RFC 6749, section 4.4): a service account's own credentials for an access token.

use super::asked::Asked;
use super::form::Client;
use super::issue::issue;
use super::refusal::{BAD_CLIENT, NO_CLIENT, Refusal};
use crate::access::key::LIFETIME_SECONDS;
use crate::access::login::Login;
use crate::access::secret::digest;
use crate::database::{Connection, Kind, Statement};
use crate::error::Result;
use crate::http::House;
use crate::resource::Id;
use serde_json::Value;

/// Answers with an access token alone: who has the credentials needs no refresh token.
pub async fn by_client_credentials(asked: Asked<'_>) -> Result<Result<Value, Refusal>> {
    let house = asked.house;
    let (id, secret) = match credentials(&asked) {
        Ok(credentials) => credentials,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Some(account) = authenticate(house, &id, &secret).await? else { return Ok(Err(BAD_CLIENT)) };
    let now = house.store.now();
    let login = house.store.by_itself(move |connection| Login::begin(connection, account, now, now.plus_seconds(LIFETIME_SECONDS))).await?;
    issue(house, &login, &account.to_string(), None).await
}

/// The credentials of the header or of the form; a client uses one way only (RFC 6749, section 2.3).
fn credentials(asked: &Asked<'_>) -> Result<(String, String), Refusal> {
    let Some(Client { id, secret: Some(secret), in_header }) = asked.client.clone() else {
        return Err(if asked.authorized { BAD_CLIENT } else { NO_CLIENT });
    };
    let sent_twice = in_header && (asked.form.value("client_secret").is_some() || asked.form.filled("client_id").is_some_and(|named| named != id));
    if sent_twice || (asked.authorized && !in_header) { Err(NO_CLIENT) } else { Ok((id, secret)) }
}

/// The active service account that has these credentials. Its secret is random and long, so its digest is looked up as it is.
async fn authenticate(house: &House, id: &str, secret: &str) -> Result<Option<Id>> {
    let (Some(id), kept, now) = (Id::parse(id), digest(secret), house.store.now()) else { return Ok(None) };
    let find = move |connection: &mut Connection| {
        let query = Statement::new("SELECT id FROM service_accounts WHERE state = 'active' AND id = ")
            .with(id, " AND (client_secret = ")
            .with(kept.clone(), " OR (previous_secret = ")
            .with(kept, " AND previous_secret_until > ")
            .with(now, "))");
        Ok(query.first(connection, &[Kind::Id])?.and_then(|row| row.first()?.as_id()))
    };
    house.store.unauthenticated(find).await
}
