//! The tests: one binary, told as sentences, on both databases.

mod governance;
mod harness;
