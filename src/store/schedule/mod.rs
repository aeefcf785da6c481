//! Transitions that are due by date.

pub mod due_amount;
pub mod due_transition;
