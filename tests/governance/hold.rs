//! Legal holds and decisions: what stays as it was ordered, and as it was voted on.

use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn made(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(&format!("governance/{collection}"), &body).await["id"].as_str().unwrap().to_owned()
}

fn at(collection: &str, id: &str) -> String {
    format!("/api/v1/governance/{collection}/{id}")
}

on_both! {
    what_an_active_hold_keeps_is_neither_taken_out_of_it_nor_deleted(app) {
        let kept = made(app, "audits", json!({"code": "A-1", "name": "Access", "scope": "All.", "criteria": "Policy."})).await;
        let hold = json!({"code": "LH-1", "name": "Dispute over hosting", "reason": "A claim.", "starts_on": "2026-06-01"});
        let hold = made(app, "legal-holds", hold).await;
        let item = async || app.post(&app.admin, "/api/v1/governance/legal-hold-items", &json!({"legal_hold_id": hold, "subject_id": kept})).await;
        let first = item().await.id();
        assert_eq!(app.delete(&app.admin, &at("legal-hold-items", &first), "*").await.status, 204, "a draft keeps nothing yet");
        let first = item().await.id();
        assert_eq!(app.transition(&app.admin, &at("legal-holds", &hold), "active").await.status, 200);
        let refused = app.delete(&app.admin, &at("legal-hold-items", &first), "*").await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/legal_hold_id legal_hold".to_owned()]), "{}", refused.text);
        assert!(refused.text.contains("Dispute over hosting"), "{}", refused.text);
        let refused = app.delete(&app.admin, &at("audits", &kept), "*").await;
        assert!(refused.status == 409 && refused.text.contains("Dispute over hosting"), "the refusal names the hold: {}", refused.text);
        // The order stays as it was issued; who watches over it and its review go on.
        let change = async |body: Value| app.patch(&app.admin, &at("legal-holds", &hold), "*", &body).await;
        for (field, value) in [("name", json!("Nothing")), ("reason", json!("None.")), ("starts_on", json!("2020-01-01")), ("code", json!("LH-2")), ("authority", json!("Me"))] {
            assert_eq!(change(json!({field: value})).await.status, 409, "{field}");
        }
        assert_eq!(change(json!({"next_review_on": "2026-09-01", "custodians": "The archive."})).await.status, 200);
        let other = made(app, "audits", json!({"code": "A-2", "name": "Backups", "scope": "All.", "criteria": "Policy."})).await;
        let more = app.post(&app.admin, "/api/v1/governance/legal-hold-items", &json!({"legal_hold_id": hold, "subject_id": other})).await;
        assert_eq!(more.status, 201, "more is kept meanwhile: {}", more.text);
        assert_eq!(change(json!({"ends_on": "2026-06-15", "lifting_reason": "It was settled."})).await.status, 200);
        assert_eq!(app.transition(&app.second_admin().await, &at("legal-holds", &hold), "lifted").await.status, 200);
        assert_eq!(item().await.status, 409, "nothing is added to a lifted hold");
        assert_eq!(app.delete(&app.admin, &at("legal-hold-items", &first), "*").await.status, 204);
        assert_eq!(app.delete(&app.admin, &at("audits", &kept), "*").await.status, 204);
    }

    what_members_voted_on_stays_and_the_day_of_a_decision_is_written_by_the_service(app) {
        let body = made(app, "governance-bodies", json!({"name": "Board", "kind": "steering_committee", "quorum": 1})).await;
        let member = app.person_of_second().await;
        made(app, "body-members", json!({"governance_body_id": body, "person_id": member, "starts_on": "2025-01-01"})).await;
        let meeting = json!({"title": "June", "governance_body_id": body, "starts_at": "2026-06-20T07:00:00Z"});
        let meeting = made(app, "meetings", meeting).await;
        let options = json!([{"name": "Cloud"}, {"name": "Vault"}]);
        let matter = json!({"title": "Backups", "options": options, "chosen_option": "Cloud", "governance_body_id": body});
        let mut typed = matter.clone();
        typed["decided_on"] = json!("1999-01-01");
        assert_eq!(app.post(&app.admin, "/api/v1/governance/decisions", &typed).await.broken(), ["/decided_on server_field"]);
        let decision = made(app, "decisions", matter).await;
        let path = at("decisions", &decision);
        let change = async |body: Value| app.patch(&app.admin, &path, "*", &body).await;
        assert_eq!(change(json!({"chosen_option": "Vault"})).await.status, 200, "nobody has voted yet");
        let second = app.second_admin().await;
        let vote = |ballot: &str| json!({"votes": [{"person_id": member, "ballot": ballot}]});
        assert_eq!(app.patch(&second, &path, "*", &vote("for")).await.status, 200);
        let theirs = made(app, "audits", json!({"code": "A-1", "name": "Access", "scope": "All.", "criteria": "Policy."})).await;
        for (field, value) in [("title", json!("Bonuses")), ("chosen_option", json!("Cloud")), ("options", json!([{"name": "Vault"}])), ("subject_id", json!(theirs))] {
            let refused = change(json!({field: value})).await;
            assert_eq!((refused.status, refused.broken()), (409, vec![format!("/{field} frozen")]), "{}", refused.text);
        }
        assert_eq!(change(json!({"rationale": "It is read back in hours.", "meeting_id": meeting})).await.status, 200);
        assert_eq!(change(json!({"rationale": "It is cheap."})).await.broken(), ["/rationale frozen"]);
        let third = app.actor("administrator", None).await;
        assert_eq!(app.transition(&third, &path, "approved").await.broken(), ["/meeting_id future"]);
        assert_eq!(app.patch(&app.admin, &at("meetings", &meeting), "*", &json!({"starts_at": "2026-06-10T07:00:00Z"})).await.status, 200);
        let approved = app.transition(&third, &path, "approved").await;
        assert_eq!((approved.status, &approved.body["decided_on"]), (200, &json!("2026-06-10")), "{}", approved.text);
        assert_eq!(change(json!({"subject_id": theirs})).await.broken(), ["/subject_id frozen"]);
        let alone = made(app, "decisions", json!({"title": "Alone", "rationale": "I say so."})).await;
        let approved = app.transition(&second, &at("decisions", &alone), "approved").await;
        assert_eq!((approved.status, &approved.body["decided_on"]), (200, &json!("2026-06-15")), "{}", approved.text);
    }
}
