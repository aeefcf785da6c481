//! The impact of a loss by what is recorded of things themselves: where they run, lie and come from.

use super::{depend, device_type, go, made, made_in, service, titles};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn impact(app: &TestApp, id: &str) -> Value {
    let answer = app.get(&app.admin, &format!("/api/v1/infrastructure/impact/{id}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

on_both! {
    a_machine_falls_with_its_cluster_and_is_started_elsewhere_when_a_host_of_it_is_lost(app) {
        let model = device_type(app).await;
        let host = made(app, "devices", json!({"name": "esx-1", "device_type_id": model, "role": "server"})).await;
        let cluster = made(app, "clusters", json!({"name": "prod", "kind": "virtualisation"})).await;
        let clustered = made(app, "virtual-machines", json!({"name": "vm-1", "cluster_id": cluster, "device_id": host})).await;
        made(app, "virtual-machines", json!({"name": "vm-2", "device_id": host})).await;
        let shop = service(app, "SHOP").await;
        depend(app, &shop, "requires", &clustered, None).await;
        let lost = impact(app, &cluster).await;
        assert_eq!((titles(&lost), &lost["services_down"]), ((vec!["vm-1", "SHOP"], vec![]), &json!(1)));
        assert_eq!(lost["down"][1]["path"], json!([cluster, clustered, shop]));
        assert_eq!(titles(&impact(app, &host).await), (vec!["vm-2"], vec!["vm-1"]));
        // What keeps the cluster from being retired is what its loss brings down.
        assert_eq!(go(app, "clusters", &cluster, "active").await.status, 200);
        let refused = go(app, "clusters", &cluster, "retired").await;
        assert!(refused.text.contains("vm-1") && refused.text.contains(&format!("/impact/{cluster}")), "{}", refused.text);
    }

    a_site_takes_what_lies_in_it_and_the_pools_and_volumes_on_that(app) {
        let site = made(app, "sites", json!({"code": "RTM", "name": "Rotterdam"})).await;
        let room = made(app, "locations", json!({"site_id": site, "name": "Room 1"})).await;
        let rack = made(app, "racks", json!({"site_id": site, "location_id": room, "name": "A-01"})).await;
        let model = device_type(app).await;
        let array = json!({"name": "array", "device_type_id": model, "role": "storage", "site_id": site, "location_id": room, "rack_id": rack});
        let array = made(app, "devices", array).await;
        let pool = made(app, "storage-pools", json!({"name": "fast", "kind": "block", "node_id": array})).await;
        let machine = made(app, "virtual-machines", json!({"name": "db-1"})).await;
        made(app, "volumes", json!({"name": "orders", "storage_pool_id": pool, "attached_to_id": machine})).await;
        assert_eq!(titles(&impact(app, &rack).await), (vec!["array", "fast", "orders", "db-1"], vec![]));
        let all = impact(app, &site).await;
        let mut down = titles(&all).0;
        down.sort_unstable();
        assert_eq!(down, ["A-01", "Room 1", "array", "db-1", "fast", "orders"]);
        let hidden = app.actor("infrastructure_manager", Some(&app.unit("ELSEWHERE", &app.root_unit().await).await)).await;
        assert_eq!(app.get(&hidden, &format!("/api/v1/infrastructure/impact/{rack}")).await.status, 404);
    }

    a_provider_takes_its_circuits_and_either_end_of_a_circuit_does(app) {
        let vendor = app.make("vendors/vendors", &app.sample("vendors/vendors", "v").await.into()).await["id"].as_str().unwrap().to_owned();
        let (a, z) = (made(app, "sites", json!({"code": "A", "name": "A"})).await, made(app, "sites", json!({"code": "Z", "name": "Z"})).await);
        made(app, "circuits", json!({"provider_id": vendor, "number": "C-1", "kind": "internet", "a_site_id": a, "z_site_id": z})).await;
        for lost in [&vendor, &a, &z] {
            assert_eq!(titles(&impact(app, lost).await), (vec!["C-1"], vec![]));
        }
        let shop = service(app, "SHOP").await;
        depend(app, &shop, "requires", &vendor, None).await;
        assert_eq!(impact(app, &vendor).await["services_down"], 1, "a vendor may be depended on by itself");
    }

    a_twin_that_is_away_or_not_there_yet_stands_in_for_nothing(app) {
        let shop = service(app, "SHOP").await;
        let one = made_in(app, "virtual-machines", json!({"name": "one"}), &["staged", "active"]).await;
        let two = made(app, "virtual-machines", json!({"name": "two"})).await;
        for machine in [&one, &two] {
            depend(app, &shop, "requires", machine, Some(("machines", 1))).await;
        }
        let points = async || {
            let told = app.get(&app.admin, &format!("/api/v1/infrastructure/services/{shop}/single-points-of-failure")).await.body;
            told["data"].as_array().unwrap().iter().map(|point| point["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let down = async || app.get(&app.admin, &format!("/api/v1/infrastructure/impact/{one}")).await.body["services_down"].clone();
        assert_eq!(go(app, "services", &shop, "live").await.status, 200);
        let (alone, spare) = ((vec!["one".to_owned()], json!(1)), (Vec::new(), json!(0)));
        assert_eq!((points().await, down().await), alone, "the other is planned");
        for (state, expected) in [("staged", &alone), ("active", &spare), ("offline", &alone), ("active", &spare)] {
            assert_eq!(go(app, "virtual-machines", &two, state).await.status, 200, "{state}");
            assert_eq!((points().await, down().await), *expected, "{state}");
        }
    }
}
