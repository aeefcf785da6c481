//! Access rights are requested, granted by another person, and revoked. Today is Monday, 15 June 2026.

use super::made;
use super::story::{creates, moves};
use crate::on_both;
use serde_json::{Value, json};

on_both! {
    a_right_is_granted_by_another_person_and_stays_as_it_was_granted(app) {
        let [officer, colleague] = [app.actor("security_officer", None).await, app.actor("security_officer", None).await];
        let (own, approver) = (app.person_of(officer.id.unwrap()).await, app.person_of(colleague.id.unwrap()).await);
        let service = made(app, "infrastructure/services", json!({"code": "ORDERS", "name": "Orders", "kind": "business"})).await;
        let mut body = json!({"person_id": own, "service_id": service, "entitlement": "Root", "privileged": true, "granted_on": "2026-06-15", "expires_on": "2026-12-31"});
        for (field, value) in [("approver_id", json!(approver)), ("approved_on", json!("2026-06-15"))] {
            body[field] = value;
            assert_eq!(app.post(&officer, "/api/v1/security/access-rights", &body).await.broken(), [format!("/{field} server_field")], "nobody says for another that they granted it");
            body.as_object_mut().unwrap().shift_remove(field);
        }
        let right = creates(app, &officer, "security/access-rights", &body).await;
        let path = format!("/api/v1/security/access-rights/{right}");
        assert_eq!(app.get(&officer, &path).await.body["state"], json!("requested"));
        let told = app.get(&colleague, "/api/v1/security/access-status").await.body;
        assert_eq!((&told["rights"], &told["not_granted"], &told["partial"]), (&json!(1), &json!(1), &json!(false)), "what exists counts before it is granted: {told}");
        assert_eq!(app.transition(&officer, &path, "granted").await.broken(), [" four_eyes"], "neither the holder nor the author");
        moves(app, &colleague, &path, &["granted"]).await;
        let granted = app.get(&officer, &path).await.body;
        assert_eq!((&granted["approver_id"], &granted["approved_on"]), (&json!(approver), &json!("2026-06-15")));
        for change in [json!({"entitlement": "Owner"}), json!({"expires_on": "2027-12-31"}), json!({"privileged": false})] {
            assert_eq!(app.patch(&officer, &path, "*", &change).await.status, 409, "{change}");
        }
        assert_eq!(app.patch(&officer, &path, "*", &json!({"last_used_on": "2026-06-15"})).await.status, 200);
        assert_eq!(app.delete(&officer, &path, "*").await.status, 409, "what was granted stays as evidence");
        moves(app, &officer, &path, &["revoked"]).await;
        assert_eq!(app.get(&officer, &path).await.body["revoked_on"], json!("2026-06-15"));
        assert_eq!(app.get(&colleague, "/api/v1/security/access-status").await.body["rights"], json!(0));
    }

    who_holds_a_right_does_not_grant_it_whoever_asked(app) {
        let [officer, colleague] = [app.actor("security_officer", None).await, app.actor("security_officer", None).await];
        let holder = app.person_of(colleague.id.unwrap()).await;
        let service = made(app, "infrastructure/services", json!({"code": "ORDERS", "name": "Orders", "kind": "business"})).await;
        let body = json!({"person_id": holder, "service_id": service, "entitlement": "Reader", "granted_on": "2026-06-15"});
        let path = format!("/api/v1/security/access-rights/{}", creates(app, &officer, "security/access-rights", &body).await);
        assert_eq!(app.transition(&colleague, &path, "granted").await.broken(), [" four_eyes"]);
        moves(app, &app.admin, &path, &["granted"]).await;
        assert_eq!(app.get(&officer, &path).await.body["approver_id"], Value::Null, "the account of the administrator is nobody's");
    }
}
