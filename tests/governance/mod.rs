//! Governance: what is special about it.

mod audit_story;
mod compliance;
mod exception;
mod finding;
mod hold;
mod proof;
mod story;
