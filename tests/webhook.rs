//! Webhooks: what is posted to whom, how it is signed, and what becomes of what does not arrive.

use crate::harness::receiver::{Message, Receiver};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use steward::database::{SqlType, Statement};
use steward::domains::platform::webhook::Dispatch;
use steward::jobs::Worker;
use steward::outgoing::{Client, Network};

const HOOKS: &str = "/api/v1/platform/webhooks";
const DELIVERIES: &str = "/api/v1/platform/webhook-deliveries";
const CONTROLS: &str = "/api/v1/governance/controls";

fn control(code: &str) -> Value {
    json!({"code": code, "name": "A control", "kind": "preventive", "test_period_days": 30})
}

/// A webhook of somebody for the events of controls: its path and its secret.
async fn hook(app: &TestApp, actor: &Actor, receiver: &Receiver, more: Value) -> (String, String) {
    let mut body = json!({"name": "Controls", "url": receiver.url, "events": ["governance.control.*"]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = app.post(actor, HOOKS, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    (format!("{HOOKS}/{}", made.id()), made.body["secret"].as_str().unwrap().to_owned())
}

async fn made(app: &TestApp, code: &str) -> String {
    app.make("governance/controls", &control(code)).await["id"].as_str().unwrap().to_owned()
}

async fn renamed(app: &TestApp, id: &str, name: &str) {
    let answer = app.patch(&app.admin, &format!("{CONTROLS}/{id}"), "*", &json!({ "name": name })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// What somebody's deliveries have become, the oldest first.
async fn deliveries(app: &TestApp, actor: &Actor) -> Vec<Value> {
    let answer = app.get(actor, &format!("{DELIVERIES}?sort=id&limit=200")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["data"].as_array().unwrap().clone()
}

async fn work(app: &TestApp) {
    app.worker.work_off().await.unwrap();
}

/// Lets time pass; whoever calls after it has a new token.
async fn later(app: &TestApp, seconds: i64) -> Actor {
    app.clock.set(app.clock.now().plus_seconds(seconds));
    work(app).await;
    app.log_in_as(&app.admin.id.unwrap().to_string())
}

/// HMAC-SHA256 as RFC 2104 defines it.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0u8; 64];
    block[..key.len()].copy_from_slice(key);
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

fn signature(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    assert!((24..=64).contains(&key.len()));
    format!("v1,{}", STANDARD.encode(hmac(&key, &[format!("{id}.{timestamp}.").as_bytes(), body].concat())))
}

fn signed(secret: &str, message: &Message) -> String {
    signature(secret, message.header("webhook-id"), message.header("webhook-timestamp"), &message.body)
}

fn names(messages: &[Message]) -> Vec<String> {
    messages.iter().map(|message| message.json()["type"].as_str().unwrap().to_owned()).collect()
}

/// Another process that tells webhooks, so to speak: over the same data.
fn beside(app: &TestApp) -> Worker {
    let client = Client::new(vec![Network::parse("127.0.0.1").unwrap()], None).unwrap();
    Worker::new(app.served.store.clone(), Vec::new(), vec![Box::new(Dispatch::new(app.served.store.clone(), client))])
}

#[test]
fn the_signature_of_these_tests_is_that_of_the_standard_s_example() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", br#"{"test": 2432232314}"#);
    assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

on_both! {
    an_event_is_posted_once_as_the_feed_shows_it_and_signed(app) {
        let receiver = Receiver::start();
        made(app, "WH-0").await;
        let (path, secret) = hook(app, &app.admin, &receiver, json!({})).await;
        let id = made(app, "WH-1").await;
        app.make("teams/units", &json!({"code": "WH", "name": "Not wanted"})).await;
        work(app).await;
        work(app).await;
        let messages = receiver.messages();
        assert_eq!(names(&messages), ["governance.control.created"]);
        let (message, body) = (&messages[0], messages[0].json());
        assert_eq!(message.header("webhook-signature"), signed(&secret, message));
        assert_eq!(message.header("content-type"), "application/json");
        assert_eq!(message.header("webhook-timestamp"), app.clock.now().0.timestamp().to_string());
        let feed = app.get(&app.admin, &format!("/api/v1/platform/events?subject_id={id}")).await.body["data"][0].clone();
        assert_eq!((&body["data"], &body["timestamp"]), (&feed, &feed["at"]));
        let told = deliveries(app, &app.admin).await;
        assert_eq!(told.len(), 1);
        assert_eq!((told[0]["id"].as_str(), &told[0]["subject_id"]), (Some(message.header("webhook-id")), &json!(id)));
        assert_eq!((&told[0]["state"], &told[0]["attempts"], &told[0]["status_code"]), (&json!("delivered"), &json!(1), &json!(204)));
        assert_eq!(app.get(&app.admin, &format!("{DELIVERIES}?filter=state%20%3D%20waiting")).await.body["data"], json!([]));
        assert!(app.get(&app.admin, &path).await.body["position"].as_i64() > told[0]["position"].as_i64(), "it has looked at what came after");
    }

    a_webhook_wants_what_its_collection_its_filter_and_its_change_say(app) {
        let (filtered, changed, all) = (Receiver::start(), Receiver::start(), Receiver::start());
        hook(app, &app.admin, &filtered, json!({"events": [], "collection": "governance/controls", "filter": "name = \"Mine\" AND state = planned"})).await;
        let change = json!({"field": "name", "from": "A control", "to": "Mine"});
        hook(app, &app.admin, &changed, json!({"events": [], "collection": "governance/controls", "changed": change})).await;
        hook(app, &app.admin, &all, json!({"events": ["governance.*.updated", "governance.control.deleted"]})).await;
        let (one, other) = (made(app, "WH-F1").await, made(app, "WH-F2").await);
        renamed(app, &one, "Mine").await;
        renamed(app, &one, "Yours").await;
        renamed(app, &one, "Mine").await;
        renamed(app, &other, "Yours").await;
        assert_eq!(app.delete(&app.admin, &format!("{CONTROLS}/{one}"), "*").await.status, 204);
        work(app).await;
        let (updated, deleted) = ("governance.control.updated", "governance.control.deleted");
        assert_eq!(names(&filtered.messages()), [updated, updated, deleted], "the record as each event left it, though it is gone by now");
        assert_eq!(names(&changed.messages()), [updated]);
        assert_eq!(all.messages().len(), 5);
    }

    what_does_not_arrive_is_posted_again_under_the_same_id_and_a_record_s_events_keep_their_order(app) {
        let receiver = Receiver::start();
        hook(app, &app.admin, &receiver, json!({})).await;
        receiver.answer(&[503]);
        let one = made(app, "WH-R1").await;
        work(app).await;
        renamed(app, &one, "Later").await;
        let other = made(app, "WH-R2").await;
        work(app).await;
        let seen: Vec<Value> = receiver.messages().iter().map(|message| message.json()["data"]["subject_id"].clone()).collect();
        assert_eq!(seen, [json!(one), json!(other)], "what happens to another record does not wait");
        let told = deliveries(app, &app.admin).await;
        assert_eq!((&told[0]["state"], &told[0]["status_code"], &told[0]["attempts"]), (&json!("waiting"), &json!(503), &json!(1)));
        assert_eq!((&told[1]["state"], &told[1]["attempts"]), (&json!("waiting"), &json!(0)));
        later(app, 4).await;
        assert_eq!(receiver.messages().len(), 2, "not before its time");
        later(app, 3).await;
        let messages = receiver.messages();
        assert_eq!(names(&messages)[2..], ["governance.control.created", "governance.control.updated"]);
        assert_eq!((messages[0].header("webhook-id"), &messages[0].body), (messages[2].header("webhook-id"), &messages[2].body));
        assert!(deliveries(app, &app.admin).await.iter().all(|delivery| delivery["state"] == "delivered" && delivery["error"].is_null()));
    }

    a_receiver_that_stays_away_loses_a_delivery_after_three_days_and_gets_it_by_a_replay(app) {
        let receiver = Receiver::start();
        hook(app, &app.admin, &receiver, json!({})).await;
        receiver.answer(&[500; 10]);
        made(app, "WH-D").await;
        work(app).await;
        let mut admin = app.admin.clone();
        for attempt in 1..10 {
            let told = deliveries(app, &admin).await;
            assert_eq!((&told[0]["state"], &told[0]["attempts"]), (&json!("waiting"), &json!(attempt)));
            admin = later(app, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400][attempt - 1] * 6 / 5 + 1).await;
        }
        let told = deliveries(app, &admin).await;
        assert_eq!((&told[0]["state"], &told[0]["attempts"], &told[0]["next_attempt_at"]), (&json!("dead"), &json!(10), &Value::Null), "{told:?}");
        later(app, 100_000).await;
        assert_eq!(receiver.messages().len(), 10);
        let admin = later(app, 0).await;
        let path = format!("{DELIVERIES}/{}", told[0]["id"].as_str().unwrap());
        let replayed = app.post(&admin, &format!("{path}/replay"), &json!({})).await;
        assert_eq!(replayed.status, 200, "{}", replayed.text);
        work(app).await;
        assert_eq!(app.get(&admin, &path).await.body["state"], json!("delivered"));
        let ids: HashSet<String> = receiver.messages().iter().map(|message| message.header("webhook-id").to_owned()).collect();
        assert_eq!((receiver.messages().len(), ids.len()), (11, 1));
        let admin = later(app, 31 * 24 * 3600).await;
        assert!(deliveries(app, &admin).await.is_empty(), "they are kept for thirty days");
    }

    after_a_rotation_both_secrets_sign_for_a_day(app) {
        let receiver = Receiver::start();
        let (path, old) = hook(app, &app.admin, &receiver, json!({})).await;
        let rotated = app.post(&app.admin, &format!("{path}/rotate-secret"), &json!({})).await;
        assert_eq!(rotated.status, 200, "{}", rotated.text);
        let new = rotated.body["secret"].as_str().unwrap().to_owned();
        assert_ne!(old, new);
        made(app, "WH-S1").await;
        work(app).await;
        let first = receiver.messages().remove(0);
        assert_eq!(first.header("webhook-signature"), format!("{} {}", signed(&new, &first), signed(&old, &first)));
        let admin = later(app, 24 * 3600 + 1).await;
        assert_eq!(app.post(&admin, CONTROLS, &control("WH-S2")).await.status, 201);
        work(app).await;
        let second = receiver.messages().remove(1);
        assert_eq!(second.header("webhook-signature"), signed(&new, &second));
    }

    a_test_is_posted_whatever_is_wanted(app) {
        let receiver = Receiver::start();
        let (path, secret) = hook(app, &app.admin, &receiver, json!({"events": ["teams.unit.created"]})).await;
        let tested = app.post(&app.admin, &format!("{path}/test"), &json!({})).await;
        assert_eq!(tested.status, 200, "{}", tested.text);
        work(app).await;
        let message = receiver.messages().remove(0);
        assert_eq!((message.json()["type"].as_str(), tested.body["delivery_id"].as_str()), (Some("platform.webhook.test"), Some(message.header("webhook-id"))));
        assert_eq!(message.header("webhook-signature"), signed(&secret, &message));
        assert_eq!(app.transition(&app.admin, &path, "disabled").await.status, 200);
        assert_eq!(app.post(&app.admin, &format!("{path}/test"), &json!({})).await.status, 409);
    }

    what_the_maker_may_not_see_when_it_is_posted_is_not_posted(app) {
        let receiver = Receiver::start();
        let root = app.root_unit().await;
        let (here, there) = (app.unit("WH-HERE", &root).await, app.unit("WH-THERE", &root).await);
        let officer = app.actor("compliance_officer", Some(&here)).await;
        hook(app, &officer, &receiver, json!({"events": []})).await;
        receiver.answer(&[503]);
        for (code, unit) in [("WH-T", &there), ("WH-H", &here)] {
            let mut body = control(code);
            body["unit_id"] = json!(unit);
            app.make("governance/controls", &body).await;
        }
        work(app).await;
        assert_eq!(receiver.messages().len(), 1);
        assert!(receiver.messages()[0].json().to_string().contains("WH-H"));
        assert_eq!(deliveries(app, &officer).await.len(), 1);
        assert_eq!(deliveries(app, &app.stranger().await).await.len(), 0, "deliveries are their maker's");
        let grant = app.get(&app.admin, &format!("/api/v1/identity/grants?principal_id={}", officer.id.unwrap())).await.body["data"][0]["id"].clone();
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/identity/grants/{}", grant.as_str().unwrap()), "*").await.status, 204);
        later(app, 7).await;
        let told = deliveries(app, &officer).await;
        assert_eq!((receiver.messages().len(), &told[0]["state"]), (1, &json!("dead")), "{told:?}");
        assert!(told[0]["error"].as_str().unwrap().contains("may not see"));
    }

    a_webhook_ends_with_its_maker_s_account_and_where_its_receiver_is_gone(app) {
        let (receiver, gone) = (Receiver::start(), Receiver::start());
        let officer = app.actor("compliance_officer", None).await;
        let (orphan, _) = hook(app, &officer, &receiver, json!({})).await;
        let (path, _) = hook(app, &app.admin, &gone, json!({})).await;
        assert_eq!(app.transition(&app.admin, &format!("/api/v1/identity/users/{}", officer.id.unwrap()), "disabled").await.status, 200);
        gone.answer(&[410]);
        made(app, "WH-G1").await;
        work(app).await;
        assert_eq!((receiver.messages().len(), gone.messages().len()), (0, 1));
        for path in [&orphan, &path] {
            assert_eq!(app.get(&app.admin, path).await.body["state"], json!("disabled"));
        }
        made(app, "WH-G2").await;
        work(app).await;
        assert_eq!(app.transition(&app.admin, &path, "active").await.status, 200);
        made(app, "WH-G3").await;
        work(app).await;
        let told = gone.messages();
        assert!(told.len() == 2 && told[1].json().to_string().contains("WH-G3"), "what happened meanwhile is not told: {:?}", names(&told));
    }

    two_processes_post_each_event_once_and_a_record_s_in_order(app) {
        let receiver = Receiver::start();
        hook(app, &app.admin, &receiver, json!({})).await;
        let other = beside(app);
        let shared = made(app, "WH-2").await;
        let busy = async {
            for number in 0..12 {
                made(app, &format!("WH-2-{number}")).await;
                renamed(app, &shared, &format!("Name {number}")).await;
                let (first, second) = futures_util::future::join(app.worker.work_off(), other.work_off()).await;
                first.unwrap();
                second.unwrap();
            }
        };
        busy.await;
        let messages = receiver.messages();
        let ids: HashSet<&str> = messages.iter().map(|message| message.header("webhook-id")).collect();
        assert_eq!((messages.len(), ids.len()), (25, 25));
        let mut last: HashMap<String, i64> = HashMap::new();
        for data in messages.iter().map(|message| message.json()["data"].clone()) {
            let before = last.insert(data["subject_id"].to_string(), data["revision"].as_i64().unwrap()).unwrap_or_default();
            assert_eq!(data["revision"], json!(before + 1), "{data}");
        }
    }

    a_webhook_that_leads_into_the_network_or_wants_nothing_is_refused(app) {
        let refused = [
            (json!({"url": "https://10.0.0.1/hook"}), "/url address"),
            (json!({"url": "http://example.org@10.0.0.1/"}), "/url address"),
            (json!({"url": "https://169.254.169.254/latest"}), "/url address"),
            (json!({"url": "http://93.184.216.34/"}), "/url address"),
            (json!({"events": ["governance.nothing.created"]}), "/events/0 event"),
            (json!({"events": ["Governance"]}), "/events/0 event"),
            (json!({"events": ["governance.control.exploded"]}), "/events/0 event"),
            (json!({"events": ["governance.control.updated", "*.*.exploded"]}), "/events/1 event"),
            (json!({"filter": "name = \"x\""}), "/filter collection"),
            (json!({"changed": {"field": "name"}}), "/changed collection"),
            (json!({"collection": "no/such"}), "/collection collection"),
            (json!({"collection": "governance/controls", "filter": "nothing = 1"}), "/filter filter"),
            (json!({"collection": "governance/controls", "changed": {"field": "nothing"}}), "/changed/field field"),
            (json!({"collection": "governance/controls", "changed": {"field": "revision"}}), "/changed/field field"),
            (json!({"collection": "platform/webhooks", "changed": {"field": "position"}}), "/changed/field field"),
        ];
        for (more, broken) in refused {
            let mut body = json!({"name": "No", "url": "https://example.org/hook"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let answer = app.post(&app.admin, HOOKS, &body).await;
            assert!(answer.status == 422 && answer.broken().contains(&broken.to_owned()), "{more}: {}", answer.text);
        }
    }

    what_is_done_to_a_kind_of_record_is_wanted_by_its_name(app) {
        for event in ["governance.control.restored", "governance.framework.changed_parts", "vendors.contract.signed", "*.*.deleted", "platform.webhook.rotated_secret"] {
            let made = app.post(&app.admin, HOOKS, &json!({"name": "Yes", "url": "https://example.org/hook", "events": [event]})).await;
            assert_eq!(made.status, 201, "{event}: {}", made.text);
        }
    }

    a_field_that_a_record_never_had_has_not_changed_when_it_is_made_or_deleted(app) {
        let receiver = Receiver::start();
        hook(app, &app.admin, &receiver, json!({"events": [], "collection": "governance/controls", "changed": {"field": "description"}})).await;
        let (without, with) = (made(app, "WH-W1").await, made(app, "WH-W2").await);
        let described = app.patch(&app.admin, &format!("{CONTROLS}/{with}"), "*", &json!({"description": "Now it has one."})).await;
        assert_eq!(described.status, 200, "{}", described.text);
        for id in [&without, &with] {
            assert_eq!(app.delete(&app.admin, &format!("{CONTROLS}/{id}"), "*").await.status, 204);
        }
        work(app).await;
        assert_eq!(names(&receiver.messages()), ["governance.control.updated", "governance.control.deleted"]);
        assert!(receiver.messages().iter().all(|message| message.json()["data"]["subject_id"] == json!(with)));
    }

    nobody_but_its_maker_says_where_a_webhook_leads(app) {
        let receiver = Receiver::start();
        let officer = app.actor("compliance_officer", None).await;
        let (path, _) = hook(app, &officer, &receiver, json!({})).await;
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"url": "https://example.org/mine"})).await.status, 403);
        for act in ["rotate-secret", "test"] {
            assert_eq!(app.post(&app.admin, &format!("{path}/{act}"), &json!({})).await.status, 403, "{act}");
        }
        let scopes = json!(["platform.webhooks:create", "platform.webhooks:read", "platform.webhooks:update"]);
        let token = app.post(&app.admin, "/api/v1/identity/api-tokens", &json!({"name": "T", "scopes": scopes})).await.body["token"].clone();
        let program = Actor { id: app.admin.id, token: token.as_str().map(str::to_owned) };
        assert_eq!(app.post(&program, HOOKS, &json!({"name": "T", "url": receiver.url})).await.status, 403);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"name": "Mine now"})).await.status, 403);
        let (own, _) = hook(app, &app.admin, &receiver, json!({})).await;
        assert_eq!(app.patch(&program, &own, "*", &json!({"name": "The program's"})).await.status, 403);
        assert_eq!(app.patch(&app.admin, &own, "*", &json!({"name": "Renamed"})).await.status, 200);
        // Whoever may disable it does; its maker alone enables it again.
        assert_eq!(app.transition(&app.admin, &path, "disabled").await.status, 200);
        assert_eq!(app.transition(&app.admin, &path, "active").await.status, 403);
        assert_eq!(app.transition(&officer, &path, "active").await.status, 200);
    }

    a_secret_is_shown_once_and_is_nowhere_else(app) {
        let receiver = Receiver::start();
        let (path, old) = hook(app, &app.admin, &receiver, json!({"events": []})).await;
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "rotate-once")];
        let act = format!("{path}/rotate-secret");
        let new = app.call(&app.admin, "POST", &act, &headers, Some("{}".into())).await.body["secret"].as_str().unwrap().to_owned();
        assert!(app.call(&app.admin, "POST", &act, &headers, Some("{}".into())).await.body["secret"].is_null());
        renamed(app, &made(app, "WH-N").await, "Other").await;
        work(app).await;
        let id = path.rsplit('/').next().unwrap();
        let mut told: Vec<String> = receiver.messages().iter().map(|message| message.json().to_string()).collect();
        for path in [path.as_str(), HOOKS, DELIVERIES, &format!("/api/v1/platform/resources/{id}/history"), &format!("/api/v1/platform/events?subject_id={id}")] {
            let answer = app.get(&app.admin, path).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            told.push(answer.text);
        }
        told.push(app.call(&app.admin, "GET", HOOKS, &[("Accept", "text/csv")], None).await.text);
        let kept = app.served.store.unauthenticated(|connection| {
            let mut all = Vec::new();
            for query in ["SELECT COALESCE(body, '') FROM idempotency_keys", "SELECT document FROM revisions WHERE document IS NOT NULL"] {
                all.extend(Statement::new(query).rows(connection, &[SqlType::Text])?.iter().filter_map(|row| row[0].as_text().map(str::to_owned)));
            }
            Ok(all)
        });
        told.extend(kept.await.unwrap());
        for secret in [&old, &new] {
            assert!(told.iter().all(|text| !text.contains(secret.as_str()) && !text.contains(secret.strip_prefix("whsec_").unwrap())));
        }
    }

    a_filter_is_over_what_its_maker_may_read_and_ends_with_that(app) {
        let receiver = Receiver::start();
        let role = app.make("identity/roles", &json!({"code": "people", "name": "P", "permissions": ["teams.people:read", "platform.webhooks:*", "platform.conflicts:read"]})).await;
        let reads = app.actor("people", None).await;
        let asks = json!({"name": "Leavers", "url": receiver.url, "collection": "teams/people", "filter": "leaving_reason : \"pay\""});
        let refused = app.post(&reads, HOOKS, &asks).await;
        assert_eq!((refused.status, refused.broken()), (422, vec!["/filter filter".to_owned()]), "{}", refused.text);
        let changes = json!({"name": "Leavers", "url": receiver.url, "collection": "teams/people", "changed": {"field": "leaving_reason"}});
        assert_eq!(app.post(&reads, HOOKS, &changes).await.broken(), ["/changed/field field"]);
        let path = format!("/api/v1/identity/roles/{}", role["id"].as_str().unwrap());
        let widened = json!({"permissions": ["teams.people:read", "teams.people:read_restricted", "platform.webhooks:*", "platform.conflicts:read"]});
        assert_eq!(app.patch(&app.admin, &path, "*", &widened).await.status, 200);
        let made = app.post(&reads, HOOKS, &asks).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let hook = format!("{HOOKS}/{}", made.id());
        let conflicts = async || app.get(&reads, &format!("/api/v1/platform/conflicts?subject_id={}", made.id())).await.body["data"].clone();
        assert_eq!(conflicts().await, json!([]));
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"permissions": ["teams.people:read", "platform.webhooks:*", "platform.conflicts:read"]})).await.status, 200);
        app.make("teams/people", &json!({"name": "Ann", "email": "ann@example.org", "leaving_reason": "Better pay."})).await;
        work(app).await;
        assert_eq!(app.get(&reads, &hook).await.body["state"], json!("disabled"));
        assert_eq!((&conflicts().await[0]["rule"], &conflicts().await[0]["state"]), (&json!("platform.webhooks:filter"), &json!("open")));
        assert!(receiver.messages().is_empty());
    }

    a_webhook_whose_filter_cannot_be_read_any_more_is_mended_by_its_maker(app) {
        let receiver = Receiver::start();
        let field = app.make("platform/custom-fields", &json!({"collection": "governance/controls", "code": "level", "name": "Level", "kind": "text"})).await;
        let officer = app.actor("compliance_officer", None).await;
        let (path, _) = hook(app, &officer, &receiver, json!({"events": [], "collection": "governance/controls", "filter": "custom.level = \"high\""})).await;
        let gone = app.delete(&app.admin, &format!("/api/v1/platform/custom-fields/{}", field["id"].as_str().unwrap()), "*").await;
        assert_eq!(gone.status, 204, "{}", gone.text);
        made(app, "WH-B1").await;
        work(app).await;
        assert_eq!(app.get(&officer, &path).await.body["state"], json!("disabled"));
        let conflicts = format!("/api/v1/platform/conflicts?subject_id={}", path.rsplit('/').next().unwrap());
        for actor in [&officer, &app.admin] {
            let seen = app.get(actor, &conflicts).await.body["data"].clone();
            assert_eq!((&seen[0]["rule"], &seen[0]["state"]), (&json!("platform.webhooks:filter"), &json!("open")), "who sees the webhook sees what is wrong with it");
        }
        let mended = json!({"filter": "name = \"A control\""});
        assert_eq!(app.patch(&officer, &format!("{path}?dry_run=true"), "*", &mended).await.status, 200);
        let answer = app.patch(&officer, &path, "*", &mended).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let ended = app.get(&officer, &conflicts).await.body["data"][0].clone();
        assert_eq!((&ended["state"], &ended["resolution"]), (&json!("resolved"), &json!("cause_gone")));
        assert_eq!(app.transition(&officer, &path, "active").await.status, 200);
        made(app, "WH-B2").await;
        work(app).await;
        assert!(receiver.messages().len() == 1 && receiver.messages()[0].json().to_string().contains("WH-B2"));
    }

    what_is_wrong_with_a_webhook_can_be_accepted_by_its_maker(app) {
        let receiver = Receiver::start();
        let field = app.make("platform/custom-fields", &json!({"collection": "governance/controls", "code": "level", "name": "Level", "kind": "text"})).await;
        let (path, _) = hook(app, &app.admin, &receiver, json!({"events": [], "collection": "governance/controls", "filter": "custom.level = \"high\""})).await;
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/platform/custom-fields/{}", field["id"].as_str().unwrap()), "*").await.status, 204);
        made(app, "WH-A1").await;
        work(app).await;
        let conflicts = format!("/api/v1/platform/conflicts?subject_id={}", path.rsplit('/').next().unwrap());
        let id = app.get(&app.admin, &conflicts).await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let body = json!({"to": "resolved", "reason": "It is not needed any more."}).to_string();
        let headers = [("If-Match", "*"), ("Content-Type", "application/json")];
        let resolved = app.call(&app.admin, "POST", &format!("/api/v1/platform/conflicts/{id}/transitions"), &headers, Some(body)).await;
        assert_eq!(resolved.status, 200, "{}", resolved.text);
        assert_eq!(app.get(&app.admin, &conflicts).await.body["data"][0]["resolution"], json!("accepted"));
    }
}
