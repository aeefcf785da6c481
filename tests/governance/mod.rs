//! Governance: what is special about it.

mod compliance;
mod story;
