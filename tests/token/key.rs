//! Keys that sign: a new one takes the place of the old, and no request fails.

use super::{PASSWORD, access_token, holder, log_in, parts, refresh, refresh_token, user};
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::json;
use steward::access::key::Rotation;
use steward::database::{SqlType, Statement};
use steward::domains::identity::bootstrap::rotate_keys;

async fn rotate(app: &TestApp, compromised: bool) -> Rotation {
    rotate_keys(&app.served.store, compromised).await.unwrap().unwrap()
}

/// The ids of the keys that are published.
async fn published(app: &TestApp) -> Vec<String> {
    let keys = app.get(&Actor::nobody(), "/.well-known/jwks.json").await.body["keys"].as_array().unwrap().clone();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn kid(answer: &Answer) -> String {
    parts(&access_token(answer)).0["kid"].as_str().unwrap().to_owned()
}

async fn kept(app: &TestApp) -> i64 {
    let count =
        |connection: &mut steward::database::Connection| Ok(Statement::new("SELECT COUNT(*) FROM signing_keys").first(connection, &[SqlType::Integer])?);
    app.served.store.unauthenticated(count).await.unwrap().unwrap()[0].as_integer().unwrap()
}

fn later(app: &TestApp, seconds: i64) {
    app.clock.set(app.clock.now().plus_seconds(seconds));
}

async fn me(app: &TestApp, answer: &Answer) -> u16 {
    app.get(&holder(answer), "/api/v1/auth/me").await.status
}

on_both! {
    a_new_key_is_published_before_it_signs_and_the_old_one_goes_after_its_last_token(app) {
        let (_, email) = user(app).await;
        let before = log_in(app, &email, PASSWORD).await;
        let old = kid(&before);
        let rotation = rotate(app, false).await;
        later(app, 1);
        assert_eq!(published(app).await, [old.clone(), rotation.kid.clone()]);
        assert_eq!(kid(&log_in(app, &email, PASSWORD).await), old, "it does not sign yet");
        later(app, 18);
        let last = log_in(app, &email, PASSWORD).await;
        assert_eq!(kid(&last), old, "who keeps the keys for 15 seconds does not know it yet");
        later(app, 1);
        let after = log_in(app, &email, PASSWORD).await;
        assert_eq!(kid(&after), rotation.kid);
        for login in [&before, &last, &after] {
            assert_eq!(me(app, login).await, 200);
        }
        later(app, 890);
        assert_eq!((me(app, &before).await, me(app, &last).await, me(app, &after).await), (401, 200, 200), "each until it expires");
        assert_eq!(published(app).await.len(), 2);
        later(app, 70);
        assert_eq!(published(app).await, std::slice::from_ref(&rotation.kid));
        let next = rotate(app, false).await;
        later(app, 1);
        assert_eq!(published(app).await, [rotation.kid, next.kid]);
        assert_eq!(kept(app).await, 2, "the seed of a key that verifies nothing is forgotten");
    }

    a_compromised_key_is_good_for_nothing_in_two_seconds_and_clients_refresh(app) {
        let (_, email) = user(app).await;
        let login = log_in(app, &email, PASSWORD).await;
        assert_eq!(me(app, &login).await, 200);
        let rotation = rotate(app, true).await;
        later(app, 1);
        assert_eq!(me(app, &login).await, 200);
        later(app, 1);
        assert_eq!(me(app, &login).await, 401, "although it was found genuine a second ago");
        assert_eq!(published(app).await, std::slice::from_ref(&rotation.kid));
        let next = refresh(app, &refresh_token(&login)).await;
        assert_eq!((kid(&next), me(app, &next).await), (rotation.kid, 200));
    }

    two_rotations_at_once_leave_one_key_that_signs(app) {
        let store = &app.served.store;
        let calls = (0..2).map(|_| Box::pin(rotate_keys(store, false)) as std::pin::Pin<Box<dyn Future<Output = steward::error::Result<Option<Rotation>>>>>).collect();
        let rotations: Vec<Rotation> = crate::token::together(calls).await.into_iter().map(|done| done.unwrap().unwrap()).collect();
        assert_ne!(rotations[0].kid, rotations[1].kid);
        later(app, 20);
        let (_, email) = user(app).await;
        let mut signers = Vec::new();
        for _ in 0..3 {
            signers.push(kid(&log_in(app, &email, PASSWORD).await));
        }
        signers.dedup();
        assert_eq!(signers.len(), 1);
        assert!(rotations.iter().any(|rotation| rotation.kid == signers[0]));
        assert_eq!(published(app).await.len(), 3);
    }

    the_keys_are_read_once_a_second_however_many_tokens_name_a_key_that_nobody_knows(app) {
        let forged = |at: usize| {
            use base64::Engine;
            let encode = |text: String| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
            format!("{}.{}.AAAA", encode(json!({"alg": "EdDSA", "typ": "at+jwt", "kid": format!("k{at}")}).to_string()), encode("{}".into()))
        };
        let (gate, store, keys) = (&app.served.authenticator, &app.served.store, &app.served.keys);
        later(app, 1);
        let before = steward::database::statements_run();
        for at in 0..100 {
            assert!(gate.session(store, keys, &forged(at)).await.unwrap().is_none());
        }
        // On PostgreSQL the statement runs on another thread.
        assert!(steward::database::statements_run() - before <= 1);
    }
}

#[actix_web::test]
async fn no_replica_refuses_a_token_of_a_key_that_another_has_made() {
    let Some(app) = TestApp::on_postgres().await else { return };
    let other = app.replica().await;
    let (_, email) = user(&app).await;
    let old = log_in(&other, &email, PASSWORD).await;
    assert_eq!((me(&app, &old).await, me(&other, &old).await), (200, 200));
    for compromised in [false, true] {
        let rotation = rotate(&app, compromised).await;
        // Whoever moves the clock: at no moment does one refuse what the other signs.
        for _ in 0..if compromised { 4 } else { 22 } {
            later(&app, 1);
            let (here, there) = (log_in(&app, &email, PASSWORD).await, log_in(&other, &email, PASSWORD).await);
            assert_eq!(kid(&here), kid(&there), "both choose the same key");
            for login in [&here, &there] {
                assert_eq!((me(&app, login).await, me(&other, login).await), (200, 200));
            }
        }
        assert_eq!(kid(&log_in(&other, &email, PASSWORD).await), rotation.kid);
        assert!(published(&other).await.contains(&rotation.kid));
    }
    assert_eq!((me(&app, &old).await, me(&other, &old).await), (401, 401), "it was signed by a key that was compromised");
    drop(other);
    app.drop_database();
}
