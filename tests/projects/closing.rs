//! What a project is carried out and closed by: it holds on, and is not taken away. Today is Monday, 15 June 2026.

use super::{alter, euros, made, walk, work};
use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

/// A project that is being planned, with an approved charter, an active budget and a current baseline of one piece of work.
struct Planned {
    project: String,
    budget: String,
    item: String,
    baseline: String,
}

fn path(collection: &str, id: &str) -> String {
    format!("/api/v1/projects/{collection}/{id}")
}

async fn deleted(app: &TestApp, collection: &str, id: &str) -> Answer {
    app.delete(&app.admin, &path(collection, id), "*").await
}

async fn restored(app: &TestApp, id: &str) -> Answer {
    app.post(&app.admin, &format!("/api/v1/platform/resources/{id}/restore"), &json!({})).await
}

/// A baseline of the plan as it is, in some states.
async fn baseline(app: &TestApp, project: &str, states: &[&str]) -> String {
    let id = made(app, "baselines", json!({"project_id": project, "name": "Agreed"})).await;
    assert_eq!(app.post(&app.admin, &format!("{}/snapshot", path("baselines", &id)), &json!({})).await.status, 200);
    walk(app, "baselines", &id, states).await;
    id
}

/// An active budget with a line.
async fn funds(app: &TestApp) -> String {
    let id = |made: Value| made["id"].as_str().unwrap().to_owned();
    let year = id(app.make("finance/fiscal-years", &json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await);
    let period = json!({"fiscal_year_id": year, "number": 1, "name": "All", "starts_on": "2026-01-01", "ends_on": "2026-12-31"});
    app.make("finance/fiscal-periods", &period).await;
    let category = id(app.make("finance/cost-categories", &json!({"code": "OPEX", "name": "Hosting", "kind": "opex"})).await);
    let budget = json!({"name": "B", "scope_id": app.root_unit().await, "fiscal_year_id": year, "currency": "EUR"});
    let budget = id(app.make("finance/budgets", &budget).await);
    app.make("finance/budget-lines", &json!({"budget_id": budget, "name": "Line", "cost_category_id": category, "amount": euros("9000.00")})).await;
    app.bring(app.served.store.definitions.get("finance/budgets").unwrap(), &budget, &["active"]).await;
    budget
}

impl Planned {
    async fn of(app: &TestApp) -> Planned {
        let budget = funds(app).await;
        let project = made(app, "projects", json!({"code": "P", "name": "P", "charter": "In and out.", "budget_id": budget})).await;
        app.person_of_admin().await;
        assert_eq!(app.post(&app.admin, &format!("{}/charter-approval", path("projects", &project)), &json!({})).await.status, 200);
        let item = work(app, &project, "1", None, json!({"effort_hours": 8, "starts_on": "2026-06-15", "ends_on": "2026-06-19"})).await;
        let baseline = baseline(app, &project, &["approved", "current"]).await;
        walk(app, "projects", &project, &["initiating", "planning"]).await;
        Planned { project, budget, item, baseline }
    }

    async fn go(&self, app: &TestApp, to: &str) -> Answer {
        app.transition(&app.admin, &path("projects", &self.project), to).await
    }
}

on_both! {
    what_the_closing_of_a_project_waits_for_is_not_deleted(app) {
        let planned = Planned::of(app).await;
        let of = |more: Value| {
            let mut body = json!({"project_id": planned.project, "name": "One"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        // While it is planned, what was never agreed may go, and comes back.
        let early = made(app, "deliverables", of(json!({"name": "Early"}))).await;
        assert_eq!((deleted(app, "deliverables", &early).await.status, restored(app, &early).await.status), (204, 200));
        assert_eq!(deleted(app, "deliverables", &early).await.status, 204);
        let deliverable = made(app, "deliverables", of(json!({}))).await;
        let gate = made(app, "gates", of(json!({"phase": "closing"}))).await;
        let check = made(app, "quality-checks", of(json!({"deliverable_id": deliverable}))).await;
        let known = [("deliverables", &deliverable), ("gates", &gate), ("quality-checks", &check)];
        assert_eq!(deleted(app, "work-items", &planned.item).await.broken(), [" baseline"], "it was agreed");
        walk(app, "projects", &planned.project, &["executing"]).await;
        // Work that was thought of since, and not begun, may still go.
        let later = work(app, &planned.project, "2", None, json!({})).await;
        assert_eq!(deleted(app, "work-items", &later).await.status, 204);
        let begun = work(app, &planned.project, "3", None, json!({"progress_percent": 10})).await;
        assert_eq!(deleted(app, "work-items", &begun).await.broken(), [" recorded"]);
        walk(app, "work-items", &begun, &["cancelled"]).await;
        walk(app, "projects", &planned.project, &["closing"]).await;
        assert_eq!(restored(app, &later).await.status, 200);
        for (collection, id) in known.into_iter().chain([("work-items", &later)]) {
            let refused = deleted(app, collection, id).await;
            assert_eq!((refused.status, refused.broken()), (409, vec![" not_deletable".to_owned()]), "{collection}: {}", refused.text);
        }
        assert_eq!(planned.go(app, "closed").await.status, 409);
        alter(app, "deliverables", &deliverable, json!({"waived_on": "2026-06-15", "waiver_reason": "Not needed."})).await;
        alter(app, "gates", &gate, json!({"waiver_reason": "Small."})).await;
        assert_eq!(app.transition(&app.second_admin().await, &path("gates", &gate), "waived").await.status, 200);
        walk(app, "work-items", &planned.item, &["cancelled"]).await;
        walk(app, "work-items", &later, &["cancelled"]).await;
        walk(app, "projects", &planned.project, &["closed"]).await;
        // Nothing is made or brought back in what is over.
        let back = restored(app, &early).await;
        assert_eq!((back.status, back.broken()), (409, vec!["/project_id ended".to_owned()]), "{}", back.text);
        for (collection, body) in [("deliverables", of(json!({}))), ("gates", of(json!({"phase": "closing"}))), ("work-items", of(json!({"wbs_code": "9"})))] {
            let refused = app.post(&app.admin, &format!("/api/v1/projects/{collection}"), &body).await;
            assert_eq!((refused.status, refused.broken()), (409, vec!["/project_id ended".to_owned()]), "{collection}: {}", refused.text);
        }
    }

    a_project_that_is_carried_out_keeps_its_baseline_and_its_budget(app) {
        let planned = Planned::of(app).await;
        let second = baseline(app, &planned.project, &["approved"]).await;
        walk(app, "projects", &planned.project, &["executing"]).await;
        let refused = app.transition(&app.admin, &path("baselines", &planned.baseline), "superseded").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" baseline".to_owned()]), "{}", refused.text);
        walk(app, "baselines", &second, &["current"]).await;
        let first = app.get(&app.admin, &path("baselines", &planned.baseline)).await.body;
        assert_eq!(first["state"], json!("superseded"), "the next one supersedes it");
        let at = format!("/api/v1/finance/budgets/{}", planned.budget);
        let closed = app.transition(&app.admin, &at, "closed").await;
        assert_eq!((closed.status, closed.broken()), (409, vec![" in_use".to_owned()]), "{}", closed.text);
        // On hold it needs neither, and does not go on without them.
        walk(app, "projects", &planned.project, &["on_hold"]).await;
        assert_eq!(app.transition(&app.admin, &at, "closed").await.status, 200);
        assert_eq!(planned.go(app, "executing").await.broken(), ["/budget_id state"]);
    }

    a_project_goes_on_once_the_gate_of_its_phase_is_decided(app) {
        let planned = Planned::of(app).await;
        let gate = made(app, "gates", json!({"project_id": planned.project, "name": "Go", "phase": "planning", "decided_on": "2026-06-15"})).await;
        let later = json!({"project_id": planned.project, "name": "Done", "phase": "executing"});
        made(app, "gates", later).await;
        let refused = planned.go(app, "executing").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" gate".to_owned()]), "{}", refused.text);
        assert!(refused.text.contains("The gate \\\"Go\\\" ends the phase planning and is pending."), "{}", refused.text);
        walk(app, "gates", &gate, &["ready"]).await;
        assert_eq!(app.transition(&app.second_admin().await, &path("gates", &gate), "passed").await.status, 200);
        walk(app, "projects", &planned.project, &["executing", "on_hold", "executing"]).await;
        assert_eq!(planned.go(app, "closing").await.broken(), [" gate"]);
    }

    a_criterion_names_a_record_that_can_meet_it(app) {
        let (planned, control) = (Planned::of(app).await, json!({"code": "C-1", "name": "Way back", "kind": "corrective", "test_period_days": 30}));
        let control = app.make("governance/controls", &control).await["id"].clone();
        let other = json!({"name": "Other", "scope_id": app.unit("OTHER", &app.root_unit().await).await, "currency": "EUR"});
        let year = app.get(&app.admin, "/api/v1/finance/fiscal-years").await.body["data"][0]["id"].clone();
        let mut body = other;
        body["fiscal_year_id"] = year;
        let other = app.make("finance/budgets", &body).await["id"].clone();
        let elsewhere = made(app, "projects", json!({"code": "E", "name": "E"})).await;
        let foreign = made(app, "deliverables", json!({"project_id": elsewhere, "name": "Theirs"})).await;
        let criteria = json!([
            {"name": "Risk", "kind": "risk", "subject_id": control},
            {"name": "Control", "kind": "control", "subject_id": control},
            {"name": "Funds", "kind": "funds", "subject_id": other},
            {"name": "Theirs", "kind": "deliverables", "subject_id": foreign},
            {"name": "Typed", "subject_id": control},
            {"name": "Own funds", "kind": "funds", "subject_id": planned.budget},
        ]);
        let gate = |criteria: Value| json!({"project_id": planned.project, "name": "Go", "phase": "planning", "criteria": criteria});
        let refused = app.post(&app.admin, "/api/v1/projects/gates", &gate(criteria)).await;
        let faults = ["/criteria/0/subject_id collection", "/criteria/2/subject_id budget", "/criteria/3/subject_id project", "/criteria/4/subject_id contradiction"];
        assert_eq!((refused.status, refused.broken()), (422, faults.map(str::to_owned).to_vec()), "{}", refused.text);
        // Nothing is delivered where nothing is to be.
        let gate = made(app, "gates", gate(json!([{"name": "All delivered", "kind": "deliverables"}, {"name": "Paid for", "kind": "funds"}]))).await;
        let readiness = async || app.get(&app.admin, &format!("{}/readiness", path("gates", &gate))).await.body;
        let now = readiness().await;
        assert_eq!([&now["criteria"][0]["met"], &now["criteria"][1]["met"], &now["missing_count"]], [&json!(false), &json!(true), &json!(1)], "{now}");
        made(app, "deliverables", json!({"project_id": planned.project, "name": "One", "waived_on": "2026-06-15", "waiver_reason": "Not needed."})).await;
        assert_eq!(readiness().await["missing_count"], json!(0));
    }
}
