//! A project that is over stays as it was. Today is Monday, 15 June 2026.

use super::closing::Planned;
use super::{euros, made, walk, work};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn change(app: &TestApp, collection: &str, id: &str, body: Value) -> (u16, Vec<String>) {
    let answer = app.patch(&app.admin, &format!("/api/v1/projects/{collection}/{id}"), "*", &body).await;
    (answer.status, answer.broken())
}

/// What a project has beside its work.
async fn records(app: &TestApp, project: &str) -> Vec<(&'static str, String, Value)> {
    let of = |more: Value| {
        let mut body = json!({"project_id": project, "name": "One"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let titled = json!({"project_id": project, "title": "One"});
    let changed = [json!({"name": "Another"}), json!({"title": "Another"})];
    vec![
        ("sprints", made(app, "sprints", of(json!({"starts_on": "2026-06-15", "ends_on": "2026-06-19"}))).await, json!({"goal": "Another"})),
        ("scope-items", made(app, "scope-items", of(json!({"code": "R1"}))).await, changed[0].clone()),
        ("baselines", made(app, "baselines", of(json!({}))).await, changed[0].clone()),
        ("defects", made(app, "defects", titled.clone()).await, changed[1].clone()),
        ("project-issues", made(app, "project-issues", titled.clone()).await, changed[1].clone()),
        ("project-changes", made(app, "project-changes", titled).await, changed[1].clone()),
    ]
}

on_both! {
    a_closed_project_does_not_go_on_changing(app) {
        let planned = Planned::of(app).await;
        let project = planned.project.clone();
        let known = records(app, &project).await;
        let other = work(app, &project, "2", None, json!({"budget_at_completion": euros("500.00"), "starts_on": "2026-06-08", "ends_on": "2026-06-12"})).await;
        let link = made(app, "work-dependencies", json!({"predecessor_id": planned.item, "successor_id": other, "kind": "ss"})).await;
        let person = app.person_of_second().await;
        let assignment = made(app, "assignments", json!({"work_item_id": other, "person_id": person, "starts_on": "2026-06-08"})).await;
        let period = |realised: Value| json!({"periods": [{"starts_on": "2026-01-01", "ends_on": "2026-05-31", "planned": euros("10.00"), "realised": realised}]});
        let benefit = made(app, "benefits", json!({"subject_id": project, "name": "Rent", "kind": "cost"})).await;
        walk(app, "projects", &project, &["executing"]).await;
        for item in [&planned.item, &other] {
            walk(app, "work-items", item, &["ready", "in_progress", "done"]).await;
        }
        let earned = async || app.get(&app.admin, &format!("/api/v1/projects/projects/{project}/earned-value?as_of=2026-06-12")).await.body;
        let before = earned().await;
        walk(app, "projects", &project, &["closing", "closed"]).await;

        let record = json!({"work_item_id": other, "recorded_on": "2026-06-10", "progress_percent": 10});
        let late = app.post(&app.admin, "/api/v1/projects/progress-records", &record).await;
        assert_eq!((late.status, late.broken()), (409, vec!["/work_item_id ended".to_owned()]), "{}", late.text);
        assert!(late.text.contains("The project P is closed"), "{}", late.text);
        let ended = |field: &str| (409, vec![format!("/{field} ended")]);
        assert_eq!(change(app, "work-items", &other, json!({"name": "Another"})).await, ended("project_id"));
        assert_eq!(change(app, "work-items", &other, json!({"actual_starts_on": "2026-06-09", "actual_ends_on": "2026-06-10"})).await, ended("project_id"));
        assert_eq!(change(app, "work-dependencies", &link, json!({"lag_hours": 8})).await, ended("successor_id"));
        let more = app.post(&app.admin, "/api/v1/projects/work-dependencies", &json!({"predecessor_id": planned.item, "successor_id": other, "kind": "ff"})).await;
        assert_eq!((more.status, more.broken()), ended("successor_id"), "{}", more.text);
        let gone = app.delete(&app.admin, &format!("/api/v1/projects/work-dependencies/{link}"), "*").await;
        assert_eq!((gone.status, gone.broken()), ended("successor_id"), "{}", gone.text);
        assert_eq!(change(app, "assignments", &assignment, json!({"role": "Another"})).await, ended("work_item_id"));
        for (collection, id, body) in known {
            assert_eq!(change(app, collection, &id, body).await, ended("project_id"), "{collection}");
        }
        let applied = app.post(&app.admin, &format!("/api/v1/projects/projects/{project}/schedule"), &json!({"data_date": "2026-07-01"})).await;
        assert!([200, 409].contains(&applied.status), "{}", applied.text);
        assert_eq!(earned().await, before);

        // What is learnt and what it brings is still told.
        made(app, "lessons", json!({"project_id": project, "title": "Order first"})).await;
        assert_eq!(change(app, "benefits", &benefit, period(euros("8.00"))).await.0, 200);
        app.make("platform/comments", &json!({"subject_id": other, "text": "It went well."})).await;
    }

    what_is_open_in_a_cancelled_project_can_still_be_cancelled(app) {
        let project = made(app, "projects", json!({"code": "P", "name": "P"})).await;
        let top = work(app, &project, "1", None, json!({})).await;
        let [begun, open] = [work(app, &project, "1.1", Some(&top), json!({"progress_percent": 50})).await, work(app, &project, "1.2", Some(&top), json!({})).await];
        walk(app, "projects", &project, &["cancelled"]).await;
        assert_eq!(change(app, "work-items", &begun, json!({"progress_percent": 60})).await, (409, vec!["/project_id ended".to_owned()]));
        // The summary follows from what is left of it.
        walk(app, "work-items", &open, &["cancelled"]).await;
    }
}
