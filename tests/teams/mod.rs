//! Teams: what people can do, how they grow, and what is told of them to whom.

mod absence;
mod growth;
mod learning;
mod private;
mod review;
mod skill;

use crate::harness::{Actor, Answer, TestApp};
use serde_json::{Value, json};

/// Makes a record as the administrator and returns its id.
async fn made(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(&format!("teams/{collection}"), &body).await["id"].as_str().unwrap().to_owned()
}

/// Tries to make a record as the administrator.
async fn try_to_make(app: &TestApp, collection: &str, body: Value) -> Answer {
    app.post(&app.admin, &format!("/api/v1/teams/{collection}"), &body).await
}

/// The path of a record.
fn at(collection: &str, id: &str) -> String {
    format!("/api/v1/teams/{collection}/{id}")
}

/// Somebody who works here.
async fn person(app: &TestApp, name: &str) -> String {
    made(app, "people", json!({"name": name, "email": format!("{name}@people.example.org")})).await
}

/// A person, and an account of theirs that may do everything with teams.
async fn colleague(app: &TestApp, name: &str) -> (String, Actor) {
    let person = person(app, name).await;
    let actor = account(app, &person, "team_lead", None).await;
    (person, actor)
}

/// One more account of a person.
async fn account(app: &TestApp, person: &str, role: &str, unit: Option<&str>) -> Actor {
    let actor = app.actor(role, unit).await;
    let linked = app.patch(&app.admin, &format!("/api/v1/identity/users/{}", actor.id.unwrap()), "*", &json!({"person_id": person})).await;
    assert_eq!(linked.status, 200, "{}", linked.text);
    actor
}

/// Somebody with just these permissions, on a unit or on everything.
async fn holder(app: &TestApp, code: &str, permissions: &[&str], unit: Option<&str>) -> Actor {
    app.make("identity/roles", &json!({"code": code, "name": code, "permissions": permissions})).await;
    app.actor(code, unit).await
}

/// Moves a record through states, as one of two people in turn if one alone may not.
async fn walk(app: &TestApp, collection: &str, id: &str, states: &[&str]) {
    for state in states {
        let mut moved = app.transition(&app.admin, &at(collection, id), state).await;
        if moved.broken().iter().any(|broken| broken == " four_eyes") {
            moved = app.transition(&app.second_admin().await, &at(collection, id), state).await;
        }
        assert_eq!((moved.status, &moved.body["state"]), (200, &json!(state)), "{}", moved.text);
    }
}

/// A level of a skill that was confirmed.
async fn confirmed(app: &TestApp, person: &str, skill: &str, level: u32) -> String {
    let body = json!({"person_id": person, "skill_id": skill, "level": level, "source": "manager", "assessed_on": "2026-06-01"});
    let id = made(app, "skill-assessments", body).await;
    walk(app, "skill-assessments", &id, &["confirmed"]).await;
    id
}

/// How many answers have a status.
fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}
