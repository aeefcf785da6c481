//! Transitions that are due by date, and the jobs that wait.

pub mod backlog;
pub mod due_amount;
pub mod due_transition;
