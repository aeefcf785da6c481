//! Projects: how they stand, worked by hand.

mod closing;
mod decided;
mod demand;
mod earned_value;
mod finished;
mod over;
mod plan_import;
mod portfolio;
mod quality;
mod reach;
mod schedule;
mod story;
mod table;
mod unposting;

use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

/// Makes a record as the administrator and returns its id.
async fn made(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(&format!("projects/{collection}"), &body).await["id"].as_str().unwrap().to_owned()
}

/// Moves a record through states; the second administrator approves.
async fn walk(app: &TestApp, collection: &str, id: &str, states: &[&str]) {
    for state in states {
        let actor = if *state == "approved" { app.second_admin().await } else { app.admin.clone() };
        let moved = app.transition(&actor, &format!("/api/v1/projects/{collection}/{id}"), state).await;
        assert_eq!((moved.status, &moved.body["state"]), (200, &json!(state)), "{}", moved.text);
    }
}

/// Gives the reason for which a deliverable is done without; the second administrator waives it.
async fn waive(app: &TestApp, deliverable: &str) {
    alter(app, "deliverables", deliverable, json!({"waiver_reason": "Not needed."})).await;
    let waived = app.transition(&app.second_admin().await, &format!("/api/v1/projects/deliverables/{deliverable}"), "waived").await;
    assert_eq!(waived.status, 200, "{}", waived.text);
}

async fn alter(app: &TestApp, collection: &str, id: &str, body: Value) {
    let changed = app.patch(&app.admin, &format!("/api/v1/projects/{collection}/{id}"), "*", &body).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
}

async fn status(app: &TestApp, actor: &Actor, project: &str, query: &str) -> Value {
    let answer = app.get(actor, &format!("/api/v1/projects/projects/{project}/status{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

fn picked(body: &Value, names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| body[*name].clone()).collect()
}

/// The colour, the measure and the reason of one of the six.
fn judged(body: &Value, name: &str) -> (Value, Value, String) {
    let judgement = &body[name];
    (judgement["colour"].clone(), judgement["measure"].clone(), judgement["reason"].as_str().unwrap().to_owned())
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// An item of work, with more fields.
async fn work(app: &TestApp, project: &str, code: &str, parent: Option<&str>, more: Value) -> String {
    let mut body = json!({"project_id": project, "wbs_code": code, "name": format!("Work {code}"), "parent_id": parent});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    made(app, "work-items", body).await
}

/// A project with the tolerances of the sample, but for risk: 1 and 2.
async fn project(app: &TestApp, code: &str) -> String {
    let limits = |amber: u32, red: u32| json!({"amber_above": amber, "red_above": red});
    let tolerances = json!({
        "time": limits(5, 15), "cost": limits(5, 10), "scope": limits(10, 25), "quality": limits(0, 3), "risk": limits(1, 2), "benefit": limits(10, 25)
    });
    made(app, "projects", json!({"code": code, "name": code, "tolerances": tolerances})).await
}

/// The parts of a plan: what weighs 30, 10, 20, nothing told, and 20 hours.
struct Plan {
    project: String,
    a: String,
    b: String,
    d: String,
}

impl Plan {
    async fn of(app: &TestApp) -> Plan {
        let project = project(app, "MOVE").await;
        let top = work(app, &project, "1", None, json!({"effort_hours": 1000, "ends_on": "2026-12-31"})).await;
        let under = Some(top.as_str());
        let percent = json!({"effort_hours": 30, "progress_method": "percent", "progress_percent": 50, "ends_on": "2026-06-19", "budget_at_completion": euros("1000.00")});
        let a = work(app, &project, "1.1", under, percent).await;
        let all = json!({"effort_hours": 10, "progress_method": "zero_hundred", "ends_on": "2026-06-12", "actual_ends_on": "2026-06-11", "budget_at_completion": euros("500.00")});
        let b = work(app, &project, "1.2", under, all).await;
        let half = json!({"effort_hours": 20, "progress_method": "fifty_fifty", "ends_on": "2026-06-26", "budget_at_completion": euros("500.00")});
        let c = work(app, &project, "1.3", under, half).await;
        let steps = json!([{"name": "Laid", "weight_percent": 60, "done": true}, {"name": "Measured", "weight_percent": 40}]);
        let d = work(app, &project, "1.4", under, json!({"progress_method": "weighted", "steps": steps})).await;
        let span = json!({"effort_hours": 20, "progress_method": "level_of_effort", "starts_on": "2026-06-08", "ends_on": "2026-06-19", "budget_at_completion": euros("1000.00")});
        work(app, &project, "1.5", under, span).await;
        walk(app, "work-items", &b, &["ready", "in_progress", "done"]).await;
        walk(app, "work-items", &c, &["ready", "in_progress"]).await;
        Plan { project, a, b, d }
    }

    /// Takes the plan as it is and makes it the baseline that counts.
    async fn baseline(&self, app: &TestApp) -> String {
        let id = made(app, "baselines", json!({"project_id": self.project, "name": "Agreed"})).await;
        let taken = app.post(&app.admin, &format!("/api/v1/projects/baselines/{id}/snapshot"), &json!({})).await;
        assert_eq!((taken.status, &taken.body["baselined_on"]), (200, &json!("2026-06-15")), "{}", taken.text);
        walk(app, "baselines", &id, &["approved", "current"]).await;
        id
    }
}

on_both! {
    a_charter_is_approved_by_its_sponsor_who_does_not_run_the_project_and_anew_once_it_changes(app) {
        let [sponsor, manager] = [app.actor("employee", None).await, app.actor("project_manager", None).await];
        let people = [app.person_of(sponsor.id.unwrap()).await, app.person_of(manager.id.unwrap()).await];
        let typed = json!({"code": "P", "name": "P", "charter": "In and out.", "charter_approved_on": "2026-06-01", "charter_approver_id": people[0]});
        let known = ["/charter_approved_on server_field", "/charter_approver_id server_field"];
        assert_eq!(app.post(&app.admin, "/api/v1/projects/projects", &typed).await.broken(), known, "an approval is not typed");
        let id = made(app, "projects", json!({"code": "P", "name": "P", "sponsor_id": people[0], "manager_id": people[1]})).await;
        let path = format!("/api/v1/projects/projects/{id}");
        let approve = async |actor: &Actor| app.post(actor, &format!("{path}/charter-approval"), &json!({})).await;
        assert_eq!(approve(&sponsor).await.broken(), ["/charter required"]);
        alter(app, "projects", &id, json!({"charter": "In and out."})).await;
        assert_eq!(approve(&manager).await.broken(), ["/charter_approver_id manager"]);
        assert_eq!(approve(&app.stranger().await).await.status, 404);
        let approved = approve(&sponsor).await;
        assert_eq!((approved.status, picked(&approved.body, &["charter_approver_id", "charter_approved_on"])), (200, vec![json!(people[0]), json!("2026-06-15")]), "{}", approved.text);
        assert_eq!(approve(&sponsor).await.broken(), ["/charter_approved_on approved"]);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"manager_id": people[0]})).await.broken(), ["/manager_id approver"]);
        alter(app, "projects", &id, json!({"charter": "More in than out."})).await;
        let now = app.get(&app.admin, &path).await.body;
        assert_eq!(picked(&now, &["charter_approver_id", "charter_approved_on"]), [Value::Null, Value::Null]);
    }

    work_is_listed_in_the_order_of_its_numbers(app) {
        let project = project(app, "P").await;
        for code in ["1.10", "1.9", "2", "1.9.1", "10", "A2", "a10"] {
            work(app, &project, code, None, json!({})).await;
        }
        let listed = async |query: &str| -> Vec<String> {
            let page = app.get(&app.admin, &format!("/api/v1/projects/work-items?project_id={project}&{query}")).await;
            assert_eq!(page.status, 200, "{}", page.text);
            page.body["data"].as_array().unwrap().iter().map(|row| row["wbs_code"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(listed("sort=wbs_code").await, ["1.9", "1.9.1", "1.10", "2", "10", "A2", "a10"]);
        assert_eq!(listed("sort=wbs_code&filter=wbs_code%20%3E%20%221.9%22%20AND%20wbs_code%20%3C%3D%20%222%22").await, ["1.9.1", "1.10", "2"]);
        let twice = app.post(&app.admin, "/api/v1/projects/work-items", &json!({"project_id": project, "wbs_code": "a2", "name": "Twice"})).await;
        assert_eq!(twice.status, 409, "{}", twice.text);
    }

    progress_rolls_up_by_effort_and_each_method_tells_its_percent(app) {
        let plan = Plan::of(app).await;
        let now = status(app, &app.admin, &plan.project, "").await;
        // Of the ten working days from 8 to 19 June six have passed: 60 %. What tells no effort weighs 1.
        // By hand: (30 · 50 + 10 · 100 + 20 · 50 + 1 · 60 + 20 · 60) / 81 = 4760 / 81.
        assert_eq!(now["progress_percent"], json!(58.765432), "{now}");
        assert_eq!(picked(&now, &["item_count", "done_count", "overdue_count", "ends_on"]), [json!(5), json!(1), json!(0), json!("2026-06-26")]);
        // On 10 June the second was not finished yet, the third not started, and three of ten days had passed: (1500 + 0 + 0 + 60 + 20 · 30) / 81 = 2160 / 81.
        let then = status(app, &app.admin, &plan.project, "?as_of=2026-06-10").await;
        assert_eq!(picked(&then, &["progress_percent", "done_count"]), [json!(26.666667), json!(0)]);
        assert_eq!(app.get(&app.admin, &format!("/api/v1/projects/projects/{}/status?as_of=soon", plan.project)).await.status, 400);
    }

    a_milestone_weighs_nothing(app) {
        let project = project(app, "P").await;
        work(app, &project, "1", None, json!({"effort_hours": 30, "progress_percent": 50})).await;
        // An actual end tells that it is finished, whatever the state.
        work(app, &project, "2", None, json!({"effort_hours": 10, "progress_method": "zero_hundred", "actual_ends_on": "2026-06-12"})).await;
        work(app, &project, "3", None, json!({"kind": "milestone", "duration_hours": 0})).await;
        // By hand: (30 · 50 + 10 · 100) / 40.
        assert_eq!(picked(&status(app, &app.admin, &project, "").await, &["progress_percent", "item_count", "done_count"]), [json!(62.5), json!(3), json!(1)]);
    }

    a_project_is_compared_with_its_baseline_and_each_colour_has_its_reason(app) {
        let plan = Plan::of(app).await;
        let before = status(app, &app.admin, &plan.project, "").await;
        let none = ["baseline_id", "baseline_ends_on", "slip_days", "items_added", "items_removed", "scope_change_percent"];
        assert_eq!(picked(&before, &none), vec![Value::Null; 6]);
        assert_eq!(judged(&before, "time"), (Value::Null, Value::Null, "There is no current baseline that you may see.".into()));
        let baseline = plan.baseline(app).await;
        let same = status(app, &app.admin, &plan.project, "").await;
        assert_eq!(picked(&same, &none[1..]), [json!("2026-06-26"), json!(0), json!(0), json!(0), json!(0)]);
        assert_eq!(same["colour"], json!("green"), "{same}");

        // The first is told in more detail, the fourth is dropped, and one is new that ends on a Monday.
        let detail = json!({"effort_hours": 20, "progress_percent": 75, "ends_on": "2026-06-19", "budget_at_completion": euros("700.00")});
        work(app, &plan.project, "1.1.1", Some(&plan.a), detail).await;
        let late = json!({"effort_hours": 10, "ends_on": "2026-06-10", "deadline_on": "2026-06-12", "budget_at_completion": euros("400.00")});
        work(app, &plan.project, "1.1.2", Some(&plan.a), late).await;
        walk(app, "work-items", &plan.d, &["cancelled"]).await;
        work(app, &plan.project, "2", None, json!({"effort_hours": 20, "ends_on": "2026-07-06", "budget_at_completion": euros("100.00")})).await;
        let defect = |severity: &str| json!({"project_id": plan.project, "title": severity, "severity": severity});
        for severity in ["critical", "minor"] {
            made(app, "defects", defect(severity)).await;
        }
        let check = made(app, "quality-checks", json!({"project_id": plan.project, "name": "Review", "result": "Cables are swapped."})).await;
        walk(app, "quality-checks", &check, &["failed"]).await;
        let matrix = app.make("security/risk-matrices", &crate::security::matrix("RM")).await["id"].clone();
        for (code, kind) in [("R1", "threat"), ("R2", "opportunity")] {
            let body = json!({"code": code, "title": code, "kind": kind, "category": "project", "risk_matrix_id": matrix, "project_id": plan.project});
            app.make("security/risks", &body).await;
        }
        let period = |starts: &str, ends: &str, planned: &str, realised: Value| json!({"starts_on": starts, "ends_on": ends, "planned": euros(planned), "realised": realised});
        let periods = [period("2026-01-01", "2026-03-31", "200.00", euros("170.00")), period("2026-04-01", "2026-06-30", "900.00", Value::Null)];
        made(app, "benefits", json!({"subject_id": plan.project, "name": "Rent", "kind": "cost", "periods": periods})).await;

        let now = status(app, &app.admin, &plan.project, "").await;
        // By hand: (20 · 75 + 10 · 0 + 10 · 100 + 20 · 50 + 20 · 60 + 20 · 0) / 100.
        assert_eq!(picked(&now, &["progress_percent", "item_count", "overdue_count", "ends_on"]), [json!(47), json!(6), json!(1), json!("2026-07-06")], "{now}");
        // From Friday 26 June to Monday 6 July are six working days. One came and one went, of five: 40 %.
        assert_eq!(picked(&now, &none), [json!(baseline), json!("2026-06-26"), json!(6), json!(1), json!(1), json!(40)]);
        let (colour, measure, reason) = judged(&now, "time");
        assert_eq!((colour, measure), (json!("amber"), json!(6)));
        assert_eq!(reason, "It ends 6 working days later than in the baseline. That is above the amber limit of 5.");
        // 3200 after 3000.
        let (colour, measure, reason) = judged(&now, "cost");
        assert_eq!((colour, measure), (json!("amber"), json!(6.666667)));
        assert_eq!(reason, "It costs 6.7 % more than in the baseline. That is above the amber limit of 5.");
        assert_eq!(judged(&now, "scope"), (json!("red"), json!(40), "The scope has changed by 40.0 %. That is above the red limit of 25.".into()));
        // One severe defect and one failed check; the minor one does not count.
        assert_eq!(picked(&now["quality"], &["colour", "measure", "amber_above", "red_above"]), [json!("amber"), json!(2), json!(0), json!(3)]);
        // What is hoped for is no threat.
        let (colour, measure, reason) = judged(&now, "risk");
        assert_eq!((colour, measure), (json!("green"), json!(1)));
        assert_eq!(reason, "Threats that are not closed: 1. That is within the amber limit of 1.");
        // 30 of the 200 that were due are missing; the second quarter is not over.
        assert_eq!(judged(&now, "benefit").0, json!("amber"));
        assert_eq!((&now["benefit"]["measure"], &now["colour"]), (&json!(15), &json!("red")));

        // Ahead of the baseline by five days: the sign tells.
        let early = json!({"ends_on": "2026-06-17"});
        for code in ["1.3", "2"] {
            let id = app.get(&app.admin, &format!("/api/v1/projects/work-items?project_id={}&wbs_code={code}", plan.project)).await.body["data"][0]["id"].clone();
            alter(app, "work-items", id.as_str().unwrap(), early.clone()).await;
        }
        let ahead = status(app, &app.admin, &plan.project, "").await;
        assert_eq!((&ahead["slip_days"], judged(&ahead, "time").0), (&json!(-5), json!("green")));
        assert!(judged(&ahead, "time").2.starts_with("It ends 5 working days earlier than in the baseline."), "{ahead}");
        assert!(!plan.b.is_empty());
    }

    a_status_tells_no_more_than_the_caller_may_see(app) {
        let plan = Plan::of(app).await;
        plan.baseline(app).await;
        let narrow = ["projects.projects:read", "projects.work_items:read"];
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": narrow})).await;
        let told = status(app, &app.actor("narrow", None).await, &plan.project, "").await;
        assert_eq!(picked(&told, &["progress_percent", "baseline_id", "slip_days", "colour"]), [json!(58.765432), Value::Null, Value::Null, Value::Null], "{told}");
        assert_eq!(judged(&told, "risk"), (Value::Null, Value::Null, "You may not see its risks.".into()));
        assert_eq!(judged(&told, "quality").2, "You may see neither its defects nor its checks.");
        let root = app.root_unit().await;
        let elsewhere = app.unit("ELSEWHERE", &root).await;
        for absent in [app.actor("project_manager", Some(&elsewhere)).await, app.stranger().await] {
            assert_eq!(app.get(&absent, &format!("/api/v1/projects/projects/{}/status", plan.project)).await.status, 404);
        }
    }

    hours_are_worked_before_they_are_told_and_what_is_rejected_counts_no_more(app) {
        let id = project(app, "P").await;
        let item = work(app, &id, "1", None, json!({})).await;
        let person = app.make("teams/people", &json!({"name": "Ann", "email": "ann@people.example.org"})).await["id"].clone();
        let entry = async |on: &str, hours: f64| app.post(&app.admin, "/api/v1/projects/time-entries", &json!({"work_item_id": item, "person_id": person, "worked_on": on, "hours": hours})).await;
        assert_eq!(entry("2026-06-30", 8.0).await.broken(), ["/worked_on future"]);
        assert_eq!(entry("2026-06-10", 0.0).await.broken(), ["/hours range"]);
        let first = entry("2026-06-10", 20.0).await.id();
        assert_eq!(entry("2026-06-10", 20.0).await.broken(), ["/hours sum"]);
        walk(app, "time-entries", &first, &["submitted"]).await;
        let path = format!("/api/v1/projects/time-entries/{first}");
        assert_eq!(app.transition(&app.second_admin().await, &path, "approved").await.broken(), ["/hourly_rate rate"], "it could never be booked");
        walk(app, "time-entries", &first, &["rejected"]).await;
        let second = entry("2026-06-10", 20.0).await.id();
        let again = app.transition(&app.admin, &path, "draft").await;
        assert_eq!(again.broken(), ["/hours sum"], "it would count again");
        let rate = json!({"subject_id": person, "hourly_rate": {"amount": "80", "currency": "EUR"}, "starts_on": "2026-01-01"});
        app.make("finance/labor-rates", &rate).await;
        walk(app, "time-entries", &second, &["submitted", "approved"]).await;
        let told = app.get(&app.admin, &format!("/api/v1/projects/time-entries/{second}")).await.body;
        assert_eq!(told["hourly_rate"]["amount"], json!("80"), "{told}");
        walk(app, "time-entries", &second, &["rejected", "draft"]).await;
    }

    a_report_is_published_with_the_facts_of_the_data(app) {
        let id = project(app, "P").await;
        let typed = json!({"project_id": id, "reported_on": "2026-06-10", "facts": {"overall": "green"}});
        assert_eq!(app.post(&app.admin, "/api/v1/projects/status-reports", &typed).await.broken(), ["/facts server_field"]);
        let report = made(app, "status-reports", json!({"project_id": id, "reported_on": "2026-06-10"})).await;
        let path = format!("/api/v1/projects/status-reports/{report}");
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"facts": {"overall": "green"}})).await.broken(), ["/facts server_field"]);
        assert_eq!(app.transition(&app.admin, &path, "published").await.broken(), ["/facts required"]);
        assert_eq!(app.post(&app.admin, &format!("{path}/facts"), &json!({})).await.status, 200);
        walk(app, "status-reports", &report, &["published"]).await;
        assert_eq!(app.post(&app.admin, &format!("{path}/facts"), &json!({})).await.status, 409, "it stays as it is");
    }

    what_happens_outside_of_projects_is_waited_for(app) {
        let id = project(app, "P").await;
        let item = work(app, &id, "1", None, json!({})).await;
        let order = app.make("vendors/vendors", &json!({"code": "V", "name": "V"})).await["id"].clone();
        let order = app.make("vendors/purchase-orders", &json!({"code": "PO", "title": "PO", "vendor_id": order, "currency": "EUR"})).await["id"].as_str().unwrap().to_owned();
        let wait = |kind: &str| json!({"predecessor_id": order, "successor_id": item, "kind": kind});
        for kind in ["ss", "ff", "sf"] {
            assert_eq!(app.post(&app.admin, "/api/v1/projects/work-dependencies", &wait(kind)).await.broken(), ["/kind kind"], "{kind}");
        }
        made(app, "work-dependencies", wait("fs")).await;
        walk(app, "work-items", &item, &["ready", "in_progress"]).await;
        let refused = app.transition(&app.admin, &format!("/api/v1/projects/work-items/{item}"), "done").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" predecessor".to_owned()]), "{}", refused.text);
        assert_eq!(app.transition(&app.admin, &format!("/api/v1/vendors/purchase-orders/{order}"), "cancelled").await.status, 200);
        walk(app, "work-items", &item, &["done"]).await;
    }
}
