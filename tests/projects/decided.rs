//! Who decides in a project, and when, is written by the move that decides. Today is Monday, 15 June 2026.

use super::{alter, made, picked, project, walk, work};
use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

fn path(collection: &str, id: &str) -> String {
    format!("/api/v1/projects/{collection}/{id}")
}

async fn read(app: &TestApp, collection: &str, id: &str) -> Value {
    app.get(&app.admin, &path(collection, id)).await.body
}

/// The refusal of a record whose decision is typed.
async fn typed(app: &TestApp, collection: &str, body: Value) -> Vec<String> {
    app.post(&app.admin, &format!("/api/v1/projects/{collection}"), &body).await.broken()
}

async fn by_second(app: &TestApp, collection: &str, id: &str, to: &str) -> Answer {
    app.transition(&app.second_admin().await, &path(collection, id), to).await
}

on_both! {
    a_deliverable_is_accepted_by_another_person_than_the_one_who_answers_for_it_and_the_move_says_by_whom(app) {
        let project = project(app, "P").await;
        let maker = app.actor("project_manager", None).await;
        let person = app.person_of(maker.id.unwrap()).await;
        let second = app.person_of_second().await;
        let typing = json!({"project_id": project, "name": "Core", "acceptor_id": person, "accepted_on": "2020-01-01", "waived_on": "2020-01-01"});
        assert_eq!(typed(app, "deliverables", typing).await, ["/acceptor_id server_field", "/accepted_on server_field", "/waived_on server_field"]);
        let core = json!({"project_id": project, "name": "Core", "acceptance_criteria": "It runs.", "responsible_id": person, "waiver_reason": "Not needed."});
        let core = made(app, "deliverables", core).await;
        walk(app, "deliverables", &core, &["in_progress", "submitted"]).await;
        for own in ["accepted", "waived"] {
            let refused = app.transition(&maker, &path("deliverables", &core), own).await;
            assert_eq!((refused.status, refused.broken()), (409, vec![" four_eyes".to_owned()]), "{own}: {}", refused.text);
        }
        let accepted = by_second(app, "deliverables", &core, "accepted").await;
        assert_eq!(picked(&accepted.body, &["state", "acceptor_id", "accepted_on", "waived_on"]), [json!("accepted"), json!(second), json!("2026-06-15"), Value::Null], "{}", accepted.text);
    }

    a_deliverable_is_waived_for_a_reason_by_somebody_else_than_who_gives_it(app) {
        let project = project(app, "P").await;
        let extra = made(app, "deliverables", json!({"project_id": project, "name": "Extra"})).await;
        let at = path("deliverables", &extra);
        assert_eq!(app.patch(&app.admin, &at, "*", &json!({"waived_on": "2026-06-15"})).await.broken(), ["/waived_on server_field"]);
        assert_eq!(by_second(app, "deliverables", &extra, "waived").await.broken(), ["/waiver_reason required"]);
        alter(app, "deliverables", &extra, json!({"waiver_reason": "The branch closes before."})).await;
        assert_eq!(app.transition(&app.admin, &at, "waived").await.broken(), [" four_eyes"]);
        let waived = by_second(app, "deliverables", &extra, "waived").await;
        assert_eq!(picked(&waived.body, &["state", "waived_on", "acceptor_id"]), [json!("waived"), json!("2026-06-15"), Value::Null], "{}", waived.text);
        assert_eq!(app.patch(&app.admin, &at, "*", &json!({"waiver_reason": "Another."})).await.status, 409, "it was waived for that reason");
    }

    a_gate_tells_by_whom_and_when_it_was_decided_and_forgets_it_when_it_is_asked_for_anew(app) {
        let project = project(app, "P").await;
        let [first, second] = [app.person_of_admin().await, app.person_of_second().await];
        let body = json!({"project_id": project, "name": "Go", "phase": "planning"});
        let mut typing = body.clone();
        typing["decided_on"] = json!("2020-01-01");
        typing["decider_id"] = json!(first);
        assert_eq!(typed(app, "gates", typing).await, ["/decided_on server_field", "/decider_id server_field"]);
        let gate = made(app, "gates", body).await;
        let decided = async || picked(&read(app, "gates", &gate).await, &["state", "decided_on", "decider_id"]);
        walk(app, "gates", &gate, &["ready", "failed"]).await;
        assert_eq!(decided().await, [json!("failed"), json!("2026-06-15"), json!(first)]);
        walk(app, "gates", &gate, &["pending", "ready"]).await;
        assert_eq!(decided().await, [json!("ready"), Value::Null, Value::Null]);
        assert_eq!(by_second(app, "gates", &gate, "passed").await.status, 200);
        assert_eq!(decided().await, [json!("passed"), json!("2026-06-15"), json!(second)]);
    }

    what_a_gate_asks_for_is_agreed_before_it_is_ready(app) {
        let project = project(app, "P").await;
        let criterion = |mandatory: bool, met: bool, evidence: Value| json!({"name": "Rehearsed", "mandatory": mandatory, "met": met, "evidence": evidence});
        let gate = json!({"project_id": project, "name": "Go", "phase": "executing", "criteria": [criterion(true, false, Value::Null)]});
        let gate = made(app, "gates", gate).await;
        let change = async |body: Value| app.patch(&app.admin, &path("gates", &gate), "*", &body).await;
        let two = json!({"criteria": [criterion(true, false, Value::Null), {"name": "Told", "mandatory": false}]});
        assert_eq!(change(two).await.status, 200);
        walk(app, "gates", &gate, &["ready"]).await;
        let told = json!({"name": "Told", "mandatory": false, "met": false});
        let others = [json!([]), json!([criterion(true, false, Value::Null)]), json!([criterion(false, false, Value::Null), told]), json!([told, criterion(true, false, Value::Null)])];
        for criteria in others {
            let refused = change(json!({"criteria": criteria})).await;
            assert_eq!((refused.status, refused.broken()), (409, vec!["/criteria frozen".to_owned()]), "{criteria}: {}", refused.text);
        }
        assert_eq!(change(json!({"phase": "closing"})).await.broken(), ["/phase frozen"]);
        let met = change(json!({"criteria": [criterion(true, true, json!("Minutes of 12 May.")), told]})).await;
        assert_eq!((met.status, &met.body["criteria"][0]["met"]), (200, &json!(true)), "{}", met.text);
    }

    checks_and_changes_tell_by_whom_and_when_they_were_decided(app) {
        let project = project(app, "P").await;
        let [first, second] = [app.person_of_admin().await, app.person_of_second().await];
        let body = json!({"project_id": project, "name": "Failover", "checked_on": "2020-01-01", "checker_id": second});
        assert_eq!(typed(app, "quality-checks", body).await, ["/checked_on server_field", "/checker_id server_field"]);
        let check = made(app, "quality-checks", json!({"project_id": project, "name": "Failover"})).await;
        let checked = async || picked(&read(app, "quality-checks", &check).await, &["checked_on", "checker_id"]);
        walk(app, "quality-checks", &check, &["failed"]).await;
        assert_eq!(checked().await, [json!("2026-06-15"), json!(first)]);
        walk(app, "quality-checks", &check, &["planned"]).await;
        assert_eq!(checked().await, [Value::Null, Value::Null]);
        let body = json!({"project_id": project, "title": "More", "decider_id": second, "decided_on": "2020-01-01"});
        assert_eq!(typed(app, "project-changes", body).await, ["/decider_id server_field", "/decided_on server_field"]);
        let change = made(app, "project-changes", json!({"project_id": project, "title": "More", "impact": "Two days.", "requester_id": second})).await;
        walk(app, "project-changes", &change, &["assessed"]).await;
        assert_eq!(by_second(app, "project-changes", &change, "approved").await.broken(), [" four_eyes"], "who asks for it does not approve it");
        let third = app.actor("administrator", None).await;
        let person = app.person_of(third.id.unwrap()).await;
        let approved = app.transition(&third, &path("project-changes", &change), "approved").await;
        assert_eq!(picked(&approved.body, &["decider_id", "decided_on"]), [json!(person), json!("2026-06-15")], "{}", approved.text);
    }

    a_baseline_freezes_the_work_of_its_own_project(app) {
        let [own, other] = [project(app, "OWN").await, project(app, "OTHER").await];
        let [item, foreign] = [work(app, &own, "1", None, json!({})).await, work(app, &other, "1", None, json!({})).await];
        let baseline = |items: Value| json!({"project_id": own, "name": "Agreed", "items": items});
        let items = json!([
            {"work_item_id": item, "name": "Own"},
            {"work_item_id": foreign, "name": "Theirs"},
            {"work_item_id": "01890a5d-ac96-774b-bcce-b302099a8057", "name": "Nothing"},
            {"work_item_id": item, "parent_id": foreign, "name": "In theirs"},
        ]);
        let refused = app.post(&app.admin, "/api/v1/projects/baselines", &baseline(items)).await;
        let faults = ["/items/1/work_item_id reference", "/items/2/work_item_id reference", "/items/3/parent_id reference"];
        assert_eq!((refused.status, refused.broken()), (422, faults.map(str::to_owned).to_vec()), "{}", refused.text);
        let made = made(app, "baselines", baseline(json!([{"work_item_id": item, "name": "Own"}]))).await;
        let more = json!({"items": [{"work_item_id": item, "name": "Own"}, {"work_item_id": foreign, "name": "Theirs"}]});
        assert_eq!(app.patch(&app.admin, &path("baselines", &made), "*", &more).await.broken(), ["/items/1/work_item_id reference"]);
    }
}
