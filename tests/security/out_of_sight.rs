//! What a figure of security leaves out because the caller may not read it is said, and never shown as something else. Today is Monday, 15 June
//! 2026.

use super::{assessed, control, euros, made, published, risk, scenario};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

/// Somebody with some permissions everywhere, or in a unit.
async fn reader(app: &TestApp, permissions: &[&str], unit: Option<&str>) -> Actor {
    let role = made(app, "identity/roles", json!({"code": format!("reader_{}", permissions.len()), "name": "Reader", "permissions": permissions})).await;
    let reader = app.stranger().await;
    app.make("identity/grants", &json!({"principal_id": reader.id.unwrap().to_string(), "role_id": role, "unit_id": unit})).await;
    reader
}

async fn told(app: &TestApp, actor: &Actor, path: &str) -> Value {
    let answer = app.get(actor, &format!("/api/v1/security/{path}")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.body
}

on_both! {
    a_vulnerability_whose_advisory_is_hidden_has_an_unknown_severity(app) {
        let server = made(app, "infrastructure/virtual-machines", json!({"name": "srv-1"})).await;
        let advisory = json!({"code": "A-1", "title": "Hole", "severity": "critical", "known_exploited": true, "known_exploited_on": "2026-06-01"});
        let advisory = made(app, "security/advisories", advisory).await;
        made(app, "security/vulnerabilities", json!({"title": "Hole", "subject_id": server, "advisory_id": advisory, "detected_on": "2026-05-01"})).await;
        let blind = reader(app, &["security.vulnerabilities:read"], None).await;
        let names = ["severity", "known_exploited", "due_on", "overdue"];
        let seen = told(app, &app.admin, "vulnerabilities?figures=true").await["data"][0]["figures"].clone();
        assert_eq!(names.map(|name| seen[name].clone()), [json!("critical"), json!(true), json!("2026-05-15"), json!(true)], "{seen}");
        assert_eq!(seen["reason"], Value::Null);
        let unknown = [(); 4].map(|()| Value::Null);
        let figures = told(app, &blind, "vulnerabilities?figures=true").await["data"][0]["figures"].clone();
        assert_eq!((names.map(|name| figures[name].clone()), &figures["reason"]), (unknown.clone(), &json!("Its advisory is not visible to you.")), "{figures}");
        let queue = told(app, &blind, "vulnerabilities/priorities").await;
        let row = &queue["data"][0];
        assert_eq!((names.map(|name| row[name].clone()), &row["reason"], &queue["partial"]), (unknown, &json!("Its advisory is not visible to you."), &json!(true)));
        for path in ["vulnerabilities/priorities", "vulnerabilities/ageing", "vulnerabilities/remediation"] {
            assert_eq!(told(app, &app.admin, path).await["partial"], json!(false), "{path}");
            assert_eq!(told(app, &blind, path).await["partial"], json!(true), "{path}");
        }
        assert_eq!(told(app, &blind, "vulnerabilities/ageing").await["overdue"], json!(0), "nobody knows when it was due");
    }

    a_register_and_a_ranking_say_that_there_is_more(app) {
        let (matrix, root) = (published(app, "RM").await, app.root_unit().await);
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let (mine, other) = (risk(app, "MINE", &matrix, Some(&ours)).await, risk(app, "OTHER", &matrix, Some(&theirs)).await);
        for risk in [&mine, &other] {
            made(app, "security/treatments", json!({"risk_id": risk, "name": "Filter", "kind": "modify", "cost": euros("1.00")})).await;
        }
        let officer = app.actor("security_officer", Some(&ours)).await;
        for (path, count) in [("risk-register", 1), ("treatments/ranking", 1)] {
            let (all, some) = (told(app, &app.admin, path).await, told(app, &officer, path).await);
            assert_eq!((&all["partial"], &some["partial"]), (&json!(false), &json!(true)), "{path}: {some}");
            assert_eq!(some["data"].as_array().map(Vec::len), Some(count), "{path}: {some}");
        }
        let fresh = control(app, "FRESH", Some(0.5), &[("2026-06-01", "passed")]).await;
        scenario(app, &mine, "Somehow", 4.0, &[(&fresh, "likelihood")]).await;
        assessed(app, &mine, "inherent", 3, 3).await;
        let all = reader(app, &["security.*:read"], None).await;
        let register = told(app, &all, "risk-register").await;
        assert_eq!((&register["partial"], &register["total_count"]), (&json!(true), &json!(2)), "a control is out of sight: {register}");
        let blind = reader(app, &["security.risks:read", "security.risk_matrices:read"], None).await;
        let register = told(app, &blind, "risk-register").await;
        assert_eq!((&register["data"][0]["inherent_level"], &register["partial"]), (&Value::Null, &json!(true)), "assessments are out of sight: {register}");
    }

    indicators_of_hidden_risks_are_said_to_be_left_out(app) {
        let (matrix, root) = (published(app, "RM").await, app.root_unit().await);
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        risk(app, "MINE", &matrix, Some(&ours)).await;
        let hidden = risk(app, "OTHER", &matrix, Some(&theirs)).await;
        let kpi = json!({"code": "KRI", "name": "Clicks", "perspective": "process", "direction": "decrease", "unit_of_measure": "percent", "frequency": "monthly",
            "target": 5, "warning_threshold": 8, "critical_threshold": 15, "risk_id": hidden});
        made(app, "strategy/kpis", kpi).await;
        let officer = app.actor("security_officer", Some(&ours)).await;
        let all = told(app, &officer, "key-risk-indicators").await;
        assert_eq!((&all["data"], &all["partial"]), (&json!([]), &json!(true)), "{all}");
    }
}
