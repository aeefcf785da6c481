//! Logging in on the login page through an identity provider: the browser goes there and comes back with an ID token.

use super::authorize::{BACK, back, client, named, page, redeem, request};
use crate::harness::provider::{Provider, Signer};
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::json;
use std::collections::HashMap;

/// A provider with a login page, and the user who is linked to its subject ada.
async fn entered(app: &TestApp, provider: &Provider) -> Actor {
    provider.discover(json!({"issuer": provider.issuer, "jwks_uri": format!("{}/keys", provider.issuer), "authorization_endpoint": format!("{}/login?tenant=1", provider.issuer)}));
    let body = json!({"code": "company", "name": "Company <login>", "issuer": provider.issuer, "audiences": ["steward"], "algorithms": ["EdDSA"]});
    let id = app.make("identity/identity-providers", &body).await["id"].clone();
    let user = app.stranger().await;
    app.make("identity/external-identities", &json!({"provider_id": id, "subject": "ada", "user_id": user.id.unwrap().to_string()})).await;
    user
}

async fn start(app: &TestApp, provider: &str) -> Answer {
    app.call(&Actor::nobody(), "GET", &format!("/api/v1/auth/provider?provider={provider}&{}", request(&[])), &[], None).await
}

/// The parameters that a provider is sent.
async fn sent(app: &TestApp) -> HashMap<String, String> {
    let answer = start(app, "company").await;
    back(&answer).into_iter().collect()
}

fn token(app: &TestApp, provider: &Provider, key: &Signer, nonce: Option<&str>) -> String {
    let now = app.clock.now().0.timestamp();
    let mut claims = json!({"iss": provider.issuer, "aud": "steward", "sub": "ada", "iat": now, "exp": now + 300});
    if let Some(nonce) = nonce {
        claims["nonce"] = nonce.into();
    }
    key.sign(&claims)
}

async fn come_back(app: &TestApp, state: &str, token: &str) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new()).append_pair("state", state).append_pair("id_token", token).finish();
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "cross-site")];
    app.call(&Actor::nobody(), "POST", "/api/v1/auth/callback", &headers, Some(form)).await
}

on_both! {
    the_page_leads_to_the_provider_and_back_to_the_client(app) {
        let key = Signer::ed25519("one", 1);
        let provider = Provider::with(&[&key]);
        client(app).await;
        let user = entered(app, &provider).await;
        let shown = page(app, &[]).await;
        assert!(shown.text.contains("Log in with Company &lt;login&gt;") && shown.text.contains("href=\"provider?provider=company&amp;"), "{}", shown.text);
        let asked = sent(app).await;
        for (name, value) in [("tenant", "1"), ("client_id", "steward"), ("response_type", "id_token"), ("response_mode", "form_post"), ("redirect_uri", "http://steward.test/api/v1/auth/callback")] {
            assert_eq!(asked[name], value, "{name}");
        }
        let answer = come_back(app, &asked["state"], &token(app, &provider, &key, Some(&asked["nonce"]))).await;
        let pairs = back(&answer);
        assert!(answer.header("location").unwrap().starts_with(BACK));
        assert_eq!(named(&pairs, "state"), "xyz&1");
        let tokens = redeem(app, &named(&pairs, "code"), &[]).await;
        assert_eq!(tokens.status, 200, "{}", tokens.text);
        let actor = Actor { id: None, token: tokens.body["access_token"].as_str().map(str::to_owned) };
        assert_eq!(app.get(&actor, "/api/v1/auth/me").await.body["id"], json!(user.id.unwrap().to_string()));
    }

    a_token_for_another_login_or_of_nobody_logs_nobody_in(app) {
        let (key, other) = (Signer::ed25519("one", 1), Signer::ed25519("one", 2));
        let provider = Provider::with(&[&key]);
        client(app).await;
        entered(app, &provider).await;
        let refused = |answer: Answer| assert_eq!((answer.status, answer.header("location")), (400, None), "{}", answer.text);
        for case in 0..4 {
            let asked = sent(app).await;
            let shown = match case {
                0 => token(app, &provider, &key, None),
                1 => token(app, &provider, &key, Some("another")),
                2 => token(app, &provider, &other, Some(&asked["nonce"])),
                _ => "nothing".to_owned(),
            };
            refused(come_back(app, &asked["state"], &shown).await);
            // The request is spent.
            refused(come_back(app, &asked["state"], &token(app, &provider, &key, Some(&asked["nonce"]))).await);
        }
        let asked = sent(app).await;
        let good = token(app, &provider, &key, Some(&asked["nonce"]));
        refused(come_back(app, "another", &good).await);
        app.wait(601);
        refused(come_back(app, &asked["state"], &good).await);
        refused(start(app, "nobody").await);
    }

    a_provider_without_a_login_page_is_told_so(app) {
        let key = Signer::ed25519("one", 1);
        let provider = Provider::with(&[&key]);
        client(app).await;
        entered(app, &provider).await;
        provider.discover(json!({"issuer": provider.issuer, "jwks_uri": format!("{}/keys", provider.issuer)}));
        let answer = start(app, "company").await;
        assert_eq!((answer.status, answer.header("location")), (400, None));
    }
}
