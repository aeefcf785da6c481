//! Telling that a fact breaks a rule, and that it does not any more.

use super::ask;
use crate::error::Result;
use crate::resource::{Check, Effect, Id};

/// Who keeps the conflicts.
pub trait Conflicts: Send + Sync {
    /// What is to be done now that a rule about a record is broken, in the words of `detail`, or kept: a conflict is raised once,
    /// told anew when its detail changes, and ends with its cause.
    fn settle(&self, check: &mut Check<'_>, subject: Id, rule: &str, detail: Option<&str>) -> Result<Settled>;

    /// The conflicts about some records that are open.
    fn open(&self, check: &mut Check<'_>, subjects: &[Id]) -> Result<Vec<OpenConflict>>;
}

/// A conflict that is open.
#[derive(Debug, Clone)]
pub struct OpenConflict {
    /// The rule that is broken.
    pub rule: String,
    /// What speaks against the record.
    pub detail: String,
}

/// What a judgement leads to.
#[derive(Debug, Default)]
pub struct Settled {
    /// What is to be done.
    pub effects: Vec<Effect>,
    /// Whether a conflict is raised now that was not there.
    pub raised: bool,
}

/// The conflicts about some records that are open.
pub fn open(check: &mut Check<'_>, subjects: &[Id]) -> Result<Vec<OpenConflict>> {
    ask(check, |port: &'static dyn Conflicts, check| port.open(check, subjects))
}

/// Has a judgement settled.
pub fn settle(check: &mut Check<'_>, subject: Id, rule: &str, detail: Option<&str>) -> Result<Settled> {
    match check.definitions.answers.get::<&'static dyn Conflicts>() {
        Some(port) => port.settle(check, subject, rule, detail),
        None => Ok(Settled::default()),
    }
}
