//! The figures of lists in security: when notices are due, how high risks are, by when vulnerabilities are to be fixed.

use super::{assessed, made, published, risk};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The figures of a list, by the value of a field of each record.
async fn figures(app: &TestApp, collection: &str, by: &str) -> BTreeMap<String, Value> {
    let page = app.get(&app.admin, &format!("/api/v1/security/{collection}?figures=true")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let rows = page.body["data"].as_array().unwrap().iter();
    rows.map(|row| (row[by].as_str().unwrap().to_owned(), row["figures"].clone())).collect()
}

on_both! {
    a_notice_is_due_by_its_law_and_the_notice_before_it(app) {
        let body = json!({"code": "SI-1", "title": "Mailbox", "category": "intrusion", "severity": "high", "aware_at": "2026-06-10T08:00:00Z",
            "classified_at": "2026-06-10T10:00:00Z"});
        let incident = made(app, "security/security-incidents", body).await;
        let notice = async |regime: &str, stage: &str, sent: Value| {
            let late = sent.is_string().then_some("The lines were down.");
            let name = format!("{regime} {stage}");
            let body = json!({"security_incident_id": incident, "regime": regime, "stage": stage, "authority": name, "sent_at": sent, "delay_reason": late});
            made(app, "security/incident-notifications", body).await;
        };
        notice("gdpr", "authority", json!("2026-06-13T08:00:01Z")).await;
        notice("gdpr", "persons", Value::Null).await;
        notice("nis2", "early_warning", json!("2026-06-11T08:00:00Z")).await;
        notice("nis2", "notification", json!("2026-06-12T12:00:00Z")).await;
        notice("nis2", "final", Value::Null).await;
        notice("dora", "initial", Value::Null).await;
        notice("dora", "intermediate", Value::Null).await;
        let told: BTreeMap<String, Value> = figures(app, "incident-notifications", "authority").await;
        let expected = [
            // GDPR, Article 33: 72 hours after awareness; missed by a second.
            ("gdpr authority", json!({"due_at": "2026-06-13T08:00:00.000000Z", "late": true})),
            ("gdpr persons", json!({"due_at": null, "late": null})),
            // NIS2, Article 23: 24 hours, 72 hours, and a month after the second notice.
            ("nis2 early_warning", json!({"due_at": "2026-06-11T08:00:00.000000Z", "late": false})),
            ("nis2 final", json!({"due_at": "2026-07-12T12:00:00.000000Z", "late": false})),
            ("nis2 notification", json!({"due_at": "2026-06-13T08:00:00.000000Z", "late": false})),
            // DORA: 4 hours after the classification, which are over and nothing was sent; without an initial notice no other is due.
            ("dora initial", json!({"due_at": "2026-06-10T14:00:00.000000Z", "late": true})),
            ("dora intermediate", json!({"due_at": null, "late": null})),
        ];
        assert_eq!(told, expected.map(|(name, figures)| (name.to_owned(), figures)).into());
    }

    a_risk_shows_the_level_of_each_stage_in_its_matrix(app) {
        let matrix = published(app, "M").await;
        let (judged, bare) = (risk(app, "R1", &matrix, None).await, risk(app, "R2", &matrix, None).await);
        // The grid: frequent and severe is 3, possible and major 2, rare and minor 1.
        assessed(app, &judged, "inherent", 3, 3).await;
        assessed(app, &judged, "current", 2, 2).await;
        assessed(app, &judged, "target", 1, 1).await;
        assert_ne!(judged, bare);
        let told = figures(app, "risks", "code").await;
        assert_eq!(told["R1"], json!({"inherent_level": 3, "current_level": 2, "target_level": 1}));
        assert_eq!(told["R2"], json!({"inherent_level": null, "current_level": null, "target_level": null}));
    }

    a_vulnerability_is_due_by_its_severity_or_because_it_is_exploited(app) {
        let server = made(app, "infrastructure/virtual-machines", json!({"name": "order"})).await;
        let body = json!({"code": "CVE-2026-1", "title": "Hole", "severity": "high", "known_exploited": true, "known_exploited_on": "2026-05-20",
            "known_exploited_due_on": "2026-06-10"});
        let advisory = made(app, "security/advisories", body).await;
        for (title, severity, detected, advisory) in [
            ("critical", Some("critical"), "2026-06-01", None),
            ("low", Some("low"), "2026-01-01", None),
            ("unknown", None, "2026-06-01", None),
            ("exploited", None, "2026-05-31", Some(&advisory)),
        ] {
            let body = json!({"title": title, "subject_id": server, "severity": severity, "detected_on": detected, "advisory_id": advisory});
            made(app, "security/vulnerabilities", body).await;
        }
        let told = figures(app, "vulnerabilities", "title").await;
        let due = |name: &str| ["severity", "known_exploited", "due_on", "due_basis", "overdue"].map(|field| told[name][field].clone());
        // It is 15 June: 15 days from 1 June are 16 June, 180 days from 1 January 30 June.
        assert_eq!(due("critical"), [json!("critical"), json!(false), json!("2026-06-16"), json!("severity"), json!(false)]);
        assert_eq!(due("low"), [json!("low"), json!(false), json!("2026-06-30"), json!("severity"), json!(false)]);
        assert_eq!(due("unknown"), [Value::Null, json!(false), Value::Null, Value::Null, Value::Null]);
        // The list said 10 June, and two weeks from the detection are 14 June, which has passed.
        assert_eq!(due("exploited"), [json!("high"), json!(true), json!("2026-06-14"), json!("known_exploited"), json!(true)]);
    }
}
