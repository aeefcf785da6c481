//! The words of a change: how it is decided on, and what came of it.

use crate::choice;

choice! {
    /// How a change is decided on (ITIL 4).
    pub enum ChangeKind {
        /// Authorised beforehand by its model; it goes from submitted to scheduled.
        Standard = "standard",
        /// Assessed and approved before it is scheduled.
        Normal = "normal",
        /// Cannot wait: it may go from submitted to scheduled and be approved afterwards.
        Emergency = "emergency",
    }
}

choice! {
    /// What came of a change.
    pub enum ChangeOutcome {
        /// It was done as planned.
        Successful = "successful",
        /// It was not, and stays as it is.
        Failed = "failed",
        /// It was not, and was undone.
        RolledBack = "rolled_back",
    }
}
