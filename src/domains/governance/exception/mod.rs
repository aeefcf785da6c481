//! Exceptions: what is allowed for a time, and the debt of it.

pub mod exception;
pub mod exception_debt;
pub mod exception_end;
pub mod exception_level;
pub mod exceptions_in_force;
pub mod figures;
pub mod subject_level;
