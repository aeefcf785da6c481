//! Weaknesses of software: what is known of them for what is installed.

use super::ask;
use super::software::{Installed, Product};
use crate::error::Result;
use crate::resource::value::Date;
use crate::resource::{Check, Effect, Id};

/// A serious weakness that is not fixed: its severity is high or critical, or it is known to be exploited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenWeakness {
    /// The vulnerability.
    pub vulnerability: Id,
    /// The record that has it.
    pub subject: Id,
    /// Day by which it is to be fixed.
    pub due_on: Date,
}

/// Who knows the weaknesses of software.
pub trait Weaknesses: Send + Sync {
    /// What the known weaknesses of some products mean for some of their installations: the vulnerabilities that are opened and ended.
    fn meet(&self, check: &mut Check<'_>, products: &[Product], installed: &[Installed]) -> Result<Vec<Effect>>;

    /// The serious weaknesses that are not fixed and that no exception covers, in order of their ids, regardless of permission.
    fn serious(&self, check: &mut Check<'_>) -> Result<Vec<OpenWeakness>>;
}

/// What the known weaknesses of some products mean for some of their installations; nothing where nobody knows any.
pub fn meet(check: &mut Check<'_>, products: &[Product], installed: &[Installed]) -> Result<Vec<Effect>> {
    match check.definitions.answers.get::<&'static dyn Weaknesses>() {
        Some(port) if !installed.is_empty() => port.meet(check, products, installed),
        _ => Ok(Vec::new()),
    }
}

/// The serious weaknesses that are not fixed and that no exception covers; none where nobody knows any.
pub fn serious(check: &mut Check<'_>) -> Result<Vec<OpenWeakness>> {
    ask(check, |port: &'static dyn Weaknesses, check| port.serious(check))
}
