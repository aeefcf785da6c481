//! What a resource's own rules are given, and what they answer.

use super::Id;
use super::model::Entity;
use super::value::{Date, Instant};
use crate::database::Connection;
use crate::error::{Error, FieldError, Result};
use chrono_tz::Tz;

/// Something that a rule reads and that must not change meanwhile. PostgreSQL takes these before the rules run, sorted;
/// SQLite has one writer and needs none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lock {
    /// A record, by its id.
    Row(Id),
    /// Anything that has a name, such as a tree.
    Named(String),
}

/// What is missing before a move can be made.
#[derive(Debug, Clone)]
pub struct UnmetGuard(pub FieldError);

impl UnmetGuard {
    /// Something missing, at a field (as `/field`) or at the record as a whole (empty).
    pub fn new(pointer: &str, code: &str, detail: impl Into<String>) -> Self {
        UnmetGuard(FieldError::new(pointer, code, detail))
    }
}

/// Ports whether the caller holds a permission on a unit, or on everything.
pub type Holds<'a> = dyn Fn(&mut Connection, &str, Option<Id>) -> Result<bool> + 'a;

/// The transaction in which a rule runs, and the write it judges.
pub struct Check<'a> {
    /// The transaction.
    pub connection: &'a mut Connection,
    /// Every collection.
    pub definitions: &'a super::ResourceTypes,
    /// Who writes.
    pub actor: Id,
    /// The API token by which they do, if it is one.
    pub token: Option<Id>,
    /// The login by which they do, if it is one.
    pub login: Option<Id>,
    /// The record that is written.
    pub id: Id,
    /// The record as it was; none when it is new.
    pub before: Option<&'a dyn Entity>,
    /// Its state, where it has one.
    pub state: Option<&'a str>,
    /// When it is written.
    pub now: Instant,
    /// The current day, in the time zone of the organisation.
    pub today: Date,
    /// The time zone of the organisation, in which an instant has its day.
    pub zone: Tz,
    /// Why it is written, if it was said.
    pub reason: Option<&'a str>,
    /// Whether the caller holds a permission on a unit, or on everything.
    pub holds: &'a Holds<'a>,
}

impl<'a> Check<'a> {
    /// The record as it was, by its type; none when it is new.
    pub fn before<T: 'static>(&self) -> Result<Option<&'a T>> {
        let typed = |before: &'a dyn Entity| before.as_any().downcast_ref().ok_or_else(|| Error::broken("a rule that asks for a record of another kind"));
        self.before.map(typed).transpose()
    }
}
