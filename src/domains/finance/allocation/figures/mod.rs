//! Figures of allocation.

pub mod allocation_shares;
