//! The progress of a child objective, as the figures tell it.

use super::commitment::Health;
use super::objective_tree::Branch;
use steward_core::resource::value::{Number, Text, Title};
use steward_core::view::prelude::*;

/// Progress of a child objective.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChildProgress {
    /// Child objective.
    pub objective_id: Id,
    /// Name of the objective.
    pub name: Title,
    /// Lifecycle state of the objective.
    pub state: Text<1, 40>,
    /// Weight in the progress of the parent.
    pub weight: Number<0, 1000>,
    /// Progress from 0 to 1; null without key results and child objectives.
    pub progress: Figure,
    /// Health in its own cycle; the owner's override takes precedence.
    pub health: Option<Health>,
    /// True if the objective is achieved.
    pub achieved: Option<bool>,
}

impl ChildProgress {
    /// The child objective with a progress, as it stands at the end of a day.
    pub fn of(branch: &Branch, progress: Option<f64>, as_of: Date) -> Self {
        ChildProgress {
            objective_id: branch.id,
            name: Title::cut(&branch.name),
            state: Text::cut(&branch.state),
            weight: Number(branch.weight),
            progress: Figure(progress),
            health: branch.health(progress, as_of),
            achieved: branch.achieved(progress),
        }
    }
}
