//! Webhooks: addresses to which events are posted as they happen, signed by the scheme of Standard Webhooks.

pub mod action;
pub mod delivery;
mod dispatch;
mod fan_out;
mod pattern;
mod send;
mod signature;
mod webhook;

pub use delivery::retention;
pub use dispatch::Dispatch;
pub use webhook::Webhook;
