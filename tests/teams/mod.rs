//! Teams: what people can do, how they grow, and what is told of them to whom.

mod absence;
mod growth;
mod learning;
mod private;
mod review;
mod skill;

use crate::harness::{Actor, Answer, House};
use serde_json::{Value, json};

/// Makes a record as the administrator and returns its id.
async fn made(house: &House, collection: &str, body: Value) -> String {
    house.make(&format!("teams/{collection}"), &body).await["id"].as_str().unwrap().to_owned()
}

/// Tries to make a record as the administrator.
async fn try_to_make(house: &House, collection: &str, body: Value) -> Answer {
    house.post(&house.admin, &format!("/api/v1/teams/{collection}"), &body).await
}

/// The path of a record.
fn at(collection: &str, id: &str) -> String {
    format!("/api/v1/teams/{collection}/{id}")
}

/// Somebody who works here.
async fn person(house: &House, name: &str) -> String {
    made(house, "people", json!({"name": name, "email": format!("{name}@people.example.org")})).await
}

/// A person, and an account of theirs that may do everything with teams.
async fn colleague(house: &House, name: &str) -> (String, Actor) {
    let person = person(house, name).await;
    let actor = account(house, &person, "team_lead", None).await;
    (person, actor)
}

/// One more account of a person.
async fn account(house: &House, person: &str, role: &str, unit: Option<&str>) -> Actor {
    let actor = house.actor(role, unit).await;
    let linked = house.patch(&house.admin, &format!("/api/v1/identity/users/{}", actor.id.unwrap()), "*", &json!({"person_id": person})).await;
    assert_eq!(linked.status, 200, "{}", linked.text);
    actor
}

/// Somebody with just these permissions, on a unit or on everything.
async fn holder(house: &House, code: &str, permissions: &[&str], unit: Option<&str>) -> Actor {
    house.make("identity/roles", &json!({"code": code, "name": code, "permissions": permissions})).await;
    house.actor(code, unit).await
}

/// Moves a record through states, as one of two people in turn if one alone may not.
async fn walk(house: &House, collection: &str, id: &str, states: &[&str]) {
    for state in states {
        let mut moved = house.transition(&house.admin, &at(collection, id), state).await;
        if moved.broken().iter().any(|broken| broken == " four_eyes") {
            moved = house.transition(&house.second_admin().await, &at(collection, id), state).await;
        }
        assert_eq!((moved.status, &moved.body["state"]), (200, &json!(state)), "{}", moved.text);
    }
}

/// A level of a skill that was confirmed.
async fn confirmed(house: &House, person: &str, skill: &str, level: u32) -> String {
    let body = json!({"person_id": person, "skill_id": skill, "level": level, "source": "manager", "assessed_on": "2026-06-01"});
    let id = made(house, "skill-assessments", body).await;
    walk(house, "skill-assessments", &id, &["confirmed"]).await;
    id
}

/// How many answers have a status.
fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}
