//! The tests of the domains, told as sentences, on both databases.

mod approval;
mod conflict;
mod finance;
mod governance;
mod harness;
mod infrastructure;
mod overview;
mod projects;
mod scenario;
mod schedule;
mod security;
mod strategy;
mod teams;
mod vendors;
