//! What another service is told of a token that it was shown (RFC 7662).

use super::{PASSWORD, access_token, encoded, error, log_in, parts, refresh_token, user};
use crate::harness::{Actor, Answer, House};
use crate::on_both;
use serde_json::{Value, json};

async fn ask(house: &House, service: &Actor, form: &str) -> Answer {
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    house.call(service, "POST", "/api/v1/auth/introspect", &headers, Some(form.to_owned())).await
}

async fn about(house: &House, service: &Actor, token: &str) -> Value {
    let answer = ask(house, service, &format!("token={}", encoded(token))).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")), "{}", answer.text);
    answer.body
}

async fn role(house: &House, permissions: &[&str]) -> Value {
    let code = format!("role_{}", house.next_number());
    house.make("identity/roles", &json!({"code": code, "name": "Of a test", "permissions": permissions})).await["id"].clone()
}

async fn grant(house: &House, principal: &str, role: &Value, unit: Option<&str>) -> Value {
    house.make("identity/grants", &json!({"principal_id": principal, "role_id": role, "unit_id": unit})).await
}

/// Somebody who may ask.
async fn service(house: &House) -> Actor {
    let actor = house.stranger().await;
    let role = role(house, &["identity.tokens:introspect"]).await;
    grant(house, &actor.id.unwrap().to_string(), &role, None).await;
    actor
}

on_both! {
    a_service_is_told_what_a_token_is_good_for(house) {
        let (service, (id, email), unit) = (service(house).await, user(house).await, house.root_unit().await);
        let (wide, narrow) = (role(house, &["governance.controls:read", "teams.units:read"]).await, role(house, &["security.risks:read"]).await);
        grant(house, &id, &wide, None).await;
        grant(house, &id, &narrow, Some(&unit)).await;
        let token = access_token(&log_in(house, &email, PASSWORD).await);
        let (told, (_, claims)) = (about(house, &service, &token).await, parts(&token));
        for claim in ["sub", "client_id", "exp", "iat", "nbf", "iss", "aud", "jti", "auth_time", "sid"] {
            assert_eq!(told[claim], claims[claim], "{claim}");
        }
        assert_eq!((&told["active"], &told["token_type"], &told["username"]), (&json!(true), &json!("Bearer"), &json!(email)));
        assert_eq!(told["scope"], "governance.controls:read teams.units:read", "what holds on a unit only is no scope");
        assert!(told["permissions"].as_array().unwrap().contains(&json!({"permission": "security.risks:read", "unit_id": unit})));
    }

    of_what_is_no_valid_token_a_service_learns_nothing(house) {
        let (service, (id, email)) = (service(house).await, user(house).await);
        let inactive = json!({"active": false});
        let (revoked, refreshed, live) = (log_in(house, &email, PASSWORD).await, log_in(house, &email, PASSWORD).await, log_in(house, &email, PASSWORD).await);
        assert_eq!(house.form("/api/v1/auth/revoke", &format!("token={}", access_token(&revoked))).await.status, 200);
        for (what, token) in [
            ("garbage", "garbage".to_owned()),
            ("a token that was cut", access_token(&live)[..40].to_owned()),
            ("a revoked one", access_token(&revoked)),
            ("a refresh token", refresh_token(&refreshed)),
        ] {
            assert_eq!(about(house, &service, &token).await, inactive, "{what}");
        }
        assert_eq!(about(house, &service, &access_token(&live)).await["active"], json!(true));
        let asker = house.log_in_as(&service.id.unwrap().to_string());
        assert_eq!(house.transition(&house.admin, &format!("/api/v1/identity/users/{id}"), "disabled").await.status, 200);
        assert_eq!(about(house, &asker, &access_token(&live)).await, inactive, "of somebody who was disabled");
        let (_, email) = user(house).await;
        let late = access_token(&log_in(house, &email, PASSWORD).await);
        house.clock.set(house.clock.now().plus_seconds(1_000));
        let asker = house.log_in_as(&service.id.unwrap().to_string());
        assert_eq!(about(house, &asker, &late).await, inactive, "one that has expired");
    }

    only_who_may_ask_of_all_tokens_may_ask(house) {
        let unit = house.root_unit().await;
        let (stranger, narrow) = (house.stranger().await, house.stranger().await);
        let role = role(house, &["identity.tokens:introspect"]).await;
        grant(house, &narrow.id.unwrap().to_string(), &role, Some(&unit)).await;
        let token = house.admin.token.clone().unwrap();
        assert_eq!(ask(house, &Actor::nobody(), &format!("token={token}")).await.status, 401);
        for actor in [&stranger, &narrow, &house.actor("auditor", None).await] {
            assert_eq!(ask(house, actor, &format!("token={token}")).await.status, 403);
        }
        assert_eq!(ask(house, &house.admin, &format!("token={token}")).await.status, 200);
        for form in ["", "token=", "token=a&token=b", "token[]=a"] {
            assert_eq!(error(&ask(house, &house.admin, form).await), (400, "invalid_request".into()), "{form}");
        }
    }
}
