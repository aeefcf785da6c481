//! Outages of components: their reliability, and what they take from services. It is 15 June 2026, 09:00 UTC.

use super::{alter, approve, depend, device_type, figure, go, made, made_in, refused, service, told, try_to_make};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn outage(app: &TestApp, component: &str, from: &str, to: &str, percent: u32) -> String {
    made(app, "component-outages", json!({"target_id": component, "started_at": from, "ended_at": to, "degraded_percent": percent})).await
}

on_both! {
    an_outage_of_a_component_that_ended_is_evidence(app) {
        let machine = made(app, "virtual-machines", json!({"name": "vm"})).await;
        let shop = service(app, "SHOP").await;
        let of_service = json!({"target_id": shop, "started_at": "2026-06-10T00:00:00Z"});
        assert_eq!(told(&try_to_make(app, "component-outages", of_service).await), refused(422, "/target_id reference"));
        let id = outage(app, &machine, "2026-06-10T00:00:00Z", "2026-06-10T12:00:00Z", 100).await;
        assert_eq!(told(&alter(app, "component-outages", &id, json!({"ended_at": null})).await), refused(409, "/ended_at ended"));
        let path = format!("/api/v1/infrastructure/component-outages/{id}");
        assert_eq!(told(&app.delete(&app.admin, &path, "*").await), refused(409, "/ended_at ended"));
        assert_eq!(go(app, "component-outages", &id, "ended").await.status, 200);
        assert_eq!(alter(app, "component-outages", &id, json!({"ended_at": "2026-06-10T02:00:00Z"})).await.status, 409);
        let lost = async || figure(app, &format!("component-reliability/{machine}?from=2026-06-10&to=2026-06-11")).await["downtime_seconds"].clone();
        assert_eq!(lost().await, json!(12 * 3600));
        assert_eq!(told(&go(app, "component-outages", &id, "voided").await), refused(409, "/void_reason required"));
        let person = app.person_of_admin().await;
        assert_eq!(alter(app, "component-outages", &id, json!({"void_reason": "It ended at two."})).await.status, 200);
        let voided = go(app, "component-outages", &id, "voided").await;
        assert_eq!((voided.status, &voided.body["voider_id"]), (200, &json!(person)), "{}", voided.text);
        assert_eq!(lost().await, json!(0));
    }

    the_reliability_of_a_component_is_over_the_union_of_its_outages(app) {
        let machine = made(app, "virtual-machines", json!({"name": "vm"})).await;
        let reliability = async |id: &str, days: &str| figure(app, &format!("component-reliability/{id}?{days}")).await;
        let days = "from=2026-06-10&to=2026-06-12";
        let sound = reliability(&machine, days).await;
        assert_eq!([&sound["failures"], &sound["availability_percent"], &sound["mtbf_seconds"], &sound["mtrs_seconds"]], [&json!(0), &json!(100), &Value::Null, &Value::Null]);
        outage(app, &machine, "2026-06-10T00:00:00Z", "2026-06-10T02:00:00Z", 100).await;
        outage(app, &machine, "2026-06-10T01:00:00Z", "2026-06-10T03:00:00Z", 50).await;
        outage(app, &machine, "2026-06-10T12:00:00Z", "2026-06-10T13:00:00Z", 100).await;
        // By hand: of 48 hours 2 + 1/2 + 1 are lost; two failures of three hours and one: (48 − 3.5) / 2 hours between them.
        let told_of = reliability(&machine, days).await;
        assert_eq!((&told_of["component"]["title"], &told_of["component"]["collection"]), (&json!("vm"), &json!("infrastructure/virtual-machines")));
        assert_eq!([&told_of["evaluated_seconds"], &told_of["downtime_seconds"], &told_of["failures"]], [&json!(48 * 3600), &json!(12_600), &json!(2)], "{told_of}");
        assert_eq!([&told_of["mtbf_seconds"], &told_of["mtrs_seconds"], &told_of["availability_percent"]], [&json!(80_100), &json!(7_200), &json!(92.708333)]);
        assert_eq!([&told_of["reason"], &told_of["partial"]], [&Value::Null, &json!(false)]);
        let ahead = reliability(&machine, "from=2026-06-20&to=2026-06-22").await;
        assert_eq!([&ahead["availability_percent"], &ahead["reason"]], [&Value::Null, &json!("None of these days has begun.")]);
        for id in [service(app, "SHOP").await, steward::resource::Id::new().to_string()] {
            assert_eq!(app.get(&app.admin, &format!("/api/v1/infrastructure/component-reliability/{id}")).await.status, 404);
        }
    }

    what_a_service_attained_counts_the_outages_of_its_components(app) {
        let shop = made_in(app, "services", json!({"code": "SHOP", "name": "Shop", "kind": "technical"}), &["live"]).await;
        let machine = async |name: &str| made_in(app, "virtual-machines", json!({"name": name}), &["staged", "active"]).await;
        let (node, one, two) = (machine("node").await, machine("one").await, machine("two").await);
        depend(app, &shop, "requires", &node, None).await;
        let guest = machine("guest").await;
        depend(app, &guest, "requires", &node, None).await;
        for twin in [&one, &two] {
            depend(app, &shop, "requires", twin, Some(("twins", 1))).await;
        }
        let window = json!({"name": "Work", "target_id": node, "starts_at": "2026-06-17T00:00:00Z", "ends_at": "2026-06-17T06:00:00Z"});
        let window = made(app, "maintenance-windows", window).await;
        assert_eq!(approve(app, "maintenance-windows", &window, "approved").await.status, 200);
        app.wait(7 * 86_400);
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        for (component, from, to) in [(&node, 0, 12), (&guest, 0, 12), (&one, 0, 6), (&two, 12, 18)] {
            let body = json!({"target_id": component, "started_at": format!("2026-06-17T{from:02}:00:00Z"), "ended_at": format!("2026-06-17T{to:02}:00:00Z")});
            let made = app.post(&admin, "/api/v1/infrastructure/component-outages", &body).await;
            assert_eq!(made.status, 201, "{}", made.text);
        }
        let read = async |path: &str| app.get(&admin, &format!("/api/v1/infrastructure/{path}?from=2026-06-17&to=2026-06-18")).await.body;
        let composed = async || read(&format!("services/{shop}/composed-availability")).await;
        // By hand: 12 of 24 hours for the node; each twin was up for three quarters: 0.5 · (1 − 0.25²).
        let all = composed().await;
        assert_eq!([&all["attained_percent"], &all["reason"], &all["partial"]], [&json!(46.875), &Value::Null, &json!(false)], "{all}");
        // Where the objective of the service leaves out maintenance, 6 of 18 hours: 2/3 · 0.9375.
        let slo = json!({"service_id": shop, "name": "There", "target_percent": 99, "excludes_maintenance": true});
        assert_eq!(app.post(&admin, "/api/v1/infrastructure/slos", &slo).await.status, 201);
        assert_eq!(composed().await["attained_percent"], json!(62.5));
        // The maintenance was no failure, of the node or of what rests on it, and what came after it was one of six hours.
        for id in [&node, &guest] {
            let own = read(&format!("component-reliability/{id}")).await;
            assert_eq!([&own["failures"], &own["mtrs_seconds"], &own["availability_percent"]], [&json!(1), &json!(6 * 3600), &json!(50)], "{own}");
        }
        // Nothing is maintained under the twins.
        assert_eq!(read(&format!("component-reliability/{one}")).await["failures"], json!(1));
    }

    an_outage_of_no_length_at_midnight_is_a_failure_of_the_day_that_begins(app) {
        let machine = made(app, "virtual-machines", json!({"name": "vm"})).await;
        let failures = async |days: &str| figure(app, &format!("component-reliability/{machine}?{days}")).await["failures"].clone();
        outage(app, &machine, "2026-06-09T23:00:00Z", "2026-06-10T00:00:00Z", 100).await;
        assert_eq!([failures("from=2026-06-09&to=2026-06-10").await, failures("from=2026-06-10&to=2026-06-11").await], [json!(1), json!(0)]);
        outage(app, &machine, "2026-06-10T00:00:00Z", "2026-06-10T00:00:00Z", 100).await;
        assert_eq!([failures("from=2026-06-09&to=2026-06-10").await, failures("from=2026-06-10&to=2026-06-11").await], [json!(1), json!(1)]);
    }

    who_may_not_read_of_what_speaks_for_a_replacement_is_told_so(app) {
        let narrow = ["devices", "device_types"].map(|name| format!("infrastructure.{name}:read"));
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": narrow})).await;
        let seen = app.get(&app.actor("narrow", None).await, "/api/v1/infrastructure/refresh-candidates").await.body;
        let left_out =
            ["infrastructure/assets", "infrastructure/component-outages", "infrastructure/incidents", "security/vulnerabilities", "vendors/contracts"];
        assert_eq!((&seen["data"], &seen["partial"]), (&json!([]), &json!(left_out)), "{seen}");
    }

    unplanned_outages_of_a_device_count_as_failures_once(app) {
        let model = device_type(app).await;
        let body = json!({"name": "breaks", "device_type_id": model, "role": "server"});
        let device = made_in(app, "devices", body, &["staged", "active"]).await;
        let mut incidents = Vec::new();
        for title in ["one", "two"] {
            incidents.push(made(app, "incidents", json!({"title": title, "target_id": device})).await);
        }
        let down = |more: Value| {
            let mut body = json!({"target_id": device, "started_at": "2026-06-01T00:00:00Z", "ended_at": "2026-06-01T01:00:00Z"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let candidates = async || figure(app, "refresh-candidates").await["data"].clone();
        // What was planned is no failure, what an incident tells of already is none more, and what is too long ago neither.
        made(app, "component-outages", down(json!({"planned": true}))).await;
        made(app, "component-outages", down(json!({"incident_id": incidents[0]}))).await;
        made(app, "component-outages", down(json!({"started_at": "2025-06-01T00:00:00Z", "ended_at": "2025-06-01T01:00:00Z"}))).await;
        assert_eq!(candidates().await, json!([]));
        made(app, "component-outages", down(json!({}))).await;
        let told_of = candidates().await;
        assert_eq!((&told_of[0]["failures"], &told_of[0]["reasons"][0]["reason"]), (&json!(3), &json!("failures")), "{told_of}");
    }
}
