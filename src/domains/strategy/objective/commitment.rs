//! How an objective is meant, and how it does.

use steward_core::choice;

/// The states in which an objective has ended.
pub const ENDED: [&str; 3] = ["achieved", "missed", "cancelled"];

choice! {
    /// Commitment to an objective.
    pub enum Commitment {
        /// Committed: achieved at a progress of 1.
        Committed = "committed",
        /// Aspirational (a stretch): achieved at a progress of 0.7.
        Aspirational = "aspirational",
    }
}

choice! {
    /// Health of an objective: its progress compared with the elapsed time.
    pub enum Health {
        /// Progress at most 0.10 behind the elapsed share of the cycle.
        OnTrack = "on_track",
        /// Progress at most 0.25 behind.
        AtRisk = "at_risk",
        /// Progress more than 0.25 behind.
        OffTrack = "off_track",
    }
}
