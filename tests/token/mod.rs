//! Tokens: how they are got, what they are good for, how they end, and what is none.

mod authorize;
mod change;
mod event;
mod grant;
mod introspect;
mod key;
mod limit;
mod lockout;
mod me;
mod password;
mod provider;
mod revoke;
mod vector;

use crate::harness::{Actor, Answer, TestApp};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};
use std::future::{Future, poll_fn};
use std::task::Poll;

const FORM: &str = "application/x-www-form-urlencoded";
const PASSWORD: &str = "canary 7f3a — correct horse";

async fn user(app: &TestApp) -> (String, String) {
    let email = format!("{}@example.org", steward::resource::Id::new());
    let made = app.make("identity/users", &json!({"email": email, "name": "Somebody", "password": PASSWORD})).await;
    (made["id"].as_str().unwrap().to_owned(), email)
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

async fn log_in(app: &TestApp, email: &str, password: &str) -> Answer {
    app.form("/api/v1/auth/token", &login_form(email, password)).await
}

async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.form("/api/v1/auth/token", &format!("grant_type=refresh_token&refresh_token={}", encoded(token))).await
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

fn parts(token: &str) -> (Value, Value) {
    let read = |part: &str| serde_json::from_slice(&BASE64.decode(part).unwrap()).unwrap();
    let mut parts = token.split('.');
    (read(parts.next().unwrap()), read(parts.next().unwrap()))
}

/// Whoever holds an access token.
fn holder(answer: &Answer) -> Actor {
    assert_eq!(answer.status, 200, "{}", answer.text);
    Actor { id: None, token: answer.body["access_token"].as_str().map(str::to_owned) }
}

fn access_token(answer: &Answer) -> String {
    holder(answer).token.unwrap()
}

fn login_form(email: &str, password: &str) -> String {
    format!("grant_type=password&username={}&password={}", encoded(email), encoded(password))
}

/// A login from an address.
async fn log_in_from(app: &TestApp, peer: &str, email: &str, password: &str) -> Answer {
    app.form_from(peer, "/api/v1/auth/token", &[], &login_form(email, password)).await
}

/// In how many seconds to come again.
fn retry_after(answer: &Answer) -> i64 {
    assert_eq!(answer.status, 429, "{}", answer.text);
    answer.header("retry-after").unwrap().parse().unwrap()
}
