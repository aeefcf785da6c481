//! Virtual processors on physical cores.

use super::{alter, depend, go, made};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn allocation(app: &TestApp, collection: &str, id: &str) -> Value {
    let answer = app.get(&app.admin, &format!("/api/v1/infrastructure/{collection}/{id}/cpu-allocation")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

on_both! {
    virtual_processors_are_counted_against_the_cores_of_a_cluster_or_of_its_hosts(app) {
        let maker = made(app, "manufacturers", json!({"name": "Acme"})).await;
        let model = made(app, "device-types", json!({"manufacturer_id": maker, "model": "H-1", "physical_cores": 32})).await;
        let host = async |name: &str| made(app, "devices", json!({"name": name, "device_type_id": model, "role": "server"})).await;
        let [one, two] = [host("esx-1").await, host("esx-2").await];
        let cluster = made(app, "clusters", json!({"name": "virt", "kind": "virtualisation", "max_vcpu_ratio": 5})).await;
        let bare = allocation(app, "clusters", &cluster).await;
        assert_eq!([&bare["vcpus"], &bare["physical_cores"], &bare["vcpu_ratio"], &bare["vcpus_left"]], [&json!(0), &Value::Null, &Value::Null, &Value::Null]);
        assert!(bare["reason"].as_str().unwrap().contains("physical_cores"), "{bare}");
        depend(app, &cluster, "requires", &one, Some(("hosts", 1))).await;
        depend(app, &two, "hosts", &cluster, None).await;
        let machine = async |name: &str, vcpus: Value| made(app, "virtual-machines", json!({"name": name, "cluster_id": cluster, "device_id": one, "vcpus": vcpus})).await;
        for (name, vcpus) in [("a", json!(96)), ("b", json!(64)), ("c", Value::Null)] {
            machine(name, vcpus).await;
        }
        let gone = machine("gone", json!(40)).await;
        // 96 + 64 + 40 vCPUs on 2 · 32 cores; at 5 to 1 there is room for 320 − 200.
        let told = allocation(app, "clusters", &cluster).await;
        assert_eq!([&told["virtual_machines"], &told["vcpus"], &told["unknown"], &told["physical_cores"]], [&json!(4), &json!(200), &json!(1), &json!(64)]);
        assert_eq!([&told["vcpu_ratio"], &told["max_vcpu_ratio"], &told["vcpus_left"], &told["reason"]], [&json!(3.125), &json!(5), &json!(120), &Value::Null]);
        for state in ["decommissioning", "retired"] {
            assert_eq!(go(app, "virtual-machines", &gone, state).await.status, 200);
        }
        let of_host = allocation(app, "devices", &one).await;
        assert_eq!([&of_host["vcpus"], &of_host["physical_cores"], &of_host["vcpu_ratio"], &of_host["vcpus_left"]], [&json!(160), &json!(32), &json!(5), &Value::Null]);
        // What is recorded of the cluster counts before its hosts, and no core makes no ratio.
        for (cores, ratio) in [(json!(40), json!(4)), (json!(0), Value::Null)] {
            assert_eq!(alter(app, "clusters", &cluster, json!({"physical_cores": cores})).await.status, 200);
            let told = allocation(app, "clusters", &cluster).await;
            assert_eq!((&told["physical_cores"], &told["vcpu_ratio"]), (&cores, &ratio));
        }
        let reader = app.actor("infrastructure_manager", None).await;
        assert_eq!(app.get(&reader, &format!("/api/v1/infrastructure/clusters/{cluster}/cpu-allocation")).await.status, 200);
        assert_eq!(app.get(&app.stranger().await, &format!("/api/v1/infrastructure/clusters/{cluster}/cpu-allocation")).await.status, 404);
    }
}
