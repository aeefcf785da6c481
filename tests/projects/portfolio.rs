//! Portfolios and people across projects, worked by hand. Today is Monday, 15 June 2026.

use super::{alter, euros, made, picked, work};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

/// A project of a portfolio with a budget, an effort, planned benefits and threats.
async fn candidate(app: &TestApp, portfolio: &str, code: &str, (cost, hours, value, threats): (&str, u32, &str, usize), objective: &Value) -> String {
    let body = json!({"code": code, "name": code, "portfolio_id": portfolio, "budget": euros(cost), "objective_id": objective});
    let project = made(app, "projects", body).await;
    work(app, &project, "1", None, json!({"effort_hours": hours})).await;
    let periods = json!([{"starts_on": "2026-01-01", "ends_on": "2026-12-31", "planned": euros(value), "realised": null}]);
    made(app, "benefits", json!({"subject_id": project, "name": code, "kind": "cost", "periods": periods})).await;
    if threats > 0 {
        let matrix = app.make("security/risk-matrices", &crate::security::matrix(code)).await["id"].clone();
        for at in 0..threats {
            let body = json!({"code": format!("{code}-{at}"), "title": code, "kind": "threat", "category": "project", "risk_matrix_id": matrix, "project_id": project});
            app.make("security/risks", &body).await;
        }
    }
    project
}

async fn portfolio(app: &TestApp) -> (String, [String; 3], Value) {
    let portfolio = made(app, "portfolios", json!({"code": "IT", "name": "IT", "funding_limit": euros("100.00"), "capacity_hours": 900})).await;
    let cycle =
        app.make("strategy/planning-cycles", &json!({"name": "2026", "kind": "year", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await["id"].clone();
    let objective = app.make("strategy/objectives", &json!({"planning_cycle_id": cycle, "name": "Cheaper"})).await["id"].clone();
    let a = candidate(app, &portfolio, "A", ("60.00", 100, "100.00", 0), &Value::Null).await;
    let b = candidate(app, &portfolio, "B", ("50.00", 100, "90.00", 1), &Value::Null).await;
    let c = candidate(app, &portfolio, "C", ("50.00", 400, "80.00", 2), &objective).await;
    (portfolio, [a, b, c], objective)
}

on_both! {
    a_portfolio_is_chosen_within_money_hours_and_risk(app) {
        let (portfolio, [a, b, c], objective) = portfolio(app).await;
        let select = async |limits: Value| {
            let answer = app.post(&app.admin, &format!("/api/v1/projects/portfolios/{portfolio}/selections"), &limits).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            answer.body
        };
        let ids = |rows: &Value| -> Vec<String> { rows.as_array().unwrap().iter().map(|row| row["project_id"].as_str().unwrap().to_owned()).collect() };
        // 90 + 80 for 100 is more than 100 for 60, or 90 for 50.
        let money = select(json!({"budget": euros("100.00")})).await;
        assert_eq!((ids(&money["selected"]), ids(&money["rejected"])), (vec![b.clone(), c.clone()], vec![a.clone()]), "{money}");
        assert_eq!(picked(&money, &["binding_constraint", "objectives_lost", "value", "optimal"]), [json!("budget"), json!([]), euros("170.00"), json!(true)]);
        assert_eq!(money["rejected"][0]["reason"], "With it the selection would pass: budget.");
        let hours = select(json!({"hours": 300})).await;
        assert_eq!((ids(&hours["selected"]), &hours["binding_constraint"], &hours["objectives_lost"]), (vec![a.clone(), b.clone()], &json!("hours"), &json!([objective])));
        let risk = select(json!({"risk_limit": 0})).await;
        assert_eq!((ids(&risk["selected"]), &risk["binding_constraint"]), (vec![a.clone()], &json!("risk")));
        let all = select(json!({})).await;
        assert_eq!((ids(&all["selected"]).len(), &all["binding_constraint"]), (3, &Value::Null));
        assert_eq!(app.post(&app.stranger().await, &format!("/api/v1/projects/portfolios/{portfolio}/selections"), &json!({})).await.status, 404);
    }

    a_project_of_unknown_hours_is_not_chosen_where_hours_limit(app) {
        let portfolio = made(app, "portfolios", json!({"code": "IT", "name": "IT"})).await;
        let a = candidate(app, &portfolio, "A", ("60.00", 100, "100.00", 0), &Value::Null).await;
        let b = candidate(app, &portfolio, "B", ("50.00", 100, "90.00", 0), &Value::Null).await;
        let unknown = work(app, &b, "2", None, json!({})).await;
        let path = format!("/api/v1/projects/portfolios/{portfolio}/selections");
        let select = async |limits: Value| app.post(&app.admin, &path, &limits).await;
        let count = |answer: &Value| [&answer["selected"], &answer["rejected"]].map(|rows| rows.as_array().unwrap().len());
        assert_eq!(count(&select(json!({"budget": euros("500.00")})).await.body), [2, 0], "hours do not limit");
        let limited = select(json!({"hours": 5000})).await.body;
        assert_eq!((count(&limited), picked(&limited["rejected"][0], &["project_id", "hours"])), ([1, 1], vec![json!(b), Value::Null]), "{limited}");
        assert_eq!((&limited["selected"][0]["project_id"], limited["rejected"][0]["reason"].as_str().unwrap().starts_with("Its hours are not known")), (&json!(a), true));
        alter(app, "work-items", &unknown, json!({"duration_hours": 16})).await;
        assert_eq!(select(json!({"hours": 5000})).await.body["selected"][1]["hours"], json!(116), "a duration tells them too");
        let negative = select(json!({"budget": euros("-1.00")})).await;
        assert_eq!((negative.status, negative.broken()), (422, vec!["/budget/amount range".to_owned()]), "{}", negative.text);
    }

    a_portfolio_shows_cost_value_risk_and_health(app) {
        let (portfolio, [a, ..], _) = portfolio(app).await;
        let answer = app.get(&app.admin, &format!("/api/v1/projects/portfolios/{portfolio}/overview")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(picked(&answer.body, &["cost", "value", "hours", "capacity_hours", "funding_limit"]), [euros("160.00"), euros("270.00"), json!(600), json!(900), euros("100.00")]);
        let row = &answer.body["data"][2];
        assert_eq!((&answer.body["data"][0]["project"]["id"], &row["risk_count"], &row["hours"], &row["health"]), (&json!(a), &json!(2), &json!(400), &Value::Null));
        assert_eq!(answer.body["partial"], json!(false));
        let narrow = ["projects.portfolios:read", "projects.projects:read", "projects.work_items:read"];
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": narrow})).await;
        let told = app.get(&app.actor("narrow", None).await, &format!("/api/v1/projects/portfolios/{portfolio}/overview")).await.body;
        assert_eq!((&told["data"][0]["risk_count"], &told["partial"]), (&Value::Null, &json!(true)), "{told}");
    }

    people_are_booked_across_projects_and_overbooked_weeks_stand_out(app) {
        let person = app.make("teams/people", &json!({"name": "Ann", "email": "ann@people.example.org", "weekly_hours": 40})).await["id"].clone();
        for (code, hours) in [("A", 60), ("B", 40)] {
            let project = made(app, "projects", json!({"code": code, "name": code})).await;
            let item = work(app, &project, "1", None, json!({})).await;
            // Two weeks for the first, the second of them for the other.
            let starts = if code == "A" { "2026-06-15" } else { "2026-06-22" };
            made(app, "assignments", json!({"work_item_id": item, "person_id": person, "starts_on": starts, "ends_on": "2026-06-26", "planned_hours": hours})).await;
        }
        let answer = app.get(&app.admin, "/api/v1/projects/utilization?from=2026-06-15&to=2026-06-29").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let ann = &answer.body["data"][0];
        // 60 + 40 of 80 hours; in the second week 30 + 40 of 40.
        assert_eq!(picked(ann, &["person_id", "name", "assigned_hours", "capacity_hours", "utilization_percent"]), [person.clone(), json!("Ann"), json!(100), json!(80), json!(125)]);
        assert_eq!((ann["conflicts"].as_array().unwrap().len(), picked(&ann["conflicts"][0], &["starts_on", "assigned_hours", "capacity_hours"])), (1, vec![json!("2026-06-22"), json!(70), json!(40)]));
        assert_eq!(app.get(&app.admin, "/api/v1/projects/utilization?from=2026-06-15&to=2026-06-15").await.status, 400);
    }

    the_capacity_of_people_is_that_of_finance(app) {
        // 32 hours a week from Wednesday 17 June on, away on Monday 22, and a fifth of the time for other work.
        let ann = json!({"name": "Ann", "email": "ann@people.example.org", "weekly_hours": 32, "starts_on": "2026-06-17"});
        let ann = app.make("teams/people", &ann).await["id"].clone();
        let leave = app.make("teams/absences", &json!({"person_id": ann, "kind": "holiday", "starts_on": "2026-06-22", "ends_on": "2026-06-22"})).await["id"].clone();
        app.bring(app.served.store.definitions.get("teams/absences").unwrap(), leave.as_str().unwrap(), &["approved"]).await;
        let settings = app.get(&app.admin, "/api/v1/platform/settings").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(app.patch(&app.admin, &format!("/api/v1/platform/settings/{settings}"), "*", &json!({"non_project_percent": 20})).await.status, 200);
        let project = made(app, "projects", json!({"code": "A", "name": "A"})).await;
        let item = work(app, &project, "1", None, json!({})).await;
        made(app, "assignments", json!({"work_item_id": item, "person_id": ann, "starts_on": "2026-06-15", "ends_on": "2026-06-26", "planned_hours": 40})).await;
        let told = app.get(&app.admin, "/api/v1/projects/utilization?from=2026-06-15&to=2026-06-29").await.body;
        // Three days and four of 6.4 hours less a fifth: 7 · 5.12.
        assert_eq!(picked(&told["data"][0], &["assigned_hours", "capacity_hours"]), [json!(40), json!(35.84)], "{told}");
        let conflict = &told["data"][0]["conflicts"][0];
        assert_eq!(picked(conflict, &["starts_on", "assigned_hours", "capacity_hours"]), [json!("2026-06-15"), json!(20), json!(15.36)]);
        let finance = app.get(&app.admin, "/api/v1/finance/capacity?from=2026-06-15&to=2026-06-29").await.body;
        let own = finance["data"].as_array().unwrap().iter().find(|row| row["id"] == ann).unwrap();
        assert_eq!(own["capacity_hours"], told["data"][0]["capacity_hours"], "{finance}");
    }
}
