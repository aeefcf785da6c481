//! When people are not there.

use crate::error::Result;
use crate::resource::value::Date;
use crate::resource::{Check, Id};

/// Days on which somebody is not there, without why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away {
    /// First day.
    pub starts_on: Date,
    /// Last day; none if the person does not come back.
    pub ends_on: Option<Date>,
}

/// Who knows when people are there.
pub trait Presence: Send + Sync {
    /// When a person is not there from a day on: approved and taken absences, and the time before the contract begins and after leaving.
    fn away(&self, check: &mut Check<'_>, person: Id, from: Date) -> Result<Vec<Away>>;
}

/// When a person is not there from a day on.
pub fn away(check: &mut Check<'_>, person: Id, from: Date) -> Result<Vec<Away>> {
    match check.definitions.answers.get::<&'static dyn Presence>() {
        Some(port) => port.away(check, person, from),
        None => Ok(Vec::new()),
    }
}
