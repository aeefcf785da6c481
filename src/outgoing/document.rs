//! JSON documents of others, remembered: fetched once for everybody who asks, seldom again, and kept while the other is away.

use super::client::{Client, Failure};
use crate::clock::Clock;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a document is fresh at least and at most, whatever its sender says; and if the sender says nothing.
const FRESH_SECONDS: (i64, i64) = (60, 24 * 3600);
const USUAL_SECONDS: i64 = 3600;
/// How long a document is used beyond that while its sender cannot be reached.
const STALE_SECONDS: i64 = 24 * 3600;
/// How long nothing is fetched again after a try, whoever asks for what.
const PAUSE_SECONDS: i64 = 30;
/// How many documents are remembered.
const MOST_DOCUMENTS: usize = 256;

/// Documents by their URL.
pub struct Documents {
    client: Client,
    clock: Clock,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

/// Who fetches holds it, and all others wait for what comes of that.
type Slot = tokio::sync::Mutex<State>;

#[derive(Default)]
struct State {
    known: Option<FetchedDocument>,
    tried_at: Option<i64>,
    failure: Option<Failure>,
}

struct FetchedDocument {
    body: Arc<Value>,
    fresh_until: i64,
}

impl State {
    /// The answer without a fetch; none if one is due.
    fn answer(&self, now: i64, renew: bool) -> Option<Result<Arc<Value>, Failure>> {
        let fresh = self.known.as_ref().filter(|known| now < known.fresh_until);
        match (fresh, renew) {
            (Some(known), false) => Some(Ok(known.body.clone())),
            // A clock that was set back does not keep anybody out.
            _ if self.tried_at.is_none_or(|at| !(0..PAUSE_SECONDS).contains(&(now - at))) => None,
            _ => Some(self.remembered(now)),
        }
    }

    /// What is known still, if it is not too old.
    fn remembered(&self, now: i64) -> Result<Arc<Value>, Failure> {
        match &self.known {
            Some(known) if now < known.fresh_until + STALE_SECONDS => Ok(known.body.clone()),
            _ => Err(self.failure.clone().unwrap_or(Failure("the last try brought nothing".into()))),
        }
    }
}

impl Documents {
    /// Remembers nothing yet.
    pub fn new(client: Client, clock: Clock) -> Self {
        Documents { client, clock, slots: Mutex::default() }
    }

    /// A document: as it is remembered while that is fresh, else as it is now.
    pub async fn get(&self, url: &str) -> Result<Arc<Value>, Failure> {
        self.ask(url, false).await
    }

    /// The document as it is now, for who misses something in it; as it is remembered if it was fetched only just now.
    pub async fn renew(&self, url: &str) -> Result<Arc<Value>, Failure> {
        self.ask(url, true).await
    }

    async fn ask(&self, url: &str, renew: bool) -> Result<Arc<Value>, Failure> {
        let slot = self.slot(url);
        if let Some(answer) = slot.lock().await.answer(self.now(), renew) {
            return answer;
        }
        let (client, url, now) = (self.client.clone(), url.to_owned(), self.now());
        // A task of its own: whoever asked may go away, and what was fetched is kept all the same.
        let fetching = tokio::spawn(async move {
            let mut state = slot.lock_owned().await;
            if let Some(answer) = state.answer(now, renew) {
                return answer;
            }
            state.tried_at = Some(now);
            match fetch(&client, &url).await {
                Ok((body, seconds)) => {
                    let body = Arc::new(body);
                    state.known = Some(FetchedDocument { body: body.clone(), fresh_until: now + seconds });
                    Ok(body)
                }
                Err(failure) => {
                    tracing::warn!(url, %failure, "a document could not be fetched");
                    state.failure = Some(failure);
                    state.remembered(now)
                }
            }
        });
        fetching.await.map_err(|error| Failure(error.to_string())).and_then(|answer| answer)
    }

    fn now(&self) -> i64 {
        self.clock.now().0.timestamp()
    }

    fn slot(&self, url: &str) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MOST_DOCUMENTS && !slots.contains_key(url) {
            // Those that nobody waits for; they are fetched again when they are asked for.
            slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        slots.entry(url.to_owned()).or_default().clone()
    }
}

async fn fetch(client: &Client, url: &str) -> Result<(Value, i64), Failure> {
    let answer = client.get(url).await?;
    let body = serde_json::from_slice(&answer.body).map_err(|error| Failure(format!("the answer is no JSON: {error}")))?;
    Ok((body, answer.max_age.unwrap_or(USUAL_SECONDS).clamp(FRESH_SECONDS.0, FRESH_SECONDS.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(fresh_until: i64, tried_at: i64) -> State {
        State { known: Some(FetchedDocument { body: Arc::new(Value::Null), fresh_until }), tried_at: Some(tried_at), failure: None }
    }

    #[test]
    fn a_document_is_asked_for_again_when_it_is_due_and_not_before() {
        assert!(State::default().answer(0, false).is_none(), "nothing is known");
        assert!(state(1000, 0).answer(999, false).is_some_and(|answer| answer.is_ok()), "it is fresh");
        assert!(state(1000, 0).answer(1000, false).is_none(), "it is not any more");
        assert!(state(1000, 100).answer(129, true).is_some_and(|answer| answer.is_ok()), "it was fetched only just now");
        assert!(state(1000, 100).answer(130, true).is_none(), "it may have changed since");
        assert!(state(1000, 100).answer(99, true).is_none(), "the clock was set back");
        assert!(state(1000, 1000).answer(1029, false).is_some_and(|answer| answer.is_ok()), "it is stale, but was tried only just now");
        assert!(state(1000, 1000 + STALE_SECONDS).answer(1000 + STALE_SECONDS, false).is_some_and(|answer| answer.is_err()), "it is too old");
    }
}
