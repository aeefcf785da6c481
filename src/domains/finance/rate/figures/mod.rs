//! Figures of rate.

pub mod rate_lookup;
