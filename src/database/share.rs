//! A share of what is scarce for each principal: whoever asks for much waits for himself, and leaves room for others.

use super::refusal::PATIENCE;
use crate::resource::value::Id;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Number of principals whose shares are kept before unused ones are dropped.
const KEPT: usize = 1_000;

/// The shares of all principals.
pub struct Shares {
    most: usize,
    of: Mutex<HashMap<Id, Arc<Semaphore>>>,
}

impl Shares {
    /// Shares of so many at a time.
    pub fn new(most: usize) -> Self {
        Shares { most, of: Mutex::default() }
    }

    /// Waits until a principal may have one more; none if that takes too long.
    pub async fn take(&self, principal: Id) -> Option<OwnedSemaphorePermit> {
        let share = {
            let mut of = self.of.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            if of.len() >= KEPT {
                of.retain(|_, share| Arc::strong_count(share) > 1);
            }
            of.entry(principal).or_insert_with(|| Arc::new(Semaphore::new(self.most))).clone()
        };
        tokio::time::timeout(PATIENCE, share.acquire_owned()).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[actix_web::test]
    async fn whoever_has_its_share_waits_and_others_do_not() {
        let shares = Shares::new(2);
        let (greedy, other) = (Id::new(), Id::new());
        let held = (shares.take(greedy).await.unwrap(), shares.take(greedy).await.unwrap());
        let mut third = Box::pin(shares.take(greedy));
        assert!(third.as_mut().now_or_never().is_none());
        assert!(shares.take(other).now_or_never().is_some_and(|share| share.is_some()));
        drop(held);
        assert!(third.await.is_some());
    }
}
