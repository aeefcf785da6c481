//! `GET /readyz`: whether the service can do its work, and, for who may know, what keeps it from that. `GET /metrics`: how it does.

use super::metrics::Access;
use super::state::AppState;
use crate::access::Reach;
use crate::access::role::SEES_READINESS;
use crate::database::Check;
use crate::error::{Kind, Problem};
use crate::http::request::header;
use crate::http::response::answer;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long it may take to find out who asks.
const PATIENCE: Duration = Duration::from_secs(1);

/// `GET /readyz`.
pub async fn readyz(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let mut checks =
        vec![Check::new("serving", if state.closing.load(Ordering::Relaxed) { Err("The service is stopping.".into()) } else { Ok("It serves.".into()) })];
    checks.extend(state.readiness.checks(&state.store.database).await);
    let ready = checks.iter().all(|check| check.ok);
    let told: Option<Value> =
        may_know(&request, &state).await.then(|| checks.iter().map(|check| json!({"name": check.name, "ok": check.ok, "detail": check.detail})).collect());
    if !ready {
        let problem = Problem::new(Kind::Unavailable, "The service is starting, stopping, or not able to do its work. Try again in a moment.");
        return answer::problem(&request, &told.into_iter().fold(problem, |problem, checks| problem.with("checks", checks)));
    }
    let mut body = json!({"status": "ready"});
    if let Some(checks) = told {
        body["checks"] = checks;
    }
    answer::json(200, &body)
}

/// Whether who asks may be told what was found. When the database does not answer, those are known who were known before.
async fn may_know(request: &HttpRequest, state: &AppState) -> bool {
    let Ok(token) = header::bearer(request) else { return false };
    let asked = state.authenticator.session(&state.store, &state.keys, &token);
    let session = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(session)) => session,
        Ok(Err(_)) | Err(_) => state.authenticator.remembered(&token, state.store.now()),
    };
    session.is_some_and(|session| session.reach(SEES_READINESS) != Reach::Nothing)
}

/// `GET /metrics`.
pub async fn metrics(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let outcome = match state.metrics.access {
        Access::Off => Err(Problem::not_found().into()),
        Access::Permission if header::bearer(&request).is_err() => Err(header::unauthorized().into()),
        Access::Permission if !may_know(&request, &state).await => Err(Problem::forbidden(SEES_READINESS).into()),
        Access::Permission | Access::Public => state.metrics.text(&state.store, &state.readiness, !state.closing.load(Ordering::Relaxed)).await,
    };
    answer::of(&request, outcome.map(|text| HttpResponse::Ok().content_type(prometheus::TEXT_FORMAT).body(text)))
}
