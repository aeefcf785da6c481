//! Vendors: their identifiers, their tree, their people.

mod award;
mod bank;
mod contract;
mod criterion;
mod deadline;
mod invoice;
mod order;
mod sealed;

use crate::harness::{Answer, House};
use crate::on_both;
use serde_json::{Value, json};

/// Makes a record as the administrator and returns its id.
async fn made(house: &House, collection: &str, body: Value) -> String {
    house.make(&format!("vendors/{collection}"), &body).await["id"].as_str().unwrap().to_owned()
}

/// Tries to make a record as the administrator.
async fn try_to_make(house: &House, collection: &str, body: Value) -> Answer {
    house.post(&house.admin, &format!("/api/v1/vendors/{collection}"), &body).await
}

/// Tries to move a record as the administrator.
async fn go(house: &House, collection: &str, id: &str, to: &str) -> Answer {
    house.transition(&house.admin, &format!("/api/v1/vendors/{collection}/{id}"), to).await
}

/// Tries to move a record as the second administrator.
async fn second(house: &House, collection: &str, id: &str, to: &str) -> Answer {
    house.transition(&house.second_admin().await, &format!("/api/v1/vendors/{collection}/{id}"), to).await
}

/// Moves a record through states, where it needs four eyes by the second administrator.
async fn walk(house: &House, collection: &str, id: &str, states: &[&str]) {
    for state in states {
        let other = matches!(*state, "approved" | "verified");
        let moved = if other { second(house, collection, id, state).await } else { go(house, collection, id, state).await };
        assert_eq!(moved.status, 200, "{collection} {state}: {}", moved.text);
    }
}

/// Tries to change a record as the administrator.
async fn alter(house: &House, collection: &str, id: &str, body: Value) -> Answer {
    house.patch(&house.admin, &format!("/api/v1/vendors/{collection}/{id}"), "*", &body).await
}

/// A record as the administrator sees it.
async fn read(house: &House, collection: &str, id: &str) -> Value {
    house.get(&house.admin, &format!("/api/v1/vendors/{collection}/{id}")).await.body
}

/// A prospect.
async fn prospect(house: &House, code: &str) -> String {
    made(house, "vendors", json!({"code": code, "name": code})).await
}

/// A vendor that may be ordered from.
async fn qualified(house: &House, code: &str) -> String {
    let id = prospect(house, code).await;
    walk(house, "vendors", &id, &["onboarding", "qualified"]).await;
    id
}

/// A contract of a draft, with more fields.
async fn contract(house: &House, code: &str, vendor: &str, more: Value) -> String {
    let mut body = json!({"code": code, "title": code, "vendor_id": vendor, "kind": "services", "starts_on": "2026-01-01", "currency": "EUR"});
    merge(&mut body, more);
    let id = made(house, "contracts", body).await;
    made(house, "contract-versions", json!({"contract_id": id, "number": 1, "title": "For signature", "author": "ours"})).await;
    id
}

/// A contract in force.
async fn active(house: &House, code: &str, vendor: &str, more: Value) -> String {
    let id = contract(house, code, vendor, more).await;
    walk(house, "contracts", &id, &["in_review", "approved", "signed", "active"]).await;
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
    a_vendor_has_a_sound_identifier_and_is_not_its_own_owner(house) {
        let wrong = json!({"code": "V1", "name": "V1", "lei": "5493001KJTIIGC8Y1R13"});
        assert_eq!(house.post(&house.admin, "/api/v1/vendors/vendors", &wrong).await.broken(), ["/lei check_digits"]);
        let top = house.make("vendors/vendors", &json!({"code": "V1", "name": "V1", "lei": "5493001KJTIIGC8Y1R12"})).await;
        let below = house.make("vendors/vendors", &json!({"code": "V2", "name": "V2", "parent_id": top["id"]})).await;
        let path = format!("/api/v1/vendors/vendors/{}", top["id"].as_str().unwrap());
        let circle = house.patch(&house.admin, &path, "*", &json!({"parent_id": below["id"]})).await;
        assert_eq!((circle.status, circle.broken()), (409, vec!["/parent_id circle".to_owned()]));
    }

    the_people_of_a_vendor_go_and_come_back_with_it(house) {
        let vendor = house.make("vendors/vendors", &json!({"code": "V", "name": "V"})).await["id"].as_str().unwrap().to_owned();
        house.make("vendors/vendor-contacts", &json!({"vendor_id": vendor, "name": "Ann", "role": "Support", "email": "ann@example.org"})).await;
        let count = async || house.get(&house.admin, "/api/v1/vendors/vendor-contacts?include_total=true").await.body["total_count"].clone();
        assert_eq!(house.delete(&house.admin, &format!("/api/v1/vendors/vendors/{vendor}"), "*").await.status, 204);
        assert_eq!(count().await, json!(0));
        let restored = house.post(&house.admin, &format!("/api/v1/platform/resources/{vendor}/restore"), &json!({})).await;
        assert!(matches!(restored.status, 200 | 201), "{}", restored.text);
        assert_eq!(count().await, json!(1));
    }
}
