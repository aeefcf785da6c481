//! The end of the feed of events, watched for all feeds of this process that stay open.

use crate::store::Store;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::sync::watch;

/// Time between two looks for what was committed, by this process or another one, while a feed is open.
const LOOK: Duration = Duration::from_millis(250);

/// The position of the last event, as the open feeds of this process know it.
#[derive(Default)]
pub struct Latest(OnceLock<watch::Sender<i64>>);

impl Latest {
    /// A view of it. Somebody looks for new events as long as there are views.
    pub fn watch(&self, store: &Store) -> watch::Receiver<i64> {
        let sender = self.0.get_or_init(|| watch::Sender::new(0));
        let receiver = sender.subscribe();
        if sender.receiver_count() == 1 {
            let (sender, store) = (sender.clone(), store.clone());
            tokio::spawn(async move {
                while sender.receiver_count() > 0 {
                    match store.number_events().await {
                        Ok(last) => drop(sender.send_if_modified(|known| std::mem::replace(known, last) != last)),
                        Err(error) => tracing::warn!(problem = %error.into_problem().detail, "the feed of events could not be read"),
                    }
                    tokio::time::sleep(LOOK).await;
                }
            });
        }
        receiver
    }
}
