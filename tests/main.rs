//! The tests: one binary, told as sentences, on both databases.

mod file;
mod filter;
mod governance;
mod harness;
mod past;
mod write;
