//! What the guards that a resource writes by hand ask for before its moves: the one place where a test knows a collection by name.

use super::TestApp;
use serde_json::{Map, Value, json};
use steward::resource::ResourceType;

/// Fields that a record needs beside its sample.
pub async fn fields(app: &TestApp, definition: &'static ResourceType, body: &mut Map<String, Value>) {
    match definition.path {
        "teams/development-plans" => drop(body.insert("person_id".into(), app.person_of_admin().await.into())),
        "teams/performance-reviews" => drop(body.insert("reviewer_id".into(), app.person_of_second().await.into())),
        "infrastructure/changes" => drop(body.insert("emergency_approver_id".into(), app.person_of_second().await.into())),
        "finance/budget-transfers" => {
            let from = app.get(&app.admin, &format!("/api/v1/finance/budget-lines/{}", body["from_line_id"].as_str().unwrap())).await.body;
            let mut line = app.sample("finance/budget-lines", "other").await;
            line.insert("budget_id".into(), from["budget_id"].clone());
            body.insert("to_line_id".into(), app.make("finance/budget-lines", &line.into()).await["id"].clone());
        }
        _ => {}
    }
}

/// Who makes a move, where it matters: true for the second administrator.
pub fn mover(path: &str, to: &str) -> Option<bool> {
    match (path, to) {
        ("teams/performance-reviews", "calibration" | "shared") => Some(true),
        ("teams/performance-reviews", "acknowledged") => Some(false),
        // Who writes a requisition submits it, since they may not approve it either.
        ("vendors/requisitions", "submitted") => Some(false),
        _ => None,
    }
}

/// Records that must stand beside one.
pub async fn surroundings(app: &TestApp, definition: &'static ResourceType, made: &Value) {
    match definition.path {
        "governance/controls" => {
            app.make("governance/control-tests", &json!({"control_id": made["id"], "kind": "operating", "tested_on": "2026-06-14", "result": "passed"})).await;
        }
        "finance/allocation-runs" => {
            for code in ["CC-SALES", "CC-FACTORY"] {
                let there = app.get(&app.admin, &format!("/api/v1/finance/cost-centers?code={code}")).await;
                if there.body["data"] == json!([]) {
                    let mut body = app.sample("finance/cost-centers", code).await;
                    body.insert("code".into(), code.into());
                    app.make("finance/cost-centers", &body.into()).await;
                }
            }
        }
        _ => {}
    }
}

/// What must be done before a move.
pub async fn before(app: &TestApp, definition: &'static ResourceType, record: &Value, to: &str) {
    if (definition.path, to) == ("projects/projects", "executing") {
        let there = app.get(&app.admin, &format!("/api/v1/projects/baselines?project_id={}", record["id"].as_str().unwrap())).await;
        if there.body["data"] == json!([]) {
            let mut body = app.sample("projects/baselines", "current").await;
            body.insert("project_id".into(), record["id"].clone());
            let baseline = app.make("projects/baselines", &body.into()).await;
            let definition = app.served.store.definitions.get("projects/baselines").unwrap();
            app.bring(definition, baseline["id"].as_str().unwrap(), &["current"]).await;
        }
    }
}
