//! Logging in on the login page: the authorization code grant with PKCE, and each of its refusals.

use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more-1";
pub const BACK: &str = "https://portal.example.org/back";
const PASSWORD: &str = "correct horse battery staple";

fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn challenge() -> String {
    BASE64.encode(Sha256::digest(VERIFIER.as_bytes()))
}

pub async fn client(app: &TestApp) -> Value {
    app.make("identity/login-clients", &json!({"code": "portal", "name": "The <portal>", "redirect_uris": [BACK, "http://127.0.0.1/back"]})).await
}

/// The parameters of a good request, some of them in another way; an empty one is left out.
pub fn request(changed: &[(&str, &str)]) -> String {
    let challenge = challenge();
    let good = [
        ("client_id", "portal"),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("state", "xyz&1"),
    ];
    let mut pairs: Vec<(&str, &str)> =
        good.iter().map(|(name, value)| (*name, changed.iter().find(|(other, _)| other == name).map_or(*value, |(_, value)| *value))).collect();
    pairs.extend(changed.iter().filter(|(name, _)| !good.iter().any(|(known, _)| known == name)));
    pairs.retain(|(_, value)| !value.is_empty());
    encoded(&pairs)
}

pub async fn page(app: &TestApp, changed: &[(&str, &str)]) -> Answer {
    app.call(&Actor::nobody(), "GET", &format!("/api/v1/auth/authorize?{}", request(changed)), &[], None).await
}

/// Sends the form of a page, with other values for some of its fields.
async fn send(app: &TestApp, page: &Answer, fields: &[(&str, &str)]) -> Answer {
    let cookie = page.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let csrf = cookie.split_once('=').unwrap().1.to_owned();
    let mut form = form_urlencoded::parse(request(&[]).as_bytes()).into_owned().collect::<Vec<(String, String)>>();
    form.push(("csrf".into(), csrf));
    for (name, value) in fields {
        form.retain(|(known, _)| known != name);
        form.push(((*name).to_owned(), (*value).to_owned()));
    }
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Cookie", cookie.as_str())];
    app.call(&Actor::nobody(), "POST", "/api/v1/auth/authorize", &headers, Some(body)).await
}

pub fn back(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, 303, "{}", answer.text);
    let address = url::Url::parse(answer.header("location").unwrap()).unwrap();
    address.query_pairs().into_owned().collect()
}

pub fn named(pairs: &[(String, String)], name: &str) -> String {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

async fn code(app: &TestApp) -> String {
    let shown = page(app, &[]).await;
    let sent = send(app, &shown, &[("username", "admin@example.org"), ("password", PASSWORD)]).await;
    named(&back(&sent), "code")
}

pub async fn redeem(app: &TestApp, code: &str, changed: &[(&str, &str)]) -> Answer {
    let good = [("grant_type", "authorization_code"), ("client_id", "portal"), ("redirect_uri", BACK), ("code_verifier", VERIFIER), ("code", code)];
    let pairs: Vec<(&str, &str)> = good
        .iter()
        .map(|(name, value)| (*name, changed.iter().find(|(other, _)| other == name).map_or(*value, |(_, value)| *value)))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    app.form("/api/v1/auth/token", &encoded(&pairs)).await
}

async fn refresh(app: &TestApp, token: &str, client: Option<&str>) -> Answer {
    let mut pairs = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
    pairs.extend(client.map(|client| ("client_id", client)));
    app.form("/api/v1/auth/token", &encoded(&pairs)).await
}

on_both! {
    a_browser_logs_in_on_the_page_and_its_client_redeems_the_code(app) {
        client(app).await;
        let shown = page(app, &[("login_hint", "a\"><script>@example.org")]).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        assert!(shown.text.contains("Log in to The &lt;portal&gt;") && !shown.text.contains("<script"), "{}", shown.text);
        for (name, part) in [("content-security-policy", "frame-ancestors 'none'"), ("content-security-policy", "form-action 'self' https://portal.example.org"), ("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("x-frame-options", "DENY"), ("x-content-type-options", "nosniff"), ("set-cookie", "HttpOnly; SameSite=Lax")] {
            assert!(shown.header(name).is_some_and(|value| value.contains(part)), "{name}: {:?}", shown.header(name));
        }
        let sent = send(app, &shown, &[("username", "admin@example.org"), ("password", PASSWORD)]).await;
        let pairs = back(&sent);
        assert!(sent.header("location").unwrap().starts_with(BACK));
        assert_eq!((named(&pairs, "state"), named(&pairs, "iss")), ("xyz&1".to_owned(), "http://steward.test".to_owned()));
        let tokens = redeem(app, &named(&pairs, "code"), &[]).await;
        assert_eq!(tokens.status, 200, "{}", tokens.text);
        let actor = Actor { id: None, token: tokens.body["access_token"].as_str().map(str::to_owned) };
        assert_eq!(app.get(&actor, "/api/v1/auth/me").await.status, 200);
        // The refresh token rotates, for its client alone.
        let first = tokens.body["refresh_token"].as_str().unwrap();
        for other in [None, Some("docs")] {
            assert_eq!(refresh(app, first, other).await.body["error"], json!("invalid_grant"));
        }
        let next = refresh(app, first, Some("portal")).await;
        assert_eq!(next.status, 200, "{}", next.text);
        assert_eq!(refresh(app, first, Some("portal")).await.status, 400);
        assert_eq!(refresh(app, next.body["refresh_token"].as_str().unwrap(), Some("portal")).await.status, 400, "a token that was used again ends the login");
    }

    a_code_is_good_once_for_its_client_address_and_verifier(app) {
        client(app).await;
        for (field, value) in [("client_id", "docs"), ("redirect_uri", "http://127.0.0.1/back"), ("code_verifier", "another-verifier-of-forty-three-characters-00"), ("code_verifier", "short"), ("code", "nothing")] {
            let good = code(app).await;
            let answer = redeem(app, &good, &[(field, value)]).await;
            assert_eq!((answer.status, &answer.body["error"]), (400, &json!("invalid_grant")), "{field}");
        }
        for field in ["client_id", "redirect_uri", "code_verifier", "code"] {
            let answer = redeem(app, &code(app).await, &[(field, "")]).await;
            assert_eq!((answer.status, &answer.body["error"]), (400, &json!("invalid_request")), "{field}");
        }
        // One try spends it.
        let spent = code(app).await;
        assert_eq!(redeem(app, &spent, &[("code_verifier", "another-verifier-of-forty-three-characters-00")]).await.status, 400);
        assert_eq!(redeem(app, &spent, &[]).await.status, 400);
        // Shown again, it ends the login that it began.
        let used = code(app).await;
        let tokens = redeem(app, &used, &[]).await;
        assert_eq!(redeem(app, &used, &[]).await.body["error"], json!("invalid_grant"));
        assert_eq!(refresh(app, tokens.body["refresh_token"].as_str().unwrap(), Some("portal")).await.status, 400);
        let late = code(app).await;
        app.wait(61);
        assert_eq!(redeem(app, &late, &[]).await.body["error"], json!("invalid_grant"));
    }

    an_unknown_client_or_address_is_told_on_the_page_and_leads_nowhere(app) {
        let made = client(app).await;
        for changed in [
            ("client_id", ""),
            ("client_id", "nobody"),
            ("redirect_uri", ""),
            ("redirect_uri", "https://portal.example.org/back/"),
            ("redirect_uri", "https://portal.example.org/back?x=1"),
            ("redirect_uri", "https://evil.example.org/back"),
            ("redirect_uri", "http://127.0.0.1:4000/other"),
            ("redirect_uri", "javascript:alert(1)"),
        ] {
            let answer = page(app, &[changed]).await;
            assert_eq!((answer.status, answer.header("location")), (400, None), "{changed:?}");
        }
        let twice = app.call(&Actor::nobody(), "GET", &format!("/api/v1/auth/authorize?{}&state=2", request(&[])), &[], None).await;
        assert_eq!(twice.status, 400);
        // On this machine any port will do.
        assert_eq!(page(app, &[("redirect_uri", "http://127.0.0.1:4321/back")]).await.status, 200);
        let path = format!("/api/v1/identity/login-clients/{}", made["id"].as_str().unwrap());
        let tokens = redeem(app, &code(app).await, &[]).await;
        assert_eq!(app.transition(&app.admin, &path, "disabled").await.status, 200);
        assert_eq!(page(app, &[]).await.status, 400);
        assert_eq!(refresh(app, tokens.body["refresh_token"].as_str().unwrap(), Some("portal")).await.status, 400);
    }

    what_else_is_wrong_with_a_request_is_told_to_the_client(app) {
        client(app).await;
        for (changed, error) in [
            (("response_type", ""), "invalid_request"),
            (("response_type", "token"), "unsupported_response_type"),
            (("code_challenge", ""), "invalid_request"),
            (("code_challenge", "short"), "invalid_request"),
            (("code_challenge_method", ""), "invalid_request"),
            (("code_challenge_method", "plain"), "invalid_request"),
            (("response_mode", "fragment"), "invalid_request"),
            (("prompt", "none"), "login_required"),
            (("request_uri", "https://a"), "request_not_supported"),
        ] {
            let pairs = back(&page(app, &[changed]).await);
            assert_eq!((named(&pairs, "error").as_str(), named(&pairs, "state").as_str(), named(&pairs, "code").as_str()), (error, "xyz&1", ""), "{changed:?}");
        }
    }

    a_form_that_is_not_that_of_this_browsers_page_logs_nobody_in(app) {
        client(app).await;
        let shown = page(app, &[]).await;
        let right = [("username", "admin@example.org"), ("password", PASSWORD)];
        let forged = send(app, &shown, &[right[0], right[1], ("csrf", "A".repeat(43).as_str())]).await;
        assert_eq!(forged.status, 403);
        let missing = send(app, &shown, &[right[0], right[1], ("csrf", "")]).await;
        assert_eq!(missing.status, 403);
        let cookie = shown.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let form = format!("{}&{}", request(&[]), encoded(&[right[0], right[1], ("csrf", cookie.split_once('=').unwrap().1)]));
        let sent = |headers: Vec<(&'static str, String)>| {
            let form = form.clone();
            async move {
                let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
                app.call(&Actor::nobody(), "POST", "/api/v1/auth/authorize", &headers, Some(form)).await.status
            }
        };
        let kind = ("Content-Type", "application/x-www-form-urlencoded".to_owned());
        assert_eq!(sent(vec![kind.clone()]).await, 403, "no cookie");
        assert_eq!(sent(vec![kind.clone(), ("Cookie", cookie.clone()), ("Sec-Fetch-Site", "cross-site".to_owned())]).await, 403);
        assert_eq!(sent(vec![("Cookie", cookie.clone())]).await, 400, "no form");
        assert_eq!(sent(vec![kind, ("Cookie", cookie)]).await, 303);
    }

    a_wrong_password_shows_the_page_again_and_too_many_wait(app) {
        client(app).await;
        let shown = page(app, &[]).await;
        let wrong = send(app, &shown, &[("username", "admin@example.org"), ("password", "wrong")]).await;
        assert_eq!((wrong.status, wrong.header("location")), (400, None));
        assert!(wrong.text.contains("role=\"alert\"") && wrong.text.contains("value=\"admin@example.org\"") && !wrong.text.contains("wrong\""), "{}", wrong.text);
        let unknown = send(app, &shown, &[("username", "nobody@example.org"), ("password", "wrong")]).await;
        assert_eq!(unknown.text.replace("nobody", "admin"), wrong.text);
        for _ in 0..9 {
            send(app, &shown, &[("username", "admin@example.org"), ("password", "wrong")]).await;
        }
        let locked = send(app, &shown, &[("username", "admin@example.org"), ("password", PASSWORD)]).await;
        assert_eq!(locked.status, 429);
        assert!(locked.header("retry-after").is_some());
        // The password grant counts the same failures.
        let form = encoded(&[("grant_type", "password"), ("username", "admin@example.org"), ("password", PASSWORD)]);
        assert_eq!(app.form("/api/v1/auth/token", &form).await.status, 429);
    }

    an_empty_client_in_the_header_is_no_client(app) {
        let form = encoded(&[("grant_type", "password"), ("username", "admin@example.org"), ("password", PASSWORD)]);
        let with = |authorization: &'static str| {
            let form = form.clone();
            async move {
                let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", authorization)];
                app.call(&Actor::nobody(), "POST", "/api/v1/auth/token", &headers, Some(form)).await.status
            }
        };
        assert_eq!(with("Basic Og==").await, 200);
        assert_eq!(with("Basic YTpi").await, 401);
        assert_eq!(with("Basic !").await, 401);
    }

    a_client_registers_addresses_that_are_its_own_alone(app) {
        for bad in ["http://portal.example.org/back", "https://portal.example.org/#x", "https://*.example.org/", "javascript:alert(1)", "portal:/back", "/back"] {
            let answer = app.post(&app.admin, "/api/v1/identity/login-clients", &json!({"code": "a", "name": "A", "redirect_uris": [bad]})).await;
            assert_eq!(answer.broken(), ["/redirect_uris/0 address"], "{bad}");
        }
        let reserved = app.post(&app.admin, "/api/v1/identity/login-clients", &json!({"code": "docs", "name": "A", "redirect_uris": [BACK]})).await;
        assert_eq!(reserved.broken(), ["/code reserved"]);
        let none = app.post(&app.admin, "/api/v1/identity/login-clients", &json!({"code": "a", "name": "A", "redirect_uris": []})).await;
        assert_eq!(none.broken(), ["/redirect_uris range"]);
    }

    the_documentation_is_a_client_by_itself(app) {
        let answer = page(app, &[("client_id", "docs"), ("redirect_uri", "http://steward.test/docs/oauth2-redirect.html")]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(page(app, &[("client_id", "docs")]).await.status, 400);
        let document = app.get(&Actor::nobody(), "/openapi.json").await;
        let flow = &document.body["components"]["securitySchemes"]["login"]["flows"]["authorizationCode"];
        assert_eq!(flow["authorizationUrl"], json!("http://steward.test/api/v1/auth/authorize"));
    }
}
