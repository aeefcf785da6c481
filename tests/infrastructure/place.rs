//! Where devices stand, what is plugged in, and who has what.

use super::{alter, go, made, refused, told, try_to_make};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn kind(app: &TestApp, model: &str, units: f64, power: Value) -> String {
    let maker = made(app, "manufacturers", json!({"name": model})).await;
    made(
        app,
        "device-types",
        json!({"manufacturer_id": maker, "model": model, "height_units": units, "full_depth": true, "weight_kg": 20, "power_draw_w": power}),
    )
    .await
}

on_both! {
    a_rack_takes_devices_of_its_room_within_its_limits(app) {
        let site = made(app, "sites", json!({"code": "S", "name": "S"})).await;
        let room = async |name: &str| made(app, "locations", json!({"site_id": site, "name": name})).await;
        let (here, there) = (room("Here").await, room("There").await);
        let rack = made(app, "racks", json!({"site_id": site, "location_id": here, "name": "R", "height_units": 100, "power_limit_w": 1000, "weight_limit_kg": 50})).await;
        let (hungry, light) = (kind(app, "Hungry", 1.0, json!(2400)).await, kind(app, "Light", 0.5, json!(400)).await);
        let device = |kind: &str, more: Value| {
            let mut body = json!({"name": "D", "device_type_id": kind, "role": "server", "rack_id": rack});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        assert_eq!(told(&try_to_make(app, "devices", device(&light, json!({"location_id": there}))).await), refused(409, "/location_id other_location"));
        assert_eq!(told(&try_to_make(app, "devices", device(&hungry, json!({}))).await), refused(409, "/rack_id power"));
        // The topmost half of the topmost unit.
        let top = try_to_make(app, "devices", device(&light, json!({"position": 100.5, "face": "front"}))).await;
        assert_eq!(top.status, 201, "{}", top.text);
        made(app, "devices", device(&light, json!({"name": "E", "location_id": here}))).await;
        assert_eq!(told(&try_to_make(app, "devices", device(&light, json!({"name": "F"}))).await), refused(409, "/rack_id weight"), "3 · 20 kg of 50");
        for state in ["staged", "active"] {
            assert_eq!(go(app, "devices", &top.id(), state).await.status, 200);
        }
        assert_eq!(go(app, "racks", &rack, "active").await.status, 200);
        assert_eq!(go(app, "racks", &rack, "retired").await.status, 409, "an active device stands in it");
    }

    a_cable_joins_two_devices_at_their_plugs(app) {
        let kind = kind(app, "K", 1.0, Value::Null).await;
        let device = async |name: &str| made(app, "devices", json!({"name": name, "device_type_id": kind, "role": "server"})).await;
        let (one, other) = (device("one").await, device("other").await);
        let port = async |node: &str, name: &str, kind: &str| made(app, "interfaces", json!({"node_id": node, "name": name, "kind": kind})).await;
        let (a, b, loopback, c) = (port(&one, "a", "copper").await, port(&one, "b", "copper").await, port(&other, "lo", "virtual").await, port(&other, "c", "copper").await);
        let plug = async |from: &str, to: &str| try_to_make(app, "cables", json!({"from_id": from, "to_id": to})).await;
        assert_eq!(told(&plug(&a, &loopback).await), refused(409, "/to_id virtual"));
        assert_eq!(told(&plug(&a, &b).await), refused(409, "/to_id same_device"));
        assert_eq!(plug(&a, &c).await.status, 201);
    }

    an_asset_that_is_gone_is_not_handed_out(app) {
        let asset = made(app, "assets", json!({"tag": "A", "name": "A"})).await;
        let unit = app.root_unit().await;
        let hand_out = async || try_to_make(app, "asset-assignments", json!({"asset_id": asset, "assignee_id": unit, "starts_on": "2026-06-01"})).await;
        for state in ["received", "in_stock", "lost"] {
            assert_eq!(go(app, "assets", &asset, state).await.status, 200);
        }
        assert_eq!(told(&hand_out().await), refused(409, "/asset_id state"));
        assert_eq!(go(app, "assets", &asset, "in_stock").await.status, 200);
        let first = hand_out().await;
        assert_eq!(first.status, 201, "{}", first.text);
        assert_eq!(alter(app, "asset-assignments", &first.id(), json!({"ends_on": "2026-06-10"})).await.status, 200);
        for state in ["accepted", "returned"] {
            assert_eq!(go(app, "asset-assignments", &first.id(), state).await.status, 200);
        }
        assert_eq!(alter(app, "assets", &asset, json!({"holds_data": false})).await.status, 200);
        assert_eq!(go(app, "assets", &asset, "retired").await.status, 200);
        assert_eq!(alter(app, "assets", &asset, json!({"disposed_on": "2026-06-12", "disposal_method": "sold"})).await.status, 200);
        assert_eq!(go(app, "assets", &asset, "disposed").await.status, 200);
        assert_eq!(alter(app, "assets", &asset, json!({"disposed_on": null})).await.broken(), ["/disposed_on immutable"]);
        assert_eq!(hand_out().await.status, 409);
    }
}
