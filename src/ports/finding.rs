//! Findings that other domains raise.

use crate::resource::value::{Date, Note, Title};
use crate::resource::{Check, Effect, Id};

/// A requirement that was not met, without putting the purpose of the system in doubt.
#[derive(Debug, Clone)]
pub struct Nonconformity {
    /// The unit in which it was found.
    pub unit: Id,
    /// What was found, in a line.
    pub title: Title,
    /// What was found, in words.
    pub description: Note,
    /// The record that shows it.
    pub source: Id,
    /// The day on which it was found.
    pub found_on: Date,
}

/// The owner of the findings.
pub trait Findings: Send + Sync {
    /// The effect that raises a finding of a minor nonconformity.
    fn raise(&self, found: Nonconformity) -> Effect;
}

/// The effects that raise a finding of each minor nonconformity; none where nobody keeps findings.
pub fn raise(check: &Check<'_>, found: impl IntoIterator<Item = Nonconformity>) -> Vec<Effect> {
    match check.definitions.answers.get::<&'static dyn Findings>() {
        Some(port) => found.into_iter().map(|each| port.raise(each)).collect(),
        None => Vec::new(),
    }
}
