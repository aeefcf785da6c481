//! What a rule may know while it is asked: made here once, for readers and writers.

use super::writer::Writer;
use crate::access::Session;
use crate::database::Connection;
use crate::error::Result;
use crate::resource::value::Instant;
use crate::resource::{Check, Entity, Id};
use crate::store::Store;
use crate::store::index::place::Place;
use crate::store::read::reader::Reader;
use crate::store::read::scope;

/// What a question is about.
struct About<'e> {
    id: Id,
    before: Option<&'e dyn Entity>,
    state: Option<&'e str>,
    reason: Option<&'e str>,
}

fn ask<T>(
    (store, session, now): (&Store, &Session, Instant),
    connection: &mut Connection,
    about: About<'_>,
    question: impl FnOnce(&mut Check<'_>) -> Result<T>,
) -> Result<T> {
    let zone = store.zone(connection);
    let holds = |connection: &mut Connection, permission: &str, unit: Option<Id>| scope::holds(connection, session, permission, Place::Unit(unit));
    question(&mut Check {
        connection,
        definitions: &store.definitions,
        actor: session.principal,
        token: session.token(),
        login: session.login,
        id: about.id,
        before: about.before,
        state: about.state,
        now,
        today: now.date_in(zone),
        zone,
        reason: about.reason,
        holds: &holds,
    })
}

impl Reader<'_> {
    /// Asks what a rule asks, such as a question to another domain.
    pub fn ask<T>(&mut self, question: impl FnOnce(&mut Check<'_>) -> Result<T>) -> Result<T> {
        self.with_check(Id::default(), None, None, question)
    }

    /// Runs a rule about a record as it stands.
    pub(in crate::store) fn with_check<T>(
        &mut self,
        id: Id,
        before: Option<&dyn Entity>,
        state: Option<&str>,
        rule: impl FnOnce(&mut Check<'_>) -> Result<T>,
    ) -> Result<T> {
        ask((self.store, self.session, self.store.now()), self.connection, About { id, before, state, reason: None }, rule)
    }
}

impl Writer<'_> {
    /// Runs a rule with what it may know.
    pub(in crate::store) fn with_check<T>(
        &mut self,
        id: Id,
        before: Option<&dyn Entity>,
        state: Option<&str>,
        rule: impl FnOnce(&mut Check<'_>) -> Result<T>,
    ) -> Result<T> {
        let reason = self.origin.reason.as_deref();
        ask((self.store, self.session, self.now), self.connection, About { id, before, state, reason }, rule)
    }
}
