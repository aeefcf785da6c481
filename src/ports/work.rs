//! Projects: work in progress, for the domains that steer by it.

use crate::error::Result;
use crate::resource::{Check, Id};

/// A project that is neither closed nor cancelled and names no objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnalignedProject {
    /// The project.
    pub id: Id,
    /// The initiative that it carries out.
    pub initiative: Option<Id>,
}

/// Ports of the domain that keeps projects.
pub trait Work: Send + Sync {
    /// The open projects of some units and the units below them that name no objective, in order of their ids, whoever may see them.
    fn without_objective(&self, check: &mut Check<'_>, units: &[Id]) -> Result<Vec<UnalignedProject>>;
}

/// The open projects of some units and the units below them that name no objective; none where nobody keeps projects.
pub fn without_objective(check: &mut Check<'_>, units: &[Id]) -> Result<Vec<UnalignedProject>> {
    match check.definitions.answers.get::<&'static dyn Work>() {
        Some(port) => port.without_objective(check, units),
        None => Ok(Vec::new()),
    }
}
