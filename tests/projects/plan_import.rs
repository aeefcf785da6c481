//! Plans of Microsoft Project come in as the work of a project. Today is Monday, 15 June 2026.

use super::{made, work};
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

const PLAN: &str = include_str!("../fixtures/mspdi/plan.xml");

async fn import(app: &TestApp, actor: &Actor, project: &str, plan: &str) -> Answer {
    let path = format!("/api/v1/projects/work-items/import?format=mspdi&project_id={project}");
    app.call(actor, "POST", &path, &[("Content-Type", "application/xml")], Some(plan.to_owned())).await
}

async fn items(app: &TestApp, project: &str) -> Vec<Value> {
    let page = app.get(&app.admin, &format!("/api/v1/projects/work-items?project_id={project}&sort=wbs_code&limit=100")).await.body;
    page["data"].as_array().unwrap().clone()
}

fn outline(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| ["wbs_code", "name", "kind", "state"].map(|name| item[name].as_str().unwrap()).join(" ")).collect()
}

fn counts(answer: &Answer, kind: &str) -> [u64; 4] {
    ["created", "updated", "unchanged", "deleted"].map(|name| answer.body[kind][name].as_u64().unwrap())
}

on_both! {
    a_plan_comes_in_with_its_outline_links_calendar_people_and_baseline_and_twice_without_a_change(app) {
        let ann = app.make("teams/people", &json!({"name": "Ann", "email": "ann@people.example.org"})).await["id"].clone();
        let project = made(app, "projects", json!({"code": "MOVE", "name": "Move", "starts_on": "2026-06-01"})).await;
        let first = import(app, &app.admin, &project, PLAN).await;
        assert_eq!(first.status, 200, "{}", first.text);
        assert_eq!([counts(&first, "work_items"), counts(&first, "work_dependencies"), counts(&first, "assignments")], [[4, 0, 0, 0], [2, 0, 0, 0], [1, 0, 0, 0]]);
        assert_eq!(first.body["warnings"], json!(["Nobody is known as Bob; what the file gives them is not assigned."]));
        let items = items(app, &project).await;
        assert_eq!(outline(&items), ["1 Prepare epic in_progress", "1.1 Cable the switches task done", "1.2 Test task todo", "2 Live milestone todo"]);
        let told = ["parent_id", "import_key", "duration_hours", "effort_hours", "budget_at_completion", "actual_ends_on", "progress_percent"].map(|name| items[1][name].clone());
        let cost = json!({"amount": "2100.00", "currency": "EUR"});
        assert_eq!(told, [items[0]["id"].clone(), json!("2"), json!(16), json!(24), cost, json!("2026-06-09"), json!(100)]);
        assert_eq!(["deadline_on", "description"].map(|name| items[2][name].clone()), [json!("2026-06-24"), json!("Both ways.")]);
        assert_eq!(["constraint_kind", "constraint_on", "starts_on"].map(|name| items[3][name].clone()), [json!("snet"), json!("2026-06-22"), json!("2026-06-22")]);
        assert_eq!([&items[0]["duration_hours"], &items[0]["starts_on"]], [&Value::Null, &Value::Null], "a summary is what lies in it");
        let links = app.get(&app.admin, "/api/v1/projects/work-dependencies?sort=id").await.body;
        let link = |at: usize| ["predecessor_id", "successor_id", "kind", "lag_hours"].map(|name| links["data"][at][name].clone());
        assert_eq!(link(0), [items[1]["id"].clone(), items[2]["id"].clone(), json!("fs"), json!(8)]);
        let assignment = app.get(&app.admin, "/api/v1/projects/assignments").await.body["data"][0].clone();
        assert_eq!(["work_item_id", "person_id", "starts_on", "ends_on", "planned_hours"].map(|name| assignment[name].clone()), [items[2]["id"].clone(), ann, json!("2026-06-11"), json!("2026-06-17"), json!(24)]);

        // What was finished counts from the day on which it was.
        let records = app.get(&app.admin, "/api/v1/projects/progress-records").await.body;
        assert_eq!([&records["data"][0]["recorded_on"], &records["data"][0]["progress_percent"]], [&json!("2026-06-09"), &json!(100)], "{records}");
        assert_eq!(records["data"][1]["description"], json!("From the work in it."), "{records}");

        // Monday to Thursday, and the 16th is free: 15, 17 and 18 June; then the milestone, not before the 22nd.
        let schedule = app.get(&app.admin, &format!("/api/v1/projects/projects/{project}/schedule?data_date=2026-06-15")).await.body;
        let dates = |at: usize| [schedule["data"][at]["early_start"].clone(), schedule["data"][at]["early_finish"].clone()];
        assert_eq!([dates(1), dates(2)], [[json!("2026-06-08"), json!("2026-06-09")], [json!("2026-06-15"), json!("2026-06-18")]], "{schedule}");
        assert_eq!(dates(3)[0], "2026-06-22");

        let baseline = app.get(&app.admin, &format!("/api/v1/projects/baselines/{}", first.body["baseline_id"].as_str().unwrap())).await.body;
        assert_eq!((&baseline["state"], &baseline["baselined_on"], baseline["items"].as_array().unwrap().len()), (&json!("draft"), &json!("2026-06-10"), 2));
        assert_eq!(["work_item_id", "ends_on", "effort_hours", "cost"].map(|name| baseline["items"][0][name].clone()), [items[1]["id"].clone(), json!("2026-06-09"), json!(24), json!({"amount": "2000.00", "currency": "EUR"})]);

        let again = import(app, &app.admin, &project, PLAN).await;
        assert_eq!([counts(&again, "work_items"), counts(&again, "work_dependencies"), counts(&again, "assignments")], [[0, 0, 4, 0], [0, 0, 2, 0], [0, 0, 1, 0]], "{}", again.text);
        assert_eq!([&again.body["baseline_id"], &again.body["calendar_id"]], [&first.body["baseline_id"], &first.body["calendar_id"]]);
        let calendar = app.get(&app.admin, &format!("/api/v1/platform/calendars/{}", first.body["calendar_id"].as_str().unwrap())).await.body;
        assert_eq!([&calendar["week"]["thursday"], &calendar["week"]["friday"], &calendar["exceptions"][0]["on"]], [&json!(8), &json!(0), &json!("2026-06-16")]);
    }

    a_changed_plan_moves_codes_links_and_dates_and_what_it_no_longer_names_stays(app) {
        let project = made(app, "projects", json!({"code": "MOVE", "name": "Move"})).await;
        assert_eq!(import(app, &app.admin, &project, PLAN).await.status, 200);
        // A task comes first, so that the others move on by one; the link with the lag goes, and so does the milestone.
        let task = "<Task><UID>9</UID><Name>Order</Name><WBS>1.1</WBS><OutlineLevel>2</OutlineLevel><Duration>PT8H0M0S</Duration></Task>\n    <Task>\n      <UID>2</UID>";
        let part = |from: &str, to: &str| {
            let start = PLAN.find(from).unwrap();
            &PLAN[start..start + PLAN[start..].find(to).unwrap() + to.len()]
        };
        let milestone = part("<Task>\n      <UID>4</UID>", "</Task>");
        let lag = part("<PredecessorLink><PredecessorUID>2<", "</PredecessorLink>");
        let changed = PLAN.replace(milestone, "").replace("<WBS>1.2<", "<WBS>1.3<").replace("<WBS>1.1<", "<WBS>1.2<").replace("<Task>\n      <UID>2</UID>", task);
        let changed = changed.replace(lag, "").replace("<Duration>PT24H0M0S</Duration>", "<Duration>PT32H0M0S</Duration>");
        let answer = import(app, &app.admin, &project, &changed).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!([counts(&answer, "work_items"), counts(&answer, "work_dependencies")], [[1, 2, 1, 0], [0, 0, 0, 1]]);
        let items = items(app, &project).await;
        assert_eq!(outline(&items), ["1 Prepare epic in_progress", "1.1 Order task todo", "1.2 Cable the switches task done", "1.3 Test task todo", "2 Live milestone todo"]);
        assert_eq!(items[3]["duration_hours"], json!(32));
        assert!(answer.body["warnings"].as_array().unwrap().iter().any(|warning| warning.as_str().unwrap().contains("no longer names: 1, such as 2.")), "{}", answer.text);
    }

    a_plan_leaves_one_progress_record_of_an_item_and_day(app) {
        let project = made(app, "projects", json!({"code": "MOVE", "name": "Move", "starts_on": "2026-06-01"})).await;
        let half = PLAN.replace("<Work>PT24H0M0S</Work><PercentComplete>0", "<Work>PT24H0M0S</Work><PercentComplete>50");
        assert_ne!(half, PLAN);
        for plan in [&half, &half.replace("<PercentComplete>50", "<PercentComplete>75")] {
            let answer = import(app, &app.admin, &project, plan).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
        let items = items(app, &project).await;
        let records = app.get(&app.admin, "/api/v1/projects/progress-records?sort=id&limit=100").await.body;
        let of = |at: usize| -> Vec<(Value, Value)> {
            let own = records["data"].as_array().unwrap().iter().filter(|record| record["work_item_id"] == items[at]["id"]);
            own.map(|record| (record["recorded_on"].clone(), record["progress_percent"].clone())).collect()
        };
        // Two items of 24 hours: one done on the 9th, the other at 75 % since today.
        assert_eq!(of(1), [(json!("2026-06-09"), json!(100))]);
        assert_eq!(of(2), [(json!("2026-06-15"), json!(75))]);
        assert_eq!(of(0), [(json!("2026-06-09"), json!(50)), (json!("2026-06-15"), json!(87.5))], "{records}");
    }

    a_broken_plan_names_the_line_and_changes_nothing(app) {
        let project = made(app, "projects", json!({"code": "MOVE", "name": "Move"})).await;
        let line = |text: &str| PLAN.lines().position(|line| line.contains(text)).unwrap() + 1;
        let broken = import(app, &app.admin, &project, &PLAN.replace("<Work>PT24H0M0S</Work><PercentComplete>0", "<Work>3 days</Work><PercentComplete>0")).await;
        assert_eq!((broken.status, broken.broken()), (422, vec!["/Tasks/3/Work format".to_owned()]), "{}", broken.text);
        assert!(broken.text.contains(&format!("Line {}: expected a duration", line("<PercentComplete>0"))), "{}", broken.text);
        // What the rules of work items refuse is told the same way: it cannot have been finished tomorrow.
        let broken = import(app, &app.admin, &project, &PLAN.replace("<ActualFinish>2026-06-09", "<ActualFinish>2026-07-16")).await;
        assert!(broken.status == 422 && broken.broken().iter().any(|fault| fault.starts_with("/Tasks/2/actual_ends_on")), "{}", broken.text);
        assert!(broken.text.contains(&format!("Line {}: Cable the switches: ", line("<UID>2</UID><ID>2</ID>") - 1)), "{}", broken.text);
        let torn = import(app, &app.admin, &project, PLAN.trim_end().trim_end_matches("</Project>")).await;
        assert_eq!((torn.status, torn.broken()), (422, vec![" xml".to_owned()]));
        assert!(items(app, &project).await.is_empty());
        assert_eq!(import(app, &app.admin, "01890a5d-ac96-774b-bcce-b302099a8057", PLAN).await.status, 400);
        assert_eq!(app.call(&app.admin, "POST", &format!("/api/v1/projects/work-items/import?format=mpp&project_id={project}"), &[("Content-Type", "application/xml")], Some(PLAN.into())).await.status, 400);
    }

    a_project_manager_imports_and_hears_that_a_calendar_is_wanted(app) {
        let project = made(app, "projects", json!({"code": "MOVE", "name": "Move"})).await;
        // Work that somebody made by hand becomes that of the plan where it has the same code.
        let by_hand = work(app, &project, "1.2", None, json!({"story_points": 3})).await;
        let manager = app.actor("project_manager", None).await;
        let answer = import(app, &manager, &project, PLAN).await;
        assert_eq!((answer.status, counts(&answer, "work_items"), &answer.body["calendar_id"]), (200, [3, 1, 0, 0], &Value::Null), "{}", answer.text);
        assert!(answer.body["warnings"][0].as_str().unwrap().contains("platform/calendars"), "{}", answer.text);
        let items = items(app, &project).await;
        assert_eq!([&items[2]["id"], &items[2]["name"], &items[2]["story_points"]], [&json!(by_hand), &json!("Test"), &json!(3)]);
        for (role, status) in [("auditor", 403), ("employee", 404)] {
            let other = app.actor(role, None).await;
            assert_eq!(import(app, &other, &project, PLAN).await.status, status, "{role}");
        }
    }
}
