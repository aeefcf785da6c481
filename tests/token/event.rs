//! Security events: what happens at the door is kept, for the auditor, without a secret.

use super::{PASSWORD, login_form, user};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

const PEER: &str = "192.0.2.7";

async fn events(app: &TestApp, reader: &Actor, kind: &str) -> Vec<Value> {
    let answer = app.get(reader, &format!("/api/v1/identity/security-events?kind={kind}&limit=200")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["data"].as_array().unwrap().clone()
}

/// Who, from where and what, of the last event of a kind.
async fn last(app: &TestApp, reader: &Actor, kind: &str) -> (String, String, String) {
    let events = events(app, reader, kind).await;
    let last = events.last().unwrap_or_else(|| panic!("no {kind}"));
    let text = |name: &str| last[name].as_str().unwrap_or_default().to_owned();
    (text("created_by"), text("address"), text("subject"))
}

on_both! {
    logins_good_and_failed_and_lock_outs_are_kept_with_account_and_address(app) {
        let (auditor, (id, email)) = (app.actor("auditor", None).await, user(app).await);
        let log_in = async |email: &str, password: &str| app.form_from(PEER, "/api/v1/auth/token", &[], &login_form(email, password)).await.status;
        assert_eq!(log_in(&email, PASSWORD).await, 200);
        let of = |subject: &str| (id.clone(), PEER.to_owned(), subject.to_owned());
        assert_eq!(last(app, &auditor, "login_succeeded").await, of("password"));
        assert_eq!(log_in("a canary typed into the wrong field", "canary").await, 400);
        assert_eq!(last(app, &auditor, "login_failed").await.0, steward::resource::Id::system().to_string(), "nobody is known");
        for _ in 0..10 {
            assert_eq!(log_in(&email, "another canary").await, 400);
        }
        assert_eq!(last(app, &auditor, "login_failed").await, of("password"));
        assert_eq!(last(app, &auditor, "locked_out").await, of("password"));
        assert_eq!(log_in(&email, "another canary").await, 429);
        assert_eq!((events(app, &auditor, "login_failed").await.len(), events(app, &auditor, "locked_out").await.len()), (11, 1), "who waits is not counted on");
        let all = app.get(&auditor, "/api/v1/identity/security-events?limit=200").await;
        assert!(!all.text.contains("canary") && all.body["data"][0]["request"].is_string(), "{}", all.text);
    }

    tokens_changes_of_access_refusals_exports_and_downloads_are_kept(app) {
        let auditor = app.actor("auditor", None).await;
        let member = app.actor("member", None).await;
        let id = member.id.unwrap().to_string();
        let role = app.make("identity/roles", &json!({"code": "r1", "name": "A role", "permissions": ["teams.units:read"]})).await["id"].clone();
        let (by, _, subject) = last(app, &auditor, "access_changed").await;
        assert_eq!((by, subject), (app.admin.id.unwrap().to_string(), format!("identity/roles/{} create", role.as_str().unwrap())));
        let token = json!({"name": "Mine", "scopes": ["teams.units:read"], "expires_at": "2026-07-01T00:00:00Z"});
        let token = app.post_from(PEER, &member, "/api/v1/identity/api-tokens", &token).await;
        assert_eq!(token.status, 201, "{}", token.text);
        assert_eq!(last(app, &auditor, "credential_created").await, (id.clone(), PEER.into(), format!("identity/api-tokens/{} create", token.id())));
        let secret = token.body["token"].as_str().unwrap().to_owned();
        let by_token = Actor { id: member.id, token: Some(secret.clone()) };
        for _ in 0..3 {
            assert_eq!(app.get_from("192.0.2.8", &by_token, "/api/v1/teams/units").await.status, 200);
        }
        assert_eq!(last(app, &auditor, "token_used").await, (id.clone(), "192.0.2.8".into(), token.id()));
        for _ in 0..3 {
            assert_eq!(app.post_from(PEER, &member, "/api/v1/teams/units", &json!({"code": "A", "name": "A"})).await.status, 403);
        }
        assert_eq!(last(app, &auditor, "permission_refused").await, (id.clone(), PEER.into(), "POST /api/v1/teams/units".into()));
        assert_eq!((events(app, &auditor, "permission_refused").await.len(), events(app, &auditor, "token_used").await.len()), (1, 1), "what comes again is told once");
        assert_eq!(app.call_from(PEER, &member, "GET", "/api/v1/teams/units", &[("Accept", "text/csv")], None).await.status, 200);
        assert_eq!(last(app, &auditor, "exported").await, (id, PEER.into(), "teams/units".into()));
        let file = app.upload("text/plain", "hello").await["id"].as_str().unwrap().to_owned();
        let content = format!("/api/v1/platform/files/{file}/content");
        assert_eq!(app.get(&app.admin, &content).await.status, 200);
        assert_eq!(last(app, &auditor, "downloaded").await.2, content);
        let all = app.get(&auditor, "/api/v1/identity/security-events?limit=200").await;
        assert!(!all.text.contains(&secret));
    }

    a_refusal_inside_a_bulk_is_kept_as_that_of_the_single_call(app) {
        let (auditor, member) = (app.actor("auditor", None).await, app.actor("member", None).await);
        let root = app.root_unit().await;
        let bulk = |atomic: bool| json!({"atomic": atomic, "operations": [
            {"op": "create", "collection": "teams/units", "body": {"code": "A", "name": "A"}},
            {"op": "update", "collection": "teams/units", "id": root, "if_match": "*", "body": {"name": "Mine"}},
            {"op": "update", "collection": "teams/units", "id": root, "if_match": "*", "body": {"name": "Mine again"}},
        ]});
        let ask = async |atomic: bool| app.post_from(PEER, &member, "/api/v1/platform/bulk", &bulk(atomic)).await;
        let answer = ask(false).await;
        assert_eq!([&answer.body["results"][0]["status"], &answer.body["results"][1]["status"]], [&json!(403), &json!(403)], "{}", answer.text);
        let kept = events(app, &auditor, "permission_refused").await;
        let told: Vec<_> = kept.iter().map(|event| (event["subject"].as_str().unwrap(), event["address"].as_str().unwrap())).collect();
        assert_eq!(told, [("POST /api/v1/teams/units", PEER), (&format!("PATCH /api/v1/teams/units/{root}"), PEER)], "each permission once");
        assert!(kept.iter().all(|event| event["created_by"] == member.id.unwrap().to_string()));
        app.wait(61);
        assert_eq!(ask(true).await.status, 409);
        assert_eq!(events(app, &auditor, "permission_refused").await.len(), 4, "nothing of it was kept, and yet it was tried");
    }

    a_refusal_in_a_bulk_that_is_done_later_is_kept_whatever_becomes_of_the_rest(app) {
        let (auditor, member) = (app.actor("auditor", None).await, app.actor("member", None).await);
        for (atomic, kept) in [(true, 1), (false, 2)] {
            let bulk = json!({"atomic": atomic, "operations": [{"op": "create", "collection": "teams/units", "body": {"code": "A", "name": "A"}}]});
            let headers = [("Content-Type", "application/json"), ("Prefer", "respond-async")];
            assert_eq!(app.call(&member, "POST", "/api/v1/platform/bulk", &headers, Some(bulk.to_string())).await.status, 202);
            app.worker.work_off().await.unwrap();
            let events = events(app, &auditor, "permission_refused").await;
            assert_eq!(events.len(), kept, "atomic: {atomic}");
            assert!(events.iter().all(|event| event["subject"] == "POST /api/v1/teams/units" && event["created_by"] == member.id.unwrap().to_string()));
        }
    }

    what_is_read_by_a_secret_address_is_kept_without_the_secret(app) {
        let auditor = app.actor("auditor", None).await;
        let admin = app.admin.id.unwrap().to_string();
        let feed = app.make("platform/calendar-feeds", &json!({"name": "Dates"})).await["id"].as_str().unwrap().to_owned();
        let feed = format!("/api/v1/platform/calendar-feeds/{feed}");
        let calendar = app.post(&app.admin, &format!("{feed}/renew-token"), &json!({})).await.body["path"].as_str().unwrap().to_owned();
        let file = app.upload("image/png", "not really").await["id"].as_str().unwrap().to_owned();
        let file = format!("/api/v1/platform/files/{file}");
        let preview = app.post(&app.admin, &format!("{file}/link"), &json!({})).await.body["path"].as_str().unwrap().to_owned();
        for (address, subject) in [(&calendar, format!("{feed}/calendar.ics")), (&preview, format!("{file}/content"))] {
            for _ in 0..3 {
                assert_eq!(app.get_from(PEER, &Actor::nobody(), address).await.status, 200);
            }
            assert_eq!(last(app, &auditor, "downloaded").await, (admin.clone(), PEER.into(), subject.clone()));
            let all = events(app, &auditor, "downloaded").await;
            assert_eq!(all.iter().filter(|event| event["subject"] == subject).count(), 1, "what comes again is told once");
            let secret = address.rsplit('/').nth(1).unwrap();
            assert!(!all.iter().any(|event| event.to_string().contains(secret)), "{all:?}");
        }
    }

    security_events_are_the_auditor_s_to_read_and_nobody_s_to_change_and_go_when_they_are_old(app) {
        let (auditor, member) = (app.actor("auditor", None).await, app.actor("member", None).await);
        let known = events(app, &auditor, "access_changed").await;
        assert!(!known.is_empty());
        assert_eq!(app.get(&member, "/api/v1/identity/security-events").await.body["data"], json!([]));
        let path = format!("/api/v1/identity/security-events/{}", known[0]["id"].as_str().unwrap());
        assert_eq!(app.get(&auditor, &path).await.status, 200);
        assert_eq!(app.get(&member, &path).await.status, 404);
        assert_eq!(app.post(&app.admin, "/api/v1/identity/security-events", &json!({"kind": "exported"})).await.status, 405);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"address": null})).await.status, 405);
        assert_eq!(app.delete(&app.admin, &path, "*").await.status, 405);
        app.wait(401 * 24 * 3600);
        app.worker.work_off().await.unwrap();
        let auditor = app.log_in_as(&auditor.id.unwrap().to_string());
        assert_eq!(events(app, &auditor, "access_changed").await, Vec::<Value>::new());
    }
}
