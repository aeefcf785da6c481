//! Reviews of policies that are due.

use super::{made, moved, sha256_of};
use crate::on_both;
use serde_json::{Value, json};

on_both! {
    a_published_policy_is_due_its_interval_after_its_review_or_its_first_day(app) {
        let second = app.second_admin().await;
        for (code, months, state) in [("POL-A", 12, "published"), ("POL-B", 6, "published"), ("POL-C", 1, "draft")] {
            let policy = made(app, "security/policies", json!({"code": code, "title": code})).await;
            let text = "Every right has an owner.";
            let sha256 = sha256_of(text);
            let body = json!({"policy_id": policy, "major": 2, "minor": 1, "body": text, "sha256": sha256, "effective_on": "2026-01-31",
                "review_interval_months": months});
            let version = made(app, "security/policy-versions", body).await;
            if state == "published" {
                moved(app, &app.admin, "security/policy-versions", &version, "in_review").await;
                moved(app, &second, "security/policy-versions", &version, "approved").await;
                moved(app, &app.admin, "security/policy-versions", &version, "published").await;
            }
        }
        let due = async |query: &str| app.get(&app.admin, &format!("/api/v1/security/policies/reviews-due?as_of=2026-08-10{query}")).await.body["data"].clone();
        let told = |rows: &Value| {
            let rows = rows.as_array().unwrap().iter();
            rows.map(|row| (row["policy"]["title"].clone(), row["due_on"].clone(), row["days_left"].clone())).collect::<Vec<_>>()
        };
        // 31 January and six months are 31 July, ten days before the day of the question; the draft binds nobody.
        let all = due("").await;
        assert_eq!(told(&all), [(json!("POL-B"), json!("2026-07-31"), json!(-10)), (json!("POL-A"), json!("2027-01-31"), json!(174))]);
        assert_eq!((&all[0]["version"], &all[0]["reviewed_on"]), (&json!("2.1"), &Value::Null));
        assert_eq!(told(&due("&before=2026-07-31").await), []);
        let version = all[0]["policy_version_id"].as_str().unwrap();
        let reviewed = app.patch(&app.admin, &format!("/api/v1/security/policy-versions/{version}"), "*", &json!({"reviewed_on": "2026-05-15"})).await;
        assert_eq!(reviewed.status, 200, "{}", reviewed.text);
        assert_eq!(told(&due("&before=2026-12-01").await), [(json!("POL-B"), json!("2026-11-15"), json!(97))]);
    }

    a_campaign_goes_on_for_minor_versions_and_ends_with_the_next_major_one(app) {
        let second = app.log_in_as(&app.second_admin().await.id.unwrap().to_string());
        let policy = made(app, "security/policies", json!({"code": "POL-9", "title": "Access"})).await;
        let publish = async |major: u32, minor: u32| {
            let body = format!("Every right has an owner ({major}.{minor}).");
            let sha256 = super::sha256_of(&body);
            let version = json!({"policy_id": policy, "major": major, "minor": minor, "body": body, "sha256": sha256, "effective_on": "2026-06-15"});
            let version = made(app, "security/policy-versions", version).await;
            moved(app, &app.admin, "security/policy-versions", &version, "in_review").await;
            moved(app, &second, "security/policy-versions", &version, "approved").await;
            moved(app, &app.admin, "security/policy-versions", &version, "published").await;
            (version, sha256)
        };
        let (first, _) = publish(1, 0).await;
        let campaign = json!({"name": "Access 1.0", "policy_version_id": first, "starts_on": "2026-06-15", "due_on": "2026-06-30"});
        let campaign = made(app, "security/attestation-campaigns", campaign).await;
        moved(app, &app.admin, "security/attestation-campaigns", &campaign, "open").await;
        let status = async || app.get(&app.admin, &format!("/api/v1/security/policies/{policy}/attestation-status")).await.body;
        let (minor, sha256) = publish(1, 1).await;
        let told = status().await;
        assert_eq!((&told["version"], &told["due_on"], &told["overdue"]), (&json!("1.1"), &json!("2026-06-30"), &json!(false)), "{told}");
        app.person_of_admin().await;
        let attested = app.post(&app.admin, "/api/v1/security/attestations", &json!({"policy_version_id": minor, "sha256": sha256, "campaign_id": campaign})).await;
        assert_eq!(attested.status, 201, "{}", attested.text);
        let (major, sha256) = publish(2, 0).await;
        let path = format!("/api/v1/security/attestation-campaigns/{campaign}");
        assert_eq!((&app.get(&app.admin, &path).await.body["state"], &status().await["due_on"]), (&json!("closed"), &serde_json::Value::Null));
        let other = app.post(&app.admin, "/api/v1/security/attestations", &json!({"policy_version_id": major, "sha256": sha256, "campaign_id": campaign})).await;
        assert_eq!((other.status, other.broken()), (409, vec!["/campaign_id other_version".to_owned()]), "{}", other.text);
    }
}
