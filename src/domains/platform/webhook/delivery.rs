//! Deliveries of webhooks: which event was posted when, and what came of it. They are kept beside the revisions, and for a month.

use diesel::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;
use steward_core::access::key_wrap::{WEBHOOK, is_to_be_sealed, sealed};
use steward_core::choice;
use steward_core::database::Connection;
use steward_core::error::Result;
use steward_core::jobs::Work;
use steward_core::resource::value::{Instant, Sealed, Text, Whole};
use steward_core::resource::{ANY, Id, Operations, Resource, Scope};
use steward_schema::platform::{webhook_deliveries, webhooks};

/// Days of retention.
pub const KEPT_DAYS: i64 = 30;
/// Greatest length of what is told of a failure, in characters.
pub const LONGEST_ERROR: usize = 500;
/// Seconds until the next attempt after each that failed, as Standard Webhooks recommends; after the last of all the delivery is dead.
pub const DELAYS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

choice! {
    /// State of a delivery.
    pub enum DeliveryState {
        /// Waiting to be posted, for the first time or again.
        Waiting = "waiting",
        /// Received: the receiver answered with a status of 200 to 299.
        Delivered = "delivered",
        /// Given up, unless it is replayed.
        Dead = "dead",
    }
}

steward_core::resource! {
    /// Posting of an event to a webhook. Its `id` is the `webhook-id` of every attempt. A failed one is tried again after 5 seconds, 5 and
    /// 30 minutes, 2, 5, 10, 14, 20 and 24 hours, each a little more, and is dead then; later events of the same record wait for it. The
    /// service writes deliveries for the maker of the webhook, and keeps them for 30 days.
    pub struct WebhookDelivery {
        /// Webhook that is delivered to.
        #[field(refers_to(&["platform/webhooks"]), recalls)]
        pub webhook_id: Id,
        /// Name of the event.
        pub event: Text<1, 200>,
        /// Position of the event in the feed; null for a test.
        pub position: Option<Whole<0, { i64::MAX }>>,
        /// Record of the event; of a test the webhook.
        #[field(refers_to(ANY), recalls)]
        pub subject_id: Id,
        /// State of the delivery.
        pub state: DeliveryState,
        /// Number of attempts since it was queued.
        pub attempts: Whole<0, 1_000>,
        /// Time of the next attempt, or until which the one at hand may take; null once it is delivered or dead.
        pub next_attempt_at: Option<Instant>,
        /// Status of the last answer; null if there was none.
        pub status_code: Option<Whole<0, 999>>,
        /// Reason for which the last attempt failed.
        pub error: Option<Text<1, LONGEST_ERROR>>,
        /// Time of the delivery.
        pub delivered_at: Option<Instant>,
        /// Duration of the last attempt, in milliseconds.
        pub duration_ms: Option<Whole<0, 1_000_000>>,
    }
}

impl Resource for WebhookDelivery {
    const PATH: &'static str = "platform/webhook-deliveries";
    type Table = steward_schema::platform::webhook_deliveries::table;
    const SCOPE: Scope = Scope::Own;
    const TITLE: &'static str = "event";
    const FACT: bool = true;
    const OPERATIONS: Operations = Operations::NONE;

    fn sample() -> Self {
        WebhookDelivery {
            webhook_id: Id::sample(),
            event: "vendors.contract.signed".into(),
            position: Some(Whole(4_711)),
            subject_id: Id::sample(),
            state: DeliveryState::Waiting,
            attempts: Whole(1),
            next_attempt_at: Instant::parse("2026-06-15T09:00:05Z"),
            status_code: Some(Whole(503)),
            error: Some("The answer has the status 503.".into()),
            delivered_at: None,
            duration_ms: Some(Whole(120)),
        }
    }
}

/// A delivery that is new, or is to be posted again.
#[derive(Debug, Clone)]
pub struct Queued {
    /// Its name.
    pub event: String,
    /// Its place in the feed; none for a test.
    pub position: Option<i64>,
    /// The record.
    pub subject_id: Id,
}

/// Queues deliveries of a webhook, for who made it.
pub fn queue(connection: &mut Connection, (webhook, maker): (Id, Id), deliveries: &[Queued], now: Instant) -> Result<Vec<Id>> {
    let mut made = Vec::new();
    for queued in deliveries {
        let id = Id::new();
        let delivery = (
            (webhook_deliveries::id.eq(id), webhook_deliveries::created_at.eq(now), webhook_deliveries::created_by.eq(maker)),
            webhook_deliveries::webhook_id.eq(webhook),
            webhook_deliveries::event.eq(&queued.event),
            webhook_deliveries::position.eq(queued.position),
            webhook_deliveries::subject_id.eq(queued.subject_id),
            webhook_deliveries::state.eq(DeliveryState::Waiting.word()),
            webhook_deliveries::attempts.eq(0),
            webhook_deliveries::next_attempt_at.eq(now),
        );
        diesel::insert_into(webhook_deliveries::table).values(delivery).execute(connection)?;
        made.push(id);
    }
    Ok(made)
}

/// Forgets deliveries that are old, and seals what stands in clear where there is a key for that.
pub fn retention() -> Work {
    Work {
        kind: "webhook_deliveries",
        period_seconds: Some(3600),
        prepare: Arc::new(|_, _, _| Ok(Box::new(|writer| keep(writer.connection, writer.now)))),
        report: None,
    }
}

fn keep(connection: &mut Connection, now: Instant) -> Result<Value> {
    let old = webhook_deliveries::created_at.lt(now.plus_seconds(-KEPT_DAYS * 24 * 3600));
    let forgotten = diesel::delete(webhook_deliveries::table.filter(old)).execute(connection)?;
    Ok(json!({"forgotten": forgotten, "sealed": seal_all(connection)?}))
}

fn seal_all(connection: &mut Connection) -> Result<usize> {
    let kept: Vec<(Id, Option<Sealed>, Option<Sealed>)> =
        webhooks::table.select((webhooks::id, webhooks::secret, webhooks::previous_secret)).load(connection)?;
    let clear = |secret: &Option<Sealed>| secret.as_ref().is_some_and(|secret| is_to_be_sealed(&secret.0));
    let seal = |secret: Option<Sealed>| match secret {
        Some(secret) if is_to_be_sealed(&secret.0) => sealed(WEBHOOK, &secret.0).map(Some),
        other => Ok(other.map(|secret| secret.0)),
    };
    let mut changed = 0;
    for (id, secret, previous) in kept.into_iter().filter(|(_, secret, previous)| clear(secret) || clear(previous)) {
        let secrets = (webhooks::secret.eq(seal(secret)?), webhooks::previous_secret.eq(seal(previous)?));
        changed += diesel::update(webhooks::table.find(id)).set(secrets).execute(connection)?;
    }
    Ok(changed)
}
