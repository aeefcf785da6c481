//! A compliance officer imports a framework, links controls to it, and an auditor reads what is covered.

use crate::harness::{Answer, House};
use crate::on_both;
use serde_json::{Value, json};

fn small_catalog() -> Value {
    serde_json::from_str(include_str!("../fixtures/oscal/catalog.json")).unwrap()
}

async fn import(house: &House, actor: &crate::harness::Actor, catalog: &Value) -> Answer {
    house.post(actor, "/api/v1/governance/frameworks/import?format=oscal", catalog).await
}

async fn coverage(house: &House, actor: &crate::harness::Actor, framework: &str) -> Value {
    let answer = house.get(actor, &format!("/api/v1/governance/frameworks/{framework}/coverage")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

on_both! {
    an_officer_imports_a_framework_and_an_auditor_reads_coverage(house) {
        let officer = house.actor("compliance_officer", None).await;
        let auditor = house.actor("auditor", None).await;
        let first = import(house, &officer, &small_catalog()).await;
        assert_eq!(first.status, 201, "{}", first.text);
        let framework = first.body["framework_id"].as_str().unwrap().to_owned();
        assert_eq!(first.header("location"), Some(format!("/api/v1/governance/frameworks/{framework}").as_str()));
        let again = import(house, &officer, &small_catalog()).await;
        assert_eq!((again.status, &again.body["created"], &again.body["updated"]), (200, &json!(0), &json!(0)));

        let before = coverage(house, &auditor, &framework).await;
        assert_eq!(before["met"], json!(0));
        assert_eq!(before["not_assessed"], before["assessable"]);

        let requirements = house.get(&auditor, &format!("/api/v1/governance/requirements?framework_id={framework}&assessable=true")).await;
        let in_a_group = requirements.body["data"].as_array().unwrap().iter().find(|each| each["parent_id"].is_string()).unwrap();
        let requirement = in_a_group["id"].clone();
        let control = house.post(&officer, "/api/v1/governance/controls", &json!({"code": "C-1", "name": "A control", "kind": "preventive", "test_period_days": 30})).await;
        assert_eq!(control.status, 201, "{}", control.text);
        let path = format!("/api/v1/governance/controls/{}", control.id());
        let link = json!({"control_id": control.id(), "requirement_id": requirement, "extent": "full"});
        assert_eq!(house.post(&officer, "/api/v1/governance/control-requirements", &link).await.status, 201);
        assert_eq!(house.transition(&officer, &path, "implemented").await.status, 200);
        let early = house.transition(&officer, &path, "operating").await;
        assert_eq!((early.status, early.broken()), (409, vec![" valid_test".to_owned()]));

        let test = json!({"control_id": control.id(), "kind": "operating", "tested_on": "2026-06-01", "result": "passed"});
        assert_eq!(house.post(&officer, "/api/v1/governance/control-tests", &test).await.status, 201);
        assert_eq!(house.transition(&officer, &path, "operating").await.status, 200);
        let after = coverage(house, &auditor, &framework).await;
        assert_eq!(after["met"], json!(1));
        let assessable = after["assessable"].as_f64().unwrap();
        assert_eq!(after["coverage_percent"], json!((100.0 / assessable * 1e6).round() / 1e6));
        assert_eq!(after["by_section"].as_array().unwrap().iter().map(|section| section["met"].as_u64().unwrap()).sum::<u64>(), 1);

        let refused = house.post(&auditor, "/api/v1/governance/controls", &json!({"code": "C-2", "name": "A control", "kind": "preventive", "test_period_days": 30})).await;
        assert_eq!(refused.status, 403);
        let member = house.stranger().await;
        assert_eq!(house.get(&member, &path).await.status, 404);
        assert_eq!(house.get(&member, "/api/v1/governance/controls").await.body["data"], json!([]));
        assert_eq!(house.get(&crate::harness::Actor::nobody(), &path).await.status, 401);
    }
}
