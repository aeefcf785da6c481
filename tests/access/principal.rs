//! Service accounts and API tokens: what is shown once, how far it goes, and when it ends.

use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use std::time::Duration;
use steward::access::secret::digest;
use steward::database::{SqlType, Statement};

const TOKENS: &str = "/api/v1/identity/api-tokens";
const ACCOUNTS: &str = "/api/v1/identity/service-accounts";
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A user with a role of their own.
async fn with(app: &TestApp, code: &str, permissions: &[&str], unit: Option<&str>) -> Actor {
    let actor = app.stranger().await;
    give(app, &actor.id.unwrap().to_string(), code, permissions, unit).await;
    actor
}

async fn give(app: &TestApp, principal: &str, code: &str, permissions: &[&str], unit: Option<&str>) {
    let role = app.make("identity/roles", &json!({"code": code, "name": code, "permissions": permissions})).await;
    app.make("identity/grants", &json!({"principal_id": principal, "role_id": role["id"], "unit_id": unit})).await;
}

async fn person(app: &TestApp, name: &str) -> String {
    text(&app.make("teams/people", &json!({"name": name, "email": format!("{name}@example.org")})).await["id"])
}

async fn account(app: &TestApp, name: &str) -> Value {
    let owner = person(app, name).await;
    app.make("identity/service-accounts", &json!({"name": name, "owner_id": owner})).await
}

/// A token of somebody, made by themself.
async fn token(app: &TestApp, actor: &Actor, scopes: &[&str]) -> (Actor, String) {
    let made = app.post(actor, TOKENS, &json!({"name": "A token", "scopes": scopes})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    (Actor { id: actor.id, token: Some(text(&made.body["token"])) }, made.id())
}

async fn credentials(app: &TestApp, id: &str, secret: &str) -> Answer {
    app.form("/api/v1/auth/token", &format!("grant_type=client_credentials&client_id={id}&client_secret={secret}")).await
}

async fn basic(app: &TestApp, id: &str, secret: &str, rest: &str) -> Answer {
    let header = format!("Basic {}", BASE64.encode(format!("{id}:{secret}")));
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", header.as_str())];
    app.call(&Actor::nobody(), "POST", "/api/v1/auth/token", &headers, Some(format!("grant_type=client_credentials{rest}"))).await
}

fn actor_of(answer: &Answer) -> Actor {
    assert_eq!(answer.status, 200, "{}", answer.text);
    Actor { id: None, token: answer.body["access_token"].as_str().map(str::to_owned) }
}

async fn stored(app: &TestApp, query: &'static str) -> Vec<String> {
    let rows = app.served.store.unauthenticated(move |connection| Ok(Statement::new(query).rows(connection, &[SqlType::Text])?)).await.unwrap();
    rows.iter().filter_map(|row| row[0].as_text().map(str::to_owned)).collect()
}

/// Every place in which a secret could be found again.
async fn nowhere(app: &TestApp, collection: &str, id: &str, secret: &str) {
    for path in [
        format!("{collection}/{id}"),
        collection.to_owned(),
        format!("{collection}/{id}/transitions"),
        format!("{collection}/{id}?as_of=2026-06-15"),
        format!("{collection}?as_of=2026-06-15"),
        format!("/api/v1/platform/resources/{id}/history"),
        format!("/api/v1/platform/resources/{id}"),
    ] {
        let answer = app.get(&app.admin, &path).await;
        assert!(answer.status == 200 && !answer.text.contains(secret) && !answer.text.contains(&digest(secret)), "{path}: {}", answer.text);
    }
    for form in ["text/csv", "application/x-ndjson"] {
        let file = app.call(&app.admin, "GET", collection, &[("Accept", form)], None).await;
        assert!(file.text.contains(id) && !file.text.contains(secret) && !file.text.contains(&digest(secret)), "{}", file.text);
    }
    for query in ["SELECT document FROM revisions WHERE document IS NOT NULL", "SELECT body FROM idempotency_keys WHERE body IS NOT NULL"] {
        assert!(stored(app, query).await.iter().all(|kept| !kept.contains(secret) && !kept.contains(&digest(secret))), "{query}");
    }
}

on_both! {
    a_service_account_shows_its_credentials_once_and_gets_access_tokens_by_them(app) {
        let made = account(app, "robot").await;
        let (id, secret) = (text(&made["id"]), text(&made["client_secret"]));
        assert_eq!(made["client_id"], made["id"]);
        nowhere(app, ACCOUNTS, &id, &secret).await;
        for answer in [credentials(app, &id, &secret).await, basic(app, &id, &secret, "").await, basic(app, &id, &secret, &format!("&client_id={id}")).await] {
            let actor = actor_of(&answer);
            assert!(answer.body.get("refresh_token").is_none(), "who has the secret needs no refresh token");
            let me = app.get(&actor, "/api/v1/auth/me").await;
            assert_eq!((&me.body["id"], &me.body["person_id"], &me.body["permissions"]), (&made["id"], &Value::Null, &json!([])));
        }
        give(app, &id, "reads_units", &["teams.units:read", "teams.units:create"], None).await;
        let actor = actor_of(&credentials(app, &id, &secret).await);
        let unit = app.post(&actor, "/api/v1/teams/units", &json!({"code": "R", "name": "Made by a robot"})).await;
        assert_eq!((unit.status, &unit.body["created_by"]), (201, &made["id"]));
    }

    wrong_credentials_of_a_client_are_answered_alike(app) {
        let made = account(app, "robot").await;
        let (id, secret) = (text(&made["id"]), text(&made["client_secret"]));
        let other = account(app, "other").await;
        let wrong = credentials(app, &id, "wrong").await;
        assert_eq!((wrong.status, wrong.body["error"].as_str(), wrong.header("www-authenticate").is_some()), (401, Some("invalid_client"), true));
        app.transition(&app.admin, &format!("{ACCOUNTS}/{}", text(&other["id"])), "disabled").await;
        let user = app.stranger().await.id.unwrap().to_string();
        for answer in [
            credentials(app, &id, &text(&other["client_secret"])).await,
            credentials(app, &text(&other["id"]), &text(&other["client_secret"])).await,
            credentials(app, &user, &secret).await,
            credentials(app, "nonsense", &secret).await,
            credentials(app, &id, &digest(&secret)).await,
            basic(app, &id, "wrong", "").await,
            basic(app, &id, "", "").await,
        ] {
            assert_eq!((answer.status, &answer.text), (wrong.status, &wrong.text));
        }
        let both = basic(app, &id, &secret, &format!("&client_secret={secret}")).await;
        assert_eq!((both.status, both.body["error"].as_str()), (400, Some("invalid_request")), "one way of authentication, not two");
        assert_eq!(app.form("/api/v1/auth/token", "grant_type=client_credentials").await.status, 400);
        assert_eq!(basic(app, &id, &secret, "&client_secret=&client_id=").await.status, 200, "a parameter without a value is left out");
    }

    a_client_that_comes_with_another_grant_has_to_be_the_one_it_says(app) {
        let (made, other) = (account(app, "robot").await, account(app, "other").await);
        let (id, secret, wrong) = (text(&made["id"]), text(&made["client_secret"]), text(&other["client_secret"]));
        app.make("identity/users", &json!({"email": "ann@example.org", "name": "Ann", "password": "canary 7f3a correct horse"})).await;
        let password = "grant_type=password&username=ann@example.org&password=canary+7f3a+correct+horse";
        let in_header = async |secret: &str, form: &str| {
            let header = format!("Basic {}", BASE64.encode(format!("{id}:{secret}")));
            let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", header.as_str())];
            app.call(&Actor::nobody(), "POST", "/api/v1/auth/token", &headers, Some(form.to_owned())).await
        };
        let in_form = async |secret: &str, form: &str| app.form("/api/v1/auth/token", &format!("{form}&client_id={id}&client_secret={secret}")).await;
        let first = in_header(&secret, password).await;
        assert_eq!((first.status, in_form(&secret, password).await.status), (200, 200), "{}", first.text);
        let refresh = format!("grant_type=refresh_token&refresh_token={}", text(&first.body["refresh_token"]));
        for form in [password, refresh.as_str()] {
            for answer in [in_header(&wrong, form).await, in_form(&wrong, form).await] {
                assert_eq!((answer.status, answer.body["error"].as_str()), (401, Some("invalid_client")), "{form}");
            }
        }
        assert_eq!(in_form(&secret, &refresh).await.status, 200, "a refusal has not used the token");
        assert_eq!(app.form("/api/v1/auth/token", &format!("{password}&client_id=a-page")).await.status, 200, "a name without a secret claims nothing");
    }

    a_service_account_asks_with_its_credentials_what_a_token_is_good_for(app) {
        let made = account(app, "robot").await;
        let (id, secret) = (text(&made["id"]), text(&made["client_secret"]));
        let path = "/api/v1/auth/introspect";
        let (shown, token_id) = token(app, &app.admin, &["teams.units:read"]).await;
        let shown = shown.token.unwrap();
        let in_header = async |secret: &str, form: &str| {
            let header = format!("Basic {}", BASE64.encode(format!("{id}:{secret}")));
            let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", header.as_str())];
            app.call(&Actor::nobody(), "POST", path, &headers, Some(form.to_owned())).await
        };
        let kept = app.get(&app.admin, &format!("{TOKENS}/{token_id}")).await.body;
        let of = |name: &str| steward::resource::value::Instant::parse(kept[name].as_str().unwrap()).unwrap().0.timestamp();
        let in_form = app.form(path, &format!("token={shown}&client_id={id}&client_secret={secret}")).await;
        for answer in [in_header(&secret, &format!("token={shown}")).await, in_form] {
            assert_eq!((answer.status, &answer.body["active"], &answer.body["sub"]), (200, &json!(true), &kept["principal_id"]), "{}", answer.text);
            assert_eq!((&answer.body["scope"], &answer.body["token_type"]), (&json!("teams.units:read"), &json!("Bearer")));
            assert_eq!((&answer.body["iat"], &answer.body["exp"]), (&json!(of("created_at")), &json!(of("expires_at"))));
        }
        let access = app.admin.token.clone().unwrap();
        assert_eq!(in_header(&secret, &format!("token={access}")).await.body["active"], json!(true));
        for answer in [in_header("wrong", &format!("token={shown}")).await, app.form(path, &format!("token={shown}&client_id={id}&client_secret=wrong")).await] {
            assert_eq!((answer.status, answer.body["error"].as_str()), (401, Some("invalid_client")));
        }
        assert_eq!(in_header(&secret, "").await.body["error"], "invalid_request");
        app.transition(&app.admin, &format!("{ACCOUNTS}/{id}"), "disabled").await;
        assert_eq!(in_header(&secret, &format!("token={shown}")).await.status, 401, "only one that is active may ask");
    }

    whoever_holds_an_api_token_may_end_it(app) {
        let (holder, id) = token(app, &app.admin, &["teams.units:read"]).await;
        let form = format!("token={}", holder.token.clone().unwrap());
        assert_eq!(app.get(&holder, "/api/v1/auth/me").await.status, 200);
        for _ in 0..2 {
            assert_eq!(app.form("/api/v1/auth/revoke", &form).await.status, 200);
            assert_eq!(app.get(&holder, "/api/v1/auth/me").await.status, 401);
        }
        let kept = app.get(&app.admin, &format!("{TOKENS}/{id}")).await;
        assert_eq!((&kept.body["state"], &kept.body["revision"]), (&json!("revoked"), &json!(2)), "{}", kept.text);
        let history = app.get(&app.admin, &format!("/api/v1/platform/resources/{id}/history")).await;
        assert!(history.text.contains("RFC 7009"), "{}", history.text);
    }

    a_disabled_service_account_may_do_nothing_at_once(app) {
        let made = account(app, "robot").await;
        let (id, secret) = (text(&made["id"]), text(&made["client_secret"]));
        let actor = actor_of(&credentials(app, &id, &secret).await);
        let path = format!("{ACCOUNTS}/{id}");
        assert_eq!(app.transition(&app.admin, &path, "disabled").await.status, 200);
        assert_eq!(app.get(&actor, "/api/v1/auth/me").await.status, 401);
        assert_eq!(credentials(app, &id, &secret).await.status, 401);
        assert_eq!(app.transition(&app.admin, &path, "active").await.status, 200);
        assert_eq!(app.get(&actor, "/api/v1/auth/me").await.status, 401, "what was issued before stays ended");
        assert_eq!(app.get(&actor_of(&credentials(app, &id, &secret).await), "/api/v1/auth/me").await.status, 200);
    }

    only_an_administrator_says_that_a_program_acts_for_somebody_else(app) {
        let (ann, bob) = (person(app, "ann").await, person(app, "bob").await);
        let user = app.make("identity/users", &json!({"email": "ann@work.example.org", "name": "Ann", "person_id": ann})).await;
        give(app, &text(&user["id"]), "keeps_accounts", &["identity.service_accounts:*", "teams.people:read"], None).await;
        let actor = app.log_in_as(&text(&user["id"]));
        let body = |owner: &str| json!({"name": "A robot", "owner_id": owner});
        let own = app.post(&actor, ACCOUNTS, &body(&ann)).await;
        assert_eq!(own.status, 201, "{}", own.text);
        assert_eq!(app.post(&actor, ACCOUNTS, &body(&bob)).await.status, 403, "a program of Bob's that Ann has the secret of");
        let path = format!("{ACCOUNTS}/{}", own.id());
        assert_eq!(app.patch(&actor, &path, "*", &json!({"owner_id": bob})).await.status, 403);
        assert_eq!(app.patch(&actor, &path, "*", &json!({"name": "Renamed"})).await.status, 200);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"owner_id": bob})).await.status, 200);
        assert_eq!(app.patch(&actor, &path, "*", &json!({"name": "Renamed again"})).await.status, 200, "the owner stays");
        assert_eq!(app.patch(&actor, &path, "*", &json!({"owner_id": ann})).await.status, 200, "to oneself");
    }

    a_renewed_secret_ends_the_old_one_or_lets_it_live_for_a_while(app) {
        let made = account(app, "robot").await;
        let (id, first) = (text(&made["id"]), text(&made["client_secret"]));
        let path = format!("{ACCOUNTS}/{id}/renew-secret");
        let renewed = app.call(&app.admin, "POST", &path, &[JSON, ("Idempotency-Key", "renew")], Some(json!({"keep_old_seconds": 60}).to_string())).await;
        assert_eq!((renewed.status, &renewed.body["client_id"]), (200, &made["id"]), "{}", renewed.text);
        let second = text(&renewed.body["client_secret"]);
        assert_ne!(first, second);
        let again = app.call(&app.admin, "POST", &path, &[JSON, ("Idempotency-Key", "renew")], Some(json!({"keep_old_seconds": 60}).to_string())).await;
        assert_eq!((again.header("idempotency-replayed"), &again.body["client_secret"]), (Some("true"), &Value::Null));
        nowhere(app, ACCOUNTS, &id, &second).await;
        assert_eq!([credentials(app, &id, &first).await.status, credentials(app, &id, &second).await.status], [200, 200], "both, for a minute");
        app.clock.set(app.clock.now().plus_seconds(60));
        assert_eq!([credentials(app, &id, &first).await.status, credentials(app, &id, &second).await.status], [401, 200]);
        let third = text(&app.call(&app.admin, "POST", &path, &[JSON], Some("{}".into())).await.body["client_secret"]);
        assert_eq!([credentials(app, &id, &second).await.status, credentials(app, &id, &third).await.status], [401, 200]);
        let rehearsed = app.call(&app.admin, "POST", &format!("{path}?dry_run=true"), &[JSON], Some("{}".into())).await;
        assert_eq!(credentials(app, &id, &text(&rehearsed.body["client_secret"])).await.status, 401, "a rehearsal renews nothing");
        assert_eq!(credentials(app, &id, &third).await.status, 200);
        let history = app.get(&app.admin, &format!("/api/v1/platform/resources/{id}/history")).await;
        let actions: Vec<&str> = history.body["data"].as_array().unwrap().iter().map(|each| each["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["create", "renew_secret", "renew_secret"]);
        for wrong in [json!({"keep_old_seconds": -1}), json!({"keep_old_seconds": 604_801}), json!({"keep": 1})] {
            assert_eq!(app.call(&app.admin, "POST", &path, &[JSON], Some(wrong.to_string())).await.status, 422, "{wrong}");
        }
        let clerk = with(app, "clerk", &["identity.service_accounts:read"], None).await;
        assert_eq!(app.call(&clerk, "POST", &path, &[JSON], Some("{}".into())).await.status, 403);
        assert_eq!(app.call(&app.stranger().await, "POST", &path, &[JSON], Some("{}".into())).await.status, 404);
    }

    what_a_service_account_does_counts_as_done_by_its_owner(app) {
        let ann = person(app, "ann").await;
        let user = app.make("identity/users", &json!({"email": "ann@work.example.org", "name": "Ann", "person_id": ann})).await;
        let robot = app.make("identity/service-accounts", &json!({"name": "Ann's robot", "owner_id": ann})).await;
        for principal in [&user["id"], &robot["id"]] {
            let role = app.get(&app.admin, "/api/v1/identity/roles?code=it_manager").await.body["data"][0]["id"].clone();
            app.make("identity/grants", &json!({"principal_id": principal, "role_id": role, "unit_id": null})).await;
        }
        let (ann_actor, robot_actor) = (app.log_in_as(&text(&user["id"])), app.log_in_as(&text(&robot["id"])));
        let body = app.sample("infrastructure/maintenance-windows", "eyes").await;
        let made = app.post(&robot_actor, "/api/v1/infrastructure/maintenance-windows", &body.into()).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = format!("/api/v1/infrastructure/maintenance-windows/{}", made.id());
        for actor in [&robot_actor, &ann_actor] {
            let refused = app.transition(actor, &path, "approved").await;
            assert!(refused.status == 409 && refused.broken().contains(&" four_eyes".to_owned()), "{}", refused.text);
        }
        assert_eq!(app.transition(&app.admin, &path, "approved").await.status, 200);
        // What is private to Ann is not open to her program.
        let (bob, talk) = (person(app, "bob").await, json!({"person_id": ann, "held_on": "2026-06-01", "notes": "Between us."}));
        let mut talk = talk;
        talk["lead_id"] = bob.into();
        let talk = app.post(&ann_actor, "/api/v1/teams/one-on-ones", &talk).await;
        assert_eq!(talk.status, 201, "{}", talk.text);
        let talk = format!("/api/v1/teams/one-on-ones/{}", talk.id());
        assert_eq!([app.get(&ann_actor, &talk).await.status, app.get(&robot_actor, &talk).await.status], [200, 404]);
        let absence = app.sample("teams/absences", "own").await;
        let mut absence: Value = absence.into();
        absence["person_id"] = ann.into();
        let absence = app.post(&ann_actor, "/api/v1/teams/absences", &absence).await;
        assert_eq!(absence.status, 201, "{}", absence.text);
        let own = app.transition(&robot_actor, &format!("/api/v1/teams/absences/{}", absence.id()), "approved").await;
        assert_eq!(own.status, 409, "nobody approves their own absence by a program: {}", own.text);
    }

    an_api_token_does_what_its_owner_may_and_its_scopes_name(app) {
        let root = app.root_unit().await;
        let (own, other) = (app.unit("OWN", &root).await, app.unit("OTHER", &root).await);
        let writer = with(app, "writer", &["governance.controls:*", "teams.units:read", "identity.api_tokens:create"], Some(&own)).await;
        let make = async |actor: &Actor, code: &str, unit: &str| {
            let body = json!({"code": code, "name": code, "kind": "preventive", "test_period_days": 30, "unit_id": unit});
            app.post(actor, "/api/v1/governance/controls", &body).await
        };
        let (mine, theirs) = (make(&writer, "C-1", &own).await.id(), make(&app.admin, "C-2", &other).await.id());
        let (reader, _) = token(app, &writer, &["governance.controls:read"]).await;
        let path = |id: &str| format!("/api/v1/governance/controls/{id}");
        assert_eq!(app.get(&reader, &path(&mine)).await.status, 200);
        assert_eq!(app.get(&reader, &path(&theirs)).await.status, 404, "no more than its owner");
        assert_eq!(app.patch(&reader, &path(&mine), "*", &json!({"name": "New"})).await.status, 403, "no more than its scopes");
        assert_eq!(make(&reader, "C-3", &own).await.status, 403);
        assert_eq!(app.get(&reader, "/api/v1/teams/units").await.body["data"], json!([]));
        let me = app.get(&reader, "/api/v1/auth/me").await;
        assert_eq!(me.body["permissions"], json!([{"permission": "governance.controls:read", "unit_id": own, "own": false}]));
        let (all, _) = token(app, &writer, &["governance.controls:*", "teams.units:read"]).await;
        let made = make(&all, "C-4", &own).await;
        assert_eq!((made.status, &made.body["created_by"]), (201, &json!(writer.id.unwrap().to_string())));
        // What the owner loses the token loses, at once.
        let role = app.get(&app.admin, "/api/v1/identity/roles?code=writer").await.body["data"][0]["id"].clone();
        app.patch(&app.admin, &format!("/api/v1/identity/roles/{}", text(&role)), "*", &json!({"permissions": ["teams.units:read"]})).await;
        assert_eq!(app.get(&all, &path(&mine)).await.status, 404);
        assert_eq!(app.get(&all, "/api/v1/teams/units").await.body["data"].as_array().unwrap().len(), 1);
    }

    nobody_makes_a_token_for_more_than_its_owner_holds(app) {
        let member = app.actor("member", Some(&app.root_unit().await)).await;
        let create = async |actor: &Actor, body: Value| app.post(actor, TOKENS, &body).await;
        for scope in ["governance.controls:read", "teams.units:update", "*.*:*", "teams.*:read", "*.*:read"] {
            assert_eq!(create(&member, json!({"name": "More", "scopes": [scope]})).await.status, 403, "{scope}");
        }
        for wrong in [json!([]), json!(["units"]), json!(["a.b:c:d"]), json!("teams.units:read"), Value::Null] {
            assert_eq!(create(&member, json!({"name": "Wrong", "scopes": wrong})).await.status, 422, "{wrong}");
        }
        let admin = app.admin.id.unwrap().to_string();
        assert_eq!(create(&member, json!({"name": "Theirs", "principal_id": admin, "scopes": ["teams.units:read"]})).await.status, 422, "a user whom one cannot see");
        assert_eq!(create(&app.admin, json!({"name": "Theirs", "principal_id": member.id.unwrap().to_string(), "scopes": ["teams.units:read"]})).await.status, 403, "nor an administrator");
        let mine = create(&member, json!({"name": "Mine", "principal_id": member.id.unwrap().to_string(), "scopes": ["teams.units:read"]})).await;
        assert_eq!((mine.status, &mine.body["principal_id"]), (201, &json!(member.id.unwrap().to_string())), "{}", mine.text);
        // One's own tokens are there for oneself, and for who may see all.
        let (other, path) = (app.actor("member", Some(&app.root_unit().await)).await, format!("{TOKENS}/{}", mine.id()));
        assert_eq!([app.get(&member, &path).await.status, app.get(&other, &path).await.status, app.get(&app.admin, &path).await.status], [200, 404, 200]);
        assert_eq!(app.get(&other, TOKENS).await.body["data"], json!([]));
        assert_eq!(app.transition(&other, &path, "revoked").await.status, 404);
        assert_eq!(app.patch(&member, &path, "*", &json!({"name": "Ours"})).await.status, 200);
        for fixed in [json!({"scopes": ["*.*:*"]}), json!({"expires_at": "2027-01-01T00:00:00Z"}), json!({"principal_id": admin})] {
            assert_eq!(app.patch(&member, &path, "*", &fixed).await.status, 422, "{fixed}");
        }
        assert_eq!(app.transition(&member, &path, "revoked").await.status, 200);
        assert_eq!(app.transition(&member, &path, "active").await.status, 409);
    }

    a_token_of_a_service_account_is_made_by_who_could_do_all_that_it_may(app) {
        let robot = account(app, "robot").await;
        give(app, &text(&robot["id"]), "robots", &["governance.controls:read"], None).await;
        let body = json!({"name": "For the robot", "principal_id": robot["id"], "scopes": ["governance.controls:read"]});
        let keeper = ["identity.service_accounts:read", "identity.service_accounts:update", "identity.api_tokens:create"];
        let weak = with(app, "weak", &keeper, None).await;
        let strong = with(app, "strong", &[keeper.as_slice(), &["governance.controls:read"]].concat(), None).await;
        let sees = with(app, "sees", &["identity.service_accounts:read", "identity.api_tokens:create", "governance.controls:read"], None).await;
        assert_eq!([app.post(&weak, TOKENS, &body).await.status, app.post(&sees, TOKENS, &body).await.status], [403, 403]);
        let made = app.post(&strong, TOKENS, &body).await;
        assert_eq!((made.status, &made.body["principal_id"]), (201, &robot["id"]), "{}", made.text);
        let actor = Actor { id: None, token: Some(text(&made.body["token"])) };
        assert_eq!(app.get(&actor, "/api/v1/auth/me").await.body["id"], robot["id"]);
        let mut wide = body.clone();
        wide["scopes"] = json!(["identity.service_accounts:read"]);
        assert_eq!(app.post(&strong, TOKENS, &wide).await.status, 403, "the robot does not hold that");
    }

    a_token_is_shown_once_and_never_again(app) {
        let body = json!({"name": "Once", "scopes": ["teams.units:read"]});
        let keyed = async || app.call(&app.admin, "POST", TOKENS, &[JSON, ("Idempotency-Key", "token")], Some(body.to_string())).await;
        let (first, again) = (keyed().await, keyed().await);
        let secret = text(&first.body["token"]);
        assert!(secret.starts_with("stw_") && secret.len() == 47, "256 bits after the prefix");
        assert_eq!((first.status, again.status, again.header("idempotency-replayed")), (201, 201, Some("true")));
        assert_eq!((&again.body["token"], &again.body["id"]), (&Value::Null, &first.body["id"]));
        nowhere(app, TOKENS, &first.id(), &secret).await;
        let operation = json!({"op": "create", "collection": "identity/api-tokens", "body": body});
        let bulk = json!({"atomic": true, "operations": [operation, {"op": "create", "collection": "teams/units", "body": {"code": "B", "name": "B"}}, operation]});
        let bulked = async || app.call(&app.admin, "POST", "/api/v1/platform/bulk", &[JSON, ("Idempotency-Key", "bulk")], Some(bulk.to_string())).await;
        let (bulk, bulk_again) = (bulked().await, bulked().await);
        assert_eq!(bulk.status, 200, "{}", bulk.text);
        for at in [0, 2] {
            let (made, replayed) = (&bulk.body["results"][at]["resource"], &bulk_again.body["results"][at]["resource"]);
            let actor = Actor { id: None, token: Some(text(&made["token"])) };
            assert_eq!(app.get(&actor, "/api/v1/auth/me").await.status, 200);
            assert_eq!((&replayed["id"], &replayed["token"]), (&made["id"], &Value::Null));
            nowhere(app, TOKENS, &text(&made["id"]), &text(&made["token"])).await;
        }
        let rehearsed = app.post(&app.admin, &format!("{TOKENS}?dry_run=true"), &body).await;
        let void = Actor { id: None, token: Some(text(&rehearsed.body["token"])) };
        assert_eq!((rehearsed.status, app.get(&void, "/api/v1/auth/me").await.status), (201, 401), "a rehearsal makes no token");
        // A token that was deleted comes back without what it opened by.
        let path = format!("{TOKENS}/{}", first.id());
        assert_eq!(app.delete(&app.admin, &path, "*").await.status, 204);
        let back = app.call(&app.admin, "POST", &format!("/api/v1/platform/resources/{}/restore", first.id()), &[JSON], Some("{}".into())).await;
        assert!(back.status == 200 && back.body.get("token").is_none(), "{}", back.text);
        assert_eq!(app.get(&Actor { id: None, token: Some(secret) }, "/api/v1/auth/me").await.status, 401);
    }

    what_is_shown_once_is_not_made_where_nobody_sees_it(app) {
        let owner = person(app, "owner").await;
        for (collection, row) in [
            ("identity/api-tokens", json!({"name": "Imported", "scopes": ["teams.units:read"]})),
            ("identity/service-accounts", json!({"name": "Imported", "owner_id": owner})),
        ] {
            let import = format!("/api/v1/platform/imports?collection={collection}");
            let refused = app.call(&app.admin, "POST", &import, &[("Content-Type", "application/x-ndjson")], Some(row.to_string())).await;
            assert_eq!((refused.status, &refused.body["errors"][0]["code"]), (422, &json!("shown_once")), "{}", refused.text);
            let bulk = json!({"operations": [{"op": "create", "collection": collection, "body": row}]});
            let later = app.call(&app.admin, "POST", "/api/v1/platform/bulk", &[JSON, ("Prefer", "respond-async")], Some(bulk.to_string())).await;
            assert_eq!(later.status, 202, "{}", later.text);
            app.worker.work_off().await.unwrap();
            let operation = app.get(&app.admin, &format!("/api/v1/platform/operations/{}", later.id())).await;
            assert_eq!(operation.body["result"]["results"][0]["problem"]["errors"][0]["code"], json!("shown_once"), "{}", operation.text);
            assert_eq!(app.get(&app.admin, &format!("/api/v1/{collection}")).await.body["data"], json!([]));
            // What is there goes out and comes in again unchanged.
            app.make(collection, &row).await;
            for form in ["text/csv", "application/x-ndjson"] {
                let file = app.call(&app.admin, "GET", &format!("/api/v1/{collection}"), &[("Accept", form)], None).await;
                let back = app.call(&app.admin, "POST", &import, &[("Content-Type", form)], Some(file.text)).await;
                assert_eq!((back.status, &back.body["unchanged"]), (200, &json!(1)), "{}", back.text);
            }
            app.delete(&app.admin, &format!("/api/v1/{collection}/{}", text(&app.get(&app.admin, &format!("/api/v1/{collection}")).await.body["data"][0]["id"])), "*").await;
        }
    }

    what_the_house_makes_no_client_writes(app) {
        let made = account(app, "robot").await;
        let owner = made["owner_id"].clone();
        let token = app.make("identity/api-tokens", &json!({"name": "A token", "scopes": ["teams.units:read"]})).await;
        for (collection, id, whole, names) in [
            (ACCOUNTS, &made["id"], json!({"name": "Mine", "owner_id": owner}), ["client_id", "client_secret", "previous_secret", "previous_secret_until"].as_slice()),
            (TOKENS, &token["id"], json!({"name": "Mine", "scopes": ["teams.units:read"]}), ["token", "last_used_at"].as_slice()),
        ] {
            for name in names {
                for value in [json!("2026-01-01T00:00:00Z"), json!(digest("mine")), Value::Null] {
                    let mut body = whole.clone();
                    body[*name] = value.clone();
                    let (created, patched) = (app.post(&app.admin, collection, &body).await, app.patch(&app.admin, &format!("{collection}/{}", text(id)), "*", &json!({*name: value})).await);
                    for answer in [created, patched] {
                        assert_eq!((answer.status, answer.broken()), (422, vec![format!("/{name} server_field")]), "{}", answer.text);
                    }
                }
                let query = app.get(&app.admin, &format!("{collection}?filter={name}%20%3D%20null")).await;
                let hidden = !matches!(*name, "last_used_at" | "previous_secret_until");
                assert_eq!(query.status, if hidden { 400 } else { 200 }, "{name}: {}", query.text);
            }
        }
    }

    an_api_token_ends_when_it_expires_is_revoked_or_loses_its_owner(app) {
        let owner = app.actor("member", Some(&app.root_unit().await)).await;
        let alive = async |actor: &Actor| app.get(actor, "/api/v1/auth/me").await.status;
        let (revoked, id) = token(app, &owner, &["teams.units:read"]).await;
        assert_eq!(alive(&revoked).await, 200);
        assert_eq!(app.transition(&owner, &format!("{TOKENS}/{id}"), "revoked").await.status, 200);
        assert_eq!(alive(&revoked).await, 401);
        let (deleted, id) = token(app, &owner, &["teams.units:read"]).await;
        assert_eq!(app.delete(&owner, &format!("{TOKENS}/{id}"), "*").await.status, 204);
        assert_eq!(alive(&deleted).await, 401);
        let (lasting, id) = token(app, &owner, &["teams.units:read"]).await;
        let known = app.get(&owner, &format!("{TOKENS}/{id}")).await;
        assert_eq!(known.body["expires_at"], json!("2026-09-13T09:00:00.000000Z"), "90 days");
        let user = format!("/api/v1/identity/users/{}", owner.id.unwrap());
        assert_eq!(app.transition(&app.admin, &user, "disabled").await.status, 200);
        assert_eq!(alive(&lasting).await, 401);
        assert_eq!(app.transition(&app.admin, &user, "active").await.status, 200);
        assert_eq!(alive(&lasting).await, 200);
        assert_eq!(app.delete(&app.admin, &user, "*").await.broken()[0], " in_use", "who has tokens or grants is disabled, not deleted");
        let text = lasting.token.clone().unwrap();
        for broken in [text[..46].to_owned(), format!("{}x", &text[..46]), format!("{text}x"), text.replace("stw_", "stv_"), "stw_".to_owned(), digest(&text)] {
            assert_eq!(alive(&Actor { id: None, token: Some(broken) }).await, 401);
        }
        app.clock.set(app.clock.now().plus_seconds(90 * 24 * 3600 - 1));
        assert_eq!(alive(&lasting).await, 200);
        app.clock.set(app.clock.now().plus_seconds(1));
        assert_eq!(alive(&lasting).await, 401);
    }

    a_token_lives_a_year_at_most(app) {
        let body = |end: &str| json!({"name": "A token", "scopes": ["teams.units:read"], "expires_at": end});
        for (end, status) in [("2026-06-15T09:00:00Z", 422), ("2026-06-15T09:00:01Z", 201), ("2025-01-01T00:00:00Z", 422), ("2027-06-16T09:00:00Z", 201), ("2027-06-16T09:00:01Z", 422)] {
            assert_eq!(app.post(&app.admin, TOKENS, &body(end)).await.status, status, "{end}");
        }
    }

    the_last_use_of_a_token_is_known_to_the_minute_without_a_revision(app) {
        let (actor, id) = token(app, &app.admin, &["teams.units:read"]).await;
        let path = format!("{TOKENS}/{id}");
        let used = async || app.get(&app.admin, &path).await.body["last_used_at"].clone();
        let settled = async |expected: &Value| {
            for _ in 0..200 {
                if used().await == *expected {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            panic!("{} is not {expected}", used().await);
        };
        assert_eq!(used().await, Value::Null);
        app.get(&actor, "/api/v1/teams/units").await;
        let first = json!("2026-06-15T09:00:00.000000Z");
        settled(&first).await;
        for _ in 0..20 {
            app.clock.set(app.clock.now().plus_seconds(2));
            app.get(&actor, "/api/v1/teams/units").await;
        }
        assert_eq!(used().await, first, "no write for each request");
        // A change of the token leaves it as it is.
        assert_eq!(app.patch(&app.admin, &path, "\"1\"", &json!({"name": "Renamed"})).await.status, 200);
        assert_eq!(used().await, first);
        app.clock.set(app.clock.now().plus_seconds(20));
        app.get(&actor, "/api/v1/teams/units").await;
        settled(&json!("2026-06-15T09:01:00.000000Z")).await;
        let history = app.get(&app.admin, &format!("/api/v1/platform/resources/{id}/history")).await;
        assert_eq!(history.body["data"].as_array().unwrap().len(), 2);
        let uses = history.body["data"].as_array().unwrap().iter().flat_map(|each| each["changes"].as_array().unwrap());
        assert!(uses.filter(|change| change["pointer"] == "/last_used_at").all(|change| change["after"].is_null()), "{}", history.text);
    }

    an_api_token_makes_no_other_and_reaches_of_ones_own_what_its_scopes_name(app) {
        let owner = with(app, "owner", &["identity.api_tokens:create", "platform.operations:*", "teams.units:read", "teams.units:create"], None).await;
        let (narrow, id) = token(app, &owner, &["teams.units:read"]).await;
        let (maker, _) = token(app, &owner, &["identity.api_tokens:*", "teams.units:read"]).await;
        let another = json!({"name": "Another", "scopes": ["teams.units:read"]});
        assert_eq!(app.post(&maker, TOKENS, &another).await.status, 403, "a stolen token does not outlive itself");
        assert_eq!(app.post(&narrow, TOKENS, &another).await.status, 404);
        let path = format!("{TOKENS}/{id}");
        assert_eq!([app.get(&narrow, &path).await.status, app.get(&maker, &path).await.status, app.get(&owner, &path).await.status], [404, 200, 200]);
        assert_eq!((app.get(&narrow, TOKENS).await.body["data"].as_array().unwrap().len(), app.get(&maker, TOKENS).await.body["data"].as_array().unwrap().len()), (0, 2));
        assert_eq!(app.get(&narrow, &format!("/api/v1/platform/resources/{id}")).await.status, 404);
        assert_eq!(app.get(&narrow, "/api/v1/platform/search?q=token").await.body["data"], json!([]));
        assert_eq!(app.transition(&narrow, &path, "revoked").await.status, 404);
        // What is done later for a token is done by no more than the token.
        let (later, _) = token(app, &owner, &["teams.units:read", "platform.operations:*"]).await;
        let bulk = json!({"operations": [{"op": "create", "collection": "teams/units", "body": {"code": "LATER", "name": "Later"}}]});
        let asked = app.call(&later, "POST", "/api/v1/platform/bulk", &[JSON, ("Prefer", "respond-async")], Some(bulk.to_string())).await;
        assert_eq!(asked.status, 202, "{}", asked.text);
        app.worker.work_off().await.unwrap();
        let operation = app.get(&later, &format!("/api/v1/platform/operations/{}", asked.id())).await;
        assert_eq!(operation.body["result"]["results"][0]["status"], json!(403), "{}", operation.text);
        // The answer to a key of one token is not told to another.
        let keyed = async |actor: &Actor| {
            let headers = [JSON, ("Idempotency-Key", "shared")];
            app.call(actor, "POST", "/api/v1/teams/units", &headers, Some(json!({"code": "KEY", "name": "Key"}).to_string())).await.status
        };
        let (first, _) = token(app, &owner, &["teams.units:read", "teams.units:create"]).await;
        let (second, _) = token(app, &owner, &["teams.units:read", "teams.units:create"]).await;
        assert_eq!([keyed(&first).await, keyed(&first).await, keyed(&second).await, keyed(&owner).await], [201, 201, 422, 422]);
    }

    roles_and_tokens_name_permissions_that_exist(app) {
        let role = async |permissions: Value| app.post(&app.admin, "/api/v1/identity/roles", &json!({"code": "r", "name": "R", "permissions": permissions})).await;
        for unknown in ["governance.controls:raed", "governance.control:read", "goverance.controls:read", "governance.controls:approve", "*.*:raed", "goverance.*:read"] {
            let refused = role(json!(["governance.controls:read", unknown])).await;
            assert_eq!((refused.status, refused.broken()), (422, vec!["/permissions/1 permission".to_owned()]), "{}", refused.text);
            assert!(refused.text.contains(unknown), "{}", refused.text);
            let refused = app.post(&app.admin, TOKENS, &json!({"name": "T", "scopes": [unknown]})).await;
            assert_eq!((refused.status, refused.broken()), (422, vec!["/scopes/0 permission".to_owned()]), "{}", refused.text);
        }
        let known = json!(["governance.controls:operate", "*.*:read", "governance.*:*", "*.controls:read", "projects.projects:approve_charter", "teams.people:read_restricted"]);
        let made = role(known).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = format!("/api/v1/identity/roles/{}", made.id());
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"permissions": ["no.such:thing"]})).await.broken(), ["/permissions/0 permission"]);
    }
}
