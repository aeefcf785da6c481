//! Whether the service can do its work: what was found last, and what the document says of it.

use crate::database::{Check, Database};
use crate::error::Kind;
use crate::http::openapi::Fixed;
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long what was found is told again: however many ask, the database is asked four times a second.
const KEPT: Duration = Duration::from_millis(250);
/// What was found last.
#[derive(Default)]
pub struct Readiness {
    last: tokio::sync::Mutex<Option<(Instant, Vec<Check>)>>,
    is_red: AtomicBool,
}

impl Readiness {
    /// What was found just now, or is found now.
    pub async fn checks(&self, database: &Database) -> Vec<Check> {
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

/// What the document says of it.
pub fn operation() -> Fixed {
    let check = json!({"type": "object", "description": "Check of the readiness.", "required": ["name", "ok", "detail"], "properties": {
        "name": {"type": "string", "description": "Name of the check.", "enum": ["serving", "database", "writer", "queue", "disk"]},
        "ok": {"type": "boolean", "description": "True if the check passes."},
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
        summary: "Get the readiness of the service",
        description: "Answers 200 when the service is not stopping, the database answers within a second, the thread that writes lives, its queue moves on, and the disk has room. Callers with the permission platform.operations:read get each check under `checks`, in the problem as well.",
        public: true,
        permissions: &[],
        path_parameter: None,
        query: &[],
        request: None,
        answers: vec![(200, "The answer.", "application/json", json!({"$ref": "#/components/schemas/Readiness"}))],
        problems: &[Kind::MethodNotAllowed, Kind::Unavailable],
        schemas: vec![("Readiness", readiness)],
    }
}
