//! The controls that stand in a scenario of a risk.

use super::residual::ActsOn;
use steward_core::resource::Id;

steward_core::value! {
    /// A control in a scenario.
    pub struct ScenarioControl {
        /// The control.
        #[field(refers_to(&["governance/controls"]))]
        pub control_id: Id,
        /// Factor that the control reduces: likelihood, impact or both.
        pub acts_on: ActsOn,
    }
}
