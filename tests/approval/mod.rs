//! Approvals: four eyes by person, separation of duties and delegated authority, through every door and under a race.

mod authority;
mod door;
mod giving;
mod hand;
mod kind;
mod pending;
mod program;
mod separation;

use crate::harness::{Actor, Answer, House};
use serde_json::{Value, json};
use steward::resource::Id;

/// Somebody with an account, a person behind it, and a role.
struct Colleague {
    actor: Actor,
    person: String,
}

/// A new person with an account that has a role, on a unit or on everything.
async fn colleague(house: &House, name: &str, role: &str, unit: Option<&str>) -> Colleague {
    let person = house.make("teams/people", &json!({"name": name, "email": format!("{}@people.example.org", Id::new())})).await;
    let person = person["id"].as_str().unwrap().to_owned();
    Colleague { actor: account(house, &person, role, unit).await, person }
}

/// Another account of a person.
async fn account(house: &House, person: &str, role: &str, unit: Option<&str>) -> Actor {
    let actor = house.actor(role, unit).await;
    let linked = house.patch(&house.admin, &format!("/api/v1/identity/users/{}", actor.id.unwrap()), "*", &json!({"person_id": person})).await;
    assert_eq!(linked.status, 200, "{}", linked.text);
    actor
}

/// A program that a person answers for, with a role on everything.
async fn program(house: &House, owner: &str, role: &str) -> Actor {
    let made = house.make("identity/service-accounts", &json!({"name": "Robot", "owner_id": owner})).await;
    let role = house.get(&house.admin, &format!("/api/v1/identity/roles?code={role}")).await.body["data"][0]["id"].clone();
    house.make("identity/grants", &json!({"principal_id": made["id"], "role_id": role, "unit_id": null})).await;
    house.log_in_as(made["id"].as_str().unwrap())
}

/// An API token of somebody, made by themself.
async fn token(house: &House, actor: &Actor, scopes: &[&str]) -> Actor {
    let made = house.post(actor, "/api/v1/identity/api-tokens", &json!({"name": "A token", "scopes": scopes})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    Actor { id: actor.id, token: made.body["token"].as_str().map(str::to_owned) }
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// An initiative that waits for its approval, worth so much.
async fn initiative(house: &House, code: &str, cost: Value, unit: Option<&str>) -> String {
    let mut body = json!({"code": code, "name": code, "estimated_cost": cost});
    if let Some(unit) = unit {
        body["unit_id"] = unit.into();
    }
    house.make("strategy/initiatives", &body).await["id"].as_str().unwrap().to_owned()
}

fn at(collection: &str, id: &str) -> String {
    format!("/api/v1/{collection}/{id}")
}

async fn approve(house: &House, actor: &Actor, initiative: &str) -> Answer {
    house.transition(actor, &at("strategy/initiatives", initiative), "approved").await
}

/// A draft of a delegation of the approval of initiatives, with more fields.
async fn draft(house: &House, holder: &str, more: Value) -> String {
    let mut body = json!({"holder_id": holder, "step": "strategy.initiatives:approve", "starts_on": "2026-01-01", "ends_on": "2026-12-31"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    house.make("governance/delegations", &body).await["id"].as_str().unwrap().to_owned()
}

/// The same in force: drafted by the administrator, given by an approved decision, put into force by the second one.
async fn delegation(house: &House, holder: &str, mut more: Value) -> String {
    more["decision_id"] = decision(house).await.into();
    let id = draft(house, holder, more).await;
    let given = house.transition(&house.second_admin().await, &at("governance/delegations", &id), "active").await;
    assert_eq!(given.status, 200, "{}", given.text);
    id
}

/// An approved decision.
async fn decision(house: &House) -> String {
    let definition = house.served.store.definitions.get("governance/decisions").unwrap();
    let made = house.make_ready(definition, &format!("d{}", house.next_number())).await;
    let id = made["id"].as_str().unwrap().to_owned();
    house.bring(definition, &id, &["approved"]).await;
    id
}

/// What was written down of the approvals of a record.
async fn approvals(house: &House, record: &str) -> Vec<Value> {
    let page = house.get(&house.admin, &format!("/api/v1/governance/approvals?record={record}")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    page.body["data"].as_array().unwrap().clone()
}

/// The detail of the first thing that a refusal names.
fn why(answer: &Answer) -> String {
    answer.body["errors"][0]["detail"].as_str().unwrap_or_default().to_owned()
}

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}
