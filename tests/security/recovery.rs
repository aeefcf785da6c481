//! Recovery held against the dependency graph, attestation of today's audience, and the clocks of incidents.

use super::{made, moved, sha256_of};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};
use steward::resource::value::Instant;

async fn service(app: &TestApp, code: &str) -> String {
    let mut body = app.sample("infrastructure/services", code).await;
    body.insert("code".into(), code.into());
    body.insert("name".into(), code.into());
    made(app, "infrastructure/services", body.into()).await
}

/// An active plan that brings something back by steps that take these seconds, one after another.
async fn plan(app: &TestApp, code: &str, subject: &str, seconds: &[i64]) -> String {
    let body = json!({"code": code, "name": code, "trigger": "It is out.", "scope": [{"subject_id": subject, "rto_seconds": 360_000, "rpo_seconds": 3600}]});
    let id = made(app, "security/recovery-plans", body).await;
    for (at, duration) in seconds.iter().enumerate() {
        let before: Vec<usize> = (at > 0).then_some(at).into_iter().collect();
        let step =
            json!({"recovery_plan_id": id, "number": at + 1, "name": "A step", "duration_seconds": duration, "depends_on": before, "subject_id": subject});
        made(app, "security/recovery-steps", step).await;
    }
    moved(app, &app.second_admin().await, "security/recovery-plans", &id, "approved").await;
    moved(app, &app.admin, "security/recovery-plans", &id, "active").await;
    id
}

async fn tested(app: &TestApp, plan: &str, subject: &str, on: &str, rto: i64) {
    let test = made(
        app,
        "security/recovery-tests",
        json!({"recovery_plan_id": plan, "name": "Test", "kind": "full", "planned_on": on, "tested_on": on, "conclusion": "Back."}),
    )
    .await;
    made(app, "security/recovery-results", json!({"source_id": test, "subject_id": subject, "measured_rto_seconds": rto, "measured_rpo_seconds": 60})).await;
    for state in ["in_progress", "completed", "closed"] {
        moved(app, &app.admin, "security/recovery-tests", &test, state).await;
    }
}

on_both! {
    a_process_is_back_after_all_that_it_stands_on(app) {
        let (orders, database, wiki) = (service(app, "ORDERS").await, service(app, "DATABASE").await, service(app, "WIKI").await);
        made(app, "infrastructure/dependencies", json!({"from_id": orders, "to_id": database, "kind": "requires"})).await;
        made(app, "infrastructure/dependencies", json!({"from_id": orders, "to_id": wiki, "kind": "uses"})).await;
        let plan_of_orders = plan(app, "P1", &orders, &[3600, 1800]).await;
        plan(app, "P2", &database, &[7200]).await;
        let need = json!([{"subject_id": orders, "note": null}]);
        let body = |code: &str, rto: i64| json!({"code": code, "name": code, "mtpd_seconds": 100_000, "rto_seconds": rto, "rpo_seconds": 3600, "depends_on": need});
        let (strict, lax) = (made(app, "security/business-processes", body("BP1", 10_000)).await, made(app, "security/business-processes", body("BP2", 90_000)).await);
        let recovery = async |id: &str| app.get(&app.admin, &format!("/api/v1/security/business-processes/{id}/recovery")).await.body;
        let told = recovery(&strict).await;
        // 7,200 of the database, then 3,600 + 1,800 of the orders; what is only used is not waited for.
        let rto = |told: &Value| ["required_seconds", "effective_seconds", "gap_seconds", "proven"].map(|name| told["rto"][name].clone());
        assert_eq!(rto(&told), [json!(10_000), json!(12_600), json!(2_600), json!(false)], "{told}");
        let steps = told["critical_path"].as_array().unwrap().iter().map(|step| (step["title"].clone(), step["seconds"].clone())).collect::<Vec<_>>();
        assert_eq!(steps, [(json!("DATABASE"), json!(7200)), (json!("ORDERS"), json!(5400))]);
        assert_eq!((&told["needs"][0]["uncovered"], &told["rpo"]["effective_seconds"]), (&json!([]), &Value::Null), "nothing was backed up");

        tested(app, &plan_of_orders, &orders, "2026-06-10", 9_000).await;
        let told = recovery(&strict).await;
        assert_eq!((&told["needs"][0]["rto"]["measured_seconds"], &told["rto"]["proven"]), (&json!(9_000), &json!(true)));
        assert_eq!(rto(&recovery(&lax).await), [json!(90_000), json!(12_600), json!(-77_400), json!(true)]);
        let ready = app.get(&app.admin, "/api/v1/security/recovery-readiness").await.body;
        assert_eq!(["needed", "uncovered", "rto_missed", "rto_proven"].map(|name| ready[name].clone()), [json!(2), json!(0), json!(1), json!(1)], "{ready}");
        let first = &ready["data"][0];
        assert_eq!((&first["title"], &first["rto"]["required_seconds"], &first["processes"]), (&json!("ORDERS"), &json!(10_000), &json!(2)), "the strictest process counts");

        // A year later the test proves nothing any more.
        app.clock.set(Instant::parse("2027-06-12T09:00:00Z").unwrap());
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let later = app.get(&admin, &format!("/api/v1/security/business-processes/{strict}/recovery")).await.body;
        assert_eq!(later["rto"]["proven"], json!(false));
    }

    who_has_attested_is_counted_over_todays_audience(app) {
        let (admin, second) = (app.person_of_admin().await, app.person_of_second().await);
        let policy = made(app, "security/policies", json!({"code": "POL-1", "title": "Access"})).await;
        let path = format!("/api/v1/security/policies/{policy}/attestation-status");
        let bare = app.get(&app.admin, &path).await.body;
        assert_eq!((&bare["policy_version_id"], &bare["attested_percent"]), (&Value::Null, &Value::Null), "nothing is published");
        let team = made(app, "teams/teams", json!({"code": "T", "name": "T", "kind": "team"})).await;
        for person in [&admin, &second] {
            made(app, "teams/memberships", json!({"team_id": team, "person_id": person, "starts_on": "2026-01-01"})).await;
        }
        let body = "Every right has an owner.";
        let sha256 = sha256_of(body);
        let version = json!({"policy_id": policy, "major": 1, "minor": 0, "body": body, "sha256": sha256, "effective_on": "2026-06-01", "audience": "team", "audience_id": team});
        let version = made(app, "security/policy-versions", version).await;
        let two = app.second_admin().await;
        let two = app.log_in_as(&two.id.unwrap().to_string());
        moved(app, &app.admin, "security/policy-versions", &version, "in_review").await;
        moved(app, &two, "security/policy-versions", &version, "approved").await;
        moved(app, &app.admin, "security/policy-versions", &version, "published").await;
        let attested = app.post(&two, "/api/v1/security/attestations", &json!({"policy_version_id": version, "sha256": sha256})).await;
        assert_eq!(attested.status, 201, "{}", attested.text);
        let told = app.get(&app.admin, &path).await.body;
        let figures = ["version", "audience_count", "attested_count", "attested_percent", "missing_count", "review_due_on"].map(|name| told[name].clone());
        assert_eq!(figures, [json!("1.0"), json!(2), json!(1), json!(50), json!(1), json!("2027-06-01")], "{told}");
        assert_eq!(told["missing"][0]["person_id"], json!(admin));
    }

    the_classification_of_an_incident_starts_its_clocks_and_closing_asks_for_its_notices(app) {
        let body = json!({"code": "SI-1", "title": "Mailbox", "category": "intrusion", "severity": "high", "aware_at": "2026-06-14T08:00:00Z", "personal_data": true,
            "root_cause": "A password was used twice.", "lessons": "A second factor.", "contained_at": null});
        let id = made(app, "security/security-incidents", body).await;
        let path = format!("/api/v1/security/security-incidents/{id}");
        let clocks = async || {
            let told = app.get(&app.admin, &format!("{path}/clocks")).await;
            assert_eq!(told.status, 200, "{}", told.text);
            let data = told.body["data"].as_array().unwrap().clone();
            data.iter().map(|clock| (format!("{} {}", clock["regime"].as_str().unwrap(), clock["stage"].as_str().unwrap()), clock["due_at"].clone(), clock["state"].clone())).collect::<Vec<_>>()
        };
        moved(app, &app.admin, "security/security-incidents", &id, "triaged").await;
        assert_eq!(clocks().await, [("gdpr authority".to_owned(), json!("2026-06-17T08:00:00.000000Z"), json!("running"))]);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"significant": true, "major": true, "classified_at": "2026-06-14T09:00:00Z"})).await.status, 200);
        let told = clocks().await;
        let states = told.iter().map(|(notice, _, state)| format!("{notice} {}", state.as_str().unwrap())).collect::<Vec<_>>();
        assert_eq!(states, ["dora initial overdue", "dora intermediate waiting", "dora final waiting", "gdpr authority running", "nis2 early_warning overdue", "nis2 notification running", "nis2 final waiting"]);
        let page = app.get(&app.admin, &format!("/api/v1/security/incident-notifications?security_incident_id={id}&sort=due_at")).await.body;
        assert_eq!((page["data"].as_array().unwrap().len(), &page["data"][0]["due_at"]), (7, &json!("2026-06-14T13:00:00.000000Z")), "each once, and the field is due");

        // The final report is due a month after the notification was sent.
        let notices = page["data"].as_array().unwrap().clone();
        let find = |regime: &str, stage: &str| {
            let found = notices.iter().find(|notice| notice["regime"] == regime && notice["stage"] == stage).unwrap();
            format!("/api/v1/security/incident-notifications/{}", found["id"].as_str().unwrap())
        };
        let warned = json!({"sent_at": "2026-06-15T07:30:00Z", "authority": "NCSC"});
        assert_eq!(app.patch(&app.admin, &find("nis2", "early_warning"), "*", &warned).await.status, 200);
        let sent = json!({"sent_at": "2026-06-15T08:30:00Z", "authority": "NCSC"});
        assert_eq!(app.patch(&app.admin, &find("nis2", "notification"), "*", &sent).await.status, 200);
        assert_eq!(app.get(&app.admin, &find("nis2", "final")).await.body["due_at"], json!("2026-07-15T08:30:00.000000Z"));
        for state in ["contained", "eradicated", "recovered"] {
            moved(app, &app.admin, "security/security-incidents", &id, state).await;
        }
        assert_eq!(app.transition(&app.admin, &path, "closed").await.broken(), [" notice"; 5], "five are neither sent nor waived");
        let unsent = notices.iter().filter(|notice| notice["regime"] != "nis2" || notice["stage"] == "final");
        for notice in unsent {
            let path = format!("/api/v1/security/incident-notifications/{}", notice["id"].as_str().unwrap());
            assert_eq!(app.patch(&app.admin, &path, "*", &json!({"waiver_reason": "The keys are safe."})).await.status, 200);
        }
        assert_eq!(app.transition(&app.admin, &path, "closed").await.status, 200);
    }
}
