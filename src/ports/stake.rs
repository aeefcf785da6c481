//! How much is at stake in a record: its place among the levels of its kind.

use super::ask;
use crate::error::Result;
use crate::resource::{Check, Id};

/// The number of a level, from 1, and how many levels there are.
pub type Stake = (usize, usize);

/// Who knows the levels of risks and vulnerabilities.
pub trait Stakes: Send + Sync {
    /// How much is at stake in a record; none if it has no level, or none is known.
    fn of(&self, check: &mut Check<'_>, subject: Id) -> Result<Option<Stake>>;
}

/// How much is at stake in a record; none where nobody knows.
pub fn of(check: &mut Check<'_>, subject: Id) -> Result<Option<Stake>> {
    ask(check, |port: &'static dyn Stakes, check| port.of(check, subject))
}
