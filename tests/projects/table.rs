//! The work of a project as a table by the keys that people use.

use super::{euros, made, work};
use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::json;

async fn import(app: &TestApp, collection: &str, text: String) -> Answer {
    app.call(&app.admin, "POST", &format!("/api/v1/platform/imports?collection=projects/{collection}"), &[("content-type", "text/csv")], Some(text)).await
}

async fn export(app: &TestApp, collection: &str, project: &str) -> String {
    let answer = app.get(&app.admin, &format!("/api/v1/projects/{collection}/export?project_id={project}")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/csv; charset=utf-8")), "{}", answer.text);
    answer.text
}

fn cells(text: &str, row: usize, names: &[&str]) -> Vec<String> {
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    names
        .iter()
        .map(|name| rows[row][rows[0].iter().position(|column| column == name).unwrap_or_else(|| panic!("{name} is no column of {:?}", rows[0]))].to_owned())
        .collect()
}

on_both! {
    what_is_exported_by_natural_keys_is_imported_again_without_a_change_and_into_another_project(app) {
        let [one, two] = [made(app, "projects", json!({"code": "PLAN", "name": "Plan"})).await, made(app, "projects", json!({"code": "COPY", "name": "Copy"})).await];
        let people = json!([{"name": "Ann", "email": "ann@people.example.org"}, {"name": "Ann", "email": "other@people.example.org"}]);
        let mut ids = Vec::new();
        for person in people.as_array().unwrap() {
            ids.push(app.make("teams/people", person).await["id"].clone());
        }
        let sprint = made(app, "sprints", json!({"project_id": one, "name": "First", "starts_on": "2026-06-15", "ends_on": "2026-06-26"})).await;
        let top = work(app, &one, "1", None, json!({"kind": "epic"})).await;
        let more = json!({"responsible_id": ids[0], "sprint_id": sprint, "duration_hours": 16, "budget_at_completion": euros("2100.00"), "steps": [{"name": "All", "weight_percent": 100}], "description": "=1+1"});
        let first = work(app, &one, "1.1", Some(&top), more).await;
        let second = work(app, &one, "1.10", Some(&top), json!({"constraint_kind": "snet", "constraint_on": "2026-07-01"})).await;
        made(app, "work-dependencies", json!({"predecessor_id": first, "successor_id": second, "kind": "ss", "lag_hours": 8})).await;
        let text = export(app, "work-items", &one).await;
        assert_eq!(text.lines().count(), 4, "{text}");
        assert_eq!(cells(&text, 2, &["project", "parent", "wbs_code", "description", "responsible", "sprint"]), ["PLAN", "1", "1.1", "'=1+1", "ann@people.example.org", "First"]);
        assert_eq!(cells(&text, 3, &["wbs_code", "constraint_kind", "constraint_on", "responsible"]), ["1.10", "snet", "2026-07-01", ""]);
        let links = export(app, "work-dependencies", &one).await;
        assert_eq!(cells(&links, 1, &["predecessor", "successor", "kind"]), ["PLAN/1.1", "PLAN/1.10", "ss"]);
        assert_eq!(import(app, "work-items", text.clone()).await.body, json!({"created": 0, "updated": 0, "unchanged": 3}));
        assert_eq!(import(app, "work-dependencies", links.clone()).await.body, json!({"created": 0, "updated": 0, "unchanged": 1}));
        // Into the other project: there is no such sprint there.
        let copied = import(app, "work-items", text.replace("PLAN,", "COPY,").replace(",First,", ",,")).await;
        assert_eq!((copied.status, &copied.body["created"]), (200, &json!(3)), "{}", copied.text);
        let copied = import(app, "work-dependencies", links.replace("PLAN/", "COPY/")).await;
        assert_eq!(copied.body["created"], json!(1), "{}", copied.text);
        let items = app.get(&app.admin, &format!("/api/v1/projects/work-items?project_id={two}&sort=wbs_code")).await.body;
        assert_eq!([&items["data"][1]["parent_id"], &items["data"][1]["responsible_id"], &items["data"][1]["description"]], [&items["data"][0]["id"], &ids[0], &json!("=1+1")]);
        assert_eq!(app.get(&app.admin, "/api/v1/projects/work-items/export?project_id=01890a5d-ac96-774b-bcce-b302099a8057").await.status, 400);
        assert_eq!(app.get(&app.actor("employee", None).await, &format!("/api/v1/projects/work-items/export?project_id={one}")).await.status, 404);
    }
}
