//! Who may do what: every operation for every role, as a table that people can read, and the rules behind it as sentences.

mod authority;
mod escalation;
mod field;
mod matrix;
mod own;
mod principal;
mod rule;
