//! Logging in and staying logged in: the token endpoint and refresh tokens.

use super::{FORM, PASSWORD, access_token, encoded, error, holder, log_in, parts, refresh, refresh_token, together, user};
use crate::harness::{Actor, Answer};
use crate::on_both;
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::json;
use std::future::Future;
use std::time::Duration;
use steward::access::login::{Turn, take_turn};
use steward::access::secret::new_secret;
use steward::database::{SqlType, Statement};

on_both! {
    a_wrong_password_and_an_unknown_user_are_answered_alike(app) {
        let (id, email) = user(app).await;
        assert_eq!(log_in(app, &email, PASSWORD).await.status, 200);
        assert_eq!(log_in(app, &email.to_uppercase(), PASSWORD).await.status, 200);
        let wrong = log_in(app, &email, "wrong horse battery").await;
        let unknown = log_in(app, "nobody@example.org", PASSWORD).await;
        let (silent, silent_email) = (app.stranger().await, "silent");
        let no_password = app.get(&app.admin, &format!("/api/v1/identity/users/{}", silent.id.unwrap())).await;
        let never = log_in(app, no_password.body["email"].as_str().unwrap_or(silent_email), "x").await;
        assert_eq!(app.transition(&app.admin, &format!("/api/v1/identity/users/{id}"), "disabled").await.status, 200);
        let disabled = log_in(app, &email, PASSWORD).await;
        assert_eq!(error(&wrong), (400, "invalid_grant".into()));
        for other in [unknown, never, disabled] {
            assert_eq!((other.status, &other.text), (wrong.status, &wrong.text));
        }
        assert_eq!(wrong.header("cache-control"), Some("no-store"));
    }

    a_request_that_is_no_grant_is_refused_in_the_words_of_rfc_6749(app) {
        let (_, email) = user(app).await;
        let (name, word) = (encoded(&email), encoded(PASSWORD));
        let cases = [
            (String::new(), "invalid_request"),
            (format!("username={name}&password={word}"), "invalid_request"),
            (format!("grant_type=password&username={name}"), "invalid_request"),
            (format!("grant_type=password&password={word}"), "invalid_request"),
            (format!("grant_type=password&username={name}&password="), "invalid_request"),
            (format!("grant_type=password&username=&password={word}"), "invalid_request"),
            ("grant_type=refresh_token".into(), "invalid_request"),
            (format!("grant_type=password&username={name}&password={word}&password={word}"), "invalid_request"),
            (format!("grant_type=password&grant_type=password&username={name}&password={word}"), "invalid_request"),
            (format!("grant_type=password&username={name}%00&password={word}"), "invalid_request"),
            (format!("grant_type=password&username=%FF&password={word}"), "invalid_grant"),
            (format!("grant_type=client_credentials&username={name}&password={word}"), "invalid_request"),
            (format!("grant_type=implicit&username={name}&password={word}"), "unsupported_grant_type"),
            (format!("grant_type=Password&username={name}&password={word}"), "unsupported_grant_type"),
            ("grant_type=refresh_token&refresh_token=nonsense".into(), "invalid_grant"),
            ("grant_type=refresh_token&refresh_token=".into(), "invalid_request"),
            ("grant_type=refresh_token&refresh_token[]=nonsense".into(), "invalid_request"),
            ("grant_type=refresh_token&refresh_token=nonsense&refresh_token=nonsense".into(), "invalid_request"),
            ("grant_type=&refresh_token=nonsense".into(), "invalid_request"),
            (format!("grant_type[]=password&username={name}&password={word}"), "invalid_request"),
            (format!("grant_type=password&username[]={name}&password={word}"), "invalid_request"),
            (format!("grant_type=password&username={name}&password[a]={word}"), "invalid_request"),
        ];
        for (form, expected) in cases {
            assert_eq!(error(&app.form("/api/v1/auth/token", &form).await), (400, expected.to_owned()), "{form}");
        }
        let good = format!("grant_type=password&username={name}&password={word}");
        let json = json!({"grant_type": "password", "username": email, "password": PASSWORD}).to_string();
        for (form, body) in [("application/json", &json), ("application/json", &good), ("text/plain", &good), ("multipart/form-data", &good)] {
            let answer = app.call(&Actor::nobody(), "POST", "/api/v1/auth/token", &[("Content-Type", form)], Some(body.clone())).await;
            assert_eq!(error(&answer), (400, "invalid_request".into()), "{form}");
        }
        let bare = app.call(&Actor::nobody(), "POST", "/api/v1/auth/token", &[], Some(good.clone())).await;
        assert_eq!(error(&bare), (400, "invalid_request".into()));
        let with_charset = app.call(&Actor::nobody(), "POST", "/api/v1/auth/token", &[("Content-Type", &format!("{FORM}; charset=UTF-8"))], Some(good)).await;
        assert_eq!(with_charset.status, 200);
        for length in [20_000, 400_000] {
            let long = app.form("/api/v1/auth/token", &format!("grant_type=password&username={name}&password={}", "x".repeat(length))).await;
            assert_eq!(error(&long), (413, "invalid_request".into()), "{}", long.text);
        }
        assert_eq!(error(&app.get(&Actor::nobody(), "/api/v1/auth/token").await), (405, "invalid_request".into()));
        let in_query = format!("/api/v1/auth/token?grant_type=password&username={name}&password={word}");
        assert_eq!(error(&app.form(&in_query, "").await), (400, "invalid_request".into()), "a password stands in no address");
    }

    a_refresh_token_is_good_once_and_using_it_again_ends_its_family(app) {
        let (_, email) = user(app).await;
        let (first, other) = (log_in(app, &email, PASSWORD).await, log_in(app, &email, PASSWORD).await);
        let second = refresh(app, &refresh_token(&first)).await;
        let third = refresh(app, &refresh_token(&second)).await;
        assert_ne!(refresh_token(&first), refresh_token(&second));
        let actor = Actor { id: None, token: third.body["access_token"].as_str().map(str::to_owned) };
        assert_eq!(app.get(&actor, "/api/v1/auth/me").await.status, 200);
        let stolen = refresh(app, &refresh_token(&first)).await;
        assert_eq!(error(&stolen), (400, "invalid_grant".into()));
        let heir = refresh(app, &refresh_token(&third)).await;
        assert_eq!((heir.status, &heir.text), (stolen.status, &stolen.text), "the family has ended");
        for ended in [&first, &second, &third] {
            assert_eq!(app.get(&holder(ended), "/api/v1/auth/me").await.status, 401, "and so have its access tokens");
        }
        assert_eq!(app.get(&holder(&other), "/api/v1/auth/me").await.status, 200);
        assert_eq!(refresh(app, &refresh_token(&other)).await.status, 200, "another login is another family");
    }

    of_fifty_refreshes_at_once_exactly_one_wins_and_the_login_ends(app) {
        let (_, email) = user(app).await;
        let token = refresh_token(&log_in(app, &email, PASSWORD).await);
        let answers = together((0..50).map(|_| Box::pin(refresh(app, &token)) as std::pin::Pin<Box<dyn Future<Output = Answer>>>).collect()).await;
        let winners: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(winners.len(), 1);
        assert!(answers.iter().all(|answer| answer.status == 200 || error(answer) == (400, "invalid_grant".into())));
        assert_eq!(refresh(app, &refresh_token(winners[0])).await.status, 400, "whoever used it twice ended the family");
        assert_eq!(app.get(&holder(winners[0]), "/api/v1/auth/me").await.status, 401, "and its access tokens");
    }

    a_refresh_that_is_under_way_makes_the_next_one_wait(app) {
        let (_, email) = user(app).await;
        let token = refresh_token(&log_in(app, &email, PASSWORD).await);
        let (store, now) = (&app.served.store, app.clock.now());
        let turn = |pause: u64| {
            let token = token.clone();
            store.by_itself(move |connection| {
                let turn = take_turn(connection, &token, &new_secret(), now, now.plus_seconds(60));
                std::thread::sleep(Duration::from_millis(pause));
                turn
            })
        };
        let calls: Vec<std::pin::Pin<Box<dyn Future<Output = steward::error::Result<Turn>>>>> = vec![Box::pin(turn(200)), Box::pin(turn(200))];
        let turns: Vec<Turn> = together(calls).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(turns.iter().filter(|turn| matches!(turn, Turn::Taken(_))).count(), 1, "{turns:?}");
        assert!(turns.contains(&Turn::Reused), "{turns:?}");
    }

    who_is_disabled_cannot_refresh(app) {
        let (id, email) = user(app).await;
        let token = refresh_token(&log_in(app, &email, PASSWORD).await);
        assert_eq!(app.transition(&app.admin, &format!("/api/v1/identity/users/{id}"), "disabled").await.status, 200);
        assert_eq!(error(&refresh(app, &token).await), (400, "invalid_grant".into()));
    }

    who_was_disabled_stays_logged_out_when_the_account_is_active_again(app) {
        let (id, email) = user(app).await;
        let login = log_in(app, &email, PASSWORD).await;
        let path = format!("/api/v1/identity/users/{id}");
        assert_eq!(app.transition(&app.admin, &path, "disabled").await.status, 200);
        assert_eq!(app.get(&holder(&login), "/api/v1/auth/me").await.status, 401);
        assert_eq!(app.transition(&app.admin, &path, "active").await.status, 200);
        assert_eq!(app.get(&holder(&login), "/api/v1/auth/me").await.status, 401);
        assert_eq!(error(&refresh(app, &refresh_token(&login)).await), (400, "invalid_grant".into()));
        assert_eq!(log_in(app, &email, PASSWORD).await.status, 200);
    }

    a_refreshed_token_says_when_its_login_began(app) {
        let (id, email) = user(app).await;
        let first = log_in(app, &email, PASSWORD).await;
        app.clock.set(app.clock.now().plus_seconds(3600));
        let second = refresh(app, &refresh_token(&first)).await;
        let ((_, old), (_, new)) = (parts(&access_token(&first)), parts(&access_token(&second)));
        assert_eq!((&new["auth_time"], &new["sid"]), (&old["auth_time"], &old["sid"]));
        assert_eq!(new["iat"].as_i64().unwrap(), old["iat"].as_i64().unwrap() + 3600);
        assert_ne!(new["jti"], old["jti"]);
        assert_eq!((&new["sub"], &new["client_id"]), (&json!(id), &json!(id)));
        assert!(new["roles"].is_null() && new["scope"].is_null(), "what somebody may do is asked anew, not carried along");
    }

    a_refresh_token_ends_after_two_weeks(app) {
        let (_, email) = user(app).await;
        let (kept, lost) = (log_in(app, &email, PASSWORD).await, log_in(app, &email, PASSWORD).await);
        app.clock.set(app.clock.now().plus_seconds(14 * 24 * 3600 - 1));
        assert_eq!(refresh(app, &refresh_token(&kept)).await.status, 200);
        app.clock.set(app.clock.now().plus_seconds(1));
        assert_eq!(error(&refresh(app, &refresh_token(&lost)).await), (400, "invalid_grant".into()));
    }

    the_published_key_verifies_what_the_house_signs(app) {
        let (_, email) = user(app).await;
        let token = log_in(app, &email, PASSWORD).await.body["access_token"].as_str().unwrap().to_owned();
        let (header, claims) = parts(&token);
        let keys = app.get(&Actor::nobody(), "/.well-known/jwks.json").await.body["keys"].as_array().unwrap().clone();
        let key = keys.iter().find(|key| key["kid"] == header["kid"]).unwrap();
        assert!(key["d"].is_null(), "the private half stays at home");
        let (message, signature) = token.rsplit_once('.').unwrap();
        let public = BASE64.decode(key["x"].as_str().unwrap()).unwrap();
        UnparsedPublicKey::new(&ED25519, public).verify(message.as_bytes(), &BASE64.decode(signature).unwrap()).unwrap();
        assert_eq!((&header["alg"], &header["typ"]), (&json!("EdDSA"), &json!("at+jwt")));
        for claim in ["iss", "aud", "sub", "client_id", "jti", "iat", "exp", "auth_time", "sid"] {
            assert!(!claims[claim].is_null(), "RFC 9068 asks for {claim}");
        }
    }

    a_token_ends_after_a_quarter_of_an_hour(app) {
        let start = app.clock.now();
        app.clock.set(start.plus_seconds(899));
        assert_eq!(app.get(&app.admin, "/api/v1/auth/me").await.status, 200);
        app.clock.set(start.plus_seconds(906));
        assert_eq!(app.get(&app.admin, "/api/v1/auth/me").await.status, 401);
        app.clock.set(start.plus_seconds(-60));
        assert_eq!(app.get(&app.admin, "/api/v1/auth/me").await.status, 401, "it is not valid before it was made");
    }

    passwords_are_neither_shown_nor_remembered(app) {
        let (id, email) = user(app).await;
        let path = format!("/api/v1/identity/users/{id}");
        let second = "canary 91bc second word";
        let mut answers = vec![
            app.get(&app.admin, &path).await,
            app.get(&app.admin, "/api/v1/identity/users?limit=200").await,
            app.patch(&app.admin, &path, "*", &json!({"password": second})).await,
            app.patch(&app.admin, &path, "*", &json!({"password": "canary 1"})).await,
            app.patch(&app.admin, &path, "*", &json!({"password": ["canary 91bc second word"]})).await,
            app.post(&app.admin, "/api/v1/identity/users", &json!({"email": email, "name": "Twin", "password": second})).await,
            app.transition(&app.admin, &path, "disabled").await,
            app.transition(&app.admin, &path, "active").await,
        ];
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [200, 200, 200, 422, 422, 409, 200, 200]);
        assert_eq!(app.get(&app.admin, "/api/v1/identity/users?password=x").await.status, 400);
        assert_eq!(app.get(&app.admin, "/api/v1/identity/users?sort=password").await.status, 400);
        answers.extend([log_in(app, &email, PASSWORD).await, log_in(app, &email, second).await]);
        assert_eq!(answers[answers.len() - 2..].iter().map(|answer| answer.status).collect::<Vec<_>>(), [400, 200], "the password has changed");
        for answer in &answers {
            assert!(!answer.text.contains("canary") && !answer.text.contains("argon2") && answer.body["password"].is_null(), "{}", answer.text);
        }
        let remembered = app.served.store.unauthenticated(|connection| {
            Ok(Statement::new("SELECT document FROM revisions WHERE document IS NOT NULL").rows(connection, &[SqlType::Text])?)
        }).await.unwrap();
        assert!(remembered.len() > 10);
        for row in remembered {
            let text = row[0].as_text().unwrap();
            assert!(!text.contains("canary") && !text.contains("argon2") && !text.contains("horse"), "{text}");
        }
        let kept = app.served.store.unauthenticated(|connection| Ok(Statement::new("SELECT password FROM users WHERE password IS NOT NULL").rows(connection, &[SqlType::Text])?)).await.unwrap();
        assert!(kept.iter().all(|row| row[0].as_text().unwrap().starts_with("$argon2id$")));
        let tokens = app.served.store.unauthenticated(|connection| Ok(Statement::new("SELECT digest FROM refresh_tokens").rows(connection, &[SqlType::Text])?)).await.unwrap();
        let shown = answers.iter().find_map(|answer| answer.body["refresh_token"].as_str()).unwrap();
        assert!(tokens.iter().all(|row| row[0].as_text() != Some(shown)), "a refresh token is kept as its digest only");
    }
}
