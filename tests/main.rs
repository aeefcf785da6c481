//! The tests: one binary, told as sentences, on both databases.

mod access;
mod architecture;
mod contract;
mod file;
mod filter;
mod governance;
mod hang;
mod harness;
mod infrastructure;
mod job;
mod lifecycle;
mod past;
mod process;
mod token;
mod twin;
mod vendors;
mod write;
