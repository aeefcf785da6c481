//! Strategy: how far objectives are, and what serves a plan, worked by hand.

use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

/// Makes a record as the administrator and returns its id.
async fn made(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(&format!("strategy/{collection}"), &body).await["id"].as_str().unwrap().to_owned()
}

/// Moves a record through states; the second administrator approves.
async fn walk(app: &TestApp, collection: &str, id: &str, states: &[&str]) {
    for state in states {
        let actor = if *state == "approved" { app.second_admin().await } else { app.admin.clone() };
        let moved = app.transition(&actor, &format!("/api/v1/{collection}/{id}"), state).await;
        assert_eq!(moved.status, 200, "{collection} {state}: {}", moved.text);
    }
}

/// The second quarter of 2026: 91 days, of which 76 have passed at the end of 15 June.
async fn quarter(app: &TestApp) -> String {
    made(app, "planning-cycles", json!({"name": "Q2", "kind": "quarter", "starts_on": "2026-04-01", "ends_on": "2026-06-30"})).await
}

/// An objective, with more fields.
async fn objective(app: &TestApp, cycle: &str, name: &str, more: Value) -> String {
    let mut body = json!({"planning_cycle_id": cycle, "name": name});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    made(app, "objectives", body).await
}

/// A key result with its check-ins.
async fn key_result(app: &TestApp, objective: &str, weight: f64, gauge: Value, reported: &[(&str, f64)]) -> String {
    let mut body = json!({"objective_id": objective, "name": "Share", "unit_of_measure": "percent", "weight": weight});
    body.as_object_mut().unwrap().extend(gauge.as_object().unwrap().clone());
    let id = made(app, "key-results", body).await;
    for (at, value) in reported {
        made(app, "check-ins", json!({"key_result_id": id, "checked_in_at": at, "value": value, "confidence": 6})).await;
    }
    id
}

fn up() -> Value {
    json!({"direction": "increase", "baseline": 35, "target": 80})
}

async fn progress(app: &TestApp, actor: &Actor, objective: &str, query: &str) -> Value {
    let answer = app.get(actor, &format!("/api/v1/strategy/objectives/{objective}/progress{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

fn picked(body: &Value, names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| body[*name].clone()).collect()
}

fn column(body: &Value, list: &str, name: &str) -> Value {
    body[list].as_array().unwrap().iter().map(|each| each[name].clone()).collect()
}

on_both! {
    an_objective_is_as_far_as_its_key_results_and_the_objectives_under_it(app) {
        let cycle = quarter(app).await;
        let root = objective(app, &cycle, "Root", json!({})).await;
        // Midnights, so that the line is easy: 18 in 45 days, and 31 more to the end of June.
        key_result(app, &root, 2.0, up(), &[("2026-05-31T00:00:00Z", 62.0), ("2026-04-16T00:00:00Z", 44.0)]).await;
        let held = json!({"direction": "hold_range", "low": 20, "high": 24, "tolerance": 4});
        key_result(app, &root, 1.0, held, &[("2026-05-12T08:00:00Z", 22.0), ("2026-06-01T08:00:00Z", 25.0)]).await;
        let child = objective(app, &cycle, "Child", json!({"parent_id": root, "commitment": "aspirational"})).await;
        key_result(app, &child, 1.0, json!({"direction": "decrease", "baseline": 12, "target": 4}), &[("2026-06-01T08:00:00Z", 9.0)]).await;
        key_result(app, &child, 1.0, up(), &[]).await;
        objective(app, &cycle, "Empty", json!({"parent_id": root, "weight": 9})).await;
        let dropped = objective(app, &cycle, "Dropped", json!({"parent_id": root, "reflection": "It was too much."})).await;
        key_result(app, &dropped, 1.0, up(), &[("2026-06-01T08:00:00Z", 80.0)]).await;
        walk(app, "strategy/objectives", &dropped, &["committed", "cancelled"]).await;

        let told = progress(app, &app.admin, &root, "").await;
        // (62 − 35)/45 = 0.6; one outside a range with a tolerance of 4 is 0.75.
        assert_eq!((column(&told, "key_results", "progress"), column(&told, "key_results", "value")), (json!([0.6, 0.75]), json!([62, 25])), "{told}");
        // 62 + 31 · 18/45 = 74.4, and (74.4 − 35)/45.
        assert_eq!(told["key_results"][0]["forecast_value"], json!(74.4));
        assert_eq!(told["key_results"][0]["forecast_progress"], json!(0.875556));
        // The child: 3/8; what nobody has reported on is unknown. What is unknown, empty or cancelled leaves the sums.
        assert_eq!((column(&told, "children", "name"), column(&told, "children", "progress")), (json!(["Child", "Empty"]), json!([0.375, null])));
        // (2 · 0.6 + 1 · 0.75 + 1 · 0.375) / 4; and 76 of 91 days: 0.254 behind.
        assert_eq!(picked(&told, &["progress", "elapsed_share", "health", "achieved"]), [json!(0.58125), json!(0.835165), json!("off_track"), json!(false)]);

        // By 15 May: (44 − 35)/45 = 0.2, in the range 1, the child unknown: (0.4 + 1)/3 against 45 of 91 days.
        let then = progress(app, &app.admin, &root, "?as_of=2026-05-15").await;
        assert_eq!(picked(&then, &["progress", "elapsed_share", "health"]), [json!(0.466667), json!(0.494505), json!("on_track")], "{then}");
        assert_eq!(then["key_results"][0]["forecast_value"], Value::Null, "one point is no line");
        assert_eq!(app.get(&app.admin, &format!("/api/v1/strategy/objectives/{root}/progress?as_of=may")).await.status, 400);
    }

    health_is_told_by_time_unless_the_owner_judges_otherwise(app) {
        let cycle = quarter(app).await;
        // 0.835165 have passed: 0.735165 is on track, 0.585165 at risk.
        for (at, (value, health)) in [(68.09, "on_track"), (68.08, "at_risk"), (61.34, "at_risk"), (61.33, "off_track")].into_iter().enumerate() {
            let id = objective(app, &cycle, &format!("O{at}"), json!({})).await;
            key_result(app, &id, 1.0, up(), &[("2026-06-01T08:00:00Z", value)]).await;
            let told = progress(app, &app.admin, &id, "").await;
            assert_eq!(told["health"], json!(health), "{value}: {told}");
        }
        let judged = objective(app, &cycle, "Judged", json!({"health_override": "on_track", "health_override_reason": "The rest is done in a day.", "commitment": "aspirational"})).await;
        assert_eq!(picked(&progress(app, &app.admin, &judged, "").await, &["progress", "health", "computed_health", "achieved"]), [Value::Null, json!("on_track"), Value::Null, Value::Null], "there is no key result");
        let id = key_result(app, &judged, 1.0, up(), &[("2026-06-01T08:00:00Z", 35.0)]).await;
        assert_eq!(picked(&progress(app, &app.admin, &judged, "").await, &["health", "computed_health", "achieved"]), [json!("on_track"), json!("off_track"), json!(false)]);
        // A stretch is reached at 0.7: 35 + 0.7 · 45 = 66.5.
        made(app, "check-ins", json!({"key_result_id": id, "checked_in_at": "2026-06-02T08:00:00Z", "value": 66.5})).await;
        assert_eq!(picked(&progress(app, &app.admin, &judged, "").await, &["progress", "achieved"]), [json!(0.7), json!(true)]);
    }

    progress_is_of_what_the_caller_may_see(app) {
        let (cycle, root) = (quarter(app).await, app.root_unit().await);
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let top = objective(app, &cycle, "Top", json!({"unit_id": ours})).await;
        key_result(app, &top, 1.0, up(), &[("2026-06-01T08:00:00Z", 80.0)]).await;
        let other = objective(app, &cycle, "Other", json!({"unit_id": theirs, "parent_id": top})).await;
        key_result(app, &other, 3.0, up(), &[("2026-06-01T08:00:00Z", 35.0)]).await;
        assert_eq!(progress(app, &app.admin, &top, "").await["progress"], json!(0.5));
        let strategist = app.actor("strategist", Some(&ours)).await;
        let seen = progress(app, &strategist, &top, "").await;
        assert_eq!(picked(&seen, &["progress", "children", "achieved"]), [json!(1), json!([]), json!(true)], "{seen}");
        assert_eq!(app.get(&strategist, &format!("/api/v1/strategy/objectives/{other}/progress")).await.status, 404);
    }

    a_plan_is_served_by_what_leads_to_its_themes_and_the_rest_stands_alone(app) {
        let cycle = quarter(app).await;
        let plan = made(app, "strategic-plans", json!({"name": "IT 2026", "starts_on": "2026-01-01", "ends_on": "2028-12-31"})).await;
        let path = format!("/api/v1/strategy/strategic-plans/{plan}/alignment");
        let empty = app.get(&app.admin, &path).await;
        assert_eq!((empty.status, &empty.body["alignment"], &empty.body["objectives"]), (200, &Value::Null, &json!(0)), "{}", empty.text);
        let theme = made(app, "themes", json!({"plan_id": plan, "name": "Simple", "weight": 100})).await;
        let first = objective(app, &cycle, "Themed", json!({"theme_id": theme, "weight": 3})).await;
        let second = objective(app, &cycle, "Under it", json!({"parent_id": first, "weight": 1})).await;
        let third = objective(app, &cycle, "Alone", json!({"weight": 4})).await;
        let fourth = objective(app, &cycle, "Aligned", json!({"weight": 2})).await;
        let share = key_result(app, &second, 1.0, up(), &[]).await;
        let align = async |from: &str, to: &str| made(app, "alignments", json!({"from_id": from, "to_id": to, "contribution_weight": 50})).await;
        align(&fourth, &share).await;
        // Neither what is cancelled nor what lies beyond the horizon counts.
        let dropped = objective(app, &cycle, "Dropped", json!({"weight": 50, "reflection": "No."})).await;
        walk(app, "strategy/objectives", &dropped, &["committed", "cancelled"]).await;
        let later = made(app, "planning-cycles", json!({"name": "2029", "kind": "year", "starts_on": "2029-01-01", "ends_on": "2029-12-31"})).await;
        objective(app, &later, "Later", json!({"weight": 50})).await;

        let initiative = async |code: &str| made(app, "initiatives", json!({"code": code, "name": code, "theme_id": theme})).await;
        let (serving, idle, stopped) = (initiative("I1").await, initiative("I2").await, initiative("I3").await);
        align(&serving, &second).await;
        align(&stopped, &third).await;
        walk(app, "strategy/initiatives", &stopped, &["stopped"]).await;
        let project = async |code: &str, more: Value| {
            let mut body = json!({"code": code, "name": code});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            app.make("projects/projects", &body).await["id"].as_str().unwrap().to_owned()
        };
        project("P1", json!({})).await;
        project("P2", json!({"objective_id": third})).await;
        project("P3", json!({"initiative_id": serving})).await;
        project("P4", json!({"initiative_id": idle})).await;
        let aligned = project("P5", json!({})).await;
        align(&aligned, &third).await;
        let over = project("P6", json!({})).await;
        walk(app, "projects/projects", &over, &["cancelled"]).await;
        let year = app.make("finance/fiscal-years", &json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await["id"].clone();
        let center = app.make("finance/cost-centers", &json!({"code": "CC", "name": "CC"})).await["id"].clone();
        let opex = app.make("finance/cost-categories", &json!({"code": "OPEX", "name": "Hosting", "kind": "opex"})).await["id"].clone();
        let budget = app.make("finance/budgets", &json!({"name": "B", "scope_id": center, "fiscal_year_id": year, "currency": "EUR"})).await["id"].as_str().unwrap().to_owned();
        let mut lines = Vec::new();
        // What pays for something that serves an objective serves it too.
        for (name, pays) in [("Racks", json!({})), ("Licences", json!({})), ("Initiative", json!({"initiative_id": serving})), ("Project", json!({"project_id": aligned})), ("Idle", json!({"initiative_id": idle}))] {
            let mut body = json!({"budget_id": budget, "name": name, "cost_category_id": opex, "amount": {"amount": "10.00", "currency": "EUR"}});
            body.as_object_mut().unwrap().extend(pays.as_object().unwrap().clone());
            lines.push(app.make("finance/budget-lines", &body).await["id"].as_str().unwrap().to_owned());
        }
        align(&lines[0], &first).await;
        let alone = |body: &Value, list: &str| column(body, list, "name");
        let draft = app.get(&app.admin, &path).await.body;
        assert_eq!(alone(&draft, "budget_lines_without_objective"), json!([]), "its budget is not active yet");
        walk(app, "finance/budgets", &budget, &["submitted", "approved", "active"]).await;

        let told = app.get(&app.admin, &path).await;
        assert_eq!(told.status, 200, "{}", told.text);
        let body = &told.body;
        // (3 + 1 + 2) / (3 + 1 + 4 + 2).
        assert_eq!(picked(body, &["objectives", "aligned_objectives", "weight", "aligned_weight", "alignment"]), [json!(4), json!(3), json!(10), json!(6), json!(0.6)], "{}", told.text);
        assert_eq!((alone(body, "unaligned_objectives"), alone(body, "objectives_without_initiative")), (json!(["Alone"]), json!(["Alone", "Aligned"])));
        assert_eq!(alone(body, "initiatives_without_objective"), json!(["I2"]));
        assert_eq!(alone(body, "projects_without_objective"), json!(["P1", "P4"]));
        assert_eq!(alone(body, "budget_lines_without_objective"), json!(["Licences", "Idle"]));
        // Who sees neither projects nor budgets is told of none.
        let bare = ["strategic_plans", "themes", "objectives", "key_results", "initiatives", "alignments"].map(|name| format!("strategy.{name}:read"));
        app.make("identity/roles", &json!({"code": "bare", "name": "bare", "permissions": bare})).await;
        let seen = app.get(&app.actor("bare", None).await, &path).await;
        assert_eq!((&seen.body["alignment"], &seen.body["projects_without_objective"], &seen.body["budget_lines_without_objective"]), (&json!(0.6), &json!([]), &json!([])), "{}", seen.text);
        assert_eq!(app.get(&app.actor("member", None).await, &path).await.status, 404);
    }

    a_check_in_is_a_time_of_the_cycle_on_an_open_key_result(app) {
        let cycle = quarter(app).await;
        let goal = objective(app, &cycle, "Goal", json!({})).await;
        let result = key_result(app, &goal, 1.0, up(), &[]).await;
        let check_in = async |at: &str, more: Value| {
            let mut body = json!({"key_result_id": result, "checked_in_at": at, "value": 40});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            app.post(&app.admin, "/api/v1/strategy/check-ins", &body).await
        };
        for at in ["2019-05-01T08:00:00Z", "2026-03-31T23:59:59Z"] {
            assert_eq!(check_in(at, json!({})).await.broken(), ["/checked_in_at outside_cycle"], "{at}");
        }
        assert_eq!(check_in("2026-06-30T08:00:00Z", json!({})).await.broken(), ["/checked_in_at future"]);
        assert_eq!(progress(app, &app.admin, &goal, "").await["progress"], Value::Null, "nobody has reported");
        let typo = check_in("2026-05-01T00:00:00Z", json!({"value": 3000})).await.id();
        assert_eq!(check_in("2026-05-01T00:00:00Z", json!({"value": null})).await.broken(), ["/value required"]);
        assert_eq!(check_in("2026-05-01T00:00:00Z", json!({"retraction_of": goal})).await.broken(), ["/retraction_of reference"]);
        // (53 − 35)/45 = 0.4, in the place of what was mistyped.
        assert_eq!(check_in("2026-05-01T00:00:00Z", json!({"value": 53, "retraction_of": typo})).await.status, 201);
        assert!(check_in("2026-05-01T00:00:00Z", json!({"value": 54, "retraction_of": typo})).await.broken()[0].starts_with("/retraction_of"), "once");
        let told = progress(app, &app.admin, &goal, "").await;
        assert_eq!((&told["progress"], &told["key_results"][0]["forecast_value"]), (&json!(0.4), &Value::Null), "{told}");
        walk(app, "strategy/key-results", &result, &["closed"]).await;
        assert_eq!(check_in("2026-05-02T08:00:00Z", json!({})).await.broken(), ["/key_result_id closed"]);
    }

    by_what_an_objective_was_measured_stays_once_it_has_ended(app) {
        let cycle = quarter(app).await;
        let goal = objective(app, &cycle, "Goal", json!({"score": 1, "reflection": "It went well."})).await;
        let result = key_result(app, &goal, 1.0, up(), &[("2026-06-01T08:00:00Z", 80.0)]).await;
        walk(app, "strategy/objectives", &goal, &["committed", "achieved"]).await;
        let path = format!("/api/v1/strategy/key-results/{result}");
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"target": 70})).await.broken(), ["/objective_id ended"]);
        assert_eq!(app.delete(&app.admin, &path, "*").await.broken(), ["/objective_id ended"]);
        let another = json!({"objective_id": goal, "name": "Late", "unit_of_measure": "percent", "direction": "increase", "baseline": 0, "target": 1});
        assert_eq!(app.post(&app.admin, "/api/v1/strategy/key-results", &another).await.broken(), ["/objective_id ended"]);
        walk(app, "strategy/key-results", &result, &["closed"]).await;
    }

    a_key_result_stands_where_the_indicator_that_it_follows_stands(app) {
        let cycle = quarter(app).await;
        let goal = objective(app, &cycle, "Goal", json!({})).await;
        let kpi = json!({"code": "K", "name": "K", "perspective": "process", "direction": "increase", "unit_of_measure": "percent", "frequency": "monthly", "target": 100});
        let kpi = made(app, "kpis", kpi).await;
        key_result(app, &goal, 1.0, json!({"direction": "increase", "baseline": 0, "target": 100, "kpi_id": kpi}), &[("2026-06-01T08:00:00Z", 10.0)]).await;
        let sample = async |at: &str, more: Value| {
            let mut body = json!({"kpi_id": kpi, "measured_at": at, "value": 80});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            app.post(&app.admin, "/api/v1/strategy/kpi-samples", &body).await
        };
        assert_eq!(sample("2099-01-01T00:00:00Z", json!({})).await.broken(), ["/measured_at future"]);
        assert_eq!(sample("2026-05-31T00:00:00Z", json!({})).await.status, 201);
        let told = progress(app, &app.admin, &goal, "").await;
        // 80 of 100, against 76 of 91 days; the confidence is that of the check-in.
        assert_eq!(picked(&told, &["progress", "health"]), [json!(0.8), json!("on_track")], "{told}");
        assert_eq!((&told["key_results"][0]["value"], &told["key_results"][0]["confidence"]), (&json!(80), &json!(6)));
        let typo = sample("2026-06-10T00:00:00Z", json!({"value": 8000})).await.id();
        assert_eq!(sample("2026-06-10T00:00:00Z", json!({})).await.status, 409, "one value at a time");
        assert_eq!(sample("2026-06-10T00:00:00Z", json!({"value": null, "retraction_of": typo})).await.status, 201);
        assert_eq!(progress(app, &app.admin, &goal, "").await["progress"], json!(0.8), "what was taken back does not count");
    }

    what_serves_one_version_of_a_plan_serves_the_next(app) {
        let cycle = quarter(app).await;
        let plan = |version: u32, before: Value| json!({"name": "IT", "starts_on": "2026-01-01", "ends_on": "2028-12-31", "version": version, "supersedes_id": before});
        let first = made(app, "strategic-plans", plan(1, Value::Null)).await;
        let theme = made(app, "themes", json!({"plan_id": first, "name": "Simple", "weight": 100})).await;
        walk(app, "strategy/strategic-plans", &first, &["in_review", "approved", "active"]).await;
        objective(app, &cycle, "Themed", json!({"theme_id": theme})).await;
        let drafted = app.post(&app.admin, &format!("/api/v1/strategy/strategic-plans/{first}/new-version"), &json!({})).await;
        assert_eq!((drafted.status, &drafted.body["version"], &drafted.body["supersedes_id"]), (201, &json!(2), &json!(first)), "{}", drafted.text);
        let second = drafted.id();
        let themes = app.get(&app.admin, &format!("/api/v1/strategy/themes?plan_id={second}")).await.body;
        let next = themes["data"][0]["id"].as_str().unwrap().to_owned();
        let record = app.get(&app.admin, &format!("/api/v1/strategy/themes/{next}")).await.body;
        assert_eq!(record["lineage_id"], json!(theme));
        let third = made(app, "strategic-plans", plan(3, Value::Null)).await;
        made(app, "themes", json!({"plan_id": third, "name": "Another", "weight": 100})).await;
        walk(app, "strategy/strategic-plans", &third, &["in_review", "approved"]).await;
        let refused = app.transition(&app.admin, &format!("/api/v1/strategy/strategic-plans/{third}"), "active").await;
        assert_eq!(refused.broken(), [" another"], "it replaces none");
        walk(app, "strategy/strategic-plans", &second, &["in_review", "approved", "active"]).await;
        let state = app.get(&app.admin, &format!("/api/v1/strategy/strategic-plans/{first}")).await.body["state"].clone();
        assert_eq!(state, json!("superseded"), "in the same move");
        let told = app.get(&app.admin, &format!("/api/v1/strategy/strategic-plans/{second}/alignment")).await.body;
        assert_eq!(told["alignment"], json!(1), "{told}");
    }

    a_published_edition_keeps_the_rings_that_it_was_published_with(app) {
        let names = |names: &[&str]| names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>();
        let radar = made(app, "radars", json!({"name": "R", "quadrants": names(&["Tools"]), "rings": names(&["Adopt", "Hold"])})).await;
        let edition = made(app, "radar-editions", json!({"radar_id": radar, "name": "Spring", "edition_on": "2026-04-01"})).await;
        let technology = made(app, "technologies", json!({"name": "Rust", "category": "tool"})).await;
        made(app, "blips", json!({"radar_edition_id": edition, "technology_id": technology, "quadrant": "Tools", "ring": "Adopt"})).await;
        walk(app, "strategy/radar-editions", &edition, &["published"]).await;
        let path = format!("/api/v1/strategy/radars/{radar}");
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"rings": names(&["Hold", "Adopt"])})).await.status, 200);
        let kept = app.get(&app.admin, &format!("/api/v1/strategy/radar-editions/{edition}")).await.body;
        assert_eq!(column(&kept, "rings", "name"), json!(["Adopt", "Hold"]), "{kept}");
    }

    an_objective_ends_as_its_score_says_and_a_share_is_forecast_within_a_hundred(app) {
        let cycle = quarter(app).await;
        for (commitment, score, to) in [("committed", 0.0, "missed"), ("committed", 0.9, "missed"), ("committed", 1.0, "achieved"), ("aspirational", 0.7, "achieved"), ("aspirational", 0.69, "missed")] {
            let more = json!({"commitment": commitment, "score": score, "reflection": "We know more now."});
            let id = objective(app, &cycle, &format!("{commitment} {score}"), more).await;
            walk(app, "strategy/objectives", &id, &["committed"]).await;
            let (path, other) = (format!("/api/v1/strategy/objectives/{id}"), if to == "missed" { "achieved" } else { "missed" });
            let refused = app.transition(&app.admin, &path, other).await;
            assert_eq!((refused.status, refused.broken()), (409, vec!["/score score".to_owned()]), "{commitment} {score}: {}", refused.text);
            assert_eq!(app.transition(&app.admin, &path, to).await.status, 200);
        }
        let id = objective(app, &cycle, "Doubtful", json!({"score": 1, "reflection": "It went well."})).await;
        key_result(app, &id, 1.0, up(), &[("2026-05-31T00:00:00Z", 53.0)]).await;
        walk(app, "strategy/objectives", &id, &["committed"]).await;
        let path = format!("/api/v1/strategy/objectives/{id}");
        let refused = app.transition(&app.admin, &path, "achieved").await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/score_reason required".to_owned()]), "(53 − 35)/45 is 0.4: {}", refused.text);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"score_reason": "The rest came in June."})).await.status, 200);
        assert_eq!(app.transition(&app.admin, &path, "achieved").await.status, 200);
        let id = objective(app, &cycle, "Root", json!({})).await;
        key_result(app, &id, 1.0, up(), &[("2026-05-01T00:00:00Z", 60.0), ("2026-05-31T00:00:00Z", 95.0)]).await;
        assert_eq!(progress(app, &app.admin, &id, "").await["key_results"][0]["forecast_value"], json!(100), "the line leads beyond");
    }
}
