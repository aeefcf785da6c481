//! The words of a change: how it is decided on, and what came of it.

use steward_core::choice;

choice! {
    /// Kind of a change, which decides its approval (ITIL 4).
    pub enum ChangeKind {
        /// Pre-authorised by its model; it goes from `submitted` to `scheduled`.
        Standard = "standard",
        /// Assessed and approved before it is scheduled.
        Normal = "normal",
        /// Urgent: it may go from `submitted` to `scheduled` and be approved afterwards.
        Emergency = "emergency",
    }
}

choice! {
    /// Outcome of a change.
    pub enum ChangeOutcome {
        /// Completed as planned.
        Successful = "successful",
        /// Failed and not rolled back.
        Failed = "failed",
        /// Failed and rolled back.
        RolledBack = "rolled_back",
    }
}
