//! What the values of records name is a reference like any other: it stands in the trace, is kept, and is seen by who writes it.

use super::made;
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn service(app: &TestApp, code: &str) -> String {
    let mut body = app.sample("infrastructure/services", code).await;
    body.insert("code".into(), code.into());
    made(app, "infrastructure/services", body.into()).await
}

/// What is one step from a record, by kind.
async fn beside(app: &TestApp, id: &str) -> Vec<String> {
    let trace = app.get(&app.admin, &format!("/api/v1/platform/resources/{id}/trace?direction=both&depth=1")).await.body;
    let edges = trace["edges"].as_array().unwrap().iter();
    edges.map(|edge| format!("{} {} {}", edge["from_id"].as_str().unwrap(), edge["field"].as_str().unwrap(), edge["to_id"].as_str().unwrap())).collect()
}

on_both! {
    the_service_that_a_process_needs_stays_and_stands_in_its_trace(app) {
        let (mail, other) = (service(app, "MAIL").await, service(app, "ERP").await);
        let mut body = app.sample("security/business-processes", "p").await;
        body.insert("depends_on".into(), json!([{"subject_id": mail, "note": null}]));
        let process = made(app, "security/business-processes", body.into()).await;
        assert!(beside(app, &mail).await.contains(&format!("{process} depends_on {mail}")));
        let refused = app.delete(&app.admin, &format!("/api/v1/infrastructure/services/{mail}"), "*").await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        assert!(refused.body["errors"][0]["detail"].as_str().unwrap().contains("by depends_on"), "{}", refused.text);
        let path = format!("/api/v1/security/business-processes/{process}");
        let needs = |id: &str| json!({"depends_on": [{"subject_id": id, "note": null}]});
        assert_eq!(app.patch(&app.admin, &path, "*", &needs(&other)).await.status, 200);
        assert!(beside(app, &mail).await.is_empty(), "an edge goes with what it stood for");
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/services/{mail}"), "*").await.status, 204);
        let itself = app.patch(&app.admin, &path, "*", &needs(&process)).await;
        assert_eq!((itself.status, itself.broken()), (409, vec!["/depends_on/0/subject_id itself".to_owned()]));
        // A vendor, a person, a site and another process may be needed as well.
        let vendor = made(app, "vendors/vendors", app.sample("vendors/vendors", "v").await.into()).await;
        assert_eq!(app.patch(&app.admin, &path, "*", &needs(&vendor)).await.status, 200);
    }

    the_control_of_a_scenario_stays_and_one_that_is_not_there_is_named_by_its_place(app) {
        let control = made(app, "governance/controls", app.sample("governance/controls", "c").await.into()).await;
        let mut body = app.sample("security/risk-scenarios", "s").await;
        body.insert("controls".into(), json!([{"control_id": control, "acts_on": "likelihood"}]));
        let scenario = app.post(&app.admin, "/api/v1/security/risk-scenarios", &Value::from(body.clone())).await;
        assert_eq!(scenario.status, 201, "{}", scenario.text);
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/governance/controls/{control}"), "*").await.status, 409);
        let gone = steward::resource::Id::new().to_string();
        body.insert("controls".into(), json!([{"control_id": control, "acts_on": "likelihood"}, {"control_id": gone, "acts_on": "likelihood"}]));
        let refused = app.post(&app.admin, "/api/v1/security/risk-scenarios", &Value::from(body)).await;
        assert_eq!((refused.status, refused.broken()), (422, vec!["/controls/1/control_id reference".to_owned()]), "{}", refused.text);
    }

    what_somebody_may_not_see_they_cannot_name_inside_a_value_either(app) {
        let root = app.root_unit().await;
        let (own, other) = (app.unit("OWN", &root).await, app.unit("OTHER", &root).await);
        let mut body = app.sample("infrastructure/services", "x").await;
        body.insert("unit_id".into(), other.into());
        let hidden = made(app, "infrastructure/services", body.into()).await;
        let officer = app.actor("security_officer", Some(&own)).await;
        let mut body = app.sample("security/recovery-plans", "r").await;
        body.insert("unit_id".into(), own.into());
        body.insert("scope".into(), json!([{"subject_id": hidden, "rto_seconds": 60, "rpo_seconds": 60}]));
        let refused = app.post(&officer, "/api/v1/security/recovery-plans", &Value::from(body.clone())).await;
        assert_eq!((refused.status, refused.broken()), (422, vec!["/scope/0/subject_id reference".to_owned()]), "{}", refused.text);
        assert_eq!(app.post(&app.admin, "/api/v1/security/recovery-plans", &body.into()).await.status, 201);
    }
}
