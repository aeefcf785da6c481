//! Governance: what is special about it.

mod story;
