//! Licences: what is assigned stays within them, where they say so.

use super::{alter, count, figure, made, refused, told, try_to_make};
use crate::harness::{Answer, TestApp};
use crate::on_both;
use futures_util::future::join_all;
use serde_json::{Value, json};

async fn license(app: &TestApp, name: &str, metric: &str, quantity: u32, over: &str) -> String {
    let product = made(app, "software-products", json!({"name": name, "kind": "tool"})).await;
    made(app, "licenses", json!({"name": name, "software_product_id": product, "metric": metric, "quantity": quantity, "over_assignment": over})).await
}

async fn machine(app: &TestApp, name: &str) -> String {
    made(app, "virtual-machines", json!({"name": name})).await
}

async fn assign(app: &TestApp, license: &str, target: &str, quantity: u32, from: &str, to: Option<&str>) -> Answer {
    let body = json!({"license_id": license, "target_id": target, "quantity": quantity, "starts_on": from, "ends_on": to});
    try_to_make(app, "license-assignments", body).await
}

/// The rules that an open conflict about a record names.
async fn open_rules(app: &TestApp, id: &str) -> Vec<String> {
    let told = app.get(&app.admin, &format!("/api/v1/platform/conflicts?subject_id={id}&state=open")).await;
    told.body["data"].as_array().unwrap().iter().map(|each| each["rule"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    no_more_is_assigned_on_any_day_than_a_licence_entitles_to(app) {
        let strict = license(app, "Strict", "core", 16, "forbid").await;
        let [one, two, three] = [machine(app, "one").await, machine(app, "two").await, machine(app, "three").await];
        let first = assign(app, &strict, &one, 8, "2026-01-01", Some("2026-06-30")).await;
        assert_eq!(first.status, 201, "{}", first.text);
        assert_eq!(assign(app, &strict, &two, 8, "2026-01-01", None).await.status, 201);
        // 8 + 8 + 1 until the end of June; 8 + 8 from July.
        assert_eq!(told(&assign(app, &strict, &three, 1, "2026-06-30", None).await), refused(409, "/quantity over_assignment"));
        let third = assign(app, &strict, &three, 8, "2026-07-01", None).await;
        assert_eq!(third.status, 201, "{}", third.text);
        assert_eq!(told(&alter(app, "license-assignments", &first.id(), json!({"ends_on": "2026-07-01"})).await), refused(409, "/quantity over_assignment"));
        assert_eq!(told(&alter(app, "license-assignments", &third.id(), json!({"quantity": 9})).await), refused(409, "/quantity over_assignment"));
        assert_eq!(told(&assign(app, &strict, &two, 1, "2026-03-01", None).await), refused(409, "/starts_on overlap"), "a target has a licence once at a time");
        assert_eq!(told(&alter(app, "licenses", &strict, json!({"quantity": 15})).await), refused(409, "/quantity assigned"));
        assert_eq!(alter(app, "licenses", &strict, json!({"quantity": 17})).await.status, 200);
        assert_eq!(alter(app, "license-assignments", &third.id(), json!({"quantity": 9})).await.status, 200);
    }

    a_licence_that_allows_it_is_assigned_beyond_and_cannot_forbid_it_then(app) {
        let loose = license(app, "Loose", "device", 1, "allow").await;
        for name in ["one", "two", "three"] {
            assert_eq!(assign(app, &loose, &machine(app, name).await, 1, "2026-01-01", None).await.status, 201);
        }
        assert_eq!(told(&alter(app, "licenses", &loose, json!({"over_assignment": "forbid"})).await), refused(409, "/quantity assigned"));
        assert_eq!(alter(app, "licenses", &loose, json!({"over_assignment": "forbid", "quantity": 3})).await.status, 200);
        assert_eq!(told(&assign(app, &loose, &machine(app, "four").await, 1, "2026-01-01", None).await), refused(409, "/quantity over_assignment"));
    }

    a_licence_is_assigned_to_what_it_counts(app) {
        let person = app.person_of_admin().await;
        let host = machine(app, "host").await;
        let site = made(app, "sites", json!({"code": "S", "name": "S"})).await;
        for (metric, right) in [("user", &person), ("device", &host), ("core", &host), ("site", &site)] {
            let license = license(app, metric, metric, 5, "forbid").await;
            for target in [&person, &host, &site] {
                let answer = assign(app, &license, target, 1, "2026-01-01", None).await;
                let expected = if target == right { (201, Vec::new()) } else { refused(409, "/target_id metric") };
                assert_eq!(told(&answer), expected, "{metric}: {}", answer.text);
            }
        }
        let any = license(app, "any", "subscription", 3, "forbid").await;
        for target in [&person, &host, &site] {
            assert_eq!(assign(app, &any, target, 1, "2026-01-01", None).await.status, 201);
        }
    }

    of_many_that_race_for_the_last_of_a_licence_as_many_get_it_as_there_are(app) {
        let strict = license(app, "Strict", "device", 5, "forbid").await;
        let mut machines = Vec::new();
        for number in 0..12 {
            machines.push(machine(app, &format!("vm-{number}")).await);
        }
        let answers = join_all(machines.iter().map(|target| assign(app, &strict, target, 1, "2026-06-01", None))).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (5, 7));
    }

    what_is_assigned_to_a_host_covers_what_is_installed_on_it(app) {
        let product = made(app, "software-products", json!({"name": "Agent", "kind": "tool"})).await;
        let agents = made(app, "licenses", json!({"name": "Agents", "software_product_id": product, "metric": "device", "quantity": 5})).await;
        let release = made(app, "software-releases", json!({"software_product_id": product, "version": "1.0"})).await;
        let [one, two, three] = [machine(app, "one").await, machine(app, "two").await, machine(app, "three").await];
        assert_eq!(assign(app, &agents, &one, 1, "2026-01-01", None).await.status, 201);
        for (host, license) in [(&one, Value::Null), (&two, json!(agents)), (&three, Value::Null)] {
            made(app, "installations", json!({"software_release_id": release, "host_id": host, "license_id": license})).await;
        }
        let told = app.get(&app.admin, "/api/v1/infrastructure/license-positions").await.body;
        // One is assigned; the licence was found on the second beside that; the third has none.
        assert_eq!((&told["data"][0]["entitled"], &told["data"][0]["consumed"]), (&json!(5), &json!(2)), "{told}");
        assert_eq!((told["unlicensed"].as_array().unwrap().len(), &told["unlicensed"][0]["installations"]), (1, &json!(1)));
        let before = app.get(&app.admin, "/api/v1/infrastructure/license-positions?as_of=2025-12-31").await.body;
        assert_eq!(before["unlicensed"][0]["installations"], json!(2), "it was not assigned yet");
    }

    neither_a_restore_nor_a_bulk_goes_beyond_a_licence(app) {
        let strict = license(app, "Strict", "device", 1, "forbid").await;
        let [one, two] = [machine(app, "one").await, machine(app, "two").await];
        let first = assign(app, &strict, &one, 1, "2026-01-01", None).await.id();
        let create = |target: &str| json!({"op": "create", "collection": "infrastructure/license-assignments", "body": {"license_id": strict, "target_id": target, "starts_on": "2026-01-01"}});
        let bulk = app.post(&app.admin, "/api/v1/platform/bulk", &json!({"atomic": true, "operations": [create(&two)]})).await;
        assert!(bulk.text.contains("over_assignment"), "{}", bulk.text);
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/license-assignments/{first}"), "*").await.status, 204);
        assert_eq!(assign(app, &strict, &two, 1, "2026-01-01", None).await.status, 201);
        let restored = app.post(&app.admin, &format!("/api/v1/platform/resources/{first}/restore"), &json!({})).await;
        assert_eq!(told(&restored), refused(409, "/quantity over_assignment"));
        let held: Value = app.get(&app.admin, &format!("/api/v1/infrastructure/license-assignments?license_id={strict}&include_total=true")).await.body["total_count"].clone();
        assert_eq!(held, json!(1));
    }

    a_licence_counts_within_its_term_only_and_for_its_product(app) {
        let product = made(app, "software-products", json!({"name": "P", "kind": "tool"})).await;
        let ended = json!({"name": "Ended", "software_product_id": product, "metric": "device", "quantity": 5, "starts_on": "2020-01-01", "ends_on": "2020-12-31"});
        let ended = made(app, "licenses", ended).await;
        let host = machine(app, "host").await;
        assert_eq!(told(&assign(app, &ended, &host, 1, "2026-01-01", None).await), refused(409, "/starts_on not_in_force"));
        assert_eq!(told(&assign(app, &ended, &host, 1, "2019-12-31", None).await), refused(409, "/starts_on not_in_force"));
        assert_eq!(told(&assign(app, &ended, &host, 1, "2020-06-01", Some("2021-01-01")).await), refused(409, "/ends_on not_in_force"));
        assert_eq!(assign(app, &ended, &host, 1, "2020-06-01", None).await.status, 201, "as long as the licence");
        let rules = async |id: &str| {
            let told = app.get(&app.admin, &format!("/api/v1/platform/conflicts?subject_id={id}")).await;
            told.body["data"].as_array().unwrap().iter().map(|each| each["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(rules(&ended).await, ["infrastructure.licenses:quantity"], "it entitles to nothing any more");
        let other = made(app, "software-products", json!({"name": "Q", "kind": "tool"})).await;
        let release = made(app, "software-releases", json!({"software_product_id": other, "version": "1"})).await;
        let install = |source: &str| json!({"software_release_id": release, "host_id": host, "license_id": ended, "source": source});
        assert_eq!(told(&try_to_make(app, "installations", install("manual")).await), refused(409, "/license_id other_product"));
        let found = made(app, "installations", install("scan")).await;
        assert_eq!(rules(&found).await, ["infrastructure.installations:other_product"], "what is there is recorded");
    }

    a_licence_covers_the_versions_of_its_range_and_no_others(app) {
        let product = made(app, "software-products", json!({"name": "Agent", "kind": "tool"})).await;
        let mut body = json!({"name": "Agents 8", "software_product_id": product, "metric": "device", "quantity": 5, "version_range": "vers:generic/>=8.0|<9.0"});
        let agents = made(app, "licenses", body.clone()).await;
        body["version_range"] = ">=8.0".into();
        assert_eq!(told(&try_to_make(app, "licenses", body).await), refused(422, "/version_range format"));
        let release = async |version: &str| made(app, "software-releases", json!({"software_product_id": product, "version": version})).await;
        let (eight, nine) = (release("8.5").await, release("9.1").await);
        let (one, two) = (machine(app, "one").await, machine(app, "two").await);
        let install = |release: &str, host: &str, source: &str| json!({"software_release_id": release, "host_id": host, "license_id": agents, "source": source});
        let other = try_to_make(app, "installations", install(&nine, &one, "manual")).await;
        assert_eq!(told(&other), refused(409, "/license_id other_version"));
        assert!(other.text.contains("vers:generic/>=8.0|<9.0") && other.text.contains("9.1"), "{}", other.text);
        let there = made(app, "installations", install(&eight, &one, "manual")).await;
        assert_eq!(told(&alter(app, "installations", &there, json!({"software_release_id": nine})).await), refused(409, "/license_id other_version"));
        let found = made(app, "installations", install(&nine, &two, "scan")).await;
        assert_eq!(open_rules(app, &found).await, ["infrastructure.installations:other_version"], "what is there is recorded");
        let position = async || figure(app, &format!("licenses/{agents}/position")).await;
        let told_of = position().await;
        assert_eq!([&told_of["consumed"], &told_of["out_of_scope"]], [&json!(1), &json!(1)], "{told_of}");
        let all = figure(app, "license-positions").await;
        assert_eq!([&all["data"][0]["consumed"], &all["unlicensed"][0]["installations"]], [&json!(1), &json!(1)], "{all}");
        // What does not cover the version does not cover it by an assignment either.
        assert_eq!(assign(app, &agents, &two, 1, "2026-01-01", None).await.status, 201);
        assert_eq!(figure(app, "license-positions").await["unlicensed"][0]["installations"], json!(1));

        // Without a range all versions are covered: the assignment covers the second machine, and the first was found.
        assert_eq!(alter(app, "licenses", &agents, json!({"version_range": Value::Null})).await.status, 200);
        assert_eq!(open_rules(app, &found).await, Vec::<String>::new());
        let told_of = position().await;
        assert_eq!([&told_of["consumed"], &told_of["out_of_scope"]], [&json!(2), &json!(0)], "{told_of}");
        assert_eq!(figure(app, "license-positions").await["unlicensed"], json!([]));
        assert_eq!(alter(app, "licenses", &agents, json!({"version_range": "vers:generic/>=9.0"})).await.status, 200);
        assert_eq!((open_rules(app, &there).await.len(), open_rules(app, &found).await.len()), (1, 0), "the version beside it is now the first");
        assert_eq!(alter(app, "software-releases", &eight, json!({"version": "9.5"})).await.status, 200);
        assert_eq!(open_rules(app, &there).await, Vec::<String>::new());
    }

    a_licence_covers_what_was_published_while_it_had_maintenance(app) {
        let product = made(app, "software-products", json!({"name": "Editor", "kind": "tool"})).await;
        let body = json!({"name": "Editors", "software_product_id": product, "metric": "device", "quantity": 9, "maintenance_ends_on": "2025-12-31"});
        let editors = made(app, "licenses", body).await;
        let release = async |version: &str, on: Value| made(app, "software-releases", json!({"software_product_id": product, "version": version, "released_on": on})).await;
        let (before, after, unknown) = (release("1", json!("2025-12-31")).await, release("2", json!("2026-01-01")).await, release("3", Value::Null).await);
        let host = machine(app, "host").await;
        let install = async |release: &str| try_to_make(app, "installations", json!({"software_release_id": release, "host_id": host, "license_id": editors})).await;
        assert_eq!((install(&before).await.status, install(&unknown).await.status), (201, 201));
        let late = install(&after).await;
        assert_eq!(told(&late), refused(409, "/license_id other_version"));
        assert!(late.text.contains("2025-12-31") && late.text.contains("2026-01-01"), "{}", late.text);
        assert_eq!(alter(app, "licenses", &editors, json!({"auto_renew": true})).await.status, 200);
        assert_eq!(install(&after).await.status, 201, "its maintenance is renewed with it");
    }
}
