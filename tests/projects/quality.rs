//! Defect density, first-pass acceptance and the realization of benefits. Today is Monday, 15 June 2026.

use super::{euros, made, picked, walk, work};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn figure(app: &TestApp, project: &str, name: &str) -> Value {
    let answer = app.get(&app.admin, &format!("/api/v1/projects/projects/{project}/{name}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

on_both! {
    defects_are_set_against_the_work_that_is_done_and_first_tries_are_told_by_the_history(app) {
        let project = made(app, "projects", json!({"code": "P", "name": "P"})).await;
        let none = figure(app, &project, "quality").await;
        assert_eq!(picked(&none, &["defects", "done_hours", "defect_density_per_100_hours", "deliverables_judged", "first_pass_acceptance_percent"]), [json!(0), json!(0), Value::Null, json!(0), Value::Null]);
        let top = work(app, &project, "1", None, json!({"effort_hours": 500})).await;
        for (code, hours, points) in [("1.1", 80, 5), ("1.2", 40, 3)] {
            let item = work(app, &project, code, Some(&top), json!({"effort_hours": hours, "story_points": points})).await;
            walk(app, "work-items", &item, &["ready", "in_progress", "done"]).await;
        }
        work(app, &project, "1.3", Some(&top), json!({"effort_hours": 100, "story_points": 8})).await;
        for (severity, rework) in [("critical", Some(4)), ("minor", Some(2)), ("minor", None), ("trivial", None)] {
            made(app, "defects", json!({"project_id": project, "title": "D", "severity": severity, "rework_hours": rework})).await;
        }
        let rejected = made(app, "defects", json!({"project_id": project, "title": "None", "severity": "critical", "resolution": "It is meant so."})).await;
        walk(app, "defects", &rejected, &["rejected"]).await;
        // Three deliverables are judged: one at once, one at the second try, one still rejected; a fourth is not.
        let second = app.second_admin().await;
        for tries in [&["accepted"][..], &["rejected", "accepted"], &["rejected"], &[]] {
            let id = made(app, "deliverables", json!({"project_id": project, "name": "D", "acceptance_criteria": "It is there."})).await;
            for state in tries {
                walk(app, "deliverables", &id, &["in_progress", "submitted"]).await;
                let moved = app.transition(&second, &format!("/api/v1/projects/deliverables/{id}"), state).await;
                assert_eq!(moved.status, 200, "{}", moved.text);
            }
        }
        for tries in [&["passed"][..], &["failed", "planned", "passed"]] {
            let check = made(app, "quality-checks", json!({"project_id": project, "name": "C", "method": "test", "result": "Seen."})).await;
            walk(app, "quality-checks", &check, tries).await;
        }
        let quality = figure(app, &project, "quality").await;
        // By hand: 4 ÷ 120 h · 100 = 3.333333, 4 ÷ 8 points = 0.5; one of three, one of two.
        let numbers = ["defects", "done_hours", "done_story_points", "defect_density_per_100_hours", "defect_density_per_story_point", "rework_hours"];
        assert_eq!(picked(&quality, &numbers), [json!(4), json!(120), json!(8), json!(3.333333), json!(0.5), json!(6)], "{quality}");
        let first = ["deliverables_judged", "first_pass_acceptance_percent", "checks_judged", "first_pass_checks_percent"];
        assert_eq!(picked(&quality, &first), [json!(3), json!(33.333333), json!(2), json!(50)]);
        assert_eq!(quality["by_severity"][0], json!({"severity": "critical", "found": 1, "open": 1}));
    }

    benefits_are_realized_period_by_period_as_far_as_they_are_reported(app) {
        let project = made(app, "projects", json!({"code": "P", "name": "P"})).await;
        let period = |starts: &str, ends: &str, planned: &str, realised: Option<&str>| json!({"starts_on": starts, "ends_on": ends, "planned": euros(planned), "realised": realised.map(euros)});
        let rent = json!([
            period("2026-04-01", "2026-05-31", "24000.00", None),
            period("2026-01-01", "2026-03-31", "10000.00", Some("8000.00")),
            period("2026-07-01", "2026-09-30", "6000.00", None),
        ]);
        made(app, "benefits", json!({"subject_id": project, "name": "Half the rent", "kind": "cost", "periods": rent})).await;
        made(app, "benefits", json!({"subject_id": project, "name": "Faster", "kind": "productivity", "periods": [period("2026-01-01", "2026-03-31", "5000.00", Some("7000.00"))]})).await;
        let told = figure(app, &project, "benefit-realization").await;
        let share = |of: &Value| ["planned", "planned_to_date", "realised"].map(|name| of[name]["amount"].as_str().unwrap().to_owned());
        let rent = &told["benefits"][0];
        assert_eq!((&rent["benefit"]["title"], share(&rent["realization"])), (&json!("Half the rent"), ["40000.00", "34000.00", "8000.00"].map(str::to_owned)), "{told}");
        assert_eq!(picked(&rent["realization"], &["unreported_periods", "realization_percent"]), [json!(1), json!(80)]);
        assert_eq!([&rent["periods"][0]["percent"], &rent["periods"][1]["percent"], &rent["periods"][1]["starts_on"]], [&json!(80), &Value::Null, &json!("2026-04-01")]);
        // 15,000 of 15,000 in the quarter that both have reported.
        assert_eq!((share(&told["totals"][0]), &told["totals"][0]["realization_percent"]), (["45000.00", "39000.00", "15000.00"].map(str::to_owned), &json!(100)));
        let before = figure(app, &project, "benefit-realization?as_of=2026-03-30").await;
        assert_eq!((&before["totals"][0]["realization_percent"], &before["as_of"]), (&Value::Null, &json!("2026-03-30")));
        assert_eq!(figure(app, &made(app, "projects", json!({"code": "Q", "name": "Q"})).await, "benefit-realization").await["totals"], json!([]));
    }

    a_benefit_is_not_realised_before_its_period(app) {
        let project = made(app, "projects", json!({"code": "P", "name": "P"})).await;
        let period = |starts: &str, ends: &str| json!({"starts_on": starts, "ends_on": ends, "planned": euros("10.00"), "realised": euros("8.00")});
        let body = |periods: Value| json!({"subject_id": project, "name": "Rent", "kind": "cost", "periods": periods});
        let early = body(json!([period("2026-04-01", "2026-06-30"), period("2026-07-01", "2026-09-30")]));
        let refused = app.post(&app.admin, "/api/v1/projects/benefits", &early).await;
        assert_eq!((refused.status, refused.broken()), (422, vec!["/periods/1/realised future".to_owned()]), "{}", refused.text);
        let now = made(app, "benefits", body(json!([period("2026-04-01", "2026-06-30")]))).await;
        let told = app.get(&app.admin, &format!("/api/v1/projects/benefits/{now}")).await.body;
        assert_eq!(picked(&told["periods"][0], &["realised"]), [euros("8.00")]);
    }

    an_applied_change_makes_the_next_baseline_with_the_plan_as_it_is(app) {
        let project = made(app, "projects", json!({"code": "P", "name": "P"})).await;
        work(app, &project, "1", None, json!({"starts_on": "2026-06-08", "ends_on": "2026-06-10", "effort_hours": 16, "budget_at_completion": euros("500.00")})).await;
        let first = made(app, "baselines", json!({"project_id": project, "name": "Agreed", "scope_statement": "All services."})).await;
        assert_eq!(app.post(&app.admin, &format!("/api/v1/projects/baselines/{first}/snapshot"), &json!({})).await.status, 200);
        walk(app, "baselines", &first, &["approved", "current"]).await;
        let change = json!({"project_id": project, "title": "The warehouse moves too", "scope_delta": "Four servers come in.", "impact": "Two weeks.", "cost_delta": euros("700.00"), "time_delta_days": 4});
        let change = made(app, "project-changes", change).await;
        walk(app, "project-changes", &change, &["assessed", "approved"]).await;
        let added = json!({"starts_on": "2026-06-11", "ends_on": "2026-06-16", "effort_hours": 24, "budget_at_completion": euros("700.00")});
        let added = work(app, &project, "2", None, added).await;
        walk(app, "project-changes", &change, &["applied"]).await;
        let drafts = app.get(&app.admin, &format!("/api/v1/projects/baselines?project_id={project}&state=draft")).await.body;
        let next = &drafts["data"][0];
        assert_eq!(picked(next, &["name", "project_change_id", "baselined_on"]), [json!("After the change: The warehouse moves too"), json!(change), json!("2026-06-15")], "{drafts}");
        assert_eq!(next["scope_statement"], "All services.\n\nFour servers come in.");
        assert_eq!(next["items"].as_array().unwrap().len(), 2);
        assert_eq!(picked(&next["items"][1], &["work_item_id", "ends_on", "effort_hours", "cost"]), [json!(added), json!("2026-06-16"), json!(24), euros("700.00")]);
        let id = next["id"].as_str().unwrap();
        walk(app, "baselines", id, &["approved", "current"]).await;
        assert_eq!(app.get(&app.admin, &format!("/api/v1/projects/baselines/{first}")).await.body["state"], "superseded");
    }
}
