//! What another service is told of a token that it was shown (RFC 7662).

use super::{PASSWORD, access_token, encoded, error, log_in, parts, refresh_token, user};
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

async fn ask(app: &TestApp, service: &Actor, form: &str) -> Answer {
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    app.call(service, "POST", "/api/v1/auth/introspect", &headers, Some(form.to_owned())).await
}

async fn about(app: &TestApp, service: &Actor, token: &str) -> Value {
    let answer = ask(app, service, &format!("token={}", encoded(token))).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")), "{}", answer.text);
    answer.body
}

async fn role(app: &TestApp, permissions: &[&str]) -> Value {
    let code = format!("role_{}", app.next_number());
    app.make("identity/roles", &json!({"code": code, "name": "Of a test", "permissions": permissions})).await["id"].clone()
}

async fn grant(app: &TestApp, principal: &str, role: &Value, unit: Option<&str>) -> Value {
    app.make("identity/grants", &json!({"principal_id": principal, "role_id": role, "unit_id": unit})).await
}

/// Somebody who may ask.
async fn service(app: &TestApp) -> Actor {
    let actor = app.stranger().await;
    let role = role(app, &["identity.tokens:introspect"]).await;
    grant(app, &actor.id.unwrap().to_string(), &role, None).await;
    actor
}

on_both! {
    a_service_is_told_what_a_token_is_good_for(app) {
        let (service, (id, email), unit) = (service(app).await, user(app).await, app.root_unit().await);
        let (wide, narrow) = (role(app, &["governance.controls:read", "teams.units:read"]).await, role(app, &["security.risks:read"]).await);
        grant(app, &id, &wide, None).await;
        grant(app, &id, &narrow, Some(&unit)).await;
        let token = access_token(&log_in(app, &email, PASSWORD).await);
        let (told, (_, claims)) = (about(app, &service, &token).await, parts(&token));
        for claim in ["sub", "client_id", "exp", "iat", "nbf", "iss", "aud", "jti", "auth_time", "sid"] {
            assert_eq!(told[claim], claims[claim], "{claim}");
        }
        assert_eq!((&told["active"], &told["token_type"], &told["username"]), (&json!(true), &json!("Bearer"), &json!(email)));
        assert_eq!(told["scope"], "governance.controls:read teams.units:read", "what holds on a unit only is no scope");
        assert!(told["permissions"].as_array().unwrap().contains(&json!({"permission": "security.risks:read", "unit_id": unit, "own": false})));
    }

    of_what_is_no_valid_token_a_service_learns_nothing(app) {
        let (service, (id, email)) = (service(app).await, user(app).await);
        let inactive = json!({"active": false});
        let (revoked, refreshed, live) = (log_in(app, &email, PASSWORD).await, log_in(app, &email, PASSWORD).await, log_in(app, &email, PASSWORD).await);
        assert_eq!(app.form("/api/v1/auth/revoke", &format!("token={}", access_token(&revoked))).await.status, 200);
        for (what, token) in [
            ("garbage", "garbage".to_owned()),
            ("a token that was cut", access_token(&live)[..40].to_owned()),
            ("a revoked one", access_token(&revoked)),
            ("a refresh token", refresh_token(&refreshed)),
        ] {
            assert_eq!(about(app, &service, &token).await, inactive, "{what}");
        }
        assert_eq!(about(app, &service, &access_token(&live)).await["active"], json!(true));
        let asker = app.log_in_as(&service.id.unwrap().to_string());
        assert_eq!(app.transition(&app.admin, &format!("/api/v1/identity/users/{id}"), "disabled").await.status, 200);
        assert_eq!(about(app, &asker, &access_token(&live)).await, inactive, "of somebody who was disabled");
        let (_, email) = user(app).await;
        let late = access_token(&log_in(app, &email, PASSWORD).await);
        app.clock.set(app.clock.now().plus_seconds(1_000));
        let asker = app.log_in_as(&service.id.unwrap().to_string());
        assert_eq!(about(app, &asker, &late).await, inactive, "one that has expired");
    }

    only_who_may_ask_of_all_tokens_may_ask(app) {
        let unit = app.root_unit().await;
        let (stranger, narrow) = (app.stranger().await, app.stranger().await);
        let role = role(app, &["identity.tokens:introspect"]).await;
        grant(app, &narrow.id.unwrap().to_string(), &role, Some(&unit)).await;
        let token = app.admin.token.clone().unwrap();
        assert_eq!(ask(app, &Actor::nobody(), &format!("token={token}")).await.status, 401);
        for actor in [&stranger, &narrow, &app.actor("auditor", None).await] {
            assert_eq!(ask(app, actor, &format!("token={token}")).await.status, 403);
        }
        assert_eq!(ask(app, &app.admin, &format!("token={token}")).await.status, 200);
        for form in ["", "token=", "token=a&token=b", "token[]=a"] {
            assert_eq!(error(&ask(app, &app.admin, form).await), (400, "invalid_request".into()), "{form}");
        }
    }
}
