//! Money and hours of projects together.

use super::*;
use crate::on_both;

on_both! {
    a_funded_project_without_people_is_not_executable(app) {
        let books = Books::open(app).await;
        let id = |record: Value| record["id"].as_str().unwrap().to_owned();
        let role = id(app.make("teams/role-profiles", &json!({"code": "RP", "version": "1", "name": "Engineer"})).await);
        let ann = id(app.make("teams/people", &json!({"name": "Ann", "email": "ann@people.example.org", "weekly_hours": 40})).await);
        let position = id(app.make("teams/positions", &json!({"title": "Engineer", "role_profile_id": role, "holder_id": ann, "fte": 1})).await);
        app.bring(app.served.store.definitions.get("teams/positions").unwrap(), &position, &["filled"]).await;
        let mut projects = Vec::new();
        for (code, priority) in [("FIRST", "critical"), ("SECOND", "low"), ("POOR", "high"), ("VAGUE", "medium")] {
            let project = id(app.make("projects/projects", &json!({"code": code, "name": code, "priority": priority})).await);
            assert_eq!(app.transition(&app.admin, &format!("/api/v1/projects/projects/{project}"), "initiating").await.status, 200);
            projects.push(project);
        }
        let budget = books.budget(app, 1, Value::Null).await;
        let mut lines = Vec::new();
        for at in [0, 1, 3] {
            let mut body = books.line_body(&budget, &format!("Line {at}"), "1000.00");
            body["project_id"] = json!(projects[at]);
            lines.push(made(app, "budget-lines", body).await);
        }
        walk(app, "budgets", &budget, &["submitted", "approved", "active"]).await;
        let moved = transfer(app, &lines[2], &lines[1], "100.00").await;
        walk(app, "budget-transfers", &moved, &["submitted", "approved", "posted"]).await;
        // Monday 15 June to Thursday 31 December 2026 has 144 working days: 1,152 hours, of which 80 are allocated.
        let allocation = json!({"person_id": ann, "work_id": projects[0], "starts_on": "2026-06-15", "ends_on": "2026-06-26", "weekly_hours": 40, "kind": "hard"});
        let allocation = made(app, "allocations", allocation).await;
        walk(app, "allocations", &allocation, &["confirmed"]).await;
        for (project, hours) in [(0, 1000), (1, 100)] {
            let body = json!({"name": "Engineer", "work_id": projects[project], "role_profile_id": role, "starts_on": "2026-07-01", "ends_on": "2026-12-31", "hours": hours});
            let request = made(app, "resource-requests", body).await;
            walk(app, "resource-requests", &request, &["submitted"]).await;
        }
        let work = json!({"project_id": projects[2], "wbs_code": "1", "name": "Work", "starts_on": "2026-08-03", "ends_on": "2026-08-07", "effort_hours": 10});
        app.make("projects/work-items", &work).await;
        let told = app.get(&app.admin, &format!("/api/v1/finance/project-feasibility?fiscal_year_id={}", books.year)).await;
        assert_eq!(told.status, 200, "{}", told.text);
        let rows: Vec<Vec<Value>> = told.body["data"].as_array().unwrap().iter().map(|row| {
            ["project", "allocated_hours", "demand_hours", "available_hours", "executable"].map(|name| row[name].clone()).to_vec()
        }).collect();
        // Who else works here is no engineer, and does what anybody can do.
        let others = told.body["free_hours"].as_f64().unwrap() - 1072.0;
        assert!(others >= 0.0 && told.body["from"] == json!("2026-06-15"), "{}", told.text);
        // 1,072 are free: 1,000 for the first, 72 of 100 for the last; none of them is left for the effort of the poor one.
        assert_eq!(rows, [
            vec![json!("FIRST"), json!(80), json!(1000), json!(1000), json!(true)],
            vec![json!("POOR"), json!(0), json!(10), json!(others.min(10.0) as i64), json!(false)],
            vec![json!("VAGUE"), json!(0), json!(0), json!(0), Value::Null],
            vec![json!("SECOND"), json!(0), json!(100), json!(72), json!(false)],
        ]);
        let last = &told.body["data"][3];
        assert_eq!((&last["missing"][0]["role_profile_id"], &last["missing"][0]["hours"], &last["funded"]), (&json!(role), &json!(28), &json!([euros("1100.00")])), "with what was transferred");
        assert_eq!(last["reason"], json!("It is funded, but 28.0 of 100.0 hours find nobody who has them free."));
        assert_eq!(told.body["data"][1]["reason"], json!("No line of an active budget of the year pays for it."));
    }
}
