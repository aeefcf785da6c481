//! A vulnerability goes from a scan to verified, and another one is accepted for a time: who finds, who fixes, who verifies, who owns and who
//! decides are different people. Today is Monday, 15 June 2026.

use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use steward::resource::value::Instant;

const SCAN: &str = "Plugin ID,CVE,Risk,Host,Protocol,Port,Name,Solution,First Seen,Last Seen\n\
    156032,CVE-2021-44228,Critical,srv-1,tcp,8080,Apache Log4Shell,Update.,2026-06-12,SEEN\n\
    51192,,Medium,srv-1,tcp,443,Certificate cannot be trusted,Renew it.,2026-06-12,SEEN\n";

async fn scan(app: &TestApp, actor: &Actor, seen: &str) -> Answer {
    let path = "/api/v1/security/vulnerabilities/import?format=csv-scanner";
    app.call(actor, "POST", path, &[("Content-Type", "text/csv")], Some(SCAN.replace("SEEN", seen))).await
}

/// The vulnerability of a port.
async fn on_port(app: &TestApp, actor: &Actor, port: &str) -> String {
    let found = app.get(actor, "/api/v1/security/vulnerabilities?limit=50").await.body;
    let id = found["data"].as_array().unwrap().iter().find(|each| each["location"] == json!(format!("{port}/tcp"))).unwrap()["id"].as_str().unwrap();
    format!("/api/v1/security/vulnerabilities/{id}")
}

pub async fn moves(app: &TestApp, actor: &Actor, path: &str, states: &[&str]) {
    for state in states {
        let answer = app.transition(actor, path, state).await;
        assert_eq!((answer.status, &answer.body["state"]), (200, &json!(state)), "{path}: {}", answer.text);
    }
}

pub async fn creates(app: &TestApp, actor: &Actor, collection: &str, body: &Value) -> String {
    let answer = app.post(actor, &format!("/api/v1/{collection}"), body).await;
    assert_eq!(answer.status, 201, "{collection}: {}", answer.text);
    answer.id()
}

on_both! {
    a_vulnerability_goes_from_the_scan_to_verified_and_comes_back(app) {
        let [officer, colleague, fixer, employee] =
            [app.actor("security_officer", None).await, app.actor("security_officer", None).await, app.actor("infrastructure_manager", None).await, app.actor("employee", None).await];
        creates(app, &fixer, "infrastructure/virtual-machines", &json!({"name": "srv-1"})).await;
        assert_eq!([scan(app, &fixer, "2026-06-14").await.status, scan(app, &employee, "2026-06-14").await.status], [403, 404], "who fixes does not say what is found");
        let imported = scan(app, &officer, "2026-06-14").await;
        assert_eq!((imported.status, &imported.body["created"], &imported.body["advisories_created"]), (200, &json!(2), &json!(1)), "{}", imported.text);
        let shell = on_port(app, &officer, "8080").await;
        // Detected on 12 June and critical: due 15 days later.
        let queue = app.get(&fixer, "/api/v1/security/vulnerabilities/priorities").await.body;
        let due: Vec<&Value> = queue["data"].as_array().unwrap().iter().map(|row| &row["due_on"]).collect();
        assert!(due.contains(&&json!("2026-06-27")), "{queue}");
        assert_eq!(app.transition(&fixer, &shell, "triaged").await.status, 403, "the officer judges");
        moves(app, &officer, &shell, &["triaged"]).await;
        let change = app.patch(&fixer, &shell, "*", &json!({"remediation": "Log4j is brought to 2.17.1."})).await;
        assert_eq!(change.status, 200, "{}", change.text);
        moves(app, &fixer, &shell, &["in_remediation", "fixed"]).await;
        assert_eq!(app.transition(&fixer, &shell, "verified").await.status, 403, "who fixes does not verify");
        assert_eq!(app.transition(&officer, &shell, "verified").await.broken(), [" four_eyes"], "nor who found it");
        moves(app, &colleague, &shell, &["verified"]).await;
        assert_eq!(app.get(&officer, &shell).await.body["fixed_on"], "2026-06-15");
        // A week later the scanner finds it again: a new round, due 15 days from then.
        app.clock.set(Instant::parse("2026-06-22T08:00:00Z").unwrap());
        let officer = app.log_in_as(&officer.id.unwrap().to_string());
        let again = scan(app, &officer, "2026-06-21").await;
        assert_eq!((&again.body["created"], &again.body["reopened"], &again.body["updated"]), (&json!(0), &json!(1), &json!(1)), "{}", again.text);
        let figures = app.get(&officer, "/api/v1/security/vulnerabilities?figures=true&state=reopened").await.body;
        assert_eq!((figures["data"].as_array().unwrap().len(), &figures["data"][0]["figures"]["due_on"]), (1, &json!("2026-07-07")), "{figures}");
    }

    a_vulnerability_is_accepted_for_a_time_by_who_may_decide_and_not_by_who_asks(app) {
        let [officer, decider, fixer] = [app.actor("security_officer", None).await, app.actor("compliance_officer", None).await, app.actor("infrastructure_manager", None).await];
        let asks = app.person_of(officer.id.unwrap()).await;
        creates(app, &fixer, "infrastructure/virtual-machines", &json!({"name": "srv-1"})).await;
        scan(app, &officer, "2026-06-14").await;
        let certificate = on_port(app, &officer, "443").await;
        moves(app, &officer, &certificate, &["triaged"]).await;
        let reason = app.patch(&officer, &certificate, "*", &json!({"decision_reason": "The host goes in July."})).await;
        assert_eq!(reason.status, 200, "{}", reason.text);
        assert_eq!(app.transition(&officer, &certificate, "accepted").await.broken(), [" exception"]);
        let subject = certificate.rsplit('/').next().unwrap();
        let wanted = json!({"title": "Until the host goes", "kind": "overdue_vulnerability", "subject_id": subject, "level": "high", "justification": "It goes in July.",
            "compensating_controls": "Only the office reaches it.", "exit_plan": "Switch it off.", "starts_on": "2026-06-15", "expires_on": "2026-07-31", "requester_id": asks});
        let exception = creates(app, &officer, "governance/exceptions", &wanted).await;
        let exception = format!("/api/v1/governance/exceptions/{exception}");
        moves(app, &officer, &exception, &["submitted"]).await;
        assert_eq!(app.transition(&officer, &exception, "approved").await.status, 403);
        moves(app, &decider, &exception, &["approved", "active"]).await;
        moves(app, &officer, &certificate, &["accepted"]).await;
        // A later scan sees it and leaves the decision alone.
        let again = scan(app, &officer, "2026-06-15").await;
        assert_eq!((&again.body["reopened"], &again.body["updated"]), (&json!(0), &json!(2)), "{}", again.text);
        assert_eq!(app.get(&officer, &certificate).await.body["state"], "accepted");
        // What ends early is open again.
        moves(app, &decider, &exception, &["revoked"]).await;
        assert_eq!(app.get(&officer, &certificate).await.body["state"], "reopened");
    }
}
