//! Foundation of all domains: databases, resources, the store, access and the HTTP face. The crate `steward` passes all of it on and has the
//! map.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod access;
pub mod clock;
pub mod config;
pub mod database;
pub mod error;
pub mod formats;
pub mod guide;
pub mod history;
pub mod http;
pub mod jobs;
pub mod log;
pub mod maintenance;
pub mod outgoing;
pub mod pool;
pub mod ports;
pub mod resource;
pub mod search;
pub mod store;
pub mod telemetry;
pub mod view;
