//! Figures of what computes and stores.

pub mod backup_coverage;
pub mod cpu_allocation;
