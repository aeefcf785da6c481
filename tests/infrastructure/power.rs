//! Power feeds: what they give, what they carry, and what falls with them.

use super::{alter, go, made, refused, titles, told, try_to_make};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

/// A rack without a limit.
async fn rack(app: &TestApp) -> String {
    let site = made(app, "sites", json!({"code": "RTM", "name": "Rotterdam"})).await;
    made(app, "racks", json!({"site_id": site, "name": "A-01"})).await
}

/// An active feed.
async fn feed(app: &TestApp, rack: &str, name: &str, more: Value) -> String {
    let mut body = json!({"rack_id": rack, "name": name, "source": "Panel 1"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let id = made(app, "power-feeds", body).await;
    assert_eq!(go(app, "power-feeds", &id, "active").await.status, 200);
    id
}

async fn model(app: &TestApp, watts: u32) -> String {
    let maker = made(app, "manufacturers", json!({"name": "Acme"})).await;
    made(app, "device-types", json!({"manufacturer_id": maker, "model": "S-1", "power_draw_w": watts})).await
}

async fn utilization(app: &TestApp, rack: &str) -> Value {
    let answer = app.get(&app.admin, &format!("/api/v1/infrastructure/racks/{rack}/utilization")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

on_both! {
    a_rack_has_the_power_of_its_primary_feeds(app) {
        let (rack, model) = (rack(app).await, model(app, 960).await);
        let device = |name: &str| json!({"name": name, "device_type_id": model, "role": "server", "rack_id": rack});
        made(app, "devices", device("one")).await;
        let before = utilization(app, &rack).await;
        assert_eq!((&before["feeds_w"], &before["power_available_w"], &before["power_percent"]), (&Value::Null, &Value::Null, &Value::Null));
        // NetBox: 120 V · 20 A · 80 % = 1,920 W. What is redundant or planned adds nothing.
        feed(app, &rack, "A", json!({"voltage": 120, "amperage": 20})).await;
        feed(app, &rack, "B", json!({"voltage": 120, "amperage": 20, "kind": "redundant"})).await;
        made(app, "power-feeds", json!({"rack_id": rack, "name": "C", "source": "Panel 2"})).await;
        let told_of = utilization(app, &rack).await;
        assert_eq!((&told_of["feeds_w"], &told_of["power_available_w"], &told_of["power_percent"]), (&json!(1920), &json!(1920), &json!(50)));
        assert_eq!(try_to_make(app, "devices", device("two")).await.status, 201, "1,920 of 1,920 W");
        assert_eq!(told(&try_to_make(app, "devices", device("three")).await), refused(409, "/rack_id power"));
        // A limit of the rack that is lower counts instead, and is not lower than what stands there.
        assert_eq!(told(&alter(app, "racks", &rack, json!({"power_limit_w": 1000})).await), refused(409, "/power_limit_w power"));
        // Three phases: 400 V · 16 A · √3 · 80 % = 8,868.1 W.
        feed(app, &rack, "D", json!({"voltage": 400, "phase": "three"})).await;
        let feeds = utilization(app, &rack).await["feeds_w"].as_f64().unwrap();
        assert!((feeds - 1920.0 - 8868.1).abs() < 0.1, "{feeds}");
        assert_eq!(alter(app, "racks", &rack, json!({"power_limit_w": 2000})).await.status, 200);
        assert_eq!(utilization(app, &rack).await["power_available_w"], 2000);
        let twice = try_to_make(app, "power-feeds", json!({"rack_id": rack, "name": "a", "source": "Panel 3"})).await;
        assert_eq!(twice.status, 409, "{}", twice.text);
    }

    what_stands_in_a_rack_is_not_made_too_much_for_it_afterwards(app) {
        let maker = made(app, "manufacturers", json!({"name": "Acme"})).await;
        let model = made(app, "device-types", json!({"manufacturer_id": maker, "model": "S-1", "power_draw_w": 300, "weight_kg": 20})).await;
        let site = made(app, "sites", json!({"code": "RTM", "name": "Rotterdam"})).await;
        let rack = made(app, "racks", json!({"site_id": site, "name": "A-01", "power_limit_w": 700, "weight_limit_kg": 50})).await;
        let mut devices = Vec::new();
        for (position, name) in [(1, "one"), (42, "two")] {
            let body = json!({"name": name, "device_type_id": model, "role": "server", "rack_id": rack, "position": position, "face": "front"});
            devices.push(made(app, "devices", body).await);
        }
        assert_eq!(told(&alter(app, "device-types", &model, json!({"power_draw_w": 5000})).await), refused(409, "/power_draw_w power"));
        assert_eq!(told(&alter(app, "device-types", &model, json!({"weight_kg": 26})).await), refused(409, "/weight_kg weight"));
        assert_eq!(alter(app, "device-types", &model, json!({"power_draw_w": 350})).await.status, 200, "700 of 700 W");
        assert_eq!(told(&alter(app, "racks", &rack, json!({"power_limit_w": 10})).await), refused(409, "/power_limit_w power"));
        assert_eq!(told(&alter(app, "racks", &rack, json!({"weight_limit_kg": 39})).await), refused(409, "/weight_limit_kg weight"));
        let feed = feed(app, &rack, "A", json!({"voltage": 230, "amperage": 16})).await;
        assert_eq!(told(&alter(app, "power-feeds", &feed, json!({"amperage": 2})).await), refused(409, "/amperage power"));
        assert_eq!(alter(app, "power-feeds", &feed, json!({"amperage": 10})).await.status, 200);
        // What is retired weighs nothing, draws nothing, and takes no height.
        assert_eq!(told(&alter(app, "racks", &rack, json!({"height_units": 20})).await), refused(409, "/height_units mounted"));
        for state in ["decommissioning", "retired"] {
            assert_eq!(go(app, "devices", &devices[1], state).await.status, 200);
        }
        assert_eq!(alter(app, "racks", &rack, json!({"height_units": 20, "power_limit_w": 350})).await.status, 200);
        for state in ["decommissioning", "retired"] {
            assert_eq!(go(app, "devices", &devices[0], state).await.status, 200);
        }
        assert_eq!(alter(app, "device-types", &model, json!({"height_units": 3, "power_draw_w": 5000})).await.status, 200);
    }

    a_rack_falls_with_the_last_of_its_feeds(app) {
        let (rack, model) = (rack(app).await, model(app, 100).await);
        made(app, "devices", json!({"name": "srv", "device_type_id": model, "role": "server", "rack_id": rack})).await;
        let first = feed(app, &rack, "A", json!({})).await;
        made(app, "power-feeds", json!({"rack_id": rack, "name": "P", "source": "Not yet there"})).await;
        let impact = async |id: &str| app.get(&app.admin, &format!("/api/v1/infrastructure/impact/{id}")).await.body;
        assert_eq!(titles(&impact(&first).await), (vec!["A-01", "srv"], vec![]));
        let second = feed(app, &rack, "B", json!({"kind": "redundant"})).await;
        assert_eq!(titles(&impact(&first).await), (vec![], vec!["A-01"]));
        assert_eq!(go(app, "power-feeds", &second, "failed").await.status, 200);
        assert_eq!(titles(&impact(&first).await), (vec!["A-01", "srv"], vec![]), "the other has failed already");
        let up = app.get(&app.admin, &format!("/api/v1/infrastructure/impact/{rack}?direction=up")).await.body;
        let needs: Vec<(&Value, &Value)> = up["rests_on"].as_array().unwrap().iter().map(|row| (&row["title"], &row["need"])).collect();
        assert!(needs.contains(&(&json!("A"), &json!("alternative"))) && needs.contains(&(&json!("Rotterdam"), &json!("required"))), "{up}");
    }

    feeds_neither_go_nor_come_back_as_too_little_for_what_they_feed(app) {
        let (rack, model) = (rack(app).await, model(app, 2000).await);
        let [first, second] = [feed(app, &rack, "A", json!({})).await, feed(app, &rack, "B", json!({})).await];
        for name in ["one", "two"] {
            made(app, "devices", json!({"name": name, "device_type_id": model, "role": "server", "rack_id": rack})).await;
        }
        // 4,000 W, and each feed gives 230 V · 16 A · 80 % = 2,944 W.
        assert_eq!(told(&go(app, "power-feeds", &first, "retired").await), refused(409, " power"));
        // That one is away is a fact; meanwhile it is neither made weaker nor retired, and it comes back.
        assert_eq!(go(app, "power-feeds", &first, "offline").await.status, 200);
        assert_eq!(told(&alter(app, "power-feeds", &first, json!({"amperage": 1})).await), refused(409, "/amperage power"));
        assert_eq!(told(&go(app, "power-feeds", &first, "retired").await), refused(409, " power"));
        assert_eq!(go(app, "power-feeds", &first, "active").await.status, 200);
        for state in ["failed", "active"] {
            assert_eq!(go(app, "power-feeds", &second, state).await.status, 200);
        }
        // What stands by carries nothing, and a stronger one may take over.
        let redundant = feed(app, &rack, "C", json!({"kind": "redundant"})).await;
        assert_eq!(go(app, "power-feeds", &redundant, "retired").await.status, 200);
        feed(app, &rack, "D", json!({"amperage": 32})).await;
        assert_eq!(go(app, "power-feeds", &first, "retired").await.status, 200);
    }

    the_first_feed_of_a_rack_gives_what_its_devices_draw(app) {
        let (rack, model) = (rack(app).await, model(app, 2000).await);
        made(app, "devices", json!({"name": "one", "device_type_id": model, "role": "server", "rack_id": rack})).await;
        let weak = made(app, "power-feeds", json!({"rack_id": rack, "name": "A", "source": "Panel 1", "amperage": 1})).await;
        assert_eq!(told(&go(app, "power-feeds", &weak, "active").await), refused(409, " power"));
        assert_eq!(alter(app, "power-feeds", &weak, json!({"amperage": 16})).await.status, 200);
        assert_eq!(go(app, "power-feeds", &weak, "active").await.status, 200);
    }
}
