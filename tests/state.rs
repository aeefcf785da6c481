//! What may be done with a record in each of its states: tried in every state of every lifecycle, through every entry point, against the
//! declared table, which stands in `tests/state` for people to read.

use crate::harness::sample::other;
use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::path::PathBuf;
use steward::database::Statement;
use steward::resource::{Allows, Editable, Field, Id, ResourceType};

/// Puts a record into a state, whatever its guards ask.
async fn put_into(app: &TestApp, definition: &'static ResourceType, id: &str, state: &'static str) {
    let id = Id::parse(id).unwrap();
    let put = move |connection: &mut steward::database::Connection| {
        Statement::new(format!("UPDATE {} SET state = ", definition.table)).with(state, " WHERE id = ").with(id, "").execute(connection)?;
        Ok(Statement::new("UPDATE registry SET state = ").with(state, " WHERE id = ").with(id, "").execute(connection)?)
    };
    app.served.store.database.write(put).await.unwrap();
}

/// A change of each field that can be changed by itself.
fn changes(definition: &ResourceType, record: &Value, number: i64) -> Vec<(&'static Field, Value)> {
    let plain = |field: &&Field| {
        let scope = field.fixed || field.read_only || field.unique || !field.is_open() || !field.refers_to.is_empty() || field.columns.len() > 2;
        !scope && field.differs_from.is_none()
    };
    let mut found = Vec::new();
    for field in definition.fields.iter().filter(plain) {
        let schema = serde_json::to_value((field.schema)()).unwrap();
        let (value, word) = (&record[field.name], schema["enum"].is_array() || schema["pattern"].is_string() || schema["format"].is_string());
        let changed = match value {
            Value::String(_) if !word => other(field, value, "s", number),
            Value::Bool(old) => json!(!old),
            Value::Number(_) | Value::String(_) if schema["format"] == "date" => other(field, value, "s", number),
            Value::Number(_) => other(field, value, "s", 1),
            _ => continue,
        };
        if changed != *value {
            found.push((field, changed));
        }
    }
    found
}

fn is_refused(answer: &Answer, code: &str) -> bool {
    answer.status == 409 && answer.broken().iter().any(|broken| broken.ends_with(code))
}

/// The problem of the only operation of a bulk call, as the answer of a single one.
async fn in_bulk(app: &TestApp, operation: Value) -> Answer {
    let mut answer = app.post(&app.admin, "/api/v1/platform/bulk?dry_run=true", &json!({"atomic": false, "operations": [operation]})).await;
    let result = answer.body["results"][0].clone();
    answer.status = u16::try_from(result["status"].as_u64().unwrap_or_else(|| panic!("{}", answer.text))).unwrap();
    answer.body = result["problem"].clone();
    answer
}

async fn imported(app: &TestApp, definition: &ResourceType, row: &Value) -> Answer {
    let path = format!("/api/v1/platform/imports?collection={}&dry_run=true", definition.path);
    app.call(&app.admin, "POST", &path, &[("Content-Type", "application/x-ndjson")], Some(row.to_string())).await
}

/// Tries to change and to delete a record in a state, by each entry point, and compares with what is declared.
async fn try_state(app: &TestApp, definition: &'static ResourceType, id: &str, state: &'static str) {
    let at = format!("/api/v1/{}/{id}", definition.path);
    let about = |answer: &Answer| format!("{} in {state}: {} {}", definition.path, answer.status, answer.text);
    let record = app.get(&app.admin, &at).await.body;
    let bulk = |op: &str, body: Value| json!({"op": op, "collection": definition.path, "id": id, "if_match": "*", "body": body});
    if definition.operations.update {
        let changes = changes(definition, &record, app.next_number());
        let declared = definition.editable_fields_in(state);
        let free = |field: &Field| match &declared {
            Editable::All => true,
            Editable::Fields(fields) => fields.contains(&field.name),
            Editable::None => false,
        };
        for (number, (field, value)) in changes.iter().enumerate() {
            let patch = json!({field.name: value});
            let answer = app.patch(&app.admin, &format!("{at}?dry_run=true"), "*", &patch).await;
            let invalid = answer.status == 422;
            assert!(invalid || is_refused(&answer, " immutable") != free(field), "{}: {}", field.name, about(&answer));
            if number == 0 && !invalid {
                let answer = in_bulk(app, bulk("update", patch)).await;
                assert_eq!(is_refused(&answer, " immutable"), !free(field), "bulk {}: {}", field.name, about(&answer));
                let answer = imported(app, definition, &json!({"id": id, field.name: value})).await;
                let refused = answer.status == 422 && answer.text.contains("\"immutable\"");
                assert_eq!(refused, !free(field), "import {}: {}", field.name, about(&answer));
            }
        }
        let same = app.patch(&app.admin, &format!("{at}?dry_run=true"), "*", &json!({})).await;
        assert_eq!(same.status, 200, "{}", about(&same));
    }
    if definition.operations.delete {
        let answer = app.delete(&app.admin, &format!("{at}?dry_run=true"), "*").await;
        assert_eq!(is_refused(&answer, " not_deletable"), !definition.is_deletable_in(state), "{}", about(&answer));
        assert!(matches!(answer.status, 204 | 409), "{}", about(&answer));
        let answer = in_bulk(app, bulk("delete", Value::Null)).await;
        assert_eq!(is_refused(&answer, " not_deletable"), !definition.is_deletable_in(state), "bulk: {}", about(&answer));
        // What was put into another state by hand has no history to come back from.
        let first = definition.lifecycle.as_ref().is_some_and(|lifecycle| lifecycle.first() == state);
        if first && answer.status == 204 && app.delete(&app.admin, &at, "*").await.status == 204 {
            let back = app.post(&app.admin, &format!("/api/v1/platform/resources/{id}/restore"), &json!({})).await;
            assert!(matches!(back.status, 200 | 201 | 409), "{}", about(&back));
            if back.status != 409 {
                assert_eq!(app.get(&app.admin, &at).await.body["state"], json!(state), "it comes back in the state in which it went");
            }
        }
    }
}

/// The states of a parent in which a part may be written.
fn open_states(part: &ResourceType, parent: &ResourceType) -> Vec<&'static str> {
    let while_in = part.part_of.map_or(&[][..], |part| part.while_in);
    if while_in.is_empty() { parent.editable_states() } else { while_in.to_vec() }
}

async fn try_part(app: &TestApp, part: &'static ResourceType, by: &'static str, parent: &'static ResourceType) {
    let body = app.sample(part.path, "part").await;
    let made = app.make(part.path, &body.clone().into()).await;
    let above = made[by].as_str().unwrap().to_owned();
    let at = format!("/api/v1/{}/{}?dry_run=true", part.path, made["id"].as_str().unwrap());
    let (open, change) = (open_states(part, parent), changes(part, &made, app.next_number()));
    for state in parent.lifecycle.iter().flat_map(|lifecycle| lifecycle.states.clone()).filter(|state| parent.due_from(state).next().is_none()) {
        put_into(app, parent, &above, state).await;
        let mut another = body.clone();
        crate::harness::sample::vary(part, &mut another, "another", app.next_numbers(part));
        let mut answers =
            vec![app.delete(&app.admin, &at, "*").await, app.post(&app.admin, &format!("/api/v1/{}?dry_run=true", part.path), &another.into()).await];
        if let Some((field, value)) = change.first() {
            answers.push(app.patch(&app.admin, &at, "*", &json!({field.name: value})).await);
        }
        for answer in answers {
            let refused = is_refused(&answer, " parent_state");
            assert_eq!(refused, !open.contains(&state), "{} of {} in {state}: {} {}", part.path, parent.path, answer.status, answer.text);
        }
    }
}

/// What is declared of a collection, as people read it.
fn told(definition: &ResourceType) -> String {
    let mut text = format!("{}\n", definition.path);
    let part = definition.part_of.map(|part| match (part.loose, part.while_in) {
        (true, _) => format!("hangs on the record in {}, in any of its states", part.field),
        (_, []) => format!("part of the record in {}: frozen with it", part.field),
        (_, states) => format!("part of the record in {}: written only while that is {}", part.field, states.join(" or ")),
    });
    if let Some(part) = part {
        writeln!(text, "  {part}").unwrap();
    }
    let yes = |possible: bool| if possible { "yes" } else { "no" };
    match &definition.lifecycle {
        _ if definition.fact => text.push_str("  what happened: neither changed nor deleted\n"),
        None => writeln!(text, "  no states: changed {}, deleted {}", yes(definition.operations.update), yes(definition.operations.delete)).unwrap(),
        Some(lifecycle) => {
            writeln!(text, "  {:<24}{:<10}change", "state", "delete").unwrap();
            for state in &lifecycle.states {
                let change = match definition.editable_fields_in(state) {
                    _ if !definition.operations.update => "no".to_owned(),
                    Editable::All => "yes".to_owned(),
                    Editable::Fields(fields) => fields.join(", "),
                    Editable::None => "no".to_owned(),
                };
                let delete = yes(definition.operations.delete && definition.is_deletable_in(state));
                writeln!(text, "  {:<24}{delete:<10}{change}{}", state, if definition.is_final(state) { " (final)" } else { "" }).unwrap();
            }
        }
    }
    for exception in definition.state_rules.exceptions {
        let what = match exception.allows {
            Allows::Delete => "deleted".to_owned(),
            Allows::Fields(fields) => format!("changed in {}", fields.join(", ")),
            Allows::Service => "changed by the service".to_owned(),
        };
        writeln!(text, "  exception: {what} while {}. {}", exception.states.join(" or "), exception.reason).unwrap();
    }
    if !definition.state_rules.basis.is_empty() {
        writeln!(text, "  nothing begins once it has ended: {}", definition.state_rules.basis.join(", ")).unwrap();
    }
    for (field, reason) in definition.state_rules.outlives {
        writeln!(text, "  goes on after {field} has ended: {reason}").unwrap();
    }
    text
}

on_both! {
    a_record_is_deleted_and_changed_only_in_the_states_that_its_table_names(app) {
        let mut tried = 0;
        for definition in app.served.store.definitions.all().iter().filter(|definition| definition.operations.create && app.asks_for(definition)) {
            let Some(lifecycle) = &definition.lifecycle else { continue };
            let mut states = lifecycle.states.clone();
            // What may be deleted is tried last: it may not come back.
            states.sort_by_key(|state| definition.is_deletable_in(state));
            let id = app.make_ready(definition, "state").await["id"].as_str().unwrap().to_owned();
            for state in states {
                if app.get(&app.admin, &format!("/api/v1/{}/{id}", definition.path)).await.status == 404 {
                    continue;
                }
                put_into(app, definition, &id, state).await;
                try_state(app, definition, &id, state).await;
                tried += 1;
            }
        }
        assert!(tried > 400 || !app.asks_for_all(), "{tried}");
    }

    a_part_is_frozen_with_what_it_is_part_of(app) {
        let definitions = app.served.store.definitions.clone();
        for parent in definitions.all().iter().copied().filter(|parent| parent.lifecycle.is_some()) {
            let parts = definitions.parts_of(parent.path).filter(|(part, _)| !part.part_of.unwrap().loose && part.operations.create && app.asks_for(part));
            for (part, by) in parts {
                try_part(app, part, by, parent).await;
            }
        }
    }

    nothing_begins_on_what_has_ended(app) {
        let definition = |path: &str| app.served.store.definitions.get(path).unwrap();
        let cases = [
            ("infrastructure/devices", "rack_id", "infrastructure/racks", "retired", "staged"),
            ("infrastructure/virtual-machines", "cluster_id", "infrastructure/clusters", "retired", "staged"),
            ("vendors/purchase-orders", "contract_id", "vendors/contracts", "closed", "submitted"),
        ];
        for (path, by, above, ended, to) in cases {
            let mut body = app.sample(path, "begins").await;
            let mut known = app.sample(above, "above").await;
            if let (Some(vendor), "vendors/contracts") = (body.get("vendor_id"), above) {
                known.insert("vendor_id".into(), vendor.clone());
            }
            let parent = app.make(above, &known.into()).await["id"].as_str().unwrap().to_owned();
            body.insert(by.into(), json!(parent));
            put_into(app, definition(above), &parent, ended).await;
            let made = app.post(&app.admin, &format!("/api/v1/{path}"), &body.into()).await;
            assert_eq!(made.status, 201, "a record may always be made: {}", made.text);
            let refused = app.transition(&app.admin, &format!("/api/v1/{path}/{}", made.id()), to).await;
            assert!(is_refused(&refused, &format!("/{by} ended")), "{path}: {}", refused.text);
            assert!(refused.text.contains(&format!("is {ended}")), "{}", refused.text);
        }
        for (path, ended) in [("projects/work-items", "closed"), ("projects/status-reports", "cancelled"), ("projects/gates", "closed")] {
            let (mut body, project) = (app.sample(path, "ended").await, app.sample("projects/projects", "above").await);
            let project = app.make("projects/projects", &project.into()).await["id"].as_str().unwrap().to_owned();
            body.insert("project_id".into(), json!(project));
            put_into(app, definition("projects/projects"), &project, ended).await;
            let refused = app.post(&app.admin, &format!("/api/v1/{path}"), &body.into()).await;
            assert!(is_refused(&refused, "/project_id ended"), "{path}: {}", refused.text);
        }
        let mut handed = app.sample("infrastructure/asset-assignments", "out").await;
        let asset = handed["asset_id"].as_str().unwrap().to_owned();
        put_into(app, definition("infrastructure/assets"), &asset, "disposed").await;
        handed.insert("due_on".into(), Value::Null);
        let out = app.post(&app.admin, "/api/v1/infrastructure/asset-assignments", &handed.into()).await;
        assert!(is_refused(&out, "/asset_id state"), "what begins at once is asked at once: {}", out.text);
    }

    what_a_state_asks_for_holds_while_a_record_is_in_it(app) {
        let projects = app.served.store.definitions.get("projects/projects").unwrap();
        let id = app.make_ready(projects, "held").await["id"].as_str().unwrap().to_owned();
        let at = format!("/api/v1/projects/projects/{id}");
        for (state, status) in [("planning", 200), ("executing", 409), ("closing", 409)] {
            put_into(app, projects, &id, state).await;
            let emptied = app.patch(&app.admin, &format!("{at}?dry_run=true"), "*", &json!({"charter": null})).await;
            assert_eq!((emptied.status, emptied.status == 409 && emptied.broken() == ["/charter required"]), (status, status == 409), "{state}: {}", emptied.text);
            assert_eq!(app.patch(&app.admin, &format!("{at}?dry_run=true"), "*", &json!({"name": "Another"})).await.status, 200);
        }
        // What another record's state asks of this one holds too.
        let item = app.sample("projects/work-items", "late").await;
        let above = item["project_id"].as_str().unwrap().to_owned();
        let item = app.make("projects/work-items", &item.into()).await["id"].as_str().unwrap().to_owned();
        let items = app.served.store.definitions.get("projects/work-items").unwrap();
        put_into(app, items, &item, "done").await;
        put_into(app, projects, &above, "closed").await;
        let reopened = app.transition(&app.admin, &format!("/api/v1/projects/work-items/{item}"), "todo").await;
        assert_eq!(reopened.status, 409, "{}", reopened.text);
    }

    dates_lie_within_bounds_and_facts_are_not_in_the_future(app) {
        for definition in app.served.store.definitions.all().iter().filter(|definition| definition.operations.create && !definition.anonymous && app.asks_for(definition)) {
            let body = app.sample(definition.path, "dates").await;
            for field in definition.client_fields().filter(|field| !field.columns.is_empty()) {
                let instant = match field.columns[0].kind {
                    steward::database::SqlType::Date => false,
                    steward::database::SqlType::Instant => true,
                    _ => continue,
                };
                let told = async |day: &str| {
                    let mut wrong = body.clone();
                    wrong.insert(field.name.into(), if instant { format!("{day}T00:00:00Z").into() } else { day.into() });
                    app.post(&app.admin, &format!("/api/v1/{}?dry_run=true", definition.path), &wrong.into()).await
                };
                for day in ["1899-12-31", "2201-01-01", "9999-12-31"] {
                    let answer = told(day).await;
                    assert!(answer.status == 422 && answer.broken().contains(&format!("/{} range", field.name)), "{}.{}: {}", definition.path, field.name, answer.text);
                }
                let future = told("2026-06-17").await;
                let refused = future.broken().contains(&format!("/{} future", field.name));
                assert!(refused || !field.happened, "{}.{}: {}", definition.path, field.name, future.text);
            }
        }
    }

    annotations_may_be_added_in_every_state(app) {
        let field = json!({"collection": "vendors/receipts", "code": "shelf", "name": "Shelf", "kind": "text"});
        app.make("platform/custom-fields", &field).await;
        let definition = app.served.store.definitions.get("vendors/receipts").unwrap();
        let id = app.make_ready(definition, "note").await["id"].as_str().unwrap().to_owned();
        put_into(app, definition, &id, "reversed").await;
        let noted = app.patch(&app.admin, &format!("/api/v1/vendors/receipts/{id}"), "*", &json!({"custom": {"shelf": "B3"}})).await;
        assert_eq!((noted.status, &noted.body["custom"]), (200, &json!({"shelf": "B3"})), "{}", noted.text);
        for (hanging, body) in [("comments", json!({"text": "It came back."})), ("tags", json!({"label": "returned"}))] {
            let mut body: Map<String, Value> = body.as_object().unwrap().clone();
            body.insert("subject_id".into(), json!(id));
            app.make(&format!("platform/{hanging}"), &body.into()).await;
        }
    }
}

#[test]
fn the_table_of_states_is_the_one_that_was_agreed() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/state");
    let updates = std::env::var_os("STEWARD_UPDATE_SNAPSHOTS").is_some();
    let definitions = crate::harness::definitions();
    let mut domains: Vec<&str> = definitions.all().iter().map(|definition| definition.domain).collect();
    domains.dedup();
    let mut changed = Vec::new();
    for domain in domains {
        let tables: Vec<String> = definitions.all().iter().filter(|definition| definition.domain == domain).map(|definition| told(definition)).collect();
        let (path, text) = (folder.join(format!("{domain}.txt")), tables.join("\n"));
        if updates {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        if std::fs::read_to_string(&path).unwrap_or_default() != text {
            changed.push(domain);
        }
    }
    assert!(changed.is_empty(), "What states allow has changed in {changed:?}. If that is meant, accept it: STEWARD_UPDATE_SNAPSHOTS=1 cargo test state");
}
