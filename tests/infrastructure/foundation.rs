//! What rests on what by records and groups: the recovery, the availability, the changes and the maintenance that depend on it. It is 15 June
//! 2026, 09:00 UTC.

use super::{alter, approve, depend, device_type, figure, go, made, made_in, refused, service, titles, told, try_to_make};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

/// A device in use.
async fn host(app: &TestApp, model: &Value, name: &str) -> String {
    made_in(app, "devices", json!({"name": name, "device_type_id": model, "role": "server"}), &["staged", "active"]).await
}

/// A machine in use, whose volume lies in a pool on a device.
async fn machine_on(app: &TestApp, device: &str, name: &str) -> String {
    let pool = made(app, "storage-pools", json!({"name": format!("pool of {name}"), "kind": "block", "node_id": device})).await;
    let machine = made_in(app, "virtual-machines", json!({"name": name}), &["staged", "active"]).await;
    made(app, "volumes", json!({"name": format!("volume of {name}"), "storage_pool_id": pool, "attached_to_id": machine})).await;
    machine
}

on_both! {
    a_recovery_objective_counts_the_device_under_a_volume(app) {
        let model = device_type(app).await;
        let (array, orders) = (host(app, &model, "array").await, service(app, "ORDERS").await);
        let machine = machine_on(app, &array, "db-1").await;
        depend(app, &orders, "requires", &machine, None).await;
        let beyond = async |collection: &str, body: Value| app.make(collection, &body).await["id"].as_str().unwrap().to_owned();
        for (code, subject, seconds) in [("P-1", &orders, 3600), ("P-2", &array, 14_400)] {
            let scope = json!([{"subject_id": subject, "rto_seconds": 360_000, "rpo_seconds": 3600}]);
            let plan = beyond("security/recovery-plans", json!({"code": code, "name": code, "trigger": "It is out.", "scope": scope})).await;
            beyond("security/recovery-steps", json!({"recovery_plan_id": plan, "number": 1, "name": "Restore", "duration_seconds": seconds, "subject_id": subject})).await;
            let path = format!("/api/v1/security/recovery-plans/{plan}");
            assert_eq!(app.transition(&app.second_admin().await, &path, "approved").await.status, 200);
            assert_eq!(app.transition(&app.admin, &path, "active").await.status, 200);
        }
        beyond("security/business-processes", json!({"code": "SELL", "name": "Sell", "rto_seconds": 7200, "depends_on": [{"subject_id": orders}]})).await;
        // An hour for the service would do; the four hours of the device that its volume lies on do not.
        let lost = figure(app, &format!("impact/{array}")).await;
        assert_eq!((&lost["services_down"], &lost["recovery_objectives_missed"]), (&json!(1), &json!(1)), "{}", lost["processes"]);
    }

    a_cluster_stands_while_no_more_of_its_hosts_fail_than_it_tolerates(app) {
        let model = device_type(app).await;
        let [one, two, three] = [host(app, &model, "one").await, host(app, &model, "two").await, host(app, &model, "three").await];
        let planned = made(app, "devices", json!({"name": "planned", "device_type_id": model, "role": "server"})).await;
        let cluster = made_in(app, "clusters", json!({"name": "C", "kind": "virtualisation", "tolerated_failures": 1}), &["active"]).await;
        for server in [&one, &two, &planned] {
            depend(app, &cluster, "requires", server, None).await;
        }
        depend(app, &three, "hosts", &cluster, None).await;
        assert_eq!(titles(&figure(app, &format!("impact/{one}")).await), (vec![], vec!["C"]));
        assert_eq!(go(app, "devices", &three, "failed").await.status, 200);
        assert_eq!(titles(&figure(app, &format!("impact/{one}")).await), (vec!["C"], vec![]), "two of three are away");
        assert_eq!(go(app, "devices", &three, "active").await.status, 200);
        assert_eq!(alter(app, "clusters", &cluster, json!({"tolerated_failures": 0})).await.status, 200);
        assert_eq!(titles(&figure(app, &format!("impact/{one}")).await), (vec!["C"], vec![]));
    }

    groups_whose_names_differ_by_the_case_of_letters_are_one(app) {
        let (shop, one, two) = (service(app, "SHOP").await, service(app, "N1").await, service(app, "N2").await);
        depend(app, &shop, "requires", &one, Some(("Nodes", 1))).await;
        depend(app, &shop, "requires", &two, Some(("nodes", 1))).await;
        assert_eq!(titles(&figure(app, &format!("impact/{one}")).await), (vec![], vec!["SHOP"]));
        for node in [&one, &two] {
            made(app, "slos", json!({"service_id": node, "name": "There", "target_percent": 90})).await;
        }
        // 1 − 0.1 · 0.1
        assert_eq!(figure(app, &format!("services/{shop}/composed-availability")).await["availability_percent"], json!(99));
    }

    a_planned_alternative_makes_nothing_more_available(app) {
        let (shop, one, two) = (service(app, "SHOP").await, service(app, "N1").await, service(app, "N2").await);
        for node in [&one, &two] {
            made(app, "slos", json!({"service_id": node, "name": "There", "target_percent": 90})).await;
            depend(app, &shop, "requires", node, Some(("nodes", 1))).await;
        }
        let composed = async || figure(app, &format!("services/{shop}/composed-availability")).await;
        let planned = composed().await;
        assert_eq!((&planned["availability_percent"], &planned["attained_percent"]), (&json!(99), &Value::Null), "all of it is a plan");
        assert_eq!(planned["reason"], json!("The service has not been live yet."));
        for node in [&shop, &one] {
            assert_eq!(go(app, "services", node, "live").await.status, 200);
        }
        assert_eq!(composed().await["availability_percent"], json!(90));
        assert_eq!(go(app, "services", &two, "live").await.status, 200);
        assert_eq!(composed().await["availability_percent"], json!(99));
    }

    what_was_attained_with_all_foundations_counts_the_same_time_as_availability(app) {
        let shop = made_in(app, "services", json!({"code": "SHOP", "name": "Shop", "kind": "technical"}), &["live"]).await;
        made(app, "slos", json!({"service_id": shop, "name": "There", "target_percent": 99, "excludes_maintenance": true})).await;
        let window = json!({"name": "Work", "target_id": shop, "starts_at": "2026-06-17T10:00:00Z", "ends_at": "2026-06-17T11:00:00Z"});
        let window = made(app, "maintenance-windows", window).await;
        assert_eq!(approve(app, "maintenance-windows", &window, "approved").await.status, 200);
        app.wait(7 * 86_400);
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        // Three hours, one of them in the window; the service is live since nine on the first of three days.
        let outage = json!({"service_id": shop, "started_at": "2026-06-17T10:00:00Z", "ended_at": "2026-06-17T13:00:00Z"});
        assert_eq!(app.post(&admin, "/api/v1/infrastructure/outages", &outage).await.status, 201);
        let told = async |figure: &str| app.get(&admin, &format!("/api/v1/infrastructure/services/{shop}/{figure}?from=2026-06-15&to=2026-06-18")).await.body;
        let (own, all) = (told("availability").await, told("composed-availability").await);
        // 72 − 9 − 1 = 62 hours, two of which were lost.
        assert_eq!((&own["agreed_seconds"], &own["downtime_seconds"]), (&json!(62 * 3600), &json!(2 * 3600)), "{own}");
        assert_eq!((&all["attained_percent"], &all["reason"]), (&own["availability_percent"], &Value::Null), "{all}");
    }

    changes_collide_by_what_they_rest_on_and_by_the_services_that_they_affect(app) {
        let model = device_type(app).await;
        let shop = service(app, "SHOP").await;
        let server = host(app, &model, "server").await;
        depend(app, &shop, "requires", &server, None).await;
        let site = made(app, "sites", json!({"code": "S", "name": "S"})).await;
        let rack = made(app, "racks", json!({"site_id": site, "name": "R"})).await;
        let mounted = made(app, "devices", json!({"name": "mounted", "device_type_id": model, "role": "server", "rack_id": rack})).await;
        let other = made(app, "devices", json!({"name": "other", "device_type_id": model, "role": "server", "site_id": site})).await;
        let pool = made(app, "storage-pools", json!({"name": "pool", "kind": "block"})).await;
        let volume = made(app, "volumes", json!({"name": "volume", "storage_pool_id": pool})).await;
        let report = service(app, "REPORT").await;
        let mut twins = Vec::new();
        for name in ["one", "two"] {
            twins.push(made(app, "virtual-machines", json!({"name": name})).await);
            depend(app, &report, "requires", twins.last().unwrap(), Some(("twins", 1))).await;
        }
        let conflicts = async |id: &str| app.get(&app.admin, &format!("/api/v1/platform/conflicts?subject_id={id}&state=open")).await.body["data"].as_array().unwrap().len();
        let scheduled = async |day: u32, field: &str, target: &str| {
            let (from, to) = (format!("2026-07-{day:02}T19:00:00Z"), format!("2026-07-{day:02}T20:00:00Z"));
            let id = made(app, "changes", json!({"title": "Change", "risk": "low", "impact": "low", "starts_at": from, "ends_at": to, field: target})).await;
            for state in ["submitted", "assessed", "approved", "scheduled"] {
                let moved = if state == "approved" { approve(app, "changes", &id, state).await } else { go(app, "changes", &id, state).await };
                assert_eq!(moved.status, 200, "{state}: {}", moved.text);
            }
            id
        };
        let pairs = [
            (("service_id", &shop), ("target_id", &server), 1),
            (("target_id", &rack), ("target_id", &mounted), 1),
            (("target_id", &pool), ("target_id", &volume), 1),
            (("target_id", &twins[0]), ("target_id", &twins[1]), 1),
            (("target_id", &mounted), ("target_id", &other), 0),
        ];
        for (day, ((first, one), (second, two), expected)) in (1..).zip(pairs) {
            let both = [scheduled(day, first, one).await, scheduled(day, second, two).await];
            for id in &both {
                assert_eq!(conflicts(id).await, expected, "day {day}");
            }
        }
    }

    a_retired_service_asks_nothing_of_a_change(app) {
        let shop = made(app, "services", json!({"code": "SHOP", "name": "Shop", "kind": "business", "criticality_tier": 1})).await;
        let machine = made(app, "virtual-machines", json!({"name": "vm"})).await;
        depend(app, &shop, "requires", &machine, None).await;
        let id = made(app, "changes", json!({"title": "Change", "target_id": machine})).await;
        assert_eq!(told(&go(app, "changes", &id, "submitted").await), refused(409, "/rollback_plan rollback_plan"));
        for state in ["live", "retiring", "retired"] {
            assert_eq!(go(app, "services", &shop, state).await.status, 200);
        }
        assert_eq!(go(app, "changes", &id, "submitted").await.status, 200);
    }

    maintenance_waits_for_work_on_what_an_alternative_requires(app) {
        let model = device_type(app).await;
        let (shop, below) = (service(app, "SHOP").await, host(app, &model, "below").await);
        let one = made_in(app, "virtual-machines", json!({"name": "one"}), &["staged", "active"]).await;
        let two = made_in(app, "virtual-machines", json!({"name": "two", "device_id": below}), &["staged", "active"]).await;
        for machine in [&one, &two] {
            depend(app, &shop, "requires", machine, Some(("machines", 1))).await;
        }
        let window = json!({"name": "Firmware", "target_id": below, "starts_at": "2026-06-16T10:00:00Z", "ends_at": "2026-06-16T12:00:00Z"});
        made(app, "maintenance-windows", window).await;
        let found = figure(app, &format!("maintenance-windows/find?target_id={one}&minutes=60&from=2026-06-16&to=2026-06-17")).await;
        assert_eq!((&found["alternative_ids"], &found["obstacles"][0]["title"]), (&json!([two]), &json!("Firmware")), "{found}");
        assert_eq!(found["data"].as_array().unwrap().len(), 2, "before and after: {found}");
    }

    a_machine_neither_hosts_nor_runs_on_what_it_hosts(app) {
        let model = device_type(app).await;
        let (below, above) = (host(app, &model, "below").await, host(app, &model, "above").await);
        let machine = made(app, "virtual-machines", json!({"name": "vm", "device_id": below})).await;
        let circle = try_to_make(app, "dependencies", json!({"from_id": machine, "to_id": below, "kind": "hosts"})).await;
        assert_eq!(told(&circle), refused(409, "/to_id circle"));
        depend(app, &machine, "hosts", &above, None).await;
        assert_eq!(told(&alter(app, "virtual-machines", &machine, json!({"device_id": above})).await), refused(409, "/device_id circle"));
        assert_eq!(alter(app, "virtual-machines", &machine, json!({"device_id": null})).await.status, 200);
    }
}
