//! What a project is carried out and closed by: it holds on, and is not taken away. Today is Monday, 15 June 2026.

use super::{alter, euros, made, waive, walk, work};
use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

/// A project that is being planned, with an approved charter, an active budget and a current baseline of one piece of work.
pub(super) struct Planned {
    pub(super) project: String,
    budget: String,
    pub(super) item: String,
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
    pub(super) async fn of(app: &TestApp) -> Planned {
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
        waive(app, &deliverable).await;
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

    a_project_that_is_carried_out_is_paid_by_the_next_version_of_its_budget(app) {
        let planned = Planned::of(app).await;
        walk(app, "projects", &planned.project, &["executing"]).await;
        let at = format!("/api/v1/finance/budgets/{}", planned.budget);
        let by_hand = app.transition(&app.admin, &at, "superseded").await;
        assert_eq!((by_hand.status, by_hand.broken()), (409, vec![" in_use".to_owned()]), "{}", by_hand.text);
        let next = app.post(&app.admin, &format!("{at}/new-version"), &json!({})).await;
        assert_eq!(next.status, 201, "{}", next.text);
        let path_of_next = format!("/api/v1/finance/budgets/{}", next.id());
        assert_eq!(app.transition(&app.admin, &path_of_next, "submitted").await.status, 200);
        assert_eq!(app.transition(&app.second_admin().await, &path_of_next, "approved").await.status, 200);
        let active = app.transition(&app.admin, &path_of_next, "active").await;
        assert_eq!(active.status, 200, "{}", active.text);
        assert_eq!(app.get(&app.admin, &at).await.body["state"], "superseded");
        let project = app.get(&app.admin, &path("projects", &planned.project)).await.body;
        assert_eq!((&project["state"], &project["budget_id"]), (&json!("executing"), &json!(next.id())));
        // It is put on hold and goes on, paid by the version that counts.
        walk(app, "projects", &planned.project, &["on_hold", "executing"]).await;
    }

    a_project_goes_on_once_the_gate_of_its_phase_is_decided(app) {
        let planned = Planned::of(app).await;
        let gate = made(app, "gates", json!({"project_id": planned.project, "name": "Go", "phase": "planning"})).await;
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
        waive(app, &made(app, "deliverables", json!({"project_id": planned.project, "name": "One"})).await).await;
        assert_eq!(readiness().await["missing_count"], json!(0));
    }

    a_project_hands_its_contracts_over_to_a_service_before_it_is_closed(app) {
        let planned = Planned::of(app).await;
        walk(app, "projects", &planned.project, &["executing"]).await;
        walk(app, "work-items", &planned.item, &["cancelled"]).await;
        walk(app, "projects", &planned.project, &["closing"]).await;
        let id = |made: Value| made["id"].as_str().unwrap().to_owned();
        let service = id(app.make("infrastructure/services", &json!({"code": "SHOP", "name": "Shop", "kind": "technical"})).await);
        let vendor = id(app.make("vendors/vendors", &json!({"code": "V", "name": "V"})).await);
        let contract = async |code: &str, ends: Value, states: &[&str]| {
            let body = json!({"code": code, "title": code, "vendor_id": vendor, "kind": "maintenance", "project_id": planned.project, "starts_on": "2026-01-01", "ends_on": ends, "currency": "EUR"});
            let made = id(app.make("vendors/contracts", &body).await);
            app.bring(app.served.store.definitions.get("vendors/contracts").unwrap(), &made, states).await;
            made
        };
        // One is only thought of, one is over, and two run on: until a day, and until somebody ends it.
        contract("DRAFT", Value::Null, &["draft"]).await;
        contract("OVER", json!("2026-06-15"), &["active"]).await;
        let (dated, open) = (contract("DATED", json!("2027-12-31"), &["active"]).await, contract("OPEN", Value::Null, &["approved"]).await);
        let refused = planned.go(app, "closed").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" contracts".to_owned(); 2]), "{}", refused.text);
        assert!(refused.text.contains(&dated) && refused.text.contains(&open), "{}", refused.text);
        for contract in [&dated, &open] {
            let at = format!("/api/v1/vendors/contracts/{contract}");
            assert_eq!(app.patch(&app.admin, &at, "*", &json!({"project_id": null})).await.broken(), ["/project_id immutable"]);
            let handed = app.patch(&app.admin, &at, "*", &json!({"service_id": service})).await;
            assert_eq!((handed.status, &handed.body["service_id"]), (200, &json!(service)), "{}", handed.text);
        }
        walk(app, "projects", &planned.project, &["closed"]).await;
        // What was handed over stays so, and nothing comes after without.
        let back = app.patch(&app.admin, &format!("/api/v1/vendors/contracts/{dated}"), "*", &json!({"service_id": null})).await;
        assert_eq!((back.status, back.broken()), (409, vec!["/service_id handover".to_owned()]), "{}", back.text);
    }

    a_gate_is_passed_by_its_criteria_through_every_entry_point(app) {
        let planned = Planned::of(app).await;
        let criterion = json!({"name": "The way back was rehearsed", "mandatory": true, "met": false});
        let body = json!({"project_id": planned.project, "name": "Go", "phase": "planning", "criteria": [criterion]});
        let gate = made(app, "gates", body.clone()).await;
        walk(app, "gates", &gate, &["ready"]).await;
        let second = app.second_admin().await;
        let single = app.transition(&second, &path("gates", &gate), "passed").await;
        assert_eq!((single.status, single.broken()), (409, vec!["/criteria/0/met criterion".to_owned()]), "{}", single.text);
        // In bulk, all or each by itself.
        for atomic in [false, true] {
            let operations = json!([{"op": "transition", "collection": "projects/gates", "id": gate, "if_match": "*", "body": {"to": "passed"}}]);
            let bulk = app.post(&second, "/api/v1/platform/bulk", &json!({"atomic": atomic, "operations": operations})).await;
            assert_eq!((bulk.status, &bulk.body["results"][0]["status"]), (if atomic { 409 } else { 200 }, &json!(409)), "{}", bulk.text);
        }
        // By a file: the state is the service's, of a known gate and of a new one.
        let mut row = app.get(&app.admin, &path("gates", &gate)).await.body;
        row["state"] = "passed".into();
        let mut new = body;
        new["state"] = "passed".into();
        for row in [row, new] {
            let headers = [("Content-Type", "application/x-ndjson")];
            let import = app.call(&second, "POST", "/api/v1/platform/imports?collection=projects/gates", &headers, Some(row.to_string())).await;
            assert_eq!((import.status, import.broken()), (422, vec!["/state server_field".to_owned()]), "{}", import.text);
        }
        assert_eq!(planned.go(app, "executing").await.broken(), [" gate"]);
        assert_eq!(deleted(app, "gates", &gate).await.status, 409, "it is asked for already");
        // One that was taken away before and is brought back where the project goes on is as it was, and stays.
        let early = made(app, "gates", json!({"project_id": planned.project, "name": "Early", "phase": "planning"})).await;
        assert_eq!(deleted(app, "gates", &early).await.status, 204);
        alter(app, "gates", &gate, json!({"waiver_reason": "Small."})).await;
        assert_eq!(app.transition(&second, &path("gates", &gate), "waived").await.status, 200);
        walk(app, "projects", &planned.project, &["executing"]).await;
        let back = restored(app, &early).await;
        assert_eq!((back.status, &back.body["state"]), (200, &json!("pending")), "{}", back.text);
        assert_eq!(deleted(app, "gates", &early).await.broken(), [" not_deletable"]);
        walk(app, "work-items", &planned.item, &["cancelled"]).await;
        walk(app, "projects", &planned.project, &["closing"]).await;
        assert_eq!(planned.go(app, "closed").await.status, 409, "it is neither passed nor waived");
    }

    a_gate_that_is_passed_has_no_open_criterion_whoever_comes_first(app) {
        let planned = Planned::of(app).await;
        let second = app.second_admin().await;
        for round in 0..8 {
            let criteria = |met: bool| json!([{"name": "Rehearsed", "mandatory": true, "met": met}]);
            let body = json!({"project_id": planned.project, "name": format!("Go {round}"), "phase": "planning", "criteria": criteria(true)});
            let gate = made(app, "gates", body).await;
            walk(app, "gates", &gate, &["ready"]).await;
            let at = path("gates", &gate);
            let open = json!({"criteria": criteria(false)});
            let (passed, asked) = futures_util::future::join(app.transition(&second, &at, "passed"), app.patch(&app.admin, &at, "*", &open)).await;
            let statuses = [passed.status, asked.status];
            assert!([[200, 409], [409, 200]].contains(&statuses), "{statuses:?} {} {}", passed.text, asked.text);
        }
    }

    a_project_that_is_closed_has_nothing_open_whoever_comes_first(app) {
        let planned = Planned::of(app).await;
        walk(app, "projects", &planned.project, &["executing"]).await;
        walk(app, "work-items", &planned.item, &["cancelled"]).await;
        walk(app, "projects", &planned.project, &["closing"]).await;
        // In bulk it waits for the same, and a file does not move it.
        let open = made(app, "deliverables", json!({"project_id": planned.project, "name": "Open"})).await;
        let operations = json!([{"op": "transition", "collection": "projects/projects", "id": planned.project, "if_match": "*", "body": {"to": "closed"}}]);
        let bulk = app.post(&app.admin, "/api/v1/platform/bulk", &json!({"atomic": false, "operations": operations})).await;
        assert_eq!(bulk.body["results"][0]["status"], 409, "{}", bulk.text);
        let row = json!({"id": planned.project, "state": "closed"}).to_string();
        let headers = [("Content-Type", "application/x-ndjson")];
        let import = app.call(&app.admin, "POST", "/api/v1/platform/imports?collection=projects/projects", &headers, Some(row)).await;
        assert_eq!((import.status, import.broken()), (422, vec!["/state server_field".to_owned()]), "{}", import.text);
        waive(app, &open).await;
        // Those who make work and who close come at once.
        let work = |number: usize| json!({"project_id": planned.project, "wbs_code": format!("{}", 100 + number), "name": "Late"});
        let close = async || app.transition(&app.admin, &path("projects", &planned.project), "closed").await;
        let make = async |number: usize| app.post(&app.admin, "/api/v1/projects/work-items", &work(number)).await;
        let (before, closed, after) = futures_util::future::join3(
            futures_util::future::join_all((0..6).map(make)), close(), futures_util::future::join_all((6..12).map(make))
        ).await;
        let made: Vec<&Answer> = before.iter().chain(&after).filter(|answer| answer.status == 201).collect();
        let refused = before.iter().chain(&after).filter(|answer| answer.status != 201);
        assert!(refused.clone().all(|answer| answer.broken() == ["/project_id ended"]), "{:?}", refused.map(|answer| &answer.text).collect::<Vec<_>>());
        match closed.status {
            200 => assert!(made.is_empty(), "{} were made in a closed project", made.len()),
            409 => assert_eq!(made.len(), 12, "{}", closed.text),
            _ => panic!("{}", closed.text),
        }
    }
}
