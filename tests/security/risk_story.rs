//! A risk is treated until it is within the appetite, comes back, and is accepted for a time; another one is retained: who assesses, who owns,
//! who decides and who reads are different people. Today is Monday, 15 June 2026.

use super::story::{creates, moves};
use super::{matrix, place, position};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

/// A published matrix and an appetite, as the officer writes them, and a risk of an owner; the risk and its address.
async fn begun(app: &TestApp, officer: &Actor, owner: &str, max_level: u32) -> (String, String) {
    let matrix = creates(app, officer, "security/risk-matrices", &matrix("RM")).await;
    moves(app, officer, &format!("/api/v1/security/risk-matrices/{matrix}"), &["published"]).await;
    let appetite = json!({"name": "General", "risk_matrix_id": matrix, "max_level": max_level, "starts_on": "2026-01-01"});
    creates(app, officer, "security/risk-appetites", &appetite).await;
    let body = json!({"code": "R-1", "title": "Ransomware", "category": "security", "risk_matrix_id": matrix, "event": "Files are encrypted.", "owner_id": owner, "next_review_on": "2026-12-01"});
    let risk = creates(app, officer, "security/risks", &body).await;
    let inherent = json!({"risk_id": risk, "stage": "inherent", "likelihood": 3, "impact": 2, "assessed_on": "2026-06-01"});
    let inherent = creates(app, officer, "security/risk-assessments", &inherent).await;
    moves(app, officer, &format!("/api/v1/security/risk-assessments/{inherent}"), &["confirmed"]).await;
    let path = format!("/api/v1/security/risks/{risk}");
    (risk, path)
}

async fn tests(app: &TestApp, actor: &Actor, control: &str, result: &str) {
    creates(app, actor, "governance/control-tests", &json!({"control_id": control, "kind": "operating", "tested_on": "2026-06-15", "result": result})).await;
}

on_both! {
    a_risk_is_treated_until_it_is_within_the_appetite_and_accepted_for_a_time_when_it_is_not(app) {
        let [officer, colleague, owner, other] =
            [app.actor("security_officer", None).await, app.actor("security_officer", None).await, app.actor("employee", None).await, app.actor("employee", None).await];
        let [decider, auditor] = [app.actor("compliance_officer", None).await, app.actor("auditor", None).await];
        let person = app.person_of(owner.id.unwrap()).await;
        app.person_of(other.id.unwrap()).await;
        let (risk, path) = begun(app, &officer, &person, 2).await;
        let control = json!({"code": "C-1", "name": "Mail filter", "kind": "preventive", "test_period_days": 90, "design_effectiveness": 0.9});
        let control = creates(app, &officer, "governance/controls", &control).await;
        let scenario = json!({"risk_id": risk, "name": "By mail", "inherent_frequency": 2, "controls": [{"control_id": control, "acts_on": "likelihood"}]});
        creates(app, &officer, "security/risk-scenarios", &scenario).await;
        moves(app, &officer, &path, &["analysed"]).await;
        // Twice a year is frequent, and major: high, above medium.
        assert_eq!(place(&position(app, &officer, &risk).await, "current"), json!([3, 2, 3, true]));
        assert_eq!(app.transition(&officer, &path, "monitored").await.broken(), [" appetite"]);
        moves(app, &officer, &path, &["treating"]).await;

        // Its owner sees it with what is done about it; another employee does not.
        let treatment = json!({"risk_id": risk, "name": "Filter mail", "kind": "modify", "control_id": control, "due_on": "2026-09-30"});
        let treatment = format!("/api/v1/security/treatments/{}", creates(app, &officer, "security/treatments", &treatment).await);
        let seen = position(app, &owner, &risk).await;
        assert_eq!((place(&seen, "inherent"), &seen["treatments"][0]["name"], &seen["partial"]), (json!([3, 2, 3, false]), &json!("Filter mail"), &json!(true)), "{seen}");
        assert_eq!([app.get(&other, &path).await.status, app.get(&other, &treatment).await.status], [404, 404]);
        moves(app, &owner, &treatment, &["in_progress"]).await;
        assert_eq!(app.patch(&owner, &treatment, "*", &json!({"progress_percent": 80})).await.status, 200);
        moves(app, &officer, &format!("/api/v1/governance/controls/{control}"), &["implemented"]).await;
        moves(app, &owner, &treatment, &["implemented"]).await;
        assert_eq!(app.transition(&owner, &treatment, "verified").await.status, 403, "who does it does not verify it");
        assert_eq!(app.transition(&colleague, &treatment, "verified").await.broken(), ["/control_id test"]);
        tests(app, &officer, &control, "passed").await;
        moves(app, &officer, &format!("/api/v1/governance/controls/{control}"), &["operating"]).await;
        moves(app, &colleague, &treatment, &["verified"]).await;
        // 2 · 0.1 a year is possible: medium.
        assert_eq!(place(&position(app, &auditor, &risk).await, "current"), json!([2, 2, 2, true]));
        moves(app, &officer, &path, &["monitored"]).await;
        assert_eq!(app.transition(&auditor, &path, "closed").await.status, 403);

        // The filter fails: the risk is above the appetite again, and is accepted by its owner under an exception that somebody else decides.
        tests(app, &officer, &control, "failed").await;
        let register = app.get(&auditor, "/api/v1/security/risk-register?breached=true").await.body;
        assert_eq!(register["data"].as_array().map(Vec::len), Some(1), "{register}");
        moves(app, &officer, &path, &["analysed"]).await;
        assert_eq!(app.transition(&owner, &path, "monitored").await.broken(), [" appetite"]);
        let wanted = json!({"title": "Until the filter is mended", "kind": "risk_acceptance", "subject_id": risk, "level": "high", "justification": "The maker mends it in July.",
            "starts_on": "2026-06-15", "expires_on": "2026-07-31", "requester_id": person});
        let exception = format!("/api/v1/governance/exceptions/{}", creates(app, &owner, "governance/exceptions", &wanted).await);
        moves(app, &owner, &exception, &["submitted"]).await;
        assert_eq!(app.transition(&owner, &exception, "approved").await.status, 403);
        moves(app, &decider, &exception, &["approved"]).await;
        moves(app, &owner, &path, &["monitored"]).await;
        moves(app, &decider, &exception, &["active", "revoked"]).await;
        assert_eq!(app.get(&owner, &path).await.body["state"], json!("analysed"));
        let trail = app.get(&auditor, &format!("/api/v1/platform/resources/{risk}/history")).await;
        assert_eq!(trail.status, 200, "{}", trail.text);
    }

    a_risk_within_the_appetite_is_retained_by_its_owner_and_closed(app) {
        let [officer, colleague, owner] = [app.actor("security_officer", None).await, app.actor("security_officer", None).await, app.actor("employee", None).await];
        let person = app.person_of(owner.id.unwrap()).await;
        let (risk, path) = begun(app, &officer, &person, 1).await;
        creates(app, &officer, "security/risk-scenarios", &json!({"risk_id": risk, "name": "By mail", "inherent_frequency": 0.05, "controls": []})).await;
        moves(app, &officer, &path, &["analysed"]).await;
        assert_eq!(place(&position(app, &owner, &risk).await, "current"), json!([1, 2, 1, true]));
        let treatment = creates(app, &officer, "security/treatments", &json!({"risk_id": risk, "name": "Bear it", "kind": "retain"})).await;
        let treatment = format!("/api/v1/security/treatments/{treatment}");
        moves(app, &officer, &treatment, &["in_progress"]).await;
        assert_eq!(app.transition(&officer, &treatment, "implemented").await.broken(), [" owner"], "who assesses does not accept");
        moves(app, &owner, &treatment, &["implemented"]).await;
        assert_eq!(app.get(&officer, &treatment).await.body["accepted_on"], json!("2026-06-15"));
        moves(app, &colleague, &treatment, &["verified"]).await;
        moves(app, &owner, &path, &["monitored"]).await;
        assert_eq!(app.transition(&owner, &path, "closed").await.status, 403);
        assert_eq!(app.transition(&officer, &path, "closed").await.broken(), ["/closure_reason required"]);
        assert_eq!(app.patch(&officer, &path, "*", &json!({"closure_reason": "The service is gone."})).await.status, 200);
        moves(app, &officer, &path, &["closed"]).await;
        assert_eq!(position(app, &officer, &risk).await["treatments"].as_array().map(Vec::len), Some(1));
        assert_eq!(app.get(&owner, &path).await.body["closure_reason"], Value::from("The service is gone."));
    }
}
