//! Infrastructure: what depends on what, and what a loss brings down.

mod asset;
mod cable;
mod change;
mod component;
mod coverage;
mod decommission;
mod depreciation;
mod device_file;
mod figure;
mod foundation;
mod hours;
mod impact;
mod impairment;
mod import;
mod incident;
mod license;
mod loss;
mod network;
mod outage;
mod place;
mod power;
mod processor;
mod race;
mod refresh;

use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

/// Makes a record as the administrator and returns its id.
async fn made(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(&format!("infrastructure/{collection}"), &body).await["id"].as_str().unwrap().to_owned()
}

/// Tries to make a record as the administrator.
async fn try_to_make(app: &TestApp, collection: &str, body: Value) -> Answer {
    app.post(&app.admin, &format!("/api/v1/infrastructure/{collection}"), &body).await
}

/// Tries to move a record as the administrator.
async fn go(app: &TestApp, collection: &str, id: &str, to: &str) -> Answer {
    app.transition(&app.admin, &format!("/api/v1/infrastructure/{collection}/{id}"), to).await
}

/// Tries to change a record as the administrator.
async fn alter(app: &TestApp, collection: &str, id: &str, body: Value) -> Answer {
    app.patch(&app.admin, &format!("/api/v1/infrastructure/{collection}/{id}"), "*", &body).await
}

/// Makes a record and moves it through states, as the administrator.
async fn made_in(app: &TestApp, collection: &str, body: Value, states: &[&str]) -> String {
    let id = made(app, collection, body).await;
    for state in states {
        let moved = go(app, collection, &id, state).await;
        assert_eq!(moved.status, 200, "{collection} {state}: {}", moved.text);
    }
    id
}

/// Asks for a figure as the administrator.
async fn figure(app: &TestApp, path: &str) -> Value {
    let answer = app.get(&app.admin, &format!("/api/v1/infrastructure/{path}")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.body
}

/// Approves a record by its move, as the second administrator.
async fn approve(app: &TestApp, collection: &str, id: &str, to: &str) -> Answer {
    app.transition(&app.second_admin().await, &format!("/api/v1/infrastructure/{collection}/{id}"), to).await
}

/// The status of an answer and what it says is broken.
fn told(answer: &Answer) -> (u16, Vec<String>) {
    (answer.status, answer.broken())
}

/// What a refusal of one thing looks like.
fn refused(status: u16, broken: &str) -> (u16, Vec<String>) {
    (status, vec![broken.to_owned()])
}

/// How many of some answers had a status.
fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

async fn service(app: &TestApp, code: &str) -> String {
    let made = app.make("infrastructure/services", &json!({"code": code, "name": code, "kind": "technical"})).await;
    made["id"].as_str().unwrap().to_owned()
}

async fn depend(app: &TestApp, from: &str, kind: &str, to: &str, group: Option<(&str, u32)>) {
    let mut body = json!({"from_id": from, "to_id": to, "kind": kind});
    if let Some((name, min_up)) = group {
        body["redundancy_group"] = name.into();
        body["min_up"] = min_up.into();
    }
    app.make("infrastructure/dependencies", &body).await;
}

/// The titles of what is down and of what is degraded.
fn titles(impact: &Value) -> (Vec<&str>, Vec<&str>) {
    let of = |name: &str| impact[name].as_array().unwrap().iter().map(|node| node["title"].as_str().unwrap()).collect();
    (of("down"), of("degraded"))
}

async fn device_type(app: &TestApp) -> Value {
    let maker = app.make("infrastructure/manufacturers", &json!({"name": "Acme"})).await;
    app.make("infrastructure/device-types", &json!({"manufacturer_id": maker["id"], "model": "S-1"})).await["id"].clone()
}

async fn device(app: &TestApp, device_type: &Value, name: &str) -> String {
    let body = json!({"name": name, "device_type_id": device_type, "role": "server"});
    app.make("infrastructure/devices", &body).await["id"].as_str().unwrap().to_owned()
}

on_both! {
    losing_one_of_two_nodes_harms_and_losing_what_both_stand_on_brings_down(app) {
        let model = device_type(app).await;
        let [first, second] = [device(app, &model, "node-1").await, device(app, &model, "node-2").await];
        let (power, database, shop, report) = (service(app, "POWER").await, service(app, "DB").await, service(app, "SHOP").await, service(app, "REPORT").await);
        for node in [&first, &second] {
            depend(app, &database, "requires", node, Some(("nodes", 1))).await;
            depend(app, node, "requires", &power, None).await;
        }
        depend(app, &shop, "requires", &database, None).await;
        depend(app, &report, "uses", &database, None).await;

        let one = app.get(&app.admin, &format!("/api/v1/infrastructure/impact/{first}")).await;
        assert_eq!((titles(&one.body), &one.body["services_down"], &one.body["services_degraded"]), ((vec![], vec!["DB"]), &json!(0), &json!(1)), "{}", one.text);
        let all = app.get(&app.admin, &format!("/api/v1/infrastructure/impact/{power}")).await;
        assert_eq!(titles(&all.body), (vec!["node-1", "node-2", "DB", "SHOP"], vec!["REPORT"]), "{}", all.text);
        assert_eq!((&all.body["services_down"], &all.body["lost"]["title"]), (&json!(2), &json!("POWER")));
        assert_eq!(all.body["down"][3]["path"], json!([power, first, database, shop]));
    }

    an_impact_is_of_what_the_caller_may_see(app) {
        let root = app.root_unit().await;
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let in_unit = async |code: &str, unit: &str| {
            let body = json!({"code": code, "name": code, "kind": "technical", "unit_id": unit});
            app.make("infrastructure/services", &body).await["id"].as_str().unwrap().to_owned()
        };
        let (network, hidden) = (in_unit("NET", &ours).await, in_unit("HIDDEN", &theirs).await);
        app.make("infrastructure/dependencies", &json!({"from_id": hidden, "to_id": network, "kind": "requires", "unit_id": ours})).await;
        let manager = app.actor("infrastructure_manager", Some(&ours)).await;
        let path = format!("/api/v1/infrastructure/impact/{network}");
        let impact = app.get(&manager, &path).await;
        assert_eq!((impact.status, titles(&impact.body)), (200, (vec![], vec![])), "{}", impact.text);
        assert_eq!(titles(&app.get(&app.admin, &path).await.body), (vec!["HIDDEN"], vec![]));
        assert_eq!(app.get(&manager, &format!("/api/v1/infrastructure/impact/{hidden}")).await.status, 404);
        assert_eq!(app.get(&app.stranger().await, &path).await.status, 404);
    }

    a_node_hosts_itself_neither_directly_nor_through_others(app) {
        let (a, b, c) = (service(app, "A").await, service(app, "B").await, service(app, "C").await);
        depend(app, &a, "hosts", &b, None).await;
        depend(app, &b, "hosts", &c, None).await;
        let circle = app.post(&app.admin, "/api/v1/infrastructure/dependencies", &json!({"from_id": c, "to_id": a, "kind": "hosts"})).await;
        assert_eq!((circle.status, circle.broken()), (409, vec!["/to_id circle".to_owned()]), "{}", circle.text);
        let itself = app.post(&app.admin, "/api/v1/infrastructure/dependencies", &json!({"from_id": a, "to_id": a, "kind": "uses"})).await;
        assert_eq!((itself.status, itself.broken()), (422, vec!["/to_id same".to_owned()]));
        depend(app, &c, "requires", &a, None).await;
    }

    a_node_is_retired_after_what_depends_on_it(app) {
        let (base, top) = (service(app, "BASE").await, service(app, "TOP").await);
        depend(app, &top, "requires", &base, None).await;
        let path = |id: &str| format!("/api/v1/infrastructure/services/{id}");
        for id in [&base, &top] {
            for state in ["live", "retiring"] {
                assert_eq!(app.transition(&app.admin, &path(id), state).await.status, 200);
            }
        }
        let refused = app.transition(&app.admin, &path(&base), "retired").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" dependents".to_owned()]), "{}", refused.text);
        assert_eq!(app.transition(&app.admin, &path(&top), "retired").await.status, 200);
        assert_eq!(app.transition(&app.admin, &path(&base), "retired").await.status, 200);
    }

    a_device_stands_in_a_location_of_its_own_site(app) {
        let model = device_type(app).await;
        let site = async |code: &str| app.make("infrastructure/sites", &json!({"code": code, "name": code})).await["id"].clone();
        let (here, there) = (site("HERE").await, site("THERE").await);
        let room = app.make("infrastructure/locations", &json!({"site_id": there, "name": "Room 1"})).await["id"].clone();
        let body = |site: &Value| json!({"name": "srv", "device_type_id": model, "role": "server", "site_id": site, "location_id": room});
        let wrong = app.post(&app.admin, "/api/v1/infrastructure/devices", &body(&here)).await;
        assert_eq!((wrong.status, wrong.broken()), (409, vec!["/location_id disagrees".to_owned()]), "{}", wrong.text);
        let derived = app.make("infrastructure/devices", &body(&Value::Null)).await;
        assert_eq!(derived["site_id"], there, "a site that is left out is that of the location");
        let rack = app.make("infrastructure/racks", &json!({"site_id": here, "name": "R"})).await["id"].clone();
        let mut mounted = json!({"name": "srv", "device_type_id": model, "role": "server", "rack_id": rack});
        assert_eq!(app.make("infrastructure/devices", &mounted).await["site_id"], here, "or that of the rack");
        assert_eq!(told(&try_to_make(app, "devices", mounted.clone()).await), (409, vec!["/site_id duplicate".to_owned(), "/name duplicate".to_owned()]));
        mounted["location_id"] = room.clone();
        assert_eq!(told(&try_to_make(app, "devices", mounted).await), refused(409, "/rack_id disagrees"));
        let derived = derived["id"].as_str().unwrap();
        assert_eq!(told(&alter(app, "devices", derived, json!({"site_id": here})).await), refused(409, "/location_id disagrees"));
        assert_eq!(told(&alter(app, "devices", derived, json!({"rack_id": rack})).await), refused(409, "/rack_id disagrees"));
        let moved = alter(app, "locations", room.as_str().unwrap(), json!({"site_id": here})).await;
        assert_eq!(told(&moved), refused(422, "/site_id fixed"), "{}", moved.text);
        let mut named = body(&there);
        named["name"] = "srv-2".into();
        app.make("infrastructure/devices", &named).await;
        let halves = app.post(&app.admin, "/api/v1/infrastructure/manufacturers", &json!({"name": "Other"})).await.id();
        let odd = json!({"manufacturer_id": halves, "model": "M", "height_units": 1.3});
        assert_eq!(app.post(&app.admin, "/api/v1/infrastructure/device-types", &odd).await.broken(), ["/height_units step"]);
    }

    two_devices_never_take_the_same_rack_units(app) {
        let maker = app.make("infrastructure/manufacturers", &json!({"name": "Acme"})).await["id"].clone();
        let model = async |name: &str, height: f64, full: bool| app.make("infrastructure/device-types", &json!({"manufacturer_id": maker, "model": name, "height_units": height, "full_depth": full})).await["id"].clone();
        let (server, panel) = (model("server", 2.0, true).await, model("panel", 1.0, false).await);
        let site = app.make("infrastructure/sites", &json!({"code": "S", "name": "S"})).await["id"].clone();
        let other = app.make("infrastructure/sites", &json!({"code": "T", "name": "T"})).await["id"].clone();
        let rack = app.make("infrastructure/racks", &json!({"site_id": site, "name": "R", "height_units": 10})).await["id"].clone();
        let at = |model: &Value, site: &Value, position: f64, face: &str| json!({"name": format!("d {position} {face}"), "device_type_id": model, "role": "other", "site_id": site, "rack_id": rack, "position": position, "face": face});
        let mount = async |body: Value| app.post(&app.admin, "/api/v1/infrastructure/devices", &body).await;
        let first = mount(at(&server, &site, 5.0, "front")).await;
        assert_eq!(first.status, 201, "{}", first.text);
        for (body, said) in [
            (at(&panel, &site, 6.0, "rear"), "/position taken"),
            (at(&server, &site, 4.0, "front"), "/position taken"),
            (at(&server, &site, 10.0, "front"), "/position outside"),
            (at(&panel, &other, 1.0, "front"), "/rack_id disagrees"),
        ] {
            let refused = mount(body).await;
            assert_eq!((refused.status, refused.broken()), (409, vec![said.to_owned()]), "{}", refused.text);
        }
        let refused = mount(at(&panel, &site, 6.0, "rear")).await;
        let detail = refused.body["errors"][0]["detail"].as_str().unwrap();
        assert_eq!(detail, format!("\"d 5 front\" (infrastructure/devices/{}) takes the units from 5 up to 6. It fits at 1 to 4, 7 to 10.", first.id()));
        for (position, face) in [(7.0, "front"), (7.0, "rear"), (4.0, "front"), (10.0, "front")] {
            assert_eq!(mount(at(&panel, &site, position, face)).await.status, 201, "{position} {face}");
        }
        let rack_path = format!("/api/v1/infrastructure/racks/{}", rack.as_str().unwrap());
        assert_eq!(app.patch(&app.admin, &rack_path, "*", &json!({"height_units": 9})).await.broken(), ["/height_units mounted"]);
        let type_path = format!("/api/v1/infrastructure/device-types/{}", server.as_str().unwrap());
        assert_eq!(app.patch(&app.admin, &type_path, "*", &json!({"height_units": 3})).await.broken(), ["/height_units mounted"]);
        assert_eq!(app.patch(&app.admin, &type_path, "*", &json!({"weight_kg": 3})).await.status, 200);
        let first_path = format!("/api/v1/infrastructure/devices/{}", first.id());
        for state in ["decommissioning", "retired"] {
            assert_eq!(app.transition(&app.admin, &first_path, state).await.status, 200);
        }
        assert_eq!(mount(at(&server, &site, 5.0, "rear")).await.status, 201, "a retired device takes no units");
        let half = json!({"name": "d", "device_type_id": panel, "role": "other", "position": 1.2});
        assert_eq!(mount(half).await.broken(), ["/position step", "/face required"]);
        assert_eq!(mount(json!({"name": "d", "device_type_id": panel, "role": "other", "position": 1, "face": "front"})).await.broken(), ["/rack_id required"]);
    }
}
