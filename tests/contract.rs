//! What every collection does, told once over the whole catalogue, on both databases.

use crate::harness::{Actor, Answer, TestApp, target_of};
use crate::on_both;
use serde_json::{Map, Value, json};
use steward::database::{SqlType, Statement};
use steward::resource::{Id, ResourceType, Rule};

fn collections(app: &TestApp) -> Vec<&'static ResourceType> {
    app.served.store.definitions.all().iter().copied().filter(|definition| app.asks_for(definition)).collect()
}

fn path(definition: &ResourceType) -> String {
    format!("/api/v1/{}", definition.path)
}

/// Collections in which clients make records, those aside that nobody reads.
fn made_by_clients(app: &TestApp) -> Vec<&'static ResourceType> {
    collections(app).into_iter().filter(|definition| definition.operations.create && !definition.anonymous).collect()
}

fn changed_by_clients(app: &TestApp) -> Vec<&'static ResourceType> {
    made_by_clients(app).into_iter().filter(|definition| definition.operations.update).collect()
}

async fn made(app: &TestApp, definition: &ResourceType, unique: &str) -> (Map<String, Value>, Answer) {
    let body = app.sample(definition.path, &format!("{unique}{}", definition.collection)).await;
    let answer = app.post(&app.admin, &path(definition), &body.clone().into()).await;
    assert_eq!(answer.status, 201, "{}: {}", definition.path, answer.text);
    (body, answer)
}

async fn cells(app: &TestApp, sql: &'static str, id: &str, kinds: &'static [SqlType]) -> Vec<Vec<steward::database::SqlValue>> {
    let id = Id::parse(id).unwrap();
    app.served.store.database.read(move |connection| Ok(Statement::new(sql).with(id, " ORDER BY revision").rows(connection, kinds)?)).await.unwrap()
}

/// A value that no field of that kind takes.
fn of_a_wrong_type(field: &steward::resource::Field) -> Value {
    match field.columns.first().map(|column| column.kind) {
        Some(SqlType::Bool | SqlType::Doc) => json!("neither"),
        Some(SqlType::Integer | SqlType::Real) => json!("a number"),
        _ => json!({"wrong": true}),
    }
}

on_both! {
    a_new_record_is_where_its_location_says_and_as_it_was_sent(app) {
        for definition in made_by_clients(app) {
            let (body, answer) = made(app, definition, "new").await;
            let location = answer.header("location").unwrap().to_owned();
            assert_eq!(location, format!("{}/{}", path(definition), answer.id()));
            assert_eq!(answer.etag(), "\"1\"", "{}", definition.path);
            assert_eq!(Id::parse(&answer.id()).unwrap().0.get_version_num(), 7);
            let read = app.get(&app.admin, &location).await;
            let mut kept = answer.body.clone();
            for field in definition.once_fields() {
                let shown = kept.as_object_mut().unwrap().shift_remove(field.name);
                assert!(shown.is_some_and(|shown| shown.is_string()), "{}.{} is shown once", definition.path, field.name);
            }
            assert_eq!((&read.body, read.etag()), (&kept, answer.etag()), "{}", definition.path);
            for (name, value) in &body {
                let secret = definition.field(name).is_some_and(|field| field.secret);
                if definition.field(name).is_some_and(|field| !field.private.is_empty()) {
                    continue;
                }
                let derived = value.is_null() && definition.rules.iter().any(|rule| matches!(rule, Rule::Agrees { ours, .. } if ours == name));
                if derived {
                    continue;
                }
                assert_eq!(answer.body.get(name), (!secret).then_some(value), "{}.{name}", definition.path);
            }
            let again = app.call(&app.admin, "GET", &location, &[("If-None-Match", "\"1\"")], None).await;
            assert_eq!((again.status, again.text.as_str()), (304, ""));
        }
    }

    what_is_absent_malformed_or_of_another_kind_is_not_found(app) {
        let root = app.root_unit().await;
        for definition in collections(app) {
            for id in [Id::new().to_string(), "nonsense".into(), "00000000-0000-0000-0000-00000000000".into(), root.clone()] {
                if definition.path != "teams/units" {
                    assert_eq!(app.get(&app.admin, &format!("{}/{id}", path(definition))).await.status, 404, "{}/{id}", definition.path);
                }
            }
        }
    }

    a_list_is_walked_in_any_order_without_loss_or_repetition(app) {
        for definition in made_by_clients(app) {
            for unique in ["a", "b", "c"] {
                made(app, definition, unique).await;
            }
            let total = app.get(&app.admin, &format!("{}?include_total=true&limit=200", path(definition))).await;
            let mut expected: Vec<String> = total.body["data"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(total.body["total_count"], json!(expected.len()));
            expected.sort();
            let fields = definition.listed_server_fields().chain(definition.written_fields()).filter(|field| field.is_filterable() && field.private.is_empty());
            // Up and down by turns: fields of each type are walked both ways, in one collection or another.
            let sorts = fields.enumerate().map(|(at, field)| format!("sort={}{}", if at % 4 < 2 { "" } else { "-" }, field.name));
            for (at, sort) in sorts.chain([String::new()]).enumerate() {
                // By every other field in pages, by the rest at once.
                let limit = if at % 2 == 0 || sort.is_empty() { 2 } else { 200 };
                let (mut next, mut walked) = (format!("{}?limit={limit}&{sort}", path(definition)), Vec::new());
                loop {
                    let page = app.get(&app.admin, &next).await;
                    assert_eq!(page.status, 200, "{next}: {}", page.text);
                    walked.extend(page.body["data"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()));
                    let Some(link) = page.header("link") else { break };
                    next = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
                }
                walked.sort();
                assert_eq!(walked, expected, "{} by {sort}", definition.path);
            }
        }
    }

    every_field_that_can_be_compared_finds_its_record(app) {
        for definition in made_by_clients(app) {
            let (_, answer) = made(app, definition, "find").await;
            for field in definition.listed_server_fields().chain(definition.written_fields()).filter(|field| field.private.is_empty()) {
                let value = answer.body.get(field.name).filter(|value| !value.is_null()).cloned();
                if !field.is_filterable() {
                    assert_eq!(app.get(&app.admin, &format!("{}?{}=a", path(definition), field.name)).await.status, 400, "{}.{}", definition.path, field.name);
                } else if let Some(value) = value {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
                    let found = app.get(&app.admin, &format!("{}?{}={encoded}&limit=200", path(definition), field.name)).await;
                    let ids: Vec<&str> = found.body["data"].as_array().unwrap_or_else(|| panic!("{}", found.text)).iter().map(|record| record["id"].as_str().unwrap()).collect();
                    assert!(ids.contains(&answer.id().as_str()), "{}?{}={text}", definition.path, field.name);
                }
            }
        }
    }

    a_list_that_cannot_be_understood_is_refused(app) {
        for definition in collections(app) {
            for query in ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "nonsense=1", "sort=nonsense", "sort=", "sort=id,id", "cursor=nonsense", "include_total=1", "id=nonsense", "fields=nonsense", "expand=nonsense"] {
                assert_eq!(app.get(&app.admin, &format!("{}?{query}", path(definition))).await.status, 400, "{}?{query}", definition.path);
            }
        }
        for code in ["A", "B"] {
            app.make("teams/units", &json!({"code": code, "name": code})).await;
        }
        let cursor = app.get(&app.admin, "/api/v1/teams/units?limit=1").await.body["next_cursor"].as_str().unwrap().to_owned();
        let auditor = app.actor("auditor", None).await;
        for (actor, query) in [(&app.admin, "sort=name&"), (&app.admin, "code=A&"), (&auditor, "")] {
            assert_eq!(app.get(actor, &format!("/api/v1/teams/units?{query}cursor={cursor}")).await.status, 400, "{query}");
        }
        assert_eq!(app.get(&app.admin, &format!("/api/v1/teams/people?cursor={cursor}")).await.status, 400);
    }

    every_broken_field_is_named_at_once(app) {
        for definition in made_by_clients(app) {
            let body = app.sample(definition.path, &format!("broken{}", definition.collection)).await;
            let mut all_wrong = body.clone();
            let mut expected = vec!["/nonsense unknown".to_owned()];
            all_wrong.insert("nonsense".into(), json!(1));
            for name in definition.server_fields() {
                all_wrong.insert((*name).into(), json!("mine"));
                expected.push(format!("/{name} server_field"));
            }
            for field in definition.written_fields() {
                all_wrong.insert(field.name.into(), of_a_wrong_type(field));
            }
            let answer = app.post(&app.admin, &path(definition), &all_wrong.into()).await;
            assert_eq!(answer.status, 422, "{}", definition.path);
            let broken = answer.broken();
            expected.iter().for_each(|each| assert!(broken.contains(each), "{}: {each} is not in {broken:?}", definition.path));
            for field in definition.written_fields() {
                assert!(broken.iter().any(|each| each.split(' ').next().unwrap().starts_with(&format!("/{}", field.name))), "{}.{} is not in {broken:?}", definition.path, field.name);
            }
            for field in definition.fields.iter().filter(|field| !field.optional && field.default.is_none() && !field.read_only) {
                let mut without = body.clone();
                without.remove(field.name);
                let answer = app.post(&app.admin, &path(definition), &without.into()).await;
                assert_eq!((answer.status, answer.broken()), (422, vec![format!("/{} required", field.name)]), "{}", definition.path);
            }
        }
    }

    a_body_in_the_wrong_form_is_refused(app) {
        for definition in made_by_clients(app) {
            let send = async |form: &str, body: String| app.call(&app.admin, "POST", &path(definition), &[("Content-Type", form)], Some(body)).await.status;
            assert_eq!(send("text/plain", "{}".into()).await, 415);
            assert_eq!(send("application/json", "{".into()).await, 400);
            assert_eq!(send("application/json", "[]".into()).await, 422);
            assert_eq!(send("application/json", format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20))).await, 413);
            assert_eq!(send("application/json", "[".repeat(100_000)).await, 400);
            assert_eq!(app.call(&app.admin, "GET", &path(definition), &[("Accept", "text/html")], None).await.status, 406);
            let put = app.call(&app.admin, "PUT", &path(definition), &[], None).await;
            assert_eq!((put.status, put.header("allow")), (405, Some("GET, HEAD, POST")));
        }
    }

    a_change_needs_the_version_that_was_read(app) {
        for (number, definition) in changed_by_clients(app).into_iter().enumerate() {
            let (_, answer) = made(app, definition, "patch").await;
            let at = format!("{}/{}", path(definition), answer.id());
            let merge = [("Content-Type", "application/merge-patch+json")];
            assert_eq!(app.call(&app.admin, "PATCH", &at, &merge, Some("{}".into())).await.status, 428, "{}", definition.path);
            assert_eq!(app.patch(&app.admin, &at, "\"7\"", &json!({})).await.status, 412);
            // How a tag is read is the same for all: each way to write it is tried on one collection or another.
            let malformed = ["1", "\"1", "W/1", "\"1\","][number % 4];
            assert_eq!(app.patch(&app.admin, &at, malformed, &json!({})).await.status, 400, "{malformed}");
            for tag in ["*", ["\"1\"", "\"9\", \"1\"", "W/\"1\"", "\"1-br\""][number % 4]] {
                let same = app.patch(&app.admin, &at, tag, &json!({})).await;
                assert_eq!((same.status, same.etag()), (200, "\"1\"".to_owned()), "{} {tag}", definition.path);
            }
            assert_eq!(app.patch(&app.admin, &at, "*", &json!({"nonsense": 1, "id": "x"})).await.status, 422);
            for field in definition.written_fields().filter(|field| !field.nullable) {
                let answer = app.patch(&app.admin, &at, "*", &json!({field.name: null})).await;
                let derived = definition.placement.iter().any(|each| each.name == field.name);
                assert!(answer.status == 422 || derived, "{}.{}: {}", definition.path, field.name, answer.text);
            }
            assert_eq!(app.get(&app.admin, &at).await.body["revision"], json!(1));
            assert_eq!(app.call(&app.admin, "DELETE", &at, &[], None).await.status, 428);
            assert_eq!(app.delete(&app.admin, &at, "\"7\"").await.status, 412);
        }
    }

    a_reference_to_nothing_or_to_another_kind_is_refused_alike(app) {
        let setting = app.get(&app.admin, "/api/v1/platform/settings").await.body["data"][0]["id"].clone();
        for definition in made_by_clients(app) {
            let body = app.sample(definition.path, &format!("refer{}", definition.collection)).await;
            for field in definition.references().filter(|field| !field.read_only) {
                let refused = async |id: Value| {
                    let mut wrong = body.clone();
                    wrong.insert(field.name.into(), id);
                    app.post(&app.admin, &path(definition), &wrong.into()).await
                };
                let (absent, other) = (refused(json!(Id::new().to_string())).await, refused(setting.clone()).await);
                assert!(absent.status == 422 && absent.broken().contains(&format!("/{} reference", field.name)), "{}: {}", definition.path, absent.text);
                if !field.refers_to_any() {
                    assert_eq!((other.status, &other.body["errors"]), (422, &absent.body["errors"]), "{}", definition.path);
                }
            }
        }
    }

    what_must_differ_does_whatever_its_case(app) {
        for definition in made_by_clients(app).into_iter().filter(|definition| !definition.unique.is_empty()) {
            let (mut body, first) = made(app, definition, "twice").await;
            // A name within a site differs within that only.
            let lies_nowhere = |field: &&str| definition.field(field).is_some_and(|field| field.nullable) && first.body[*field].is_null();
            if definition.unique.iter().all(|unique| unique.fields.iter().any(&lies_nowhere)) {
                continue;
            }
            for field in definition.placement {
                body.insert(field.name.into(), first.body[field.name].clone());
            }
            for name in ["code", "email"] {
                let shouted = body.get(name).and_then(Value::as_str).filter(|_| definition.field(name).unwrap().columns.len() == 2).map(str::to_uppercase);
                shouted.map(|text| body.insert(name.into(), text.into()));
            }
            let answer = app.post(&app.admin, &path(definition), &body.into()).await;
            assert_eq!(answer.status, 409, "{}: {}", definition.path, answer.text);
            assert!(!answer.broken().is_empty() && answer.broken().iter().all(|each| each.ends_with(" duplicate") || each.ends_with(" overlap")), "{}", answer.text);
        }
    }

    a_deleted_record_leaves_a_tombstone_and_one_in_use_stays(app) {
        for definition in changed_by_clients(app) {
            let (body, answer) = made(app, definition, "gone").await;
            for field in definition.references().filter(|field| body.get(field.name).is_some_and(Value::is_string)) {
                let target = app.served.store.definitions.get(target_of(field).unwrap()).unwrap();
                let own_part = definition.part_of.is_some_and(|part| part.field == field.name);
                if target.operations.delete && !own_part {
                    let used = app.delete(&app.admin, &format!("{}/{}", path(target), body[field.name].as_str().unwrap()), "*").await;
                    assert_eq!((used.status, used.broken()[0].as_str()), (409, " in_use"), "{}.{}", definition.path, field.name);
                }
            }
            let at = format!("{}/{}", path(definition), answer.id());
            assert_eq!(app.delete(&app.admin, &at, "\"1\"").await.status, 204, "{}", definition.path);
            assert_eq!(app.get(&app.admin, &at).await.status, 404);
            assert_eq!(app.delete(&app.admin, &at, "*").await.status, 404);
            let known = app.get(&app.admin, &format!("/api/v1/platform/resources/{}", answer.id())).await;
            assert!(known.body["deleted_at"].is_string(), "{}", known.text);
            assert_eq!(app.post(&app.admin, &path(definition), &body.into()).await.status, 201, "{}", definition.path);
        }
    }

    the_moves_of_a_record_are_those_of_its_lifecycle(app) {
        for definition in made_by_clients(app) {
            let id = app.make_ready(definition, "move").await["id"].as_str().unwrap().to_owned();
            let at = format!("{}/{id}/transitions", path(definition));
            let Some(lifecycle) = &definition.lifecycle else {
                assert_eq!(app.get(&app.admin, &at).await.status, 404);
                continue;
            };
            for step in lifecycle.moves_from(lifecycle.first()) {
                app.prepare(definition, &id, step.to).await;
            }
            let mover = app.mover(definition, &id, "").await;
            let offered = app.get(&mover, &at).await;
            assert_eq!(offered.body["state"], json!(lifecycle.first()));
            let names: Vec<&str> = offered.body["data"].as_array().unwrap().iter().map(|step| step["to"].as_str().unwrap()).collect();
            let legal: Vec<&str> = lifecycle.moves_from(lifecycle.first()).map(|step| step.to).collect();
            assert_eq!(names, legal, "{}", definition.path);
            let record = format!("{}/{id}", path(definition));
            for state in lifecycle.states.iter().filter(|state| !legal.contains(state)) {
                let refused = app.transition(&app.admin, &record, state).await;
                assert_eq!((refused.status, refused.body["allowed"].as_array().map(Vec::len)), (409, Some(legal.len())), "{} to {state}", definition.path);
            }
            assert_eq!(app.transition(&app.admin, &record, "nonsense").await.broken(), ["/to choice"]);
            let json_form = [("Content-Type", "application/json")];
            assert_eq!(app.call(&app.admin, "POST", &at, &json_form, Some(json!({"to": legal[0]}).to_string())).await.status, 428);
            // What the service alone moves is offered to nobody.
            let offers = offered.body["data"].as_array().unwrap();
            let Some(open) = offers.iter().find(|step| step["unmet"] == json!([]) && step["permitted"] == json!(true)) else {
                assert!(offers.iter().all(|step| step["permitted"] == json!(false)), "{}: {}", definition.path, offered.text);
                continue;
            };
            let revision = app.get(&app.admin, &record).await.body["revision"].as_i64().unwrap();
            let moved = app.transition(&mover, &record, open["to"].as_str().unwrap()).await;
            assert_eq!((moved.status, &moved.body["state"], moved.etag()), (200, &open["to"], format!("\"{}\"", revision + 1)), "{}", moved.text);
        }
    }

    every_change_is_one_revision_in_an_unbroken_chain(app) {
        for definition in changed_by_clients(app) {
            let (_, answer) = made(app, definition, "chain").await;
            let at = format!("{}/{}", path(definition), answer.id());
            let refused = app.patch(&app.admin, &at, "*", &json!({"nonsense": 1})).await;
            assert_eq!(refused.status, 422);
            assert_eq!(app.delete(&app.admin, &at, "*").await.status, 204);
            let rows = cells(app, "SELECT revision, action FROM revisions WHERE resource_id = ", &answer.id(), &[SqlType::Integer, SqlType::Text]).await;
            let told: Vec<(i64, &str)> = rows.iter().map(|row| (row[0].as_integer().unwrap(), row[1].as_text().unwrap())).collect();
            assert_eq!(told, [(1, "create"), (2, "delete")], "{}", definition.path);
            let id = Id::parse(&answer.id()).unwrap();
            let verify = move || app.served.store.database.read(move |connection| steward::history::verify(connection, id));
            assert_eq!(verify().await.unwrap(), Ok(2), "{}", definition.path);
            let forge = move |connection: &mut steward::database::Connection| {
                Ok(Statement::new("UPDATE revisions SET document = '{\"forged\":true}' WHERE revision = 1 AND resource_id = ").with(id, "").execute(connection)?)
            };
            app.served.store.database.write(forge).await.unwrap();
            assert_eq!(verify().await.unwrap(), Err(1), "{}", definition.path);
        }
    }

    of_many_changes_to_one_version_exactly_one_is_made(app) {
        let unit = app.make("teams/units", &json!({"code": "RACE", "name": "Race"})).await;
        let at = format!("/api/v1/teams/units/{}", unit["id"].as_str().unwrap());
        let names: Vec<Value> = (0..8).map(|number| json!({"name": format!("Number {number}")})).collect();
        let answers = futures_util::future::join_all(names.iter().map(|body| app.patch(&app.admin, &at, "\"1\"", body))).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
    }

    without_a_token_nothing_of_a_collection_is_told(app) {
        for definition in collections(app) {
            for at in [path(definition), format!("{}/{}", path(definition), Id::new())] {
                let answer = app.get(&Actor::nobody(), &at).await;
                assert_eq!((answer.status, answer.header("www-authenticate").is_some()), (401, true), "{at}");
            }
        }
    }

    figures_take_as_many_statements_for_many_records_as_for_one(app) {
        for (path, figures) in app.served.figures.clone() {
            let definition = app.served.store.definitions.get(path).unwrap();
            let mut ids = Vec::new();
            for number in 0..8 {
                let body = app.sample(path, &number.to_string()).await;
                ids.push(Id::parse(app.make(path, &body.into()).await["id"].as_str().unwrap()).unwrap());
            }
            let count = |ids: Vec<Id>| {
                let (store, session) = (app.served.store.clone(), steward::access::Session::system());
                app.served.store.database.read(move |connection| {
                    let before = steward::database::statements_run();
                    let found = (figures.compute)(&mut steward::store::Reader::new(&store, &session, connection), ids.clone())?;
                    assert_eq!(found.len(), ids.len(), "{path}");
                    Ok(steward::database::statements_run() - before)
                })
            };
            let (one, all) = (count(ids[..1].to_vec()).await.unwrap(), count(ids).await.unwrap());
            assert_eq!(one, all, "{}", definition.path);
        }
    }

    a_list_takes_as_many_statements_for_many_records_as_for_one(app) {
        // What is read once for all is read before.
        app.root_unit().await;
        let count = |limit: usize| {
            let (store, session) = (app.served.store.clone(), steward::access::Session::system());
            app.served.store.database.read(move |connection| {
                let mut counts = Vec::new();
                for definition in store.definitions.all() {
                    let before = steward::database::statements_run();
                    let query = steward::store::Query { limit, total: steward::store::Total::Yes, ..Default::default() };
                    steward::store::Reader::new(&store, &session, connection).list(definition, &query)?;
                    counts.push(steward::database::statements_run() - before);
                }
                Ok(counts)
            })
        };
        let few = count(1).await.unwrap();
        for number in 0..20 {
            app.make("teams/units", &json!({"code": format!("N{number}"), "name": "Unit"})).await;
        }
        assert_eq!(count(200).await.unwrap(), few);
        assert!(few.iter().all(|statements| *statements == 2), "{few:?}");
    }

    a_get_takes_one_statement_and_a_write_a_few_whatever_there_is(app) {
        let mut bodies = Vec::new();
        for definition in made_by_clients(app) {
            let (_, made) = made(app, definition, "known").await;
            let mut body = app.sample(definition.path, &format!("count{}", definition.collection)).await;
            for field in definition.fields.iter().filter(|field| field.caller) {
                body.insert(field.name.into(), app.person_of_admin().await.into());
            }
            bodies.push((definition, Id::parse(&made.id()).unwrap(), body));
        }
        let count = async || {
            let (store, session, bodies) = (app.served.store.clone(), std::sync::Arc::new(steward::access::Session::system()), bodies.clone());
            let whole = move |writer: &mut steward::store::Writer<'_>| {
                let mut counts = Vec::new();
                for (definition, known, body) in &bodies {
                    let before = steward::database::statements_run();
                    writer.reader().get(definition, *known)?;
                    let read = steward::database::statements_run();
                    writer.create(definition, body.clone())?;
                    counts.push((definition.path, read - before, steward::database::statements_run() - read));
                }
                Ok(counts)
            };
            store.rehearse(&session, &steward::store::Origin::system(), whole).await.unwrap()
        };
        let few = count().await;
        for (path, read, create) in &few {
            assert!(*read == 1 && *create <= 22, "{path}: {read} to read, {create} to make");
        }
        for number in 0..50 {
            app.make("teams/units", &json!({"code": format!("N{number}"), "name": "Unit"})).await;
        }
        assert_eq!(count().await, few);
    }

    pages_lose_and_repeat_nothing_that_stayed_while_rows_come_and_go(app) {
        let code = |number: usize| format!("P{number:05}");
        let make = async |numbers: Vec<usize>| {
            for chunk in numbers.chunks(500) {
                let operations: Vec<Value> = chunk.iter().map(|number| json!({"op": "create", "collection": "teams/units", "body": {"code": code(*number), "name": format!("Unit {}", number % 7)}})).collect();
                assert_eq!(app.post(&app.admin, "/api/v1/platform/bulk", &json!({"atomic": true, "operations": operations})).await.status, 200);
            }
        };
        make((0..1500).collect()).await;
        for sort in ["", "&sort=name", "&sort=-name,code", "&sort=-created_at"] {
            let (mut next, mut seen, mut page) = (format!("/api/v1/teams/units?limit=50{sort}"), Vec::new(), 0);
            loop {
                let answer = app.get(&app.admin, &next).await;
                seen.extend(answer.body["data"].as_array().unwrap().iter().map(|unit| unit["code"].as_str().unwrap().to_owned()));
                let Some(link) = answer.header("link") else { break };
                next = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
                page += 1;
                // Behind, before and at the place where the page stands.
                make(vec![10_000 + page + sort.len() * 1000]).await;
                let gone = app.get(&app.admin, &format!("/api/v1/teams/units?code={}", code(page * 7 + sort.len() * 60 % 997))).await;
                if let Some(id) = gone.body["data"][0]["id"].as_str() {
                    assert_eq!(app.delete(&app.admin, &format!("/api/v1/teams/units/{id}"), "*").await.status, 204);
                }
            }
            let mut once = seen.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), seen.len(), "{sort}: something came twice");
            let left = app.call(&app.admin, "GET", "/api/v1/teams/units?fields=code&filter=code%20%3C%20P09999%20AND%20code%20%3E%3D%20P00000", &[("Accept", "application/x-ndjson")], None).await;
            for line in left.text.lines() {
                let unit: Value = serde_json::from_str(line).unwrap();
                assert!(once.binary_search(&unit["code"].as_str().unwrap().to_owned()).is_ok(), "{sort}: {unit} was lost");
            }
        }
    }
}
