//! Vendors: their identifiers, their tree, their people.

mod award;
mod bank;
mod bill;
mod books;
mod commitment;
mod contract;
mod credit;
mod criterion;
mod deadline;
mod invoice;
mod level;
mod order;
mod payment;
mod prepaid;
mod promise;
mod purchase;
mod random_story;
mod received;
mod sealed;
mod story;
mod year_end;

use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

/// Makes a record as the administrator and returns its id.
async fn made(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(&format!("vendors/{collection}"), &body).await["id"].as_str().unwrap().to_owned()
}

/// Tries to make a record as the administrator.
async fn try_to_make(app: &TestApp, collection: &str, body: Value) -> Answer {
    app.post(&app.admin, &format!("/api/v1/vendors/{collection}"), &body).await
}

/// Tries to move a record as the administrator.
async fn go(app: &TestApp, collection: &str, id: &str, to: &str) -> Answer {
    app.transition(&app.admin, &format!("/api/v1/vendors/{collection}/{id}"), to).await
}

/// Tries to move a record as the second administrator.
async fn second(app: &TestApp, collection: &str, id: &str, to: &str) -> Answer {
    app.transition(&app.second_admin().await, &format!("/api/v1/vendors/{collection}/{id}"), to).await
}

/// Moves a record through states, where it needs four eyes by the second administrator.
async fn walk(app: &TestApp, collection: &str, id: &str, states: &[&str]) {
    for state in states {
        let other = matches!(*state, "approved" | "verified");
        let moved = if other { second(app, collection, id, state).await } else { go(app, collection, id, state).await };
        assert_eq!(moved.status, 200, "{collection} {state}: {}", moved.text);
    }
}

/// Tries to change a record as the administrator.
async fn alter(app: &TestApp, collection: &str, id: &str, body: Value) -> Answer {
    app.patch(&app.admin, &format!("/api/v1/vendors/{collection}/{id}"), "*", &body).await
}

/// A record as the administrator sees it.
async fn read(app: &TestApp, collection: &str, id: &str) -> Value {
    app.get(&app.admin, &format!("/api/v1/vendors/{collection}/{id}")).await.body
}

/// A prospect.
async fn prospect(app: &TestApp, code: &str) -> String {
    made(app, "vendors", json!({"code": code, "name": code})).await
}

/// A vendor that may be ordered from.
async fn qualified(app: &TestApp, code: &str) -> String {
    let id = prospect(app, code).await;
    walk(app, "vendors", &id, &["onboarding", "qualified"]).await;
    id
}

/// A contract of a draft, with more fields.
async fn contract(app: &TestApp, code: &str, vendor: &str, more: Value) -> String {
    let mut body = json!({"code": code, "title": code, "vendor_id": vendor, "kind": "services", "starts_on": "2026-01-01", "currency": "EUR"});
    merge(&mut body, more);
    let id = made(app, "contracts", body).await;
    made(app, "contract-versions", json!({"contract_id": id, "number": 1, "title": "For signature", "author": "ours"})).await;
    id
}

/// A contract in force.
async fn active(app: &TestApp, code: &str, vendor: &str, more: Value) -> String {
    let id = contract(app, code, vendor, more).await;
    walk(app, "contracts", &id, &["in_review", "approved", "signed", "active"]).await;
    id
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// Adds the members of one object to another.
fn merge(body: &mut Value, more: Value) {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
}

/// The status of an answer and what it says is broken.
fn told(answer: &Answer) -> (u16, Vec<String>) {
    (answer.status, answer.broken())
}

/// What a refusal of one thing looks like.
fn refused(status: u16, broken: &str) -> (u16, Vec<String>) {
    (status, vec![broken.to_owned()])
}

/// How many of some answers had a status.
fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

on_both! {
    a_vendor_has_a_sound_identifier_and_is_not_its_own_owner(app) {
        let wrong = json!({"code": "V1", "name": "V1", "lei": "5493001KJTIIGC8Y1R13"});
        assert_eq!(app.post(&app.admin, "/api/v1/vendors/vendors", &wrong).await.broken(), ["/lei check_digits"]);
        let top = app.make("vendors/vendors", &json!({"code": "V1", "name": "V1", "lei": "5493001KJTIIGC8Y1R12"})).await;
        let below = app.make("vendors/vendors", &json!({"code": "V2", "name": "V2", "parent_id": top["id"]})).await;
        let path = format!("/api/v1/vendors/vendors/{}", top["id"].as_str().unwrap());
        let circle = app.patch(&app.admin, &path, "*", &json!({"parent_id": below["id"]})).await;
        assert_eq!((circle.status, circle.broken()), (409, vec!["/parent_id circle".to_owned()]));
    }

    the_people_of_a_vendor_go_and_come_back_with_it(app) {
        let vendor = app.make("vendors/vendors", &json!({"code": "V", "name": "V"})).await["id"].as_str().unwrap().to_owned();
        app.make("vendors/vendor-contacts", &json!({"vendor_id": vendor, "name": "Ann", "role": "Support", "email": "ann@example.org"})).await;
        let count = async || app.get(&app.admin, "/api/v1/vendors/vendor-contacts?include_total=true").await.body["total_count"].clone();
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/vendors/vendors/{vendor}"), "*").await.status, 204);
        assert_eq!(count().await, json!(0));
        let restored = app.post(&app.admin, &format!("/api/v1/platform/resources/{vendor}/restore"), &json!({})).await;
        assert!(matches!(restored.status, 200 | 201), "{}", restored.text);
        assert_eq!(count().await, json!(1));
    }
}
