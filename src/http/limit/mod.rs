//! How often a client may call, and whose call it is.

pub mod client_address;
pub mod connection;
pub mod rate;
