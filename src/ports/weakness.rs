//! Weaknesses of software: what is known of them for what is installed.

use super::software::{Installed, Product};
use crate::error::Result;
use crate::resource::{Check, Effect};

/// Who knows the weaknesses of software.
pub trait Weaknesses: Send + Sync {
    /// What the known weaknesses of some products mean for some of their installations: the vulnerabilities that are opened and ended.
    fn meet(&self, check: &mut Check<'_>, products: &[Product], installed: &[Installed]) -> Result<Vec<Effect>>;
}

/// What the known weaknesses of some products mean for some of their installations; nothing where nobody knows any.
pub fn meet(check: &mut Check<'_>, products: &[Product], installed: &[Installed]) -> Result<Vec<Effect>> {
    match check.definitions.answers.get::<&'static dyn Weaknesses>() {
        Some(port) if !installed.is_empty() => port.meet(check, products, installed),
        _ => Ok(Vec::new()),
    }
}
