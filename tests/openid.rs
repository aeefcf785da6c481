//! Logging in through an identity provider: what is believed of it, whose account it is, and what its claims give.

use crate::harness::provider::{Provider, Signer};
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use steward::resource::Id;

const GRANT: &str = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
const PROVIDERS: &str = "/api/v1/identity/identity-providers";

async fn exchange(app: &TestApp, token: &str) -> Answer {
    app.form("/api/v1/auth/token", &format!("grant_type={GRANT}&assertion={token}")).await
}

async fn refresh(app: &TestApp, token: &Value) -> Answer {
    app.form("/api/v1/auth/token", &format!("grant_type=refresh_token&refresh_token={}", token.as_str().unwrap())).await
}

/// A provider as an administrator enters it.
fn entry(provider: &Provider) -> Value {
    json!({"code": format!("P-{}", Id::new()), "name": "Company login", "issuer": provider.issuer, "audiences": ["steward"], "algorithms": ["EdDSA", "ES256", "ES384", "RS256", "PS256"]})
}

async fn enter(app: &TestApp, provider: &Provider) -> String {
    app.make("identity/identity-providers", &entry(provider)).await["id"].as_str().unwrap().to_owned()
}

async fn enter_with(app: &TestApp, provider: &Provider, more: Value) -> String {
    let mut body = entry(provider);
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.make("identity/identity-providers", &body).await["id"].as_str().unwrap().to_owned()
}

async fn link(app: &TestApp, provider: &str, subject: &str, user: &Actor) -> String {
    let body = json!({"provider_id": provider, "subject": subject, "user_id": user.id.unwrap().to_string()});
    app.make("identity/external-identities", &body).await["id"].as_str().unwrap().to_owned()
}

/// A user without roles who is linked to the subject ada of a provider that is entered, and the id of that.
async fn linked(app: &TestApp, provider: &Provider) -> (Actor, String) {
    let (user, id) = (app.stranger().await, enter(app, provider).await);
    link(app, &id, "ada", &user).await;
    (user, id)
}

fn claims(app: &TestApp, provider: &Provider, subject: &str) -> Value {
    let now = app.clock.now().0.timestamp();
    json!({"iss": provider.issuer, "aud": "steward", "sub": subject, "iat": now, "exp": now + 300})
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

async fn me(app: &TestApp, answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let actor = Actor { id: None, token: answer.body["access_token"].as_str().map(str::to_owned) };
    app.get(&actor, "/api/v1/auth/me").await.body
}

fn refused(answer: &Answer) {
    assert_eq!((answer.status, &answer.body["error"]), (400, &json!("invalid_grant")), "{}", answer.text);
}

/// Moves the clock on, so that keys may be fetched again.
fn wait(app: &TestApp, seconds: i64) {
    app.clock.set(app.clock.now().plus_seconds(seconds));
}

async fn together<T>(mut calls: Vec<Pin<Box<dyn Future<Output = T> + '_>>>) -> Vec<T> {
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

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

async fn role(app: &TestApp, code: &str, permissions: &[&str]) -> String {
    app.make("identity/roles", &json!({"code": code, "name": code, "permissions": permissions})).await["id"].as_str().unwrap().to_owned()
}

/// The grants of a user as `(role, unit, made by a mapping)`.
async fn grants(app: &TestApp, user: &str) -> Vec<(String, Option<String>, bool)> {
    let page = app.get(&app.admin, &format!("/api/v1/identity/grants?principal_id={user}")).await;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let grants = page.body["data"].as_array().unwrap().iter();
    grants.map(|grant| (text(&grant["role_id"]).unwrap(), text(&grant["unit_id"]), !grant["external_identity_id"].is_null())).collect()
}

on_both! {
    who_is_linked_logs_in_with_a_token_of_the_provider(app) {
        let keys = [Signer::ed25519("ed", 1), Signer::p256("p256"), Signer::p384("p384"), Signer::rsa("rsa")];
        let provider = Provider::with(&keys.iter().collect::<Vec<_>>());
        let user = app.stranger().await;
        let id = enter(app, &provider).await;
        link(app, &id, "ada", &user).await;
        let claims = claims(app, &provider, "ada");
        for key in &keys {
            let answer = exchange(app, &key.sign(&claims)).await;
            assert_eq!(me(app, &answer).await["id"], json!(user.id.unwrap().to_string()), "{}", key.algorithm());
            assert_eq!((answer.header("cache-control"), &answer.body["token_type"]), (Some("no-store"), &json!("Bearer")));
            assert_eq!(refresh(app, &answer.body["refresh_token"]).await.status, 200);
        }
        let rsa = &keys[3];
        assert_eq!(exchange(app, &rsa.sign_as(&json!({"alg": "PS256", "kid": "rsa"}), &claims)).await.status, 200);
        for good in [
            with(&claims, "aud", json!(["steward"])),
            with(&with(&claims, "aud", json!(["other", "steward"])), "azp", json!("steward")),
            with(&claims, "azp", json!("steward")),
            with(&claims, "nbf", claims["iat"].clone()),
            with(&claims, "iat", json!(claims["iat"].as_i64().unwrap() + 30)),
        ] {
            assert_eq!(exchange(app, &keys[0].sign(&good)).await.status, 200, "{good}");
        }
        assert_eq!((provider.discovery_fetches(), provider.key_fetches()), (1, 1), "what is known is not asked for again");
        let unreadable = app.form("/api/v1/auth/token", &format!("grant_type={GRANT}")).await;
        assert_eq!((unreadable.status, &unreadable.body["error"]), (400, &json!("invalid_request")));
    }

    what_is_no_valid_token_of_the_provider_is_refused_alike(app) {
        let (key, other, rsa) = (Signer::ed25519("ed", 1), Signer::ed25519("ed", 2), Signer::rsa("rsa"));
        let provider = Provider::with(&[&key, &rsa]);
        let user = app.stranger().await;
        let id = enter_with(app, &provider, json!({"algorithms": ["EdDSA", "ES256"]})).await;
        link(app, &id, "ada", &user).await;
        let claims = claims(app, &provider, "ada");
        let now = claims["iat"].as_i64().unwrap();
        let genuine = key.sign(&claims);
        assert_eq!(exchange(app, &genuine).await.status, 200);
        let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": "ed"});
        let public = key.jwk();
        let hmac = {
            use base64::Engine;
            use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
            let unsigned = format!("{}.{}", BASE64.encode(with(&header, "alg", json!("HS256")).to_string()), BASE64.encode(claims.to_string()));
            let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &BASE64.decode(public["x"].as_str().unwrap()).unwrap());
            format!("{unsigned}.{}", BASE64.encode(aws_lc_rs::hmac::sign(&secret, unsigned.as_bytes())))
        };
        let none = key.sign_as(&json!({"alg": "none"}), &claims);
        let mut bad = vec![
            ("HS256 with the public key".into(), hmac),
            ("alg none".into(), none.clone()),
            ("alg none without a signature".into(), format!("{}.", none.rsplit_once('.').unwrap().0)),
            ("signed by another key under the same kid".into(), other.sign(&claims)),
            ("RS256, which the provider is not allowed".into(), rsa.sign(&claims)),
            ("the key of another algorithm".into(), key.sign_as(&with(&header, "kid", json!("rsa")), &claims)),
            ("a signature of nothing".into(), format!("{}.", genuine.rsplit_once('.').unwrap().0)),
            ("no signature".into(), genuine.rsplit_once('.').unwrap().0.to_owned()),
            ("one part too many".into(), format!("{genuine}.x")),
            ("garbage".into(), "garbage".into()),
            ("a token of this house".into(), app.admin.token.clone().unwrap()),
        ];
        for (name, value) in [
            ("crit", json!(["exp"])), ("crit", json!([])), ("jwk", public.clone()), ("jku", json!(format!("{}/keys", provider.issuer))), ("x5u", json!("https://example.org")),
            ("x5c", json!([])), ("b64", json!(false)), ("typ", json!("at+jwt")), ("typ", json!("logout+jwt")), ("typ", json!(1)), ("kid", json!(1)), ("kid", json!(["ed"])), ("alg", json!("eddsa")),
            ("alg", json!(["EdDSA"])), ("alg", Value::Null),
        ] {
            bad.push((format!("header {name} {value}"), key.sign_as(&with(&header, name, value), &claims)));
        }
        for (name, value) in [
            ("iss", json!(format!("{}/", provider.issuer))), ("iss", json!(provider.issuer.to_uppercase())), ("iss", json!([provider.issuer])), ("iss", json!("https://elsewhere.example")), ("iss", json!("a\u{0}b")),
            ("aud", json!("elsewhere")), ("aud", json!([])), ("aud", json!("Steward")), ("aud", json!(["elsewhere"])), ("aud", json!(["steward", "elsewhere"])), ("aud", json!(["steward", 1])), ("aud", json!({"steward": true})),
            ("azp", json!("elsewhere")), ("azp", Value::Null), ("azp", json!(["steward"])),
            ("exp", json!(now - 30)), ("exp", json!(now - 3600)), ("exp", json!((now + 300).to_string())), ("exp", json!(now as f64 + 300.5)), ("exp", json!(-1)), ("exp", json!(i64::MAX)), ("exp", json!(u64::MAX)),
            ("exp", json!(1e300)), ("exp", Value::Null), ("exp", json!(now + 86_401)),
            ("iat", json!(now + 31)), ("iat", json!(now.to_string())), ("iat", Value::Null), ("iat", json!(now + 301)), ("iat", json!(0)),
            ("nbf", json!(now + 31)), ("nbf", json!(now.to_string())), ("nbf", Value::Null), ("nbf", json!(now as f64 + 0.5)), ("nbf", json!(-1)),
            ("sub", json!("")), ("sub", json!(1)), ("sub", Value::Null), ("sub", json!(["ada"])), ("sub", json!("ADA")), ("sub", json!("ada ")), ("sub", json!("ada\u{0}")), ("sub", json!("x".repeat(256))),
        ] {
            bad.push((format!("{name} {value}"), key.sign(&with(&claims, name, value))));
        }
        for name in ["iss", "aud", "exp", "iat", "sub"] {
            bad.push((format!("without {name}"), key.sign(&without(&claims, name))));
        }
        let first = exchange(app, "nonsense").await;
        refused(&first);
        for (what, token) in bad {
            let answer = exchange(app, &token).await;
            assert_eq!((answer.status, &answer.text), (first.status, &first.text), "{what}");
        }
        assert_eq!((provider.discovery_fetches(), provider.key_fetches()), (1, 1), "nothing is asked of the provider for them");
        wait(app, 330);
        refused(&exchange(app, &genuine).await);
    }

    a_key_that_the_provider_has_since_is_found_and_a_flood_of_others_is_not_asked_for(app) {
        let (old, new) = (Signer::ed25519("old", 1), Signer::ed25519("new", 2));
        let provider = Provider::with(&[&old]);
        let user = app.stranger().await;
        let id = enter(app, &provider).await;
        link(app, &id, "ada", &user).await;
        assert_eq!(exchange(app, &old.sign(&claims(app, &provider, "ada"))).await.status, 200);
        provider.publish(vec![new.jwk()]);
        wait(app, 31);
        assert_eq!(exchange(app, &new.sign(&claims(app, &provider, "ada"))).await.status, 200, "an unknown key is looked for");
        assert_eq!(provider.key_fetches(), 2);
        refused(&exchange(app, &old.sign(&claims(app, &provider, "ada"))).await);
        assert_eq!(provider.key_fetches(), 2, "not again so soon");
        wait(app, 31);
        provider.set_slow();
        let flood: Vec<String> = (0..40).map(|number| Signer::ed25519(&format!("k{number}"), 9).sign(&claims(app, &provider, "ada"))).collect();
        for answer in together(flood.iter().map(|token| Box::pin(exchange(app, token)) as Pin<Box<dyn Future<Output = Answer>>>).collect()).await {
            refused(&answer);
        }
        assert_eq!(provider.key_fetches(), 3, "forty unknown keys are one fetch");
        assert_eq!(exchange(app, &new.sign(&claims(app, &provider, "ada"))).await.status, 200);
    }

    keys_are_kept_within_bounds_and_used_while_the_provider_is_away(app) {
        let key = Signer::ed25519("ed", 1);
        let provider = Provider::with(&[&key]);
        let user = app.stranger().await;
        let id = enter_with(app, &provider, json!({"jwks_url": format!("{}/keys", provider.issuer)})).await;
        link(app, &id, "ada", &user).await;
        let log_in = async || exchange(app, &key.sign(&claims(app, &provider, "ada"))).await.status;
        provider.set_down(true);
        assert_eq!((log_in().await, log_in().await, provider.key_fetches()), (400, 400, 1), "without keys nobody is believed, and nobody hammers");
        provider.set_down(false);
        provider.cache_control("max-age=1");
        wait(app, 30);
        assert_eq!((log_in().await, provider.key_fetches()), (200, 2));
        wait(app, 59);
        assert_eq!((log_in().await, provider.key_fetches()), (200, 2), "a minute at least");
        provider.cache_control("max-age=99999999");
        wait(app, 1);
        assert_eq!((log_in().await, provider.key_fetches()), (200, 3));
        wait(app, 24 * 3600 - 1);
        assert_eq!((log_in().await, provider.key_fetches()), (200, 3));
        provider.set_down(true);
        wait(app, 1);
        assert_eq!((log_in().await, provider.key_fetches()), (200, 4), "a day at most, and longer only while it is away");
        wait(app, 24 * 3600 - 1);
        assert_eq!(log_in().await, 200);
        wait(app, 1);
        assert_eq!(log_in().await, 400, "but not for ever");
        assert_eq!(provider.discovery_fetches(), 0, "its keys have an address of their own");
    }

    a_provider_is_believed_about_itself_alone(app) {
        let key = Signer::ed25519("ed", 1);
        let (provider, elsewhere) = (Provider::with(&[&key]), Provider::with(&[&key]));
        let user = app.stranger().await;
        let id = enter(app, &provider).await;
        link(app, &id, "ada", &user).await;
        provider.discover(json!({"issuer": elsewhere.issuer, "jwks_uri": format!("{}/keys", provider.issuer)}));
        refused(&exchange(app, &key.sign(&claims(app, &provider, "ada"))).await);
        // Where its document leads, the app goes only if it may go there at all.
        for url in ["http://169.254.169.254/keys", "http://localhost:1/keys", "file:///etc/passwd", "http://10.0.0.1/keys", "keys"] {
            wait(app, 3700);
            provider.discover(json!({"issuer": provider.issuer, "jwks_uri": url}));
            refused(&exchange(app, &key.sign(&claims(app, &provider, "ada"))).await);
        }
        wait(app, 3700);
        provider.discover(json!({"issuer": provider.issuer, "jwks_uri": format!("{}/keys", elsewhere.issuer)}));
        assert_eq!(exchange(app, &key.sign(&claims(app, &provider, "ada"))).await.status, 200, "keys may be elsewhere");
        assert_eq!((provider.key_fetches(), elsewhere.key_fetches()), (0, 1));
    }

    subjects_are_compared_with_nothing_but_subjects_of_their_provider(app) {
        let key = Signer::ed25519("ed", 1);
        let (first, second) = (Provider::with(&[&key]), Provider::with(&[&key]));
        let user = app.stranger().await;
        let email = app.get(&app.admin, &format!("/api/v1/identity/users/{}", user.id.unwrap())).await.body["email"].as_str().unwrap().to_owned();
        let (one, _) = (enter(app, &first).await, enter(app, &second).await);
        let identity = link(app, &one, "ada", &user).await;
        for subject in ["1", &user.id.unwrap().to_string(), &email, &identity, &app.admin.id.unwrap().to_string(), "admin@example.org", "administrator"] {
            let claims = with(&with(&claims(app, &first, subject), "email", json!(email)), "email_verified", json!(true));
            refused(&exchange(app, &key.sign(&claims)).await);
        }
        refused(&exchange(app, &key.sign(&claims(app, &second, "ada"))).await);
        assert_eq!(exchange(app, &key.sign(&claims(app, &first, "ada"))).await.status, 200);
        let twice = json!({"provider_id": one, "subject": "ada", "user_id": app.admin.id.unwrap().to_string()});
        assert_eq!(app.post(&app.admin, "/api/v1/identity/external-identities", &twice).await.status, 409, "a subject is one user");
    }

    another_claim_may_say_who_somebody_is(app) {
        let key = Signer::ed25519("ed", 1);
        let provider = Provider::with(&[&key]);
        let user = app.stranger().await;
        let id = enter_with(app, &provider, json!({"subject_claim": "/directory/oid"})).await;
        link(app, &id, "o-17", &user).await;
        let claims = claims(app, &provider, "o-17");
        refused(&exchange(app, &key.sign(&claims)).await);
        let answer = exchange(app, &key.sign(&with(&claims, "directory", json!({"oid": "o-17"})))).await;
        assert_eq!(me(app, &answer).await["id"], json!(user.id.unwrap().to_string()));
        for change in [json!({"issuer": "https://elsewhere.example"}), json!({"subject_claim": "email"})] {
            let answer = app.patch(&app.admin, &format!("{PROVIDERS}/{id}"), "*", &change).await;
            assert_eq!((answer.status, answer.broken()[0].ends_with(" fixed")), (422, true), "a subject stays the same person's: {}", answer.text);
        }
    }

    accounts_are_made_on_first_sight_only_where_that_is_wanted(app) {
        let key = Signer::ed25519("ed", 1);
        let provider = Provider::with(&[&key]);
        let id = enter(app, &provider).await;
        let path = format!("{PROVIDERS}/{id}");
        let users = async || app.get(&app.admin, "/api/v1/identity/users?include_total=true&limit=1").await.body["total_count"].as_i64().unwrap();
        let before = users().await;
        let grace = with(&with(&with(&claims(app, &provider, "grace"), "email", json!("Grace@Example.org")), "email_verified", json!(true)), "name", json!("Grace"));
        refused(&exchange(app, &key.sign(&grace)).await);
        let open = app.patch(&app.admin, &path, "*", &json!({"accounts_on_first_sight": true})).await;
        assert_eq!((open.status, open.broken()), (422, vec!["/email_domains required".into()]));
        let open = json!({"accounts_on_first_sight": true, "email_domains": ["example.org"]});
        assert_eq!(app.patch(&app.admin, &path, "*", &open).await.status, 200);
        for bad in [
            with(&grace, "email_verified", json!(false)), with(&grace, "email_verified", json!("true")), with(&grace, "email_verified", json!(1)), without(&grace, "email_verified"),
            without(&grace, "email"), with(&grace, "email", json!("grace@sub.example.org")), with(&grace, "email", json!("grace@example.org.evil.com")), with(&grace, "email", json!("grace@evil.com")),
            with(&grace, "email", json!("grace@evil.com@example.org")), with(&grace, "email", json!("@example.org")), with(&grace, "email", json!("a b@example.org")), with(&grace, "email", json!(["grace@example.org"])),
            with(&grace, "email", json!("admin@example.org")), with(&grace, "email", json!("ADMIN@EXAMPLE.ORG")),
        ] {
            refused(&exchange(app, &key.sign(&bad)).await);
        }
        assert_eq!(users().await, before, "nobody was let in, and nobody linked to whom an address belongs already");
        let token = key.sign(&grace);
        let answers = together((0..8).map(|_| Box::pin(exchange(app, &token)) as Pin<Box<dyn Future<Output = Answer>>>).collect()).await;
        let first = me(app, &answers[0]).await;
        for answer in &answers {
            assert_eq!(me(app, answer).await["id"], first["id"], "eight at once are one account");
        }
        assert_eq!(users().await, before + 1);
        let user = app.get(&app.admin, &format!("/api/v1/identity/users/{}", first["id"].as_str().unwrap())).await.body;
        assert_eq!((&user["email"], &user["name"], &first["permissions"]), (&json!("Grace@Example.org"), &json!("Grace"), &json!([])));
        let moved = with(&grace, "email", json!("admin@example.org"));
        assert_eq!(me(app, &exchange(app, &key.sign(&moved)).await).await["id"], first["id"], "later an address changes nothing");
        let history = app.get(&app.admin, &format!("/api/v1/platform/resources/{}/history", first["id"].as_str().unwrap())).await;
        assert!(history.text.contains("Logged in through Company login."), "{}", history.text);
    }

    claims_give_roles_and_take_them_back_and_leave_alone_what_people_gave(app) {
        let key = Signer::ed25519("ed", 1);
        let provider = Provider::with(&[&key]);
        let (user, id) = linked(app, &provider).await;
        let name = user.id.unwrap().to_string();
        let unit = app.unit("OPS", &app.root_unit().await).await;
        let (reads, tests, by_hand) =
            (role(app, "reads", &["governance.controls:read"]).await, role(app, "tests", &["governance.control_tests:read"]).await, role(app, "by_hand", &["teams.units:read"]).await);
        let mut mappings = Vec::new();
        for (claim, value, role, unit) in [("groups", "everybody", &reads, None), ("/realm_access/roles", "tester", &tests, Some(&unit)), ("groups", "units", &by_hand, None), ("level", "5", &tests, None)] {
            let body = json!({"provider_id": id, "claim": claim, "value": value, "role_id": role, "unit_id": unit});
            mappings.push(app.make("identity/claim-mappings", &body).await["id"].as_str().unwrap().to_owned());
        }
        app.make("identity/grants", &json!({"principal_id": name, "role_id": by_hand, "unit_id": null})).await;
        let log_in = async |groups: Value, roles: Value| {
            let claims = with(&with(&claims(app, &provider, "ada"), "groups", groups), "realm_access", json!({"roles": roles}));
            me(app, &exchange(app, &key.sign(&with(&claims, "level", json!(5)))).await).await;
            let mut grants = grants(app, &name).await;
            grants.sort_by_key(|(role, ..)| [&by_hand, &reads, &tests].iter().position(|known| *known == role));
            grants
        };
        let own = (by_hand.clone(), None, false);
        assert_eq!(log_in(json!(["everybody", "units"]), json!(["tester"])).await, [own.clone(), (reads.clone(), None, true), (tests.clone(), Some(unit.clone()), true)]);
        let before = app.get(&app.admin, "/api/v1/identity/grants?limit=200").await.body["data"].clone();
        log_in(json!(["units", "everybody"]), json!(["tester", "Everybody"])).await;
        assert_eq!(app.get(&app.admin, "/api/v1/identity/grants?limit=200").await.body["data"], before, "the same claims change nothing");
        assert_eq!(log_in(json!("everybody"), json!("x tester")).await, [own.clone(), (reads.clone(), None, true)], "a word is the word, and a part of one is none");
        assert_eq!(log_in(json!(["EVERYBODY", ["everybody"], {"everybody": true}]), json!([])).await, std::slice::from_ref(&own));
        assert_eq!(log_in(json!(["everybody"]), Value::Null).await, [own.clone(), (reads.clone(), None, true)]);
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/identity/claim-mappings/{}", mappings[0]), "*").await.status, 204);
        assert_eq!(log_in(json!(["everybody"]), Value::Null).await, std::slice::from_ref(&own), "a mapping that is gone gives nothing");
        let mine = json!({"principal_id": name, "role_id": reads, "unit_id": null, "external_identity_id": id});
        assert_eq!(app.post(&app.admin, "/api/v1/identity/grants", &mine).await.status, 422, "a provider is no external identity");
    }

    a_claim_gives_a_role_on_what_is_ones_own_and_takes_it_back(app) {
        let key = Signer::ed25519("ed", 1);
        let provider = Provider::with(&[&key]);
        let (user, id) = linked(app, &provider).await;
        let name = user.id.unwrap().to_string();
        let role = role(app, "reads", &["governance.findings:read"]).await;
        let employee = app.get(&app.admin, "/api/v1/identity/roles?code=employee").await.body["data"][0]["id"].clone();
        let mapping = |role: &Value, unit: Value, own: bool| json!({"provider_id": id, "claim": "groups", "value": "staff", "role_id": role, "unit_id": unit, "own": own});
        let mappings = "/api/v1/identity/claim-mappings";
        let root = app.root_unit().await;
        assert_eq!(app.post(&app.admin, mappings, &mapping(&json!(role), json!(root), true)).await.broken(), ["/unit_id own"]);
        assert_eq!(app.post(&app.admin, mappings, &mapping(&employee, Value::Null, false)).await.broken(), ["/role_id own_role"]);
        for given in [&json!(role), &employee] {
            let made = app.post(&app.admin, mappings, &mapping(given, Value::Null, true)).await;
            assert_eq!(made.status, 201, "{}", made.text);
        }
        let log_in = async |groups: Value| {
            me(app, &exchange(app, &key.sign(&with(&claims(app, &provider, "ada"), "groups", groups))).await).await;
            let held = app.get(&app.admin, &format!("/api/v1/identity/grants?principal_id={name}")).await.body["data"].clone();
            held.as_array().unwrap().iter().map(|grant| (grant["role_id"].clone(), grant["own"].clone(), grant["unit_id"].clone())).collect::<Vec<_>>()
        };
        let given = log_in(json!(["staff"])).await;
        assert_eq!(given.len(), 2, "{given:?}");
        assert!(given.iter().all(|(_, own, unit)| *own == json!(true) && unit.is_null()), "{given:?}");
        assert_eq!(log_in(json!(["staff"])).await, given, "the same claim changes nothing");
        assert_eq!(log_in(json!([])).await, []);
    }

    the_last_administrator_stays_one_though_the_claim_that_made_them_one_is_gone(app) {
        let key = Signer::ed25519("ed", 1);
        let provider = Provider::with(&[&key]);
        let (user, id) = linked(app, &provider).await;
        let name = user.id.unwrap().to_string();
        let administrator = text_of(&app.get(&app.admin, "/api/v1/identity/roles?code=administrator").await.body["data"][0]["id"]);
        app.make("identity/claim-mappings", &json!({"provider_id": id, "claim": "groups", "value": "admins", "role_id": administrator, "unit_id": null})).await;
        let log_in = async |groups: Value| {
            let answer = exchange(app, &key.sign(&with(&claims(app, &provider, "ada"), "groups", groups))).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
        };
        log_in(json!(["admins"])).await;
        let by_claim = vec![(administrator.clone(), None, true)];
        let first = app.admin.id.unwrap().to_string();
        let own = app.get(&user, &format!("/api/v1/identity/grants?principal_id={first}")).await.body["data"][0]["id"].clone();
        assert_eq!(app.delete(&user, &format!("/api/v1/identity/grants/{}", text_of(&own)), "*").await.status, 204);
        log_in(json!([])).await;
        let back = json!({"principal_id": first, "role_id": administrator, "unit_id": null});
        let given = app.post(&user, "/api/v1/identity/grants", &back).await;
        assert_eq!(given.status, 201, "nobody may do everything any more: {}", given.text);
        assert_eq!(grants(app, &name).await, by_claim);
        log_in(json!([])).await;
        assert_eq!(grants(app, &name).await, [], "with another administrator it goes");
    }

    nobody_lets_a_provider_give_what_they_lack(app) {
        let key = Signer::ed25519("ed", 1);
        let provider = Provider::with(&[&key]);
        let manage = role(app, "manages_providers", &["identity.identity_providers:*", "identity.claim_mappings:*", "identity.external_identities:*", "identity.users:read", "identity.roles:read", "identity.grants:*", "teams.units:read"]).await;
        let clerk = app.stranger().await;
        app.make("identity/grants", &json!({"principal_id": clerk.id.unwrap().to_string(), "role_id": manage, "unit_id": null})).await;
        let id = enter(app, &provider).await;
        let administrator = app.get(&app.admin, "/api/v1/identity/roles?code=administrator").await.body["data"][0]["id"].clone();
        let mapping = |role: &Value, unit: Value| json!({"provider_id": id, "claim": "groups", "value": "g", "role_id": role, "unit_id": unit});
        let mappings = "/api/v1/identity/claim-mappings";
        assert_eq!(app.post(&clerk, mappings, &mapping(&administrator, Value::Null)).await.status, 403);
        assert_eq!(app.post(&clerk, mappings, &mapping(&administrator, json!(app.root_unit().await))).await.status, 403);
        let held = app.post(&clerk, mappings, &mapping(&json!(manage), Value::Null)).await;
        assert_eq!(held.status, 201, "{}", held.text);
        assert_eq!(app.patch(&clerk, &format!("{mappings}/{}", held.id()), "*", &json!({"role_id": administrator})).await.status, 403);
        let path = format!("{PROVIDERS}/{id}");
        let become_admin = json!({"provider_id": id, "subject": "me", "user_id": app.admin.id.unwrap().to_string()});
        app.make("identity/external-identities", &become_admin).await;
        assert_eq!(app.transition(&clerk, &path, "disabled").await.status, 403);
        assert_eq!(app.transition(&app.admin, &path, "disabled").await.status, 200);
        assert_eq!(app.transition(&clerk, &path, "active").await.status, 403);
        let stronger = app.make("identity/claim-mappings", &mapping(&administrator, json!(app.root_unit().await))).await;
        let stronger = format!("{mappings}/{}", text_of(&stronger["id"]));
        for change in [json!({"role_id": manage}), json!({"role_id": manage, "unit_id": null, "value": "h"}), json!({"value": "h"})] {
            assert_eq!(app.patch(&clerk, &stronger, "*", &change).await.status, 403, "{change}: that takes what the clerk lacks");
        }
        assert_eq!(app.delete(&clerk, &stronger, "*").await.status, 403);
        assert_eq!(app.delete(&clerk, &format!("{mappings}/{}", held.id()), "*").await.status, 204);
        let identity = app.get(&app.admin, "/api/v1/identity/external-identities?subject=me").await.body["data"][0]["id"].clone();
        let unlink = |id: &str| format!("/api/v1/identity/external-identities/{id}");
        assert_eq!(app.delete(&clerk, &unlink(&text_of(&identity)), "*").await.status, 403, "how a stronger one logs in");
        let weaker = link(app, &id, "weak", &app.stranger().await).await;
        assert_eq!(app.delete(&clerk, &unlink(&weaker), "*").await.status, 204);
        let forged = json!({"principal_id": clerk.id.unwrap().to_string(), "role_id": manage, "unit_id": app.root_unit().await, "external_identity_id": identity});
        assert_eq!(app.post(&app.admin, "/api/v1/identity/grants", &forged).await.broken(), ["/external_identity_id automatic"], "only the service marks a grant so");
    }

    only_an_administrator_says_whose_keys_are_believed_and_who_is_who(app) {
        let key = Signer::ed25519("ed", 1);
        let (provider, own) = (Provider::with(&[&key]), Provider::with(&[&key]));
        let clerk = app.stranger().await;
        let manage = role(app, "clerk", &["identity.*:*"]).await;
        app.make("identity/grants", &json!({"principal_id": clerk.id.unwrap().to_string(), "role_id": manage, "unit_id": null})).await;
        // Nobody is linked yet and nothing mapped: whoever is later would be in the clerk's hand.
        let id = enter(app, &provider).await;
        let (path, colleague) = (format!("{PROVIDERS}/{id}"), app.stranger().await);
        let link = json!({"provider_id": id, "subject": "colleague", "user_id": colleague.id.unwrap().to_string()});
        assert_eq!(app.post(&clerk, PROVIDERS, &entry(&own)).await.status, 403, "a provider of one's own");
        for change in [json!({"jwks_url": format!("{}/keys", own.issuer)}), json!({"accounts_on_first_sight": true, "email_domains": ["example.org"]}), json!({"name": "Mine"})] {
            assert_eq!(app.patch(&clerk, &path, "*", &change).await.status, 403, "{change}");
        }
        assert_eq!(app.post(&clerk, "/api/v1/identity/external-identities", &link).await.status, 403, "somebody who holds nothing yet");
        let own_link = json!({"provider_id": id, "subject": "me", "user_id": clerk.id.unwrap().to_string()});
        assert_eq!(app.post(&clerk, "/api/v1/identity/external-identities", &own_link).await.status, 403, "nor oneself");
        assert_eq!(app.transition(&clerk, &path, "disabled").await.status, 403);
        assert_eq!(app.delete(&clerk, &path, "*").await.status, 403);
        assert_eq!(app.post(&app.admin, "/api/v1/identity/external-identities", &link).await.status, 201);
    }

    who_is_disabled_or_unlinked_or_comes_through_a_disabled_provider_is_refused(app) {
        let key = Signer::ed25519("ed", 1);
        let provider = Provider::with(&[&key]);
        let (ada, grace) = (app.stranger().await, app.stranger().await);
        let id = enter(app, &provider).await;
        link(app, &id, "ada", &ada).await;
        let identity = link(app, &id, "grace", &grace).await;
        let token = |subject: &str| key.sign(&claims(app, &provider, subject));
        let log_in = async |subject: &str| {
            let answer = exchange(app, &token(subject)).await;
            // Renewed once: what a login began with goes with it.
            let answer = refresh(app, &answer.body["refresh_token"]).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            answer
        };
        let ended = async |login: &Answer| {
            let actor = Actor { id: None, token: login.body["access_token"].as_str().map(str::to_owned) };
            assert_eq!(app.get(&actor, "/api/v1/auth/me").await.status, 401, "its access token is no good any more");
            refused(&refresh(app, &login.body["refresh_token"]).await);
        };
        let (of_ada, of_grace) = (log_in("ada").await, log_in("grace").await);
        let user = format!("/api/v1/identity/users/{}", ada.id.unwrap());
        assert_eq!(app.transition(&app.admin, &user, "disabled").await.status, 200);
        refused(&exchange(app, &token("ada")).await);
        ended(&of_ada).await;
        let path = format!("{PROVIDERS}/{id}");
        assert_eq!(app.transition(&app.admin, &path, "disabled").await.status, 200);
        refused(&exchange(app, &token("grace")).await);
        ended(&of_grace).await;
        assert_eq!(app.transition(&app.admin, &path, "active").await.status, 200);
        let again = log_in("grace").await;
        ended(&of_grace).await;
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/identity/external-identities/{identity}"), "*").await.status, 204);
        refused(&exchange(app, &token("grace")).await);
        ended(&again).await;
        assert_eq!(app.delete(&app.admin, &path, "*").await.status, 409, "Ada is linked still");
    }

    a_provider_that_nobody_should_believe_is_not_entered(app) {
        let good = json!({"code": "P", "name": "P", "issuer": "https://id.example.org", "audiences": ["steward"]});
        let defaults = app.make("identity/identity-providers", &good).await;
        assert_eq!((&defaults["algorithms"], &defaults["accounts_on_first_sight"], &defaults["subject_claim"], &defaults["state"]), (&json!(["RS256"]), &json!(false), &json!("sub"), &json!("active")));
        for (name, value, expected) in [
            ("issuer", json!("http://id.example.org"), "/issuer address"),
            ("issuer", json!("http://localhost.example.org"), "/issuer address"),
            ("issuer", json!("https://user:word@id.example.org"), "/issuer address"),
            ("issuer", json!("https://id.example.org/?x=1"), "/issuer address"),
            ("issuer", json!("https://id.example.org/#x"), "/issuer address"),
            ("jwks_url", json!("http://10.0.0.1/keys"), "/jwks_url address"),
            ("jwks_url", json!("http://[::ffff:127.0.0.1.example.org/keys"), "/jwks_url format"),
            ("audiences", json!([]), "/audiences required"),
            ("algorithms", json!([]), "/algorithms required"),
            ("algorithms", json!(["HS256"]), "/algorithms/0 choice"),
            ("algorithms", json!(["RS256", "none"]), "/algorithms/1 choice"),
            ("email_domains", json!(["Example.org"]), "/email_domains/0 format"),
            ("email_domains", json!(["a@example.org"]), "/email_domains/0 format"),
            ("accounts_on_first_sight", json!(true), "/email_domains required"),
        ] {
            let answer = app.post(&app.admin, PROVIDERS, &with(&with(&good, "code", json!("Q")), name, value.clone())).await;
            assert!(answer.status == 422 && answer.broken().iter().any(|broken| broken == expected), "{name} {value}: {}", answer.text);
        }
        let same = app.post(&app.admin, PROVIDERS, &with(&good, "code", json!("Q"))).await;
        assert_eq!((same.status, same.broken()), (409, vec!["/issuer duplicate".to_owned()]), "an issuer is one provider");
    }
}
