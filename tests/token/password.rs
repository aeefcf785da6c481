//! Passwords: which are good, at every door by which one comes in, and what a new one ends.

use super::{PASSWORD, encoded, error, holder, log_in, log_in_from, refresh, refresh_token, retry_after, together, user};
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use steward::domains::identity;

const COMMON: &str = "Password1234!";
const NEW: &str = "seven quiet lamps in april";

fn path(id: &str) -> String {
    format!("/api/v1/identity/users/{id}")
}

async fn change(app: &TestApp, actor: &Actor, current: &str, new: &str) -> Answer {
    app.post(actor, "/api/v1/auth/password", &json!({"current_password": current, "new_password": new})).await
}

async fn import(app: &TestApp, rows: &Value) -> Answer {
    let path = "/api/v1/platform/imports?collection=identity/users";
    app.call(&app.admin, "POST", path, &[("Content-Type", "application/x-ndjson")], Some(rows.to_string())).await
}

async fn bulk(app: &TestApp, operation: &Value) -> Value {
    let answer = app.post(&app.admin, "/api/v1/platform/bulk", &json!({"operations": [operation]})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["results"][0].clone()
}

async fn is_good(app: &TestApp, actor: &Actor) -> bool {
    app.get(actor, "/api/v1/auth/me").await.status == 200
}

on_both! {
    what_everybody_would_guess_is_no_password_and_no_kind_of_character_is_asked_for(app) {
        let create = async |password: Value| app.post(&app.admin, "/api/v1/identity/users", &json!({"email": format!("{}@example.org", steward::resource::Id::new()), "name": "Ada Okafor", "password": password})).await;
        for (password, code) in [
            ("elevenchars", "too_short"),
            (&"long".repeat(51), "too_long"),
            (COMMON, "common"),
            ("iloveyou2026", "common"),
            ("zzzzzzzzzzzz", "repetitive"),
            ("abcdefghijklmnop", "sequence"),
            ("AdaOkafor2026", "personal"),
            ("Steward-12345", "personal"),
        ] {
            let answer = create(password.into()).await;
            assert_eq!((answer.status, answer.broken()), (422, vec![format!("/password {code}")]), "{password}");
            assert!(!answer.text.contains(password), "a refusal does not repeat it");
        }
        for (email, name, password) in [
            ("jane.doe622877414@example.org", "Jane Doe", "jane.doe622877414"),
            ("pat@example.org", "Pat Example2024", "Pat Example2024"),
        ] {
            let answer = app.post(&app.admin, "/api/v1/identity/users", &json!({"email": email, "name": name, "password": password})).await;
            assert_eq!((answer.status, answer.broken()), (422, vec!["/password personal".to_owned()]), "{password}");
        }
        for password in [json!({}), json!([]), json!(123_456_789_012_u64), json!(true)] {
            let answer = create(password.clone()).await;
            assert_eq!((answer.status, answer.broken()), (422, vec!["/password type".to_owned()]), "{password}");
        }
        let long: String = (1..40).map(|at| format!("word {at}, ")).collect();
        for password in ["only lower case words here", "7491 0382 5567 21", "夏の海は青くて広いですね", "🦊🐢🦉🐌🦔🐝🦀🐙🐠🦋🐞🐜", &"a long one, ".repeat(2), &long[..200]] {
            assert_eq!(create(password.into()).await.status, 201, "{password}");
        }
    }

    a_weak_password_comes_in_by_no_door(app) {
        let (id, email) = user(app).await;
        let fresh = json!({"email": "new@example.org", "name": "New", "password": COMMON});
        let own = holder(&log_in(app, &email, PASSWORD).await);
        let weak = vec!["/password common".to_owned()];
        assert_eq!(app.post(&app.admin, "/api/v1/identity/users", &fresh).await.broken(), weak, "create");
        assert_eq!(app.patch(&app.admin, &path(&id), "*", &json!({"password": COMMON})).await.broken(), weak, "update");
        let changed = change(app, &own, PASSWORD, COMMON).await;
        assert_eq!((changed.status, changed.broken()), (422, vec!["/new_password common".to_owned()]), "change");
        for (name, operation) in [
            ("create", json!({"op": "create", "collection": "identity/users", "body": fresh})),
            ("update", json!({"op": "update", "collection": "identity/users", "id": id, "if_match": "*", "body": {"password": COMMON}})),
        ] {
            let result = bulk(app, &operation).await;
            assert_eq!((&result["status"], &result["problem"]["errors"][0]["code"]), (&json!(422), &json!("common")), "bulk {name}: {result}");
        }
        for row in [fresh, json!({"id": id, "email": email, "name": "Somebody", "password": COMMON})] {
            let answer = import(app, &row).await;
            assert!(answer.status == 422 && answer.text.contains("common") && !answer.text.contains(COMMON), "import: {}", answer.text);
        }
        assert_eq!(app.get(&app.admin, "/api/v1/identity/users?email=new@example.org&include_total=true").await.body["total_count"], json!(0));
        assert_eq!((log_in(app, &email, PASSWORD).await.status, log_in(app, &email, COMMON).await.status), (200, 400), "the one before stays");
        for by in ["bulk", "import"] {
            let body = json!({"email": format!("{by}@example.org"), "name": "New", "password": NEW});
            match by {
                "bulk" => assert_eq!(bulk(app, &json!({"op": "create", "collection": "identity/users", "body": body})).await["status"], json!(201)),
                _ => assert_eq!(import(app, &body).await.status, 200),
            }
            assert_eq!(log_in(app, &format!("{by}@example.org"), NEW).await.status, 200, "{by} keeps what a login finds");
        }
    }

    a_change_ends_all_other_logins(app) {
        let (_, email) = user(app).await;
        let (own, other) = (log_in(app, &email, PASSWORD).await, log_in(app, &email, PASSWORD).await);
        assert!(is_good(app, &holder(&other)).await);
        let changed = change(app, &holder(&own), PASSWORD, NEW).await;
        assert_eq!(changed.status, 204, "{}", changed.text);
        assert_eq!((is_good(app, &holder(&own)).await, is_good(app, &holder(&other)).await), (true, false));
        assert_eq!(error(&refresh(app, &refresh_token(&other)).await), (400, "invalid_grant".into()));
        assert_eq!(refresh(app, &refresh_token(&own)).await.status, 200, "the one by which it was changed goes on");
        assert_eq!((log_in(app, &email, PASSWORD).await.status, log_in(app, &email, NEW).await.status), (400, 200));
    }

    a_reset_ends_all_logins(app) {
        let (id, email) = user(app).await;
        let before = log_in(app, &email, PASSWORD).await;
        assert_eq!(app.patch(&app.admin, &path(&id), "*", &json!({"name": "Other"})).await.status, 200);
        assert!(is_good(app, &holder(&before)).await, "another change of the account ends nothing");
        assert_eq!(app.patch(&app.admin, &path(&id), "*", &json!({"password": NEW})).await.status, 200);
        assert!(!is_good(app, &holder(&before)).await);
        assert_eq!(error(&refresh(app, &refresh_token(&before)).await), (400, "invalid_grant".into()));
        let before = log_in(app, &email, NEW).await;
        let reset = bulk(app, &json!({"op": "update", "collection": "identity/users", "id": id, "if_match": "*", "body": {"password": PASSWORD}})).await;
        assert_eq!(reset["status"], json!(200));
        assert!(!is_good(app, &holder(&before)).await, "in bulk too");
        let before = log_in(app, &email, PASSWORD).await;
        let made_up = identity::bootstrap::reset_password(&app.served.store, &email.to_uppercase()).await.unwrap();
        assert!(!is_good(app, &holder(&before)).await, "by command too");
        assert_eq!((log_in(app, &email, PASSWORD).await.status, log_in(app, &email, &made_up).await.status), (400, 200));
        assert!(identity::bootstrap::reset_password(&app.served.store, "nobody@example.org").await.is_err());
    }

    no_login_that_was_begun_with_the_old_password_outlives_it(app) {
        let (id, email) = user(app).await;
        for (old, new) in [(PASSWORD, NEW), (NEW, PASSWORD)].repeat(4) {
            type Waits<'a> = std::pin::Pin<Box<dyn Future<Output = Answer> + 'a>>;
            let begin = |_| Box::pin(log_in(app, &email, old)) as Waits<'_>;
            let (path, body) = (path(&id), json!({"password": new}));
            let mut calls: Vec<Waits<'_>> = (0..3).map(begin).collect();
            calls.push(Box::pin(app.patch(&app.admin, &path, "*", &body)));
            calls.extend((0..3).map(begin));
            for answer in together(calls).await.iter().filter(|answer| answer.body["access_token"].is_string()) {
                assert!(!is_good(app, &holder(answer)).await, "it is still good");
            }
        }
    }

    who_changes_a_password_knows_the_one_before_and_guesses_it_no_faster_than_at_the_door(app) {
        let (_, email) = user(app).await;
        let own = holder(&log_in(app, &email, PASSWORD).await);
        for _ in 0..10 {
            let wrong = change(app, &own, "not the password", NEW).await;
            assert_eq!((wrong.status, wrong.broken()), (422, vec!["/current_password incorrect".to_owned()]));
        }
        retry_after(&change(app, &own, PASSWORD, NEW).await);
        assert_eq!(log_in(app, &email, PASSWORD).await.status, 429, "it is the same counter");
        assert_eq!(log_in_from(app, "198.51.100.7", &email, PASSWORD).await.status, 200);
        app.wait(31);
        assert_eq!(change(app, &own, PASSWORD, NEW).await.status, 204);
    }

    only_a_user_who_has_logged_in_changes_a_password(app) {
        let (id, email) = user(app).await;
        let role = app.get(&app.admin, "/api/v1/identity/roles?code=administrator").await.body["data"][0]["id"].clone();
        app.make("identity/grants", &json!({"principal_id": id, "role_id": role, "unit_id": null})).await;
        let own = holder(&log_in(app, &email, PASSWORD).await);
        let token = app.post(&own, "/api/v1/identity/api-tokens", &json!({"name": "All", "scopes": ["*.*:*"]})).await.body["token"].clone();
        let token = Actor { id: None, token: token.as_str().map(str::to_owned) };
        assert!(is_good(app, &token).await);
        assert_eq!(change(app, &token, PASSWORD, NEW).await.status, 403);
        assert_eq!(change(app, &Actor::nobody(), PASSWORD, NEW).await.status, 401);
        let owner = app.make("teams/people", &json!({"name": "Owner", "email": "owner@example.org"})).await;
        let account = app.make("identity/service-accounts", &json!({"name": "Robot", "owner_id": owner["id"]})).await;
        let form = format!("grant_type=client_credentials&client_id={}&client_secret={}", account["client_id"].as_str().unwrap(), encoded(account["client_secret"].as_str().unwrap()));
        let robot = holder(&app.form("/api/v1/auth/token", &form).await);
        assert_eq!(change(app, &robot, PASSWORD, NEW).await.status, 403);
        assert_eq!(log_in(app, &email, PASSWORD).await.status, 200);
    }

    a_change_that_is_no_text_is_refused_field_by_field(app) {
        let (_, email) = user(app).await;
        let own = holder(&log_in(app, &email, PASSWORD).await);
        for value in [json!({}), json!([]), json!(1), json!(true), json!({"$ne": null})] {
            let answer = app.post(&own, "/api/v1/auth/password", &json!({"current_password": value, "new_password": value})).await;
            assert_eq!((answer.status, answer.broken()), (422, vec!["/current_password type".to_owned(), "/new_password type".to_owned()]), "{value}");
        }
        let answer = app.post(&own, "/api/v1/auth/password", &json!({"new_password": null, "email": "other@example.org"})).await;
        assert_eq!(answer.broken(), ["/email unknown", "/current_password required", "/new_password required"]);
        let answer = app.post(&own, "/api/v1/auth/password", &json!([PASSWORD, NEW])).await;
        assert!(matches!(answer.status, 400 | 422), "{}", answer.text);
        assert_eq!(change(app, &own, PASSWORD, "somebody12345").await.broken(), ["/new_password personal"]);
    }

    a_user_needs_no_permission_to_change_their_own_password_and_gets_none_by_it(app) {
        let (id, email) = user(app).await;
        let own = holder(&log_in(app, &email, PASSWORD).await);
        assert_eq!(app.get(&own, &path(&id)).await.status, 404, "it does not even see the account");
        assert_eq!(change(app, &own, PASSWORD, NEW).await.status, 204);
        assert_eq!(app.get(&own, &path(&id)).await.status, 404);
        let history = app.get(&app.admin, &format!("/api/v1/platform/resources/{id}/history")).await;
        assert_eq!(history.body["data"][1]["actor_id"], json!(id), "{}", history.text);
        for told in [PASSWORD, NEW, "argon2", "\\u001f"] {
            assert!(!history.text.contains(told), "{told}");
        }
    }
}
