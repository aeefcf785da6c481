//! Facts that the service writes: who attests, when something was fixed, how severe a weakness is.

use super::{excepted, made, moved, sha256_of};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

/// A version of a policy, and the hash of what it says.
async fn version(app: &TestApp, number: u32) -> (String, String) {
    let policy = made(app, "security/policies", json!({"code": format!("POL-{number}"), "title": "Access"})).await;
    let body = "Every right has an owner.";
    let sha256 = sha256_of(body);
    let version = json!({"policy_id": policy, "major": 1, "minor": 0, "body": body, "sha256": sha256, "effective_on": "2026-06-01"});
    (made(app, "security/policy-versions", version).await, sha256)
}

async fn attest(app: &TestApp, actor: &Actor, body: &Value) -> (u16, Vec<String>) {
    let answer = app.post(actor, "/api/v1/security/attestations", body).await;
    (answer.status, if answer.status == 201 { Vec::new() } else { answer.broken() })
}

on_both! {
    a_person_attests_for_themself_the_published_version_once_and_now(app) {
        let (version, sha256) = version(app, 1).await;
        let body = json!({"policy_version_id": version, "sha256": sha256});
        let second = app.second_admin().await;
        assert_eq!(attest(app, &second, &body).await, (422, vec!["/person_id person".to_owned()]), "an account without a person attests nothing");
        let person = app.person_of_second().await;
        let second = app.log_in_as(&second.id.unwrap().to_string());
        assert_eq!(attest(app, &second, &body).await, (409, vec!["/policy_version_id state".to_owned()]), "it is a draft");
        moved(app, &app.admin, "security/policy-versions", &version, "in_review").await;
        moved(app, &second, "security/policy-versions", &version, "approved").await;
        moved(app, &app.admin, "security/policy-versions", &version, "published").await;
        for (name, value) in [("person_id", json!(person)), ("attested_at", json!("2099-01-01T00:00:00Z"))] {
            let mut forged = body.clone();
            forged[name] = value;
            assert_eq!(attest(app, &second, &forged).await, (422, vec![format!("/{name} server_field")]));
        }
        let made = app.post(&second, "/api/v1/security/attestations", &body).await;
        assert_eq!((made.status, &made.body["person_id"]), (201, &json!(person)), "{}", made.text);
        assert_eq!(made.body["attested_at"], json!(app.clock.now().to_string()));
        assert_eq!(attest(app, &second, &body).await, (409, vec!["/policy_version_id duplicate".to_owned()]));
    }

    what_is_fixed_says_since_when_and_what_is_reopened_does_not(app) {
        let server = made(app, "infrastructure/virtual-machines", json!({"name": "order"})).await;
        let body = json!({"title": "Hole", "subject_id": server, "severity": "high", "detected_on": "2026-06-10"});
        let mut forged = body.clone();
        forged["fixed_on"] = json!("2026-06-11");
        assert_eq!(app.post(&app.admin, "/api/v1/security/vulnerabilities", &forged).await.broken(), ["/fixed_on server_field"]);
        let hole = made(app, "security/vulnerabilities", body).await;
        for state in ["triaged", "in_remediation", "fixed"] {
            moved(app, &app.admin, "security/vulnerabilities", &hole, state).await;
        }
        let path = format!("/api/v1/security/vulnerabilities/{hole}");
        assert_eq!(app.get(&app.admin, &path).await.body["fixed_on"], json!("2026-06-15"));
        moved(app, &app.admin, "security/vulnerabilities", &hole, "reopened").await;
        assert_eq!(app.get(&app.admin, &path).await.body["fixed_on"], Value::Null);
    }

    a_vulnerability_is_accepted_under_an_exception_alone_and_not_overdue_while_one_covers_it(app) {
        let server = made(app, "infrastructure/virtual-machines", json!({"name": "order"})).await;
        let body = json!({"title": "Hole", "subject_id": server, "severity": "medium", "detected_on": "2025-01-10", "decision_reason": "Switched off soon."});
        let hole = made(app, "security/vulnerabilities", body).await;
        moved(app, &app.admin, "security/vulnerabilities", &hole, "triaged").await;
        let path = format!("/api/v1/security/vulnerabilities/{hole}");
        assert_eq!(app.transition(&app.admin, &path, "accepted").await.broken(), [" exception"]);
        let overdue = async || app.get(&app.admin, "/api/v1/security/vulnerabilities?figures=true").await.body["data"][0]["figures"]["overdue"].clone();
        assert_eq!(overdue().await, json!(true));
        let exception = json!({"title": "Until July", "kind": "overdue_vulnerability", "subject_id": hole, "level": "moderate", "justification": "It goes.",
            "starts_on": "2026-06-01", "expires_on": "2026-07-31"});
        excepted(app, exception).await;
        assert_eq!(overdue().await, Value::Null, "it is covered, accepted or not");
        assert_eq!(app.transition(&app.admin, &path, "accepted").await.status, 200);
    }

    the_severity_of_an_advisory_is_that_of_its_vector(app) {
        let advisory = async |code: &str, more: Value| {
            let mut body = json!({"code": code, "title": code});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            app.post(&app.admin, "/api/v1/security/advisories", &body).await
        };
        let ten = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H";
        assert_eq!(advisory("A-1", json!({"cvss3_vector": ten, "severity": "low"})).await.body["severity"], json!("critical"));
        let shuffled = "CVSS:3.1/A:N/I:N/C:H/S:U/UI:N/PR:N/AC:L/AV:N";
        assert_eq!(advisory("A-2", json!({"cvss3_vector": shuffled})).await.body["severity"], json!("high"));
        for wrong in ["CVSS:3.1/AV:ZZ/hello", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H", "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"] {
            assert_eq!(advisory("A-3", json!({"cvss3_vector": wrong})).await.broken(), ["/cvss3_vector format"], "{wrong}");
        }
        assert_eq!(advisory("A-4", json!({"severity": "low"})).await.body["severity"], json!("low"), "without a vector it is what is said");
    }

    a_breach_with_a_high_risk_is_closed_once_the_authority_and_the_persons_were_told(app) {
        let body = json!({"code": "SI-1", "title": "Mailbox", "category": "intrusion", "severity": "high", "personal_data": true, "high_risk_to_persons": true,
            "aware_at": "2026-06-14T08:00:00Z"});
        let incident = made(app, "security/security-incidents", body).await;
        for state in ["triaged", "contained", "eradicated", "recovered"] {
            moved(app, &app.admin, "security/security-incidents", &incident, state).await;
        }
        let path = format!("/api/v1/security/security-incidents/{incident}");
        let now = app.get(&app.admin, &path).await.body;
        assert_eq!(["contained_at", "eradicated_at", "recovered_at"].map(|name| now[name].clone()), [(); 3].map(|()| json!(app.clock.now().to_string())));
        assert_eq!(app.transition(&app.admin, &path, "closed").await.broken(), ["/root_cause required", "/lessons required", " notice", " notice"]);
        let learnt = json!({"root_cause": "A password was used twice.", "lessons": "Ask for a second factor."});
        assert_eq!(app.patch(&app.admin, &path, "*", &learnt).await.status, 200);
        assert_eq!(app.transition(&app.admin, &path, "closed").await.broken(), [" notice", " notice"]);
        // Both were recorded when it was triaged.
        let notices = app.get(&app.admin, &format!("/api/v1/security/incident-notifications?security_incident_id={incident}")).await.body["data"].clone();
        let send = async |stage: &str, at: &str| {
            let notice = notices.as_array().unwrap().iter().find(|notice| notice["stage"] == stage).unwrap();
            let path = format!("/api/v1/security/incident-notifications/{}", notice["id"].as_str().unwrap());
            app.patch(&app.admin, &path, "*", &json!({"sent_at": at, "authority": "AP"})).await
        };
        assert_eq!(send("authority", "2026-06-14T12:00:00Z").await.status, 200);
        assert_eq!(app.transition(&app.admin, &path, "closed").await.broken(), [" notice"], "the persons were not told");
        let sent = send("persons", "2026-06-14T13:00:00Z").await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        assert_eq!(app.transition(&app.admin, &path, "closed").await.status, 200);
    }

    who_reports_an_incident_is_recorded_and_follows_it_and_nobody_else_among_the_employees(app) {
        let [ann, bob] = [app.actor("employee", None).await, app.actor("employee", None).await];
        let person = app.person_of(ann.id.unwrap()).await;
        let other = app.person_of(bob.id.unwrap()).await;
        let body = json!({"code": "SI-1", "title": "A strange mail", "category": "fraud", "severity": "medium", "aware_at": "2026-06-15T08:00:00Z"});
        let incidents = "/api/v1/security/security-incidents";
        let mut named = body.clone();
        named["reporter_id"] = json!(other);
        assert_eq!(app.post(&ann, incidents, &named).await.broken(), ["/reporter_id server_field"], "nobody reports for another");
        let reported = app.post(&ann, incidents, &body).await;
        assert_eq!((reported.status, &reported.body["reporter_id"]), (201, &json!(person)), "{}", reported.text);
        let path = format!("{incidents}/{}", reported.id());
        assert_eq!(app.patch(&ann, &path, "*", &json!({"description": "It asks for a password."})).await.status, 200);
        assert_eq!((app.get(&bob, &path).await.status, app.get(&bob, incidents).await.body["data"].as_array().map(Vec::len)), (404, Some(0)));
        assert_eq!(app.transition(&ann, &path, "triaged").await.status, 403);
        moved(app, &app.admin, "security/security-incidents", &reported.id(), "triaged").await;
        assert_eq!(app.patch(&ann, &path, "*", &json!({"description": "Mine."})).await.status, 403, "from here on it is for those who deal with it");
        assert_eq!(app.get(&ann, &path).await.body["state"], json!("triaged"));
    }

    an_incident_is_no_duplicate_of_itself(app) {
        let body = json!({"code": "SI-1", "title": "Mailbox", "category": "intrusion", "severity": "high", "aware_at": "2026-06-14T08:00:00Z"});
        let incident = made(app, "security/security-incidents", body).await;
        let path = format!("/api/v1/security/security-incidents/{incident}");
        let refused = app.patch(&app.admin, &path, "*", &json!({"dismissal": "duplicate", "duplicate_of_id": incident})).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
    }

    a_plan_that_promises_less_time_than_its_steps_take_is_not_approved(app) {
        let orders = made(app, "infrastructure/services", json!({"code": "S", "name": "Orders", "kind": "business"})).await;
        let mail = made(app, "infrastructure/services", json!({"code": "M", "name": "Mail", "kind": "business"})).await;
        let promises = |orders_within: i64, mail_within: i64| json!({"scope": [
            {"subject_id": orders, "rto_seconds": orders_within, "rpo_seconds": null}, {"subject_id": mail, "rto_seconds": mail_within, "rpo_seconds": null}]});
        let mut plan = promises(14_400, 14_400);
        plan.as_object_mut().unwrap().extend(json!({"code": "P", "name": "Plan", "trigger": "Fire."}).as_object().unwrap().clone());
        let plan = made(app, "security/recovery-plans", plan).await;
        for (number, hours, before, subject) in [(10, 3, json!([]), Value::Null), (20, 1, json!([]), Value::Null), (30, 2, json!([10, 20]), json!(orders))] {
            let body = json!({"recovery_plan_id": plan, "number": number, "name": "Step", "duration_seconds": 3_600 * hours, "depends_on": before, "subject_id": subject});
            made(app, "security/recovery-steps", body).await;
        }
        let path = format!("/api/v1/security/recovery-plans/{plan}");
        let second = app.second_admin().await;
        // Three hours, with one beside them, and two more.
        assert_eq!(app.transition(&second, &path, "approved").await.broken(), ["/scope/0/rto_seconds promise", "/scope/1/rto_seconds promise"]);
        assert_eq!(app.patch(&app.admin, &path, "*", &promises(18_000, 17_999)).await.status, 200);
        assert_eq!(app.transition(&second, &path, "approved").await.broken(), ["/scope/1/rto_seconds promise"], "what no step names comes with the last");
        assert_eq!(app.patch(&app.admin, &path, "*", &promises(18_000, 18_000)).await.status, 200);
        let approved = app.transition(&second, &path, "approved").await;
        assert_eq!(approved.status, 200, "{}", approved.text);
    }

    a_recovery_is_held_against_the_promise_of_its_plan(app) {
        let server = made(app, "infrastructure/services", json!({"code": "S", "name": "Orders", "kind": "business"})).await;
        let plan = json!({"code": "P", "name": "Plan", "trigger": "Fire.", "scope": [{"subject_id": server, "rto_seconds": 60, "rpo_seconds": null}]});
        let plan = made(app, "security/recovery-plans", plan).await;
        made(app, "security/recovery-steps", json!({"recovery_plan_id": plan, "number": 1, "name": "Switch", "duration_seconds": 30})).await;
        moved(app, &app.second_admin().await, "security/recovery-plans", &plan, "approved").await;
        let test = json!({"recovery_plan_id": plan, "kind": "full", "name": "Spring", "planned_on": "2026-06-01", "tested_on": "2026-06-01", "conclusion": "It took long."});
        let test = made(app, "security/recovery-tests", test).await;
        made(app, "security/recovery-results", json!({"source_id": test, "subject_id": server, "measured_rto_seconds": 72_000})).await;
        for state in ["in_progress", "completed", "closed"] {
            moved(app, &app.admin, "security/recovery-tests", &test, state).await;
        }
        let findings = app.get(&app.admin, "/api/v1/governance/findings").await.body;
        assert_eq!(findings["data"].as_array().map(Vec::len), Some(1), "20 hours instead of a minute: {findings}");
    }
}
