//! Who guesses passwords is slowed down, and nobody else: failed logins are counted by account and address together, by
//! address, and by account.
//!
//! | what is counted | free | then | one is forgiven every |
//! |---|---|---|---|
//! | an account from one address | 10 | 30 s, doubled with each failure up to 15 min | 15 min |
//! | an address, whatever the account | 100 | 2 s, doubled with every 20 failures up to 15 min | 30 s |
//! | an account from addresses that it has never logged in from | 50 | 2 s, doubled with every 10 failures up to 5 min | 10 min |
//!
//! What is counted of one address does not touch another, so who is attacked logs in from elsewhere; and an address from
//! which an account has logged in within the last ninety days waits for its own failures only, whatever others do to the
//! account or from behind the same address. An account that does not exist is counted like any other. The counters stand in
//! the database, under digests: they hold for every replica, outlast a restart, and tell nobody what was typed.

use crate::database::Connection;
use crate::database::expression::locked;
use crate::error::{Kind, Problem, Result};
use crate::resource::value::{Instant, folded, hex, normalized};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::upsert::excluded;
use sha2::{Digest, Sha256};
use steward_schema::service::{login_addresses, login_failures};

/// How long an address is remembered from which an account has logged in: ninety days.
const KNOWN_SECONDS: i64 = 90 * 24 * 3600;
/// How old the memory of an address may be before it is written anew: a day.
const RENEWED_SECONDS: i64 = 24 * 3600;

/// How failures of one kind are counted.
#[derive(Debug, Clone, Copy)]
struct Scale {
    name: &'static str,
    /// How many cost nothing.
    free: i64,
    /// The first wait.
    first_seconds: i64,
    /// After how many further failures it doubles.
    doubled_every: i64,
    /// The longest wait.
    longest_seconds: i64,
    /// After how long one failure is forgiven.
    forgiven_seconds: i64,
}

const PAIR: Scale = Scale { name: "pair", free: 10, first_seconds: 30, doubled_every: 1, longest_seconds: 900, forgiven_seconds: 900 };
const ADDRESS: Scale = Scale { name: "address", free: 100, first_seconds: 2, doubled_every: 20, longest_seconds: 900, forgiven_seconds: 30 };
const ACCOUNT: Scale = Scale { name: "account", free: 50, first_seconds: 2, doubled_every: 10, longest_seconds: 300, forgiven_seconds: 600 };

/// Somebody who says a password: for which account, and from where.
#[derive(Debug, Clone)]
pub struct Attempt {
    pair: String,
    address: String,
    account: String,
}

/// What the counters say of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The password may be looked at. True if a success changes anything in the counters.
    Open(bool),
    /// Not before so many seconds have passed.
    Wait(i64),
}

#[derive(Debug, Clone, Copy, Queryable)]
struct Count {
    failures: i64,
    failed_at: Instant,
    blocked_until: Instant,
}

impl Scale {
    /// The key of what is counted: a digest, so that what people type into a wrong field is not kept.
    fn key(&self, parts: &[&str]) -> String {
        let mut digest = Sha256::new();
        for part in [self.name].iter().chain(parts) {
            digest.update(part.len().to_be_bytes());
            digest.update(part.as_bytes());
        }
        hex(&digest.finalize())
    }

    /// How many failures still count.
    fn standing(&self, count: Count, now: Instant) -> i64 {
        (count.failures - seconds_between(count.failed_at, now) / self.forgiven_seconds).max(0)
    }

    /// Until when it is blocked, if it is. No wait is longer than the longest: one that seems to be was begun before the clock was set
    /// back, and is over.
    fn until(&self, count: Count, now: Instant) -> Option<Instant> {
        let until = count.blocked_until;
        (until > now && seconds_between(now, until) <= self.longest_seconds).then_some(until)
    }

    /// How long to wait after so many failures.
    fn wait(&self, failures: i64) -> i64 {
        if failures < self.free {
            return 0;
        }
        let doublings = u32::try_from((failures - self.free) / self.doubled_every).unwrap_or(u32::MAX).min(20);
        (self.first_seconds << doublings).min(self.longest_seconds)
    }
}

fn seconds_between(earlier: Instant, later: Instant) -> i64 {
    (later.0 - earlier.0).num_seconds().max(0)
}

impl Attempt {
    /// An attempt on an account, by the login as it was typed, from an address. Logins that find the same account have the
    /// same key, and so have those that differ in how their letters are composed.
    pub fn new(login: &str, address: &str) -> Self {
        let login = folded(&normalized(&folded(login.trim())));
        Attempt { pair: PAIR.key(&[&login, address]), address: ADDRESS.key(&[address]), account: ACCOUNT.key(&[&login]) }
    }

    /// What the counters say of it.
    pub fn judge(&self, connection: &mut Connection, now: Instant) -> Result<Verdict> {
        let any = login_failures::key.eq(&self.pair).or(login_failures::key.eq(&self.address)).or(login_failures::key.eq(&self.account));
        let counted = login_failures::table.filter(any);
        let counts: Vec<(String, Count)> = counted.select((login_failures::key, COUNT)).load(connection)?;
        let find = |key: &str| counts.iter().find(|(known, _)| known == key).map(|(_, count)| *count);
        let (pair, address, account) = (find(&self.pair), find(&self.address), find(&self.account));
        let seen: Option<Instant> = login_addresses::table.find(&self.pair).select(login_addresses::seen_at).get_result(connection).optional()?;
        let seen = seen.map(|at| seconds_between(at, now));
        let known = seen.is_some_and(|age| age < KNOWN_SECONDS);
        let waits = [(&PAIR, pair), (&ADDRESS, address.filter(|_| !known)), (&ACCOUNT, account.filter(|_| !known))];
        let until = waits.into_iter().filter_map(|(scale, count)| scale.until(count?, now)).max();
        Ok(match until {
            Some(until) => Verdict::Wait(seconds_between(now, until).saturating_add(1)),
            None => Verdict::Open(pair.is_some() || seen.is_none_or(|age| age >= RENEWED_SECONDS)),
        })
    }

    /// Counts a failure, and says whether the next attempt has to wait. From an address that the account is known at, it is counted for
    /// the two together only.
    pub fn failed(&self, connection: &mut Connection, now: Instant) -> Result<bool> {
        let mut locks = false;
        // Always in the same order, so that two of them never wait for each other.
        let mut counted = [(&PAIR, &self.pair), (&ADDRESS, &self.address), (&ACCOUNT, &self.account)];
        counted.sort_by_key(|(_, key)| *key);
        let known = self.is_known(connection, now)?;
        for (scale, key) in counted.into_iter().filter(|(scale, _)| !known || scale.name == PAIR.name) {
            let none = (
                login_failures::key.eq(key),
                login_failures::failures.eq(0),
                login_failures::failed_at.eq(now),
                login_failures::blocked_until.eq(now),
                login_failures::forgotten_at.eq(now),
            );
            diesel::insert_into(login_failures::table).values(none).on_conflict_do_nothing().execute(connection)?;
            let Some(before) = locked(login_failures::table.find(key).select(COUNT)).get_result(connection).optional()? else { continue };
            let failures = scale.standing(before, now).saturating_add(1);
            locks |= scale.wait(failures) > 0;
            let after = (
                login_failures::failures.eq(failures),
                login_failures::failed_at.eq(now),
                login_failures::blocked_until.eq(now.plus_seconds(scale.wait(failures))),
                login_failures::forgotten_at.eq(now.plus_seconds(failures.saturating_mul(scale.forgiven_seconds))),
            );
            diesel::update(login_failures::table.find(key)).set(after).execute(connection)?;
        }
        Ok(locks)
    }

    fn is_known(&self, connection: &mut Connection, now: Instant) -> Result<bool> {
        let known = login_addresses::table.find(&self.pair).filter(login_addresses::seen_at.gt(now.plus_seconds(-KNOWN_SECONDS)));
        Ok(select(exists(known)).get_result(connection)?)
    }

    /// A right password: the account's failures from this address are forgotten, and the address is known from now on. If so
    /// many wrong ones came in meanwhile that it would have to wait, it waits: guesses made all at once gain nothing.
    fn succeeded(&self, connection: &mut Connection, now: Instant) -> Result<Verdict> {
        let verdict = self.judge(connection, now)?;
        if verdict == Verdict::Open(true) {
            diesel::delete(login_failures::table.find(&self.pair)).execute(connection)?;
            diesel::insert_into(login_addresses::table)
                .values((login_addresses::pair.eq(&self.pair), login_addresses::seen_at.eq(now)))
                .on_conflict(login_addresses::pair)
                .do_update()
                .set(login_addresses::seen_at.eq(excluded(login_addresses::seen_at)))
                .execute(connection)?;
        }
        Ok(verdict)
    }

    /// The same, or the answer to who has to wait (429).
    pub fn settle(&self, connection: &mut Connection, now: Instant) -> Result<()> {
        match self.succeeded(connection, now)? {
            Verdict::Open(_) => Ok(()),
            Verdict::Wait(seconds) => Err(wait(seconds).into()),
        }
    }
}

/// The columns of a [`Count`].
const COUNT: (login_failures::failures, login_failures::failed_at, login_failures::blocked_until) =
    (login_failures::failures, login_failures::failed_at, login_failures::blocked_until);

/// The answer to who has to wait: the same whether there is such an account or not.
pub fn wait(seconds: i64) -> Problem {
    let detail = format!("Too many logins have failed. Try again in {seconds} seconds, or reset the password.");
    Problem::new(Kind::TooManyRequests, detail)
        .header("Retry-After", seconds.to_string())
        .header("RateLimit-Policy", format!("\"login\";q={};w={}", PAIR.free, PAIR.free * PAIR.forgiven_seconds))
        .header("RateLimit", format!("\"login\";r=0;t={seconds}"))
}

/// Forgets what does not count any more, and says how much that was.
pub fn forget(connection: &mut Connection, now: Instant) -> Result<usize> {
    let forgiven = login_failures::forgotten_at.lt(now).and(login_failures::blocked_until.lt(now));
    let failures = diesel::delete(login_failures::table.filter(forgiven)).execute(connection)?;
    let old = login_addresses::seen_at.lt(now.plus_seconds(-KNOWN_SECONDS));
    let addresses = diesel::delete(login_addresses::table.filter(old)).execute(connection)?;
    Ok(failures + addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_somewhere() {
        let waits: Vec<i64> = (8..18).map(|failures| PAIR.wait(failures)).collect();
        assert_eq!(waits, [0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!((ADDRESS.wait(99), ADDRESS.wait(100), ADDRESS.wait(120), ADDRESS.wait(100_000)), (0, 2, 4, 900));
        assert_eq!((ACCOUNT.wait(49), ACCOUNT.wait(50), ACCOUNT.wait(60), ACCOUNT.wait(i64::MAX)), (0, 2, 4, 300));
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_wait_longer_than_the_longest() {
        let now = Instant::sample("2026-01-01T00:00:00Z");
        let count = Count { failures: 20, failed_at: now, blocked_until: now.plus_seconds(900) };
        assert_eq!(PAIR.until(count, now), Some(now.plus_seconds(900)));
        assert_eq!(PAIR.until(count, now.plus_seconds(-7_200)), None);
        assert_eq!(PAIR.until(count, now.plus_seconds(900)), None);
    }

    #[test]
    fn the_form_of_a_login_does_not_change_what_is_counted() {
        let keys = |login: &str| Attempt::new(login, "192.0.2.1").account;
        for other in ["ADA@example.org", " ada@Example.ORG ", "ａｄａ@example.org", "\u{ff21}DA@EXAMPLE.ORG"] {
            assert_eq!(keys(other), keys("ada@example.org"), "{other}");
        }
        assert_eq!(keys("e\u{301}va@example.org"), keys("Éva@example.org"));
        assert_ne!(keys("eva@example.org"), keys("ada@example.org"));
        assert_ne!(Attempt::new("a", "bc").pair, Attempt::new("ab", "c").pair, "parts do not run together");
    }
}
