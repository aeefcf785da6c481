//! Feeds that stay open: server-sent events (WHATWG HTML, 9.2), each sent once it is committed.

use super::dispatch::session_of;
use super::metrics::Stream;
use super::state::AppState;
use crate::error::{Problem, Result};
use crate::http::request::context::RequestContext;
use crate::http::request::header;
use crate::view::{Call, EVENT_STREAM, Operation, Run};
use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::watch;

/// The parameter that says after which position a feed begins, and the header by which a client says it that was interrupted.
const AFTER: &str = "after";
const LAST_EVENT_ID: &str = "Last-Event-ID";
/// The parameter that says how many events are read at once, and what it is here.
const LIMIT: &str = "limit";
const AT_ONCE: &str = "200";
/// Silence of a feed after which a comment keeps its connection.
const SILENCE: Duration = Duration::from_secs(15);

impl RequestContext<'_> {
    /// Whether a feed is asked for that stays open.
    pub fn asks_to_stay(&self, operation: &Operation) -> bool {
        operation.is_feed && header::preferred(self.request, &[EVENT_STREAM]).is_some()
    }

    /// A feed that stays open. What cannot be read is refused before it begins; of its head alone nothing stays open.
    pub async fn stay(&self, run: Run, mut query: Vec<(String, String)>) -> Result<HttpResponse> {
        let asked = query.iter().find(|(name, _)| name == AFTER).and_then(|(_, after)| after.parse().ok());
        let last = self.request.headers().get(LAST_EVENT_ID).and_then(|last| last.to_str().ok()).filter(|last| !last.is_empty());
        let last = last
            .map(str::parse::<i64>)
            .transpose()
            .map_err(|_| Problem::bad_request(format!("The header {LAST_EVENT_ID} is no position of an event. Send the id of the last event that came.")))?;
        query.retain(|(name, _)| name != AFTER && name != LIMIT);
        query.push((LIMIT.into(), AT_ONCE.into()));
        let state = self.request.app_data::<Data<AppState>>().cloned().ok_or_else(Problem::not_found)?;
        let latest = state.latest.watch(&state.store);
        let token = header::bearer(self.request)?;
        let counted = state.metrics.stream();
        let mut open = Open { state, _counted: counted, token, run, query, after: last.or(asked).unwrap_or_default(), latest, ready: VecDeque::new() };
        open.read().await?;
        let stream = futures_util::stream::unfold(open, |mut open| async move { Some((Ok::<_, actix_web::Error>(open.next().await?), open)) });
        // Compressed, events would wait in the compressor.
        let head = [(CONTENT_TYPE, EVENT_STREAM), (CACHE_CONTROL, "no-store"), (CONTENT_ENCODING, "identity")];
        let mut answer = HttpResponse::Ok();
        for each in head {
            answer.insert_header(each);
        }
        if self.request.method() == Method::HEAD {
            return Ok(answer.streaming(futures_util::stream::empty::<actix_web::Result<Bytes>>()));
        }
        Ok(answer.streaming(stream))
    }
}

/// An open feed.
struct Open {
    state: Data<AppState>,
    _counted: Stream,
    token: String,
    run: Run,
    /// What is asked, beside from where.
    query: Vec<(String, String)>,
    /// The position up to which it was read.
    after: i64,
    latest: watch::Receiver<i64>,
    ready: VecDeque<Bytes>,
}

impl Open {
    /// What is sent next: an event, or a comment after a silence; none when the feed ends.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Some(ready);
            }
            self.latest.mark_unchanged();
            match self.read().await {
                Ok(true) => {}
                Ok(false) => {
                    if tokio::time::timeout(SILENCE, self.latest.changed()).await.is_err() {
                        return Some(Bytes::from_static(b":\n\n"));
                    }
                }
                Err(error) => {
                    tracing::debug!(problem = %error.into_problem().detail, "a feed of events ends");
                    return None;
                }
            }
        }
    }

    /// Reads on, as whoever the token stands for by now; false if nothing more is there yet, of what is sent or passed over.
    async fn read(&mut self) -> Result<bool> {
        let session = session_of(&self.state, &self.token).await?;
        let Run::Read(run) = self.run else { return Ok(false) };
        let from = (AFTER.to_owned(), self.after.to_string());
        let call = Call::stored(None, self.query.iter().cloned().chain([from]).collect(), Vec::new(), String::new());
        let answer = self.state.store.read(&session, move |reader| run(reader, &call)).await?;
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        for each in answer["data"].as_array().into_iter().flatten() {
            let (id, name) = (&each["position"], each["event"].as_str().unwrap_or("message"));
            self.ready.push_back(format!("id: {id}\nevent: {name}\ndata: {each}\n\n").into());
        }
        let next = answer["next_after"].as_i64().unwrap_or(self.after);
        Ok(next > std::mem::replace(&mut self.after, next))
    }
}
