//! When people are not there.

use super::ask;
use crate::error::Result;
use crate::resource::value::Date;
use crate::resource::{Check, Id};
use std::collections::HashMap;

/// Days on which somebody is not there, without why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away {
    /// First day.
    pub starts_on: Date,
    /// Last day; none if the person does not come back.
    pub ends_on: Option<Date>,
}

impl Away {
    /// True if the person is not there on a day.
    pub fn covers(&self, day: Date) -> bool {
        self.starts_on <= day && self.ends_on.is_none_or(|last| day <= last)
    }
}

/// Who knows when people are there.
pub trait Presence: Send + Sync {
    /// When people are not there from a day on, of those who are away some day: approved and taken absences, and the time before the contract
    /// begins and after leaving.
    fn away(&self, check: &mut Check<'_>, people: &[Id], from: Date) -> Result<HashMap<Id, Vec<Away>>>;
}

/// When some people are not there from a day on, of those who are away some day.
pub fn all_away(check: &mut Check<'_>, people: &[Id], from: Date) -> Result<HashMap<Id, Vec<Away>>> {
    ask(check, |port: &'static dyn Presence, check| port.away(check, people, from))
}

/// When a person is not there from a day on.
pub fn away(check: &mut Check<'_>, person: Id, from: Date) -> Result<Vec<Away>> {
    Ok(all_away(check, &[person], from)?.remove(&person).unwrap_or_default())
}
