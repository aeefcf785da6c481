//! Fields and records that exist for some: for everybody else they are answered as what does not exist.

use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use steward::access::role::BUILT_IN;
use steward::resource::{Field, ResourceType};

/// Everything in which a caller can name a field of a collection, as method, path, headers and body.
fn doors(definition: &ResourceType, record: &str, field: &str) -> Vec<(&'static str, String, Vec<(&'static str, &'static str)>, Option<String>)> {
    let list = format!("/api/v1/{}", definition.path);
    let json_form = ("Content-Type", "application/json");
    let body = json!({field: "1"});
    let bulk = json!({"atomic": false, "operations": [
        {"op": "create", "collection": definition.path, "body": body},
        {"op": "update", "collection": definition.path, "id": record, "if_match": "*", "body": body},
    ]});
    let mut doors = Vec::new();
    let queries = [
        format!("{field}=1"),
        format!("filter={field}%20%3D%201"),
        format!("filter={field}%20%3A%20a"),
        format!("filter={field}.amount%20%3E%201"),
        format!("filter={field}.currency%20%3D%20EUR"),
        format!("filter=NOT%20{field}%20%3D%20null"),
        format!("sort={field}"),
        format!("sort=-{field}"),
        format!("fields={field}"),
        format!("expand={field}"),
        format!("{field}=1&include_total=true"),
        format!("as_of=2026-06-15T09:00:00Z&{field}=1"),
    ];
    for query in &queries {
        doors.push(("GET", format!("{list}?{query}"), vec![], None));
        doors.push(("GET", format!("{list}?{query}"), vec![("Accept", "text/csv")], None));
    }
    doors.push(("GET", format!("{list}/{record}?fields={field}"), vec![], None));
    doors.push(("GET", format!("{list}/{record}?expand={field}"), vec![], None));
    doors.push(("POST", list.clone(), vec![json_form], Some(body.to_string())));
    doors.push(("PATCH", format!("{list}/{record}"), vec![json_form, ("If-Match", "*")], Some(body.to_string())));
    doors.push(("POST", "/api/v1/platform/bulk".into(), vec![json_form], Some(bulk.to_string())));
    let import = format!("/api/v1/platform/imports?collection={}", definition.path);
    doors.push(("POST", import, vec![("Content-Type", "application/x-ndjson")], Some(json!({"id": record, field: "1"}).to_string())));
    doors
}

/// An answer without what differs from call to call, and with the field's name taken out.
fn faceless(text: &str, field: &str) -> String {
    let mut body: Value = serde_json::from_str(text).unwrap_or_else(|_| text.into());
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.shift_remove("instance");
                members.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut body);
    body.to_string().replace(field, "FIELD")
}

/// Somebody who may read and write a collection, but not read what is restricted.
async fn writer(app: &TestApp, definition: &ResourceType) -> Actor {
    let permissions: Vec<String> = ["read", "create", "update"].map(|verb| definition.permission(verb)).to_vec();
    let role = app.make("identity/roles", &json!({"code": format!("w-{}", definition.table), "name": "Writer", "permissions": permissions})).await;
    let actor = app.stranger().await;
    app.make("identity/grants", &json!({"principal_id": actor.id.unwrap().to_string(), "role_id": role["id"], "unit_id": null})).await;
    actor
}

async fn person(app: &TestApp, name: &str) -> (String, Actor) {
    let person = app.make("teams/people", &json!({"name": name, "email": format!("{name}@example.org")})).await["id"].as_str().unwrap().to_owned();
    let user = app.make("identity/users", &json!({"email": format!("{name}@example.org"), "name": name, "person_id": person})).await;
    let actor = app.log_in_as(user["id"].as_str().unwrap());
    let role = app.get(&app.admin, "/api/v1/identity/roles?code=team_lead").await.body["data"][0]["id"].clone();
    app.make("identity/grants", &json!({"principal_id": user["id"], "role_id": role, "unit_id": null})).await;
    (person, actor)
}

on_both! {
    a_field_that_does_not_exist_for_a_role_is_answered_as_one_that_does_not_exist_at_all(app) {
        let mut compared = 0;
        for definition in app.served.store.definitions.all().iter().filter(|definition| app.asks_for(definition)) {
            let hidden: Vec<&Field> = definition.fields.iter().filter(|field| field.restricted).collect();
            if hidden.is_empty() {
                continue;
            }
            let sample = app.sample(definition.path, "hidden").await;
            let record = app.make_of(definition, sample).await["id"].as_str().unwrap().to_owned();
            let mut actors = vec![("a writer", writer(app, definition).await)];
            for role in BUILT_IN {
                actors.push((role.code, app.actor(role.code, None).await));
            }
            for (name, actor) in actors {
                let seen = app.get(&actor, &format!("/api/v1/{}/{record}", definition.path)).await;
                for field in &hidden {
                    if seen.body.get(field.name).is_some() {
                        continue;
                    }
                    let other = "z".repeat(field.name.len());
                    for ((method, path, headers, body), (_, path_of_other, _, body_of_other)) in doors(definition, &record, field.name).into_iter().zip(doors(definition, &record, &other)) {
                        let real = app.call(&actor, method, &path, &headers, body).await;
                        let none = app.call(&actor, method, &path_of_other, &headers, body_of_other).await;
                        let (real, none) = ((real.status, faceless(&real.text, field.name)), (none.status, faceless(&none.text, &other).replace(field.name, "FIELD")));
                        assert_eq!(real, none, "{name} {method} {path}");
                        compared += 1;
                    }
                }
            }
        }
        assert!(compared > 100 || !app.asks_for_all(), "{compared}");
    }

    a_restricted_field_is_left_out_of_answers_exports_history_and_time_travel(app) {
        let sample = app.sample("finance/labor-rates", "left-out").await;
        let record = app.make("finance/labor-rates", &sample.into()).await["id"].as_str().unwrap().to_owned();
        app.patch(&app.admin, &format!("/api/v1/finance/labor-rates/{record}"), "*", &json!({"hourly_rate": {"amount": "99.125", "currency": "EUR"}})).await;
        let (reads, may) = (app.actor("project_manager", None).await, app.actor("auditor", None).await);
        let paths = [
            format!("finance/labor-rates/{record}"), "finance/labor-rates".into(), format!("finance/labor-rates/{record}?as_of=2026-06-15"), "finance/labor-rates?as_of=2026-06-15".into(),
            format!("platform/resources/{record}/history"), format!("platform/resources/{record}/diff?from=1&to=2"),
        ];
        for path in &paths {
            let (hidden, shown) = (app.get(&reads, &format!("/api/v1/{path}")).await, app.get(&may, &format!("/api/v1/{path}")).await);
            assert_eq!((hidden.status, shown.status), (200, 200), "{path}");
            assert!(!hidden.text.contains("99.125") && !hidden.text.contains("hourly_rate"), "{path}: {}", hidden.text);
            assert!(shown.text.contains("99.125"), "{path}: {}", shown.text);
        }
        for form in ["text/csv", "application/x-ndjson"] {
            let file = app.call(&reads, "GET", "/api/v1/finance/labor-rates", &[("Accept", form)], None).await;
            assert!(file.status == 200 && !file.text.contains("99.125") && !file.text.contains("hourly_rate"), "{}", file.text);
        }
    }

    a_private_record_exists_for_the_people_it_names_alone(app) {
        let ((ann, ann_actor), (bob, bob_actor), (_, eve)) = (person(app, "ann").await, person(app, "bob").await, person(app, "eve").await);
        let talk = json!({"person_id": ann, "lead_id": bob, "held_on": "2026-06-01", "notes": "Zanzibar."});
        let made = app.post(&ann_actor, "/api/v1/teams/one-on-ones", &talk).await;
        let (id, path) = (made.id(), format!("/api/v1/teams/one-on-ones/{}", made.id()));
        app.patch(&bob_actor, &path, "*", &json!({"agenda": "Summer."})).await;
        let comment = app.post(&bob_actor, "/api/v1/platform/comments", &json!({"subject_id": id, "text": "Zanzibar again."})).await;
        assert_eq!(comment.status, 201, "{}", comment.text);
        let comment = format!("/api/v1/platform/comments/{}", comment.id());
        let places = |id: &str| [path.clone(), comment.clone(), format!("/api/v1/platform/resources/{id}"), format!("/api/v1/platform/resources/{id}/history"), format!("{path}?as_of=2026-06-15")];
        let lists = ["teams/one-on-ones", "teams/one-on-ones?q=zanzibar", "platform/comments", "platform/comments?q=zanzibar", "teams/one-on-ones?as_of=2026-06-15", "teams/one-on-ones?filter=person.name%20%3D%20ann"];
        for (actor, there) in [(&ann_actor, true), (&bob_actor, true), (&eve, false), (&app.admin, false)] {
            for place in places(&id) {
                assert_eq!(app.get(actor, &place).await.status, if there { 200 } else { 404 }, "{place}");
            }
            for list in lists {
                assert_eq!(app.get(actor, &format!("/api/v1/{list}")).await.body["data"].as_array().unwrap().len(), usize::from(there), "{list}");
            }
            assert_eq!(app.get(actor, "/api/v1/teams/one-on-ones?include_total=true").await.body["total_count"], json!(usize::from(there)));
            let file = app.call(actor, "GET", "/api/v1/teams/one-on-ones", &[("Accept", "text/csv")], None).await;
            assert_eq!(file.text.contains("Zanzibar"), there, "{}", file.text);
        }
        assert_eq!(app.patch(&eve, &path, "*", &json!({"notes": "Mine."})).await.status, 404);
        assert_eq!(app.post(&eve, "/api/v1/platform/tags", &json!({"subject_id": id, "label": "x"})).await.broken(), ["/subject_id reference"]);
        // Deleted, it is still nobody else's.
        assert_eq!(app.delete(&ann_actor, &path, "*").await.status, 204);
        assert_eq!(app.get(&eve, &format!("/api/v1/platform/resources/{id}/history")).await.status, 404);
        assert_eq!(app.post(&app.admin, &format!("/api/v1/platform/resources/{id}/restore"), &json!({})).await.status, 404);
        assert_eq!(app.post(&bob_actor, &format!("/api/v1/platform/resources/{id}/restore"), &json!({})).await.status, 200);
    }

    rates_of_the_same_person_or_role_do_not_overlap(app) {
        let mut rate = app.sample("finance/labor-rates", "overlap").await;
        let put = async |rate: &serde_json::Map<String, Value>| app.post(&app.admin, "/api/v1/finance/labor-rates", &rate.clone().into()).await;
        assert_eq!(put(&rate).await.status, 201);
        for (from, to, status) in [("2026-12-31", Value::Null, 409), ("2025-01-01", json!("2026-01-01"), 409), ("2025-01-01", json!("2025-12-31"), 201), ("2027-01-01", Value::Null, 201), ("2030-01-01", Value::Null, 409)] {
            rate.insert("starts_on".into(), from.into());
            rate.insert("ends_on".into(), to);
            let answer = put(&rate).await;
            assert_eq!(answer.status, status, "{from}: {}", answer.text);
        }
    }
}
