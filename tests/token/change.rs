//! How soon a change of who may do what takes effect: here at once, on other replicas within a second.

use super::{PASSWORD, access_token, encoded, holder, log_in, refresh, refresh_token, user};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::json;
use std::sync::Arc;
use steward::database::statements_run;

/// A control, and the path to it.
async fn control(app: &TestApp) -> String {
    let made = app.make("governance/controls", &json!({"code": "C-1", "name": "C-1", "kind": "preventive", "test_period_days": 30})).await;
    format!("/api/v1/governance/controls/{}", made["id"].as_str().unwrap())
}

on_both! {
    a_change_takes_effect_with_the_next_request(app) {
        let (id, email) = user(app).await;
        let actor = holder(&log_in(app, &email, PASSWORD).await);
        let role = app.make("identity/roles", &json!({"code": "reader", "name": "Reader", "permissions": ["governance.controls:read"]})).await;
        let control = control(app).await;
        let status = async |path: &str| app.get(&actor, path).await.status;
        assert_eq!(status(&control).await, 404);
        let grant = app.make("identity/grants", &json!({"principal_id": id, "role_id": role["id"], "unit_id": null})).await;
        assert_eq!(status(&control).await, 200, "a grant");
        let path = format!("/api/v1/identity/roles/{}", role["id"].as_str().unwrap());
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"permissions": ["security.risks:read"]})).await.status, 200);
        assert_eq!(status(&control).await, 404, "a change of a role");
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"permissions": ["governance.controls:read"]})).await.status, 200);
        assert_eq!(status(&control).await, 200, "and back");
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/identity/grants/{}", grant["id"].as_str().unwrap()), "*").await.status, 204);
        assert_eq!((status(&control).await, status("/api/v1/auth/me").await), (404, 200), "a grant that was taken away");
        assert_eq!(app.transition(&app.admin, &format!("/api/v1/identity/users/{id}"), "disabled").await.status, 200);
        assert_eq!(status("/api/v1/auth/me").await, 401, "an account that was disabled");
    }

    a_token_that_was_seen_is_not_looked_up_again_until_a_moment_has_passed(app) {
        let token = app.admin.token.clone().unwrap();
        let (gate, store, keys) = (&app.served.authenticator, &app.served.store, &app.served.keys);
        let first = gate.session(store, keys, &token).await.unwrap().unwrap();
        let before = statements_run();
        for _ in 0..100 {
            assert!(Arc::ptr_eq(&first, &gate.session(store, keys, &token).await.unwrap().unwrap()));
        }
        assert_eq!(statements_run(), before, "nothing is asked of the database");
        assert!(gate.session(store, keys, &format!("{token}x")).await.unwrap().is_none());
        app.clock.set(app.clock.now().plus_seconds(1));
        assert!(!Arc::ptr_eq(&first, &gate.session(store, keys, &token).await.unwrap().unwrap()), "after a moment it is");
        app.clock.set(app.clock.now().plus_seconds(1_000));
        assert!(gate.session(store, keys, &token).await.unwrap().is_none(), "what is remembered expires as the token does");
    }
}

/// What another replica lets happen: now, and a second later.
async fn now_and_then(other: &TestApp, actor: &Actor, path: &str) -> (u16, u16) {
    let now = other.get(actor, path).await.status;
    other.clock.set(other.clock.now().plus_seconds(1));
    (now, other.get(actor, path).await.status)
}

#[actix_web::test]
async fn another_replica_learns_of_a_change_within_a_second() {
    let Some(app) = TestApp::on_postgres().await else { return };
    let other = app.replica().await;
    let (id, email) = user(&app).await;
    let role = app.make("identity/roles", &json!({"code": "reader", "name": "Reader", "permissions": ["governance.controls:read"]})).await;
    app.make("identity/grants", &json!({"principal_id": id, "role_id": role["id"], "unit_id": null})).await;
    let (login, second) = (log_in(&app, &email, PASSWORD).await, log_in(&app, &email, PASSWORD).await);
    let (actor, again) = (holder(&login), holder(&second));
    let control = control(&app).await;
    for actor in [&actor, &again] {
        assert_eq!(other.get(actor, &control).await.status, 200, "a token of one replica is good at another");
    }
    let path = format!("/api/v1/identity/roles/{}", role["id"].as_str().unwrap());
    assert_eq!(app.patch(&app.admin, &path, "*", &json!({"permissions": ["security.risks:read"]})).await.status, 200);
    assert_eq!(now_and_then(&other, &actor, &control).await, (200, 404), "a change of a role");

    assert_eq!(other.get(&actor, "/api/v1/auth/me").await.status, 200);
    assert_eq!(app.form("/api/v1/auth/revoke", &format!("token={}", access_token(&login))).await.status, 200);
    assert_eq!(app.get(&actor, "/api/v1/auth/me").await.status, 401, "here at once");
    assert_eq!(now_and_then(&other, &actor, "/api/v1/auth/me").await, (200, 401), "a login that was ended");
    assert_eq!(refresh(&other, &refresh_token(&login)).await.status, 400, "a refresh token is asked of the database each time");

    assert_eq!(other.get(&again, "/api/v1/auth/me").await.status, 200);
    let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
    assert_eq!(app.transition(&admin, &format!("/api/v1/identity/users/{id}"), "disabled").await.status, 200);
    assert_eq!(now_and_then(&other, &again, "/api/v1/auth/me").await, (200, 401), "an account that was disabled");
    drop(other);
    app.drop_database();
}

#[actix_web::test]
async fn of_fifty_refreshes_at_two_replicas_exactly_one_wins() {
    let Some(app) = TestApp::on_postgres().await else { return };
    let other = app.replica().await;
    let (_, email) = user(&app).await;
    let token = refresh_token(&log_in(&app, &email, PASSWORD).await);
    let form = format!("grant_type=refresh_token&refresh_token={}", encoded(&token));
    let both = [&app, &other];
    let calls = (0..50).map(|at| Box::pin(both[at % 2].form("/api/v1/auth/token", &form)) as std::pin::Pin<Box<dyn Future<Output = crate::harness::Answer>>>);
    let answers = crate::token::together(calls.collect()).await;
    let winners: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(refresh(&other, &refresh_token(winners[0])).await.status, 400);
    drop(other);
    app.drop_database();
}
