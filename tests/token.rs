//! Logging in and staying logged in: the token endpoint, refresh tokens, and what is no token.

use crate::harness::{Actor, Answer, House};
use crate::on_both;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};
use std::future::{Future, poll_fn};
use std::task::Poll;
use steward::database::{Kind, Statement};

const FORM: &str = "application/x-www-form-urlencoded";
const PASSWORD: &str = "canary 7f3a — correct horse";

async fn user(house: &House) -> (String, String) {
    let email = format!("{}@example.org", steward::resource::Id::new());
    let made = house.make("identity/users", &json!({"email": email, "name": "Somebody", "password": PASSWORD})).await;
    (made["id"].as_str().unwrap().to_owned(), email)
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

async fn log_in(house: &House, email: &str, password: &str) -> Answer {
    house.form("/api/v1/auth/token", &format!("grant_type=password&username={}&password={}", encoded(email), encoded(password))).await
}

async fn refresh(house: &House, token: &str) -> Answer {
    house.form("/api/v1/auth/token", &format!("grant_type=refresh_token&refresh_token={}", encoded(token))).await
}

fn refresh_token(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["refresh_token"].as_str().unwrap().to_owned()
}

fn error(answer: &Answer) -> (u16, String) {
    (answer.status, answer.body["error"].as_str().unwrap_or_default().to_owned())
}

/// All of them at once, and what each gave.
async fn together<T>(mut calls: Vec<std::pin::Pin<Box<dyn Future<Output = T> + '_>>>) -> Vec<T> {
    let mut done: Vec<Option<T>> = calls.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (call, slot) in calls.iter_mut().zip(&mut done).filter(|(_, slot)| slot.is_none()) {
            if let Poll::Ready(value) = call.as_mut().poll(context) {
                *slot = Some(value);
            }
        }
        if done.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

/// The house's own signing key.
async fn key(house: &House) -> Ed25519KeyPair {
    let seed = house
        .served
        .store
        .unauthenticated(|connection| Ok(Statement::new("SELECT seed FROM signing_keys ORDER BY id DESC LIMIT 1").first(connection, &[Kind::Text])?))
        .await
        .unwrap();
    Ed25519KeyPair::from_seed_unchecked(&BASE64.decode(seed.unwrap()[0].as_text().unwrap()).unwrap()).unwrap()
}

fn parts(token: &str) -> (Value, Value) {
    let read = |part: &str| serde_json::from_slice(&BASE64.decode(part).unwrap()).unwrap();
    let mut parts = token.split('.');
    (read(parts.next().unwrap()), read(parts.next().unwrap()))
}

fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()))
}

fn signed(key: &Ed25519KeyPair, header: &Value, claims: &Value) -> String {
    let unsigned = unsigned(header, claims);
    let signature = BASE64.encode(key.sign(unsigned.as_bytes()));
    format!("{unsigned}.{signature}")
}

fn with(value: &Value, name: &str, to: Value) -> Value {
    let mut value = value.clone();
    value[name] = to;
    value
}

fn without(value: &Value, name: &str) -> Value {
    let mut value = value.clone();
    value.as_object_mut().unwrap().shift_remove(name);
    value
}

on_both! {
    a_wrong_password_and_an_unknown_user_are_answered_alike(house) {
        let (id, email) = user(house).await;
        assert_eq!(log_in(house, &email, PASSWORD).await.status, 200);
        assert_eq!(log_in(house, &email.to_uppercase(), PASSWORD).await.status, 200);
        let wrong = log_in(house, &email, "wrong horse battery").await;
        let unknown = log_in(house, "nobody@example.org", PASSWORD).await;
        let (silent, silent_email) = (house.stranger().await, "silent");
        let no_password = house.get(&house.admin, &format!("/api/v1/identity/users/{}", silent.id.unwrap())).await;
        let never = log_in(house, no_password.body["email"].as_str().unwrap_or(silent_email), "").await;
        assert_eq!(house.transition(&house.admin, &format!("/api/v1/identity/users/{id}"), "disabled").await.status, 200);
        let disabled = log_in(house, &email, PASSWORD).await;
        assert_eq!(error(&wrong), (400, "invalid_grant".into()));
        for other in [unknown, never, disabled] {
            assert_eq!((other.status, &other.text), (wrong.status, &wrong.text));
        }
        assert_eq!(wrong.header("cache-control"), Some("no-store"));
    }

    a_request_that_is_no_grant_is_refused_in_the_words_of_rfc_6749(house) {
        let (_, email) = user(house).await;
        let (name, word) = (encoded(&email), encoded(PASSWORD));
        let cases = [
            (String::new(), "invalid_request"),
            (format!("username={name}&password={word}"), "invalid_request"),
            (format!("grant_type=password&username={name}"), "invalid_request"),
            (format!("grant_type=password&password={word}"), "invalid_request"),
            ("grant_type=refresh_token".into(), "invalid_request"),
            (format!("grant_type=password&username={name}&password={word}&password={word}"), "invalid_request"),
            (format!("grant_type=password&grant_type=password&username={name}&password={word}"), "invalid_request"),
            (format!("grant_type=password&username={name}%00&password={word}"), "invalid_request"),
            (format!("grant_type=password&username=%FF&password={word}"), "invalid_grant"),
            (format!("grant_type=client_credentials&username={name}&password={word}"), "unsupported_grant_type"),
            (format!("grant_type=Password&username={name}&password={word}"), "unsupported_grant_type"),
            ("grant_type=refresh_token&refresh_token=nonsense".into(), "invalid_grant"),
        ];
        for (form, expected) in cases {
            assert_eq!(error(&house.form("/api/v1/auth/token", &form).await), (400, expected.to_owned()), "{form}");
        }
        let good = format!("grant_type=password&username={name}&password={word}");
        let json = json!({"grant_type": "password", "username": email, "password": PASSWORD}).to_string();
        for (form, body) in [("application/json", &json), ("application/json", &good), ("text/plain", &good), ("multipart/form-data", &good)] {
            let answer = house.call(&Actor::nobody(), "POST", "/api/v1/auth/token", &[("Content-Type", form)], Some(body.clone())).await;
            assert_eq!(error(&answer), (400, "invalid_request".into()), "{form}");
        }
        let bare = house.call(&Actor::nobody(), "POST", "/api/v1/auth/token", &[], Some(good.clone())).await;
        assert_eq!(error(&bare), (400, "invalid_request".into()));
        let with_charset = house.call(&Actor::nobody(), "POST", "/api/v1/auth/token", &[("Content-Type", &format!("{FORM}; charset=UTF-8"))], Some(good)).await;
        assert_eq!(with_charset.status, 200);
        for length in [20_000, 400_000] {
            let long = house.form("/api/v1/auth/token", &format!("grant_type=password&username={name}&password={}", "x".repeat(length))).await;
            assert_eq!(long.status, 413, "{}", long.text);
        }
        assert_eq!(house.get(&Actor::nobody(), "/api/v1/auth/token").await.status, 405);
    }

    a_refresh_token_is_good_once_and_using_it_again_ends_its_family(house) {
        let (_, email) = user(house).await;
        let (first, other) = (log_in(house, &email, PASSWORD).await, log_in(house, &email, PASSWORD).await);
        let second = refresh(house, &refresh_token(&first)).await;
        let third = refresh(house, &refresh_token(&second)).await;
        assert_ne!(refresh_token(&first), refresh_token(&second));
        let actor = Actor { id: None, token: third.body["access_token"].as_str().map(str::to_owned) };
        assert_eq!(house.get(&actor, "/api/v1/auth/me").await.status, 200);
        let stolen = refresh(house, &refresh_token(&first)).await;
        assert_eq!(error(&stolen), (400, "invalid_grant".into()));
        let heir = refresh(house, &refresh_token(&third)).await;
        assert_eq!((heir.status, &heir.text), (stolen.status, &stolen.text), "the family has ended");
        assert_eq!(refresh(house, &refresh_token(&other)).await.status, 200, "another login is another family");
    }

    of_twenty_refreshes_at_once_exactly_one_wins(house) {
        let (_, email) = user(house).await;
        let token = refresh_token(&log_in(house, &email, PASSWORD).await);
        let answers = together((0..20).map(|_| Box::pin(refresh(house, &token)) as std::pin::Pin<Box<dyn Future<Output = Answer>>>).collect()).await;
        let winners: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(winners.len(), 1);
        assert!(answers.iter().all(|answer| answer.status == 200 || error(answer) == (400, "invalid_grant".into())));
        assert_eq!(refresh(house, &refresh_token(winners[0])).await.status, 400, "whoever used it twice ended the family");
    }

    who_is_disabled_cannot_refresh(house) {
        let (id, email) = user(house).await;
        let token = refresh_token(&log_in(house, &email, PASSWORD).await);
        assert_eq!(house.transition(&house.admin, &format!("/api/v1/identity/users/{id}"), "disabled").await.status, 200);
        assert_eq!(error(&refresh(house, &token).await), (400, "invalid_grant".into()));
    }

    a_refresh_token_ends_after_two_weeks(house) {
        let (_, email) = user(house).await;
        let (kept, lost) = (log_in(house, &email, PASSWORD).await, log_in(house, &email, PASSWORD).await);
        house.clock.set(house.clock.now().plus_seconds(14 * 24 * 3600 - 1));
        assert_eq!(refresh(house, &refresh_token(&kept)).await.status, 200);
        house.clock.set(house.clock.now().plus_seconds(1));
        assert_eq!(error(&refresh(house, &refresh_token(&lost)).await), (400, "invalid_grant".into()));
    }

    the_published_key_verifies_what_the_house_signs(house) {
        let (_, email) = user(house).await;
        let token = log_in(house, &email, PASSWORD).await.body["access_token"].as_str().unwrap().to_owned();
        let (header, claims) = parts(&token);
        let keys = house.get(&Actor::nobody(), "/.well-known/jwks.json").await.body["keys"].as_array().unwrap().clone();
        let key = keys.iter().find(|key| key["kid"] == header["kid"]).unwrap();
        assert!(key["d"].is_null(), "the private half stays at home");
        let (message, signature) = token.rsplit_once('.').unwrap();
        let public = BASE64.decode(key["x"].as_str().unwrap()).unwrap();
        UnparsedPublicKey::new(&ED25519, public).verify(message.as_bytes(), &BASE64.decode(signature).unwrap()).unwrap();
        assert_eq!((&header["alg"], &header["typ"]), (&json!("EdDSA"), &json!("at+jwt")));
        for claim in ["iss", "aud", "sub", "client_id", "jti", "iat", "exp"] {
            assert!(!claims[claim].is_null(), "RFC 9068 asks for {claim}");
        }
    }

    what_is_no_valid_token_is_refused_alike(house) {
        let genuine = house.admin.token.clone().unwrap();
        let (key, (header, claims)) = (key(house).await, parts(&genuine));
        let again = Actor { id: None, token: Some(signed(&key, &header, &claims)) };
        assert_eq!(house.get(&again, "/api/v1/auth/me").await.status, 200, "the forger below has the right key");
        let now = claims["iat"].as_i64().unwrap();
        let public = BASE64.decode(house.get(&Actor::nobody(), "/.well-known/jwks.json").await.body["keys"][0]["x"].as_str().unwrap()).unwrap();
        let other = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
        let hs256 = unsigned(&with(&header, "alg", json!("HS256")), &claims);
        let hmac = BASE64.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &public), hs256.as_bytes()));
        let none = unsigned(&with(&header, "alg", json!("none")), &claims);
        let (body, signature) = genuine.rsplit_once('.').unwrap();
        let mut bad: Vec<(String, String)> = vec![
            ("alg none without signature".into(), format!("{none}.")),
            ("alg none with the genuine signature".into(), format!("{none}.{signature}")),
            ("HS256 with the public key".into(), format!("{hs256}.{hmac}")),
            ("signed by another key".into(), signed(&other, &header, &claims)),
            ("a signature of nothing".into(), format!("{body}.")),
            ("no signature".into(), body.to_owned()),
            ("one part too many".into(), format!("{genuine}.x")),
            ("other claims under the same signature".into(), format!("{}.{signature}", unsigned(&header, &with(&claims, "sub", json!(steward::resource::Id::sample().to_string()))))),
            ("garbage".into(), "garbage".into()),
            ("dots".into(), "..".into()),
            ("garbage in base64".into(), "Zm9v.YmFy.YmF6".into()),
            ("very long".into(), "x".repeat(10_000)),
            ("a refresh token".into(), steward::access::token::new_secret()),
        ];
        for (name, value) in [("typ", json!("JWT")), ("typ", Value::Null), ("typ", json!(1)), ("kid", json!("unknown")), ("kid", json!("")), ("kid", Value::Null), ("crit", json!(["exp"])), ("crit", json!([])), ("jwk", json!({"kty": "OKP"})), ("x5c", json!([]))] {
            bad.push((format!("header {name} {value}"), signed(&key, &with(&header, name, value), &claims)));
        }
        for (name, value) in [("aud", json!("https://elsewhere.example")), ("aud", json!([])), ("iss", json!("https://elsewhere.example")), ("sub", json!("nobody")), ("sub", json!(steward::resource::Id::sample().to_string())), ("sub", json!(""))] {
            bad.push((format!("{name} {value}"), signed(&key, &header, &with(&claims, name, value))));
        }
        for name in ["exp", "nbf", "iat"] {
            for value in [json!(format!("{}", now + 60)), json!(now as f64 + 0.5), json!(null), json!([now]), json!(1e300), json!(u64::MAX)] {
                bad.push((format!("{name} {value}"), signed(&key, &header, &with(&claims, name, value))));
            }
        }
        for (name, value) in [("exp", -1), ("exp", 0), ("exp", now - 6), ("exp", i64::MAX), ("exp", i64::MIN), ("exp", now + 1_000_000), ("nbf", now + 6), ("nbf", i64::MAX), ("iat", now + 6), ("iat", i64::MIN), ("iat", i64::MAX)] {
            bad.push((format!("{name} {value}"), signed(&key, &header, &with(&claims, name, json!(value)))));
        }
        for name in ["iss", "aud", "sub", "exp", "nbf", "iat"] {
            bad.push((format!("no {name}"), signed(&key, &header, &without(&claims, name))));
        }
        for name in ["typ", "kid", "alg"] {
            bad.push((format!("no {name}"), signed(&key, &without(&header, name), &claims)));
        }
        let mut sent: Vec<(String, Option<String>)> = bad.into_iter().map(|(what, token)| (what, Some(format!("Bearer {token}")))).collect();
        sent.extend(["Bearer", "Bearer ", "Basic YWRtaW46YWRtaW4=", "bearer", ""].map(|whole| (format!("the header {whole:?}"), Some(whole.to_owned()))));
        sent.push(("two tokens".into(), Some(format!("Bearer {genuine}, Bearer {genuine}"))));
        sent.push(("the token bare".into(), Some(genuine.clone())));
        sent.push(("no header".into(), None));
        let mut expected = None;
        for (what, authorization) in sent {
            let headers: Vec<(&str, &str)> = authorization.iter().map(|value| ("Authorization", value.as_str())).collect();
            for path in ["/api/v1/auth/me", "/api/v1/teams/units"] {
                let mut answer = house.call(&Actor::nobody(), "GET", path, &headers, None).await;
                assert_eq!(answer.status, 401, "{what}");
                assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"steward\""), "{what}");
                answer.body["instance"] = Value::Null;
                assert_eq!(expected.get_or_insert(answer.body.clone()), &answer.body, "{what}");
            }
        }
    }

    a_token_ends_after_a_quarter_of_an_hour(house) {
        let start = house.clock.now();
        house.clock.set(start.plus_seconds(899));
        assert_eq!(house.get(&house.admin, "/api/v1/auth/me").await.status, 200);
        house.clock.set(start.plus_seconds(906));
        assert_eq!(house.get(&house.admin, "/api/v1/auth/me").await.status, 401);
        house.clock.set(start.plus_seconds(-60));
        assert_eq!(house.get(&house.admin, "/api/v1/auth/me").await.status, 401, "it is not valid before it was made");
    }

    passwords_are_neither_shown_nor_remembered(house) {
        let (id, email) = user(house).await;
        let path = format!("/api/v1/identity/users/{id}");
        let second = "canary 91bc second word";
        let mut answers = vec![
            house.get(&house.admin, &path).await,
            house.get(&house.admin, "/api/v1/identity/users?limit=200").await,
            house.patch(&house.admin, &path, "*", &json!({"password": second})).await,
            house.patch(&house.admin, &path, "*", &json!({"password": "canary 1"})).await,
            house.patch(&house.admin, &path, "*", &json!({"password": ["canary 91bc second word"]})).await,
            house.post(&house.admin, "/api/v1/identity/users", &json!({"email": email, "name": "Twin", "password": second})).await,
            house.transition(&house.admin, &path, "disabled").await,
            house.transition(&house.admin, &path, "active").await,
        ];
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [200, 200, 200, 422, 422, 409, 200, 200]);
        assert_eq!(house.get(&house.admin, "/api/v1/identity/users?password=x").await.status, 400);
        assert_eq!(house.get(&house.admin, "/api/v1/identity/users?sort=password").await.status, 400);
        answers.extend([log_in(house, &email, PASSWORD).await, log_in(house, &email, second).await]);
        assert_eq!(answers[answers.len() - 2..].iter().map(|answer| answer.status).collect::<Vec<_>>(), [400, 200], "the password has changed");
        for answer in &answers {
            assert!(!answer.text.contains("canary") && !answer.text.contains("argon2") && answer.body["password"].is_null(), "{}", answer.text);
        }
        let remembered = house.served.store.unauthenticated(|connection| {
            Ok(Statement::new("SELECT document FROM revisions WHERE document IS NOT NULL").rows(connection, &[Kind::Text])?)
        }).await.unwrap();
        assert!(remembered.len() > 10);
        for row in remembered {
            let text = row[0].as_text().unwrap();
            assert!(!text.contains("canary") && !text.contains("argon2") && !text.contains("horse"), "{text}");
        }
        let kept = house.served.store.unauthenticated(|connection| Ok(Statement::new("SELECT password FROM users WHERE password IS NOT NULL").rows(connection, &[Kind::Text])?)).await.unwrap();
        assert!(kept.iter().all(|row| row[0].as_text().unwrap().starts_with("$argon2id$")));
        let tokens = house.served.store.unauthenticated(|connection| Ok(Statement::new("SELECT digest FROM refresh_tokens").rows(connection, &[Kind::Text])?)).await.unwrap();
        let shown = answers.iter().find_map(|answer| answer.body["refresh_token"].as_str()).unwrap();
        assert!(tokens.iter().all(|row| row[0].as_text() != Some(shown)), "a refresh token is kept as its digest only");
    }
}
