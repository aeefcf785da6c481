//! What is retained or monitored is held against the appetite for as long as it lasts, and judged by a second person. Today is Monday, 15 June
//! 2026.

use super::{assessed, control, excepted, made, moved, published, risk, scenario};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};
use steward::resource::value::Instant;

async fn appetite(app: &TestApp, matrix: &str, level: u32, starts_on: &str) {
    made(app, "security/risk-appetites", json!({"name": "Least", "risk_matrix_id": matrix, "max_level": level, "starts_on": starts_on})).await;
}

/// A risk of the administrator with the day of its next review.
async fn owned(app: &TestApp, matrix: &str) -> String {
    let id = risk(app, "R1", matrix, None).await;
    let owner = json!({"owner_id": app.person_of_admin().await, "next_review_on": "2026-12-01"});
    assert_eq!(app.patch(&app.admin, &format!("/api/v1/security/risks/{id}"), "*", &owner).await.status, 200);
    id
}

/// A treatment that retains a risk, implemented by its owner.
async fn retained(app: &TestApp, risk: &str) -> String {
    let treatment = made(app, "security/treatments", json!({"risk_id": risk, "name": "Bear it", "kind": "retain"})).await;
    for state in ["in_progress", "implemented"] {
        moved(app, &app.admin, "security/treatments", &treatment, state).await;
    }
    treatment
}

async fn conflicts(app: &TestApp, rule: &str) -> Vec<Value> {
    let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
    let page = app.get(&admin, &format!("/api/v1/platform/conflicts?rule={rule}&state=open")).await.body;
    page["data"].as_array().unwrap().iter().map(|conflict| conflict["subject_id"].clone()).collect()
}

on_both! {
    an_implemented_treatment_that_retains_a_risk_is_open_again_when_the_exception_is_revoked(app) {
        let matrix = published(app, "RM").await;
        appetite(app, &matrix, 1, "2026-01-01").await;
        let id = owned(app, &matrix).await;
        assessed(app, &id, "current", 2, 2).await;
        let exception = json!({"title": "Until July", "kind": "risk_acceptance", "subject_id": id, "level": "moderate", "justification": "It goes.",
            "starts_on": "2026-06-01", "expires_on": "2026-07-31"});
        let exception = excepted(app, exception).await;
        moved(app, &app.admin, "governance/exceptions", &exception, "active").await;
        let treatment = retained(app, &id).await;
        moved(app, &app.admin, "governance/exceptions", &exception, "revoked").await;
        let told = app.get(&app.admin, &format!("/api/v1/security/treatments/{treatment}")).await.body;
        assert_eq!((&told["state"], &told["accepted_on"]), (&json!("in_progress"), &Value::Null));
        assert_eq!(conflicts(app, "security.treatments:appetite").await, Vec::<Value>::new(), "it is looked at");
    }

    a_risk_that_is_retained_and_leaves_the_appetite_raises_a_conflict_about_its_treatment(app) {
        let matrix = published(app, "RM").await;
        appetite(app, &matrix, 2, "2026-01-01").await;
        let id = owned(app, &matrix).await;
        assessed(app, &id, "inherent", 3, 2).await;
        let filter = control(app, "FILTER", Some(0.9), &[("2026-06-01", "passed")]).await;
        scenario(app, &id, "By mail", 2.0, &[(&filter, "likelihood")]).await;
        let treatment = retained(app, &id).await;
        let open = async || conflicts(app, "security.treatments:appetite").await;
        assert_eq!(open().await, Vec::<Value>::new());
        let test = async |result: &str| {
            made(app, "governance/control-tests", json!({"control_id": filter, "kind": "operating", "tested_on": "2026-06-15", "result": result})).await;
        };
        test("failed").await;
        assert_eq!(open().await, [json!(treatment)], "twice a year is high");
        test("passed").await;
        moved(app, &app.admin, "governance/controls", &filter, "operating").await;
        assert_eq!(open().await, Vec::<Value>::new());
    }

    a_monitored_or_retained_risk_is_held_against_an_appetite_from_its_first_day(app) {
        let matrix = published(app, "RM").await;
        appetite(app, &matrix, 1, "2026-06-20").await;
        let id = owned(app, &matrix).await;
        assessed(app, &id, "current", 2, 2).await;
        let treatment = retained(app, &id).await;
        for state in ["analysed", "monitored"] {
            moved(app, &app.admin, "security/risks", &id, state).await;
        }
        app.worker.work_off().await.unwrap();
        assert_eq!(conflicts(app, "security.risks:appetite").await, Vec::<Value>::new());
        app.clock.set(Instant::parse("2026-06-20T09:00:00Z").unwrap());
        app.worker.work_off().await.unwrap();
        assert_eq!(conflicts(app, "security.risks:appetite").await, [json!(id)]);
        assert_eq!(conflicts(app, "security.treatments:appetite").await, [json!(treatment)]);
    }

    the_assessor_of_an_override_does_not_confirm_it(app) {
        let id = risk(app, "R1", &published(app, "RM").await, None).await;
        let body = json!({"risk_id": id, "stage": "current", "likelihood": 1, "impact": 1, "assessed_on": "2026-06-01", "override_reason": "The service is off.",
            "assessor_id": app.person_of_second().await});
        let assessment = made(app, "security/risk-assessments", body).await;
        let path = format!("/api/v1/security/risk-assessments/{assessment}");
        let refused = app.transition(&app.second_admin().await, &path, "confirmed").await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/assessor_id four_eyes".to_owned()]), "{}", refused.text);
    }

    the_owner_of_a_treatment_does_not_verify_it(app) {
        let id = risk(app, "R1", &published(app, "RM").await, None).await;
        let body = json!({"risk_id": id, "name": "Stop it", "kind": "avoid", "activity_ended_on": "2026-06-01", "owner_id": app.person_of_second().await});
        let treatment = made(app, "security/treatments", body).await;
        for state in ["in_progress", "implemented"] {
            moved(app, &app.admin, "security/treatments", &treatment, state).await;
        }
        let refused = app.transition(&app.second_admin().await, &format!("/api/v1/security/treatments/{treatment}"), "verified").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" four_eyes".to_owned()]), "{}", refused.text);
    }
}
