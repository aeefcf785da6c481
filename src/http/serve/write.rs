//! Every write, whatever it does: rehearsed where `dry_run` asks for it, done once where an `Idempotency-Key` says so.

use super::audit;
use super::large;
use super::request_id::request_id;
use crate::database::OUTCOME;
use crate::error::{Error, FieldError, Problem, Result};
use crate::http::request::context::{DRY_RUN, RequestContext};
use crate::http::request::header;
use crate::http::request::query;
use crate::http::response::answer;
use crate::resource::Id;
use crate::store::{Key, Origin, Outcome, Refusal, Writer};
use crate::view::consequence::{Consequences, Standing, changed};
use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, PoisonError};

/// What the last try of a write came to, whether or not it was kept.
#[derive(Default)]
struct Planned {
    /// Where the record is that it made.
    location: Option<String>,
    /// Its parts that were refused.
    refusals: Vec<Refusal>,
}

/// What a write leaves for who waits for it.
type Shared<T> = Arc<Mutex<T>>;

impl RequestContext<'_> {
    /// Runs a write and answers it.
    pub async fn perform(&self, origin: Origin, body: &[u8], work: impl Fn(&mut Writer<'_>) -> Result<Outcome> + Send + 'static) -> Result<HttpResponse> {
        let key = self.key(body)?;
        self.perform_keyed(origin, key, large::is_large(body.len()), work).await
    }

    /// The same, with or without a key, alone where it changes much.
    pub async fn perform_keyed(
        &self,
        origin: Origin,
        key: Option<Key>,
        alone: bool,
        work: impl Fn(&mut Writer<'_>) -> Result<Outcome> + Send + 'static,
    ) -> Result<HttpResponse> {
        if query::flag(&self.pairs()?, DRY_RUN)? {
            return self.perform_rehearsal(origin, work).await;
        }
        let (store, location) = (&self.state.store, self.request.path().to_owned());
        let planned = Shared::<Planned>::default();
        let work = noting(work, planned.clone());
        let _turn = key.as_ref().map(|key| self.state.running.take(format!("{}/{}", self.session.principal, key.key))).transpose()?;
        let work = move |writer: &mut Writer<'_>| match &key {
            None => work(writer),
            Some(key) => writer.once(key, &work),
        };
        let outcome = if alone { store.write_alone(&self.session, &origin, work).await } else { store.write(&self.session, &origin, work).await };
        let planned = take(&planned);
        self.tell_refusals(planned.refusals).await;
        let place = || planned.location.unwrap_or(location);
        outcome.map(|outcome| answer::outcome(&outcome)).map_err(|error| where_to_look(error, place))
    }

    /// The same of what only rehearses, with or without `dry_run` (400): no key is kept, as the answer is that of the data as it is.
    pub async fn rehearse(&self, origin: Origin, body: &[u8], work: impl Fn(&mut Writer<'_>) -> Result<Outcome> + Send + 'static) -> Result<HttpResponse> {
        query::flag(&self.pairs()?, DRY_RUN)?;
        self.key(body)?;
        self.perform_rehearsal(origin, work).await
    }

    async fn perform_rehearsal(&self, origin: Origin, work: impl Fn(&mut Writer<'_>) -> Result<Outcome> + Send + 'static) -> Result<HttpResponse> {
        let (planned, after) = (Shared::<Planned>::default(), Shared::<Vec<Standing>>::default());
        let work = telling(noting(work, planned.clone()), after.clone());
        let rehearsed = self.state.store.rehearse(&self.session, &origin, work).await;
        self.tell_refusals(take(&planned).refusals).await;
        let mut outcome = rehearsed?;
        outcome.location = None;
        self.tell_effects(&mut outcome, take(&after)).await?;
        let mut response = answer::outcome(&outcome);
        response.headers_mut().insert(actix_web::http::header::HeaderName::from_static("dry-run"), actix_web::http::header::HeaderValue::from_static("true"));
        Ok(response)
    }

    /// Adds to the answer of a rehearsal what the write would do to the figures of other records.
    async fn tell_effects(&self, outcome: &mut Outcome, after: Vec<Standing>) -> Result<()> {
        let store = &self.state.store;
        let Some(consequences) = store.definitions.answers.get::<Consequences>().copied().filter(|_| !after.is_empty()) else { return Ok(()) };
        let ids: Vec<Id> = after.iter().map(|standing| standing.id).collect();
        let before = store.read(&self.session, move |reader| (consequences.standing)(reader, &ids)).await?;
        if let Some(members) = outcome.body.as_mut().and_then(Value::as_object_mut) {
            members.insert(consequences.member.to_owned(), changed(&before, &after));
        }
        Ok(())
    }

    /// Keeps which parts of the request were refused.
    async fn tell_refusals(&self, refusals: Vec<Refusal>) {
        for refusal in refusals {
            audit::refusal(self.state, self.request, refusal).await;
        }
    }

    /// The key of a POST, with what the request is.
    fn key(&self, body: &[u8]) -> Result<Option<Key>> {
        let sent = self.request.headers().get("idempotency-key");
        let Some(sent) = sent.filter(|_| self.request.method() == Method::POST) else { return Ok(None) };
        let key = sent.to_str().ok().map(|key| key.trim().trim_matches('"')).filter(|key| (1..=255).contains(&key.len()));
        let Some(key) = key else {
            return Err(Problem {
                errors: vec![FieldError::new("", "idempotency_key", "Expected 1 to 255 characters.")],
                ..Problem::bad_request("The Idempotency-Key is 1 to 255 visible characters, best a UUID.")
            }
            .into());
        };
        let mut digest = Sha256::new();
        // What one token was answered is not told to another, which may see less.
        let token = self.session.token().map(|token| token.to_string()).unwrap_or_default();
        for piece in [self.request.method().as_str().as_bytes(), self.request.uri().to_string().as_bytes(), body, token.as_bytes()] {
            digest.update(piece.len().to_be_bytes());
            digest.update(piece);
        }
        Ok(Some(Key { key: key.to_owned(), request_digest: crate::resource::value::hex(&digest.finalize()) }))
    }

    /// The request behind a change.
    pub fn origin(&self) -> Result<Origin> {
        Ok(Origin { request_id: request_id(self.request), reason: header::reason(self.request)?, address: Some(self.state.limits.peer(self.request)) })
    }
}

/// A write that notes what came of it.
fn noting(
    work: impl Fn(&mut Writer<'_>) -> Result<Outcome> + Send + 'static,
    planned: Shared<Planned>,
) -> impl Fn(&mut Writer<'_>) -> Result<Outcome> + Send + 'static {
    move |writer: &mut Writer<'_>| {
        let outcome = work(writer);
        let location = outcome.as_ref().ok().and_then(|outcome| outcome.location.clone());
        *planned.lock().unwrap_or_else(PoisonError::into_inner) = Planned { location, refusals: writer.take_refusals() };
        outcome
    }
}

fn take<T: Default>(shared: &Shared<T>) -> T {
    std::mem::take(&mut *shared.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A write that, once it is done, reads what it did to the figures of other records.
fn telling(
    work: impl Fn(&mut Writer<'_>) -> Result<Outcome> + Send + 'static,
    after: Shared<Vec<Standing>>,
) -> impl Fn(&mut Writer<'_>) -> Result<Outcome> + Send + 'static {
    move |writer: &mut Writer<'_>| {
        let outcome = work(writer)?;
        if let Some(consequences) = writer.store.definitions.answers.get::<Consequences>().copied() {
            let written = writer.written();
            let mut reader = writer.reader();
            let concerned = (consequences.concerned)(&mut reader, &written)?;
            let standing = (consequences.standing)(&mut reader, &concerned)?;
            *after.lock().unwrap_or_else(PoisonError::into_inner) = standing;
        }
        Ok(outcome)
    }
}

/// An error after which nobody knows what became of the change says where to look for it.
fn where_to_look(error: Error, place: impl FnOnce() -> String) -> Error {
    match error {
        Error::Problem(problem) if problem.extra.contains_key(OUTCOME) => (*problem).with("location", place().into()).into(),
        error => error,
    }
}
