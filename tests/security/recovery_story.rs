//! A recovery plan goes from the impact analysis to its proof: who plans, who approves, who runs the servers and who reads are different people.
//! Today is Monday, 15 June 2026.

use super::story::{creates, moves};
use crate::on_both;
use serde_json::{Value, json};

on_both! {
    a_recovery_plan_is_approved_tested_found_wanting_and_proven(app) {
        let [officer, colleague, manager] =
            [app.actor("security_officer", None).await, app.actor("security_officer", None).await, app.actor("infrastructure_manager", None).await];
        let [decider, auditor] = [app.actor("compliance_officer", None).await, app.actor("auditor", None).await];
        let orders = creates(app, &manager, "infrastructure/services", &json!({"code": "ORDERS", "name": "Orders", "kind": "business"})).await;
        let process = json!({"code": "BP-1", "name": "Taking orders", "mtpd_seconds": 86_400, "rto_seconds": 14_400, "rpo_seconds": 3600, "depends_on": [{"subject_id": orders}]});
        let process = creates(app, &officer, "security/business-processes", &process).await;
        let plan = json!({"code": "RP-1", "name": "Second data centre", "trigger": "Rotterdam is out.", "scope": [{"subject_id": orders, "rto_seconds": 3600, "rpo_seconds": 3600}]});
        let plan_id = creates(app, &officer, "security/recovery-plans", &plan).await;
        let plan = format!("/api/v1/security/recovery-plans/{plan_id}");
        let step = |number: u32, seconds: u32, before: Value| json!({"recovery_plan_id": plan_id, "number": number, "name": "A step", "duration_seconds": seconds, "depends_on": before, "subject_id": orders});
        assert!(!app.transition(&colleague, &plan, "approved").await.broken().is_empty(), "a plan without steps brings nothing back");
        let first = creates(app, &officer, "security/recovery-steps", &step(1, 3000, json!([]))).await;
        creates(app, &officer, "security/recovery-steps", &step(2, 1200, json!([1]))).await;
        // 3,000 and 1,200 seconds are more than the hour that is promised.
        assert_eq!(app.transition(&colleague, &plan, "approved").await.broken(), ["/scope/0/rto_seconds promise"]);
        let faster = app.patch(&officer, &format!("/api/v1/security/recovery-steps/{first}"), "*", &json!({"duration_seconds": 1800})).await;
        assert_eq!(faster.status, 200, "{}", faster.text);
        assert_eq!(app.transition(&officer, &plan, "approved").await.broken(), [" four_eyes"], "who writes it does not approve it");
        moves(app, &colleague, &plan, &["approved"]).await;
        moves(app, &officer, &plan, &["active"]).await;

        // Who runs the servers reads how the process comes back, and writes none of it.
        let recovery = format!("/api/v1/security/business-processes/{process}/recovery");
        let rto = async |actor| {
            let told = app.get(actor, &recovery).await;
            assert_eq!(told.status, 200, "{}", told.text);
            ["required_seconds", "effective_seconds", "gap_seconds", "proven"].map(|name| told.body["rto"][name].clone())
        };
        assert_eq!(rto(&manager).await, [json!(14_400), json!(3000), json!(-11_400), json!(false)]);
        assert_eq!(app.patch(&manager, &plan, "*", &json!({"trigger": "Never."})).await.status, 403);

        // A test that took too long: closed with a result for all of its scope, and a finding.
        let test = async |name: &str, seconds: u32| {
            let body = json!({"recovery_plan_id": plan_id, "name": name, "kind": "full", "planned_on": "2026-06-15", "tested_on": "2026-06-15", "conclusion": "It is back."});
            let id = creates(app, &officer, "security/recovery-tests", &body).await;
            let path = format!("/api/v1/security/recovery-tests/{id}");
            moves(app, &officer, &path, &["in_progress", "completed"]).await;
            assert_eq!(app.transition(&officer, &path, "closed").await.status, 409, "there is no result");
            creates(app, &officer, "security/recovery-results", &json!({"source_id": id, "subject_id": orders, "measured_rto_seconds": seconds, "measured_rpo_seconds": 60})).await;
            moves(app, &officer, &path, &["closed"]).await;
        };
        test("Spring", 20_000).await;
        assert_eq!(rto(&auditor).await[3], json!(false));
        let findings = app.get(&decider, "/api/v1/governance/findings").await.body;
        assert_eq!(findings["data"].as_array().map(Vec::len), Some(1), "{findings}");
        let finding = format!("/api/v1/governance/findings/{}", findings["data"][0]["id"].as_str().unwrap());
        moves(app, &decider, &finding, &["acknowledged"]).await;
        test("Again", 3_500).await;
        assert_eq!(rto(&auditor).await, [json!(14_400), json!(3000), json!(-11_400), json!(true)]);
        assert_eq!(app.get(&decider, "/api/v1/governance/findings").await.body["data"].as_array().map(Vec::len), Some(1), "what kept its promise opens none");
        let ready = app.get(&auditor, "/api/v1/security/recovery-readiness").await.body;
        assert_eq!(["needed", "uncovered", "rto_missed", "rto_proven"].map(|name| ready[name].clone()), [json!(1), json!(0), json!(0), json!(1)], "{ready}");
    }
}
