//! Outages as evidence, and maintenance that comes round. It is 15 June 2026, 09:00 UTC.

use super::{alter, approve, go, made, made_in, refused, service, told, try_to_make};
use crate::on_both;
use serde_json::{Value, json};

on_both! {
    an_outage_that_ended_is_corrected_or_voided_and_never_undone(app) {
        let shop = service(app, "SHOP").await;
        assert_eq!(go(app, "services", &shop, "live").await.status, 200);
        let body = |from: &str, to: &str| json!({"service_id": shop, "started_at": from, "ended_at": to});
        let id = made(app, "outages", body("2026-06-10T00:00:00Z", "2026-06-10T12:00:00Z")).await;
        assert_eq!(told(&alter(app, "outages", &id, json!({"ended_at": null})).await), refused(409, "/ended_at ended"));
        let path = format!("/api/v1/infrastructure/outages/{id}");
        assert_eq!(told(&app.delete(&app.admin, &path, "*").await), refused(409, "/ended_at ended"));
        assert_eq!(go(app, "outages", &id, "ended").await.status, 200);
        assert_eq!(alter(app, "outages", &id, json!({"ended_at": "2026-06-10T02:00:00Z"})).await.status, 409, "evidence");
        let lost = async || app.get(&app.admin, &format!("/api/v1/infrastructure/services/{shop}/availability?from=2026-06-10&to=2026-06-11")).await.body["downtime_seconds"].clone();
        assert_eq!(lost().await, json!(12 * 3600));
        // It was two hours: the wrong one is void, with the reason and by whom, and the right one is recorded.
        assert_eq!(told(&go(app, "outages", &id, "voided").await), refused(409, "/void_reason required"));
        let person = app.person_of_admin().await;
        assert_eq!(alter(app, "outages", &id, json!({"void_reason": "It ended at two."})).await.status, 200);
        let voided = go(app, "outages", &id, "voided").await;
        assert_eq!((voided.status, &voided.body["voider_id"]), (200, &json!(person)), "{}", voided.text);
        made(app, "outages", body("2026-06-10T00:00:00Z", "2026-06-10T02:00:00Z")).await;
        assert_eq!(lost().await, json!(2 * 3600));
        assert!(app.delete(&app.admin, &path, "*").await.status == 409);
    }

    maintenance_that_is_done_says_when_it_is_due_again(app) {
        let machine = made(app, "virtual-machines", json!({"name": "vm"})).await;
        let recurrence = json!({"every": 6, "unit": "months"});
        let plan = made(app, "maintenance-plans", json!({"name": "Battery test", "target_id": machine, "recurrence": recurrence, "next_due_on": "2026-06-30"})).await;
        let window = json!({"name": "Battery test", "target_id": machine, "maintenance_plan_id": plan, "starts_at": "2026-06-14T08:00:00Z", "ends_at": "2026-06-14T10:00:00Z"});
        let window = made(app, "maintenance-windows", window).await;
        assert_eq!(approve(app, "maintenance-windows", &window, "approved").await.status, 200);
        for state in ["in_progress", "done"] {
            assert_eq!(go(app, "maintenance-windows", &window, state).await.status, 200);
        }
        let told_of = app.get(&app.admin, &format!("/api/v1/infrastructure/maintenance-plans/{plan}")).await.body;
        assert_eq!([&told_of["last_done_on"], &told_of["next_due_on"]], [&json!("2026-06-14"), &json!("2026-12-14")]);
        let sooner = alter(app, "maintenance-plans", &plan, json!({"recurrence": {"every": 1, "unit": "weeks"}})).await;
        assert_eq!(sooner.body["next_due_on"], json!("2026-06-21"), "{}", sooner.text);
        let moved = alter(app, "maintenance-plans", &plan, json!({"next_due_on": "2026-07-01"})).await;
        assert_eq!((moved.status, &moved.body["next_due_on"]), (200, &json!("2026-07-01")));
    }

    a_pool_promises_no_more_than_it_may(app) {
        let pool = made(app, "storage-pools", json!({"name": "pool", "kind": "block", "capacity_gib": 100, "max_overcommit_ratio": 1.5})).await;
        let volume = |name: &str, size: u32| json!({"name": name, "storage_pool_id": pool, "size_gib": size});
        let first = made(app, "volumes", volume("one", 100)).await;
        assert_eq!(told(&try_to_make(app, "volumes", volume("two", 51)).await), refused(409, "/size_gib overcommit"));
        let second = made_in(app, "volumes", volume("two", 50), &["active"]).await;
        assert_eq!(told(&alter(app, "volumes", &first, json!({"size_gib": 101})).await), refused(409, "/size_gib overcommit"));
        assert_eq!(told(&alter(app, "storage-pools", &pool, json!({"max_overcommit_ratio": 1.2})).await), refused(409, "/max_overcommit_ratio overcommit"));
        assert_eq!(go(app, "volumes", &second, "retired").await.status, 200);
        assert_eq!(alter(app, "storage-pools", &pool, json!({"max_overcommit_ratio": 1})).await.status, 200);
        assert_eq!(alter(app, "storage-pools", &pool, json!({"max_overcommit_ratio": Value::Null})).await.status, 200);
    }

    a_window_of_a_plan_that_needs_downtime_expects_an_outage(app) {
        let machine = made(app, "virtual-machines", json!({"name": "vm"})).await;
        let plan = json!({"name": "Battery test", "target_id": machine, "recurrence": {"every": 6, "unit": "months"}, "needs_downtime": true});
        let plan = made(app, "maintenance-plans", plan).await;
        let window = |expects: bool| json!({"name": "Battery test", "target_id": machine, "maintenance_plan_id": plan, "expects_outage": expects,
            "starts_at": "2026-06-20T08:00:00Z", "ends_at": "2026-06-20T10:00:00Z"});
        assert_eq!(told(&try_to_make(app, "maintenance-windows", window(false)).await), refused(409, "/expects_outage needs_downtime"));
        let id = made(app, "maintenance-windows", window(true)).await;
        assert_eq!(told(&alter(app, "maintenance-windows", &id, json!({"expects_outage": false})).await), refused(409, "/expects_outage needs_downtime"));
        assert_eq!(alter(app, "maintenance-plans", &plan, json!({"needs_downtime": false})).await.status, 200);
        assert_eq!(alter(app, "maintenance-windows", &id, json!({"expects_outage": false})).await.status, 200);
    }
}
