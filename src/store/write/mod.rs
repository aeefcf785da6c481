//! Writing: one transaction and its steps.

pub mod condition;
pub mod conflict;
mod constraint;
pub mod custom_field;
pub mod declared_rule;
mod defined_field;
pub mod delete;
pub mod draft;
pub mod frozen;
pub mod idempotency;
mod lock;
pub mod lookup_cache;
pub mod record;
pub mod referring;
pub mod rule_context;
pub mod savepoint;
pub mod secret;
pub mod transition;
pub mod version;
pub mod writer;
