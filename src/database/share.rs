//! A share of the database for each principal: whoever asks for much waits for himself, and leaves room for others.

use super::refusal::{PATIENCE, busy};
use crate::error::{Error, Result};
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
    /// Shares of so many reads at a time.
    pub fn new(most: usize) -> Self {
        Shares { most, of: Mutex::default() }
    }

    /// Waits until a principal may have one more read; 503 if that takes too long.
    pub async fn take(&self, principal: Id) -> Result<OwnedSemaphorePermit> {
        let share = {
            let mut of = self.of.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            if of.len() >= KEPT {
                of.retain(|_, share| Arc::strong_count(share) > 1);
            }
            of.entry(principal).or_insert_with(|| Arc::new(Semaphore::new(self.most))).clone()
        };
        let taken = tokio::time::timeout(PATIENCE, share.acquire_owned()).await;
        taken.ok().and_then(std::result::Result::ok).ok_or_else(|| Error::from(busy()))
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
        assert!(shares.take(other).now_or_never().is_some_and(|share| share.is_ok()));
        drop(held);
        assert!(third.await.is_ok());
    }
}
