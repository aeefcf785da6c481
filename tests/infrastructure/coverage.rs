//! What figures of backups, licences, books and address space count, and what they leave out. It is 15 June 2026, 09:00 UTC.

use super::{depend, device_type, figure, go, made, made_in, refused, told, try_to_make};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

/// An active policy for daily copies.
async fn policy(app: &TestApp, name: &str, targets: &[&String], more: Value) -> String {
    let mut body = json!({"name": name, "frequency": "daily", "retention_days": 30, "target_ids": targets});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    made_in(app, "backup-policies", body, &["active"]).await
}

/// A copy of a target from a point in time, and a restore of it that took so many minutes.
async fn copied(app: &TestApp, policy: &str, target: &str, point: &str, minutes: u32) {
    let copy = json!({"policy_id": policy, "target_id": target, "kind": "backup", "result": "succeeded", "started_at": "2026-06-15T01:00:00Z", "recovery_point_at": point});
    made(app, "backup-runs", copy).await;
    let test = json!({"policy_id": policy, "target_id": target, "kind": "restore_test", "result": "succeeded", "started_at": "2026-06-01T08:00:00Z",
        "ended_at": format!("2026-06-01T08:{minutes:02}:00Z")});
    made(app, "backup-runs", test).await;
}

/// The titles of what has gaps, with these.
fn gaps(coverage: &Value) -> Vec<(&str, Vec<&str>)> {
    coverage["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["title"].as_str().unwrap(), row["gaps"].as_array().unwrap().iter().map(|gap| gap.as_str().unwrap()).collect()))
        .collect()
}

on_both! {
    a_copy_is_as_old_as_its_data_and_a_restore_takes_no_longer_than_it_may(app) {
        let mut machines = Vec::new();
        for name in ["good", "old", "slow"] {
            machines.push(made(app, "virtual-machines", json!({"name": name})).await);
        }
        let all: Vec<&String> = machines.iter().collect();
        let policy = policy(app, "Daily", &all, json!({"recovery_point_seconds": 43_200, "recovery_time_seconds": 1800})).await;
        for (machine, point, minutes) in [(0, "2026-06-15T00:59:00Z", 30), (1, "2026-06-14T12:00:00Z", 10), (2, "2026-06-15T00:59:00Z", 31)] {
            copied(app, &policy, &machines[machine], point, minutes).await;
        }
        let told = figure(app, "backup-coverage").await;
        assert_eq!(gaps(&told), [("old", vec!["no_recent_run"]), ("slow", vec!["slow_restore"])]);
        assert_eq!(told["data"][0]["last_backup_at"], json!("2026-06-14T12:00:00.000000Z"), "its data, not the run");
        assert_eq!([&told["with_recent_run"], &told["with_tested_restore"]], [&json!(2), &json!(3)]);
    }

    copies_are_kept_for_a_period_at_least(app) {
        let machine = made(app, "virtual-machines", json!({"name": "vm"})).await;
        let monthly = policy(app, "Monthly", &[&machine], json!({"frequency": "monthly", "retention_days": 20})).await;
        copied(app, &monthly, &machine, "2026-06-15T00:59:00Z", 30).await;
        assert_eq!(gaps(&figure(app, "backup-coverage").await), [("vm", vec!["short_retention"])]);
        policy(app, "Yearly", &[&machine], json!({"frequency": "monthly", "retention_days": 365})).await;
        assert_eq!(figure(app, "backup-coverage").await["coverage_percent"], json!(100));
    }

    what_lies_on_a_pool_or_a_cluster_is_covered_with_it(app) {
        let model = device_type(app).await;
        made(app, "devices", json!({"name": "switch", "device_type_id": model, "role": "switch"})).await;
        let cluster = made(app, "clusters", json!({"name": "C", "kind": "virtualisation"})).await;
        let pool = made(app, "storage-pools", json!({"name": "P", "kind": "block"})).await;
        made(app, "virtual-machines", json!({"name": "vm", "cluster_id": cluster})).await;
        made(app, "volumes", json!({"name": "volume", "storage_pool_id": pool})).await;
        for (name, kind) in [("orders", "databases"), ("queue", "integration")] {
            made(app, "cloud-resources", json!({"name": name, "native_name": name, "kind": kind})).await;
        }
        let bare = ["no_policy", "no_recent_run", "no_tested_restore"];
        let told = figure(app, "backup-coverage").await;
        assert_eq!(gaps(&told), [("orders", bare.to_vec()), ("vm", bare.to_vec()), ("volume", bare.to_vec())]);
        let policy = policy(app, "Whole", &[&cluster, &pool], json!({})).await;
        for target in [&cluster, &pool] {
            copied(app, &policy, target, "2026-06-15T00:59:00Z", 30).await;
        }
        assert_eq!(gaps(&figure(app, "backup-coverage").await), [("orders", bare.to_vec())]);
        let narrow = ["backup_policies", "backup_runs", "devices", "virtual_machines", "volumes"].map(|name| format!("infrastructure.{name}:read"));
        app.make("identity/roles", &json!({"code": "narrow", "name": "narrow", "permissions": narrow})).await;
        let partial = app.get(&app.actor("narrow", None).await, "/api/v1/infrastructure/backup-coverage").await.body;
        assert_eq!((&partial["targets"], &partial["partial"]), (&json!(2), &json!(["infrastructure/cloud-resources"])));
    }

    what_carries_the_first_tier_has_a_copy_elsewhere_and_one_that_nobody_changes(app) {
        let shop = made(app, "services", json!({"code": "SHOP", "name": "Shop", "kind": "business", "criticality_tier": 1})).await;
        let (first, other) = (made(app, "virtual-machines", json!({"name": "first"})).await, made(app, "virtual-machines", json!({"name": "other"})).await);
        depend(app, &shop, "requires", &first, None).await;
        let near = policy(app, "Near", &[&first, &other], json!({})).await;
        for machine in [&first, &other] {
            copied(app, &near, machine, "2026-06-15T00:59:00Z", 30).await;
        }
        assert_eq!(gaps(&figure(app, "backup-coverage").await), [("first", vec!["no_offsite_copy", "no_immutable_copy"])]);
        policy(app, "Far", &[&first], json!({"offsite": true, "immutable": true})).await;
        assert_eq!(figure(app, "backup-coverage").await["coverage_percent"], json!(100));
    }

    a_licence_of_sites_or_users_counts_what_is_known_of_them(app) {
        let model = device_type(app).await;
        let mut hosts = Vec::new();
        for (site, count) in [("A", 2), ("B", 1)] {
            let site = made(app, "sites", json!({"code": site, "name": site})).await;
            for number in 0..count {
                let body = json!({"name": format!("srv-{number}"), "device_type_id": model, "role": "server", "site_id": site});
                hosts.push(made(app, "devices", body).await);
            }
        }
        let product = made(app, "software-products", json!({"name": "Agent", "kind": "tool"})).await;
        let release = made(app, "software-releases", json!({"software_product_id": product, "version": "1"})).await;
        let mut licenses = Vec::new();
        for metric in ["site", "user"] {
            let body = json!({"name": metric, "software_product_id": product, "metric": metric, "quantity": 1, "over_assignment": "allow"});
            licenses.push(made(app, "licenses", body).await);
        }
        for (number, host) in hosts.iter().enumerate() {
            let license = if number == 0 { &licenses[1] } else { &licenses[0] };
            made(app, "installations", json!({"software_release_id": release, "host_id": host, "license_id": license})).await;
        }
        let sites = figure(app, &format!("licenses/{}/position", licenses[0])).await;
        assert_eq!([&sites["found"], &sites["over_used"], &sites["reason"]], [&json!(2), &json!(1), &Value::Null], "{sites}");
        let users = figure(app, &format!("licenses/{}/position", licenses[1])).await;
        assert_eq!([&users["found"], &users["consumed"], &users["available"]], [&Value::Null; 3], "{users}");
        assert!(users["reason"].as_str().unwrap().contains("who uses it"), "{users}");
        let of_users = figure(app, "license-positions").await["data"].as_array().unwrap().iter().find(|row| row["metric"] == "user").unwrap().clone();
        assert!(of_users["reason"].as_str().unwrap().contains("who uses it"), "{of_users}");
    }

    a_licence_of_cores_that_is_assigned_to_a_cluster_covers_its_machines(app) {
        let cluster = made(app, "clusters", json!({"name": "C", "kind": "virtualisation"})).await;
        let [inside, outside] = [made(app, "virtual-machines", json!({"name": "in", "cluster_id": cluster, "vcpus": 8})).await, made(app, "virtual-machines", json!({"name": "out", "vcpus": 4})).await];
        let product = made(app, "software-products", json!({"name": "Database", "kind": "database"})).await;
        let release = made(app, "software-releases", json!({"software_product_id": product, "version": "1"})).await;
        let license = |metric: &str| json!({"name": metric, "software_product_id": product, "metric": metric, "quantity": 64});
        let (cores, devices) = (made(app, "licenses", license("core")).await, made(app, "licenses", license("device")).await);
        for host in [&inside, &outside] {
            made(app, "installations", json!({"software_release_id": release, "host_id": host, "license_id": cores})).await;
        }
        let assign = |license: &str| json!({"license_id": license, "target_id": cluster, "quantity": 32, "starts_on": "2026-01-01"});
        assert_eq!(told(&try_to_make(app, "license-assignments", assign(&devices)).await), refused(409, "/target_id metric"));
        made(app, "license-assignments", assign(&cores)).await;
        let position = figure(app, &format!("licenses/{cores}/position")).await;
        assert_eq!([&position["assigned"], &position["found"], &position["consumed"]], [&json!(32), &json!(4), &json!(36)], "{position}");
    }

    software_without_any_licence_is_told_unless_it_is_published_under_open_terms(app) {
        let machine = made(app, "virtual-machines", json!({"name": "vm"})).await;
        let kinds = [("Archiver", "tool", Value::Null), ("PostgreSQL", "database", json!("PostgreSQL")), ("log4j", "library", Value::Null)];
        for (name, kind, expression) in kinds {
            let product = made(app, "software-products", json!({"name": name, "kind": kind, "license_expression": expression})).await;
            let release = json!({"software_product_id": product, "version": "1", "approval": "approved", "end_of_security_on": if name == "log4j" { "2026-06-14" } else { "2030-01-01" }});
            let release = made(app, "software-releases", release).await;
            made(app, "installations", json!({"software_release_id": release, "host_id": machine})).await;
        }
        let told = figure(app, "license-positions").await;
        assert_eq!((told["unlicensed"].as_array().unwrap().len(), &told["unlicensed"][0]["software_product"]), (1, &json!("Archiver")), "{told}");
        assert_eq!(told["partial"], json!(false));
        // What gets no security updates any more is not compliant.
        let patches = figure(app, "patch-compliance").await;
        assert_eq!([&patches["installations"], &patches["compliant"], &patches["unsupported"]], [&json!(3), &json!(2), &json!(1)]);
    }

    an_ordered_asset_has_neither_value_nor_schedule_and_a_caller_without_assets_is_told_so(app) {
        let asset = json!({"tag": "A-1", "name": "Ordered", "cost": {"amount": "3600.00", "currency": "EUR"}, "in_service_on": "2026-01-01", "life_months": 36,
            "depreciation_method": "straight_line"});
        let asset = made(app, "assets", asset).await;
        let (value, schedule) = (figure(app, &format!("assets/{asset}/book-value")).await, figure(app, &format!("assets/{asset}/depreciation-schedule")).await);
        assert_eq!((&value["book_value"], &schedule["data"]), (&Value::Null, &json!([])));
        assert!(schedule["reason"].is_string() && schedule["reason"] == value["reason"], "{schedule}");
        assert_eq!(go(app, "assets", &asset, "received").await.status, 200);
        assert_ne!(figure(app, &format!("assets/{asset}/depreciation-schedule")).await["data"], json!([]));
        assert_eq!(figure(app, "book-values").await["partial"], json!(false));
        let elsewhere = app.actor("infrastructure_manager", Some(&app.unit("ELSEWHERE", &app.root_unit().await).await)).await;
        let told = app.get(&elsewhere, "/api/v1/infrastructure/book-values").await.body;
        assert_eq!((&told["data"], &told["partial"]), (&json!([]), &json!(true)), "{told}");
    }

    a_retired_prefix_takes_no_space_but_its_own_place(app) {
        let vrf = made(app, "vrfs", json!({"name": "Global"})).await;
        let whole = made(app, "prefixes", json!({"vrf_id": vrf, "prefix": "10.0.0.0/23", "kind": "container"})).await;
        let old = made_in(app, "prefixes", json!({"vrf_id": vrf, "prefix": "10.0.0.0/24"}), &["active", "retired"]).await;
        let utilization = async || figure(app, &format!("prefixes/{whole}/utilization")).await;
        let told = utilization().await;
        assert_eq!((&told["utilisation_percent"], &told["prefix_count"]), (&json!(0), &json!(0)), "{told}");
        let next = async |length: u32| app.post(&app.admin, &format!("/api/v1/infrastructure/prefixes/{whole}/available-prefixes"), &json!({"prefix_length": length})).await.body["prefix"].clone();
        assert_eq!(next(24).await, json!("10.0.1.0/24"), "the same prefix stands once");
        assert_eq!(next(25).await, json!("10.0.0.0/25"), "its space is free");
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/prefixes/{old}"), "*").await.status, 204);
        assert_eq!(utilization().await["utilisation_percent"], json!(75));
    }
}
