//! Capacity of people against allocations and demand.

use super::*;
use crate::on_both;

on_both! {
    capacity_is_what_calendar_contract_and_absences_leave_and_over_allocations_are_spans(app) {
        let unit = app.root_unit().await;
        let ann = app.make("teams/people", &json!({"name": "Ann", "email": "ann@people.example.org", "weekly_hours": 32, "unit_id": unit})).await["id"].clone();
        let role = app.make("teams/role-profiles", &json!({"code": "RP-NET", "version": "1", "name": "Network engineer"})).await["id"].clone();
        let definition = app.served.store.definitions.get("teams/positions").unwrap();
        let position = app.make("teams/positions", &json!({"title": "Network engineer", "role_profile_id": role, "holder_id": ann})).await["id"].as_str().unwrap().to_owned();
        app.bring(definition, &position, &["filled"]).await;
        let settings = app.get(&app.admin, "/api/v1/platform/settings").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let set = app.patch(&app.admin, &format!("/api/v1/platform/settings/{settings}"), "*", &json!({"non_project_percent": 20, "allocation_tolerance_percent": 30})).await;
        assert_eq!(set.status, 200, "{}", set.text);
        let mut ids = Vec::new();
        for (starts, ends, percent) in [("2026-07-01", "2026-07-31", 70), ("2026-07-09", "2026-07-14", 55)] {
            let body = json!({"person_id": ann, "starts_on": starts, "ends_on": ends, "percent": percent, "kind": "hard"});
            let id = made(app, "allocations", body).await;
            walk(app, "allocations", &id, &["confirmed"]).await;
            ids.push(id);
        }
        let asked = json!({"name": "Engineer", "role_profile_id": role, "starts_on": "2026-07-01", "ends_on": "2026-07-31", "hours": 46});
        let asked = made(app, "resource-requests", asked).await;
        walk(app, "resource-requests", &asked, &["submitted"]).await;
        let get = async |query: &str| app.get(&app.admin, &format!("/api/v1/finance/capacity?from=2026-07-01&to=2026-08-01{query}")).await.body;
        let own = |told: &Value| told["data"].as_array().unwrap().iter().find(|row| row["allocated_hours"].as_f64().unwrap() > 0.0).unwrap().clone();
        let told = get("").await;
        let row = own(&told);
        // 23 working days of 6.4 hours, less a fifth. Allocated: 70 % of 23 days and 55 % of four (Thursday to Tuesday).
        assert_eq!((&row["id"], &row["title"], &row["people"]), (&ann, &json!("Ann"), &json!(1)));
        let near = |value: &Value, expected: f64| assert!((value.as_f64().unwrap() - expected).abs() < 1e-6, "{value} {expected}");
        near(&row["capacity_hours"], 23.0 * 6.4 * 0.8);
        near(&row["allocated_hours"], 0.7 * 23.0 * 6.4 + 0.55 * 4.0 * 6.4);
        assert_eq!(row["over_allocations"], json!([]), "125 % are within 130 %");
        app.patch(&app.admin, &format!("/api/v1/platform/settings/{settings}"), "*", &json!({"allocation_tolerance_percent": 10})).await;
        let row = own(&get("&group_by=unit").await);
        let over = &row["over_allocations"][0];
        assert_eq!((&over["starts_on"], &over["ends_on"], &over["peak_percent"], &over["absent"]), (&json!("2026-07-09"), &json!("2026-07-14"), &json!(125), &json!(false)), "{row}");
        assert_eq!((&over["allocation_ids"], row["over_allocations"].as_array().unwrap().len()), (&json!(ids), 1));
        let by_role = get("&group_by=role_profile").await;
        let row = own(&by_role);
        assert_eq!((&row["id"], &row["title"]), (&role, &json!("Network engineer")));
        near(&row["demand_hours"], 46.0);
        near(&row["months"][0]["demand_hours"], 46.0);
        for wrong in ["from=2026-07-01&to=2026-07-01", "from=2026-07-01&to=2036-07-01", "from=2026-07-01", "from=2026-07-01&to=2026-08-01&group_by=team"] {
            assert_eq!(app.get(&app.admin, &format!("/api/v1/finance/capacity?{wrong}")).await.status, 400, "{wrong}");
        }
    }
}
