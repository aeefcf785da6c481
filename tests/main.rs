//! The tests of what all domains stand on, told as sentences, on both databases.

mod access;
mod architecture;
mod browser;
mod calendar;
mod contract;
mod cost;
mod demo;
mod deploy;
mod event;
mod file;
mod filter;
mod frontend;
mod hang;
#[allow(dead_code, reason = "each of the test binaries uses a part of it")]
mod harness;
mod job;
mod lifecycle;
mod mail_digest;
mod maintenance;
mod mcp;
mod metrics;
mod openid;
mod outgoing;
mod past;
mod process;
mod program;
mod query;
mod search;
mod sequence;
mod state;
mod statement;
mod token;
mod trace;
mod twin;
mod webhook;
mod write;
