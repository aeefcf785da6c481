//! Figures of what computes and stores.

pub mod backup_coverage;
