//! Logging in on the page through an identity provider: the browser is sent there, and comes back with an ID token (OpenID Connect Core 1.0,
//! section 3.2, sent by a form as OAuth 2.0 Form Post Response Mode says).

use super::super::openid::{self, Renewal};
use super::authorize::{self, Authorization};
use super::form::Form;
use super::page;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use diesel::prelude::*;
use serde_json::Value;
use steward_core::access::authorization::{self, CODE_SECONDS};
use steward_core::access::login;
use steward_core::access::secret::{digest, new_secret};
use steward_core::database::Connection;
use steward_core::error::Result;
use steward_core::http::AppState;
use steward_core::resource::Id;
use steward_schema::identity::identity_providers;
use url::Url;

/// Where a login through a provider begins, beside the login page.
pub const START: &str = "/api/v1/auth/provider";
/// Where it comes back.
pub const CALLBACK: &str = "/api/v1/auth/callback";

/// `GET /api/v1/auth/provider`: sends the browser to a provider.
pub async fn start(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let Some(parameters) = authorize::query_of(&request) else { return page::refusal(400, "The request cannot be read: a parameter stands in it twice.") };
    let asked = match authorize::asked(&state, &parameters).await {
        Ok(Ok(asked)) => asked,
        Ok(Err(fault)) => return authorize::refused(&state, fault),
        Err(error) => return authorize::broken(&error.into_problem()),
    };
    let code = parameters.get("provider").cloned().unwrap_or_default();
    match sent_to(&state, &asked, code).await {
        Ok(Ok(address)) => page::html(303, None).insert_header(("Location", address)).finish(),
        Ok(Err(detail)) => page::refusal(400, detail),
        Err(error) => authorize::broken(&error.into_problem()),
    }
}

/// Where a provider logs somebody in for a request, which waits meanwhile.
async fn sent_to(state: &AppState, asked: &Authorization, code: String) -> Result<Result<String, &'static str>> {
    let find = move |connection: &mut Connection| {
        let active = identity_providers::table.filter(identity_providers::code.eq(&code).and(identity_providers::state.eq("active")));
        let columns = (identity_providers::id, identity_providers::issuer, identity_providers::audiences);
        Ok(active.select(columns).get_result::<(Id, String, Value)>(connection).optional()?)
    };
    let Some((provider, issuer, audiences)) = state.store.unauthenticated(find).await? else {
        return Ok(Err("There is no such identity provider, or it is disabled."));
    };
    let Some(client) = audiences.get(0).and_then(Value::as_str) else { return Ok(Err("The identity provider has no client id.")) };
    let endpoint = match openid::authorization_endpoint(state, &issuer).await {
        Ok(endpoint) => endpoint,
        Err(reason) => {
            tracing::warn!(issuer, reason, "an identity provider cannot be used on the login page");
            return Ok(Err("The identity provider cannot be reached now, or has no login page. Try again, or log in another way."));
        }
    };
    let Ok(mut address) = Url::parse(&endpoint) else { return Ok(Err("The address of the identity provider cannot be read.")) };
    let (waiting, nonce, now) = (new_secret(), new_secret(), state.store.now());
    let callback = format!("{}{CALLBACK}", state.keys.issuer());
    address.query_pairs_mut().extend_pairs([
        ("response_type", "id_token"),
        ("response_mode", "form_post"),
        ("scope", "openid email profile"),
        ("client_id", client),
        ("redirect_uri", callback.as_str()),
        ("state", waiting.as_str()),
        ("nonce", nonce.as_str()),
    ]);
    let request = serde_json::to_value(asked).map_err(steward_core::error::Error::unwritable)?;
    let keep = move |connection: &mut Connection| authorization::keep_request(connection, &waiting, provider, &digest(&nonce), &request, now);
    state.store.by_itself(keep).await?;
    Ok(Ok(address.into()))
}

/// `POST /api/v1/auth/callback`: what the browser brings back.
pub async fn callback(request: HttpRequest, mut payload: Payload, state: Data<AppState>) -> HttpResponse {
    let form = match Form::read(&request, &mut payload).await {
        Ok(Some(form)) => form,
        Ok(None) => return page::refusal(400, "The answer of the identity provider cannot be read."),
        Err(error) => return authorize::broken(&error.into_problem()),
    };
    match came_back(&state, &form).await {
        Ok(Ok((asked, code))) => authorize::granted(&state, &asked, &code),
        Ok(Err(detail)) => page::refusal(400, detail),
        Err(error) => authorize::broken(&error.into_problem()),
    }
}

const TOO_LATE: &str = "This login was not begun here, took too long, or has been used already. Go back to the application and log in again.";
const NOBODY: &str = "The identity provider logs nobody in here. Try again; if that does not help, ask an administrator whether you have an account.";

/// The request that waited and a code for it; or why there is none.
async fn came_back(state: &AppState, form: &Form) -> Result<Result<(Authorization, String), &'static str>> {
    let (Some(waiting), now) = (form.filled("state").map(str::to_owned), state.store.now()) else { return Ok(Err(TOO_LATE)) };
    let taken = state.store.by_itself(move |connection| authorization::take_request(connection, &waiting, now)).await?;
    let Some((provider, nonce, request)) = taken else { return Ok(Err(TOO_LATE)) };
    let Ok(asked) = serde_json::from_value::<Authorization>(request) else { return Ok(Err(TOO_LATE)) };
    let Some(token) = form.filled("id_token") else { return Ok(Err(NOBODY)) };
    // A token that was got for another login, elsewhere, is refused whoever signed it.
    if openid::nonce_of(token).map(|shown| digest(&shown)) != Some(nonce) {
        return Ok(Err(NOBODY));
    }
    let renewal = Renewal { secret: new_secret(), until: now.plus_seconds(CODE_SECONDS) };
    let Some(begun) = openid::exchange_of(state, token, &renewal, Some(provider)).await? else { return Ok(Err(NOBODY)) };
    let (grant, code) = (asked.grant(), new_secret());
    let kept = code.clone();
    let keep = move |connection: &mut Connection| {
        // Nobody has the refresh token with which the exchange began: the code brings the first one.
        login::forget_tokens(connection, begun.id)?;
        grant.keep(connection, &kept, &begun, now)
    };
    state.store.by_itself(keep).await?;
    Ok(Ok((asked, code)))
}
