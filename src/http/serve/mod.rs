//! Serving: from a path to an operation and back.

pub mod audit;
pub mod authenticator;
pub mod cors;
pub mod deferred;
pub mod dispatch;
pub mod event_stream;
pub mod figure;
pub mod handler;
pub mod large;
pub mod latest;
pub mod metrics;
pub mod probe;
pub mod read_only;
pub mod readiness;
pub mod request_id;
pub mod request_log;
pub mod route;
pub mod running_request;
pub mod secret_address;
pub mod state;
pub mod transfer;
pub mod write;
