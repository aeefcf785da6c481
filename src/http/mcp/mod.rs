//! `/mcp`: the API as tools of the Model Context Protocol, for assistants.
//!
//! A tool is a few calls of the API in other words ([`tool`]): each is answered by the same dispatcher, with the token of who asks, so that
//! permissions, limits, rules and history are those of the API. [`server`] is what the SDK asks; [`bridge`] stands between it and actix.
//!
//! No session is kept: every request says who asks and is answered by itself, by whichever replica it reaches.

mod bridge;
mod catalogue;
mod client;
mod mistake;
mod proposal;
mod server;
mod tool;

pub use bridge::answer;
