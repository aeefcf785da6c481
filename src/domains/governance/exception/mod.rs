//! Exceptions: what is allowed for a time, and the debt of it.

pub mod approved_exception;
pub mod debt_sum;
pub mod exception;
pub mod exception_debt;
pub mod exception_end;
pub mod exception_level;
pub mod exception_owed;
pub mod exceptions_in_force;
pub mod figures;
pub mod subject_level;
