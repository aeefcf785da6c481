//! Every lifecycle, walked by its own table: each move that it has, and each that it lacks.

use crate::harness::House;
use crate::on_both;
use serde_json::json;
use std::collections::HashMap;
use steward::resource::{Definition, Lifecycle};

/// The moves that lead to each state from the first one, those that a caller can make.
fn ways(lifecycle: &Lifecycle) -> HashMap<&'static str, Vec<&'static str>> {
    let mut ways = HashMap::from([(lifecycle.first(), Vec::new())]);
    let mut frontier = vec![lifecycle.first()];
    while let Some(state) = frontier.pop() {
        for step in lifecycle.moves_from(state).filter(|step| !step.automatic) {
            if !ways.contains_key(step.to) {
                let way = ways[state].iter().copied().chain([step.to]).collect();
                ways.insert(step.to, way);
                frontier.insert(0, step.to);
            }
        }
    }
    ways
}

/// Does what the guards of a collection ask for before its moves.
async fn satisfy(house: &House, definition: &Definition, id: &str) {
    if definition.path == "governance/controls" {
        house.make("governance/control-tests", &json!({"control_id": id, "kind": "operating", "tested_on": "2026-06-14", "result": "passed"})).await;
    }
}

async fn walk(house: &House, definition: &'static Definition, lifecycle: &Lifecycle) -> usize {
    let mut tried = 0;
    let mut ways: Vec<_> = ways(lifecycle).into_iter().collect();
    ways.sort_unstable();
    for (number, (state, way)) in ways.into_iter().enumerate() {
        let body = house.sample(definition.path, &format!("{}-{number}", definition.table.replace('_', "-"))).await;
        let made = house.make(definition.path, &body.into()).await;
        let id = made["id"].as_str().unwrap();
        satisfy(house, definition, id).await;
        let path = format!("/api/v1/{}/{id}", definition.path);
        for to in way {
            let moved = house.transition(&house.admin, &path, to).await;
            assert_eq!((moved.status, &moved.body["state"]), (200, &json!(to)), "{path} to {to}: {}", moved.text);
        }
        for to in &lifecycle.states {
            let step = lifecycle.moves_from(state).find(|step| step.to == *to);
            let headers = [("Content-Type", "application/json"), ("If-Match", "*")];
            let answer = house.call(&house.admin, "POST", &format!("{path}/transitions?dry_run=true"), &headers, Some(json!({"to": to}).to_string())).await;
            let about = format!("{} from {state} to {to}: {}", definition.path, answer.text);
            tried += 1;
            match step {
                Some(step) if !step.automatic => assert_eq!((answer.status, &answer.body["state"]), (200, &json!(to)), "{about}"),
                Some(_) => assert!(matches!(answer.status, 403 | 409), "{about}"),
                None => {
                    assert_eq!(answer.status, 409, "{about}");
                    let named: Vec<&str> = answer.body["allowed"].as_array().unwrap().iter().filter_map(|each| each["to"].as_str()).collect();
                    let allowed: Vec<&str> = lifecycle.moves_from(state).map(|step| step.to).collect();
                    assert!(named.iter().all(|to| allowed.contains(to)), "{about}");
                }
            }
        }
        assert_eq!(house.get(&house.admin, &path).await.body["state"], json!(state), "a rehearsal moves nothing");
    }
    tried
}

on_both! {
    each_move_that_a_lifecycle_has_is_made_and_each_that_it_lacks_is_refused_with_those_it_has(house) {
        let mut tried = 0;
        for definition in house.served.store.definitions.all().iter().filter(|definition| definition.operations.create) {
            if let Some(lifecycle) = &definition.lifecycle {
                tried += walk(house, definition, lifecycle).await;
            }
        }
        assert!(tried > 100, "{tried}");
    }
}
