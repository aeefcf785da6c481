//! The tests: one binary, told as sentences, on both databases.

mod access;
mod architecture;
mod contract;
mod file;
mod filter;
mod finance;
mod governance;
mod hang;
mod harness;
mod infrastructure;
mod job;
mod lifecycle;
mod past;
mod process;
mod program;
mod search;
mod teams;
mod token;
mod trace;
mod twin;
mod vendors;
mod write;
