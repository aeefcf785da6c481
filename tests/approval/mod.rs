//! Approvals: four eyes by person, separation of duties and delegated authority, through every door and under a race.

mod authority;
mod door;
mod giving;
mod hand;
mod kind;
mod pending;
mod program;
mod separation;

use crate::harness::{Actor, Answer, TestApp};
use serde_json::{Value, json};
use steward::resource::Id;

/// Somebody with an account, a person behind it, and a role.
struct Colleague {
    actor: Actor,
    person: String,
}

/// A new person with an account that has a role, on a unit or on everything.
async fn colleague(app: &TestApp, name: &str, role: &str, unit: Option<&str>) -> Colleague {
    let person = app.make("teams/people", &json!({"name": name, "email": format!("{}@people.example.org", Id::new())})).await;
    let person = person["id"].as_str().unwrap().to_owned();
    Colleague { actor: account(app, &person, role, unit).await, person }
}

/// Another account of a person.
async fn account(app: &TestApp, person: &str, role: &str, unit: Option<&str>) -> Actor {
    let actor = app.actor(role, unit).await;
    let linked = app.patch(&app.admin, &format!("/api/v1/identity/users/{}", actor.id.unwrap()), "*", &json!({"person_id": person})).await;
    assert_eq!(linked.status, 200, "{}", linked.text);
    actor
}

/// A program that a person answers for, with a role on everything.
async fn program(app: &TestApp, owner: &str, role: &str) -> Actor {
    let made = app.make("identity/service-accounts", &json!({"name": "Robot", "owner_id": owner})).await;
    let role = app.get(&app.admin, &format!("/api/v1/identity/roles?code={role}")).await.body["data"][0]["id"].clone();
    app.make("identity/grants", &json!({"principal_id": made["id"], "role_id": role, "unit_id": null})).await;
    app.log_in_as(made["id"].as_str().unwrap())
}

/// An API token of somebody, made by themself.
async fn token(app: &TestApp, actor: &Actor, scopes: &[&str]) -> Actor {
    let made = app.post(actor, "/api/v1/identity/api-tokens", &json!({"name": "A token", "scopes": scopes})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    Actor { id: actor.id, token: made.body["token"].as_str().map(str::to_owned) }
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// An initiative that waits for its approval, worth so much.
async fn initiative(app: &TestApp, code: &str, cost: Value, unit: Option<&str>) -> String {
    let mut body = json!({"code": code, "name": code, "estimated_cost": cost});
    if let Some(unit) = unit {
        body["unit_id"] = unit.into();
    }
    app.make("strategy/initiatives", &body).await["id"].as_str().unwrap().to_owned()
}

fn at(collection: &str, id: &str) -> String {
    format!("/api/v1/{collection}/{id}")
}

async fn approve(app: &TestApp, actor: &Actor, initiative: &str) -> Answer {
    app.transition(actor, &at("strategy/initiatives", initiative), "approved").await
}

/// A draft of a delegation of the approval of initiatives, with more fields.
async fn draft(app: &TestApp, holder: &str, more: Value) -> String {
    let mut body = json!({"holder_id": holder, "step": "strategy.initiatives:approve", "starts_on": "2026-01-01", "ends_on": "2026-12-31"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.make("governance/delegations", &body).await["id"].as_str().unwrap().to_owned()
}

/// The same in force: drafted by the administrator, given by a decision of a body, put into force by the second one.
async fn delegation(app: &TestApp, holder: &str, mut more: Value) -> String {
    let decision = decision(app).await;
    more["decision_id"] = decision.clone().into();
    let id = draft(app, holder, more).await;
    decided(app, &decision, &id).await;
    let given = app.transition(&app.second_admin().await, &at("governance/delegations", &id), "active").await;
    assert_eq!(given.status, 200, "{}", given.text);
    id
}

/// A decision that a body has before it; the second administrator is its only member.
async fn decision(app: &TestApp) -> String {
    let name = format!("Board {}", app.next_number());
    let body = app.make("governance/governance-bodies", &json!({"name": name, "kind": "steering_committee", "quorum": 1})).await;
    let member = json!({"governance_body_id": body["id"], "person_id": app.person_of_second().await, "starts_on": "2025-01-01"});
    app.make("governance/body-members", &member).await;
    let decision = json!({"title": name, "rationale": "Somebody must be able to approve it.", "governance_body_id": body["id"]});
    app.make("governance/decisions", &decision).await["id"].as_str().unwrap().to_owned()
}

/// Has the body decide on a delegation: its member votes, and another administrator approves.
async fn decided(app: &TestApp, decision: &str, delegation: &str) {
    let path = at("governance/decisions", decision);
    assert_eq!(app.patch(&app.admin, &path, "*", &json!({"subject_id": delegation})).await.status, 200);
    let vote = json!({"votes": [{"person_id": app.person_of_second().await, "ballot": "for"}]});
    let voted = app.patch(&app.second_admin().await, &path, "*", &vote).await;
    assert_eq!(voted.status, 200, "{}", voted.text);
    let approved = app.transition(&app.actor("administrator", None).await, &path, "approved").await;
    assert_eq!(approved.status, 200, "{}", approved.text);
}

/// What was written down of the approvals of a record.
async fn approvals(app: &TestApp, record: &str) -> Vec<Value> {
    let page = app.get(&app.admin, &format!("/api/v1/governance/approvals?record={record}")).await;
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
