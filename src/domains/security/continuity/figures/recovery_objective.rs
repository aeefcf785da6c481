//! A recovery objective in an answer.

use crate::continuity::recovery_facts::{Held, RecoveryFacts};
use crate::continuity::recovery_path::CriticalPath;
use steward_core::resource::value::Title;
use steward_core::view::prelude::*;

/// A recovery objective with its effective and measured values.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecoveryObjective {
    /// Required value in seconds: the strictest of the processes.
    pub required_seconds: Option<i64>,
    /// Effective value in seconds, by plans and dependencies, or by backups; null where nobody can say, with the `reason`.
    pub effective_seconds: Option<i64>,
    /// Lower bound of the effective value in seconds, by what is planned or backed up; null where nothing is.
    pub at_least_seconds: Option<i64>,
    /// Reason for the lack of an effective value; null where there is one.
    pub reason: Option<String>,
    /// Gap in seconds: effective − required; positive where the objective is missed.
    pub gap_seconds: Option<i64>,
    /// Measured value in seconds, of the latest test or activation of a plan that is approved or active.
    pub measured_seconds: Option<i64>,
    /// Date of the measurement.
    pub measured_on: Option<Date>,
    /// True if the objective was met in that test or activation, within the last twelve months.
    pub proven: bool,
}

impl RecoveryObjective {
    /// A recovery time, and what is recovered by no plan.
    pub fn of_time(facts: &RecoveryFacts, held: &Held) -> Self {
        RecoveryObjective::of(facts, held, "No approved or active plan recovers")
    }

    /// A loss of work, and what has no backup.
    pub fn of_work(facts: &RecoveryFacts, held: &Held) -> Self {
        RecoveryObjective::of(facts, held, "There is no backup of")
    }

    fn of(facts: &RecoveryFacts, held: &Held, lacks: &str) -> Self {
        RecoveryObjective {
            required_seconds: held.required,
            effective_seconds: held.effective,
            at_least_seconds: held.at_least,
            reason: held.effective.is_none().then(|| if held.is_beyond { BEYOND.to_owned() } else { format!("{lacks} {}.", named(facts, &held.open)) }),
            gap_seconds: held.effective.zip(held.required).map(|(effective, required)| effective - required),
            measured_seconds: held.measured,
            measured_on: held.measured_on,
            proven: held.proven,
        }
    }
}

/// The reason of what is no subject of recovery plans.
const BEYOND: &str = "A plan recovers services, information assets, devices and virtual machines. This is none, and needs none.";

/// How many records a reason names.
const NAMED: usize = 5;

/// Some records by their titles, as far as those are visible.
fn named(facts: &RecoveryFacts, ids: &[Id]) -> String {
    let mut titles: Vec<&str> = ids.iter().filter_map(|id| facts.titles.get(id)).map(|(_, title)| title.0.as_str()).collect();
    titles.sort_unstable();
    titles.truncate(NAMED);
    match (titles.is_empty(), ids.len() - titles.len()) {
        (true, 0) => "what is needed".to_owned(),
        (true, _) => "something that is needed".to_owned(),
        (false, 0) => titles.join(", "),
        (false, others) => format!("{} and {others} more", titles.join(", ")),
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
