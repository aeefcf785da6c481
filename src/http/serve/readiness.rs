//! `GET /readyz`: whether the service can do its work, and, for who may know, what keeps it from that.

use super::state::AppState;
use crate::access::Reach;
use crate::database::{Check, Database};
use crate::error::{Kind, Problem};
use crate::http::openapi::Fixed;
use crate::http::request::header;
use crate::http::response::answer;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long what was found is told again: however many ask, the database is asked four times a second.
const KEPT: Duration = Duration::from_millis(250);
/// How long it may take to find out who asks.
const PATIENCE: Duration = Duration::from_secs(1);
/// What who asks must be permitted to be told more than yes or no.
const PERMISSION: &str = "platform.operations:read";

/// What was found last.
#[derive(Default)]
pub struct Readiness {
    last: tokio::sync::Mutex<Option<(Instant, Vec<Check>)>>,
    is_red: AtomicBool,
}

impl Readiness {
    async fn checks(&self, database: &Database) -> Vec<Check> {
        let mut last = self.last.lock().await;
        if let Some((_, known)) = last.as_ref().filter(|(at, _)| at.elapsed() < KEPT) {
            return known.clone();
        }
        let checks = database.checks().await;
        let failing: Vec<&str> = checks.iter().filter(|check| !check.ok).map(|check| check.name).collect();
        if self.is_red.swap(!failing.is_empty(), Ordering::Relaxed) == failing.is_empty() {
            tracing::warn!(failing = failing.join(", "), ready = failing.is_empty(), "readiness has changed");
        }
        *last = Some((Instant::now(), checks.clone()));
        checks
    }
}

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
    session.is_some_and(|session| session.reach(PERMISSION) != Reach::Nothing)
}

/// What the document says of it.
pub fn operation() -> Fixed {
    let check = json!({"type": "object", "description": "One thing that must hold.", "required": ["name", "ok", "detail"], "properties": {
        "name": {"type": "string", "description": "Name of the check.", "enum": ["serving", "database", "writer", "queue", "disk"]},
        "ok": {"type": "boolean", "description": "True if it holds."},
        "detail": {"type": "string", "description": "Finding in a sentence."},
    }});
    let readiness = json!({"type": "object", "description": "The readiness of the service.", "required": ["status"], "properties": {
        "status": {"type": "string", "description": "Always `ready`.", "enum": ["ready"]},
        "checks": {"type": "array", "description": "Each check with its finding, for callers with platform.operations:read.", "items": check},
    }});
    Fixed {
        path: "/readyz",
        method: "get",
        operation_id: "get_readiness",
        summary: "Is the service ready",
        description: "Answers 200 when the service is not stopping, the database answers within a second, the thread that writes lives, its queue moves on, and the disk has room. Callers with the permission platform.operations:read get each check under `checks`, in the problem as well.",
        public: true,
        permissions: &[],
        path_parameter: None,
        request: None,
        answers: vec![(200, "The answer.", "application/json", json!({"$ref": "#/components/schemas/Readiness"}))],
        problems: &[Kind::MethodNotAllowed, Kind::Unavailable],
        schemas: vec![("Readiness", readiness)],
    }
}
