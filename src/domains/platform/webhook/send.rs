//! From deliveries to receivers: taken by a lease, posted outside any transaction, and what came of it written down.

use super::delivery::{DELAYS, DeliveryState, LONGEST_ERROR};
use super::fan_out::{MAKER_IS_GONE, disable};
use super::signature::signatures;
use crate::event;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant as Stopwatch;
use steward_core::access::Session;
use steward_core::access::key_wrap::{WEBHOOK, opened};
use steward_core::database::{Connection, Dialect};
use steward_core::error::{Error, Result};
use steward_core::outgoing::Client;
use steward_core::resource::Id;
use steward_core::resource::value::Instant;
use steward_core::store::{Reader, Store};
use steward_schema::platform::{webhook_deliveries, webhooks};

/// Seconds for which a delivery is its process's own: if that dies, another one posts it again.
const LEASE_SECONDS: i64 = 30;
/// Number of deliveries of one webhook that are on their way at once: a slow receiver is to leave room for others.
pub const MOST_OF_ONE: usize = 4;
/// Number of deliveries among which those that can go now are chosen.
const CANDIDATES: i64 = 64;
/// The name of the event that is no event, but tries a webhook.
pub const TEST: &str = "platform.webhook.test";
/// The status by which a receiver says that it is there no more.
const GONE: u16 = 410;

/// A delivery that this process posts.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries, check_for_backend(Dialect))]
pub struct Taken {
    id: Id,
    /// Its webhook.
    pub webhook_id: Id,
    created_at: Instant,
    event: String,
    position: Option<i64>,
    attempts: i64,
}

/// Where it goes, and by which secrets it is signed.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhooks, check_for_backend(Dialect))]
struct Receiver {
    created_by: Id,
    url: String,
    secret: Option<String>,
    previous_secret: Option<String>,
    previous_secret_until: Option<Instant>,
}

/// What came of an attempt.
struct Outcome {
    state: DeliveryState,
    status: Option<u16>,
    error: Option<String>,
    took_ms: Option<i64>,
}

impl Outcome {
    /// A failure: of the last attempt, and of one whose receiver is gone, there is no other.
    fn failed(taken: &Taken, status: Option<u16>, error: String, took_ms: Option<i64>) -> Outcome {
        let is_last = status == Some(GONE) || delay(taken.attempts).is_none();
        let state = if is_last { DeliveryState::Dead } else { DeliveryState::Waiting };
        Outcome { state, status, error: Some(error.chars().take(LONGEST_ERROR).collect()), took_ms }
    }
}

diesel::alias!(webhook_deliveries as earlier: Earlier);

/// Takes deliveries that are due, up to a number, by which so many of each webhook are on their way. One of a record waits for those before.
pub async fn take(store: &Store, most: usize, on_their_way: &HashMap<Id, usize>) -> Result<Vec<Taken>> {
    let (now, mut counts) = (store.now(), on_their_way.clone());
    let busy: Vec<Id> = counts.iter().filter(|(_, count)| **count >= MOST_OF_ONE).map(|(id, _)| *id).collect();
    let due = store.unauthenticated(move |connection| due(connection, now, busy)).await?;
    let mut chosen = Vec::new();
    for (id, webhook) in due {
        let count = counts.entry(webhook).or_default();
        if *count < MOST_OF_ONE && chosen.len() < most {
            *count += 1;
            chosen.push(id);
        }
    }
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    store.by_itself(move |connection| lease(connection, &chosen, now)).await
}

fn due(connection: &mut Connection, now: Instant, busy: Vec<Id>) -> Result<Vec<(Id, Id)>> {
    let before = earlier
        .filter(earlier.field(webhook_deliveries::webhook_id).eq(webhook_deliveries::webhook_id))
        .filter(earlier.field(webhook_deliveries::subject_id).eq(webhook_deliveries::subject_id))
        .filter(earlier.field(webhook_deliveries::state).eq(DeliveryState::Waiting.word()))
        .filter(earlier.field(webhook_deliveries::position).lt(webhook_deliveries::position));
    let active = webhooks::table.filter(webhooks::state.eq("active").and(webhooks::id.ne_all(busy)));
    let ready: Vec<Id> = active.select(webhooks::id).load(connection)?;
    let due = webhook_deliveries::table
        .filter(webhook_deliveries::state.eq(DeliveryState::Waiting.word()).and(webhook_deliveries::next_attempt_at.le(now)))
        .filter(webhook_deliveries::webhook_id.eq_any(ready))
        .filter(not(exists(before)))
        .order((webhook_deliveries::next_attempt_at, webhook_deliveries::id))
        .limit(CANDIDATES);
    Ok(due.select((webhook_deliveries::id, webhook_deliveries::webhook_id)).load(connection)?)
}

/// Makes deliveries this process's own for a while, those that no other one has taken meanwhile.
fn lease(connection: &mut Connection, chosen: &[Id], now: Instant) -> Result<Vec<Taken>> {
    let due = webhook_deliveries::table
        .filter(webhook_deliveries::id.eq_any(chosen.to_vec()))
        .filter(webhook_deliveries::state.eq(DeliveryState::Waiting.word()).and(webhook_deliveries::next_attempt_at.le(now)));
    let own = (webhook_deliveries::attempts.eq(webhook_deliveries::attempts + 1), webhook_deliveries::next_attempt_at.eq(now.plus_seconds(LEASE_SECONDS)));
    Ok(diesel::update(due).set(own).returning(Taken::as_returning()).load(connection)?)
}

/// Whether a delivery may be made due at once: it waits for a later attempt, and none is at hand.
pub fn is_put_off(next_attempt_at: Option<Instant>, now: Instant) -> bool {
    next_attempt_at.is_some_and(|at| at > now.plus_seconds(LEASE_SECONDS))
}

/// Posts a delivery and writes down what came of it. What cannot be written down is posted again when the lease is over.
pub async fn send(store: Store, client: Client, taken: Taken) {
    let (id, webhook) = (taken.id, taken.webhook_id);
    if let Err(error) = attempt(&store, &client, taken).await {
        tracing::warn!(delivery = %id, %webhook, problem = %error.into_problem().detail, "a delivery broke; it is tried again");
    }
}

async fn attempt(store: &Store, client: &Client, taken: Taken) -> Result<()> {
    let webhook = taken.webhook_id;
    let Some((receiver, session)) = store.unauthenticated(move |connection| receiver(connection, webhook)).await? else { return Ok(()) };
    let Some(session) = session else { return disable(store, webhook, MAKER_IS_GONE).await };
    let wanted = taken.clone();
    let body = store.quick(&Arc::new(session), move |reader| body(reader, &wanted)).await?;
    let outcome = match body {
        Some(body) => post(client, &receiver, &taken, body, store.now()).await?,
        None => {
            Outcome { state: DeliveryState::Dead, status: None, error: Some("The maker of the webhook may not see the event any more.".into()), took_ms: None }
        }
    };
    let is_gone = outcome.status == Some(GONE);
    let now = store.now();
    store.by_itself(move |connection| settle(connection, &taken, &outcome, now)).await?;
    if is_gone { disable(store, webhook, "Its receiver answered 410: it is there no more").await } else { Ok(()) }
}

/// Where a delivery goes, and who sees what it tells; nothing if the webhook is gone or disabled, nobody if its maker may do nothing any more.
fn receiver(connection: &mut Connection, webhook: Id) -> Result<Option<(Receiver, Option<Session>)>> {
    let active = webhooks::table.find(webhook).filter(webhooks::state.eq("active"));
    let Some(receiver) = active.select(Receiver::as_select()).get_result(connection).optional()? else { return Ok(None) };
    let session = Session::load(connection, receiver.created_by)?;
    Ok(Some((receiver, session)))
}

/// What is posted: the event as the feed shows it now; none if it does not.
fn body(reader: &mut Reader<'_>, taken: &Taken) -> Result<Option<Vec<u8>>> {
    let (at, data) = match taken.position {
        None => (taken.created_at, json!({"webhook_id": taken.webhook_id.to_string()})),
        Some(position) => {
            let Some(happened) = reader.event_at(position)? else { return Ok(None) };
            (happened.revision.at, serde_json::to_value(event::Event::of(happened)).map_err(Error::unwritable)?)
        }
    };
    let message = json!({"type": taken.event, "timestamp": at, "data": data});
    serde_json::to_vec::<Value>(&message).map(Some).map_err(Error::unwritable)
}

impl Receiver {
    /// The secrets that sign now, the newest first.
    fn secrets(&self, now: Instant) -> Result<Vec<String>> {
        let previous = self.previous_secret.as_ref().filter(|_| self.previous_secret_until.is_some_and(|until| now < until));
        self.secret.iter().chain(previous).map(|stored| opened(WEBHOOK, stored)).collect()
    }
}

async fn post(client: &Client, receiver: &Receiver, taken: &Taken, body: Vec<u8>, now: Instant) -> Result<Outcome> {
    let (id, timestamp) = (taken.id.to_string(), now.0.timestamp());
    let Some(signature) = signatures(&receiver.secrets(now)?, &id, timestamp, &body) else {
        return Ok(Outcome::failed(taken, None, "The webhook has no secret, as after it was restored. Rotate it.".into(), None));
    };
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("webhook-id", id),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signature),
    ];
    let begun = Stopwatch::now();
    let answer = client.post(&receiver.url, headers, body).await;
    let took_ms = i64::try_from(begun.elapsed().as_millis()).ok();
    Ok(match answer {
        Ok(status @ 200..=299) => Outcome { state: DeliveryState::Delivered, status: Some(status), error: None, took_ms },
        Ok(status) => Outcome::failed(taken, Some(status), format!("The answer has the status {status}."), took_ms),
        Err(failure) => Outcome::failed(taken, None, failure.0, took_ms),
    })
}

/// Seconds until the next attempt after so many; none after the last.
fn delay(attempts: i64) -> Option<i64> {
    usize::try_from(attempts - 1).ok().and_then(|at| DELAYS.get(at).copied())
}

/// The same and up to a fifth more, so that what failed together does not come back together.
fn with_jitter(seconds: i64) -> i64 {
    seconds + seconds * i64::from(uuid::Uuid::new_v4().as_bytes()[0]) / (5 * 255)
}

/// Writes down what came of an attempt, unless the lease was lost meanwhile.
fn settle(connection: &mut Connection, taken: &Taken, outcome: &Outcome, now: Instant) -> Result<()> {
    let own = webhook_deliveries::table
        .filter(webhook_deliveries::id.eq(taken.id).and(webhook_deliveries::attempts.eq(taken.attempts)))
        .filter(webhook_deliveries::state.eq(DeliveryState::Waiting.word()));
    let next = delay(taken.attempts).filter(|_| outcome.state == DeliveryState::Waiting).map(|seconds| now.plus_seconds(with_jitter(seconds)));
    let written = (
        webhook_deliveries::state.eq(outcome.state.word()),
        webhook_deliveries::next_attempt_at.eq(next),
        webhook_deliveries::status_code.eq(outcome.status.map(i64::from)),
        webhook_deliveries::error.eq(&outcome.error),
        webhook_deliveries::delivered_at.eq(Some(now).filter(|_| outcome.state == DeliveryState::Delivered)),
        webhook_deliveries::duration_ms.eq(outcome.took_ms),
    );
    diesel::update(own).set(written).execute(connection)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_that_fails_is_put_off_longer_each_time_and_the_tenth_is_the_last() {
        let delays: Vec<Option<i64>> = (1..=10).map(delay).collect();
        assert_eq!(delays[..2], [Some(5), Some(300)]);
        assert!(delays.windows(2).all(|pair| pair[1].is_none() || pair[0] < pair[1]));
        assert_eq!(delays.iter().position(Option::is_none), Some(9));
        assert!(DELAYS.iter().sum::<i64>() > 3 * 24 * 3600, "whoever is away for three days misses nothing");
        assert!((0..200).map(|_| with_jitter(100)).all(|seconds| (100..=120).contains(&seconds)));
    }
}
