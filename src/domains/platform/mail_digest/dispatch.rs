//! Digests at work, beside the jobs: those that are due are written once, and what was written is sent.

use super::content::{Content, content};
use super::mail_digest::MailDigest;
use super::outbox::{is_on_its_way, put, send_one};
use chrono_tz::Tz;
use diesel::prelude::*;
use futures_util::future::{BoxFuture, ready};
use std::sync::Arc;
use steward_core::access::Session;
use steward_core::database::{Connection, Dialect};
use steward_core::error::Result;
use steward_core::jobs::Ongoing;
use steward_core::outgoing::Mailer;
use steward_core::resource::Id;
use steward_core::resource::value::Instant;
use steward_core::store::{Reader, Store};
use steward_schema::platform::{mail_digests, settings};

/// Number of digests that are written before mails are sent again.
const AT_ONCE: i64 = 20;
/// Seconds until a digest that could not be written is tried again, and one whose maker may not log in.
const AGAIN_SECONDS: i64 = 300;
const DAY_SECONDS: i64 = 86_400;

/// Writes and sends digests.
pub struct MailDispatch {
    store: Store,
    mailer: Mailer,
    public_url: Arc<str>,
}

/// A digest that is due, or is to be planned.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = mail_digests, check_for_backend(Dialect))]
struct DueDigest {
    id: Id,
    #[diesel(column_name = created_by)]
    maker: Id,
    next_at: Option<Instant>,
    sent_at: Option<Instant>,
}

impl MailDispatch {
    /// Over the data of a service, by a mail server; the address of the service stands in the mails.
    pub fn new(store: Store, mailer: Mailer, public_url: &str) -> Self {
        MailDispatch { store, mailer, public_url: public_url.into() }
    }

    async fn work(&self) -> Result<bool> {
        let now = self.store.now();
        let due = self.store.unauthenticated(move |connection| due(connection, now)).await?;
        for digest in &due {
            if let Err(error) = self.write(*digest, now).await {
                tracing::warn!(digest = %digest.id, problem = %error.into_problem().detail, "a digest could not be written; trying again later");
                self.put_off(*digest, now, AGAIN_SECONDS).await?;
            }
        }
        send_one(&self.store, &self.mailer).await
    }

    /// Writes a digest that is due, as its maker sees things now, and plans the next one: both, and only where no other process was faster.
    async fn write(&self, digest: DueDigest, now: Instant) -> Result<()> {
        let DueDigest { id, maker, next_at, sent_at } = digest;
        let session = self.store.unauthenticated(move |connection| Session::load(connection, maker)).await?;
        let Some(session) = session else { return self.put_off(digest, now, DAY_SECONDS).await };
        let (public_url, is_due) = (self.public_url.clone(), next_at.is_some());
        let read = move |reader: &mut Reader<'_>| {
            let (_, wanted) = reader.get_typed::<MailDigest>(id)?;
            let said = if is_due { content(reader, &wanted, sent_at, &public_url)? } else { None };
            let zone = zone(reader.unscoped("the time zone of the organisation is no secret"))?;
            Ok((said, wanted.times().next(now, zone)))
        };
        let (said, next) = self.store.read(&Arc::new(session), read).await?;
        self.store.by_itself(move |connection| advance(connection, (id, next_at), next, said.as_ref(), now)).await
    }

    /// Leaves a digest for a while: its maker may not log in, or it could not be written.
    async fn put_off(&self, digest: DueDigest, now: Instant, seconds: i64) -> Result<()> {
        let later = Some(now.plus_seconds(seconds));
        self.store.by_itself(move |connection| advance(connection, (digest.id, digest.next_at), later, None, now)).await
    }
}

/// Active digests that are due or not planned yet.
fn due(connection: &mut Connection, now: Instant) -> Result<Vec<DueDigest>> {
    let is_due = mail_digests::next_at.is_null().or(mail_digests::next_at.assume_not_null().le(now));
    let due = mail_digests::table.filter(mail_digests::state.eq("active")).filter(is_due).order((mail_digests::next_at, mail_digests::id));
    Ok(due.limit(AT_ONCE).select(DueDigest::as_select()).load(connection)?)
}

fn zone(connection: &mut Connection) -> Result<Tz> {
    let name: Option<String> = settings::table.select(settings::time_zone).first(connection).optional()?;
    Ok(name.and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC))
}

/// Moves a digest on from the time that was read, with the mail for it. While an earlier one is on its way, it waits.
fn advance(connection: &mut Connection, (id, before): (Id, Option<Instant>), next: Option<Instant>, said: Option<&Content>, now: Instant) -> Result<()> {
    if said.is_some() && is_on_its_way(connection, id, now)? {
        return Ok(());
    }
    let active = mail_digests::table.filter(mail_digests::id.eq(id).and(mail_digests::state.eq("active")));
    let moved = mail_digests::next_at.eq(next);
    let count = match before {
        None => diesel::update(active.filter(mail_digests::next_at.is_null())).set(moved).execute(connection)?,
        Some(before) => diesel::update(active.filter(mail_digests::next_at.eq(before))).set(moved).execute(connection)?,
    };
    match said.filter(|_| count == 1) {
        Some(said) => put(connection, id, said, now),
        None => Ok(()),
    }
}

impl Ongoing for MailDispatch {
    fn name(&self) -> &'static str {
        "mails"
    }

    fn pass(&self) -> BoxFuture<'_, Result<bool>> {
        Box::pin(self.work())
    }

    fn end(&self) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }
}
