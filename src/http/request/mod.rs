//! Requests on their way in.

pub mod body;
pub mod context;
pub mod cursor;
pub mod filter;
pub mod filter_field;
pub mod header;
pub mod query;
pub mod saved;
pub mod transition;
