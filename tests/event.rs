//! The feed of events: complete, in order, and no more than its reader may see.

use crate::harness::process::{EMAIL, PASSWORD, Running};
use crate::harness::{Actor, TestApp};
use crate::{on_both, on_each};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

fn control(code: &str) -> Value {
    json!({"code": code, "name": "A control", "kind": "preventive", "test_period_days": 30})
}

/// All events after a position, so many at a time.
async fn all(app: &TestApp, actor: &Actor, mut after: i64, query: &str) -> Vec<Value> {
    let mut events = Vec::new();
    loop {
        let page = app.get(actor, &format!("/api/v1/platform/events?after={after}&{query}")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let next = page.body["next_after"].as_i64().unwrap();
        events.extend(page.body["data"].as_array().unwrap().iter().cloned());
        if next == after {
            return events;
        }
        after = next;
    }
}

async fn end(app: &TestApp) -> i64 {
    all(app, &app.admin, 0, "limit=200").await.last().map_or(0, |last| last["position"].as_i64().unwrap())
}

on_both! {
    whoever_reads_on_meets_every_change_once_with_what_it_changed(app) {
        let start = end(app).await;
        let made = app.make("governance/controls", &control("EV-1")).await["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/governance/controls/{made}");
        let headers = [("Content-Type", "application/merge-patch+json"), ("If-Match", "*"), ("Change-Reason", "It was misnamed")];
        app.call(&app.admin, "PATCH", &path, &headers, Some(json!({"name": "Another"}).to_string())).await;
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"name": "Another"})).await.status, 200, "what changes nothing is no event");
        assert_eq!(app.delete(&app.admin, &path, "*").await.status, 204);
        assert_eq!(app.post(&app.admin, &format!("/api/v1/platform/resources/{made}/restore"), &json!({})).await.status, 200);
        let events = all(app, &app.admin, start, "limit=2").await;
        let named: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
        assert_eq!(named, ["created", "updated", "deleted", "restored"].map(|done| format!("governance.control.{done}")));
        let update = &events[1];
        assert_eq!(update["changes"], json!([{"pointer": "/name", "before": "A control", "after": "Another"}]));
        assert_eq!((&update["reason"], &update["subject_id"], &update["revision"]), (&json!("It was misnamed"), &json!(made), &json!(2)));
        assert_eq!(update["collection"], json!("governance/controls"));
        assert!(events.windows(2).all(|pair| pair[0]["position"].as_i64() < pair[1]["position"].as_i64()));
        assert_eq!(all(app, &app.admin, 0, &format!("subject_id={made}")).await, events, "a record's own events");
        assert!(all(app, &app.admin, start, "collection=teams/units").await.is_empty());
    }

    a_move_is_named_by_what_was_done(app) {
        let made = app.make("governance/controls", &control("EV-2")).await["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/governance/controls/{made}");
        let moves = app.get(&app.admin, &format!("{path}/transitions")).await;
        let to = moves.body["data"][0]["to"].as_str().unwrap().to_owned();
        assert_eq!(app.transition(&app.admin, &path, &to).await.status, 200, "{}", moves.text);
        let events = all(app, &app.admin, 0, &format!("subject_id={made}")).await;
        let name = events[1]["event"].as_str().unwrap();
        assert!(name.starts_with("governance.control.") && name.ends_with("ed"), "{name}");
        assert!(events[1]["changes"].as_array().unwrap().iter().any(|change| change["pointer"] == "/state"));
    }

    what_a_reader_may_not_see_is_passed_over(app) {
        let start = end(app).await;
        let root = app.root_unit().await;
        let (here, there) = (app.unit("HERE", &root).await, app.unit("THERE", &root).await);
        let officer = app.actor("compliance_officer", Some(&here)).await;
        for (code, unit) in [("EV-H", &here), ("EV-T", &there)] {
            let mut body = control(code);
            body["unit_id"] = json!(unit);
            app.make("governance/controls", &body).await;
        }
        let seen = all(app, &officer, start, "collection=governance/controls").await;
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert!(seen[0]["changes"].as_array().unwrap().iter().any(|change| change["after"] == "EV-H"));
        assert!(all(app, &app.stranger().await, start, "limit=200").await.iter().all(|event| event["collection"] != "governance/controls"));
    }

    a_secret_is_in_no_event(app) {
        let start = end(app).await;
        app.make("identity/users", &json!({"email": "ev@example.org", "name": "E", "password": "canary canary canary"})).await;
        let told = serde_json::to_string(&all(app, &app.admin, start, "").await).unwrap();
        assert!(told.contains("identity.user.created") && !told.contains("canary") && !told.contains("argon2"), "{told}");
    }

    changes_at_the_same_time_are_each_told_once_and_a_record_s_in_their_order(app) {
        let start = end(app).await;
        let shared = app.make("governance/controls", &control("EV-S")).await["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/governance/controls/{shared}");
        let work = (0..24).map(|number| {
            let path = path.clone();
            async move {
                assert_eq!(app.post(&app.admin, "/api/v1/governance/controls", &control(&format!("EV-C{number}"))).await.status, 201);
                assert_eq!(app.patch(&app.admin, &path, "*", &json!({"name": format!("Name {number}")})).await.status, 200);
            }
        });
        futures_util::future::join_all(work).await;
        let events = all(app, &app.admin, start, "limit=7").await;
        let once: HashSet<(&str, i64)> = events.iter().map(|event| (event["subject_id"].as_str().unwrap(), event["revision"].as_i64().unwrap())).collect();
        assert_eq!((events.len(), once.len()), (49, 49));
        let mut last: HashMap<&str, i64> = HashMap::new();
        for event in &events {
            let revision = event["revision"].as_i64().unwrap();
            let before = last.insert(event["subject_id"].as_str().unwrap(), revision).unwrap_or_default();
            assert_eq!(revision, before + 1, "{event}");
        }
    }

    a_feed_that_cannot_be_read_is_refused(app) {
        for query in ["after=-1", "after=x", "limit=0", "limit=201", "collection=teams/nothing", "subject_id=x", "nonsense=1"] {
            assert_eq!(app.get(&app.admin, &format!("/api/v1/platform/events?{query}")).await.status, 400, "{query}");
        }
    }
}

/// Opens a feed that stays open and returns its connection with what came first.
fn open(running: &Running, token: &str, more: &str) -> TcpStream {
    let mut socket = TcpStream::connect(&running.address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let head = format!(
        "GET /api/v1/platform/events?collection=governance/controls HTTP/1.1\r\nHost: steward\r\nAuthorization: Bearer {token}\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip\r\n{more}\r\n"
    );
    socket.write_all(head.as_bytes()).unwrap();
    socket
}

/// Reads until a text has come.
fn until(socket: &mut TcpStream, wanted: &str) -> String {
    let (mut text, mut piece) = (String::new(), [0; 4_096]);
    while !text.contains(wanted) {
        let read = socket.read(&mut piece).unwrap();
        assert!(read > 0, "it ended: {text}");
        text.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
    text
}

on_each! {
    a_feed_that_stays_open_tells_what_happens_and_goes_on_where_it_was_interrupted(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        let mut socket = open(&running, &token, "");
        assert_eq!(running.send(&token, "POST", "/api/v1/governance/controls", &control("SSE-1")).0, 201);
        let told = until(&mut socket, "SSE-1");
        assert!(told.contains("text/event-stream") && told.contains("event: governance.control.created\n"), "{told}");
        let id = told.split("\nid: ").nth(1).unwrap().split('\n').next().unwrap().to_owned();
        drop(socket);
        assert_eq!(running.send(&token, "POST", "/api/v1/governance/controls", &control("SSE-2")).0, 201);
        let told = until(&mut open(&running, &token, &format!("Last-Event-ID: {id}\r\n")), "SSE-2");
        assert!(!told.contains("SSE-1"), "{told}");
    }

    the_head_of_a_feed_that_stays_open_ends_at_once(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        let head = |accept: &str| {
            let mut socket = TcpStream::connect(&running.address).unwrap();
            socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
            let text = format!("HEAD /api/v1/platform/events HTTP/1.1\r\nHost: steward\r\nAuthorization: Bearer {token}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n");
            socket.write_all(text.as_bytes()).unwrap();
            let mut told = String::new();
            socket.read_to_string(&mut told).unwrap();
            told
        };
        let told = head("text/event-stream");
        assert!(told.starts_with("HTTP/1.1 200") && told.contains("text/event-stream") && told.ends_with("\r\n\r\n"), "{told}");
        for (accept, form) in [("application/json", "application/json"), ("text/event-stream;q=0.1, application/json", "application/json"), ("text/event-stream;q=0, */*", "application/json")] {
            let told = head(accept);
            assert!(told.starts_with("HTTP/1.1 200") && told.contains(form), "{accept}: {told}");
        }
        assert!(head("text/event-stream;q=0").starts_with("HTTP/1.1 406"));
    }

    a_feed_that_cannot_be_read_is_refused_before_it_stays_open(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        for last in ["x", "-1"] {
            let told = until(&mut open(&running, &token, &format!("Last-Event-ID: {last}\r\n")), "\r\n\r\n");
            assert!(told.starts_with("HTTP/1.1 400"), "{last}: {told}");
        }
    }
}
