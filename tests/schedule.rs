//! What the app does by date, and what a date is worth before it has done so.

use crate::harness::TestApp;
use crate::harness::process::Running;
use crate::harness::sample::ways;
use crate::on_both;
use chrono::Duration;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use steward::access::Session;
use steward::database::{SqlType, Statement};
use steward::resource::value::{Date, Instant};
use steward::resource::{Due, Id, ResourceType};
use steward::store::{IfMatch, Origin, Writer};

/// Nine o'clock of a day.
fn nine(day: Date) -> Instant {
    Instant::parse(&format!("{day}T09:00:00Z")).unwrap()
}

fn later(day: Date, days: i64) -> Date {
    Date(day.0 + Duration::days(days))
}

fn start() -> Date {
    Instant::parse(crate::harness::START).unwrap().date()
}

/// A record in a state from which a move is due, and the day in its field.
async fn stand(app: &TestApp, definition: &'static ResourceType, due: &Due, from: &'static str, unique: &str) -> (Id, Date) {
    let made = app.make_ready(definition, unique).await;
    let (id, path) = (made["id"].as_str().unwrap(), format!("/api/v1/{}/{}", definition.path, made["id"].as_str().unwrap()));
    let mut patch = Map::new();
    if made[due.field].is_null() {
        patch.insert(due.field.into(), "2026-06-01".into());
    }
    if let Some((field, words)) = due.only {
        patch.insert(field.into(), if words == ["true"] { json!(true) } else { json!(words[0]) });
    }
    if !patch.is_empty() {
        let patched = app.patch(&app.admin, &path, "*", &patch.into()).await;
        assert_eq!(patched.status, 200, "{path}: {}", patched.text);
    }
    let lifecycle = definition.lifecycle.as_ref().unwrap();
    app.walk(definition, id, &ways(lifecycle, lifecycle.first())[from]).await;
    app.prepare(definition, id, due.to).await;
    let record = app.get(&app.admin, &path).await.body;
    let day = Date::parse(record[due.field].as_str().unwrap()).unwrap();
    let days = due.days.map_or(0, |days| record[days].as_i64().unwrap());
    (Id::parse(id).unwrap(), later(day, days))
}

/// The state that a record is in, and the one in which it counts.
async fn states(app: &TestApp, definition: &'static ResourceType, id: Id) -> (String, String) {
    let read = move |reader: &mut steward::store::Reader<'_>| {
        let stored = reader.get(definition, id)?;
        Ok((stored.meta.state.clone().unwrap(), reader.standing(definition, &stored)?.unwrap()))
    };
    app.served.store.read(&Arc::new(Session::system()), read).await.unwrap()
}

/// The reasons that the app gave for what it did to a record, by the state that came of it.
async fn read_only(app: &TestApp, id: Id) -> Vec<(String, String)> {
    let read = move |connection: &mut steward::database::Connection| {
        let query =
            Statement::new("SELECT document, reason FROM revisions WHERE actor_id = ").with(Id::system(), " AND resource_id = ").with(id, " ORDER BY revision");
        Ok(query.rows(connection, &[SqlType::Text, SqlType::Text])?)
    };
    let rows = app.served.store.unauthenticated(read).await.unwrap();
    let state = |text: &str| serde_json::from_str::<Value>(text).unwrap()["state"].as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| (state(row[0].as_text().unwrap()), row[1].as_text().unwrap_or_default().to_owned())).collect()
}

/// Certificates that are valid by their state, and whose last day has passed.
async fn certificates(app: &TestApp, many: usize) -> Vec<Id> {
    let certificates = app.served.store.definitions.get("teams/person-certifications").unwrap();
    let body = app.sample("teams/person-certifications", "many").await;
    let write = move |writer: &mut Writer<'_>| {
        let mut made = Vec::new();
        for _ in 0..many {
            let id = writer.create(certificates, body.clone())?.meta.id;
            writer.transition(certificates, id, &IfMatch::Any, "valid")?;
            made.push(id);
        }
        Ok(made)
    };
    app.served.store.write(&Arc::new(Session::system()), &Origin::system(), write).await.unwrap()
}

/// How often each record became something, by whoever.
async fn times(app: &TestApp, state: &'static str, ids: &[Id]) -> Vec<usize> {
    let mut found = Vec::new();
    for id in ids {
        found.push(read_only(app, *id).await.iter().filter(|(after, _)| after == state).count());
    }
    found
}

/// A position that is open and whose holder is active, so that it can be filled.
async fn held_position(app: &TestApp) -> (String, String) {
    let (people, positions) = (app.served.store.definitions.get("teams/people").unwrap(), app.served.store.definitions.get("teams/positions").unwrap());
    let position = app.make_ready(positions, "seat").await;
    app.walk(positions, position["id"].as_str().unwrap(), &["approved", "open"]).await;
    let holder = position["holder_id"].as_str().unwrap();
    app.bring(people, holder, &["active"]).await;
    (format!("teams/positions/{}", position["id"].as_str().unwrap()), holder.to_owned())
}

/// The data of a app for processes of its own: on SQLite a copy, since only one process has a file.
async fn data_of(app: &TestApp, folder: &tempfile::TempDir) -> String {
    if app.database_url.starts_with("postgres") {
        return app.database_url.clone();
    }
    let copy = folder.path().join("steward.db").display().to_string();
    let file = copy.clone();
    app.served.store.database.quick(move |connection| Ok(Statement::new("VACUUM INTO ").with(file, "").execute(connection)?)).await.unwrap();
    format!("sqlite://{copy}")
}

/// A process that logs in as the first administrator, and looks for what is due so often.
fn process(url: &str, seconds: &str) -> (Running, String) {
    let running = Running::start_with(url, &[("STEWARD_SCHEDULE_SECONDS", seconds)]);
    let token = running.log_in("admin@example.org", "correct horse battery staple").unwrap();
    (running, token)
}

/// Waits until something is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let since = std::time::Instant::now();
    while !is_so() {
        assert!(since.elapsed() < std::time::Duration::from_secs(60), "{what}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// Asks a move without making it.
async fn asks(app: &TestApp, path: &str, to: &str) -> Vec<String> {
    let headers = [("Content-Type", "application/json"), ("If-Match", "*")];
    let body = json!({ "to": to }).to_string();
    app.call(&app.second_admin().await, "POST", &format!("/api/v1/{path}/transitions?dry_run=true"), &headers, Some(body)).await.broken()
}

on_both! {
    what_is_due_is_done_by_the_house_on_its_day_and_what_has_ended_counts_no_more_before_it_is(app) {
        let mut tried = 0;
        for definition in app.served.store.definitions.all().iter().copied() {
            // What only its cause makes has tests of its own.
            let Some(lifecycle) = definition.lifecycle.as_ref().filter(|_| definition.operations.create) else { continue };
            let by_hand = |due: &&Due| definition.field(due.field).is_some_and(|field| !field.read_only);
            for due in definition.due.iter().filter(by_hand) {
                for from in due.states(lifecycle) {
                    app.clock.set(nine(start()));
                    let (id, day) = stand(app, definition, due, from, &format!("due{tried}")).await;
                    let about = format!("{} {id} from {from} to {} by {} {day}", definition.path, due.to, due.field);
                    app.clock.set(nine(if due.ends { day } else { later(day, -1) }));
                    app.worker.work_off().await.unwrap();
                    assert_eq!(states(app, definition, id).await, (from.into(), from.into()), "not yet: {about}");
                    // The service stands still over the day.
                    app.clock.set(nine(later(day, i64::from(due.ends)).max(start())));
                    let counts_as = if due.ends { due.to } else { from };
                    assert_eq!(states(app, definition, id).await, (from.into(), counts_as.into()), "before the job: {about}");
                    app.worker.work_off().await.unwrap();
                    let done = read_only(app, id).await;
                    let reason = done.iter().find(|(state, _)| state == due.to).map(|(_, reason)| reason.clone());
                    assert!(reason.as_ref().is_some_and(|reason| reason.contains(due.field)), "after the job: {about}: {done:?}");
                    tried += 1;
                }
            }
        }
        assert!(tried >= 20, "{tried}");
    }

    a_move_that_lacks_something_waits_without_stopping_the_others_and_is_made_once_it_can_be(app) {
        let campaigns = app.served.store.definitions.get("security/attestation-campaigns").unwrap();
        let versions = app.served.store.definitions.get("security/policy-versions").unwrap();
        let (waiting, ready) = (app.make_ready(campaigns, "waiting").await, app.make_ready(campaigns, "ready").await);
        app.bring(versions, ready["policy_version_id"].as_str().unwrap(), &["published"]).await;
        let id = |record: &Value| Id::parse(record["id"].as_str().unwrap()).unwrap();
        let attempts = async || {
            let read = |connection: &mut steward::database::Connection| Ok(Statement::new("SELECT attempts FROM deferred_moves").rows(connection, &[SqlType::Integer])?);
            app.served.store.unauthenticated(read).await.unwrap().iter().filter_map(|row| row[0].as_integer()).collect::<Vec<_>>()
        };
        let conflicts = async || {
            let about = app.get(&app.admin, &format!("/api/v1/platform/conflicts?subject_id={}", id(&waiting))).await.body["data"].clone();
            about.as_array().unwrap().iter().map(|each| (each["state"].clone(), each["rule"].clone(), each["detail"].to_string())).collect::<Vec<_>>()
        };
        app.worker.work_off().await.unwrap();
        assert_eq!(states(app, campaigns, id(&ready)).await.0, "open");
        let told = conflicts().await;
        assert_eq!((told.len(), &told[0].0, &told[0].1), (1, &json!("open"), &json!("security.attestation_campaigns:due_open")));
        assert!(told[0].2.contains("It cannot become open"), "{}", told[0].2);
        assert_eq!((states(app, campaigns, id(&waiting)).await.0.as_str(), attempts().await), ("planned", vec![1]));
        app.worker.work_off().await.unwrap();
        assert_eq!(attempts().await, [1], "it is not tried again at once");
        app.clock.set(app.clock.now().plus_seconds(61));
        app.worker.work_off().await.unwrap();
        assert_eq!(attempts().await, [2]);
        app.bring(versions, waiting["policy_version_id"].as_str().unwrap(), &["published"]).await;
        app.clock.set(app.clock.now().plus_seconds(121));
        app.worker.work_off().await.unwrap();
        assert_eq!(states(app, campaigns, id(&waiting)).await.0, "open");
        assert!(attempts().await.is_empty());
        let told = conflicts().await;
        assert_eq!((told.len(), &told[0].0), (1, &json!("resolved")), "it ends with its cause");
    }

    a_refused_move_is_tried_at_once_when_the_record_has_changed(app) {
        let contracts = app.served.store.definitions.get("vendors/contracts").unwrap();
        let obligations = app.served.store.definitions.get("governance/obligations").unwrap();
        let contract = app.make_ready(contracts, "of").await;
        let made = app.make_ready(obligations, "late").await;
        let (id, path) = (made["id"].as_str().unwrap(), format!("/api/v1/governance/obligations/{}", made["id"].as_str().unwrap()));
        app.walk(obligations, id, &["assessed"]).await;
        app.worker.work_off().await.unwrap();
        assert_eq!(app.get(&app.admin, &path).await.body["state"], json!("in_force"));
        // What begins only where something is said of it begins once that is said.
        let other = app.make_ready(obligations, "other").await;
        let other = format!("/api/v1/governance/obligations/{}", other["id"].as_str().unwrap());
        assert_eq!(app.patch(&app.admin, &other, "*", &json!({"applicable": false, "applicability_reason": "Too small."})).await.status, 200);
        assert_eq!(app.transition(&app.admin, &other, "assessed").await.status, 200);
        app.worker.work_off().await.unwrap();
        assert_eq!(app.get(&app.admin, &other).await.body["state"], json!("assessed"));
        assert_eq!(app.patch(&app.admin, &other, "*", &json!({"applicable": true})).await.status, 200);
        app.worker.work_off().await.unwrap();
        assert_eq!(app.get(&app.admin, &other).await.body["state"], json!("in_force"));
        assert_eq!(contract["state"], json!("draft"), "nothing moves what has not begun");
    }

    more_than_one_batch_is_made_in_one_round(app) {
        certificates(app, 120).await;
        app.worker.work_off().await.unwrap();
        let left = app.get(&app.admin, "/api/v1/teams/person-certifications?include_total=true&limit=1&state=expired").await;
        assert_eq!(left.body["total_count"], json!(120), "{}", left.text);
    }

    two_replicas_make_each_move_once(app) {
        if !app.database_url.starts_with("postgres") {
            return;
        }
        let replica = app.replica().await;
        for _ in 0..3 {
            let ids = certificates(app, 70).await;
            app.clock.set(app.clock.now().plus_seconds(61));
            let (first, second) = futures_util::future::join(app.worker.work_off(), replica.worker.work_off()).await;
            first.unwrap();
            second.unwrap();
            assert_eq!(times(app, "expired", &ids).await, vec![1; ids.len()]);
        }
    }

    two_processes_make_each_move_once_also_when_one_is_killed(app) {
        if !app.database_url.starts_with("postgres") {
            return;
        }
        let ids = certificates(app, 200).await;
        let (first, _) = process(&app.database_url, "1");
        let (second, token) = process(&app.database_url, "1");
        first.kill();
        let expired = "/api/v1/teams/person-certifications?include_total=true&limit=1&state=expired";
        // Where it was killed at work, the other one takes over when the lease has ended.
        until("all have expired", || second.get(Some(&token), expired).1["total_count"] == json!(200));
        second.kill();
        assert_eq!(times(app, "expired", &ids).await, vec![1; ids.len()]);
    }

    a_process_that_stood_still_over_a_last_day_holds_nothing_for_valid_after_it(app) {
        let (position, holder) = held_position(app).await;
        let folder = tempfile::tempdir().unwrap();
        let url = data_of(app, &folder).await;
        let person = format!("/api/v1/teams/people/{holder}");
        let (running, token) = process(&url, "3600");
        let last_day = |days: i64| {
            let patched = running.send(&token, "PATCH", &person, &json!({"ends_on": later(Instant::system_now().date(), days).to_string()}));
            assert_eq!((patched.0, &patched.1["state"]), (200, &json!("active")), "{}", patched.1);
        };
        let lacks_holder = |running: &Running, token: &str| {
            let (_, asked) = running.send(token, "POST", &format!("/api/v1/{position}/transitions?dry_run=true"), &json!({"to": "filled"}));
            asked["errors"].as_array().into_iter().flatten().any(|error| error["pointer"] == "/holder_id" && error["code"] == "state")
        };
        // What is due at the start has been done, so that nothing is until an hour has gone.
        until("the first round", || running.get(Some(&token), "/readyz").0 == 200);
        std::thread::sleep(std::time::Duration::from_millis(1500));
        last_day(1);
        assert!(!lacks_holder(&running, &token), "the last day is to come");
        last_day(-1);
        assert!(lacks_holder(&running, &token), "the day has passed, and the job has not run");
        running.kill();

        let (again, token) = process(&url, "1");
        let left = || {
            assert!(lacks_holder(&again, &token), "from the first answer on");
            again.get(Some(&token), &person).1["state"] == json!("left")
        };
        until("the person has left", left);
        again.kill();
        let (once_more, token) = process(&url, "1");
        std::thread::sleep(std::time::Duration::from_millis(1500));
        assert!(lacks_holder(&once_more, &token), "after the job");
        let history = once_more.get(Some(&token), &format!("/api/v1/platform/resources/{holder}/history")).1;
        let read_only = history["data"].as_array().unwrap().iter().filter(|revision| revision["reason"].as_str().is_some_and(|reason| reason.starts_with("By date: ends_on")));
        assert_eq!(read_only.count(), 1, "{history}");
    }

    two_workers_make_each_move_once(app) {
        let exceptions = app.served.store.definitions.get("governance/exceptions").unwrap();
        let due = &exceptions.due[1];
        let (id, _) = stand(app, exceptions, due, "active", "race").await;
        let (first, second) = futures_util::future::join(app.worker.work_off(), app.worker.work_off()).await;
        first.unwrap();
        second.unwrap();
        assert_eq!(read_only(app, id).await.len(), 1);
    }

    what_has_ended_holds_for_no_other_record(app) {
        let (path, holder) = held_position(app).await;
        let holder = holder.as_str();
        let last_day = |day: &'static str| async move {
            let patched = app.patch(&app.admin, &format!("/api/v1/teams/people/{holder}"), "*", &json!({"ends_on": day})).await;
            assert_eq!(patched.status, 200, "{}", patched.text);
        };
        last_day("2026-06-15").await;
        assert!(asks(app, &path, "filled").await.is_empty(), "today is the last day");
        last_day("2026-06-14").await;
        assert_eq!(asks(app, &path, "filled").await, ["/holder_id state"], "before the job");
        app.worker.work_off().await.unwrap();
        assert_eq!(app.get(&app.admin, &format!("/api/v1/teams/people/{holder}")).await.body["state"], json!("left"));
        assert_eq!(asks(app, &path, "filled").await, ["/holder_id state"], "after the job");
    }

    nobody_orders_from_a_contract_that_has_ended_and_a_tacit_one_goes_on(app) {
        let contracts = app.served.store.definitions.get("vendors/contracts").unwrap();
        let orders = app.served.store.definitions.get("vendors/purchase-orders").unwrap();
        let (ended, _) = stand(app, contracts, &contracts.due[1], "active", "ended").await;
        let tacit = app.make_ready(contracts, "tacit").await;
        app.walk(contracts, tacit["id"].as_str().unwrap(), &["in_review", "approved", "signed", "active"]).await;
        let order = app.make_ready(orders, "order").await;
        let path = format!("vendors/purchase-orders/{}", order["id"].as_str().unwrap());
        let under = |contract: String| {
            let path = &path;
            async move {
                let of = app.get(&app.admin, &format!("/api/v1/vendors/contracts/{contract}")).await.body;
                let patch = json!({"contract_id": contract, "vendor_id": of["vendor_id"]});
                let patched = app.patch(&app.admin, &format!("/api/v1/{path}"), "*", &patch).await;
                assert_eq!(patched.status, 200, "{}", patched.text);
                asks(app, path, "submitted").await.contains(&"/contract_id state".to_owned())
            }
        };
        assert!(under(ended.to_string()).await, "before the job");
        assert!(!under(tacit["id"].as_str().unwrap().to_owned()).await, "a tacit renewal has added a term");
        app.worker.work_off().await.unwrap();
        assert_eq!(states(app, contracts, ended).await.0, "expired");
        assert!(under(ended.to_string()).await, "after the job");
        assert_eq!(states(app, contracts, Id::parse(tacit["id"].as_str().unwrap()).unwrap()).await.0, "active");
    }

    a_survey_takes_no_answers_after_its_last_day(app) {
        let surveys = app.served.store.definitions.get("teams/pulse-surveys").unwrap();
        let survey = app.make_ready(surveys, "pulse").await;
        let id = survey["id"].as_str().unwrap();
        app.walk(surveys, id, &["open"]).await;
        let answer = app.post(&app.admin, "/api/v1/teams/pulse-answers", &json!({"pulse_survey_id": id, "answers": []})).await;
        assert_eq!((answer.status, answer.broken()), (409, vec!["/pulse_survey_id parent_state".to_owned()]), "{}", answer.text);
    }
}

on_both! {
    today_is_the_day_of_the_organisation(app) {
        use crate::harness::START;
        let settings = app.get(&app.admin, "/api/v1/platform/settings").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/platform/settings/{settings}");
        let today = || async { app.get(&app.admin, "/api/v1/platform/overview").await.body["as_of"].as_str().unwrap().to_owned() };
        assert_eq!((START, today().await.as_str()), ("2026-06-15T09:00:00Z", "2026-06-15"));
        // A rehearsal changes nothing. At nine in Greenwich it is ten in the evening before in Pago Pago.
        let zone = |query: &'static str, name: &'static str| {
            let path = format!("{path}{query}");
            async move { app.patch(&app.admin, &path, "*", &json!({"time_zone": name})).await.status }
        };
        assert_eq!((zone("?dry_run=true", "Pacific/Pago_Pago").await, today().await.as_str()), (200, "2026-06-15"));
        assert_eq!((zone("", "Pacific/Pago_Pago").await, today().await.as_str()), (200, "2026-06-14"));
        assert_eq!((zone("", "Europe/Amsterdam").await, today().await.as_str()), (200, "2026-06-15"));
    }

    somebody_leaves_on_the_day_of_the_organisation(app) {
        let settings = app.get(&app.admin, "/api/v1/platform/settings").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let tokyo = json!({"time_zone": "Asia/Tokyo"});
        assert_eq!(app.patch(&app.admin, &format!("/api/v1/platform/settings/{settings}"), "*", &tokyo).await.status, 200);
        let service = app.sample("infrastructure/services", "s").await;
        let service = app.make("infrastructure/services", &service.into()).await["id"].clone();
        let person = app.make("teams/people", &json!({"name": "Mira", "email": "mira@example.org"})).await["id"].as_str().unwrap().to_owned();
        app.clock.set(Instant::parse("2026-06-15T20:00:00Z").unwrap());
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        for state in ["active", "left"] {
            assert_eq!(app.transition(&admin, &format!("/api/v1/teams/people/{person}"), state).await.status, 200);
        }
        // It is five in the morning of the next day in Tokyo.
        let right = |on: &str| json!({"person_id": person, "service_id": service, "entitlement": "Reader", "granted_on": on});
        assert_eq!(app.post(&admin, "/api/v1/security/access-rights", &right("2026-06-16")).await.status, 201);
    }
}
