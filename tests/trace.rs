//! The trace: what a record leads to across all domains, and what it does not tell.

use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use steward::access::Session;
use steward::database::{SqlValue, Statement, statements_run};
use steward::resource::Id;
use steward::store::{Direction, Reader};

async fn made(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(collection, &body).await["id"].as_str().unwrap().to_owned()
}

async fn service(app: &TestApp, code: &str, unit: &str) -> String {
    made(app, "infrastructure/services", json!({"code": code, "name": code, "kind": "technical", "unit_id": unit})).await
}

async fn depend(app: &TestApp, unit: &str, from: &str, kind: &str, to: &str) -> String {
    made(app, "infrastructure/dependencies", json!({"from_id": from, "to_id": to, "kind": kind, "unit_id": unit})).await
}

async fn trace(app: &TestApp, actor: &Actor, id: &str, query: &str) -> Answer {
    app.get(actor, &format!("/api/v1/platform/resources/{id}/trace{query}")).await
}

/// The nodes as `depth title` and the edges as `from field to`, both by title, in the order of the answer.
fn told(answer: &Answer) -> (Vec<String>, Vec<String>) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let nodes = answer.body["nodes"].as_array().unwrap();
    let titles: HashMap<&str, &str> = nodes.iter().map(|node| (node["id"].as_str().unwrap(), node["title"].as_str().unwrap())).collect();
    let order: Vec<(i64, &str)> = nodes.iter().map(|node| (node["depth"].as_i64().unwrap(), node["id"].as_str().unwrap())).collect();
    assert!(order.is_sorted(), "nearest first, then by id: {}", answer.text);
    let title = |edge: &Value, end: &str| titles[edge[end].as_str().unwrap()].to_owned();
    let mut edges: Vec<String> = answer.body["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| format!("{} {} {}", title(edge, "from_id"), edge["field"].as_str().unwrap(), title(edge, "to_id")))
        .collect();
    edges.sort();
    (nodes.iter().map(|node| format!("{} {}", node["depth"], node["title"].as_str().unwrap())).collect(), edges)
}

/// The nodes only.
async fn reached(app: &TestApp, actor: &Actor, id: &str, query: &str) -> Vec<String> {
    told(&trace(app, actor, id, query).await).0
}

/// A site with a room, and a rack in it.
async fn room(app: &TestApp) -> (String, String, String) {
    let site = made(app, "infrastructure/sites", json!({"code": "S", "name": "Site"})).await;
    let room = made(app, "infrastructure/locations", json!({"site_id": site, "name": "Room"})).await;
    let rack = made(app, "infrastructure/racks", json!({"site_id": site, "location_id": room, "name": "Rack", "height_units": 42})).await;
    (site, room, rack)
}

on_both! {
    what_is_named_stands_above_and_each_way_is_walked_by_itself(app) {
        let admin = &app.admin;
        let (site, room, rack) = room(app).await;
        let all_edges = ["Rack location_id Room", "Rack site_id Site", "Room site_id Site"];
        let down = trace(app, admin, &site, "?direction=down").await;
        assert_eq!(told(&down), (vec!["0 Site".into(), "1 Room".into(), "1 Rack".into()], all_edges.map(str::to_owned).to_vec()));
        let first = json!({"id": site, "kind": "infrastructure/sites", "title": "Site", "state": "planned", "depth": 0});
        assert_eq!((&down.body["nodes"][0], &down.body["truncated"]), (&first, &json!(false)));
        assert_eq!(reached(app, admin, &rack, "?direction=up").await, ["0 Rack", "1 Site", "1 Room"]);
        assert_eq!(reached(app, admin, &room, "?direction=up").await, ["0 Room", "1 Site"]);
        assert_eq!(reached(app, admin, &room, "?direction=down").await, ["0 Room", "1 Rack"]);
        assert_eq!(told(&trace(app, admin, &room, "?depth=1").await), (vec!["0 Room".into(), "1 Site".into(), "1 Rack".into()], all_edges.map(str::to_owned).to_vec()));
        assert_eq!(reached(app, admin, &site, "?direction=up").await, ["0 Site"]);
    }

    a_joining_record_is_one_edge_and_of_a_dependency_the_dependent_stands_above(app) {
        let (admin, root) = (&app.admin, app.root_unit().await);
        let (shop, orders, server) = (service(app, "SHOP", &root).await, service(app, "ORDERS", &root).await, service(app, "SERVER", &root).await);
        depend(app, &root, &shop, "requires", &orders).await;
        let hosting = depend(app, &root, &server, "hosts", &orders).await;
        let (nodes, edges) = told(&trace(app, admin, &shop, "?direction=down").await);
        assert_eq!(nodes, ["0 SHOP", "1 ORDERS", "2 SERVER"]);
        assert_eq!(edges, ["ORDERS dependency SHOP", "SERVER dependency ORDERS"]);
        assert_eq!(reached(app, admin, &server, "?direction=up").await, ["0 SERVER", "1 ORDERS", "2 SHOP"]);
        assert_eq!(reached(app, admin, &shop, "?direction=up").await, ["0 SHOP"]);
        assert_eq!(reached(app, admin, &shop, "?direction=down&depth=1").await, ["0 SHOP", "1 ORDERS"]);
        assert_eq!(reached(app, admin, &orders, "?depth=1").await, ["0 ORDERS", "1 SHOP", "1 SERVER"]);
        // A link goes from its subject down to its target.
        made(app, "platform/links", json!({"subject_id": server, "target_id": shop, "kind": "relates_to"})).await;
        assert_eq!(told(&trace(app, admin, &server, "?direction=down&depth=1").await), (vec!["0 SERVER".into(), "1 SHOP".into()], vec!["SHOP link SERVER".into()]));
        // Asked for by its own id, a joining record starts like any other.
        assert_eq!(reached(app, admin, &hosting, "?direction=up&depth=1").await.len(), 3);
    }

    kinds_says_what_is_answered_and_the_walk_passes_through_the_rest(app) {
        let admin = &app.admin;
        let (site, room, _) = room(app).await;
        made(app, "platform/tags", json!({"subject_id": room, "label": "cold"})).await;
        let tagged = trace(app, admin, &site, "?direction=down&kinds=platform/tags").await;
        assert_eq!(told(&tagged), (vec!["0 Site".into(), "2 cold".into()], vec![]));
        let racks = trace(app, admin, &site, "?direction=down&kinds=infrastructure/racks,platform/tags&depth=1").await;
        assert_eq!(told(&racks), (vec!["0 Site".into(), "1 Rack".into()], vec!["Rack site_id Site".into()]));
    }

    what_may_not_be_seen_is_no_node_no_edge_and_no_way(app) {
        let root = app.root_unit().await;
        let (mine, theirs) = (app.unit("MINE", &root).await, app.unit("THEIRS", &root).await);
        let (a, b, c, d) = (service(app, "A", &mine).await, service(app, "B", &theirs).await, service(app, "C", &mine).await, service(app, "D", &mine).await);
        depend(app, &mine, &a, "requires", &b).await;
        depend(app, &mine, &b, "requires", &c).await;
        let hidden = depend(app, &theirs, &a, "uses", &d).await;
        let manager = app.actor("infrastructure_manager", Some(&mine)).await;
        assert_eq!(reached(app, &app.admin, &a, "?direction=down").await, ["0 A", "1 B", "1 D", "2 C"]);
        assert_eq!(told(&trace(app, &manager, &a, "").await), (vec!["0 A".into()], vec![]));
        assert_eq!(reached(app, &manager, &c, "").await, ["0 C"]);
        for unseen in [&b, &hidden] {
            assert_eq!(trace(app, &manager, unseen, "").await.status, 404);
        }
        assert_eq!(trace(app, &app.stranger().await, &a, "").await.status, 404);
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/dependencies/{hidden}"), "*").await.status, 204);
        depend(app, &mine, &a, "uses", &d).await;
        assert_eq!(told(&trace(app, &manager, &a, "").await), (vec!["0 A".into(), "1 D".into()], vec!["D dependency A".into()]));
    }

    what_is_private_leads_nowhere_for_others(app) {
        let lead = app.person_of_admin().await;
        let person = made(app, "teams/people", json!({"name": "Ada", "email": "ada@example.org"})).await;
        made(app, "teams/one-on-ones", json!({"person_id": person, "lead_id": lead, "held_on": "2026-06-01"})).await;
        let auditor = app.actor("auditor", None).await;
        let (nodes, edges) = told(&trace(app, &app.admin, &person, "?depth=2&kinds=teams/people,teams/one-on-ones").await);
        assert_eq!(nodes, ["0 Ada", "1 2026-06-01", "2 Admin"]);
        assert_eq!(edges, ["2026-06-01 lead_id Admin", "2026-06-01 person_id Ada"]);
        assert_eq!(told(&trace(app, &auditor, &person, "").await), (vec!["0 Ada".into()], vec![]));
    }

    what_hangs_on_an_unseen_record_is_unseen(app) {
        let root = app.root_unit().await;
        let control = json!({"code": "C", "name": "Control", "kind": "detective", "test_period_days": 90, "unit_id": root});
        let control = made(app, "governance/controls", control).await;
        let member = app.actor("member", Some(&root)).await;
        let headers = [("Content-Type", "text/plain")];
        let file = app.call(&member, "POST", "/api/v1/platform/files?name=a.txt", &headers, Some("Hello.".into())).await.id();
        let attachment = made(app, "platform/attachments", json!({"subject_id": control, "file_id": file, "title": "Proof"})).await;
        assert_eq!(reached(app, &app.admin, &file, "").await, ["0 a.txt", "1 Proof", "2 Control"]);
        assert_eq!(reached(app, &member, &file, "").await, ["0 a.txt"]);
        assert_eq!(trace(app, &member, &attachment, "").await.status, 404);
        let officer = app.actor("compliance_officer", Some(&root)).await;
        assert_eq!(reached(app, &officer, &control, "").await, ["0 Control", "1 Proof"]);
    }

    a_walk_says_when_it_was_cut(app) {
        let site = made(app, "infrastructure/sites", json!({"code": "HUB", "name": "Hub"})).await;
        let hub = Id::parse(&site).unwrap();
        let ids: Vec<Id> = (0..5_000).map(|_| Id::new()).collect();
        let least = ids.iter().min().unwrap().to_string();
        let write = move |connection: &mut steward::database::Connection| {
            for chunk in ids.chunks(500) {
                let (mut records, mut edges) = (Statement::new("INSERT INTO registry (id, collection, title, root_id, revision, hash) VALUES "), Statement::new("INSERT INTO edges (from_id, field, to_id) VALUES "));
                for (at, id) in chunk.iter().copied().enumerate() {
                    let comma = if at == 0 { "(" } else { ", (" };
                    let row: [SqlValue; 6] = [id.into(), "teams/skills".into(), "Spoke".into(), id.into(), 1.into(), "".into()];
                    records.push(comma).bind_all(row).push(")");
                    edges.push(comma).bind_all([id.into(), "hub_id".into(), hub.into()]).push(")");
                }
                records.once().execute(connection)?;
                edges.once().execute(connection)?;
            }
            Ok(())
        };
        app.served.store.by_itself(write).await.unwrap();
        let whole = trace(app, &app.admin, &site, "?direction=down").await;
        assert_eq!((whole.body["nodes"].as_array().unwrap().len(), whole.body["edges"].as_array().unwrap().len()), (5_000, 4_999));
        assert_eq!((&whole.body["truncated"], &whole.body["nodes"][1]["id"]), (&json!(true), &json!(least)));
        let none = trace(app, &app.admin, &site, "?direction=down&kinds=infrastructure/racks").await;
        assert_eq!((none.body["nodes"].as_array().unwrap().len(), &none.body["truncated"]), (1, &json!(true)));
    }

    what_a_trace_costs_does_not_grow_with_what_it_finds(app) {
        let root = app.root_unit().await;
        let mut costs = Vec::new();
        for width in [1, 12] {
            let top = Id::parse(&service(app, &format!("TOP{width}"), &root).await).unwrap();
            for at in 0..width {
                let below = service(app, &format!("BELOW{width}-{at}"), &root).await;
                depend(app, &root, &top.to_string(), "requires", &below).await;
                made(app, "platform/tags", json!({"subject_id": below, "label": "seen"})).await;
            }
            let count = move |reader: &mut Reader<'_>| {
                let before = statements_run();
                let trace = reader.trace(top, Direction::Down, 20, None)?;
                Ok((trace.nodes.len(), statements_run() - before))
            };
            let (nodes, statements) = app.served.store.read(&Arc::new(Session::system()), count).await.unwrap();
            assert_eq!(nodes, 1 + 2 * width);
            costs.push(statements);
        }
        assert_eq!(costs[0], costs[1]);
    }

    a_question_that_makes_no_sense_is_refused(app) {
        let root = app.root_unit().await;
        for query in ["direction=sideways", "depth=0", "depth=21", "depth=x", "depth=-1", "depth=", "kinds=", "kinds=infrastructure/sites,", "kinds=house/ghosts", "limit=3"] {
            assert_eq!(trace(app, &app.admin, &root, &format!("?{query}")).await.status, 400, "{query}");
        }
        assert_eq!(trace(app, &app.admin, &root, "?depth=20&direction=both&kinds=teams/units").await.status, 200);
        assert_eq!(trace(app, &app.admin, "nonsense", "").await.status, 404);
        assert_eq!(trace(app, &app.admin, &Id::new().to_string(), "").await.status, 404);
        let gone = made(app, "infrastructure/sites", json!({"code": "GONE", "name": "Gone"})).await;
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/infrastructure/sites/{gone}"), "*").await.status, 204);
        assert_eq!(trace(app, &app.admin, &gone, "").await.status, 404);
    }
}
