//! The tests of the domains, told as sentences, on both databases.

mod approval;
mod conflict;
mod finance;
mod governance;
#[allow(dead_code, reason = "each of the test binaries uses a part of it")]
mod harness;
mod infrastructure;
mod overview;
mod projects;
mod schedule;
mod security;
mod strategy;
mod teams;
mod vendors;
