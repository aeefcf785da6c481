//! An audit, a rejected exception and a request of a person go to their ends: who looks, who puts right, who asks and who decides are different
//! people. Today is Monday, 15 June 2026.

use crate::on_both;
use crate::security::story::{creates, moves};
use serde_json::{Value, json};

on_both! {
    an_audit_goes_from_its_plan_to_a_finding_that_is_put_right(app) {
        let [lead, second, officer, auditor] =
            [app.actor("audit_lead", None).await, app.actor("audit_lead", None).await, app.actor("compliance_officer", None).await, app.actor("auditor", None).await];
        let control = json!({"code": "C-1", "name": "Leavers", "kind": "corrective", "test_period_days": 90});
        let control = creates(app, &officer, "governance/controls", &control).await;
        let audit = json!({"code": "AUD-1", "name": "Access", "scope": "All rights.", "criteria": "ISO/IEC 27001, A.5.18", "starts_on": "2026-06-15", "ends_on": "2026-06-19"});
        let audit_id = creates(app, &lead, "governance/audits", &audit).await;
        let audit = format!("/api/v1/governance/audits/{audit_id}");
        let procedure = json!({"audit_id": audit_id, "title": "Leavers lose their rights", "control_id": control, "population": 118, "sample_size": 25, "seed": 7});
        let procedure = format!("/api/v1/governance/audit-procedures/{}", creates(app, &lead, "governance/audit-procedures", &procedure).await);
        moves(app, &lead, &audit, &["announced", "fieldwork", "reporting"]).await;
        let report = json!({"conclusion": "Rights are taken away late.", "reported_on": "2026-06-15"});
        assert_eq!(app.patch(&lead, &audit, "*", &report).await.status, 200);
        assert_eq!(app.transition(&lead, &audit, "closed").await.broken(), [" open_procedure"]);
        let result = json!({"result": "exceptions", "exceptions": 3, "performed_on": "2026-06-15", "conclusion": "Three stood open."});
        assert_eq!(app.patch(&lead, &procedure, "*", &result).await.status, 200);
        let finding = json!({"title": "Rights are taken away late", "kind": "major", "description": "Three of 25.", "source_id": audit_id, "control_id": control, "found_on": "2026-06-15", "due_on": "2026-07-31"});
        let finding_id = creates(app, &lead, "governance/findings", &finding).await;
        let finding = format!("/api/v1/governance/findings/{finding_id}");
        moves(app, &lead, &audit, &["closed"]).await;

        // Who is audited puts it right; a nonconformity neither vanishes nor becomes less.
        assert_eq!(app.delete(&officer, &finding, "*").await.broken(), [" nonconformity"]);
        moves(app, &officer, &finding, &["acknowledged"]).await;
        assert_eq!(app.patch(&officer, &finding, "*", &json!({"kind": "observation"})).await.broken(), ["/kind downgrade"]);
        let put_right = json!({"correction": "The three were closed.", "root_cause": "Nobody tells.", "action_decision": "required"});
        assert_eq!(app.patch(&officer, &finding, "*", &put_right).await.status, 200);
        moves(app, &officer, &finding, &["action_planned", "in_remediation"]).await;
        let action = json!({"finding_id": finding_id, "title": "Tell", "completed_on": "2026-06-15"});
        let action = format!("/api/v1/governance/corrective-actions/{}", creates(app, &officer, "governance/corrective-actions", &action).await);
        moves(app, &officer, &action, &["in_progress", "done"]).await;
        moves(app, &officer, &finding, &["ready_for_verification"]).await;
        assert_eq!(app.transition(&officer, &finding, "closed").await.broken(), [" four_eyes"], "who put it right does not close it");
        moves(app, &second, &finding, &["closed"]).await;

        // The auditor reads all of it, with its trail, and writes nothing.
        for path in [&audit, &procedure, &finding, &action] {
            assert_eq!(app.get(&auditor, path).await.status, 200, "{path}");
            assert_eq!(app.patch(&auditor, path, "*", &json!({"title": "Nothing"})).await.status, 403, "{path}");
        }
        let trail = app.get(&auditor, &format!("/api/v1/platform/resources/{finding_id}/history")).await;
        assert_eq!(trail.status, 200, "{}", trail.text);
        let told = app.get(&auditor, "/api/v1/governance/findings/standing").await.body;
        assert_eq!((&told["total"]["findings"], &told["total"]["open"]), (&json!(1), &json!(0)), "{told}");
    }

    a_rejected_exception_is_asked_for_again_and_one_that_is_to_begin_later_is_taken_back(app) {
        let [employee, other, decider] = [app.actor("employee", None).await, app.actor("employee", None).await, app.actor("compliance_officer", None).await];
        let asks = app.person_of(employee.id.unwrap()).await;
        app.person_of(other.id.unwrap()).await;
        let wanted = json!({"title": "A mail client of its own", "kind": "policy_waiver", "subject_id": asks, "level": "low", "justification": "It reads aloud.",
            "starts_on": "2026-07-01", "expires_on": "2026-12-31", "requester_id": asks});
        let path = format!("/api/v1/governance/exceptions/{}", creates(app, &employee, "governance/exceptions", &wanted).await);
        assert_eq!(app.get(&other, &path).await.status, 404);
        moves(app, &employee, &path, &["submitted"]).await;
        assert_eq!(app.transition(&employee, &path, "approved").await.status, 403);
        moves(app, &decider, &path, &["rejected"]).await;
        moves(app, &employee, &path, &["draft"]).await;
        assert_eq!(app.patch(&employee, &path, "*", &json!({"compensating_controls": "It is patched monthly."})).await.status, 200);
        moves(app, &employee, &path, &["submitted"]).await;
        moves(app, &decider, &path, &["approved", "revoked"]).await;
        assert_eq!(app.get(&employee, &path).await.body["state"], json!("revoked"));
        assert_eq!(app.get(&decider, "/api/v1/governance/findings").await.body["data"], json!([]), "it has covered nothing yet");
    }

    a_request_of_a_person_is_due_by_law_and_an_answer_that_came_late_says_why(app) {
        let [officer, security] = [app.actor("compliance_officer", None).await, app.actor("security_officer", None).await];
        let request = |code: &str, received_on: &str| json!({"code": code, "kind": "access", "requester_name": "Ada Example", "received_on": received_on});
        let mut forged = request("DSR-0", "2026-06-10");
        forged["due_on"] = json!("2028-06-10");
        assert_eq!(app.post(&officer, "/api/v1/governance/data-subject-requests", &forged).await.broken(), ["/due_on server_field"]);
        let path = format!("/api/v1/governance/data-subject-requests/{}", creates(app, &officer, "governance/data-subject-requests", &request("DSR-1", "2026-06-10")).await);
        let due = async || app.get(&officer, &path).await.body["due_on"].clone();
        assert_eq!(due().await, json!("2026-07-10"), "a month");
        moves(app, &officer, &path, &["in_progress"]).await;
        assert_eq!(app.patch(&officer, &path, "*", &json!({"extended_on": "2026-06-15", "extension_reason": "Eight years of tickets."})).await.status, 200);
        assert_eq!(due().await, json!("2026-09-10"), "and two more");
        moves(app, &officer, &path, &["extended"]).await;
        let late = format!("/api/v1/governance/data-subject-requests/{}", creates(app, &officer, "governance/data-subject-requests", &request("DSR-2", "2026-04-30")).await);
        moves(app, &officer, &late, &["in_progress"]).await;
        // Due on 30 May.
        let answer = json!({"identity_verified_on": "2026-05-02", "answered_on": "2026-06-15", "answer": "A copy was sent."});
        assert_eq!(app.patch(&officer, &late, "*", &answer).await.broken(), ["/delay_reason late"]);
        let mut told = answer;
        told["delay_reason"] = json!("The archive could not be read.");
        assert_eq!(app.patch(&officer, &late, "*", &told).await.status, 200);
        moves(app, &officer, &late, &["answered"]).await;
        let seen = app.get(&security, &late).await;
        assert_eq!((seen.status, &seen.body["requester_name"], &seen.body["delay_reason"]), (200, &Value::Null, &json!("The archive could not be read.")), "{}", seen.text);
    }
}
