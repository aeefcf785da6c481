//! How severe a vulnerability is, and that it is recorded once: who fixes it moves neither. Today is Monday, 15 June 2026.

use super::story::{creates, moves};
use super::{excepted, made, moved};
use crate::on_both;
use serde_json::{Value, json};

on_both! {
    who_fixes_a_vulnerability_moves_neither_its_detection_nor_its_severity(app) {
        let [officer, fixer] = [app.actor("security_officer", None).await, app.actor("infrastructure_manager", None).await];
        let server = creates(app, &fixer, "infrastructure/virtual-machines", &json!({"name": "srv-1"})).await;
        let advisory = creates(app, &officer, "security/advisories", &json!({"code": "A-1", "title": "Hole", "severity": "critical"})).await;
        let body = json!({"title": "Hole", "subject_id": server, "advisory_id": advisory, "detected_on": "2026-06-10"});
        let path = format!("/api/v1/security/vulnerabilities/{}", creates(app, &officer, "security/vulnerabilities", &body).await);
        assert_eq!(app.patch(&fixer, &path, "*", &json!({"detected_on": "2026-06-15"})).await.broken(), ["/detected_on fixed"]);
        assert_eq!(app.patch(&fixer, &path, "*", &json!({"severity": "low"})).await.broken(), ["/severity_reason required"]);
        let lower = json!({"severity": "low", "severity_reason": "Nobody reaches it."});
        assert_eq!(app.patch(&fixer, &path, "*", &lower).await.status, 403, "who fixes it does not judge it");
        assert_eq!(app.patch(&fixer, &path, "*", &json!({"advisory_id": null, "severity_reason": "Nobody reaches it."})).await.status, 403);
        assert_eq!(app.patch(&officer, &path, "*", &lower).await.status, 200);
        let higher = app.patch(&fixer, &path, "*", &json!({"severity": "high"})).await;
        assert_eq!(higher.status, 200, "to be warier needs nobody: {}", higher.text);
        let below = json!({"title": "Other", "subject_id": server, "advisory_id": advisory, "location": "/opt", "severity": "low", "detected_on": "2026-06-10"});
        assert_eq!(app.post(&officer, "/api/v1/security/vulnerabilities", &below).await.broken(), ["/severity_reason required"]);
    }

    a_low_exception_does_not_cover_what_has_become_severe(app) {
        let server = made(app, "infrastructure/virtual-machines", json!({"name": "srv-1"})).await;
        let body = json!({"title": "Hole", "subject_id": server, "severity": "low", "detected_on": "2026-06-10", "decision_reason": "Switched off soon."});
        let hole = made(app, "security/vulnerabilities", body).await;
        moved(app, &app.admin, "security/vulnerabilities", &hole, "triaged").await;
        let exception = json!({"title": "Until July", "kind": "overdue_vulnerability", "subject_id": hole, "level": "low", "justification": "It goes.",
            "starts_on": "2026-06-01", "expires_on": "2026-06-30"});
        excepted(app, exception).await;
        let path = format!("/api/v1/security/vulnerabilities/{hole}");
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"severity": "critical"})).await.status, 200);
        assert_eq!(app.transition(&app.admin, &path, "accepted").await.broken(), [" level"]);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"severity": "low", "severity_reason": "The port is closed."})).await.status, 200);
        moved(app, &app.admin, "security/vulnerabilities", &hole, "accepted").await;
    }

    an_accepted_vulnerability_that_has_become_more_severe_is_no_longer_excused(app) {
        let server = made(app, "infrastructure/virtual-machines", json!({"name": "srv-1"})).await;
        let advisory = made(app, "security/advisories", json!({"code": "A-1", "title": "Hole", "severity": "low"})).await;
        let body = json!({"title": "Hole", "subject_id": server, "advisory_id": advisory, "detected_on": "2026-05-10", "decision_reason": "Switched off soon."});
        let hole = made(app, "security/vulnerabilities", body).await;
        moved(app, &app.admin, "security/vulnerabilities", &hole, "triaged").await;
        let exception = json!({"title": "Until July", "kind": "overdue_vulnerability", "subject_id": hole, "level": "low", "justification": "It goes.",
            "starts_on": "2026-06-01", "expires_on": "2026-06-30"});
        excepted(app, exception).await;
        moved(app, &app.admin, "security/vulnerabilities", &hole, "accepted").await;
        let told = async || {
            let conflicts = app.get(&app.admin, "/api/v1/platform/conflicts?rule=security.vulnerabilities:exception_level&state=open").await.body;
            let figures = app.get(&app.admin, "/api/v1/security/vulnerabilities?figures=true").await.body["data"][0]["figures"].clone();
            let queue = app.get(&app.admin, "/api/v1/security/vulnerabilities/priorities").await.body;
            (conflicts["data"].as_array().map(Vec::len), figures["overdue"].clone(), queue["total_count"].clone())
        };
        assert_eq!(told().await, (Some(0), Value::Null, json!(0)));
        let advised = async |change: Value| {
            let answer = app.patch(&app.admin, &format!("/api/v1/security/advisories/{advisory}"), "*", &change).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
        };
        advised(json!({"cvss3_vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"})).await;
        assert_eq!(told().await, (Some(1), json!(true), json!(1)), "15 days from 10 May have passed");
        advised(json!({"cvss3_vector": null, "severity": "low"})).await;
        assert_eq!(told().await, (Some(0), Value::Null, json!(0)));
        advised(json!({"known_exploited": true, "known_exploited_due_on": "2026-06-10"})).await;
        assert_eq!(told().await, (Some(1), json!(true), json!(1)), "what is exploited is at least high");
        moved(app, &app.admin, "security/vulnerabilities", &hole, "reopened").await;
        assert_eq!(told().await.0, Some(0), "it is looked at");
    }

    the_assignee_does_not_verify_the_fix(app) {
        let server = made(app, "infrastructure/virtual-machines", json!({"name": "srv-1"})).await;
        let body = json!({"title": "Hole", "subject_id": server, "severity": "low", "detected_on": "2026-06-10", "assignee_id": app.person_of_second().await});
        let hole = made(app, "security/vulnerabilities", body).await;
        for state in ["triaged", "in_remediation", "fixed"] {
            moved(app, &app.admin, "security/vulnerabilities", &hole, state).await;
        }
        let refused = app.transition(&app.second_admin().await, &format!("/api/v1/security/vulnerabilities/{hole}"), "verified").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" four_eyes".to_owned()]), "{}", refused.text);
    }

    a_vulnerability_that_was_fixed_is_reopened_and_not_recorded_twice(app) {
        let server = made(app, "infrastructure/virtual-machines", json!({"name": "srv-1"})).await;
        let advisory = made(app, "security/advisories", json!({"code": "A-1", "title": "Hole", "severity": "high"})).await;
        let by_advisory = json!({"title": "Hole", "subject_id": server, "advisory_id": advisory, "detected_on": "2026-06-10"});
        let by_rule = json!({"title": "Query", "subject_id": server, "reference": "js/sql", "location": "src/app.js:42", "detected_on": "2026-06-10"});
        for (body, pointer) in [(by_advisory, "/advisory_id duplicate"), (by_rule, "/location duplicate")] {
            let first = made(app, "security/vulnerabilities", body.clone()).await;
            let again = async || app.post(&app.admin, "/api/v1/security/vulnerabilities", &body).await;
            let refused = again().await;
            assert!(refused.broken() == [pointer] && refused.text.contains("Update that one"), "{}", refused.text);
            for state in ["triaged", "in_remediation", "fixed"] {
                moved(app, &app.admin, "security/vulnerabilities", &first, state).await;
            }
            let refused = again().await;
            assert!(refused.broken() == [pointer] && refused.text.contains("Reopen that one"), "{}", refused.text);
            moves(app, &app.admin, &format!("/api/v1/security/vulnerabilities/{first}"), &["reopened"]).await;
        }
        // What only a person has found, without a rule and a place, is told by nobody else.
        for title in ["One", "Two"] {
            made(app, "security/vulnerabilities", json!({"title": title, "subject_id": server, "reference": "Penetration test", "detected_on": "2026-06-10"})).await;
        }
    }

    a_result_with_a_fingerprint_is_the_same_wherever_it_has_moved(app) {
        let service = made(app, "infrastructure/services", json!({"code": "SHOP", "name": "Shop", "kind": "business"})).await;
        let scan = async |tool: &str, line: u32, print: Option<&str>| {
            let result = json!({"ruleId": "js/sql", "message": {"text": "m"}, "partialFingerprints": print.map(|print| json!({"primaryLocationLineHash": print})).unwrap_or(json!({})),
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/app.js"}, "region": {"startLine": line}}}]});
            let body = json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": tool}}, "results": [result]}]});
            let answer = app.post(&app.admin, &format!("/api/v1/security/vulnerabilities/import?format=sarif&subject_id={service}"), &body).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            ["created", "updated", "unchanged"].map(|name| answer.body[name].clone())
        };
        assert_eq!(scan("One", 42, None).await, [json!(1), json!(0), json!(0)]);
        assert_eq!(scan("One", 42, Some("39fa:1")).await, [json!(0), json!(1), json!(0)], "known by its place before there was a fingerprint");
        assert_eq!(scan("Two", 7, Some("77ab:1")).await, [json!(1), json!(0), json!(0)]);
        assert_eq!(scan("Two", 7, Some("77ab:1")).await, [json!(0), json!(0), json!(1)]);
        assert_eq!(scan("Two", 99, Some("77ab:1")).await, [json!(0), json!(1), json!(0)], "it has moved");
        assert_eq!(scan("One", 99, Some("77ab:1")).await, [json!(1), json!(0), json!(0)], "another tool has prints of its own");
        let told = app.get(&app.admin, "/api/v1/security/vulnerabilities?limit=50").await.body["data"].clone();
        assert_eq!(told.as_array().map(Vec::len), Some(3), "{told}");
        assert_ne!(told[1]["fingerprint"], Value::Null);
    }
}
