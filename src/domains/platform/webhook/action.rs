//! What is done to webhooks beside the usual: another secret, a test, a delivery once more.

use super::delivery::{DeliveryState, Queued, WebhookDelivery, queue};
use super::send::{TEST, is_put_off};
use super::webhook::{Webhook, by_another, by_api_token, unmade};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value, json};
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{FieldType, Instant, Text};
use steward_core::resource::{Id, Stored};
use steward_core::store::{Outcome, Writer};
use steward_core::view::{Action, Call, IdOf, NoQuery, Nothing};
use steward_schema::platform::{webhook_deliveries, webhooks};
use utoipa::ToSchema;

/// Seconds for which the secret before a rotation signs as well.
const BOTH_SECONDS: i64 = 24 * 3600;

/// `POST platform/webhooks/{id}/rotate-secret`.
#[derive(Debug)]
pub struct RotateWebhookSecret;

/// A new secret of a webhook.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookSecret {
    /// New secret, shown this once; null in a replayed answer.
    pub secret: Option<Text<1, 100>>,
    /// Time until which the secret before signs as well.
    pub previous_secret_until: Instant,
}

impl Action for RotateWebhookSecret {
    const PATH: &'static str = "platform/webhooks/{id}/rotate-secret";
    const OPERATION_ID: &'static str = "rotate_webhook_secret";
    const SUMMARY: &'static str = "Rotate the secret of a webhook";
    const DESCRIPTION: &'static str = "Creates a new secret and shows it once, to the webhook's maker only. For 24 hours each message has two signatures, by the new secret and by the one \
        before, so that receivers are changed over without a gap; a second rotation ends the one before at once.";
    const PERMISSIONS: &'static [&'static str] = &[];
    const LIMIT: usize = 1024;
    type Query = NoQuery;
    type Body = Nothing;
    type Prepared = ();
    type Answer = WebhookSecret;

    fn example(_: &str) -> Value {
        json!({})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, (): &()) -> Result<Outcome> {
        let definition = writer.definition::<Webhook>()?;
        let id = own(writer, call)?.meta.id;
        let until = writer.now.plus_seconds(BOTH_SECONDS);
        let mut before = Value::Null;
        let stored = writer.renew(definition, id, "rotate_secret", |whole| {
            before = whole.get("secret").cloned().unwrap_or_default();
            Map::from_iter([("previous_secret".to_owned(), before.clone()), ("previous_secret_until".to_owned(), until.to_json())])
        })?;
        if definition.fields_to_json(&stored, true).get("secret") == Some(&before) {
            return Err(unmade());
        }
        let (document, _) = writer.document_made(definition, &stored);
        let answer = WebhookSecret { secret: document.get("secret").and_then(Value::as_str).map(Into::into), previous_secret_until: until };
        Ok(Outcome::of(200, &answer)?.at(stored.meta.revision).showing_once(["/secret".to_owned()]))
    }
}

/// `POST platform/webhooks/{id}/test`.
#[derive(Debug)]
pub struct TestWebhook;

/// A delivery that was queued.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QueuedDelivery {
    /// Delivery in platform/webhook-deliveries, and the `webhook-id` of its message.
    #[schema(value_type = IdOf<WebhookDelivery>)]
    pub delivery_id: Id,
}

impl Action for TestWebhook {
    const PATH: &'static str = "platform/webhooks/{id}/test";
    const OPERATION_ID: &'static str = "test_webhook";
    const SUMMARY: &'static str = "Test a webhook";
    const DESCRIPTION: &'static str = "Queues an event `platform.webhook.test` for the webhook, whatever events it wants. It is posted within about a second; the delivery records its \
        outcome. Only its maker tests an active webhook.";
    const PERMISSIONS: &'static [&'static str] = &[];
    const LIMIT: usize = 1024;
    type Query = NoQuery;
    type Body = Nothing;
    type Prepared = ();
    type Answer = QueuedDelivery;

    fn example(_: &str) -> Value {
        json!({})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, (): &()) -> Result<Outcome> {
        let webhook = own(writer, call)?;
        let id = webhook.meta.id;
        if webhook.meta.state.as_deref() != Some("active") {
            return Err(Problem::conflict("", "state", "The webhook is disabled. Make it active first.").into());
        }
        let test = Queued { event: TEST.into(), position: None, subject_id: id };
        let queued = queue(writer.connection, (id, writer.session.principal), &[test], writer.now)?;
        let delivery_id = queued.into_iter().next().unwrap_or_default();
        Outcome::of(200, &QueuedDelivery { delivery_id })
    }
}

/// `POST platform/webhook-deliveries/{id}/replay`.
#[derive(Debug)]
pub struct ReplayWebhookDelivery;

impl Action for ReplayWebhookDelivery {
    const PATH: &'static str = "platform/webhook-deliveries/{id}/replay";
    const OPERATION_ID: &'static str = "replay_webhook_delivery";
    const SUMMARY: &'static str = "Replay a delivery of a webhook";
    const DESCRIPTION: &'static str = "Queues a delivery again, whatever its state: with the same `webhook-id`, the event as the webhook's maker sees it now, and all attempts anew. \
        One that waits for a later attempt is due at once. Only the webhook's maker replays, and only while it is active.";
    const PERMISSIONS: &'static [&'static str] = &[];
    const LIMIT: usize = 1024;
    type Query = NoQuery;
    type Body = Nothing;
    type Prepared = ();
    type Answer = QueuedDelivery;

    fn example(_: &str) -> Value {
        json!({})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, (): &()) -> Result<Outcome> {
        let id = call.id()?;
        let (stored, delivery) = writer.reader().get_typed::<WebhookDelivery>(id)?;
        require_own(writer, stored.meta.created_by)?;
        let active = webhooks::table.find(delivery.webhook_id).filter(webhooks::state.eq("active"));
        if active.count().get_result::<i64>(writer.connection)? == 0 {
            return Err(Problem::conflict("", "state", "The webhook is disabled or deleted. Make it active first.").into());
        }
        let due = webhook_deliveries::next_attempt_at.eq(writer.now);
        if delivery.state != DeliveryState::Waiting {
            let anew = (due, webhook_deliveries::state.eq(DeliveryState::Waiting.word()), webhook_deliveries::attempts.eq(0));
            diesel::update(webhook_deliveries::table.find(id)).set((anew, webhook_deliveries::delivered_at.eq(None::<Instant>))).execute(writer.connection)?;
        } else if is_put_off(delivery.next_attempt_at, writer.now) {
            diesel::update(webhook_deliveries::table.find(id)).set(due).execute(writer.connection)?;
        }
        Outcome::of(200, &QueuedDelivery { delivery_id: id })
    }
}

/// The webhook in the address, if it is the caller's own.
fn own(writer: &mut Writer<'_>, call: &Call) -> Result<Stored> {
    let definition = writer.definition::<Webhook>()?;
    let webhook = writer.reader().get(definition, call.id()?)?;
    require_own(writer, webhook.meta.created_by)?;
    Ok(webhook)
}

/// Who may see all webhooks still tells nobody what another one sees.
fn require_own(writer: &Writer<'_>, maker: Id) -> Result<()> {
    if maker != writer.session.principal {
        return Err(by_another().into());
    }
    if writer.session.token().is_some() { Err(by_api_token().into()) } else { Ok(()) }
}
