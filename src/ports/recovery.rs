//! Recovery: the processes that a loss stops, and how soon they are back.

use super::ask;
use crate::error::Result;
use crate::resource::{Check, Id};

/// A business process that needs something that is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoppedProcess {
    /// The process.
    pub process: Id,
    /// Recovery time objective, in seconds.
    pub required_seconds: Option<i64>,
    /// Recovery time by the approved or active plans of what it stands on, in seconds; none where no plan brings any of it back.
    pub effective_seconds: Option<i64>,
    /// What it needs of what is lost, itself or through other processes.
    pub needs: Vec<Id>,
}

/// The owner of processes and recovery plans.
pub trait Recoveries: Send + Sync {
    /// The processes that need one of some nodes, in order of their ids.
    fn stopped(&self, check: &mut Check<'_>, nodes: &[Id]) -> Result<Vec<StoppedProcess>>;
}

/// The processes that need one of some nodes; none where nobody keeps processes.
pub fn stopped(check: &mut Check<'_>, nodes: &[Id]) -> Result<Vec<StoppedProcess>> {
    ask(check, |port: &'static dyn Recoveries, check| port.stopped(check, nodes))
}
