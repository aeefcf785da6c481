//! What is read without a login by whoever has an address with a secret in it, as programs do that know no login.

use super::audit::{self, Caller};
use super::state::AppState;
use crate::access::Session;
use crate::database::Connection;
use crate::error::{Problem, Result};
use crate::http::response::answer;
use crate::resource::Id;
use crate::store::Reader;
use crate::view::Download;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, REFERRER_POLICY};
use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use std::sync::Arc;

/// An address with a secret in it. It shows what the owner of the secret may see at that moment, and nothing else.
pub struct Keyed {
    /// Its path, with the secret as `{token}`.
    pub path: &'static str,
    /// Whose secret it is, and of what.
    pub owner: fn(&mut Connection, &str) -> Result<Option<Owned>>,
    /// Reads as the owner.
    pub read: fn(&mut Reader<'_>, &str) -> Result<Download>,
}

/// Whose a secret is.
pub struct Owned {
    /// The user who sees what the secret shows.
    pub owner: Id,
    /// What it shows, as an address without the secret.
    pub subject: String,
}

/// Mounts an address.
pub fn mount(config: &mut ServiceConfig, keyed: &'static Keyed) {
    let answer = move |request: HttpRequest, token: Path<String>, state: Data<AppState>| async move {
        let outcome = read(keyed, &request, token.into_inner(), &state).await;
        answer::of(&request, outcome)
    };
    config.service(super::read_only::read_only(keyed.path, super::read_only::reading().to(answer)));
}

/// A secret that is unknown, revoked, or of somebody who may not log in any more: all the same to whoever asks.
async fn read(keyed: &'static Keyed, request: &HttpRequest, token: String, state: &AppState) -> Result<HttpResponse> {
    let known = token.clone();
    let session = state.store.unauthenticated(move |connection| {
        let Some(owned) = (keyed.owner)(connection, &known)? else { return Ok(None) };
        Ok(Session::load(connection, owned.owner)?.map(|session| (session, owned.subject)))
    });
    let (session, subject) = session.await?.ok_or_else(Problem::not_found)?;
    let session = Arc::new(session);
    request.extensions_mut().insert(Caller(session.principal));
    let file = state.store.read(&session, move |reader| (keyed.read)(reader, &token)).await?;
    audit::read_by_address(state, request, subject).await?;
    let mut answer = answer::file(file);
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    answer.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(answer)
}
