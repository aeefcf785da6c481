//! What nobody may read yet.

use crate::error::{Problem, Result};
use crate::resource::{Check, Id};

/// Who knows which records are sealed.
pub trait Seals: Send + Sync {
    /// Whether nobody may read yet what a record holds.
    fn is_sealed(&self, check: &mut Check<'_>, record: Id) -> Result<bool>;
}

/// Refuses to hang anything that tells of it on a sealed record (409).
pub fn require_open(check: &mut Check<'_>, record: Id) -> Result<()> {
    require_open_at(check, record, "/subject_id")
}

/// The same where another field names the record.
pub fn require_open_at(check: &mut Check<'_>, record: Id, pointer: &str) -> Result<()> {
    let sealed = match check.definitions.answers.get::<&'static dyn Seals>() {
        Some(port) => port.is_sealed(check, record)?,
        None => false,
    };
    if !sealed {
        return Ok(());
    }
    Err(Problem::conflict(pointer, "sealed", "The record is sealed, and what is said of it would not be. Add this once it is opened.").into())
}
