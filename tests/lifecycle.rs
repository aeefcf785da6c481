//! Every lifecycle, walked by its own table: each move that it has, and each that it lacks.

use crate::harness::sample::ways;
use crate::harness::{TestApp, is_full};
use crate::on_both;
use serde_json::json;
use steward::resource::{Lifecycle, ResourceType};

async fn walk(app: &TestApp, definition: &'static ResourceType, lifecycle: &Lifecycle) -> usize {
    let mut tried = 0;
    let mut ways: Vec<_> = ways(lifecycle, lifecycle.first()).into_iter().collect();
    ways.sort_unstable();
    for (number, (state, way)) in ways.into_iter().enumerate() {
        let made = app.make_ready(definition, &format!("w{number}")).await;
        let id = made["id"].as_str().unwrap();
        let path = format!("/api/v1/{}/{id}", definition.path);
        app.walk(definition, id, &way).await;
        let leads_to = |to: &&&str| lifecycle.moves_from(state).any(|step| step.to == **to);
        let (there, lacking): (Vec<&&str>, Vec<&&str>) = lifecycle.states.iter().partition(leads_to);
        // What refuses a move does not know apart the states to which none leads: one is tried, each time another. `STEWARD_MATRIX=full` tries all.
        let lacking: Vec<&&str> = if is_full() { lacking } else { lacking.get(number % lacking.len().max(1)).copied().into_iter().collect() };
        for to in there.into_iter().chain(lacking) {
            let step = lifecycle.moves_from(state).find(|step| step.to == *to);
            if step.is_some() {
                app.prepare(definition, id, to).await;
            }
            let mover = app.mover(definition, id, to).await;
            let headers = [("Content-Type", "application/json"), ("If-Match", "*")];
            let answer = app.call(&mover, "POST", &format!("{path}/transitions?dry_run=true"), &headers, Some(json!({"to": to}).to_string())).await;
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
        assert_eq!(app.get(&app.admin, &path).await.body["state"], json!(state), "a rehearsal moves nothing");
    }
    tried
}

on_both! {
    each_move_that_a_lifecycle_has_is_made_and_one_that_it_lacks_is_refused_with_those_it_has(app) {
        let mut tried = 0;
        for definition in app.served.store.definitions.all().iter().filter(|definition| definition.operations.create && app.asks_for(definition)) {
            if let Some(lifecycle) = &definition.lifecycle {
                tried += walk(app, definition, lifecycle).await;
            }
        }
        assert!(tried > 100 || !app.asks_for_all(), "{tried}");
    }
}
