//! A digest: what its maker wants to be told by mail, and when.

use super::plan::{Frequency, Times, Weekday};
use diesel::prelude::*;
use serde_json::json;
use steward_core::access::address_of;
use steward_core::choice;
use steward_core::error::{Kind, Problem, Result};
use steward_core::resource::value::{Instant, Text, Whole};
use steward_core::resource::{Check, Effect, Id, Lifecycle, Move, Resource, Scope, StateException, ValidationErrors};
use steward_schema::platform::mail_digests;

/// Number of digests that one account may have.
const MOST: i64 = 10;

choice! {
    /// Part of a digest.
    pub enum DigestTopic {
        /// Approvals that wait for the reader.
        Approvals = "approvals",
        /// Dates that concern the reader, overdue and near.
        Due = "due",
        /// Comments that name or answer the reader.
        Mentions = "mentions",
        /// Open conflicts that the reader can resolve.
        Conflicts = "conflicts",
    }
}

steward_core::resource! {
    /// Mail to its maker about their open tasks, as `platform/home` shows them at that time. A digest with nothing to report is not sent.
    /// Mails are sent where the operator has named a mail server, to the address of the account. No API token creates or changes a digest.
    pub struct MailDigest {
        /// Days on which it is sent.
        #[field(default(|| json!("workdays")))]
        pub frequency: Frequency,
        /// Day of a weekly digest.
        pub weekday: Option<Weekday>,
        /// Hour of the day in `settings.time_zone`.
        #[field(default(|| json!(7)))]
        pub hour: Whole<0, 23>,
        /// Parts, at least one.
        #[field(default(|| json!(["approvals", "due", "mentions"])))]
        pub topics: Vec<DigestTopic>,
        /// Number of days from today on for which a date is near.
        #[field(default(|| json!(14)))]
        pub days_ahead: Whole<1, 90>,
        /// Time of the next one; null until the service has planned it.
        #[field(unversioned)]
        pub next_at: Option<Instant>,
        /// Time of the last one that the mail server has taken.
        #[field(unversioned, happened)]
        pub sent_at: Option<Instant>,
        /// Reason for which the last attempt failed.
        #[field(unversioned)]
        pub failure: Option<Text<1, 200>>,
    }
}

impl Resource for MailDigest {
    const PATH: &'static str = "platform/mail-digests";
    type Table = steward_schema::platform::mail_digests::table;
    const SCOPE: Scope = Scope::Own;
    const TITLE: &'static str = "id";
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::deletable(&["paused"], "A paused digest tells nothing; its owner clears it away, and its history stays.")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("active:resume↔paused:pause"))
    }

    fn sample() -> Self {
        MailDigest {
            frequency: Frequency::Weekly,
            weekday: Some(Weekday::Monday),
            hour: Whole(7),
            topics: vec![DigestTopic::Approvals, DigestTopic::Due],
            days_ahead: Whole(30),
            next_at: None,
            sent_at: None,
            failure: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let weekly = self.frequency == Frequency::Weekly;
        faults.require(weekly == self.weekday.is_some(), "weekday", "weekly", "A weekly digest has a day, and only that.");
        faults.require(!self.topics.is_empty(), "topics", "required", "Name at least one topic.");
        let twice = self.topics.iter().enumerate().any(|(at, topic)| self.topics[..at].contains(topic));
        faults.require(!twice, "topics", "duplicate", "Name each topic once.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.token.is_some() {
            return Err(Problem::new(Kind::Forbidden, "An API token makes and changes no digest, which tells all that its maker sees. Log in.").into());
        }
        let maker: Option<Id> = mail_digests::table.find(check.id).select(mail_digests::created_by).get_result(check.connection).optional()?;
        if maker.is_some_and(|maker| maker != check.actor) {
            return Err(Problem::new(Kind::Forbidden, "A digest tells what its maker sees, so nobody else changes it. Make one of your own.").into());
        }
        if check.before.is_none() {
            require_room(check)?;
        }
        plan_anew(check)
    }

    fn effects(&self, _: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        plan_anew(check)?;
        Ok(Vec::new())
    }
}

impl MailDigest {
    /// When it is sent.
    pub fn times(&self) -> Times {
        Times { frequency: self.frequency, weekday: self.weekday, hour: self.hour.0 }
    }
}

/// The next one is counted from now, by the times that are chosen now.
fn plan_anew(check: &mut Check<'_>) -> Result<()> {
    diesel::update(mail_digests::table.find(check.id)).set(mail_digests::next_at.eq(None::<Instant>)).execute(check.connection)?;
    Ok(())
}

fn require_room(check: &mut Check<'_>) -> Result<()> {
    if check.actor != Id::system() && address_of(check.connection, check.actor)?.is_none() {
        return Err(Problem::conflict("", "address", "Your account has no e-mail address. Log in as a user, and make a digest there.").into());
    }
    let made: i64 = mail_digests::table.filter(mail_digests::created_by.eq(check.actor)).count().get_result(check.connection)?;
    if made < MOST {
        return Ok(());
    }
    Err(Problem::conflict("", "too_many", format!("You have {MOST} digests already. Delete one that you need no more.")).into())
}
