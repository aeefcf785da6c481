//! The tests: one binary, told as sentences, on both databases.

mod filter;
mod governance;
mod harness;
mod past;
mod write;
