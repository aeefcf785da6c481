//! What an operator does with a database beside the service: backups, a restore, a move to PostgreSQL, and a check of what is set up.
//!
//! Each is a command that says what it did, or why not and what to do. What is SQL stands in the store.

mod audit;
mod backup;
mod check;
mod refusal;
mod restore;
mod row;
mod transfer;

pub use audit::{Audited, roots as audit_roots, told as breach_told, verify_history};
pub use backup::{Backup, back_up};
pub use check::{Finding, Severity, check};
pub use restore::{Restored, restore};
pub use row::unlike_history;
pub use transfer::{Moved, move_database};
