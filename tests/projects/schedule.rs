//! The schedule of a project, worked by hand. Today is Monday, 15 June 2026.

use super::{alter, made, waive, walk, work};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn plan(app: &TestApp, more: Value) -> String {
    let mut body = json!({"code": "PLAN", "name": "Plan", "starts_on": "2026-06-01"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    made(app, "projects", body).await
}

/// Work of so many hours.
async fn lasting(app: &TestApp, project: &str, code: &str, hours: f64) -> String {
    work(app, project, code, None, json!({"duration_hours": hours})).await
}

async fn link(app: &TestApp, from: &str, to: &str, kind: &str, lag_hours: i64) {
    made(app, "work-dependencies", json!({"predecessor_id": from, "successor_id": to, "kind": kind, "lag_hours": lag_hours})).await;
}

async fn schedule(app: &TestApp, project: &str, data_date: &str) -> Value {
    let answer = app.get(&app.admin, &format!("/api/v1/projects/projects/{project}/schedule?data_date={data_date}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

/// Early start and finish, late start and finish, total and free float, and whether it is critical.
fn row(schedule: &Value, at: usize) -> String {
    let row = &schedule["data"][at];
    let day = |name: &str| row[name].as_str().unwrap()[5..].to_owned();
    let dates = ["early_start", "early_finish", "late_start", "late_finish"].map(day).join(" ");
    format!("{dates} {} {}{}", row["total_float_hours"], row["free_float_hours"], if row["critical"] == json!(true) { " critical" } else { "" })
}

on_both! {
    a_schedule_follows_from_durations_links_and_the_data_date(app) {
        let project = plan(app, json!({})).await;
        let [a, b, c] = [lasting(app, &project, "1.1", 16.0).await, lasting(app, &project, "1.2", 24.0).await, lasting(app, &project, "1.10", 8.0).await];
        link(app, &a, &b, "fs", 8).await;
        link(app, &a, &c, "ss", 0).await;
        // Several links of a pair.
        link(app, &a, &c, "ff", 8).await;
        let now = schedule(app, &project, "2026-06-01").await;
        // By hand: the first on 1 and 2 June, a day between, the second on 4, 5 and 8; the third ends a day after the first.
        assert_eq!(row(&now, 0), "06-01 06-02 06-01 06-02 0 0 critical", "{now}");
        assert_eq!(row(&now, 1), "06-04 06-08 06-04 06-08 0 0 critical");
        assert_eq!(row(&now, 2), "06-03 06-03 06-08 06-08 24 24");
        assert_eq!([&now["finish"], &now["data"][1]["driving_predecessor_id"], &now["data"][2]["driving_predecessor_id"]], [&json!("2026-06-08"), &json!(a), &json!(a)]);
        assert_eq!((&now["data"][2]["work_item_id"], &now["conflicts"], &now["partial"]), (&json!(c), &json!([]), &json!(false)));
        // Nothing is done by Monday 15 June: everything moves with it, and that is what is asked without a date.
        let today = app.get(&app.admin, &format!("/api/v1/projects/projects/{project}/schedule")).await.body;
        assert_eq!((row(&today, 0), &today["data_date"]), ("06-15 06-16 06-15 06-16 0 0 critical".to_owned(), &json!("2026-06-15")));
        assert!(!b.is_empty());
    }

    a_working_calendar_with_exceptions_and_one_of_the_item_count(app) {
        let day = |hours: f64| json!(hours);
        let week = |friday: f64| json!({"monday": day(8.0), "tuesday": day(8.0), "wednesday": day(8.0), "thursday": day(8.0), "friday": day(friday), "saturday": 0, "sunday": 0});
        let holiday = json!([{"on": "2026-06-16", "hours": 0, "name": "Holiday"}]);
        let own = app.make("platform/calendars", &json!({"code": "FOUR", "name": "Four days", "week": week(0.0), "exceptions": holiday})).await["id"].clone();
        let other = app.make("platform/calendars", &json!({"code": "FIVE", "name": "Five days", "week": week(8.0)})).await["id"].clone();
        let project = plan(app, json!({"calendar_id": own})).await;
        let first = lasting(app, &project, "1", 32.0).await;
        let second = work(app, &project, "2", None, json!({"duration_hours": 16, "calendar_id": other})).await;
        link(app, &first, &second, "fs", 0).await;
        let now = schedule(app, &project, "2026-06-15").await;
        // Monday 15, no Tuesday, Wednesday 17, Thursday 18, Monday 22 June; then Tuesday and Wednesday.
        assert_eq!([row(&now, 0), row(&now, 1)], ["06-15 06-22 06-15 06-22 0 0 critical", "06-23 06-24 06-23 06-24 0 0 critical"]);
    }

    what_a_constraint_cannot_keep_is_negative_float_and_a_conflict(app) {
        let project = plan(app, json!({})).await;
        let first = lasting(app, &project, "1", 40.0).await;
        let second = work(app, &project, "2", None, json!({"duration_hours": 24, "constraint_kind": "mso", "constraint_on": "2026-06-03", "deadline_on": "2026-06-09"})).await;
        link(app, &first, &second, "fs", 0).await;
        let now = schedule(app, &project, "2026-06-01").await;
        // The second cannot start before 8 June: three days too late.
        assert_eq!([row(&now, 0), row(&now, 1)], ["06-01 06-05 05-27 06-02 -24 0 critical", "06-08 06-10 06-03 06-05 -24 0 critical"], "{now}");
        let codes: Vec<&Value> = now["conflicts"].as_array().unwrap().iter().map(|conflict| &conflict["code"]).collect();
        assert_eq!(codes, ["negative_float", "constraint", "deadline"]);
        assert_eq!(now["conflicts"][1]["detail"], "2 is to start on 2026-06-03 (mso) and can start on 2026-06-08 at the earliest.");
    }

    actual_dates_are_stamped_and_stand_in_the_schedule(app) {
        let project = plan(app, json!({})).await;
        let first = lasting(app, &project, "1", 24.0).await;
        let second = work(app, &project, "2", None, json!({"duration_hours": 32, "progress_method": "percent", "progress_percent": 50})).await;
        link(app, &first, &second, "fs", 0).await;
        alter(app, "work-items", &first, json!({"actual_starts_on": "2026-06-02", "actual_ends_on": "2026-06-09"})).await;
        walk(app, "work-items", &first, &["ready", "in_progress", "done"]).await;
        walk(app, "work-items", &second, &["ready", "in_progress"]).await;
        let begun = app.get(&app.admin, &format!("/api/v1/projects/work-items/{second}")).await.body;
        assert_eq!([&begun["actual_starts_on"], &begun["actual_ends_on"]], [&json!("2026-06-15"), &Value::Null]);
        let now = schedule(app, &project, "2026-06-16").await;
        // Half of four days is left: 16 and 17 June.
        assert_eq!([row(&now, 0), row(&now, 1)], ["06-02 06-09 06-02 06-09 0 0", "06-15 06-17 06-15 06-17 0 0 critical"]);
        walk(app, "work-items", &second, &["done"]).await;
        let done = app.get(&app.admin, &format!("/api/v1/projects/work-items/{second}")).await.body;
        assert_eq!(done["actual_ends_on"], "2026-06-15");
        walk(app, "work-items", &second, &["in_progress"]).await;
        let reopened = app.get(&app.admin, &format!("/api/v1/projects/work-items/{second}")).await.body;
        assert_eq!(reopened["actual_ends_on"], Value::Null);
    }

    a_schedule_waits_for_what_happens_outside_and_moves_with_it(app) {
        let project = plan(app, json!({})).await;
        let item = lasting(app, &project, "1", 8.0).await;
        let vendor = app.make("vendors/vendors", &json!({"code": "V", "name": "V"})).await["id"].clone();
        let order = app.make("vendors/purchase-orders", &json!({"code": "PO", "title": "PO", "vendor_id": vendor, "currency": "EUR"})).await["id"].as_str().unwrap().to_owned();
        link(app, &order, &item, "fs", 0).await;
        let undated = schedule(app, &project, "2026-06-15").await;
        assert_eq!((row(&undated, 0), &undated["conflicts"][0]["code"]), ("06-15 06-15 06-15 06-15 0 0 critical".to_owned(), &json!("undated_predecessor")));
        assert_eq!(undated["conflicts"][0]["detail"], "1 waits for \"PO\", which has no expected date.");
        for (day, expected) in [("2026-06-18", "06-19"), ("2026-06-26", "06-29")] {
            let changed = app.patch(&app.admin, &format!("/api/v1/vendors/purchase-orders/{order}"), "*", &json!({"delivery_due_on": day})).await;
            assert_eq!(changed.status, 200, "{}", changed.text);
            let now = schedule(app, &project, "2026-06-15").await;
            assert_eq!((row(&now, 0), &now["data"][0]["driving_predecessor_id"]), (format!("{expected} {expected} {expected} {expected} 0 0 critical"), &json!(order)));
        }
        let narrow = ["projects.projects:read", "projects.work_items:read", "projects.work_dependencies:read"];
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": narrow})).await;
        let seen = app.get(&app.actor("narrow", None).await, &format!("/api/v1/projects/projects/{project}/schedule")).await.body;
        assert_eq!((&seen["partial"], row(&seen, 0)), (&json!(true), "06-15 06-15 06-15 06-15 0 0 critical".to_owned()));
    }

    an_order_has_happened_once_all_of_it_was_received(app) {
        let project = plan(app, json!({})).await;
        let item = lasting(app, &project, "1", 8.0).await;
        let id = |made: Value| made["id"].as_str().unwrap().to_owned();
        let vendor = id(app.make("vendors/vendors", &json!({"code": "V", "name": "V"})).await);
        app.bring(app.served.store.definitions.get("vendors/vendors").unwrap(), &vendor, &["qualified"]).await;
        let order = json!({"code": "PO", "title": "Racks", "vendor_id": vendor, "currency": "EUR", "delivery_due_on": "2026-06-26"});
        let order = id(app.make("vendors/purchase-orders", &order).await);
        let line = async |position: u32, quantity: &str| {
            let price = json!({"amount": "5", "currency": "EUR"});
            let line = json!({"purchase_order_id": order, "position": position, "title": "Rack", "quantity": quantity, "unit": "piece", "unit_price": price});
            id(app.make("vendors/purchase-order-lines", &line).await)
        };
        let lines = [line(1, "10").await, line(2, "4").await];
        let at = format!("/api/v1/vendors/purchase-orders/{order}");
        for (actor, state) in [(app.admin.clone(), "submitted"), (app.second_admin().await, "approved"), (app.admin.clone(), "sent")] {
            let moved = app.transition(&actor, &at, state).await;
            assert_eq!(moved.status, 200, "{}", moved.text);
        }
        link(app, &order, &item, "fs", 0).await;
        walk(app, "work-items", &item, &["ready", "in_progress"]).await;
        let receive = async |line: &str, quantity: &str, on: &str| {
            let receipt = id(app.make("vendors/receipts", &json!({"vendor_id": vendor, "purchase_order_id": order, "number": on, "received_on": on})).await);
            let came = json!({"receipt_id": receipt, "purchase_order_line_id": line, "title": "Rack", "accepted_quantity": quantity});
            app.make("vendors/receipt-lines", &came).await;
            assert_eq!(app.transition(&app.admin, &format!("/api/v1/vendors/receipts/{receipt}"), "posted").await.status, 200);
        };
        let done = async || app.transition(&app.admin, &format!("/api/v1/projects/work-items/{item}"), "done").await;
        receive(&lines[0], "10", "2026-06-09").await;
        receive(&lines[1], "1", "2026-06-10").await;
        assert_eq!(schedule(app, &project, "2026-06-08").await["finish"], json!("2026-06-29"), "part of it is missing");
        assert_eq!(done().await.broken(), [" predecessor"]);
        receive(&lines[1], "3", "2026-06-11").await;
        // It came on Thursday 11 June: asked as of the Monday before, the work is done on Friday.
        assert_eq!(schedule(app, &project, "2026-06-08").await["finish"], json!("2026-06-12"));
        assert_eq!(done().await.status, 200);
    }

    work_counts_as_finished_by_its_actual_end_whatever_its_state(app) {
        let project = plan(app, json!({})).await;
        let [first, second] = [lasting(app, &project, "1", 40.0).await, lasting(app, &project, "2", 8.0).await];
        link(app, &first, &second, "fs", 0).await;
        alter(app, "work-items", &first, json!({"actual_starts_on": "2026-06-08", "actual_ends_on": "2026-06-10"})).await;
        let now = schedule(app, &project, "2026-06-11").await;
        assert_eq!([row(&now, 0), row(&now, 1)], ["06-08 06-10 06-08 06-10 0 0", "06-11 06-11 06-11 06-11 0 0 critical"], "{now}");
        // The day before it was not finished yet.
        assert!(row(&schedule(app, &project, "2026-06-09").await, 0).ends_with("critical"));
    }

    a_schedule_beyond_the_years_that_are_told_says_so(app) {
        let free = json!({"monday": 0, "tuesday": 0, "wednesday": 0, "thursday": 0, "friday": 0, "saturday": 0, "sunday": 0});
        let refused = app.post(&app.admin, "/api/v1/platform/calendars", &json!({"code": "NONE", "name": "None", "week": free})).await;
        assert_eq!((refused.status, refused.broken()), (422, vec!["/week empty".to_owned()]), "{}", refused.text);
        let project = plan(app, json!({})).await;
        lasting(app, &project, "1", 1_000_000.0).await;
        let now = schedule(app, &project, "2026-06-15").await;
        assert_eq!([&now["finish"], &now["data"][0]["early_finish"], &now["conflicts"][0]["code"]], [&Value::Null, &Value::Null, &json!("out_of_range")], "{now}");
        assert!(now["conflicts"][0]["detail"].as_str().unwrap().starts_with("1 starts or finishes outside of the years 1900 to 2200"), "{now}");
    }

    a_schedule_is_applied_to_what_is_not_done_or_only_tried(app) {
        let project = plan(app, json!({})).await;
        let [a, b] = [lasting(app, &project, "1", 8.0).await, work(app, &project, "2", None, json!({"effort_hours": 16})).await];
        link(app, &a, &b, "fs", 0).await;
        let path = format!("/api/v1/projects/projects/{project}/schedule");
        let dates = async |id: &str| {
            let item = app.get(&app.admin, &format!("/api/v1/projects/work-items/{id}")).await.body;
            [item["starts_on"].clone(), item["ends_on"].clone(), item["duration_hours"].clone()]
        };
        let tried = app.post(&app.admin, &format!("{path}?dry_run=true"), &json!({})).await;
        assert_eq!((tried.status, &tried.body["finish"]), (200, &json!("2026-06-17")), "{}", tried.text);
        assert_eq!(dates(&b).await, [Value::Null, Value::Null, Value::Null]);
        assert_eq!(app.post(&app.admin, &path, &json!({"data_date": "2026-06-22"})).await.status, 200);
        assert_eq!(dates(&b).await, [json!("2026-06-23"), json!("2026-06-24"), json!(16)]);
        // Earlier again: what was written is no constraint.
        assert_eq!(app.post(&app.admin, &path, &json!({})).await.status, 200);
        assert_eq!(dates(&b).await, [json!("2026-06-16"), json!("2026-06-17"), json!(16)]);
        let reader = app.actor("auditor", None).await;
        assert_eq!(app.post(&reader, &path, &json!({})).await.status, 403);
    }

    a_circle_is_refused_by_the_codes_of_its_work(app) {
        let project = plan(app, json!({})).await;
        let [a, b, c] = [lasting(app, &project, "1.1", 8.0).await, lasting(app, &project, "1.2", 8.0).await, lasting(app, &project, "1.3", 8.0).await];
        link(app, &a, &b, "fs", 0).await;
        link(app, &b, &c, "ss", 0).await;
        let refused = app.post(&app.admin, "/api/v1/projects/work-dependencies", &json!({"predecessor_id": c, "successor_id": a, "kind": "ff"})).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/predecessor_id circle".to_owned()]));
        assert!(refused.text.contains("1.1 → 1.2 → 1.3 → 1.1"), "{}", refused.text);
        let twice = app.post(&app.admin, "/api/v1/projects/work-dependencies", &json!({"predecessor_id": a, "successor_id": b, "kind": "fs"})).await;
        assert_eq!(twice.status, 409);
    }
}

on_both! {
    a_slip_follows_from_the_schedule_and_counts_the_days_of_the_calendar(app) {
        // Monday to Thursday; the first is planned to 4 June, and on 15 June nobody has begun it.
        let week = json!({"monday": 8, "tuesday": 8, "wednesday": 8, "thursday": 8, "friday": 0, "saturday": 0, "sunday": 0});
        let calendar = app.make("platform/calendars", &json!({"code": "FOUR", "name": "Four days", "week": week})).await["id"].clone();
        let project = plan(app, json!({"calendar_id": calendar})).await;
        let first = work(app, &project, "1", None, json!({"duration_hours": 32, "starts_on": "2026-06-01", "ends_on": "2026-06-04"})).await;
        let second = work(app, &project, "2", None, json!({"duration_hours": 32, "starts_on": "2026-06-08", "ends_on": "2026-06-11"})).await;
        link(app, &first, &second, "fs", 0).await;
        let status = async || app.get(&app.admin, &format!("/api/v1/projects/projects/{project}/status")).await.body;
        let without = status().await;
        assert_eq!([&without["slip_days"], &without["colour"], &without["ends_on"]], [&Value::Null, &Value::Null, &json!("2026-06-25")]);
        let baseline = made(app, "baselines", json!({"project_id": project, "name": "Agreed"})).await;
        assert_eq!(app.post(&app.admin, &format!("/api/v1/projects/baselines/{baseline}/snapshot"), &json!({})).await.status, 200);
        walk(app, "baselines", &baseline, &["approved", "current"]).await;
        // 15–18 and 22–25 June against 11 June: eight working days of four a week.
        assert_eq!(status().await["slip_days"], json!(8));
    }

    a_sprint_burns_down_and_shows_its_velocity(app) {
        let project = plan(app, json!({})).await;
        let sprint = made(app, "sprints", json!({"project_id": project, "name": "S1", "starts_on": "2026-06-08", "ends_on": "2026-06-19", "committed_points": 21})).await;
        let points = async |code: &str, points: Value| work(app, &project, code, None, json!({"story_points": points, "sprint_id": sprint})).await;
        let [first, second, _] = [points("1", json!(8)).await, points("2", json!(12)).await, points("3", Value::Null).await];
        for (item, on) in [(&first, "2026-06-09"), (&second, "2026-06-15")] {
            alter(app, "work-items", item, json!({"actual_starts_on": "2026-06-08", "actual_ends_on": on})).await;
            walk(app, "work-items", item, &["ready", "in_progress", "done"]).await;
        }
        let path = format!("/api/v1/projects/sprints/{sprint}/burn-down");
        let chart = app.get(&app.admin, &path).await.body;
        let days = chart["data"].as_array().unwrap();
        let row = |at: usize| [&days[at]["on"], &days[at]["remaining_points"], &days[at]["remaining_count"], &days[at]["ideal_points"]];
        // Twenty points over ten working days.
        assert_eq!(row(0), [&json!("2026-06-08"), &json!(20), &json!(3), &json!(18)], "{chart}");
        assert_eq!(row(1), [&json!("2026-06-09"), &json!(12), &json!(2), &json!(16)]);
        assert_eq!(row(5), [&json!("2026-06-15"), &json!(0), &json!(1), &json!(8)]);
        assert_eq!(row(6), [&json!("2026-06-16"), &Value::Null, &Value::Null, &json!(6)]);
        assert_eq!([&chart["total_points"], &chart["committed_points"], &chart["unestimated_count"]], [&json!(20), &json!(21), &json!(1)]);
        walk(app, "sprints", &sprint, &["active", "completed"]).await;
        let velocity = app.get(&app.admin, &format!("/api/v1/projects/projects/{project}/velocity")).await.body;
        assert_eq!([&velocity["velocity"], &velocity["data"][0]["completed_points"], &velocity["data"][0]["committed_points"]], [&json!(20), &json!(20), &json!(21)]);
    }

    a_gate_is_ready_by_the_records_that_its_criteria_name(app) {
        let project = plan(app, json!({})).await;
        let control = app.make("governance/controls", &json!({"code": "C-1", "name": "Way back", "kind": "corrective", "test_period_days": 30})).await;
        let deliverable = made(app, "deliverables", json!({"project_id": project, "name": "Room"})).await;
        let criteria = json!([
            {"name": "A way back", "kind": "control", "subject_id": control["id"]},
            {"name": "All delivered", "kind": "deliverables"},
            {"name": "Paid for", "kind": "funds", "mandatory": false},
            {"name": "Branches told", "met": true},
        ]);
        let gate = made(app, "gates", json!({"project_id": project, "name": "Go", "phase": "planning", "criteria": criteria})).await;
        let path = format!("/api/v1/projects/gates/{gate}");
        let readiness = async || app.get(&app.admin, &format!("{path}/readiness")).await.body;
        let now = readiness().await;
        let met: Vec<&Value> = now["criteria"].as_array().unwrap().iter().map(|criterion| &criterion["met"]).collect();
        assert_eq!((met, &now["ready"], &now["missing_count"]), (vec![&json!(false), &json!(false), &json!(false), &json!(true)], &json!(false), &json!(2)), "{now}");
        assert_eq!([&now["criteria"][0]["collection"], &now["criteria"][0]["detail"]], [&json!("governance/controls"), &json!("It is planned; that must be operating.")]);
        walk(app, "gates", &gate, &["ready"]).await;
        let refused = app.transition(&app.second_admin().await, &path, "passed").await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/criteria/0/met criterion".to_owned(), "/criteria/1/met criterion".to_owned()]), "{}", refused.text);
        waive(app, &deliverable).await;
        assert_eq!(readiness().await["missing_count"], json!(1));
    }
}

on_both! {
    the_risk_of_a_schedule_is_the_same_for_the_same_seed(app) {
        let project = plan(app, json!({})).await;
        let estimated = |hours: [i32; 3]| json!({"duration_hours": hours[1], "optimistic_hours": hours[0], "most_likely_hours": hours[1], "pessimistic_hours": hours[2]});
        let first = work(app, &project, "1", None, estimated([24, 40, 72])).await;
        let second = work(app, &project, "2", None, json!({"duration_hours": 8})).await;
        let other = work(app, &project, "3", None, json!({"duration_hours": 16})).await;
        link(app, &first, &second, "fs", 0).await;
        let path = format!("/api/v1/projects/projects/{project}/risk-schedule?trials=400&seed=7&data_date=2026-06-15");
        let answer = app.get(&app.admin, &path).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(app.get(&app.admin, &path).await.text, answer.text);
        let risk = &answer.body;
        // By hand: (24 + 4 · 40 + 72) / 6 and (72 − 24) / 6; the third is never on the longest path.
        let [one, three] = [&risk["criticality"][0], &risk["criticality"][2]];
        assert_eq!([&one["expected_hours"], &one["deviation_hours"], &one["criticality_index"]], [&json!(42.666667), &json!(8), &json!(1)]);
        assert_eq!([&three["work_item_id"], &three["expected_hours"], &three["criticality_index"]], [&json!(other), &Value::Null, &json!(0)]);
        let day = |name: &str| risk[name].as_str().unwrap().to_owned();
        // The median of the triangle is 72 − √(0.5 · 48 · 32) = 44.3 h: with the second 52.3 h, into the seventh day.
        assert_eq!((day("finish"), day("p50")), ("2026-06-22".into(), "2026-06-23".into()));
        assert!(day("p50") <= day("p80") && day("p80") <= day("p90"));
        assert_eq!(app.get(&app.admin, &path.replace("trials=400", "trials=0")).await.status, 400);
    }
}

on_both! {
    milestones_and_deadlines_are_a_calendar(app) {
        let project = plan(app, json!({})).await;
        let first = work(app, &project, "1", None, json!({"duration_hours": 16, "deadline_on": "2026-06-19"})).await;
        let milestone = work(app, &project, "2", None, json!({"kind": "milestone", "name": "Live", "duration_hours": 0})).await;
        link(app, &first, &milestone, "fs", 0).await;
        let answer = app.get(&app.admin, &format!("/api/v1/projects/projects/{project}/milestones")).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/calendar")), "{}", answer.text);
        // Two days from Monday 15 June: live on the evening of the 16th.
        for line in [format!("UID:{milestone}-milestone@steward"), "DTSTART;VALUE=DATE:20260616".into(), "SUMMARY:2 Live".into(), "DTSTART;VALUE=DATE:20260619".into()] {
            assert!(answer.text.contains(&line), "{line}: {}", answer.text);
        }
    }
}

on_both! {
    work_and_its_links_are_imported_by_the_keys_that_people_use(app) {
        let [one, two] = [plan(app, json!({})).await, plan(app, json!({"code": "OTHER"})).await];
        app.make("teams/people", &json!({"name": "Ann", "email": "ann@people.example.org"})).await;
        // Both projects have work of the same codes and names, and the parent comes before its project.
        for project in ["PLAN", "OTHER"] {
            let table = format!("parent,project,wbs_code,name,responsible\n,{project},1,Build,\n1,{project},1.1,Wire,ann@people.example.org\n1,{project},1.2,Test,\n");
            let headers = [("content-type", "text/csv")];
            let done = app.call(&app.admin, "POST", "/api/v1/platform/imports?collection=projects/work-items", &headers, Some(table)).await;
            assert_eq!((done.status, &done.body["created"]), (200, &json!(3)), "{}", done.text);
        }
        let links = "predecessor,successor,kind\nPLAN/1.1,PLAN/1.2,ss\nOTHER/1.1,OTHER/1.2,fs\n".to_owned();
        let done = app.call(&app.admin, "POST", "/api/v1/platform/imports?collection=projects/work-dependencies", &[("content-type", "text/csv")], Some(links)).await;
        assert_eq!((done.status, &done.body["created"]), (200, &json!(2)), "{}", done.text);
        for (project, start) in [(&one, "06-15"), (&two, "06-16")] {
            let items = app.get(&app.admin, &format!("/api/v1/projects/work-items?project_id={project}&sort=wbs_code")).await.body;
            assert_eq!((&items["data"][1]["parent_id"], items["data"][1]["responsible_id"].is_string()), (&items["data"][0]["id"], true), "{items}");
            for at in [1, 2] {
                let id = items["data"][at]["id"].as_str().unwrap();
                alter(app, "work-items", id, json!({"duration_hours": 8})).await;
            }
            assert!(row(&schedule(app, project, "2026-06-15").await, 2).starts_with(start));
        }
    }
}
