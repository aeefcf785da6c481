//! Figures of continuity.

pub mod process_recovery;
pub mod recovery_objective;
pub mod recovery_readiness;
