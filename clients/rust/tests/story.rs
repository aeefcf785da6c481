//! Stories told to a running service: STEWARD_URL, with the first administrator's password in STEWARD_ADMIN_PASSWORD.

use futures_util::TryStreamExt;
use std::time::{SystemTime, UNIX_EPOCH};
use steward_client::strategy::{Client, types};
use steward_client::{Failure, Login, every, if_match};

fn url() -> String {
    std::env::var("STEWARD_URL").unwrap_or_else(|_| "http://127.0.0.1:8080".into())
}

fn login() -> Login {
    Login::password(&url(), "admin@steward.local", &std::env::var("STEWARD_ADMIN_PASSWORD").unwrap_or_default())
}

fn client() -> Client {
    Client::new(&url(), login())
}

/// A code that no other run has.
fn code(suffix: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    format!("RS-{}-{suffix}", now.as_nanos())
}

async fn made(client: &Client, code: &str, name: &str) -> types::Initiative {
    let body = types::InitiativeCreate::builder().code(code).name(name);
    client.create_initiative().body(body).send().await.unwrap().into_inner()
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let (client, run) = (client(), code("L"));
    for number in 0..5 {
        made(&client, &format!("{run}{number}"), &run).await;
    }
    let page = |cursor: Option<String>| {
        let list = client.list_initiatives().limit(std::num::NonZeroU32::new(2).unwrap()).sort("-code").filter(format!("name = \"{run}\""));
        match cursor {
            Some(cursor) => list.cursor(cursor),
            None => list,
        }
        .send()
    };
    let found: Vec<types::Initiative> = every(page).try_collect().await.unwrap();
    let codes: Vec<String> = found.into_iter().map(|initiative| initiative.code.into()).collect();
    assert_eq!(codes, [4, 3, 2, 1, 0].map(|number| format!("{run}{number}")));
}

#[tokio::test]
async fn a_change_of_an_old_version_is_refused() {
    let client = client();
    let initiative = made(&client, &code("E"), "First").await;
    let change = |name: &str| {
        let body = types::InitiativeUpdate::builder().name(Some(name.parse().unwrap()));
        client.update_initiative().id(*initiative.id).if_match(if_match(&initiative)).change_reason("A better name.").body(body).send()
    };
    assert_eq!(*change("Second").await.unwrap().into_inner().name, "Second");
    let failure = Failure::of(change("Third").await.unwrap_err()).await;
    assert!(failure.problem().unwrap().is_stale(), "{failure}");
}

#[tokio::test]
async fn a_refusal_names_every_broken_field_with_the_limits_of_its_rule() {
    let client = client();
    let initiative = made(&client, &code("R"), "Made").await;
    let body = types::InitiativeCreate::builder().code(initiative.code.to_string()).name("Again");
    let failure = Failure::of(client.create_initiative().body(body).send().await.unwrap_err()).await;
    let problem = failure.problem().unwrap();
    assert_eq!((problem.status, problem.at("code").count()), (409, 1), "{failure}");
}

#[tokio::test]
async fn a_record_moves_where_its_lifecycle_allows_it() {
    let client = client();
    let initiative = made(&client, &code("M"), "Moved").await;
    let options = client.list_initiative_transitions().id(*initiative.id).send().await.unwrap();
    assert!(options.data.iter().any(|option| option.to.to_string() == "stopped" && option.permitted));
    let onward = types::InitiativeTransition::builder().to(types::InitiativeState::Stopped).reason(Some("Too dear.".parse().unwrap()));
    let moved = client.transition_initiative().id(*initiative.id).if_match(if_match(&initiative)).body(onward).send().await.unwrap().into_inner();
    assert_eq!(moved.state, types::InitiativeState::Stopped);
    let back = types::InitiativeTransition::builder().to(types::InitiativeState::Proposed);
    let failure = Failure::of(client.transition_initiative().id(*initiative.id).if_match(if_match(&moved)).body(back).send().await.unwrap_err()).await;
    assert!(failure.problem().is_some_and(|problem| problem.members.contains_key("allowed")), "{failure}");
}

#[tokio::test]
async fn who_is_refused_a_login_is_told_why() {
    let failure = Login::password(&url(), "admin@steward.local", "wrong").token().await.unwrap_err();
    assert_eq!(failure.problem().map(|problem| problem.title.as_str()), Some("invalid_grant"), "{failure}");
}
