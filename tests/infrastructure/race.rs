//! Rules under 64 clients at once, on both databases: as many get something as there is of it.

use super::{count, device, device_type, go, made, service, try_to_make};
use crate::harness::{Answer, TestApp};
use crate::on_both;
use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

const CLIENTS: usize = 64;

async fn rack(app: &TestApp, more: Value) -> String {
    let site = made(app, "sites", json!({"code": "RTM", "name": "Rotterdam"})).await;
    let mut body = json!({"site_id": site, "name": "A-01", "height_units": 42});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    made(app, "racks", body).await
}

/// Makes many records of a collection at once, in one request.
async fn many(app: &TestApp, collection: &str, bodies: Vec<Value>) -> Vec<String> {
    let operations: Vec<Value> =
        bodies.into_iter().map(|body| json!({"op": "create", "collection": format!("infrastructure/{collection}"), "body": body})).collect();
    let answer = app.post(&app.admin, "/api/v1/platform/bulk", &json!({"atomic": true, "operations": operations})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["results"].as_array().unwrap().iter().map(|result| result["resource"]["id"].as_str().unwrap().to_owned()).collect()
}

/// The numbers of answers with 201 and with 409; no other is one.
fn won_and_lost(answers: &[Answer]) -> (usize, usize) {
    let odd = answers.iter().find(|answer| !matches!(answer.status, 201 | 409));
    assert!(odd.is_none(), "{}", odd.map_or("", |answer| &answer.text));
    (count(answers, 201), count(answers, 409))
}

/// The position of the first event of each kind of each record.
async fn positions(app: &TestApp) -> HashMap<(String, String), i64> {
    let (mut after, mut positions) = (0, HashMap::new());
    loop {
        let page = app.get(&app.admin, &format!("/api/v1/platform/events?after={after}&limit=200")).await.body;
        let events = page["data"].as_array().unwrap();
        if events.is_empty() {
            return positions;
        }
        for event in events {
            let text = |name: &str| event[name].as_str().unwrap().to_owned();
            positions.entry((text("subject_id"), text("event"))).or_insert(event["position"].as_i64().unwrap());
        }
        after = page["next_after"].as_i64().unwrap();
    }
}

on_both! {
    of_64_devices_that_race_for_one_place_in_a_rack_one_gets_it(app) {
        let (rack, model) = (rack(app, json!({})).await, device_type(app).await);
        let body = |number: usize| json!({"name": format!("srv-{number}"), "device_type_id": model, "role": "server", "rack_id": rack, "position": 7, "face": "front"});
        let answers = join_all((0..CLIENTS).map(|number| try_to_make(app, "devices", body(number)))).await;
        assert_eq!(won_and_lost(&answers), (1, 63));
        assert!(answers.iter().filter(|answer| answer.status == 409).all(|answer| answer.broken() == ["/position taken"]));
    }

    of_64_devices_that_race_for_the_power_of_a_rack_as_many_get_it_as_it_feeds(app) {
        let rack = rack(app, json!({"power_limit_w": 1000})).await;
        let maker = made(app, "manufacturers", json!({"name": "Acme"})).await;
        let model = made(app, "device-types", json!({"manufacturer_id": maker, "model": "P-1", "power_draw_w": 100})).await;
        let body = |number: usize| json!({"name": format!("srv-{number}"), "device_type_id": model, "role": "server", "rack_id": rack});
        let answers = join_all((0..CLIENTS).map(|number| try_to_make(app, "devices", body(number)))).await;
        assert_eq!(won_and_lost(&answers), (10, 54), "10 · 100 W of 1,000 W");
    }

    of_64_that_ask_for_an_address_each_gets_another_one(app) {
        let vrf = made(app, "vrfs", json!({"name": "Global"})).await;
        let net = made(app, "prefixes", json!({"vrf_id": vrf, "prefix": "192.0.2.0/26", "kind": "network"})).await;
        let path = format!("/api/v1/infrastructure/prefixes/{net}/available-ips");
        let nothing = json!({});
        let answers = join_all((0..CLIENTS).map(|_| app.post(&app.admin, &path, &nothing))).await;
        assert_eq!(won_and_lost(&answers), (62, 2), "a /26 has 62 hosts");
        let different: HashSet<&str> = answers.iter().filter_map(|answer| answer.body["address"].as_str()).collect();
        assert_eq!(different.len(), 62);
    }

    of_64_that_race_for_a_licence_as_many_get_it_as_it_entitles_to(app) {
        let product = made(app, "software-products", json!({"name": "Agent", "kind": "tool"})).await;
        let license = json!({"name": "Agents", "software_product_id": product, "metric": "device", "quantity": 10, "over_assignment": "forbid"});
        let license = made(app, "licenses", license).await;
        let machines = many(app, "virtual-machines", (0..CLIENTS).map(|number| json!({"name": format!("vm-{number}")})).collect()).await;
        let body = |target: &String| json!({"license_id": license, "target_id": target, "quantity": 1, "starts_on": "2026-06-01"});
        let answers = join_all(machines.iter().map(|target| try_to_make(app, "license-assignments", body(target)))).await;
        assert_eq!(won_and_lost(&answers), (10, 54));
    }

    of_64_that_close_a_ring_of_hosts_one_is_refused(app) {
        let body = |number: usize| json!({"code": format!("S-{number}"), "name": "Node", "kind": "technical"});
        let nodes = many(app, "services", (0..CLIENTS).map(body).collect()).await;
        let edge = |at: usize| json!({"from_id": nodes[at], "to_id": nodes[(at + 1) % CLIENTS], "kind": "hosts"});
        let answers = join_all((0..CLIENTS).map(|at| try_to_make(app, "dependencies", edge(at)))).await;
        assert_eq!(won_and_lost(&answers), (63, 1));
    }

    a_device_leaves_or_gets_a_dependent_first_and_never_leaves_over_one(app) {
        let (model, shop) = (device_type(app).await, service(app, "SHOP").await);
        let mut nodes = Vec::new();
        for number in 0..CLIENTS / 2 {
            nodes.push(device(app, &model, &format!("node-{number}")).await);
        }
        let depend = async |node: &String| try_to_make(app, "dependencies", json!({"from_id": shop, "to_id": node, "kind": "requires"})).await;
        let leave = async |node: &String| go(app, "devices", node, "decommissioning").await;
        let racing = nodes.iter().map(|node| join(depend(node), leave(node)));
        let answers = join_all(racing).await;
        // In the order in which they were committed: a device that left had no dependent when it did.
        let order = positions(app).await;
        for (node, (edge, left)) in nodes.iter().zip(&answers) {
            assert_eq!(edge.status, 201, "{}", edge.text);
            if left.status == 409 {
                assert_eq!(left.broken(), [" dependents"]);
                continue;
            }
            assert_eq!(left.status, 200, "{}", left.text);
            let depended = order[&(edge.id(), "infrastructure.dependency.created".to_owned())];
            assert!(order[&(node.clone(), "infrastructure.device.decommissioned".to_owned())] < depended, "{node} left over a dependent");
        }
    }
}
