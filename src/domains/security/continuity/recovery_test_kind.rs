//! Which kinds of tests of recovery plans there are, and what is tested.

use super::business_process::RECOVERABLE;
use steward_core::choice;
use steward_core::resource::Id;

choice! {
    /// Type of recovery test, by how much of the plan is carried out (ISO 22398, NIST SP 800-84).
    pub enum RecoveryTestKind {
        /// Discussion of the plan at a table.
        Tabletop = "tabletop",
        /// Walk through the plan, step by step and on the spot.
        Walkthrough = "walkthrough",
        /// Simulation, without touching live systems.
        Simulation = "simulation",
        /// Execution in parallel to the live systems.
        Parallel = "parallel",
        /// Execution with the live systems switched off.
        Full = "full",
    }
}

/// Tests that carry out nothing of a plan, and so measure nothing.
pub const ON_PAPER: [RecoveryTestKind; 2] = [RecoveryTestKind::Tabletop, RecoveryTestKind::Walkthrough];

steward_core::value! {
    /// Subject of a recovery test.
    pub struct TestedSubject {
        /// Subject of the recovery plan.
        #[field(refers_to(RECOVERABLE))]
        pub subject_id: Id,
    }
}
