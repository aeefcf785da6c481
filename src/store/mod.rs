//! The only way to data.
//!
//! A [`Reader`] or a [`Writer`] cannot exist without a [`Session`], so nothing is read or written unasked. This folder uses
//! `resource`, `access`, `history`, `search` and `database`, and knows neither HTTP nor any domain: what is particular of a kind
//! stands in its [`ResourceType`](crate::resource::ResourceType).
//!
//! A write is one transaction. Its steps, in this order, whatever door it came by (single, bulk, import, restore, seed):
//!
//! 1. the record is locked and in sight (404), the permission is held where it stands (403), the version is the one meant (412);
//!    of a new record: permission anywhere (404, 403);
//! 2. the input is read: unknown, server and broken fields, references, unit (422, all at once);
//! 3. the permission is held where it will stand (403), and its parent takes parts now (409);
//! 4. the locks of the rules are taken, then the declared rules run, then its own (409); of a move, then the guards (409);
//! 5. the row is written, then the revision, the words, the registry, the edges, the custom values;
//! 6. the parent's revision goes up; effects elsewhere are made by the same steps.
//!
//! [`guide::request`](crate::guide::request) follows one from the socket.

mod approval;
mod index;
mod read;
mod schedule;
pub mod schema;
pub mod transfer;
mod write;

pub use approval::approval::Waiting;
pub use index::position::last as last_position;
pub use read::allowed::{Allowed, Depth};
pub use read::calendar::{Dated, DerivedDate, Span, in_order};
pub use read::custom::{CustomColumn, CustomKinds, custom_kinds};
pub use read::event::{Event, Feed};
pub use read::facet::{Facets, VALUES as FACET_VALUES, has_facets};
pub use read::field_visibility::FieldVisibility;
pub use read::filter::{Amount, Comparison, Condition, Filter, Test, Through};
pub use read::label::Labels;
pub use read::naming::Naming;
pub use read::order::SortKey;
pub use read::page::{BEST, COUNTED, Count, Page, Query, Total, plan};
pub use read::reader::{Declared, Reader};
pub use read::scope::condition as narrowing;
pub use read::scope::visible;
pub use read::search::Hit;
pub use read::time_travel::{FieldChange, PastCondition, RecordHead, Revision, STAMPS, changes};
pub use read::trace::{Direction, Edge, Node, Reference, Trace};
pub use schedule::due_transition::Tally;
pub use write::custom_field;
pub use write::idempotency::{KEPT_SECONDS, Key, Outcome, still_running};
pub use write::transition::MoveView;
pub use write::version::Parts;
pub use write::writer::{IfMatch, Refusal, Writer};

use crate::access::Session;
use crate::access::change::Changes;
use crate::access::security_event::{SecurityEvent, SecurityEventKind};
use crate::clock::{Clock, Moment};
use crate::database::{Connection, Database};
use crate::error::{Error, Result};
use crate::resource::ResourceTypes;
use crate::resource::value::Instant;
use chrono_tz::Tz;
use diesel::prelude::*;
use index::position::{self, Progress};
use schedule::backlog::Backlog;
use std::sync::{Arc, Mutex};
use steward_schema::platform::settings;

/// The data of a running service.
#[derive(Clone)]
pub struct Store {
    /// The database.
    pub database: Database,
    /// Every collection.
    pub definitions: Arc<ResourceTypes>,
    /// What time it is.
    pub clock: Clock,
    /// What this process has changed in who may do what.
    pub changes: Changes,
}

/// What is known of the request behind a change.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The request's id, a UUID.
    pub request_id: String,
    /// Why the change is made, if it was said.
    pub reason: Option<String>,
    /// The address from which it came, if it did.
    pub address: Option<String>,
}

impl Origin {
    /// A security event of the request.
    pub(in crate::store) fn security_event(&self, session: &Session, kind: SecurityEventKind, subject: Option<String>) -> SecurityEvent {
        let (address, request_id) = (self.address.clone(), Some(self.request_id.clone()));
        SecurityEvent { kind, principal: Some(session.principal), address, subject, request_id }
    }

    /// A change that the service makes by itself.
    pub fn system() -> Self {
        Origin { request_id: crate::resource::Id::new().to_string(), reason: None, address: None }
    }
}

impl Store {
    /// A short read: one record by its id.
    pub async fn quick<T: Send + 'static>(&self, session: &Arc<Session>, work: impl FnOnce(&mut Reader<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let (store, session) = (self.clone(), session.clone());
        self.database.quick(move |connection| work(&mut Reader::new(&store, &session, connection))).await
    }

    /// A longer read, which sees one state of the data.
    pub async fn read<T: Send + 'static>(&self, session: &Arc<Session>, work: impl FnOnce(&mut Reader<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let (store, session) = (self.clone(), session.clone());
        let _share = self.database.share(session.principal).await?;
        self.database.read(move |connection| work(&mut Reader::new(&store, &session, connection))).await
    }

    /// A write: all of it is kept, or none. It may run more than once.
    pub async fn write<T: Send + 'static>(
        &self,
        session: &Arc<Session>,
        origin: &Origin,
        work: impl Fn(&mut Writer<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write_as(session, origin, work, false).await
    }

    /// The same of a write that changes much, such as an import: no others share its commit.
    pub async fn write_alone<T: Send + 'static>(
        &self,
        session: &Arc<Session>,
        origin: &Origin,
        work: impl Fn(&mut Writer<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write_as(session, origin, work, true).await
    }

    async fn write_as<T: Send + 'static>(
        &self,
        session: &Arc<Session>,
        origin: &Origin,
        work: impl Fn(&mut Writer<'_>) -> Result<T> + Send + 'static,
        alone: bool,
    ) -> Result<T> {
        let _share = self.database.share_of_writes(session.principal).await?;
        let (store, session, origin) = (self.clone(), session.clone(), origin.clone());
        let begun = self.changes.begun();
        let told = origin.security_event(&session, SecurityEventKind::AccessChanged, None);
        let work = move |connection: &mut Connection| Writer::new(&store, &session, &origin, connection).complete(|writer| work(writer));
        let outcome = if alone { self.database.write_alone(work).await } else { self.database.write(work).await };
        // Whatever became of it: a time zone that was read in the transaction may have been taken back.
        if self.clock.was_touched() {
            self.clock.forget_zone();
        }
        if self.changes.begun() != begun {
            self.changes.settle();
            if outcome.is_ok() {
                told.tell();
            }
        }
        outcome
    }

    /// Does a write and takes it back: the answer is what the write would have given.
    pub async fn rehearse<T: Send + 'static>(
        &self,
        session: &Arc<Session>,
        origin: &Origin,
        work: impl Fn(&mut Writer<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let given = Arc::new(Mutex::new(None));
        let kept = given.clone();
        let rehearsal = move |writer: &mut Writer<'_>| -> Result<()> {
            let value = writer.complete(|writer| work(writer))?;
            *kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(value);
            Err(Error::Rehearsed)
        };
        let outcome = self.write_alone(session, origin, rehearsal).await;
        match (outcome, given.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take()) {
            (Err(Error::Rehearsed), Some(value)) => Ok(value),
            (Err(error), _) => Err(error),
            (Ok(()), _) => Err(Error::Rehearsed),
        }
    }

    /// A write that the service makes for itself, beside the records: its leases, its keys.
    pub async fn by_itself<T: Send + 'static>(&self, work: impl Fn(&mut Connection) -> Result<T> + Send + 'static) -> Result<T> {
        self.database.write(work).await
    }

    /// The same, of what decides who may do what: its logins, its keys. It takes effect in this process at once.
    pub async fn change_access<T: Send + 'static>(&self, work: impl Fn(&mut Connection) -> Result<T> + Send + 'static) -> Result<T> {
        let outcome = self.database.write(work).await;
        self.changes.settle();
        outcome
    }

    /// Something that reads before anyone is known, such as a login.
    pub async fn unauthenticated<T: Send + 'static>(&self, work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static) -> Result<T> {
        self.database.quick(work).await
    }

    /// Numbers what was committed and has no place in the feed of events yet; the position of the last event.
    pub async fn number_events(&self) -> Result<i64> {
        while self.database.quick(position::is_behind).await? {
            self.database.write(position::number).await?;
        }
        self.database.quick(position::last).await
    }

    /// The jobs that wait and those that are being done.
    pub async fn job_backlog(&self) -> Result<Backlog> {
        let now = self.now();
        self.database.quick(move |connection| Backlog::at(connection, now)).await
    }

    /// How far the feed of events is.
    pub async fn event_progress(&self) -> Result<Progress> {
        self.database.quick(position::progress).await
    }

    /// The current time.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// An instant with the day that it is for the organisation.
    pub fn moment(&self, connection: &mut Connection, at: Instant) -> Moment {
        Moment { at, today: at.date_in(self.zone(connection)) }
    }

    /// The time zone of the organisation. Where it cannot be read, it is UTC: what follows fails by itself.
    pub fn zone(&self, connection: &mut Connection) -> Tz {
        let zone = self.clock.zone().or_else(|| {
            let known: Option<String> = settings::table.select(settings::time_zone).first(connection).optional().ok()?;
            let zone = known.and_then(|name| name.parse::<Tz>().ok()).unwrap_or(Tz::UTC);
            self.clock.set_zone(zone);
            Some(zone)
        });
        zone.unwrap_or(Tz::UTC)
    }
}
