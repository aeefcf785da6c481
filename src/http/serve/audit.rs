//! Security events of requests: what is refused, exported and downloaded, and from where.

use super::request_id::request_id;
use super::state::AppState;
use crate::access::security_event::{SecurityEvent, SecurityEventKind};
use crate::error::{Error, Kind, Result};
use crate::resource::Id;
use crate::store::Refusal;
use actix_web::{HttpMessage, HttpRequest};

/// How long the same refusal is told once, in seconds.
const REFUSAL: i64 = 60;
/// How long the reading of one secret address from the same address is told once.
const READING: i64 = 3600;
/// How long the use of a token from the same address is told once.
const USE: i64 = 24 * 3600;

/// Who calls, once that is known: for the log.
pub struct Caller(pub Id);

/// Who calls, if that is known.
pub fn caller(request: &HttpRequest) -> Option<Id> {
    request.extensions().get::<Caller>().map(|caller| caller.0)
}

/// Keeps an event of a request, then tells it.
pub async fn record(state: &AppState, request: &HttpRequest, kind: SecurityEventKind, subject: String) -> Result<()> {
    let event = SecurityEvent {
        kind,
        principal: caller(request),
        address: Some(state.limits.peer(request)),
        subject: Some(subject),
        request_id: Some(request_id(request)),
    };
    let (kept, now) = (event.clone(), state.store.now());
    state.store.by_itself(move |connection| kept.record(connection, now)).await?;
    event.tell();
    Ok(())
}

/// Keeps that a permission was refused. The answer stays a refusal, whatever comes of that.
pub async fn refused<T>(state: &AppState, request: &HttpRequest, outcome: &Result<T>) {
    let Err(Error::Problem(problem)) = outcome else { return };
    if problem.kind != Kind::Forbidden {
        return;
    }
    let subject = format!("{} {}", request.method(), request.path());
    refusal(state, request, Refusal { subject, detail: problem.detail.clone() }).await;
}

/// The same for a part of a request.
pub async fn refusal(state: &AppState, request: &HttpRequest, refusal: Refusal) {
    let what = format!("{:?} {} {}", caller(request), state.limits.peer(request), refusal.detail);
    if !state.lately.is_new(what, REFUSAL, state.store.now()) {
        return;
    }
    if let Err(error) = record(state, request, SecurityEventKind::PermissionRefused, refusal.subject).await {
        tracing::warn!(problem = %error.into_problem().detail, "a refusal could not be recorded");
    }
}

/// Keeps that something was read by an address with a secret in it.
pub async fn read_by_address(state: &AppState, request: &HttpRequest, subject: String) -> Result<()> {
    let what = format!("{subject} {}", state.limits.peer(request));
    if state.lately.is_new(what, READING, state.store.now()) {
        record(state, request, SecurityEventKind::Downloaded, subject).await?;
    }
    Ok(())
}

/// Keeps that an API token was used from an address.
pub async fn used(state: &AppState, request: &HttpRequest, token: Id) -> Result<()> {
    let what = format!("{token} {}", state.limits.peer(request));
    if state.lately.is_new(what, USE, state.store.now()) {
        record(state, request, SecurityEventKind::TokenUsed, token.to_string()).await?;
    }
    Ok(())
}
