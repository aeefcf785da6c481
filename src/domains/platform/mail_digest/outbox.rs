//! Mails that wait: one of a digest at most, each sent by one process at a time, and tried again until the server has taken it.

use super::content::Content;
use diesel::dsl::auto_type;
use diesel::prelude::*;
use steward_core::access::{Session, address_of};
use steward_core::database::{Connection, Dialect};
use steward_core::error::Result;
use steward_core::outgoing::{Mail, Mailer};
use steward_core::resource::Id;
use steward_core::resource::value::Instant;
use steward_core::store::Store;
use steward_schema::platform::mail_digests;
use steward_schema::service::mails;

/// Seconds for which a mail is its process's own: longer than all steps of sending it may take.
const LEASE_SECONDS: i64 = 300;
/// Seconds until the second attempt; twice as long after each, up to the longest.
const FIRST_SECONDS: i64 = 60;
const LONGEST_SECONDS: i64 = 3_600;
/// Seconds for which a mail is tried.
const TRIED_SECONDS: i64 = 3 * 86_400;
/// Greatest length of what is told of a failure, in characters.
const LONGEST_FAILURE: usize = 200;

/// A mail that this process sends.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = mails, check_for_backend(Dialect))]
struct Taken {
    id: Id,
    digest_id: Id,
    created_at: Instant,
    subject: String,
    body: String,
    attempts: i64,
}

/// Whether a mail of a digest is being sent at this moment.
pub fn is_on_its_way(connection: &mut Connection, digest: Id, now: Instant) -> Result<bool> {
    let leased = mails::table.filter(mails::digest_id.eq(digest).and(mails::leased_until.gt(now)));
    Ok(leased.count().get_result::<i64>(connection)? > 0)
}

/// Puts a mail of a digest in the place of one that still waits: it tells what that would have told.
pub fn put(connection: &mut Connection, digest: Id, content: &Content, now: Instant) -> Result<()> {
    diesel::delete(mails::table.filter(mails::digest_id.eq(digest))).execute(connection)?;
    let mail = (
        (mails::id.eq(Id::new()), mails::digest_id.eq(digest), mails::created_at.eq(now), mails::attempts.eq(0), mails::next_attempt_at.eq(now)),
        (mails::subject.eq(&content.subject), mails::body.eq(&content.body)),
    );
    diesel::insert_into(mails::table).values(mail).execute(connection)?;
    Ok(())
}

/// Sends the mail that is due first; false if none is.
pub async fn send_one(store: &Store, mailer: &Mailer) -> Result<bool> {
    let now = store.now();
    let Some(due) = store.unauthenticated(move |connection| due(connection, now)).await? else { return Ok(false) };
    let Some(taken) = store.by_itself(move |connection| take(connection, due, now)).await? else { return Ok(true) };
    let digest = taken.digest_id;
    let address = store.unauthenticated(move |connection| address(connection, digest)).await?;
    let Some(to) = address else {
        store.by_itself(move |connection| forget(connection, &taken)).await?;
        return Ok(true);
    };
    let mail = Mail { id: taken.id.to_string(), to, subject: taken.subject.clone(), body: taken.body.clone(), date: taken.created_at.0.into() };
    let failure = mailer.send(mail).await.err().map(|failure| failure.0.chars().take(LONGEST_FAILURE).collect::<String>());
    if let Some(failure) = &failure {
        tracing::warn!(digest = %digest, attempt = taken.attempts, failure, "a mail was not sent; it is tried again");
    }
    let now = store.now();
    store.by_itself(move |connection| settle(connection, &taken, failure.as_deref(), now)).await?;
    Ok(true)
}

fn due(connection: &mut Connection, now: Instant) -> Result<Option<Id>> {
    let free = mails::leased_until.is_null().or(mails::leased_until.assume_not_null().le(now));
    let due = mails::table.filter(mails::next_attempt_at.le(now)).filter(free).order((mails::next_attempt_at, mails::id));
    Ok(due.select(mails::id).first(connection).optional()?)
}

/// Makes a mail this process's own for a while, unless another one was faster.
fn take(connection: &mut Connection, id: Id, now: Instant) -> Result<Option<Taken>> {
    let free = mails::leased_until.is_null().or(mails::leased_until.assume_not_null().le(now));
    let due = mails::table.filter(mails::id.eq(id)).filter(mails::next_attempt_at.le(now)).filter(free);
    let own = (mails::attempts.eq(mails::attempts + 1), mails::leased_until.eq(now.plus_seconds(LEASE_SECONDS)));
    Ok(diesel::update(due).set(own).returning(Taken::as_returning()).get_result(connection).optional()?)
}

/// Where mails of a digest go; nowhere if its maker may not log in any more, or does not want it now.
fn address(connection: &mut Connection, digest: Id) -> Result<Option<String>> {
    let active = mail_digests::table.find(digest).filter(mail_digests::state.eq("active"));
    let Some(maker) = active.select(mail_digests::created_by).get_result::<Id>(connection).optional()? else { return Ok(None) };
    if Session::load(connection, maker)?.is_none() { Ok(None) } else { address_of(connection, maker) }
}

fn forget(connection: &mut Connection, taken: &Taken) -> Result<()> {
    diesel::delete(own(taken.id, taken.attempts)).execute(connection)?;
    Ok(())
}

/// A mail as long as it is this process's own: taken so many times.
#[auto_type]
fn own(id: Id, attempts: i64) -> _ {
    mails::table.filter(mails::id.eq(id)).filter(mails::attempts.eq(attempts))
}

/// Writes down what came of an attempt, unless the lease was lost meanwhile.
fn settle(connection: &mut Connection, taken: &Taken, failure: Option<&str>, now: Instant) -> Result<()> {
    let is_over = failure.is_none() || taken.created_at.plus_seconds(TRIED_SECONDS) <= now;
    let held = if is_over {
        diesel::delete(own(taken.id, taken.attempts)).execute(connection)?
    } else {
        let later = (mails::next_attempt_at.eq(now.plus_seconds(delay(taken.attempts))), mails::leased_until.eq(None::<Instant>));
        diesel::update(own(taken.id, taken.attempts)).set(later).execute(connection)?
    };
    if held == 0 {
        return Ok(());
    }
    let digest = mail_digests::table.find(taken.digest_id);
    match failure {
        None => diesel::update(digest).set((mail_digests::sent_at.eq(taken.created_at), mail_digests::failure.eq(None::<String>))).execute(connection)?,
        Some(failure) => diesel::update(digest).set(mail_digests::failure.eq(failure)).execute(connection)?,
    };
    Ok(())
}

/// Seconds until the next attempt after so many.
fn delay(attempts: i64) -> i64 {
    (FIRST_SECONDS << (attempts - 1).clamp(0, 6)).min(LONGEST_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::delay;

    #[test]
    fn an_attempt_that_fails_is_put_off_longer_each_time_up_to_an_hour() {
        assert_eq!([1, 2, 3, 6, 7, 70].map(delay), [60, 120, 240, 1_920, 3_600, 3_600]);
    }
}
