//! Governance: what is special about it.

mod compliance;
mod exception;
mod finding;
mod story;
