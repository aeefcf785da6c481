//! The level of what an exception covers, which the exception is at least at.

use super::exception_level::ExceptionLevel;
use steward_core::error::Result;
use steward_core::ports::stake;
use steward_core::resource::{Check, Id};

/// The level of a record by what is at stake in it; none where nobody says so.
pub fn of(check: &mut Check<'_>, subject: Id) -> Result<Option<ExceptionLevel>> {
    let Some((level, levels)) = stake::of(check, subject)? else { return Ok(None) };
    // Up to four levels are low, moderate, high and critical, from the least; of more, the greatest is critical, and so on downwards.
    Ok(Some(ExceptionLevel::of_rank((level + 3).saturating_sub(levels.max(4)))))
}
