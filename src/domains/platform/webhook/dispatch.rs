//! Webhooks at work, beside the jobs: the feed is read on, and what is due is posted, so many at once.

use super::fan_out::fan_out;
use super::send::{send, take};
use futures_util::future::BoxFuture;
use std::collections::HashMap;
use std::time::Duration;
use steward_core::error::Result;
use steward_core::jobs::Ongoing;
use steward_core::outgoing::{Client, MESSAGES_AT_ONCE};
use steward_core::resource::Id;
use steward_core::store::Store;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// How long what is new waits at most while others are on their way.
const PAUSE: Duration = Duration::from_millis(500);

/// Tells webhooks what happens.
pub struct Dispatch {
    store: Store,
    client: Client,
    on_their_way: Mutex<OnTheirWay>,
}

/// Deliveries that this process is posting, and of which webhook each task is.
#[derive(Default)]
struct OnTheirWay {
    tasks: JoinSet<()>,
    webhooks: HashMap<tokio::task::Id, Id>,
}

impl OnTheirWay {
    fn counts(&self) -> HashMap<Id, usize> {
        let mut counts = HashMap::new();
        self.webhooks.values().for_each(|webhook| *counts.entry(*webhook).or_default() += 1);
        counts
    }

    /// Waits until one has ended.
    async fn ended(&mut self) {
        match self.tasks.join_next_with_id().await {
            Some(Ok((task, ()))) => drop(self.webhooks.remove(&task)),
            Some(Err(broken)) => drop(self.webhooks.remove(&broken.id())),
            None => {}
        }
    }
}

impl Dispatch {
    /// Over the data of a service, by its client.
    pub fn new(store: Store, client: Client) -> Self {
        Dispatch { store, client, on_their_way: Mutex::default() }
    }

    async fn work(&self) -> Result<bool> {
        let more = fan_out(&self.store).await?;
        let mut on_their_way = self.on_their_way.lock().await;
        let room = MESSAGES_AT_ONCE.saturating_sub(on_their_way.tasks.len());
        if room > 0 {
            for taken in take(&self.store, room, &on_their_way.counts()).await? {
                let webhook = taken.webhook_id;
                let task = on_their_way.tasks.spawn(send(self.store.clone(), self.client.clone(), taken)).id();
                on_their_way.webhooks.insert(task, webhook);
            }
        }
        if on_their_way.tasks.is_empty() {
            return Ok(more);
        }
        drop(tokio::time::timeout(PAUSE, on_their_way.ended()).await);
        Ok(true)
    }
}

impl Ongoing for Dispatch {
    fn name(&self) -> &'static str {
        "webhooks"
    }

    fn pass(&self) -> BoxFuture<'_, Result<bool>> {
        Box::pin(self.work())
    }

    fn end(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            let mut on_their_way = self.on_their_way.lock().await;
            while !on_their_way.tasks.is_empty() {
                on_their_way.ended().await;
            }
        })
    }
}
