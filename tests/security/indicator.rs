//! Key risk indicators. Today is Monday, 15 June 2026.

use super::{made, published, risk};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn kpi(app: &TestApp, code: &str, more: Value) -> String {
    let mut body = json!({"code": code, "name": code, "perspective": "process", "direction": "decrease", "unit_of_measure": "percent", "frequency": "monthly", "target": 5});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    made(app, "strategy/kpis", body).await
}

async fn measure(app: &TestApp, kpi: &str, day: &str, value: f64) -> String {
    made(app, "strategy/kpi-samples", json!({"kpi_id": kpi, "measured_at": format!("{day}T06:00:00Z"), "value": value})).await
}

on_both! {
    indicators_that_name_a_risk_stand_against_their_thresholds(app) {
        let matrix = published(app, "RM").await;
        let (phishing, outage) = (risk(app, "PHISHING", &matrix, None).await, risk(app, "OUTAGE", &matrix, None).await);
        let clicks = kpi(app, "CLICKS", json!({"risk_id": phishing, "warning_threshold": 8, "critical_threshold": 15})).await;
        let patched = kpi(app, "PATCHED", json!({"risk_id": outage, "direction": "increase", "target": 98, "warning_threshold": 95, "critical_threshold": 90})).await;
        let room = kpi(app, "ROOM", json!({"risk_id": outage, "direction": "hold_range", "target": null, "low": 18, "high": 27, "tolerance": 3, "unit_of_measure": "°C"})).await;
        kpi(app, "SILENT", json!({"risk_id": outage})).await;
        kpi(app, "OTHER", json!({})).await;
        for (kpi, day, value) in [(&clicks, "2026-05-31", 9.0), (&clicks, "2026-06-10", 16.0), (&patched, "2026-05-31", 94.0), (&patched, "2026-06-10", 96.0), (&room, "2026-06-14", 28.0)] {
            measure(app, kpi, day, value).await;
        }
        let wrong = measure(app, &room, "2026-06-15", 31.0).await;
        made(app, "strategy/kpi-samples", json!({"kpi_id": room, "measured_at": "2026-06-15T06:00:00Z", "value": null, "retraction_of": wrong})).await;
        let asked = async |query: &str| app.get(&app.admin, &format!("/api/v1/security/key-risk-indicators{query}")).await;
        let told = asked("").await;
        assert_eq!(told.status, 200, "{}", told.text);
        let row = |body: &Value, at: usize| ["code", "status", "value", "previous_value", "worsening"].map(|name| body["data"][at][name].clone());
        // 16 is beyond 15; 28 lies 1 of 3 outside of 18 to 27; nothing is known of the silent one; 96 is better than 95.
        assert_eq!(row(&told.body, 0), [json!("CLICKS"), json!("critical"), json!(16), json!(9), json!(true)]);
        assert_eq!(row(&told.body, 1), [json!("ROOM"), json!("warning"), json!(28), Value::Null, Value::Null], "what was taken back does not count");
        assert_eq!(row(&told.body, 2), [json!("SILENT"), json!("unknown"), Value::Null, Value::Null, Value::Null]);
        assert_eq!(row(&told.body, 3), [json!("PATCHED"), json!("within"), json!(96), json!(94), json!(false)]);
        assert_eq!((&told.body["data"][0]["risk"]["title"], &told.body["partial"], told.body["data"].as_array().unwrap().len()), (&json!("Risk PHISHING"), &json!(false), 4));
        let past = asked("?as_of=2026-06-01").await.body;
        assert_eq!(row(&past, 0)[..3], [json!("CLICKS"), json!("warning"), json!(9)]);
        assert_eq!(row(&asked(&format!("?risk_id={outage}&status=warning")).await.body, 0)[0], "ROOM");
        let officer = app.actor("security_officer", None).await;
        assert_eq!(app.get(&officer, "/api/v1/security/key-risk-indicators").await.body["data"].as_array().unwrap().len(), 4);
        assert_eq!(app.get(&app.actor("employee", None).await, "/api/v1/security/key-risk-indicators").await.status, 404);
        assert_eq!(asked("?status=red").await.status, 400);
    }

    who_may_not_read_an_indicator_is_told_that_there_are_others(app) {
        let matrix = published(app, "RM").await;
        let risk = risk(app, "PHISHING", &matrix, None).await;
        kpi(app, "CLICKS", json!({"risk_id": risk})).await;
        let role = made(app, "identity/roles", json!({"code": "risk_reader", "name": "Risk reader", "permissions": ["security.risks:read"]})).await;
        let reader = app.stranger().await;
        made(app, "identity/grants", json!({"principal_id": reader.id.unwrap().to_string(), "role_id": role, "unit_id": null})).await;
        let told = app.get(&reader, "/api/v1/security/key-risk-indicators").await;
        assert_eq!((told.status, &told.body["data"], &told.body["partial"]), (200, &json!([]), &json!(true)), "{}", told.text);
    }
}
