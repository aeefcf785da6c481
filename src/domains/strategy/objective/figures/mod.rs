//! Figures of objective.

pub mod objective_progress;
pub mod progress_measure;
