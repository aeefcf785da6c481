//! A recovery objective in an answer.

use crate::continuity::recovery_facts::{Held, RecoveryFacts};
use crate::continuity::recovery_path::CriticalPath;
use steward_core::resource::value::Title;
use steward_core::view::prelude::*;

/// A recovery objective with its effective and measured values.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct RecoveryObjective {
    /// Required value in seconds: the strictest of the processes.
    pub required_seconds: Option<i64>,
    /// Effective value in seconds, by plans and dependencies, or by backups; null where nothing is known.
    pub effective_seconds: Option<i64>,
    /// Gap in seconds: effective − required; positive where the objective is missed.
    pub gap_seconds: Option<i64>,
    /// Measured value in seconds, of the latest test or activation.
    pub measured_seconds: Option<i64>,
    /// Date of the measurement.
    pub measured_on: Option<Date>,
    /// True if the objective was met in a test or activation of the last twelve months.
    pub proven: bool,
}

impl From<Held> for RecoveryObjective {
    fn from(held: Held) -> Self {
        RecoveryObjective {
            required_seconds: held.required,
            effective_seconds: held.effective,
            gap_seconds: held.effective.zip(held.required).map(|(effective, required)| effective - required),
            measured_seconds: held.measured,
            measured_on: held.measured_on,
            proven: held.proven,
        }
    }
}

/// A step of a critical path.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecoveryPathStep {
    /// Subject that is recovered.
    pub subject_id: Id,
    /// Title of the subject; null where it is not visible to you.
    pub title: Option<Title>,
    /// Time in seconds that the subject's own recovery takes.
    pub seconds: i64,
}

/// The steps of a critical path, what comes back first first.
pub fn steps(facts: &RecoveryFacts, path: Option<&CriticalPath>) -> Vec<RecoveryPathStep> {
    let title = |id: &Id| facts.titles.get(id).map(|(_, title)| title.clone());
    path.into_iter().flat_map(|path| &path.steps).map(|(id, seconds)| RecoveryPathStep { subject_id: *id, title: title(id), seconds: *seconds }).collect()
}
