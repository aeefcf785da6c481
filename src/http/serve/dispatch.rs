//! From a request to an operation and back: what its path names, who asks, what is answered.

use super::audit::{self, Caller};
use super::metrics::Pattern;
use super::route::Target;
use crate::access::{Session, api_token};
use crate::error::{Kind, Problem, Result};
use crate::http::AppState;
use crate::http::limit::rate::Class;
use crate::http::request::context::RequestContext;
use crate::http::request::header;
use crate::http::response::answer;
use crate::http::response::export::Form;
use crate::view::{Operation, Run, Write};
use actix_web::http::Method;
use actix_web::web::{Data, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use std::sync::Arc;

/// Ports everything under `/api/v1/` that is not a route of its own.
pub async fn dispatch(request: HttpRequest, mut payload: Payload, state: Data<AppState>) -> HttpResponse {
    let outcome = route(&request, &mut payload, &state).await;
    audit::refused(&state, &request, &outcome).await;
    answer::of(&request, outcome)
}

async fn route(request: &HttpRequest, payload: &mut Payload, state: &AppState) -> Result<HttpResponse> {
    let path = request.path().strip_prefix("/api/v1/").unwrap_or_default();
    let target = state.routes.find(path, request.method()).ok_or_else(Problem::not_found)?;
    request.extensions_mut().insert(Pattern(target.pattern()));
    let methods = state.routes.methods(path, &target);
    if !methods.contains(request.method()) {
        return Err(method_not_allowed(&methods).into());
    }
    let session = authenticate(request, state).await?;
    state.limits.admit(request, &session, class(&target, request))?;
    RequestContext { state, session, request, payload }.answer(target).await
}

/// What kind of work a request asks for.
fn class(target: &Target, request: &HttpRequest) -> Class {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match target {
        Target::Operation(Operation { run: Run::Write(Write { long: true, .. } | Write { rehearsed: true, .. }), .. }, _) => Class::Bulk,
        Target::Collection(_) if reads && Form::asked(request).is_some() => Class::Bulk,
        _ if reads => Class::Read,
        _ => Class::Write,
    }
}

/// The session of a request's token (401).
pub async fn authenticate(request: &HttpRequest, state: &AppState) -> Result<Arc<Session>> {
    let token = header::bearer(request)?;
    if api_token::is_one(&token) {
        return by_api_token(request, state, &token).await;
    }
    let session = session_of(state, &token).await?;
    request.extensions_mut().insert(Caller(session.principal));
    Ok(session)
}

/// The session that a token opens now (401).
pub async fn session_of(state: &AppState, token: &str) -> Result<Arc<Session>> {
    if api_token::is_one(token) {
        return Ok(Arc::new(shown(state, token).await?.session));
    }
    let session = state.authenticator.session(&state.store, &state.keys, token).await?;
    session.ok_or_else(|| header::unauthorized().into())
}

/// An API token that was shown (401).
async fn shown(state: &AppState, token: &str) -> Result<api_token::Shown> {
    let (token, now) = (token.to_owned(), state.store.now());
    let shown = state.store.unauthenticated(move |connection| api_token::find(connection, &token, now)).await?;
    shown.ok_or_else(|| header::unauthorized().into())
}

/// The session of an API token. When it was used last is written down now and then, by nobody who waits for an answer.
async fn by_api_token(request: &HttpRequest, state: &AppState, token: &str) -> Result<Arc<Session>> {
    let now = state.store.now();
    let shown = shown(state, token).await?;
    if state.uses.is_due(shown.id, shown.last_used_at, now) {
        let (store, id) = (state.store.clone(), shown.id);
        tokio::spawn(async move {
            if let Err(error) = store.by_itself(move |connection| api_token::note_use(connection, id, now)).await {
                tracing::warn!(problem = %error.into_problem().detail, "the use of an API token could not be written down");
            }
        });
    }
    request.extensions_mut().insert(Caller(shown.session.principal));
    audit::used(state, request, shown.id).await?;
    Ok(Arc::new(shown.session))
}

/// The path answers to other methods.
pub fn method_not_allowed(methods: &[Method]) -> Problem {
    let allow = methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    Problem::new(Kind::MethodNotAllowed, format!("This address answers to {allow}.")).header("Allow", allow)
}
