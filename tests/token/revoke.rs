//! Logging out (RFC 7009), and where the endpoints are (RFC 8414).

use super::{PASSWORD, access_token, encoded, error, holder, log_in, refresh, refresh_token, user};
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::json;

async fn revoke(app: &TestApp, form: &str) -> Answer {
    app.form("/api/v1/auth/revoke", form).await
}

async fn me(app: &TestApp, answer: &Answer) -> u16 {
    app.get(&holder(answer), "/api/v1/auth/me").await.status
}

on_both! {
    revoking_a_refresh_token_ends_its_access_tokens_at_once(app) {
        let (_, email) = user(app).await;
        let (first, other) = (log_in(app, &email, PASSWORD).await, log_in(app, &email, PASSWORD).await);
        let second = refresh(app, &refresh_token(&first)).await;
        assert_eq!((me(app, &first).await, me(app, &second).await), (200, 200));
        let answer = revoke(app, &format!("token={}&token_type_hint=refresh_token", encoded(&refresh_token(&second)))).await;
        assert_eq!((answer.status, answer.text.as_str(), answer.header("cache-control")), (200, "", Some("no-store")));
        assert_eq!((me(app, &first).await, me(app, &second).await), (401, 401));
        assert_eq!(error(&refresh(app, &refresh_token(&second)).await), (400, "invalid_grant".into()));
        assert_eq!(me(app, &other).await, 200, "another login is another family");
    }

    revoking_an_access_token_ends_its_refresh_token(app) {
        let (_, email) = user(app).await;
        let login = log_in(app, &email, PASSWORD).await;
        assert_eq!(revoke(app, &format!("token={}", access_token(&login))).await.status, 200);
        assert_eq!(me(app, &login).await, 401);
        assert_eq!(error(&refresh(app, &refresh_token(&login)).await), (400, "invalid_grant".into()));
    }

    a_refresh_token_that_was_used_may_still_end_its_login(app) {
        let (_, email) = user(app).await;
        let first = log_in(app, &email, PASSWORD).await;
        let second = refresh(app, &refresh_token(&first)).await;
        assert_eq!(revoke(app, &format!("token={}", encoded(&refresh_token(&first)))).await.status, 200);
        assert_eq!(me(app, &second).await, 401);
    }

    what_is_no_token_is_revoked_alike_and_ends_nothing(app) {
        let (_, email) = user(app).await;
        let login = log_in(app, &email, PASSWORD).await;
        let access = access_token(&login);
        let forged = format!("{}x", access);
        for form in ["token=unknown", "token=a.b.c&token_type_hint=access_token", "token=%00x&token_type_hint=", &format!("token={forged}"), &format!("token={access}&token_type_hint=pokemon")] {
            let expected = if form.contains("%00") { 400 } else { 200 };
            assert_eq!(revoke(app, form).await.status, expected, "{form}");
            assert_eq!(me(app, &login).await, if form.contains("pokemon") { 401 } else { 200 }, "{form}");
        }
        let late = log_in(app, &email, PASSWORD).await;
        app.clock.set(app.clock.now().plus_seconds(1_000));
        assert_eq!(revoke(app, &format!("token={}", access_token(&late))).await.status, 200);
        assert_eq!(refresh(app, &refresh_token(&late)).await.status, 200, "an expired access token is none");
    }

    a_request_that_names_no_token_is_refused_in_the_words_of_rfc_6749(app) {
        for form in ["", "token=", "token_type_hint=access_token", "token=a&token=a", "token[]=a", "token[a]=b"] {
            assert_eq!(error(&revoke(app, form).await), (400, "invalid_request".into()), "{form}");
        }
        for (form, body) in [("application/json", json!({"token": "a"}).to_string()), ("application/json", json!(["a"]).to_string()), ("text/plain", "token=a".into())] {
            let answer = app.call(&Actor::nobody(), "POST", "/api/v1/auth/revoke", &[("Content-Type", form)], Some(body)).await;
            assert_eq!(error(&answer), (400, "invalid_request".into()), "{form}");
        }
        assert_eq!(revoke(app, &format!("token={}", "x".repeat(20_000))).await.status, 413);
        assert_eq!(app.get(&Actor::nobody(), "/api/v1/auth/revoke").await.status, 405);
    }

    no_door_of_auth_takes_a_parameter_in_its_address(app) {
        let (_, email) = user(app).await;
        let login = log_in(app, &email, PASSWORD).await;
        let change = json!({"current_password": PASSWORD, "new_password": "seven quiet lamps in april"});
        let rehearsal = app.post(&holder(&login), "/api/v1/auth/password?dry_run=true", &change).await;
        assert_eq!(rehearsal.status, 400, "{}", rehearsal.text);
        assert!(rehearsal.text.contains("dry_run"), "{}", rehearsal.text);
        assert_eq!(log_in(app, &email, PASSWORD).await.status, 200, "the password has not changed");
        let token = format!("token={}", access_token(&login));
        assert_eq!(error(&app.form("/api/v1/auth/revoke?dry_run=true", &token).await), (400, "invalid_request".into()));
        assert_eq!(me(app, &login).await, 200, "nothing was ended");
        assert_eq!(error(&app.form("/api/v1/auth/token?dry_run=true", "").await), (400, "invalid_request".into()));
        assert_eq!(error(&app.form("/api/v1/auth/introspect?dry_run=true", &token).await), (400, "invalid_request".into()));
        assert_eq!(app.get(&holder(&login), "/api/v1/auth/me?dry_run=true").await.status, 400);
    }

    the_metadata_names_endpoints_that_answer(app) {
        let answer = app.get(&Actor::nobody(), "/.well-known/oauth-authorization-server").await;
        let issuer = answer.body["issuer"].as_str().unwrap().to_owned();
        assert_eq!(issuer, "http://steward.test");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=15"));
        let at = |name: &str| answer.body[name].as_str().unwrap().strip_prefix(&issuer).unwrap().to_owned();
        assert_eq!(app.get(&Actor::nobody(), &at("jwks_uri")).await.header("cache-control"), Some("public, max-age=15"));
        for name in ["token_endpoint", "revocation_endpoint"] {
            assert_eq!(error(&app.form(&at(name), "").await), (400, "invalid_request".into()), "{name}");
        }
        assert_eq!(app.form(&at("introspection_endpoint"), "").await.status, 401);
        for grant in answer.body["grant_types_supported"].as_array().unwrap() {
            let answer = app.form(&at("token_endpoint"), &format!("grant_type={}", grant.as_str().unwrap())).await;
            assert_eq!(error(&answer), (400, "invalid_request".into()), "{grant} is a grant that lacks its parameters");
        }
    }
}
