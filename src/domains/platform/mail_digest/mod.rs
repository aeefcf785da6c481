//! Digests by mail: what waits for somebody, at the times that they choose.

mod content;
mod dispatch;
mod mail_digest;
mod outbox;
mod plan;

pub use dispatch::MailDispatch;
pub use mail_digest::MailDigest;
