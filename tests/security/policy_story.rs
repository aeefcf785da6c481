//! A policy goes from its draft to the attestation of those who keep to it: who writes, who approves and who attests are different people. Today
//! is Monday, 15 June 2026.

use super::story::{creates, moves};
use super::{made, sha256_of};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

fn version(policy: &str, team: &str, major: u32, body: &str) -> (Value, String) {
    let sha256 = sha256_of(body);
    let version = json!({"policy_id": policy, "major": major, "minor": 0, "body": body, "sha256": sha256, "effective_on": "2026-06-15", "audience": "team", "audience_id": team});
    (version, sha256)
}

async fn status(app: &TestApp, actor: &Actor, policy: &str) -> [Value; 4] {
    let told = app.get(actor, &format!("/api/v1/security/policies/{policy}/attestation-status")).await;
    assert_eq!(told.status, 200, "{}", told.text);
    ["version", "audience_count", "attested_count", "attested_percent"].map(|name| told.body[name].clone())
}

on_both! {
    a_policy_is_approved_published_and_attested_and_a_new_major_version_is_attested_anew(app) {
        let [officer, colleague, auditor] = [app.actor("security_officer", None).await, app.actor("security_officer", None).await, app.actor("auditor", None).await];
        let [ann, bob] = [app.actor("employee", None).await, app.actor("employee", None).await];
        let team = made(app, "teams/teams", json!({"code": "T", "name": "T", "kind": "team"})).await;
        for each in [&ann, &bob] {
            let person = app.person_of(each.id.unwrap()).await;
            made(app, "teams/memberships", json!({"team_id": team, "person_id": person, "starts_on": "2026-01-01"})).await;
        }
        let policy = creates(app, &officer, "security/policies", &json!({"code": "POL-1", "title": "Access"})).await;
        let (body, sha256) = version(&policy, &team, 1, "Every right has an owner.");
        let id = creates(app, &officer, "security/policy-versions", &body).await;
        let path = format!("/api/v1/security/policy-versions/{id}");
        assert_eq!([app.get(&ann, &path).await.status, app.get(&ann, &format!("/api/v1/security/policies/{policy}")).await.status], [404, 404], "a draft is for those who write it");
        moves(app, &officer, &path, &["in_review"]).await;
        assert_eq!(app.transition(&officer, &path, "approved").await.broken(), [" four_eyes"]);
        moves(app, &colleague, &path, &["approved"]).await;
        moves(app, &officer, &path, &["published"]).await;
        assert_eq!(app.patch(&officer, &path, "*", &json!({"change_summary": "None."})).await.status, 409, "what is published stays");

        assert_eq!(app.patch(&officer, &path, "*", &json!({"reviewed_on": "2026-06-15"})).await.status, 200, "but for the day of its review");

        let campaign = json!({"name": "Access 1.0", "policy_version_id": id, "starts_on": "2026-06-15", "due_on": "2026-06-30"});
        let campaign = creates(app, &officer, "security/attestation-campaigns", &campaign).await;
        moves(app, &officer, &format!("/api/v1/security/attestation-campaigns/{campaign}"), &["open"]).await;
        // Those who are asked read what they attest, and attest it for themselves.
        let read = app.get(&ann, &path).await;
        assert_eq!((read.status, &read.body["sha256"]), (200, &json!(sha256)), "{}", read.text);
        let attestation = json!({"policy_version_id": id, "sha256": sha256, "campaign_id": campaign});
        creates(app, &ann, "security/attestations", &attestation).await;
        assert_eq!(status(app, &auditor, &policy).await, [json!("1.0"), json!(2), json!(1), json!(50)]);
        creates(app, &bob, "security/attestations", &json!({"policy_version_id": id, "sha256": sha256})).await;
        assert_eq!(status(app, &officer, &policy).await[3], json!(100));
        assert_eq!(app.get(&ann, "/api/v1/security/attestations").await.body["data"].as_array().map(Vec::len), Some(1), "one's own alone");

        // A new major version takes its place, and nobody has attested that.
        let (body, _) = version(&policy, &team, 2, "Every right has an owner and an end.");
        let next = format!("/api/v1/security/policy-versions/{}", creates(app, &officer, "security/policy-versions", &body).await);
        moves(app, &officer, &next, &["in_review"]).await;
        moves(app, &colleague, &next, &["approved"]).await;
        moves(app, &officer, &next, &["published"]).await;
        assert_eq!(app.get(&officer, &path).await.body["state"], json!("superseded"), "one is published at any time");
        // What was written before it does not come back over it.
        let (mut body, _) = version(&policy, &team, 1, "Every right has an owner, as ever.");
        body["minor"] = json!(1);
        let old = format!("/api/v1/security/policy-versions/{}", creates(app, &officer, "security/policy-versions", &body).await);
        moves(app, &officer, &old, &["in_review"]).await;
        moves(app, &colleague, &old, &["approved"]).await;
        let refused = app.transition(&officer, &old, "published").await;
        assert!(refused.status == 409 && refused.broken().contains(&"/major older".to_owned()), "{}", refused.text);
        assert_eq!(status(app, &auditor, &policy).await, [json!("2.0"), json!(2), json!(0), json!(0)]);
        assert_eq!(app.post(&ann, "/api/v1/security/attestations", &attestation).await.status, 422, "what is no longer published is not there for her");
    }
}
