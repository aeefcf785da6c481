//! A security incident goes from a report to its lessons, and its notices follow its classification: who reports, who leads and who reads are
//! different people. Today is Monday, 15 June 2026, nine o'clock.

use super::story::{creates, moves};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

const INCIDENTS: &str = "/api/v1/security/security-incidents";

/// The notices of an incident, by law and stage: what each rests on where it is waived, and its address.
async fn notices(app: &TestApp, actor: &Actor, incident: &str) -> Vec<(String, Value, String)> {
    let page = app.get(actor, &format!("/api/v1/security/incident-notifications?security_incident_id={incident}&limit=50")).await.body;
    let told = |notice: &Value| {
        let name = format!("{} {}", notice["regime"].as_str().unwrap(), notice["stage"].as_str().unwrap());
        (name, notice["waiver_basis"].clone(), format!("/api/v1/security/incident-notifications/{}", notice["id"].as_str().unwrap()))
    };
    let mut found: Vec<_> = page["data"].as_array().unwrap().iter().map(told).collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

/// What the waivers of the notices rest on.
async fn waivers(app: &TestApp, actor: &Actor, incident: &str) -> Vec<(String, Value)> {
    notices(app, actor, incident).await.into_iter().map(|(name, basis, _)| (name, basis)).collect()
}

fn told(expected: &[(&str, Value)]) -> Vec<(String, Value)> {
    expected.iter().map(|(name, basis)| ((*name).to_owned(), basis.clone())).collect()
}

/// The hours by which notices stand in the calendar.
async fn calendar(app: &TestApp, actor: &Actor) -> Vec<Value> {
    let answer = app.get(actor, "/api/v1/platform/calendar?from=2026-06-15&to=2026-08-01&kinds=security/incident-notifications").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["data"].as_array().unwrap().iter().map(|entry| entry["at"].clone()).collect()
}

/// The states of the clocks.
async fn clocks(app: &TestApp, actor: &Actor, path: &str) -> Vec<Value> {
    let answer = app.get(actor, &format!("{path}/clocks")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["data"].as_array().unwrap().iter().map(|clock| clock["state"].clone()).collect()
}

async fn changes(app: &TestApp, actor: &Actor, path: &str, body: Value) {
    let answer = app.patch(actor, path, "*", &body).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
}

on_both! {
    an_incident_goes_from_the_report_to_its_lessons_and_its_notices_follow_its_classification(app) {
        let [reporter, officer, auditor] = [app.actor("employee", None).await, app.actor("security_officer", None).await, app.actor("auditor", None).await];
        app.person_of(reporter.id.unwrap()).await;
        let body = json!({"code": "SI-1", "title": "A strange mail", "category": "intrusion", "severity": "high", "aware_at": "2026-06-15T08:00:00Z"});
        let incident = creates(app, &reporter, "security/security-incidents", &body).await;
        let path = format!("{INCIDENTS}/{incident}");
        changes(app, &officer, &path, json!({"personal_data": true, "high_risk_to_persons": true})).await;
        assert_eq!(app.transition(&reporter, &path, "triaged").await.status, 403, "the officer judges");
        moves(app, &officer, &path, &["triaged"]).await;
        assert_eq!(waivers(app, &officer, &incident).await, told(&[("gdpr authority", Value::Null), ("gdpr persons", Value::Null)]));
        assert_eq!(calendar(app, &officer).await, [json!("2026-06-18T08:00:00.000000Z")], "72 hours after awareness");
        assert_eq!(app.get(&reporter, &notices(app, &officer, &incident).await[0].2).await.status, 404, "who reported reads no notices");

        // No personal data after all: nothing is owed, and nothing is due.
        changes(app, &officer, &path, json!({"personal_data": false, "high_risk_to_persons": false})).await;
        let withdrawn = json!("reclassified");
        assert_eq!(waivers(app, &officer, &incident).await, told(&[("gdpr authority", withdrawn.clone()), ("gdpr persons", withdrawn.clone())]));
        assert_eq!((calendar(app, &officer).await, clocks(app, &auditor, &path).await), (Vec::new(), vec![json!("waived"), json!("waived")]));
        let notice = app.get(&auditor, &notices(app, &officer, &incident).await[0].2).await.body;
        assert_eq!((&notice["waived_at"], notice["waiver_reason"].is_string()), (&json!("2026-06-15T09:00:00.000000Z"), true), "{notice}");
        let figures = app.get(&officer, "/api/v1/security/incident-notifications?figures=true").await.body;
        assert_eq!(figures["data"][0]["figures"]["late"], Value::Null);

        // It was, and a service is hit as well: what was withdrawn is owed again, each once.
        changes(app, &officer, &path, json!({"personal_data": true, "significant": true})).await;
        let owed = [("gdpr authority", Value::Null), ("gdpr persons", withdrawn), ("nis2 early_warning", Value::Null), ("nis2 final", Value::Null), ("nis2 notification", Value::Null)];
        assert_eq!(waivers(app, &officer, &incident).await, told(&owed));
        assert_eq!(calendar(app, &officer).await, ["2026-06-16T08:00:00.000000Z", "2026-06-18T08:00:00.000000Z", "2026-06-18T08:00:00.000000Z"].map(|at| json!(at)));
        let [authority, _, warning, last, notification] = <[_; 5]>::try_from(notices(app, &officer, &incident).await.into_iter().map(|(.., path)| path).collect::<Vec<_>>()).unwrap();
        for notice in [&warning, &notification] {
            changes(app, &officer, notice, json!({"sent_at": "2026-06-15T08:45:00Z", "authority": "NCSC"})).await;
        }
        // What somebody waives by a reason of their own stays waived; what was sent stays sent.
        changes(app, &officer, &authority, json!({"waiver_reason": "The data was encrypted (Article 33(1))."})).await;
        changes(app, &officer, &path, json!({"personal_data": false, "significant": false})).await;
        changes(app, &officer, &path, json!({"personal_data": true, "significant": true})).await;
        assert_eq!(waivers(app, &officer, &incident).await[0], ("gdpr authority".to_owned(), json!("exemption")));
        assert_eq!(app.get(&officer, &warning).await.body["sent_at"], json!("2026-06-15T08:45:00.000000Z"));
        assert_eq!(app.get(&officer, &last).await.body["due_at"], json!("2026-07-15T08:45:00.000000Z"), "a month after the notification");

        moves(app, &officer, &path, &["contained", "eradicated", "recovered"]).await;
        assert_eq!(app.transition(&officer, &path, "closed").await.broken(), ["/root_cause required", "/lessons required", " notice"]);
        changes(app, &officer, &path, json!({"root_cause": "A password was used twice.", "lessons": "A second factor."})).await;
        changes(app, &officer, &last, json!({"sent_at": "2026-06-15T09:00:00Z"})).await;
        moves(app, &officer, &path, &["closed"]).await;
        assert_eq!(app.get(&reporter, &path).await.body["state"], json!("closed"), "who reported follows it");
        assert_eq!(clocks(app, &auditor, &path).await, ["waived", "waived", "sent", "sent", "sent"].map(|state| json!(state)));
        assert_eq!(app.patch(&auditor, &path, "*", &json!({"lessons": "None."})).await.status, 403);
    }

    the_notices_of_an_incident_that_was_none_are_withdrawn_until_it_is_reopened(app) {
        let officer = app.actor("security_officer", None).await;
        let body = json!({"code": "SI-1", "title": "Laptop lost", "category": "information_security", "severity": "high", "aware_at": "2026-06-15T08:00:00Z", "personal_data": true});
        let incident = creates(app, &officer, "security/security-incidents", &body).await;
        let path = format!("{INCIDENTS}/{incident}");
        moves(app, &officer, &path, &["triaged"]).await;
        assert_eq!(calendar(app, &officer).await.len(), 1);
        changes(app, &officer, &path, json!({"dismissal": "false_positive"})).await;
        moves(app, &officer, &path, &["closed"]).await;
        assert_eq!((waivers(app, &officer, &incident).await, calendar(app, &officer).await), (told(&[("gdpr authority", json!("dismissed"))]), Vec::new()));
        moves(app, &officer, &path, &["triaged"]).await;
        assert_eq!((waivers(app, &officer, &incident).await, calendar(app, &officer).await.len()), (told(&[("gdpr authority", Value::Null)]), 1));
        let forged = app.patch(&officer, &notices(app, &officer, &incident).await[0].2, "*", &json!({"waiver_basis": "dismissed"})).await;
        assert_eq!((forged.status, forged.broken()), (422, vec!["/waiver_basis server_field".to_owned()]));
    }
}
