//! Notices of incidents: what was sent stays, in the order of the law, and clocks follow the classification. Today is Monday, 15 June 2026.

use super::{made, moved};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use steward::resource::value::Instant;

async fn incident(app: &TestApp, more: Value) -> (String, String) {
    let mut body = json!({"code": "SI-1", "title": "Mailbox", "category": "intrusion", "severity": "high", "aware_at": "2026-06-14T08:00:00Z",
        "root_cause": "A password was used twice.", "lessons": "A second factor."});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let id = made(app, "security/security-incidents", body).await;
    let path = format!("/api/v1/security/security-incidents/{id}");
    (id, path)
}

async fn notice(app: &TestApp, incident: &str, stage: &str) -> String {
    let page = app.get(&app.admin, &format!("/api/v1/security/incident-notifications?security_incident_id={incident}&stage={stage}")).await.body;
    format!("/api/v1/security/incident-notifications/{}", page["data"][0]["id"].as_str().unwrap())
}

on_both! {
    a_sent_notice_stays_as_it_was_sent_and_nothing_changes_once_the_incident_is_closed(app) {
        let (id, path) = incident(app, json!({"personal_data": true})).await;
        moved(app, &app.admin, "security/security-incidents", &id, "triaged").await;
        let authority = notice(app, &id, "authority").await;
        let send = async |at: &str| app.patch(&app.admin, &authority, "*", &json!({"sent_at": at, "authority": "AP"})).await;
        assert_eq!(send("1950-01-01T08:00:00Z").await.broken(), ["/sent_at before_awareness"]);
        assert_eq!(send("2026-06-14T12:00:00Z").await.status, 200);
        for change in [json!({"sent_at": null}), json!({"sent_at": "2026-06-14T09:00:00Z"}), json!({"authority": "Another"}), json!({"waiver_reason": "Never mind."})] {
            assert_eq!(app.patch(&app.admin, &authority, "*", &change).await.broken(), [" sent"], "{change}");
        }
        assert_eq!(app.delete(&app.admin, &authority, "*").await.broken(), [" sent"]);
        assert_eq!(app.patch(&app.admin, &authority, "*", &json!({"reference": "DL-1"})).await.status, 200, "the receipt comes later");
        assert_eq!(app.patch(&app.admin, &authority, "*", &json!({"reference": "DL-2"})).await.broken(), ["/reference sent"]);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"aware_at": "2026-06-14T13:00:00Z"})).await.broken(), ["/aware_at notice"]);

        let persons = json!({"security_incident_id": id, "regime": "gdpr", "stage": "persons", "authority": "Customers", "waiver_reason": "They run no risk."});
        let persons = format!("/api/v1/security/incident-notifications/{}", made(app, "security/incident-notifications", persons).await);
        for state in ["contained", "eradicated", "recovered", "closed"] {
            moved(app, &app.admin, "security/security-incidents", &id, state).await;
        }
        let refused = app.patch(&app.admin, &persons, "*", &json!({"waiver_reason": "None."})).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/security_incident_id closed".to_owned()]), "{}", refused.text);
        assert_eq!(app.delete(&app.admin, &persons, "*").await.status, 409);
        let further = json!({"security_incident_id": id, "regime": "nis2", "stage": "intermediate", "authority": "NCSC"});
        assert_eq!(app.post(&app.admin, "/api/v1/security/incident-notifications", &further).await.broken(), ["/security_incident_id closed"]);
    }

    a_notice_is_sent_after_those_before_it_and_to_as_many_authorities_as_there_are(app) {
        let (id, _) = incident(app, json!({"significant": true})).await;
        moved(app, &app.admin, "security/security-incidents", &id, "triaged").await;
        let sent = async |path: &str, at: &str| app.patch(&app.admin, path, "*", &json!({"sent_at": at, "authority": "NCSC"})).await;
        let (warning, notification, last) = (notice(app, &id, "early_warning").await, notice(app, &id, "notification").await, notice(app, &id, "final").await);
        assert_eq!(sent(&notification, "2026-06-14T12:00:00Z").await.broken(), ["/sent_at order"]);
        assert_eq!(sent(&warning, "2026-06-14T11:00:00Z").await.status, 200);
        assert_eq!(sent(&notification, "2026-06-14T10:00:00Z").await.broken(), ["/sent_at order"], "not before the warning");
        assert_eq!(sent(&last, "2026-06-14T13:00:00Z").await.broken(), ["/sent_at order"]);
        assert_eq!(sent(&notification, "2026-06-14T12:00:00Z").await.status, 200);
        assert_eq!(app.get(&app.admin, &last).await.body["due_at"], json!("2026-07-14T12:00:00.000000Z"));
        let other = json!({"security_incident_id": id, "regime": "nis2", "stage": "notification", "authority": "BSI", "sent_at": "2026-06-14T14:00:00Z"});
        made(app, "security/incident-notifications", other.clone()).await;
        assert_eq!(app.post(&app.admin, "/api/v1/security/incident-notifications", &other).await.status, 409, "once to each");
    }

    the_clock_of_dora_runs_from_the_classification_as_major(app) {
        let (id, path) = incident(app, json!({"aware_at": "2026-06-11T08:00:00Z"})).await;
        moved(app, &app.admin, "security/security-incidents", &id, "triaged").await;
        assert_eq!(app.get(&app.admin, &path).await.body["classified_at"], Value::Null, "it is not major");
        // Four days after awareness: four hours are left, and not none.
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"major": true})).await.status, 200);
        assert_eq!(app.get(&app.admin, &path).await.body["classified_at"], json!(app.clock.now().to_string()));
        let initial = notice(app, &id, "initial").await;
        assert_eq!(app.get(&app.admin, &initial).await.body["due_at"], json!(app.clock.now().plus_seconds(4 * 3600).to_string()));
    }

    a_major_incident_is_classified_by_its_triage(app) {
        let (id, path) = incident(app, json!({"major": true})).await;
        assert_eq!(app.get(&app.admin, &path).await.body["classified_at"], Value::Null);
        moved(app, &app.admin, "security/security-incidents", &id, "triaged").await;
        assert_eq!(app.get(&app.admin, &path).await.body["classified_at"], json!(app.clock.now().to_string()));
    }

    an_incident_that_falls_back_or_is_reopened_is_not_over(app) {
        let (id, path) = incident(app, json!({})).await;
        for state in ["triaged", "contained", "eradicated", "recovered"] {
            moved(app, &app.admin, "security/security-incidents", &id, state).await;
        }
        let first = app.clock.now();
        app.clock.set(Instant::parse("2026-06-15T15:00:00Z").unwrap());
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let times = async || {
            let told = app.get(&admin, &path).await.body;
            ["contained_at", "eradicated_at", "recovered_at"].map(|name| told[name].clone())
        };
        moved(app, &admin, "security/security-incidents", &id, "contained").await;
        assert_eq!(times().await, [json!(first.to_string()), Value::Null, Value::Null]);
        for state in ["eradicated", "recovered"] {
            moved(app, &admin, "security/security-incidents", &id, state).await;
        }
        assert_eq!(times().await, [json!(first.to_string()), json!(app.clock.now().to_string()), json!(app.clock.now().to_string())]);
        moved(app, &admin, "security/security-incidents", &id, "closed").await;
        moved(app, &admin, "security/security-incidents", &id, "triaged").await;
        assert_eq!(times().await, [Value::Null, Value::Null, Value::Null]);
    }

    an_incident_that_goes_on_is_reported_as_progress_and_finally_a_month_after_its_recovery(app) {
        let (id, _) = incident(app, json!({"significant": true})).await;
        moved(app, &app.admin, "security/security-incidents", &id, "triaged").await;
        let last = notice(app, &id, "final").await;
        for (stage, at) in [("early_warning", "2026-06-14T11:00:00Z"), ("notification", "2026-06-14T12:00:00Z")] {
            let path = notice(app, &id, stage).await;
            assert_eq!(app.patch(&app.admin, &path, "*", &json!({"sent_at": at})).await.status, 200);
        }
        app.clock.set(Instant::parse("2026-07-14T09:00:00Z").unwrap());
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let due = async |admin: &Actor, path: &str| app.get(admin, path).await.body["due_at"].clone();
        assert_eq!(due(&admin, &last).await, json!("2026-07-14T12:00:00.000000Z"));
        let progress = json!({"security_incident_id": id, "regime": "nis2", "stage": "progress", "authority": "CSIRT or competent authority"});
        let progress = app.post(&admin, "/api/v1/security/incident-notifications", &progress).await;
        assert_eq!((progress.status, &progress.body["due_at"]), (201, &json!("2026-07-14T12:00:00.000000Z")), "{}", progress.text);
        let path = format!("/api/v1/security/incident-notifications/{}", progress.id());
        assert_eq!(app.patch(&admin, &path, "*", &json!({"sent_at": "2026-07-14T08:00:00Z"})).await.status, 200);
        assert_eq!(due(&admin, &last).await, Value::Null, "nobody knows when it will be over");
        app.clock.set(Instant::parse("2026-07-20T09:00:00Z").unwrap());
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        for state in ["contained", "eradicated", "recovered"] {
            moved(app, &admin, "security/security-incidents", &id, state).await;
        }
        assert_eq!(due(&admin, &last).await, json!("2026-08-20T09:00:00.000000Z"));
        let dora = json!({"security_incident_id": id, "regime": "dora", "stage": "progress", "authority": "Supervisor"});
        assert_eq!(app.post(&admin, "/api/v1/security/incident-notifications", &dora).await.status, 422, "only NIS2 has such a report");
    }

    the_clock_of_the_next_notice_runs_from_when_an_exempted_one_was_due(app) {
        let (id, _) = incident(app, json!({"major": true, "significant": true, "classified_at": "2026-06-14T12:00:00Z"})).await;
        moved(app, &app.admin, "security/security-incidents", &id, "triaged").await;
        let find = async |regime: &str, stage: &str| {
            let page = app.get(&app.admin, &format!("/api/v1/security/incident-notifications?security_incident_id={id}&regime={regime}&stage={stage}")).await.body;
            page["data"][0].clone()
        };
        let exempt = async |regime: &str, stage: &str, reason: Value| {
            let path = format!("/api/v1/security/incident-notifications/{}", find(regime, stage).await["id"].as_str().unwrap());
            let answer = app.patch(&app.admin, &path, "*", &json!({"waiver_reason": reason})).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
        };
        assert_eq!(find("dora", "intermediate").await["due_at"], Value::Null);
        // Four hours after the classification, and three days after awareness at 8:00 on the 14th.
        exempt("dora", "initial", json!("The supervisor was told by telephone.")).await;
        assert_eq!(find("dora", "intermediate").await["due_at"], json!("2026-06-17T16:00:00.000000Z"));
        exempt("dora", "intermediate", json!("Nothing is new.")).await;
        assert_eq!(find("dora", "final").await["due_at"], json!("2026-07-17T16:00:00.000000Z"));
        exempt("nis2", "notification", json!("The warning said all.")).await;
        assert_eq!(find("nis2", "final").await["due_at"], json!("2026-07-17T08:00:00.000000Z"));
        exempt("nis2", "notification", Value::Null).await;
        assert_eq!(find("nis2", "final").await["due_at"], Value::Null, "it is to be sent after all");
    }

    a_notice_of_dora_is_not_sent_before_the_classification(app) {
        let (id, _) = incident(app, json!({"major": true, "classified_at": "2026-06-14T12:00:00Z"})).await;
        moved(app, &app.admin, "security/security-incidents", &id, "triaged").await;
        let initial = notice(app, &id, "initial").await;
        let send = async |at: &str| app.patch(&app.admin, &initial, "*", &json!({"sent_at": at, "authority": "DNB"})).await;
        assert_eq!(send("2026-06-14T11:00:00Z").await.broken(), ["/sent_at before_classification"]);
        assert_eq!(send("2026-06-14T13:00:00Z").await.status, 200);
    }
}
